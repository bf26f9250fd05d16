package order_test

import (
	"slices"
	"testing"

	"mpcomm/peer"
)

// alone is one peer that gets packets by hand; what it sends to itself it has at
// once.
type alone struct {
	peer.Ordering
	self peer.ID
	out  peer.Effects
}

func (a *alone) receive(m peer.Message, words ...int64) {
	a.out.Reset()
	span, own := a.out.NewWords(len(words))
	copy(own, words)
	m.Words = span
	a.Receive(0, &m, &a.out)
	for i := 0; i < len(a.out.List); i++ {
		if e := a.out.List[i]; e.Kind == peer.EffectAll || e.Kind == peer.EffectSend && e.To == a.self {
			m := a.out.Messages[e.Index]
			m.From = a.self
			a.Receive(0, &m, &a.out)
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
