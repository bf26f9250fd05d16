package ordertest

import (
	"slices"

	"mpcomm/peer"
)

func at(units int64, sender peer.ID, number int32) send {
	return send{id: peer.MessageID{Sender: sender, Number: number}, at: units, after: peer.NoMessage}
}

// answers is a broadcast made when its sender has another message.
func answers(question peer.MessageID, sender peer.ID, number int32) send {
	return send{id: peer.MessageID{Sender: sender, Number: number}, after: question}
}

func slow(id peer.MessageID, to peer.ID) []delay { return []delay{{id: id, to: to, by: 10}} }

func cutOff(p peer.ID, at, length int64) cut { return cut{peer: p, at: at, length: length, hold: true} }

var (
	ask   = peer.MessageID{Sender: 0, Number: 0}
	reply = peer.MessageID{Sender: 1, Number: 0}
)

// litmus are schedules known to break protocols, small enough to work out by
// hand; every packet takes one unit unless a delay says otherwise. Every
// ordering has to pass them, as far as what it needs allows: see fit.
var litmus = []schedule{
	// One message.
	{peers: 2, sends: []send{at(0, 0, 0)}},
	// The body of the first is slow to one peer: Lamport's clocks need FIFO links.
	{peers: 3, datagram: true, sends: []send{at(0, 0, 0), at(1, 1, 0)}, delays: slow(ask, 2)},
	// A sender overtakes itself.
	{peers: 3, datagram: true, sends: []send{at(0, 0, 0), at(1, 0, 1)}, delays: slow(ask, 2)},
	// An answer overtakes its question.
	{peers: 3, datagram: true, sends: []send{at(0, 0, 0), answers(ask, 1, 0)}, delays: slow(ask, 2)},
	// So does the answer to the answer, which its own sender has in order.
	{peers: 4, datagram: true, sends: []send{at(0, 0, 0), answers(ask, 1, 0), answers(reply, 2, 0)}, delays: slow(ask, 3)},
	// A body is lost.
	{peers: 3, sends: []send{at(0, 0, 0), at(1, 1, 0)}, delays: []delay{{id: ask, to: 2, lost: true}}},
	// Equal times, in ascending and descending order of peers.
	{peers: 3, sends: []send{at(0, 0, 0), at(0, 1, 0), at(0, 2, 0)}},
	{peers: 3, sends: []send{at(0, 2, 0), at(0, 1, 0), at(0, 0, 0)}},
	// Two of one sender at one instant, named forwards and backwards.
	{peers: 2, sends: []send{at(0, 1, 0), at(0, 1, 1)}},
	{peers: 2, sends: []send{at(0, 1, 1), at(0, 1, 0)}},
	// Alone.
	{peers: 1, sends: []send{at(0, 0, 0), at(1, 0, 1)}},
	// Equal stamps of clocks that stand still, in another order on every link.
	{
		peers: 3, datagram: true, sends: []send{at(0, 1, 0), at(0, 0, 0), at(1, 2, 0), at(2, 1, 1), at(2, 0, 1)},
		delays: slow(ask, 2), clocks: []clock{{tick: 3}, {tick: 3}, {tick: 3}},
	},
	// Answers made at once by clocks that are behind, also before the question is
	// delivered.
	{
		peers: 4, datagram: true, onArrival: true, sends: []send{at(3, 0, 0), answers(ask, 1, 0), answers(reply, 2, 0)},
		delays: slow(ask, 3), clocks: []clock{{offset: 5}, {offset: -5}, {offset: 1}, {}},
	},
	{
		peers: 3, onArrival: true, sends: []send{at(3, 0, 0), answers(ask, 1, 0), answers(reply, 2, 0)},
		clocks: []clock{{offset: 2}, {tick: 3}, {tick: 3}},
	},
	// The clock goes back between two broadcasts.
	{peers: 3, sends: []send{at(1, 0, 0), at(8, 0, 1), at(9, 1, 0)}, clocks: []clock{{stepAt: 4, stepBy: -20}}},
	// Everything comes twice.
	{peers: 3, datagram: true, duplicate: 1, sends: []send{at(0, 0, 0), at(1, 1, 0), at(2, 2, 0), at(4, 1, 1)}},
	// A peer crashes with its own message delivered and sent to nobody, or to one.
	{peers: 4, sends: []send{at(0, 0, 0), at(9, 1, 0)}, crashes: []crash{{peer: 0, atDelivery: ask}}},
	{peers: 4, sends: []send{at(0, 0, 0), at(9, 1, 0)}, crashes: []crash{{peer: 0, atDelivery: ask, sent: 1}}},
	// And with another's: as whoever numbers, decides or leads.
	{peers: 4, sends: []send{at(0, 1, 0), at(9, 2, 0)}, crashes: []crash{{peer: 0, atDelivery: reply, sent: 1}}},
	{peers: 4, sends: []send{at(0, 1, 0), at(9, 2, 0)}, crashes: []crash{{peer: 0, at: 1, atDelivery: peer.NoMessage}}},
	// A peer is cut off for a while in which everybody broadcasts.
	{
		peers: 3, sends: []send{at(0, 0, 0), at(1, 1, 0), at(2, 2, 0), at(30, 1, 1)},
		cuts: []cut{{peer: 1, at: 1, length: 20, hold: true}},
	},
	// p0 is cut off with what it has sent; the others go on without it, and p1 is
	// cut off with what comes of that. What p2 has of both is not of one age. Then
	// p0 comes back: before there is a third leader, after, or to be the fourth.
	{peers: 3, sends: []send{at(1, 0, 0), at(2, 1, 0)}, cuts: []cut{cutOff(0, 0, 17), cutOff(1, 14, 40)}},
	{peers: 3, sends: []send{at(1, 0, 0), at(2, 1, 0)}, cuts: []cut{cutOff(0, 0, 20), cutOff(1, 14, 40)}},
	{peers: 3, sends: []send{at(1, 0, 0), at(2, 1, 0)}, cuts: []cut{cutOff(0, 0, 27), cutOff(1, 14, 40)}},
	// p0 and p2 agree on what p1 has not got, p0 is cut off with the outcome, and p1
	// goes on with p2.
	{
		peers: 3, datagram: true, sends: []send{at(0, 0, 0), at(1, 1, 0)},
		delays: []delay{{id: ask, to: 1, by: 40}}, cuts: []cut{cutOff(0, 2, 60)},
	},
	// Somebody speaks long after the others.
	{peers: 3, sends: []send{at(0, 0, 0), at(1, 1, 0), at(130, 2, 0)}},
	// A peer has an answer to its message before another has heard of it, and
	// nothing more comes from it for long.
	{
		peers: 3, sends: []send{at(0, 0, 0), at(1, 0, 1), at(3, 1, 0)},
		delays: []delay{{id: ask, to: 1, by: 40}, {id: peer.MessageID{Sender: 0, Number: 1}, to: 2, by: 40}},
	},
	// Two peers hear nothing from each other for long, and both are heard by the
	// third in between, one before and one after it is told of the other.
	{
		peers: 3, sends: []send{at(0, 1, 0), at(7, 0, 0), at(8, 0, 1)},
		delays: []delay{
			{id: reply, to: 0, by: 30},
			{id: reply, to: 2, by: 4},
			{id: ask, to: 1, by: 40},
			{id: ask, to: 2, by: 5},
			{id: peer.MessageID{Sender: 0, Number: 1}, to: 2, by: 40},
		},
	},
}

// fit takes away from a litmus test what the ordering's needs exclude.
func (s *suite) fit(c schedule) schedule {
	allowed := func(need peer.Need) bool { return s.needs&need == 0 }
	c.seed, c.unit = 1, s.unit
	c.datagram = c.datagram && allowed(peer.FIFOLinks)
	c.onArrival = c.onArrival && allowed(peer.RepliesOnDelivery)
	if !allowed(peer.NoDuplicates) {
		c.duplicate = 0
	}
	if !allowed(peer.NoCrash) {
		c.crashes = nil
	}
	if !allowed(peer.BoundedDelay) {
		c.cuts = nil
	}
	c.clocks = slices.Clone(c.clocks)
	for i := range c.clocks {
		k := &c.clocks[i]
		if !allowed(peer.BoundedDelay) {
			k.tick, k.stepBy = min(k.tick, 1), max(k.stepBy, -4)
		}
		if !allowed(peer.MonotoneClock) {
			k.stepBy = max(0, k.stepBy)
		}
		if s.clockError > 0 {
			k.offset, k.tick = min(max(k.offset, -s.clockError), s.clockError), 0
		}
	}
	return c
}
