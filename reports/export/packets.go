package export

import (
	"slices"

	"mpcomm/peer"
	"mpcomm/peer/journal"
)

// name is what two events about one packet on one link have in common.
type name struct {
	from, to peer.ID
	message  peer.MessageID
	packet   peer.Kind
	round    int32
	attempt  uint16
	copy     uint8
}

// nameOf names the packet of a fate or an arrival.
func nameOf(e *journal.Event) name {
	x := name{e.Peer, e.Other, e.Message, e.Packet, e.Round, e.Attempt, e.Copy}
	if e.Kind == journal.Arrival {
		x.from, x.to = e.Other, e.Peer
	}
	return x
}

// packet is one packet on one link.
type packet struct {
	number int32 // of the packet; a duplicate has that of its original
	sent   int32 // the event of its first fate
	fate   int32 // the event of its last fate: another one if a partition held it
	came   int32 // the event of its arrival, or -1
}

// pairing joins what was sent to what arrived.
type pairing struct {
	events  []journal.Event
	packets []packet
	of      []int32 // by event: the packet of a fate or an arrival, or -1

	held    map[name][]int32 // that a partition keeps
	waiting map[name][]int32 // under way
	next    int32            // number of the next packet
	latest  int32            // of the latest fate, whose duplicate follows it
}

// pair walks the events of a run. Some packets have one name here, such as
// acknowledgements of a transport, whose numbers are not recorded: an arrival is
// that of the packet which was to arrive then, or, if it was kept back on its
// way, of the first that is missing.
func pair(events []journal.Event) *pairing {
	p := &pairing{
		events: events, of: make([]int32, len(events)),
		held: map[name][]int32{}, waiting: map[name][]int32{},
	}
	for i := range events {
		p.of[i] = -1
		switch events[i].Kind {
		case journal.Fate:
			p.leave(&events[i], int32(i))
		case journal.Arrival:
			p.come(&events[i], int32(i))
		}
	}
	return p
}

// leave takes a fate: of a packet that is sent, or of one that was held and is
// let go.
func (p *pairing) leave(e *journal.Event, i int32) {
	x := nameOf(e)
	k := int32(len(p.packets))
	switch list := p.held[x]; {
	case len(list) > 0:
		k = list[0]
		p.packets[k].fate, p.latest = i, p.packets[k].number
		keep(p.held, x, list[1:])
	case x.copy == 0:
		p.latest = p.next
		p.next++
		fallthrough
	default:
		p.packets = append(p.packets, packet{number: p.latest, sent: i, fate: i, came: -1})
	}
	p.of[i] = k
	switch journal.VerdictName(e.Verdict) {
	case "held":
		p.held[x] = append(p.held[x], k)
	case "arrives":
		p.waiting[x] = append(p.waiting[x], k)
	}
}

func (p *pairing) come(e *journal.Event, i int32) {
	x := nameOf(e)
	list := p.waiting[x]
	if len(list) == 0 {
		return
	}
	k := max(0, slices.IndexFunc(list, func(k int32) bool { return p.events[p.packets[k].fate].Arrival == e.At }))
	p.of[i] = list[k]
	p.packets[list[k]].came = i
	keep(p.waiting, x, slices.Delete(list, k, k+1))
}

// keep stores a list, and no empty one: most names come once.
func keep(lists map[name][]int32, x name, list []int32) {
	if len(list) == 0 {
		delete(lists, x)
		return
	}
	lists[x] = list
}
