package order_test

import (
	"fmt"
	"slices"
	"testing"

	"mpcomm/peer"
)

// alone is one peer that gets packets by hand; what it sends to itself it has at
// once.
type alone struct {
	peer.Ordering
	self peer.ID
	now  peer.Instant
	out  peer.Effects
}

func newAlone(t *testing.T, kind string, self peer.ID, peers int) *alone {
	t.Helper()
	a := &alone{Ordering: build(t, kind), self: self}
	a.Reset(self, peers)
	a.Start(0, &a.out)
	return a
}

// told are the packets of a kind that the last call sent, in words: to whom,
// instance and round or ballot, and the words or the body.
func (a *alone) told(kind peer.Kind) (all []string) {
	for _, e := range a.out.List {
		if e.Kind != peer.EffectSend && e.Kind != peer.EffectOthers && e.Kind != peer.EffectAll {
			continue
		}
		m := &a.out.Messages[e.Index]
		to := "all"
		if e.Kind == peer.EffectSend {
			to = e.To.String()
		}
		if m.Kind == kind && to != a.self.String() {
			all = append(all, fmt.Sprintf("%s: %d/%d %v %v", to, m.Stamp, m.Aux, m.ID, a.out.Words(m.Words)))
		}
	}
	return all
}

// expire lets a time come, and the timer with it.
func (a *alone) expire(now peer.Instant) {
	a.now = now
	a.out.Reset()
	a.Expire(now, 0, &a.out)
}

func (a *alone) receive(m peer.Message, words ...int64) {
	a.out.Reset()
	span, own := a.out.NewWords(len(words))
	copy(own, words)
	m.Words = span
	a.Receive(a.now, &m, &a.out)
	for i := 0; i < len(a.out.List); i++ {
		if e := a.out.List[i]; e.Kind == peer.EffectAll || e.Kind == peer.EffectSend && e.To == a.self {
			m := a.out.Messages[e.Index]
			m.From = a.self
			a.Receive(a.now, &m, &a.out)
		}
	}
}

// TestHolesBecomeNoOps: an instance of which nobody tells a new leader, below one
// of which somebody does, is proposed as a no-op. Who was to fill it may have
// crashed, and nothing after it could be delivered.
func TestHolesBecomeNoOps(t *testing.T) {
	t.Parallel()
	o := &alone{Ordering: build(t, "paxos"), self: 1}
	o.Reset(1, 3)
	o.receive(peer.Message{Kind: peer.KindRelay, From: 2, ID: message(0, 1)})
	o.receive(peer.Message{Kind: peer.KindSuspect, From: 2, ID: peer.NoMessage, Stamp: 1, Aux: 1})
	o.receive(peer.Message{Kind: peer.KindEstimate, From: 2, ID: peer.NoMessage, Stamp: 1, Aux: 1}, 2, 0, 1) // p0#1 in instance 2
	proposed := map[int64]peer.MessageID{}
	for _, m := range o.out.Messages {
		if m.Kind == peer.KindPropose || m.Kind == peer.KindRelay && m.Stamp > 0 {
			proposed[m.Stamp] = m.ID
		}
	}
	if hole, ok := proposed[1]; !ok || hole != peer.NoMessage || proposed[2] != message(0, 1) || len(proposed) != 2 {
		t.Errorf("it proposes %v, want a no-op in instance 1 and p0#1 in instance 2", proposed)
	}
	for _, m := range []peer.Message{{ID: message(0, 1), Stamp: 2}, {ID: peer.NoMessage, Stamp: 1}} {
		m.Kind, m.From, m.Aux = peer.KindAccept, 2, 1
		o.receive(m)
	}
	if o.Held() != 0 {
		t.Error("p0#1 is not delivered when a majority has accepted both")
	}
}

