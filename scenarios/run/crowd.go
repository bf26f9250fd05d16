package run

import (
	"mpcomm/network"
	"mpcomm/sim"
)

// A broadcast to a throng makes a crowd when so many events are pending: more
// than the caches next to a processor hold.
const (
	throng = 128
	crowd  = 1 << 15
)

// perDelay is how many windows the mean delay of a broadcast spans.
const perDelay = 32

// gather lets arrivals wait in windows of time, of a width that suits the fates
// of one broadcast. Ties that come in an order of their own are drawn from all
// events of an instant, which the scheduler has to hold then.
func (e *Engine) gather(now sim.Time, fates []network.Fate) {
	if e.sched.Windowed() || e.shuffle != nil {
		return
	}
	mean := sim.Time(0)
	for i := range fates {
		mean += (fates[i].At - now) / sim.Time(len(fates))
	}
	e.sched.Widen(mean / perDelay)
}
