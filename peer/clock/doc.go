// Package clock is the local clock of a peer: an integer function of true time
// with an offset, a drift, steps and a tick, and its exact inverse.
//
//	local = floor((true + offset + drift*true + steps) / tick) * tick
//
// It owns the conversion between true time ([sim.Time]) and what a peer reads
// ([peer.Instant]). It must never know what the time is used for: timers are
// armed, and armed again after a step, by the host.
package clock
