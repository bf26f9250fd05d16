package order_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

func movingValues(batch, resilience string) order.Values {
	return order.Values{{Name: "batch", Text: batch}, {Name: "resilience", Text: resilience}}
}

func init() {
	all, one, one1 := movingValues("all", "0"), movingValues("1", "0"), movingValues("1", "1")
	for _, v := range []order.Values{all, one, movingValues("all", "2"), one1} {
		everyKind = append(everyKind, variant{"moving-sequencer", v})
	}
	two := []send{{0, message(1, 0)}, {ms, message(1, 1)}}
	late := []link{{message(1, 0), peer.KindData, 0, 10 * ms}}
	third := []send{{0, p1}, {5 * ms, p2}, {10 * ms, p0}}
	litmus = append(litmus,
		litmusTest{"the token goes on with the first number", "moving-sequencer", all, race, nil, nil, false, "[p0#0 p1#0][p0#0 p1#0][p0#0 p1#0]"},
		litmusTest{"LT2 total without FIFO, moving sequencer", "moving-sequencer", all, two, late, nil, false, "[p1#1 p1#0][p1#1 p1#0][p1#1 p1#0]"},
		litmusTest{"LT2 with FIFO links, moving sequencer", "moving-sequencer", one, two, late, nil, true, "[p1#0 p1#1][p1#0 p1#1][p1#0 p1#1]"},
		litmusTest{
			"one who misses a number does not take the token", "moving-sequencer", one, third,
			[]link{{p1, peer.KindToken, 2, -1}},
			nil, false, "[p1#0 p2#0][p1#0 p2#0][]",
		},
		litmusTest{
			"one who misses a body does not take the token", "moving-sequencer", all, third,
			[]link{{p1, peer.KindData, 2, -1}},
			nil, false, "[p1#0 p2#0][p1#0 p2#0][]",
		},
		litmusTest{
			"a body that the holder never gets is numbered by the next", "moving-sequencer", all,
			[]send{{0, p1}, {5 * ms, p2}},
			[]link{{p1, peer.KindData, 0, -1}},
			nil, false, "[p2#0][p2#0 p1#0][p2#0 p1#0]",
		},
		litmusTest{
			"a resilient message waits for the next pass", "moving-sequencer", one1, third,
			[]link{{p1, peer.KindToken, 2, -1}},
			nil, false, "[p1#0][p1#0][]",
		},
		litmusTest{
			"LT9 at the holder", "moving-sequencer", all,
			[]send{{0, p2}, {0, p1}, {0, p0}},
			nil, nil, false,
			"[p0#0 p1#0 p2#0][p0#0 p1#0 p2#0][p0#0 p1#0 p2#0]",
		},
	)
	for _, v := range []struct {
		batch      string
		resilience int64
		flaws      []string
	}{
		{"all", 0, []string{
			"takes the token with something missing", "every holder numbers from one", "keeps the token", "copies are numbered again",
			"delivers numbers as they come",
		}},
		{"1", 0, []string{"takes the token with something missing", "keeps the token"}},
		{"all", 2, []string{"forgets the resilience", "rests with something undelivered"}},
		{"1", 1, []string{"forgets the resilience", "rests with something undelivered"}},
	} {
		values := movingValues(v.batch, fmt.Sprint(v.resilience))
		p := promise{
			name: "moving-sequencer " + fmt.Sprint(values), kind: "moving-sequencer", values: values,
			properties: []property{complete, total, passedOn(v.resilience)},
			twin: func(flaw string) peer.Ordering {
				return &plainMoving{twin: twin{flaw: flaw}, all: v.batch == "all", resilience: v.resilience}
			},
			flaws: v.flaws,
		}
		promises = append(promises, p)
		p.name, p.fifo, p.flaws = p.name+" on FIFO links", true, nil
		p.properties = []property{complete, total, causal, inOrder}
		promises = append(promises, p)
	}
}

