package run

import (
	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// next takes the next event from the queue.
func (e *Engine) next() (sim.Time, event, bool) {
	if e.shuffle != nil {
		return e.shuffle.Next()
	}
	return e.sched.Next()
}

// queued returns how many events are pending.
func (e *Engine) queued() int {
	if e.shuffle != nil {
		return e.shuffle.Len()
	}
	return e.sched.Len()
}

func (e *Engine) resetTies(root rng.Key) {
	e.last, e.beforeLast = -1, -1
	if e.shuffle != nil {
		e.shuffle.Reset()
		e.tieKey = root.Name("ties")
	}
}

// rank draws the place of an event among those of its instant, by what the
// event is: a packet by its own name, the rest by kind, peer and number. What a
// fifo link carries keeps its order, so there the link draws one place for all.
func (e *Engine) rank(at sim.Time, ev event) uint64 {
	var m peer.Message
	ref := ev.ref()
	switch ev.kind() {
	case eventArrival:
		m, ref = e.slab[ev.ref()].msg, e.slab[ev.ref()].ref
	case eventPass:
		m = e.body(ref)
	default:
		return e.tieKey.With(uint64(ev.kind())<<48 | uint64(ev.to())<<32 | uint64(ref)).Word(uint64(at))
	}
	from, to := network.Addr(m.From), network.Addr(ev.to())
	if e.net.KeepsOrder(from, to) {
		return e.tieKey.With(uint64(eventArrival)<<48 | uint64(from)<<16 | uint64(to)).Word(uint64(at))
	}
	return e.tieKey.With(uint64(e.name(&m, ref))).Word(uint64(to)<<8 | uint64(ev.copy()))
}

// stale takes back the event at hand: nothing happened in it.
func (e *Engine) stale() {
	e.outcome.Events--
	if e.last == e.beforeLast {
		e.outcome.Ties--
	}
	e.last = e.beforeLast
}
