package order_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

func suspectValues(suspect, at string) order.Values {
	return order.Values{{Name: "at", Text: at}, {Name: "suspect", Text: suspect}}
}

func init() {
	late := []link{{message(1, 0), peer.KindData, 0, 10 * ms}}
	two := []send{{0, message(1, 0)}, {ms, message(1, 1)}}
	three := []send{{0, p0}, {0, p1}, {0, p2}}
	for _, kind := range consensual {
		for _, v := range []order.Values{nil, suspectValues("6ms", "0"), suspectValues("5ms", "1"), suspectValues("never", "0")} {
			everyKind = append(everyKind, variant{kind, v})
		}
		never := suspectValues("never", "0")
		litmus = append(litmus,
			litmusTest{"LT2 total without FIFO, " + kind, kind, nil, two, late, nil, false, "[p1#1 p1#0][p1#1 p1#0][p1#1 p1#0]"},
			litmusTest{"LT2 with FIFO links, " + kind, kind, nil, two, late, nil, true, "[p1#0 p1#1][p1#0 p1#1][p1#0 p1#1]"},
			litmusTest{"one order of three at once, " + kind, kind, nil, three, nil, nil, false, "[p0#0 p1#0 p2#0][p0#0 p1#0 p2#0][p0#0 p1#0 p2#0]"},
		)
		p := promise{name: kind, kind: kind, properties: []property{complete, total}}
		onFIFO := promise{name: kind + " on FIFO links", kind: kind, fifo: true, properties: []property{complete, total, causal, inOrder}}
		hasty := promise{name: kind + " that suspects wrongly", kind: kind, values: suspectValues("4ms", "0"), properties: []property{complete, total}}
		blind := promise{name: kind + " that never suspects", kind: kind, values: never, properties: []property{complete, total}}
		promises = append(promises, p, onFIFO, hasty, blind)
	}
	never := suspectValues("never", "0")
	litmus = append(litmus,
		litmusTest{
			"a batch goes by sender", "chandra-toueg", nil,
			[]send{{0, message(0, 0)}, {ms / 2, message(2, 0)}, {ms / 2, message(2, 1)}, {3 * ms / 4, message(1, 0)}},
			nil, nil, false,
			"[p0#0 p1#0 p2#0 p2#1][p0#0 p1#0 p2#0 p2#1][p0#0 p1#0 p2#0 p2#1]",
		},
		litmusTest{
			"a batch goes by rank, not by number", "chandra-toueg", nil,
			[]send{{0, message(0, 0)}, {ms / 2, message(2, 7)}, {ms, message(2, 3)}},
			nil, nil, false,
			"[p0#0 p2#7 p2#3][p0#0 p2#7 p2#3][p0#0 p2#7 p2#3]",
		},
		litmusTest{
			"a lost decision blocks one that never suspects", "chandra-toueg", never,
			[]send{{0, p0}, {5 * ms, p1}},
			[]link{{peer.NoMessage, peer.KindDecide, 2, -1}},
			nil, false, "[p0#0 p1#0][p0#0 p1#0][]",
		},
		litmusTest{
			"a lost decision is asked for", "paxos", suspectValues("20ms", "0"),
			[]send{{0, p0}, {5 * ms, p1}},
			[]link{{p0, peer.KindCommit, 2, -1}},
			nil, false, "[p0#0 p1#0][p0#0 p1#0][p0#0 p1#0]",
		},
		litmusTest{
			"a lost commit blocks one that never suspects", "paxos", never,
			[]send{{0, p0}, {5 * ms, p1}},
			[]link{{p0, peer.KindCommit, 2, -1}},
			nil, false, "[p0#0 p1#0][p0#0 p1#0][]",
		},
		litmusTest{
			"a lost body is asked for when a later one shows it, chandra-toueg", "chandra-toueg", never,
			[]send{{0, p0}, {5 * ms, message(0, 1)}},
			[]link{lost},
			nil, false, "[p0#0 p0#1][p0#0 p0#1][p0#0 p0#1]",
		},
		litmusTest{
			"a request that never comes is sent again", "paxos", suspectValues("20ms", "0"),
			[]send{{0, p1}},
			[]link{{p1, peer.KindData, 0, -1}},
			nil, false, "[p1#0][p1#0][p1#0]",
		},
		litmusTest{
			"a body that the coordinator misses is proposed by the next", "chandra-toueg", suspectValues("20ms", "0"),
			[]send{{0, p1}},
			[]link{{p1, peer.KindData, 0, -1}},
			nil, false, "[p1#0][p1#0][p1#0]",
		},
	)
}