// passedOn holds when between the broadcast and every delivery there was the
// time for so many passes of the token, each of which takes a millisecond or more.
func passedOn(resilience int64) property {
	return func(g *group) string {
		for p, log := range g.logs {
			for i, id := range log {
				age := g.times[p][i] - g.skew[p] - (g.sent[id] - g.skew[id.Sender])
				if len(g.logs) > 1 && age < peer.Instant(resilience)*ms {
					return fmt.Sprintf("p%d has logged %v at the age of %v", p, id, time.Duration(age))
				}
			}
		}
		return ""
	}
}

// plainMoving keeps everything it has heard and looks through it each time.
type plainMoving struct {
	twin
	all        bool
	resilience int64
	peers      int64
	arrived    []peer.MessageID
	numbers    map[peer.MessageID]int64
	passes     map[peer.MessageID]int64
	heard      map[int64]bool
	pass       int64 // greatest heard of
	given      int64 // the pass that brought the token here, or -1
	upTo       int64
	log        int64 // delivered
}

func (o *plainMoving) Clone() peer.Ordering { panic("twins are not cloned") }

func (o *plainMoving) Reset(self peer.ID, n int) {
	*o = plainMoving{
		twin: twin{flaw: o.flaw}, all: o.all, resilience: o.resilience, peers: int64(n), given: -1,
		numbers: map[peer.MessageID]int64{}, passes: map[peer.MessageID]int64{}, heard: map[int64]bool{},
	}
	o.twin.Reset(self, n)
	if self == 0 {
		o.given = 0
	}
}

func (o *plainMoving) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) { out.ToAll(*m) }

func (o *plainMoving) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if m.Kind == peer.KindData {
		if o.had[m.ID] && o.flaw == "copies are numbered again" {
			o.numbers[m.ID] = 0
		}
		if o.had[m.ID] {
			return
		}
		o.had[m.ID] = true
		o.arrived = append(o.arrived, m.ID)
	} else {
		o.hear(m, out)
	}
	o.deliverDue(out)
	o.passOn(out)
}

// hear takes the numbers of an acknowledgement.
func (o *plainMoving) hear(m *peer.Message, out *peer.Effects) {
	if o.heard[m.Aux] {
		return
	}
	o.heard[m.Aux] = true
	o.pass = max(o.pass, m.Aux)
	var ids []peer.MessageID
	for _, w := range out.Words(m.Words) {
		ids = append(ids, message(peer.ID(w>>32), int32(w)))
	}
	if m.ID != peer.NoMessage {
		ids = append(ids, m.ID)
	}
	for i, id := range ids {
		o.numbers[id], o.passes[id] = m.Stamp-int64(len(ids)-1-i), m.Aux
	}
	if m.Aux%o.peers == int64(o.self) {
		o.given, o.upTo = m.Aux, m.Stamp
	}
}

// known counts the numbers from 1 on that are here with their bodies.
func (o *plainMoving) known() int64 {
	for k := int64(1); ; k++ {
		found := false
		for id, number := range o.numbers {
			found = found || number == k && o.had[id]
		}
		if !found {
			return k - 1
		}
	}
}

func (o *plainMoving) deliverDue(out *peer.Effects) {
	for again := true; again; {
		again = false
		for _, id := range o.arrived {
			number := o.numbers[id]
			late := o.pass < o.passes[id]+o.resilience && o.flaw != "forgets the resilience"
			if number != 0 && !late && (number == o.log+1 || o.flaw == "delivers numbers as they come" && o.passes[id] > 0) {
				out.Deliver(id)
				o.log++
				if o.flaw == "delivers numbers as they come" {
					o.passes[id] = -1
				}
				again = true
			}
		}
	}
}

