package ordertest

import "mpcomm/peer"

// litmusTest is a schedule known to break protocols, small enough to work out
// by hand. Every packet takes one unit unless a delay says otherwise.
type litmusTest struct {
	peers    int
	datagram bool // tried with datagram links as well, if the ordering allows
	sends    []send
	delays   []delay
}

func at(units int64, sender peer.ID, number int32) send {
	return send{id: peer.MessageID{Sender: sender, Number: number}, at: units, after: peer.NoMessage}
}

var (
	ask    = peer.MessageID{Sender: 0, Number: 0}
	answer = send{id: peer.MessageID{Sender: 1, Number: 0}, after: ask}
)

// litmus are the schedules that every ordering has to pass.
var litmus = []litmusTest{
	// One message.
	{peers: 2, sends: []send{at(0, 0, 0)}},
	// The body of the first is slow to one peer: Lamport's clocks need FIFO links.
	{peers: 3, datagram: true, sends: []send{at(0, 0, 0), at(1, 1, 0)}, delays: []delay{{id: ask, to: 2, by: 10}}},
	// A sender overtakes itself.
	{peers: 3, datagram: true, sends: []send{at(0, 0, 0), at(1, 0, 1)}, delays: []delay{{id: ask, to: 2, by: 10}}},
	// An answer overtakes its question.
	{peers: 3, datagram: true, sends: []send{at(0, 0, 0), answer}, delays: []delay{{id: ask, to: 2, by: 10}}},
	// A body is lost.
	{peers: 3, sends: []send{at(0, 0, 0), at(1, 1, 0)}, delays: []delay{{id: ask, to: 2, lost: true}}},
	// Equal times, in ascending and descending order of peers.
	{peers: 3, sends: []send{at(0, 0, 0), at(0, 1, 0), at(0, 2, 0)}},
	{peers: 3, sends: []send{at(0, 2, 0), at(0, 1, 0), at(0, 0, 0)}},
	// Two of one sender at one instant.
	{peers: 2, sends: []send{at(0, 1, 0), at(0, 1, 1)}},
	// Alone.
	{peers: 1, sends: []send{at(0, 0, 0), at(1, 0, 1)}},
}

// schedule fits a litmus test to what the ordering assumes.
func (l litmusTest) schedule(s *suite) schedule {
	c := schedule{seed: 1, unit: s.unit, peers: l.peers, sends: l.sends, delays: l.delays}
	c.datagram = l.datagram && s.needs&peer.FIFOLinks == 0
	return c
}
