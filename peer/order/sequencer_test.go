package order_test

import (
	"slices"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

func sequencerValues(variant, at string) order.Values {
	return order.Values{{Name: "at", Text: at}, {Name: "variant", Text: variant}}
}

func init() {
	ub, bb, uub := sequencerValues("ub", "0"), sequencerValues("bb", "0"), sequencerValues("uub", "0")
	ub1 := sequencerValues("ub", "1")
	for _, v := range []order.Values{ub, bb, uub, ub1} {
		everyKind = append(everyKind, variant{"sequencer", v})
	}
	late := []link{{message(1, 0), peer.KindData, 0, 10 * ms}}
	two := []send{{0, message(1, 0)}, {ms, message(1, 1)}}
	litmus = append(litmus,
		litmusTest{"LT2 total without FIFO, ub", "sequencer", ub, two, late, nil, false, "[p1#1 p1#0][p1#1 p1#0][p1#1 p1#0]"},
		litmusTest{"LT2 total without FIFO, bb", "sequencer", bb, two, late, nil, false, "[p1#1 p1#0][p1#1 p1#0][p1#1 p1#0]"},
		litmusTest{"LT2 total without FIFO, uub", "sequencer", uub, two, late, nil, false, "[p1#1 p1#0][p1#1 p1#0][p1#1 p1#0]"},
		litmusTest{"LT2 with FIFO links, ub", "sequencer", ub, two, late, nil, true, "[p1#0 p1#1][p1#0 p1#1][p1#0 p1#1]"},
		litmusTest{
			"the number comes before the body", "sequencer", bb,
			[]send{{0, p1}, {ms, p0}},
			[]link{{p1, peer.KindData, 2, 10 * ms}},
			nil, false, "[p0#0 p1#0][p0#0 p1#0][p0#0 p1#0]",
		},
		litmusTest{
			"a lost number blocks one", "sequencer", bb,
			[]send{{0, p1}, {5 * ms, p2}},
			[]link{{p1, peer.KindNumber, 2, -1}},
			nil, false, "[p1#0 p2#0][p1#0 p2#0][]",
		},
		litmusTest{
			"a body that the sequencer never gets has no number", "sequencer", bb,
			[]send{{0, p1}, {5 * ms, p2}},
			[]link{{p1, peer.KindData, 0, -1}},
			nil, false, "[p2#0][p2#0][p2#0]",
		},
		litmusTest{
			"a lost answer leaves a hole for all", "sequencer", uub,
			[]send{{0, p1}, {5 * ms, p2}},
			[]link{{p1, peer.KindNumber, 1, -1}},
			nil, false, "[][][]",
		},
		litmusTest{
			"LT9 at the sequencer", "sequencer", ub1,
			[]send{{0, p0}, {0, p1}, {0, p2}},
			nil, nil, false,
			"[p1#0 p0#0 p2#0][p1#0 p0#0 p2#0][p1#0 p0#0 p2#0]",
		},
	)
	for _, v := range []order.Values{ub, bb, uub} {
		name := v.Enum("variant")
		flaws := []string{"delivers numbers as they come", "copies are numbered", "delivers its own at once"}
		if name == "bb" {
			flaws = append(flaws, "a number before its body is forgotten", "delivers bodies as they come")
		}
		p := promise{
			name: "sequencer " + name, kind: "sequencer", values: v, properties: []property{complete, total},
			twin:  func(flaw string) peer.Ordering { return &plainSequencer{twin: twin{flaw: flaw}, variant: name} },
			flaws: flaws,
		}
		promises = append(promises, p)
		p.name, p.fifo, p.flaws = p.name+" on FIFO links", true, nil
		p.properties = []property{complete, total, causal, inOrder}
		promises = append(promises, p)
	}
	slices.SortFunc(promises, func(a, b promise) int { return strings.Compare(a.name, b.name) })
}

// plainSequencer keeps everything it has heard and looks through it each time;
// p0 is its sequencer.
type plainSequencer struct {
	twin
	variant string
	next    int64
	numbers map[peer.MessageID]int64
	given   map[peer.MessageID]bool
	sentOn  map[peer.MessageID]bool
}

func (o *plainSequencer) Clone() peer.Ordering { panic("twins are not cloned") }

func (o *plainSequencer) Reset(self peer.ID, n int) {
	o.twin.Reset(self, n)
	o.numbers, o.given, o.sentOn = map[peer.MessageID]int64{}, map[peer.MessageID]bool{}, map[peer.MessageID]bool{}
	o.next = 1
}

func (o *plainSequencer) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if o.flaw == "delivers its own at once" {
		out.Deliver(m.ID)
		o.sentOn[m.ID] = true
	}
	p := *m
	if o.self == 0 {
		o.sent++
		o.given[m.ID] = true
		p.Stamp = o.sent
	}
	if o.self == 0 || o.variant == "bb" {
		out.ToAll(p)
	} else {
		out.Send(0, p)
	}
}