// passOn gives numbers and sends the token on.
func (o *plainMoving) passOn(out *peer.Effects) {
	known := o.known()
	if o.given < 0 || known < o.upTo && o.flaw != "takes the token with something missing" {
		return
	}
	known = max(known, o.upTo)
	if o.flaw == "every holder numbers from one" {
		known = o.sent
	}
	var ids []peer.MessageID
	last := int64(-1)
	for _, id := range o.arrived {
		if o.numbers[id] == 0 {
			ids = append(ids, id)
		}
	}
	for _, pass := range o.passes {
		last = max(last, pass)
	}
	if len(ids) == 0 && (last < 0 || o.given >= last+o.resilience || o.flaw == "rests with something undelivered") {
		return
	}
	p := peer.Message{ID: peer.NoMessage, Kind: peer.KindToken, Aux: o.given + 1, Round: int32(o.given + 1), Stamp: known}
	if !o.all && len(ids) > 0 {
		ids = ids[:1]
		p.ID, p.Round = ids[0], 0
	}
	p.Stamp += int64(len(ids))
	o.sent = p.Stamp
	if o.all {
		var words []int64
		p.Words, words = out.NewWords(len(ids))
		for i, id := range ids {
			words[i] = int64(id.Sender)<<32 | int64(id.Number)
		}
	}
	if o.given = -1; o.flaw == "keeps the token" && o.self == 0 {
		o.given, o.upTo = p.Aux+o.peers-1, 0
		for _, id := range ids { // it would number them for ever
			o.numbers[id], o.passes[id] = p.Stamp, p.Aux
		}
	}
	out.ToAll(p)
}

// TestMovingSequencerCosts: packets, and steps to the delivery at the peer that
// makes the last pass and at the others, as stated and as run. The holder's own
// message is numbered at once, by an acknowledgement of its own.
func TestMovingSequencerCosts(t *testing.T) {
	t.Parallel()
	for _, batch := range []string{"all", "1"} {
		for _, n := range []int{3, 5, 8} {
			for resilience := range 5 {
				for sender := range peer.ID(n) {
					values := movingValues(batch, fmt.Sprint(resilience))
					name := fmt.Sprintf("%v, %d peers, %v sends", values, n, sender)
					packets, steps := (2+resilience)*(n-1), 2+resilience
					if sender == 0 {
						steps--
					}
					want := slices.Repeat([]peer.Instant{peer.Instant(steps) * ms}, n)
					want[resilience%n] -= ms
					c := stated(t, "moving-sequencer", values, n, sender)
					compareCost(t, name+", as stated", c.Packets, packets, instants(c.Delays), want)
					g := newGroup(t, n, func(peer.ID) peer.Ordering { return build(t, "moving-sequencer", values...) }, noPhases)
					g.at(3*ms, message(sender, 0))
					g.run(peer.Distant)
					measured := make([]peer.Instant, n)
					for p, times := range g.times {
						if len(times) != 1 {
							t.Fatalf("%s: p%d delivers at %v, want once", name, p, times)
						}
						measured[p] = times[0] - 3*ms
					}
					compareCost(t, name+", as run", len(g.names), packets, measured, want)
				}
			}
		}
	}
}

// TestMovingSequencerBatches: five messages of p0 at once. The first goes with
// the token, which p1 has at 1 ms together with the second, and p2 at 2 ms when
// the rest is there: for a batch that is enough, one by one it takes five passes.
func TestMovingSequencerBatches(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		batch  string
		passes int
		last   peer.Instant // when p2 delivers its last
	}{{"all", 3, 2 * ms}, {"1", 5, 5 * ms}} {
		g := newGroup(t, 3, func(peer.ID) peer.Ordering { return build(t, "moving-sequencer", movingValues(tt.batch, "0")...) }, noPhases)
		for k := range int32(5) {
			g.at(0, message(0, k))
		}
		g.run(peer.Distant)
		if last, want := slices.Max(g.times[2]), 2*(5+tt.passes); len(g.names) != want || last != tt.last {
			t.Errorf("batch %s: %d packets, the last is delivered at %v; want %d, %v", tt.batch, len(g.names), last, want, tt.last)
		}
	}
}

