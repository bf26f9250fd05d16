// Package clock is the local clock of a peer: an integer function of true time
// and its exact inverse.
//
//	local = floor((true + offset + drift*true + ...) / tick) * tick
//
// What stands for the dots is the sum of what happens to the clock: steps, a
// wandering rate, the corrections of a synchronisation; or a measured series
// replayed. A clock may also stand still for a while. Everything is made of
// pieces on which the clock runs at one rate, so that readings, the inverse and
// the largest error of a run are exact.
//
// The package owns the conversion between true time ([sim.Time]) and what a peer
// reads ([peer.Instant]). It must never know what the time is used for: timers are
// armed, and armed again after a step, by the host.
package clock
