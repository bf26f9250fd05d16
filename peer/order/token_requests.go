package order

import (
	"slices"

	"mpcomm/peer"
)

// maxRequests is how many numbers one token asks for at most. The rest has its
// turn when those are here.
const maxRequests = 64

// answer sends again what the token asks for and is here.
func (o *token) answer(out *peer.Effects) {
	open := o.requests[:0]
	for _, number := range o.requests {
		id, here := o.find(number)
		if here {
			out.ToOthers(peer.Message{ID: id, Kind: peer.KindRelay, Ints: 1, Round: o.hop, Stamp: number})
		} else if number >= o.lowest {
			open = append(open, number)
		}
	}
	o.requests = open
}

// find returns the message of a number, if it is here and others may lack it.
func (o *token) find(number int64) (peer.MessageID, bool) {
	if k := number - o.lowest; k >= 0 && k < int64(len(o.kept.rest())) {
		return o.kept.rest()[k], true
	}
	for i := range o.queue {
		if o.queue[i].stamp == number {
			return o.queue[i].id(), true
		}
	}
	return peer.NoMessage, false
}

// ask adds to the token's requests the numbers that this peer misses.
func (o *token) ask() {
	o.scratch = append(o.scratch[:0], o.queue...)
	slices.SortFunc(o.scratch, func(a, b entry) int { return a.compare(b.key) })
	known := len(o.requests)
	waiting := o.scratch
	for number := o.upTo + 1; number <= o.before && len(o.requests) < maxRequests; number++ {
		for len(waiting) > 0 && waiting[0].stamp < number {
			waiting = waiting[1:]
		}
		if len(waiting) > 0 && waiting[0].stamp == number || slices.Contains(o.requests[:known], number) {
			continue
		}
		o.requests = append(o.requests, number)
	}
}
