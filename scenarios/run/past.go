package run

import (
	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/sim"
)

const (
	// pastWindow bounds how much of an execution is kept to find a causal past
	// in, ten to twenty megabytes.
	pastWindow = 1 << 17
	// pastShown bounds what of a causal past is listed.
	pastShown = 20
)

// past keeps the newest records of an execution.
type past struct {
	records []Happening
	cut     bool // older ones are gone
}

// add takes the records of one handled event.
func (p *past) add(number uint64, events []journal.Event) {
	if len(p.records)+len(events) > 2*pastWindow {
		p.records = append(p.records[:0], p.records[max(0, len(p.records)-pastWindow):]...)
		p.cut = true
	}
	for _, ev := range events {
		p.records = append(p.records, Happening{number, ev})
	}
}

// journey identifies a packet on its way, by what the records of its sending
// and of its arrival have in common.
type journey struct {
	from, to peer.ID
	at       sim.Time // when it arrives; Never while it is held
	message  peer.MessageID
	round    int32
	attempt  uint16
	packet   peer.Kind
	copy     uint8
}

// of is the causal past of something that happens now at the given peers, the
// newest `most` of it. A packet that a partition let go counts as sent then,
// and as sent before too.
//
// One pass backwards is enough, as causes are recorded before effects: a peer
// belongs to the past from the newest of its records on that is known to, and
// the sending of a packet does if its arrival did.
func (p *past) of(where []peer.ID, most int) (shown []Happening, more int, kept uint64) {
	inside := map[peer.ID]bool{}
	for _, id := range where {
		inside[id] = true
	}
	awaited := map[journey]bool{}
	for i := len(p.records) - 1; i >= 0; i-- {
		h := &p.records[i]
		in := inside[h.Peer]
		switch h.Kind {
		case journal.Fault, journal.Heal:
			in = true
		case journal.Arrival:
			if in = in && h.Verdict == uint8(network.Arrives); in {
				awaited[journey{h.Other, h.Peer, h.At, h.Message, h.Round, h.Attempt, h.Packet, h.Copy}] = true
			}
		case journal.Fate, journal.Sent:
			way := journey{h.Peer, h.Other, h.Event.Arrival, h.Message, h.Round, h.Attempt, h.Packet, h.Copy}
			if in = awaited[way]; in {
				delete(awaited, way)
				inside[h.Peer] = true
				if h.Verdict == uint8(network.Arrives) { // perhaps it had been held before
					way.at = sim.Never
					awaited[way] = true
				}
			}
		}
		switch {
		case !in:
		case len(shown) < most:
			shown = append(shown, *h)
		default:
			more++
		}
	}
	if p.cut && len(p.records) > 0 {
		kept = p.records[0].Number
	}
	return shown, more, kept
}
