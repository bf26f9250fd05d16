// Package order holds the ordering protocols: one a file, with the paper and
// section it comes from, and a table of them with their parameters, what they
// promise and what they need for it.
//
// It owns when and in which order a peer delivers. It must never know true
// time, the network, the phases or a random source: an ordering sees its own
// peer's clock and the packets that reach it, as package peer hands them in.
package order
