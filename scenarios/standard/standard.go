// Package standard is the scenarios by which the speed of mpcomm is measured:
// broadcasts of three shapes, and sweeps of tiny runs.
//
// It owns their texts, so that a benchmark of Go and `mpcomm bench` measure the
// same. It must never know how a scenario is executed, or read a clock.
package standard

import (
	"fmt"

	"mpcomm/scenarios"
)

// Shape is a group that broadcasts.
type Shape struct {
	Peers    int
	Messages int // of each peer
}

// String is peers and messages, such as 8x1000.
func (s Shape) String() string { return fmt.Sprintf("%dx%d", s.Peers, s.Messages) }

// Shapes are the groups of the broadcasts: more peers, fewer messages.
func Shapes() []Shape { return []Shape{{8, 1000}, {64, 200}, {1000, 10}} }

const broadcast = `version: 1
name: broadcast
peers: %d
orderings: [%s]
phases: %s
workload: {messages: %d, gap: {kind: exponential, min: 0ms, mean: 20ms}}
network: {latency: {kind: exponential, min: 0ms, mean: 20ms}}
limits: {until: 1h}
`

// Broadcast is a group of that shape under one ordering, by its kind, with
// robust phases or none: every peer broadcasts every 20 ms on average over links
// whose delays have the same mean. The error is that of scenarios.Parse.
func Broadcast(s Shape, ordering, phases string) (*scenarios.Scenario, error) {
	return scenarios.Parse("broadcast.yaml", fmt.Appendf(nil, broadcast, s.Peers, ordering, phases, s.Messages), nil, nil)
}

const tiny = `version: 1
name: tiny
peers: 4
orderings: [naive]
phases: %s
workload: {messages: 2, gap: {kind: exponential, min: 0ms, mean: 20ms}}
network: {latency: {kind: exponential, min: 0ms, mean: 20ms}}
`

// Tiny is a run so short that everything around it shows: four peers, two
// messages each, in order of arrival, with robust phases or none. The error is
// that of scenarios.Parse.
func Tiny(phases string) (*scenarios.Scenario, error) {
	return scenarios.Parse("tiny.yaml", fmt.Appendf(nil, tiny, phases), nil, nil)
}
