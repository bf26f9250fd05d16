// Package peer is the sans-IO participant of a broadcast group: identities,
// messages, the ordered list of effects, the Ordering and Transport stages and
// the Machine that drives them through the phases handshake, data and stop.
//
// It owns what a peer decides: state, an input and the local time go in, a
// list of effects comes out. The same Machine is driven by the simulated host
// and, unchanged, by sockets.
//
// It must never know true time, the network, a random source, a goroutine or a
// file: whatever a peer learns arrives as an Input.
package peer