// TestMovingSequencerHolds: what is held is what has come; acknowledgements that
// nobody in the group can have sent change nothing.
func TestMovingSequencerHolds(t *testing.T) {
	t.Parallel()
	token := func(from peer.ID, id peer.MessageID, number, pass int64) peer.Message {
		return peer.Message{Kind: peer.KindToken, From: from, ID: id, Stamp: number, Aux: pass}
	}
	data := peer.Message{Kind: peer.KindData, From: 2, ID: message(2, 0)}
	for _, tt := range []struct {
		what    string
		packets []peer.Message
		held    int
	}{
		{"a body", []peer.Message{data}, 1},
		{"a copy", []peer.Message{data, data}, 1},
		{"its number", []peer.Message{data, token(0, data.ID, 1, 1)}, 0},
		{"a copy of its number", []peer.Message{data, token(0, data.ID, 1, 1), token(0, data.ID, 1, 1)}, 0},
		{"the number first", []peer.Message{token(0, data.ID, 1, 1), data}, 0},
		{"a later number", []peer.Message{data, token(0, data.ID, 2, 4)}, 1},
		{"another's turn", []peer.Message{data, token(1, data.ID, 1, 1)}, 1},
		{"a pass that never was", []peer.Message{data, token(0, data.ID, 1, 0), token(0, data.ID, 1, 1<<40)}, 1},
		{"a number that never was", []peer.Message{data, token(0, data.ID, 0, 1), token(0, data.ID, -1, 4), token(0, data.ID, 1<<62+1, 7)}, 1},
		{"a message that never was", []peer.Message{data, token(0, message(3, 0), 1, 1), token(0, data.ID, 1, 1)}, 0},
		{"one number twice", []peer.Message{data, token(0, data.ID, 1, 1), token(2, message(0, 0), 1, 3), {Kind: peer.KindData, ID: message(0, 0)}}, 1},
		{
			"a copy of an old number",
			[]peer.Message{data, token(0, data.ID, 1, 1), token(2, message(0, 0), 2, 3), {Kind: peer.KindData, ID: message(0, 0)}},
			0,
		},
	} {
		o := build(t, "moving-sequencer", movingValues("1", "0")...)
		o.Reset(1, 3)
		var out peer.Effects
		for i := range tt.packets {
			o.Receive(0, &tt.packets[i], &out)
		}
		if o.Held() != tt.held {
			t.Errorf("%s: holds %d, want %d", tt.what, o.Held(), tt.held)
		}
	}
}

// TestMovingSequencerRefusesLists: a list that names a message which cannot be
// is refused as a whole.
func TestMovingSequencerRefusesLists(t *testing.T) {
	t.Parallel()
	for _, word := range []int64{-1, 3 << 32, 1 << 62, 1<<32 | 1<<28, -1 << 63} {
		o := build(t, "moving-sequencer", movingValues("all", "0")...)
		o.Reset(1, 3)
		var out peer.Effects
		span, words := out.NewWords(2)
		words[0], words[1] = 2<<32, word
		o.Receive(0, &peer.Message{Kind: peer.KindData, From: 2, ID: p2}, &out)
		o.Receive(0, &peer.Message{Kind: peer.KindToken, From: 0, ID: peer.NoMessage, Stamp: 2, Aux: 1, Words: span}, &out)
		if o.Held() != 1 || len(out.List) != 0 {
			t.Errorf("after a list with %x: holds %d, %d effects; want 1, none", word, o.Held(), len(out.List))
		}
	}
}

// TestMovingSequencerCounts: passes of the token, and those with numbers.
func TestMovingSequencerCounts(t *testing.T) {
	t.Parallel()
	made := make([]peer.Ordering, 3)
	g := newGroup(t, 3, func(p peer.ID) peer.Ordering {
		made[p] = build(t, "moving-sequencer", movingValues("all", "2")...)
		return made[p]
	}, noPhases)
	g.at(0, p1)
	g.at(20*ms, p2)
	g.run(peer.Distant)
	for p, want := range []string{"token_hops=2 batches=2 ", "token_hops=2 batches=0 ", "token_hops=2 batches=0 "} {
		if got := counters(made[p]); got != want {
			t.Errorf("p%d counts %s, want %s", p, got, want)
		}
	}
}
