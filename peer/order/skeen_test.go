package order_test

import (
	"testing"

	"mpcomm/peer"
)

func init() {
	everyKind = append(everyKind, variant{"skeen", nil})
	litmus = append(litmus,
		litmusTest{"the greatest proposal counts", "skeen", nil, race, []link{slow}, nil, false, "[p1#0 p0#0][p1#0 p0#0][p1#0 p0#0]"},
		litmusTest{
			"equal times go by the proposer", "skeen", nil,
			[]send{{0, p2}, {0, p1}, {0, p0}},
			nil, nil, false,
			"[p2#0 p1#0 p0#0][p2#0 p1#0 p0#0][p2#0 p1#0 p0#0]",
		},
		litmusTest{
			"LT2 total without FIFO, skeen", "skeen", nil,
			[]send{{0, p1}, {ms, message(1, 1)}},
			[]link{{p1, peer.KindData, 0, 10 * ms}, {p1, peer.KindData, 2, 10 * ms}},
			nil, false,
			"[p1#1 p1#0][p1#1 p1#0][p1#1 p1#0]",
		},
		litmusTest{
			"LT2 with FIFO links, skeen", "skeen", nil,
			[]send{{0, p1}, {ms, message(1, 1)}},
			[]link{{p1, peer.KindData, 0, 10 * ms}, {p1, peer.KindData, 2, 10 * ms}},
			nil, true,
			"[p1#0 p1#1][p1#0 p1#1][p1#0 p1#1]",
		},
		litmusTest{
			"a lost decision blocks one", "skeen", nil,
			[]send{{0, p0}, {5 * ms, p1}},
			[]link{{p0, peer.KindFinal, 2, -1}},
			nil, false, "[p0#0 p1#0][p0#0 p1#0][]",
		},
		litmusTest{
			"a lost proposal blocks all", "skeen", nil,
			[]send{{0, p0}, {5 * ms, p1}},
			[]link{{p0, peer.KindVote, 0, -1}},
			nil, false, "[][][]",
		},
	)
	p := promise{
		name: "skeen", kind: "skeen", properties: []property{complete, total},
		twin: func(flaw string) peer.Ordering { return &plainSkeen{twin: twin{flaw: flaw}} },
		flaws: []string{
			"open messages are left out of the minimum", "no tie-break by peer", "decisions do not move the clock",
			"the first proposal counts", "copies of proposals are counted",
		},
	}
	onFIFO := p
	onFIFO.name, onFIFO.fifo, onFIFO.flaws = "skeen on FIFO links", true, nil
	onFIFO.properties = []property{complete, total, causal, inOrder}
	promises = append(promises, p, onFIFO)
}

// plainSkeen keeps lists and looks through all of them.
type plainSkeen struct {
	twin
	peers int
	open  []plainOpen
	votes map[peer.MessageID][]plainPlace
	done  map[peer.MessageID]bool
}

type plainPlace struct {
	time int64
	by   peer.ID
}

type plainOpen struct {
	id    peer.MessageID
	place plainPlace
	final bool
}

func (o *plainSkeen) Clone() peer.Ordering { panic("twins are not cloned") }

func (o *plainSkeen) Reset(self peer.ID, n int) {
	o.twin.Reset(self, n)
	o.peers, o.open, o.votes, o.done = n, nil, map[peer.MessageID][]plainPlace{}, map[peer.MessageID]bool{}
}

func (o *plainSkeen) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) { out.ToAll(*m) }

func (o *plainSkeen) below(a, b plainPlace) bool {
	return a.time < b.time || a.time == b.time && o.flaw != "no tie-break by peer" && a.by < b.by
}

func (o *plainSkeen) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	switch m.Kind {
	case peer.KindData:
		if o.had[m.ID] {
			return
		}
		o.had[m.ID] = true
		o.clock++
		o.open = append(o.open, plainOpen{id: m.ID, place: plainPlace{o.clock, o.self}})
		out.Send(m.ID.Sender, peer.Message{ID: m.ID, Kind: peer.KindVote, Stamp: o.clock})
	case peer.KindVote:
		o.vote(m, out)
	case peer.KindFinal:
		for i := range o.open {
			if o.open[i].id == m.ID {
				o.open[i].place, o.open[i].final = plainPlace{m.Stamp, peer.ID(m.Aux)}, true
			}
		}
		if o.flaw != "decisions do not move the clock" {
			o.clock = max(o.clock, m.Stamp)
		}
		o.deliverFirst(out)
	}
}

func (o *plainSkeen) vote(m *peer.Message, out *peer.Effects) {
	for _, v := range o.votes[m.ID] {
		if v.by == m.From && o.flaw != "copies of proposals are counted" {
			return
		}
	}
	o.votes[m.ID] = append(o.votes[m.ID], plainPlace{m.Stamp, m.From})
	if len(o.votes[m.ID]) < o.peers || o.done[m.ID] {
		return
	}
	o.done[m.ID] = true
	greatest := o.votes[m.ID][0]
	for _, v := range o.votes[m.ID] {
		if o.below(greatest, v) && o.flaw != "the first proposal counts" {
			greatest = v
		}
	}
	out.ToAll(peer.Message{ID: m.ID, Kind: peer.KindFinal, Stamp: greatest.time, Aux: int64(greatest.by)})
}

func (o *plainSkeen) deliverFirst(out *peer.Effects) {
	for {
		best := -1
		for i, p := range o.open {
			if !p.final && o.flaw == "open messages are left out of the minimum" {
				continue
			}
			if best < 0 || o.below(p.place, o.open[best].place) {
				best = i
			}
		}
		if best < 0 || !o.open[best].final {
			return
		}
		out.Deliver(o.open[best].id)
		o.open = append(o.open[:best:best], o.open[best+1:]...)
	}
}

// TestSkeenHolds: what is open is held, and a decision that cannot be is none.
func TestSkeenHolds(t *testing.T) {
	t.Parallel()
	packet := func(kind peer.Kind, from peer.ID, stamp, aux int64) peer.Message {
		return peer.Message{Kind: kind, From: from, ID: message(1, 0), Stamp: stamp, Aux: aux}
	}
	o := build(t, "skeen")
	o.Reset(0, 3)
	for _, tt := range []struct {
		what   string
		packet peer.Message
		held   int
	}{
		{"a decision of nothing", packet(peer.KindFinal, 1, 5, 1), 0},
		{"a body", packet(peer.KindData, 1, 0, 0), 1},
		{"a copy", packet(peer.KindData, 1, 0, 0), 1},
		{"a proposal for another's message", packet(peer.KindVote, 2, 9, 0), 1},
		{"a decision below the own proposal", packet(peer.KindFinal, 1, 0, 1), 1},
		{"a decision of another than the sender", packet(peer.KindFinal, 2, 5, 1), 1},
		{"a decision for a peer that is not there", packet(peer.KindFinal, 1, 5, 3), 1},
		{"the decision", packet(peer.KindFinal, 1, 5, 1), 0},
		{"its copy", packet(peer.KindFinal, 1, 5, 1), 0},
	} {
		var out peer.Effects
		o.Receive(0, &tt.packet, &out)
		if o.Held() != tt.held {
			t.Errorf("after %s: holds %d, want %d", tt.what, o.Held(), tt.held)
		}
	}
}
