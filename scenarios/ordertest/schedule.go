package ordertest

import (
	"fmt"

	"mpcomm/peer"
)

// schedule is one small run, as a value that can be shrunk. Times are in units
// of the suite, usually milliseconds.
type schedule struct {
	seed      uint64
	unit      int64 // nanoseconds
	peers     int
	robust    bool  // with the robust protocol of phases
	datagram  bool  // packets may overtake each other
	spread    int64 // delays are uniform in 0..spread units; 0 = one step each
	step      int64 // units; 0 = 1
	loopback  bool
	loss      int  // a packet in so many; 0 = none
	duplicate int  // the same
	reliable  bool // a reliable transport below
	sends     []send
	onArrival bool  // answers are made on arrival, not on delivery
	replies   int64 // half of all messages are answered by half of all peers after so many units; 0 = none
	delays    []delay
	clocks    []clock // of the first peers
	crashes   []crash
	cuts      []cut
}

// send is one broadcast: at a time, or so long after its sender has another
// message.
type send struct {
	id    peer.MessageID
	at    int64
	after peer.MessageID
}

// delay is an explicit fate of a message's body on its way to one peer.
type delay struct {
	id   peer.MessageID
	to   peer.ID
	by   int64
	lost bool
}

// clock is how one peer's clock is off.
type clock struct {
	offset int64
	tick   int64 // its resolution; 0 = exact
	stepAt int64
	stepBy int64 // 0 = none
}

// crash stops a peer at a time, or in the step in which it delivers a message,
// after so many packets of that step. It may come back with its state.
type crash struct {
	peer       peer.ID
	at         int64
	atDelivery peer.MessageID
	sent       int
	restart    int64 // 0 = never
}

// cut parts one peer from the others for a while: what is sent across is lost,
// or held until the end.
type cut struct {
	peer     peer.ID
	at       int64
	length   int64
	hold     bool
	inFlight bool // what would arrive across it is lost, too
}

// loses reports whether a body may be lost for good.
func (c *schedule) loses() bool {
	lost := c.loss > 0
	for _, d := range c.delays {
		lost = lost || d.lost
	}
	for _, k := range c.cuts {
		lost = lost || !k.hold || k.inFlight
	}
	return lost && !c.reliable
}

// oneStep writes how long a packet takes if nothing else is said.
func (c *schedule) oneStep() string { return c.time(max(1, c.step)) }

// time writes units as a duration.
func (c *schedule) time(units int64) string {
	return scenarioTime(units * c.unit)
}

func scenarioTime(ns int64) string {
	for _, u := range [...]struct {
		ns   int64
		name string
	}{{1_000_000, "ms"}, {1_000, "us"}} {
		if ns%u.ns == 0 {
			return fmt.Sprintf("%d%s", ns/u.ns, u.name)
		}
	}
	return fmt.Sprintf("%dns", ns)
}
