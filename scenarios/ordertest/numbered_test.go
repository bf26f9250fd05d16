package ordertest_test

import (
	"maps"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// misnumbered is a real sequencer, at p0, that goes wrong about its numbers.
type misnumbered struct {
	peer.Ordering
	flaw   string
	self   peer.ID
	had    map[peer.MessageID]bool
	shift  int64 // added to the numbers that are given
	unused bool  // of the last number that was given
}

func (o *misnumbered) Reset(self peer.ID, peers int) {
	o.Ordering.Reset(self, peers)
	o.self, o.had, o.shift, o.unused = self, map[peer.MessageID]bool{}, 0, false
}

func (o *misnumbered) Clone() peer.Ordering {
	c := *o
	c.Ordering, c.had = o.Ordering.Clone(), maps.Clone(o.had)
	return &c
}

func (o *misnumbered) Broadcast(now peer.Instant, m *peer.Message, out *peer.Effects) {
	sent := len(out.Messages)
	o.Ordering.Broadcast(now, m, out)
	if o.flaw == "delivers its own at once" {
		out.Deliver(m.ID)
	}
	o.number(out.Messages[sent:])
}

func (o *misnumbered) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	body := m.Kind == peer.KindData && m.From != o.self
	switch {
	case o.flaw == "copies get numbers" && o.self == 0 && body && o.had[m.ID]:
		o.shift++
	case o.flaw == "a number that is not used yet is given again" && m.Kind == peer.KindRelay:
		o.unused = false
	}
	first := !o.had[m.ID]
	o.had[m.ID] = true
	from, sent := len(out.List), len(out.Messages)
	o.Ordering.Receive(now, m, out)
	if o.self == 0 && m.Kind == peer.KindData {
		o.number(out.Messages[sent:])
	}
	if o.flaw == "says so to the sender as well" && o.self == 0 && body && first {
		out.Send(m.From, peer.Message{ID: m.ID, Kind: peer.KindUser})
	}
	for i := range out.List[from:] {
		if e := &out.List[from+i]; e.Kind == peer.EffectDeliver && e.ID.Sender == o.self && o.flaw == "delivers its own at once" {
			e.Kind = 0
		}
	}
}

// number changes the numbers given in one call.
func (o *misnumbered) number(sent []peer.Message) {
	for i := range sent {
		p := &sent[i]
		if p.Stamp == 0 {
			continue
		}
		if o.flaw == "a number that is not used yet is given again" && o.unused {
			o.shift--
		}
		p.Stamp += o.shift
		o.unused = p.Kind == peer.KindNumber
	}
}

func init() {
	around := func(real peer.Ordering, flaw string) peer.Ordering { return &misnumbered{Ordering: real, flaw: flaw} }
	for _, variant := range []string{"ub", "bb", "uub"} {
		given := []order.Value{{Name: "variant", Text: variant}}
		register(wrapped("sequencer", given, around, [][2]string{
			{"copies get numbers", ""}, {"delivers its own at once", "total is violated"}, {"says so to the sender as well", "its Spec says"},
		}...)...)
	}
	register(wrapped("sequencer", []order.Value{{Name: "variant", Text: "uub"}}, around, [][2]string{
		{}, {"a number that is not used yet is given again", ""},
	}...)...)
}