// TestAcknowledgementsOfTheRound: a coordinator whose turn it is again counts who
// has acknowledged its proposal of this round. Who has acknowledged that of an
// earlier one has adopted it with an older stamp, and between the two rounds
// another value may have been adopted.
func TestAcknowledgementsOfTheRound(t *testing.T) {
	t.Parallel()
	o := &alone{Ordering: build(t, "chandra-toueg"), self: 0}
	o.Reset(0, 3)
	o.receive(peer.Message{Kind: peer.KindData, From: 1, ID: message(1, 0)})
	o.receive(peer.Message{Kind: peer.KindSuspect, From: 2, ID: peer.NoMessage, Stamp: 1, Aux: 3})
	o.receive(peer.Message{Kind: peer.KindEstimate, From: 2, ID: peer.NoMessage, Stamp: 1, Aux: 3}, 0)
	if !slices.ContainsFunc(o.out.Messages, func(m peer.Message) bool { return m.Kind == peer.KindPropose && m.Aux == 3 }) {
		t.Fatal("it proposes nothing in round 3")
	}
	for _, tt := range []struct {
		from      peer.ID
		round     int64
		delivered int
	}{{1, 0, 0}, {2, 0, 0}, {1, 2, 0}, {2, 6, 0}, {1, 3, 1}} {
		o.receive(peer.Message{Kind: peer.KindAccept, From: tt.from, ID: peer.NoMessage, Stamp: 1, Aux: tt.round})
		if got := 1 - o.Held(); got != tt.delivered {
			t.Errorf("after an acknowledgement of %v in round %d: %d delivered, want %d", tt.from, tt.round, got, tt.delivered)
		}
	}
}

// word is a message in the words of a packet.
func word(sender peer.ID, number int32) int64 { return int64(sender)<<32 | int64(number) }

// says compares what was told.
func says(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: it says %q, want %q", what, got, want)
	}
}

func suspect(from peer.ID, instance, round int64) peer.Message {
	return peer.Message{Kind: peer.KindSuspect, From: from, ID: peer.NoMessage, Stamp: instance, Aux: round}
}

// TestProposalOfARoundThatWasLeft: a peer that has told another coordinator its
// estimate adopts nothing more of the coordinators before.
func TestProposalOfARoundThatWasLeft(t *testing.T) {
	t.Parallel()
	o := newAlone(t, "chandra-toueg", 2, 3)
	o.receive(peer.Message{Kind: peer.KindData, From: 1, ID: message(1, 0)})
	o.receive(suspect(1, 1, 1))
	says(t, "called into round 1", o.told(peer.KindEstimate), fmt.Sprintf("p1: 1/1 %v [0 %d]", peer.NoMessage, word(1, 0)))
	propose := peer.Message{Kind: peer.KindPropose, From: 0, ID: peer.NoMessage, Stamp: 1}
	o.receive(propose, word(1, 0))
	says(t, "a proposal of round 0", o.told(peer.KindAccept))
	propose.From, propose.Aux = 1, 1
	o.receive(propose, word(1, 0))
	says(t, "a proposal of round 1", o.told(peer.KindAccept), fmt.Sprintf("p1: 1/1 %v []", peer.NoMessage))
}

// TestEstimateOfTheGreatestStamp: a coordinator proposes the value that was
// adopted last, in whatever order it hears of them, and whoever has adopted one
// says in which round.
func TestEstimateOfTheGreatestStamp(t *testing.T) {
	t.Parallel()
	estimates := [][2]int64{{2, word(3, 0)}, {5, word(4, 0)}}
	for range estimates {
		slices.Reverse(estimates)
		o := newAlone(t, "chandra-toueg", 1, 5)
		o.receive(peer.Message{Kind: peer.KindData, From: 3, ID: message(3, 0)})
		o.receive(peer.Message{Kind: peer.KindData, From: 4, ID: message(4, 0)})
		o.receive(suspect(2, 1, 6))
		for i, e := range estimates {
			o.receive(peer.Message{Kind: peer.KindEstimate, From: peer.ID(2 + i), ID: peer.NoMessage, Stamp: 1, Aux: 6}, e[0], e[1])
		}
		says(t, fmt.Sprint("told ", estimates), o.told(peer.KindPropose), fmt.Sprintf("all: 1/6 %v [%d]", peer.NoMessage, word(4, 0)))
	}
	o := newAlone(t, "chandra-toueg", 2, 5)
	o.receive(peer.Message{Kind: peer.KindData, From: 1, ID: message(1, 0)})
	o.receive(peer.Message{Kind: peer.KindPropose, From: 3, ID: peer.NoMessage, Stamp: 1, Aux: 3}, word(1, 0))
	o.receive(suspect(0, 1, 5))
	says(t, "adopted in round 3", o.told(peer.KindEstimate), fmt.Sprintf("p0: 1/5 %v [4 %d]", peer.NoMessage, word(1, 0)))
}