// TestConsensusCosts: packets, and steps to the delivery at the coordinator or
// leader and at the others, as stated and as run.
func TestConsensusCosts(t *testing.T) {
	t.Parallel()
	for _, kind := range consensual {
		for _, n := range []int{1, 2, 3, 5, 8} {
			for _, at := range []peer.ID{0, peer.ID(n / 2)} {
				for sender := range peer.ID(n) {
					for _, suspect := range []string{"1s", "never"} {
						name := fmt.Sprintf("%s, suspect %s, %v of %d, %v sends", kind, suspect, at, n, sender)
						packets, want := consensusCosts(kind, n, at, sender)
						values := suspectValues(suspect, at.String()[1:])
						cost := stated(t, kind, values, n, sender)
						compareCost(t, name+", as stated", cost.Packets, packets, instants(cost.Delays), want)
						g := newGroup(t, n, func(peer.ID) peer.Ordering { return build(t, kind, values...) }, noPhases)
						g.at(7*ms, message(sender, 0))
						g.run(peer.Distant)
						measured := make([]peer.Instant, n)
						for p, times := range g.times {
							if len(times) != 1 {
								t.Fatalf("%s: %v delivers at %v, want once", name, peer.ID(p), times)
							}
							measured[p] = times[0] - 7*ms
						}
						compareCost(t, name+", as run", len(g.names), packets, measured, want)
					}
				}
			}
		}
	}
}

// consensusCosts is what the literature says.
func consensusCosts(kind string, n int, at, sender peer.ID) (packets int, times []peer.Instant) {
	special, other := 3*ms, 4*ms
	if sender == at {
		special, other = 2*ms, 3*ms
	}
	if n == 1 {
		special = 0
	}
	times = slices.Repeat([]peer.Instant{other}, n)
	times[at] = special
	switch {
	case kind == "chandra-toueg":
		return 4 * (n - 1), times
	case sender == at:
		return 3 * (n - 1), times
	}
	return 3*n - 2, times
}

// TestConsensusNeedsNoLuck: on links with random delays of their own an isolated
// broadcast costs the same, however packets overtake each other.
func TestConsensusNeedsNoLuck(t *testing.T) {
	t.Parallel()
	for _, kind := range consensual {
		for seed := range uint64(200) {
			s := schedule{seed: seed}
			g := s.prepare(t, func(peer.ID) peer.Ordering { return build(t, kind) })
			g.events = slices.DeleteFunc(g.events, func(e event) bool { return e.input.Kind == peer.InputBroadcast })
			n := len(g.machines)
			sender := peer.ID(int(seed) % n)
			g.at(0, message(sender, 0))
			g.run(peer.Distant)
			want := 4 * (n - 1)
			if kind == "paxos" {
				want = 3*n - 2
				if sender == 0 {
					want--
				}
			}
			if len(g.names) != want || len(g.logs[n-1]) != 1 {
				t.Errorf("%s, schedule %d: %d packets for %d peers, want %d; logs %s", kind, seed, len(g.names), n, want, g.text())
			}
		}
	}
}

