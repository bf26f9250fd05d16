// Package run is the simulated host: one scenario, one ordering and one seed
// make one Outcome.
//
// It owns the loop that takes events from the queue in order of virtual time,
// steps the peers' machines, carries out their effects on the simulated
// network, clocks and workload, and records what happened. It has no
// goroutine, no wall clock and no random source but the named draws of the
// seed, so an Outcome is a pure function of its three arguments on every
// platform.
//
// It must never decide anything for a protocol: a machine learns only what
// arrives, its own timers, and its local clock.
package run