// TestWhoIsBehindIsTold: a decision that is known here goes to whoever is still
// about the instance, also when an earlier one is lacking; a peer that is ahead is
// asked for what lies between.
func TestWhoIsBehindIsTold(t *testing.T) {
	t.Parallel()
	o := newAlone(t, "chandra-toueg", 2, 3)
	o.receive(peer.Message{Kind: peer.KindDecide, From: 0, ID: peer.NoMessage, Stamp: 2}, word(1, 0))
	if !slices.ContainsFunc(o.out.List, func(e peer.Effect) bool { return e.Kind == peer.EffectTimer }) {
		t.Error("nobody waits for instance 1, which must have been decided")
	}
	o.receive(suspect(1, 2, 1))
	says(t, "about instance 2", o.told(peer.KindDecide), fmt.Sprintf("p1: 2/1 %v [%d]", peer.NoMessage, word(1, 0)))
	o.receive(suspect(1, 3, 1))
	says(t, "about instance 3", o.told(peer.KindRequest), fmt.Sprintf("p1: 1/0 %v []", peer.NoMessage))
}

// TestWaitsBeginAnewWithTheRound: a peer that follows others into a round gives its
// coordinator all the time that the one before had.
func TestWaitsBeginAnewWithTheRound(t *testing.T) {
	t.Parallel()
	o := newAlone(t, "chandra-toueg", 2, 3)
	o.receive(peer.Message{Kind: peer.KindData, From: 2, ID: message(2, 0)})
	o.now = 900 * ms
	o.receive(suspect(0, 1, 1))
	o.expire(1000 * ms)
	says(t, "100 ms later", o.told(peer.KindSuspect))
	o.expire(1900 * ms)
	if len(o.out.Messages) == 0 {
		t.Error("nobody is suspected after a second in the round")
	}
}

// TestWhoWasDownAsks: what was decided meanwhile nobody tells of itself.
func TestWhoWasDownAsks(t *testing.T) {
	t.Parallel()
	for _, kind := range consensual {
		o := newAlone(t, kind, 2, 3)
		says(t, kind+" begins", o.told(peer.KindRequest))
		o.out.Reset()
		o.Start(0, &o.out)
		says(t, kind+" is back", o.told(peer.KindRequest), fmt.Sprintf("all: 1/0 %v []", peer.NoMessage))
	}
}

// TestRelayedBodiesKeepTheirRank: batches go by it, whoever has brought the body.
func TestRelayedBodiesKeepTheirRank(t *testing.T) {
	t.Parallel()
	o := newAlone(t, "chandra-toueg", 1, 3)
	o.receive(peer.Message{Kind: peer.KindData, From: 2, ID: message(2, 6), Aux: 4})
	o.receive(peer.Message{Kind: peer.KindData, From: 2, ID: message(2, 7), Aux: 3})
	o.receive(peer.Message{Kind: peer.KindRequest, From: 0, ID: message(2, 7)})
	says(t, "asked for a body", o.told(peer.KindRelay), "p0: 0/3 p2#7 []")
}

// TestOfferWithoutBodies: whoever has a proposal and not its bodies, and nothing
// else to order, leaves the round in the end all the same: the decision may have
// been made without it, and its coordinator be down.
func TestOfferWithoutBodies(t *testing.T) {
	t.Parallel()
	o := newAlone(t, "chandra-toueg", 2, 3)
	o.receive(peer.Message{Kind: peer.KindPropose, From: 0, ID: peer.NoMessage, Stamp: 1}, word(1, 0))
	says(t, "a proposal without its body", o.told(peer.KindAccept))
	o.expire(1000 * ms)
	says(t, "a second later", o.told(peer.KindEstimate), fmt.Sprintf("p1: 1/1 %v [0]", peer.NoMessage))
}