// TestConsensusBatches: what comes while an instance is under way goes together
// into the next, and costs its own bodies and one more instance.
func TestConsensusBatches(t *testing.T) {
	t.Parallel()
	for _, n := range []int{3, 5, 8} {
		made := make([]peer.Ordering, n)
		g := newGroup(t, n, func(p peer.ID) peer.Ordering {
			made[p] = build(t, "chandra-toueg")
			return made[p]
		}, noPhases)
		const batch = 20
		g.at(0, message(0, 0))
		for k := range int32(batch) {
			g.at(ms, message(peer.ID(k)%peer.ID(n), 1+k))
		}
		g.run(peer.Distant)
		if got, want := len(g.names), (batch+1)*(n-1)+2*3*(n-1); got != want || complete(g) != "" || total(g) != "" {
			t.Errorf("%d peers: %d packets, want %d; %s %s", n, got, want, complete(g), total(g))
		}
		if got := counters(made[0]); got != "rounds=2 batches=2 " || counters(made[1]) != "rounds=0 batches=0 " {
			t.Errorf("%d peers: counters %s and %s", n, got, counters(made[1]))
		}
	}
}

// TestConsensusRefusesNoTime: to suspect at once is to suspect always.
func TestConsensusRefusesNoTime(t *testing.T) {
	t.Parallel()
	for _, kind := range consensual {
		spec, _ := order.Builtin().Lookup(kind)
		if _, err := spec.Build(suspectValues("0s", "0")); err == nil || !strings.Contains(err.Error(), "want a duration above 0s, or never") {
			t.Errorf("%s, suspect: 0s gives %v", kind, err)
		}
		g, n, err := spec.Promises(suspectValues("never", "0"))
		if want := peer.Total | peer.Agreement | peer.Uniform; g != want || n != peer.NoLoss|peer.NoCrash || err != nil {
			t.Errorf("%s that never suspects promises %b needing %b, %v", kind, g, n, err)
		}
	}
}

// TestConsensusAbsurdPackets: numbers that are far away cost nothing and move
// nothing, whatever they stand for.
func TestConsensusAbsurdPackets(t *testing.T) {
	t.Parallel()
	extremes := []int64{math.MinInt64, -1, 0, 1, 1 << 15, 1 << 16, 1<<31 - 1, 1 << 31, 1 << 40, 1<<62 + 1, math.MaxInt64}
	for _, kind := range consensual {
		for self := range peer.ID(3) {
			o := build(t, kind, suspectValues("5ms", "1")...)
			o.Reset(self, 3)
			var out peer.Effects
			o.Start(0, &out)
			for k := peer.KindData; k <= peer.KindUser; k++ {
				for _, id := range []peer.MessageID{message(1, peer.MaxNumber), message(2, 0), peer.NoMessage} {
					if k.Body() && id == peer.NoMessage {
						continue // the Machine refuses it
					}
					for from := range peer.ID(3) {
						absurd(o, peer.Message{Kind: k, From: from, ID: id}, extremes, &out)
					}
				}
			}
			o.Expire(peer.Distant, 0, &out)
			o.Expire(0, 0, &out)
			o.Expire(0, 77, &out)
			if n := len(o.AppendState(nil, math.MinInt64)); n > 20_000 {
				t.Errorf("%s: the state has become %d bytes", kind, n)
			}
		}
	}
}

// absurd hands in a packet with all extremes in all places.
func absurd(o peer.Ordering, m peer.Message, extremes []int64, out *peer.Effects) {
	for _, stamp := range extremes {
		for _, aux := range extremes {
			for length := range 4 {
				out.Reset()
				span, words := out.NewWords(length)
				for i := range words {
					words[i] = extremes[(int(stamp&7)+i*3+length)%len(extremes)]
				}
				p := m
				p.Stamp, p.Aux, p.Words = stamp, aux, span
				o.Receive(0, &p, out)
				out.Release(span)
			}
		}
	}
}

// TestLeaderTooFarBehind: a peer that is more instances behind than it keeps in
// mind does not lead with what it has heard of, as it would give what others have
// accepted beyond that another value. It asks for what it has missed.
func TestLeaderTooFarBehind(t *testing.T) {
	t.Parallel()
	for accepted, leads := range map[int64]bool{1 << 16: true, 1<<16 + 1: false} {
		o := build(t, "paxos")
		o.Reset(1, 3)
		var out peer.Effects
		join := func(from peer.ID, words ...int64) {
			out.Reset()
			span, list := out.NewWords(len(words))
			copy(list, words)
			o.Receive(0, &peer.Message{Kind: peer.KindEstimate, From: from, ID: peer.NoMessage, Stamp: 1, Aux: 1, Words: span}, &out)
		}
		o.Receive(0, &peer.Message{Kind: peer.KindSuspect, From: 2, ID: peer.NoMessage, Stamp: 1, Aux: 1}, &out)
		join(1)
		join(2, accepted, 0, 2<<32)
		var kinds []peer.Kind
		for _, e := range out.List {
			kinds = append(kinds, out.Messages[e.Index].Kind)
		}
		if asks := slices.Equal(kinds, []peer.Kind{peer.KindRequest}); asks == leads || leads != slices.Contains(kinds, peer.KindPropose) {
			t.Errorf("told of instance %d, a leader sends %v", accepted, kinds)
		}
	}
}

