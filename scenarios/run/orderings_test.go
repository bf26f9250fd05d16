package run_test

import (
	"fmt"
	"testing"

	"mpcomm/reports/result"
	"mpcomm/scenarios/run"
)

// kept are orderings inside their assumptions, on links that overtake as far as
// they may and with answers to one message in four.
var kept = []struct {
	ordering, link, latency, clocks string
	causal, total                   bool
}{
	{"causal", "datagram", "{kind: exponential, min: 0ms, mean: 20ms}", "", true, false},
	{"causal", "datagram, self: loopback, duplicate: 1/5", "{kind: uniform, min: 0ms, max: 60ms}", "", true, false},
	{"causal", "fifo", "{kind: pareto, scale: 5ms, shape: 2}", "", true, false},
	{"hlc", "datagram, duplicate: 1/5", "{kind: uniform, min: 0ms, max: 60ms}", skewed, true, true},
	{"hlc", "fifo, self: loopback", "{kind: uniform, min: 0ms, max: 60ms}", skewed, true, true},
	{"{kind: commit-wait, epsilon: 15ms, wait: 100ms}", "datagram, duplicate: 1/5", "{kind: uniform, min: 0ms, max: 60ms}", skewed, true, true},
	{"lamport-offline", "datagram, duplicate: 1/5", "{kind: exponential, min: 0ms, mean: 20ms}", "", true, true},
	{"timestamp-offline", "datagram, duplicate: 1/5", "{kind: exponential, min: 0ms, mean: 20ms}", skewed, false, true},
	{"{kind: timestamp-offline, stamp: hlc}", "datagram, self: loopback", "{kind: pareto, scale: 1ms, shape: 2}", skewed, true, true},
}

const skewed = "clocks: {default: {offset: {kind: uniform, min: 0ms, max: 15ms}, tick: 100us}}\n"

// TestPromisesAreKept: over 240 seeds of a busy group every log is complete, and
// has the order that was promised.
func TestPromisesAreKept(t *testing.T) {
	t.Parallel()
	for _, k := range kept {
		t.Run(k.ordering+" "+k.link, func(t *testing.T) {
			t.Parallel()
			p := compile(t, fmt.Sprintf(`version: 1
name: kept
peers: 5
orderings: [%s]
workload:
  messages: 12
  gap: {kind: exponential, min: 0ms, mean: 10ms}
  replies: {probability: 1/4, delay: 1ms}
network: {link: %s, latency: %s}
%s`, k.ordering, k.link, k.latency, k.clocks))
			e := engine(t, p, run.Options{})
			var v run.Evaluator
			differ := 0
			for seed := range uint64(240) {
				r := v.Evaluate(p, mustRun(t, e, seed), run.Full)
				if len(r.OutsideAssumptions) > 0 {
					t.Fatalf("outside its assumptions: %v", r.OutsideAssumptions)
				}
				if !r.Complete || r.Properties.Integrity != result.Holds || r.Properties.FIFO != result.Holds ||
					k.causal && r.Properties.Causal != result.Holds || k.total && (r.Properties.Total != result.Holds || !r.Divergence.Identical) {
					t.Fatalf("seed %d: complete is %t, %+v, %v", seed, r.Complete, r.Properties, r.Witnesses)
				}
				if !r.Divergence.Identical {
					differ++
				}
			}
			if !k.total && differ < 120 {
				t.Errorf("the logs of %d of 240 runs differ; without a total order most should", differ)
			}
		})
	}
}
