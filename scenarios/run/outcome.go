package run

import (
	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/clock"
	"mpcomm/peer/history"
	"mpcomm/sim"
)

// Limit says how a run ended.
type Limit string

// The ends of a run: every peer submitted its log or crashed; nothing was left
// to happen; the limit of time or of events was reached first.
const (
	LimitNone   Limit = ""
	LimitQuiet  Limit = "quiet"
	LimitUntil  Limit = "until"
	LimitEvents Limit = "events"
)

// Settled reports whether everything that could happen had happened, so that a
// property holds or is violated and is never unknown.
func (l Limit) Settled() bool { return l == LimitNone || l == LimitQuiet }

// mostNamed is how many peers are named of those that a peer waits for, and of
// those that gave it up; the others are counted. Where a run of ten thousand is
// cut off there are 10^8 pairs.
const mostNamed = 64

// Stuck names a peer that closed its log without all it waited for, or never
// closed it, and whom it waited for: at most 64, and how many more.
type Stuck struct {
	Peer       peer.ID
	Phase      string // handshake, data or stop
	WaitingFor []peer.ID
	More       int
}

// GivenUp says that Peer stopped waiting for Of in the handshake. Of those who
// gave up one peer the first 64 are listed; Outcome.GivenUp counts them all.
type GivenUp struct{ Peer, Of peer.ID }

// Cost counts packets as they were handed to links, own copies excluded.
type Cost struct {
	Phases      uint64 // READY, STOP and the questions for them
	Ordering    uint64 // the ordering's, first transmissions
	Acks        uint64 // the transport's acknowledgements
	Resent      uint64 // the transport's retransmissions
	Asked       uint64 // part of Phases: questions and answers to them
	Repeated    uint64 // copies the transport threw away
	LostToCrash uint64 // reached a host that was down
	Bytes       uint64
}

func (c *Cost) count(m *peer.Message, packets int, bytes int32) {
	k := uint64(packets)
	switch {
	case m.Attempt > 0 && m.Kind.Ordering():
		c.Resent += k
	case m.Kind.Ordering():
		c.Ordering += k
	case m.Kind == peer.KindLinkAck:
		c.Acks += k
	default:
		c.Phases += k
		if m.Round > 0 || m.Kind == peer.KindAskReady || m.Kind == peer.KindAskStop {
			c.Asked += k
		}
	}
	c.Bytes += k * uint64(bytes)
}

// countBodies is count for first transmissions of an ordering.
func (c *Cost) countBodies(packets uint64, bytes int32) {
	c.Ordering += packets
	c.Bytes += packets * uint64(bytes)
}

// Packets returns all packets handed to links.
func (c *Cost) Packets() uint64 { return c.Phases + c.Ordering + c.Acks + c.Resent }

// Counter is one of an ordering's or a transport's own counts.
type Counter struct {
	Name  string
	Value int64
}

// Coming says whether a fault began in a run.
type Coming uint8

// Whether a fault began: its time or its event did not come, it did, or chance
// left it out of the run.
const (
	Missed Coming = iota
	Struck
	Omitted
)

// Outcome is what one run leaves behind. It is borrowed from the engine until
// its next run.
type Outcome struct {
	Seed     uint64
	History  *history.History
	Limit    Limit
	Events   uint64
	End      sim.Time
	DataAt   sim.Time   // T0, or sim.Never
	Opened   []sim.Time // when data opened at each peer, or sim.Never
	Closed   []sim.Time // when each log closed, or sim.Never
	GivenUp  []int32    // by peer: others that opened without it
	TooEarly uint64     // data packets that classic peers dropped before the opening
	TooLate  uint64     // and after the close
	Gaps     uint64     // packets that a transport held behind a hole
	Ties     uint64     // events at the same instant as the one before, stale timers apart
	Stuck    []Stuck
	GaveUp   []GivenUp
	Cost     Cost
	Net      network.Counts
	Clamped  uint64   // gaps of the workload that were drawn negative and became 0
	Struck   []uint64 // by fault: packets or steps it touched
	Changed  []uint64 // by change of links: packets sent over them while it lasted
	Came     []Coming // by fault: whether it began
	Counters []Counter
	Digest   [16]byte

	// Departures are the clocks that left the bounds promised of them, by peer.
	Departures []Departure

	// Liveness is judged only of a scenario that is healed.
	Liveness Liveness

	// Streamed stands in for the logs of History, which are empty then; nil in
	// runs that were not streamed.
	Streamed *Streamed

	// Losses and Stamps explain a run; they are kept only with Options.Explain,
	// Losses also of a scenario that is healed.
	Losses []Loss  // packets with bodies that did not arrive
	Stamps []int64 // by broadcast: what its own sender stamped it with

	waiting []peer.ID
	clocks  clock.Group
}

func (o *Outcome) reset(seed uint64, faults int) {
	missing := o.Liveness.Unrecoverable[:0]
	*o = Outcome{
		Seed: seed, History: o.History, Streamed: o.Streamed, Opened: o.Opened, Closed: o.Closed, GivenUp: o.GivenUp, DataAt: sim.Never,
		Stuck: o.Stuck[:0], GaveUp: o.GaveUp[:0], Struck: o.Struck[:0], Came: o.Came[:0], Changed: o.Changed[:0], Counters: o.Counters[:0], waiting: o.waiting[:0],
		Departures: o.Departures[:0], Losses: o.Losses[:0], Stamps: o.Stamps[:0], clocks: o.clocks,
		Liveness: Liveness{HealedAt: sim.Never, Unrecoverable: missing},
	}
	for range faults {
		o.Struck, o.Came = append(o.Struck, 0), append(o.Came, Missed)
	}
}

// collectCounters sums the counters of all peers, by name in the order in
// which the first peer gives them.
func (e *Engine) collectCounters() {
	o := &e.outcome
	if e.counting {
		for i := range e.configs {
			if c, ok := e.configs[i].Ordering.(peer.Counting); ok {
				c.Counters(e.addCounter)
			}
			if c, ok := e.configs[i].Transport.(peer.Counting); ok {
				c.Counters(e.addCounter)
			}
		}
	}
	if e.plan.scenario.Network.Transport.Kind == "fifo" {
		o.count("gaps", int64(o.Gaps))
	}
	o.Clamped = e.src.Clamped()
}

// count adds n to the counter of that name.
func (o *Outcome) count(name string, n int64) {
	for i := range o.Counters {
		if o.Counters[i].Name == name {
			o.Counters[i].Value += n
			return
		}
	}
	o.Counters = append(o.Counters, Counter{name, n})
}
