package run_test

import (
	"math"
	"testing"

	"mpcomm/scenarios/run"
)

// TestHybridClocksRunAhead: after the arrival of a message whose sender's clock
// is 15 ms ahead, l is ahead of the local clock unless the delay was longer:
// with probability 1 - e^(-15/20).
func TestHybridClocksRunAhead(t *testing.T) {
	t.Parallel()
	var s sum
	overSeeds(t, `version: 1
name: ahead
peers: 2
orderings: [hlc]
phases: none
workload: {sends: [{at: 0ms, from: 0}]}
network: {link: datagram, latency: {kind: exponential, min: 0ms, mean: 20ms}}
clocks: {peers: {"0": {offset: 15ms}}}
`, 40_000, func(o *run.Outcome) {
		receives := counter(o, "hlc_receives")
		if receives != 1 {
			t.Fatalf("%d receives, want 1", receives)
		}
		s.add(float64(counter(o, "hlc_ahead")))
	})
	holdShare(t, &s, 1-math.Exp(-15.0/20))
}