// TestConsensusHolds: what has come and is not delivered is held.
func TestConsensusHolds(t *testing.T) {
	t.Parallel()
	for _, kind := range consensual {
		o := build(t, kind)
		o.Reset(2, 3)
		var out peer.Effects
		body := peer.Message{Kind: peer.KindData, From: 1, ID: message(1, 0)}
		own := peer.Message{Kind: peer.KindData, From: 2, ID: message(2, 0)}
		o.Receive(0, &body, &out)
		o.Receive(0, &body, &out)
		o.Broadcast(0, &own, &out)
		o.Receive(0, &own, &out)
		if o.Held() != 2 {
			t.Errorf("%s holds %d, want 2", kind, o.Held())
		}
		span, words := out.NewWords(1)
		words[0] = 1 << 32 // p1#0
		decided := peer.Message{Kind: peer.KindDecide, From: 0, ID: peer.NoMessage, Stamp: 1, Words: span}
		if kind == "paxos" {
			decided = peer.Message{Kind: peer.KindCommit, From: 0, ID: message(1, 0), Stamp: 1}
		}
		o.Receive(0, &decided, &out)
		o.Receive(0, &decided, &out)
		if delivered := fmt.Sprint(out.List[len(out.List)-1].ID); o.Held() != 1 || delivered != "p1#0" {
			t.Errorf("%s holds %d, want 1; delivers %s last", kind, o.Held(), delivered)
		}
	}
}

// TestLateProposals: an answer to a proposal of a first round that the decision
// has overtaken is given once, and only if the decision is the same; else two
// majorities could decide two things.
func TestLateProposals(t *testing.T) {
	t.Parallel()
	for _, kind := range consensual {
		for _, due := range []bool{true, false} { // the instance is over here, or behind a hole
			for _, same := range []bool{true, false} {
				o := build(t, kind)
				o.Reset(1, 3)
				var out peer.Effects
				instance, proposed := int64(1), message(2, 0)
				if !due {
					instance = 2
				}
				if same {
					proposed = message(1, 0)
				}
				o.Receive(0, &peer.Message{Kind: peer.KindData, From: 2, ID: message(2, 0)}, &out)
				receive := func(m peer.Message, ids ...peer.MessageID) {
					span, words := out.NewWords(len(ids))
					for i, id := range ids {
						words[i] = int64(id.Sender)<<32 | int64(id.Number)
					}
					m.Words = span
					o.Receive(0, &m, &out)
				}
				decided := peer.Message{Kind: peer.KindCommit, From: 2, ID: message(1, 0), Stamp: instance}
				late := peer.Message{Kind: peer.KindRelay, From: 0, ID: proposed, Stamp: instance}
				if kind == "paxos" {
					receive(decided)
				} else {
					decided.Kind, decided.ID = peer.KindDecide, peer.NoMessage
					receive(decided, message(1, 0))
					late.Kind, late.ID = peer.KindPropose, peer.NoMessage
				}
				out.Reset()
				for range 2 {
					if kind == "paxos" {
						receive(late)
					} else {
						receive(late, proposed)
					}
				}
				answers := 0
				for _, m := range out.Messages {
					if m.Kind == peer.KindAccept {
						answers++
					}
				}
				if same != (answers == 1) || !same && answers != 0 {
					t.Errorf("%s, due %t, same %t: %d acceptances", kind, due, same, answers)
				}
			}
		}
	}
}
