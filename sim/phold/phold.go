// Package phold is the classic synthetic load of event queues, PHOLD (R. M.
// Fujimoto, "Performance of Time Warp under synthetic workloads", 1990): as
// many pending events as there are processes; each event visits one process and
// begets one event at another, after an exponential delay.
//
// It owns the load, so that whoever measures the queue measures the same. It
// must never read a clock: how long the work takes is for its caller to find
// out.
package phold

import (
	"math/bits"

	"mpcomm/sim"
)

// mean is that of the delays: 20 ms.
const mean sim.Time = 20_000_000

// hop is an event of the size the simulation uses: eight bytes, no pointers.
type hop struct {
	to uint32
	_  uint32
}

// Load is the queue with its processes. It is a pure function of the number of
// processes and of how many events have run.
type Load struct {
	sched  sim.Scheduler[hop]
	visits []uint64
	n      uint64 // draws so far
}

// New makes a load of that many processes, at least one, and as many events,
// and runs it until the queue has tuned itself: four events for each.
func New(processes int) *Load {
	l := &Load{visits: make([]uint64, processes), n: 1 << 40}
	for i := range processes {
		l.sched.Schedule(exponential(word(uint64(i))), hop{to: uint32(i)})
	}
	l.Run(4 * processes)
	return l
}

// Run handles that many events.
func (l *Load) Run(events int) {
	n := uint64(len(l.visits))
	for range events {
		now, e, _ := l.sched.Next()
		l.visits[e.to]++
		l.n++
		w := word(l.n)
		to := uint32((w & 0xffffffff) * n >> 32)
		l.sched.Schedule(now+exponential(word(w)), hop{to: to})
	}
}

// word scatters n over 64 bits: a draw for the price of two products.
func word(n uint64) uint64 {
	n *= 0x9e3779b97f4a7c15
	n ^= n >> 32
	n *= 0xd6e8feb86659fd93
	return n ^ n>>32
}

// exponential turns a draw into a delay, by the place of its first one bit and
// a straight line between powers of two.
func exponential(w uint64) sim.Time {
	halvings := uint64(bits.LeadingZeros64(w | 1))
	fraction := w << (halvings + 1) >> 32
	// -log2(u) = halvings + 1 - fraction, nearly, in 32.32 fixed point; 2839/4096
	// is nearly ln 2.
	hi, lo := bits.Mul64((halvings+1)<<32-fraction, uint64(mean)*2839>>12)
	return sim.Time(hi<<32 | lo>>32)
}