func (o *plainSequencer) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if m.Kind != peer.KindNumber && (o.variant == "bb" || m.Kind == peer.KindRelay || m.From == 0) {
		o.had[m.ID] = true
	}
	if m.Kind == peer.KindData && m.From != 0 && o.self == 0 && (!o.given[m.ID] || o.flaw == "copies are numbered") {
		o.given[m.ID] = true
		o.sent++
		answer := peer.Message{ID: m.ID, Kind: peer.KindNumber, Stamp: o.sent, Round: int32(o.sent)}
		switch o.variant {
		case "ub":
			answer.Kind = peer.KindRelay
			out.ToAll(answer)
		case "bb":
			out.ToAll(answer)
		case "uub":
			out.Send(m.From, answer)
		}
		return
	}
	switch {
	case m.Stamp == 0:
	case m.Kind == peer.KindNumber && o.variant == "uub":
		if o.numbers[m.ID] == 0 {
			out.ToAll(peer.Message{ID: m.ID, Kind: peer.KindRelay, Stamp: m.Stamp})
		}
		return
	case o.flaw == "a number before its body is forgotten" && !o.had[m.ID]:
	default:
		o.numbers[m.ID] = m.Stamp
	}
	o.deliverDue(out)
}

func (o *plainSequencer) deliverDue(out *peer.Effects) {
	for again := true; again; {
		again = false
		var ids []peer.MessageID
		for id := range o.had {
			if !o.sentOn[id] {
				ids = append(ids, id)
			}
		}
		slices.SortFunc(ids, func(a, b peer.MessageID) int { return a.Compare(b) })
		for _, id := range ids {
			number := o.numbers[id]
			if number != 0 && (number == o.next || o.flaw == "delivers numbers as they come") || o.flaw == "delivers bodies as they come" {
				out.Deliver(id)
				o.sentOn[id] = true
				o.next++
				again = true
			}
		}
	}
}

// TestSequencerHolds: what is held is what has come, the own message from its
// broadcast on.
func TestSequencerHolds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		variant string
		packets []peer.Message
		held    int
	}{
		{"ub", nil, 1},
		{"ub", []peer.Message{{Kind: peer.KindRelay, From: 0, ID: message(2, 0), Stamp: 2}}, 2},
		{"ub", []peer.Message{{Kind: peer.KindRelay, From: 0, ID: message(2, 0), Stamp: 1}}, 1},
		{"ub", []peer.Message{{Kind: peer.KindRelay, From: 0, ID: message(1, 0), Stamp: 1}}, 0},
		{"ub", []peer.Message{{Kind: peer.KindRelay, From: 2, ID: message(1, 0), Stamp: 1}}, 1},
		{"bb", []peer.Message{{Kind: peer.KindNumber, From: 0, ID: message(2, 0), Stamp: 1}}, 1},
		{"bb", []peer.Message{{Kind: peer.KindData, From: 2, ID: message(2, 0)}}, 2},
		{"bb", []peer.Message{{Kind: peer.KindNumber, From: 2, ID: message(1, 0), Stamp: 1}}, 1},
		{"uub", []peer.Message{{Kind: peer.KindRelay, From: 2, ID: message(2, 0), Stamp: 2}}, 2},
		{"uub", []peer.Message{{Kind: peer.KindData, From: 0, ID: message(0, 0), Stamp: 1}}, 1},
	} {
		o := build(t, "sequencer", sequencerValues(tt.variant, "0")...)
		o.Reset(1, 3)
		var out peer.Effects
		m := peer.Message{ID: message(1, 0), From: 1, Kind: peer.KindData}
		o.Broadcast(0, &m, &out)
		if tt.variant == "bb" {
			o.Receive(0, &m, &out) // the own copy
		}
		for i := range tt.packets {
			o.Receive(0, &tt.packets[i], &out)
		}
		if o.Held() != tt.held {
			t.Errorf("%s after %v: holds %d, want %d", tt.variant, tt.packets, o.Held(), tt.held)
		}
	}
}
