package order

import (
	"time"

	"mpcomm/peer"
)

// Cost is what one isolated broadcast costs: nothing else is on its way, every
// packet takes one step, nothing is lost, all clocks show true time, and an own
// message reaches its ordering at once.
type Cost struct {
	Basis   Basis
	Packets int     // of the ordering on the network, those of Idle left out
	Delays  []Delay // from the broadcast to the delivery, by receiver, its sender included; nil with Basis Open
	Idle    Flow    // packets that flow without any broadcast
}

// Basis says what the numbers of a Cost are.
type Basis uint8

// Bases of costs.
const (
	Exact Basis = iota // every broadcast costs just that
	Mean               // means over all instants at which the broadcast can come
	Open               // packets are exact, the delivery waits for something else: the end of the run, or others' broadcasts
)

// Delay is a time as a formula: Steps/Over one-way delays and Fixed on local
// clocks, but no less than AtLeast.
type Delay struct {
	Steps   int
	Over    int // 0 means 1
	Fixed   time.Duration
	AtLeast time.Duration
}

// At returns the delay where one step takes so long, rounded down to whole
// nanoseconds. Sums that do not fit are Never.
func (d Delay) At(step time.Duration) time.Duration {
	sum := saturatingAdd(int64(d.Steps)*int64(step)/int64(max(1, d.Over)), d.Fixed)
	return max(time.Duration(sum), d.AtLeast)
}

// Flow is a stream of packets: so many in the whole group, and again after
// each Every.
type Flow struct {
	Packets int
	Every   Delay
}

// CostOf returns the cost of a broadcast of peer from among n, for the values
// given and the defaults of the rest; false if the Spec states none.
func (s *Spec) CostOf(given Values, n int, from peer.ID) (Cost, bool, error) {
	v, err := s.Resolve(given)
	if err != nil || s.Cost == nil {
		return Cost{}, false, err
	}
	return s.Cost(v, n, from), true, nil
}

// delays lists one delay for the sender and one for all others.
func delays(n int, from peer.ID, sender, others Delay) []Delay {
	list := make([]Delay, n)
	for p := range list {
		list[p] = others
	}
	list[from] = sender
	return list
}

// direct is the cost of sending the body to everybody and nothing else.
func direct(sender, others Delay) func(Values, int, peer.ID) Cost {
	return func(_ Values, n int, from peer.ID) Cost {
		return Cost{Packets: n - 1, Delays: delays(n, from, sender, others)}
	}
}

// directOpen is the cost where the delivery waits for the end.
func directOpen(_ Values, n int, _ peer.ID) Cost { return Cost{Basis: Open, Packets: n - 1} }

// votes is the cost of a protocol in which nobody waits for anybody if there is
// nobody else.
func votes(packets func(n int) int, sender, others int) func(Values, int, peer.ID) Cost {
	return func(_ Values, n int, from peer.ID) Cost {
		if n == 1 {
			return Cost{Delays: make([]Delay, 1)}
		}
		return Cost{Packets: packets(n), Delays: delays(n, from, Delay{Steps: sender}, Delay{Steps: others})}
	}
}
