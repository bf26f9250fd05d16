package run_test

import (
	"fmt"
	"testing"

	"mpcomm/reports/result"
	"mpcomm/scenarios/run"
)

// TestResilienceCrash (LT6): the holder delivers as it numbers, and crashes
// before its acknowledgement has left: its log has what nobody else will get.
// With resilience it delivers nothing before another peer has it too.
func TestResilienceCrash(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: uniform
peers: 3
orderings: [{kind: moving-sequencer, resilience: %d}]
phases: {kind: robust, retry: 50ms, drain: 1s}
workload: {sends: [{at: 5ms, from: 1}]}
network: {latency: 10ms}
faults: [%s]
`
	for _, tt := range []struct {
		resilience int
		fault      string
		logs       [3]int
		uniform    result.Verdict
	}{
		{0, `{crash: 0, at_delivery: "p1#0", sent: 0}`, [3]int{1, 0, 0}, result.Violated},
		// p1 holds the number when p0 delivers, and passes the token on: it has got
		// to p2 as well.
		{1, `{crash: 0, at_delivery: "p1#0", sent: 0}`, [3]int{1, 1, 1}, result.Holds},
		{1, `{at: 16ms, since: data, crash: 0}`, [3]int{0, 1, 1}, result.Holds},
	} {
		o, r := judged(t, fmt.Sprintf(text, tt.resilience, tt.fault), 1)
		for p, want := range tt.logs {
			if got := len(log(o.History, p)); got != want {
				t.Errorf("resilience %d, %s: p%d has logged %d, want %d", tt.resilience, tt.fault, p, got, want)
			}
		}
		if r.Properties.Uniform != tt.uniform || r.Properties.Total != result.Holds {
			t.Errorf("resilience %d, %s: uniform %v, total %v; want %v, holds", tt.resilience, tt.fault, r.Properties.Uniform, r.Properties.Total, tt.uniform)
		}
	}
}

// TestResilienceNeedsNoTraffic: the last messages of a run are delivered too,
// since the token goes on until they are.
func TestResilienceNeedsNoTraffic(t *testing.T) {
	t.Parallel()
	for _, resilience := range []int{1, 2, 4, 11} {
		for _, batch := range []string{"all", "1"} {
			o, r := judged(t, fmt.Sprintf(`version: 1
name: last
peers: 5
orderings: [{kind: moving-sequencer, batch: %s, resilience: %d}]
workload: {messages: 4, gap: {kind: exponential, min: 0ms, mean: 20ms}}
network: {latency: {kind: exponential, min: 0ms, mean: 20ms}}
`, batch, resilience), 1)
			if !r.Complete || !r.Divergence.Identical || o.Limit != run.LimitNone {
				t.Errorf("batch %s, resilience %d: complete %t, identical %t, limit %q", batch, resilience, r.Complete, r.Divergence.Identical, o.Limit)
			}
		}
	}
}

// TestOneNumberAPass: with one number a pass of the token, which takes δ, the
// acknowledgements are the services of an M/D/1 queue. A message waits
// ρδ/(2(1-ρ)) for its number, reaches the holder in δ unless it is the holder's
// own, and its number everybody else in δ: 2(n-1)/n·δ more on average.
func TestOneNumberAPass(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		gap  string
		rho  float64
		runs int
	}{{"10ms", 0.5, 15}, {"5263158ns", 0.95, 15}} {
		var s sum
		overSeeds(t, fmt.Sprintf(`version: 1
name: capacity
peers: 5
orderings: [{kind: moving-sequencer, batch: 1}]
workload: {messages: 5000, gap: {kind: exponential, min: 0ms, mean: %s}}
network: {latency: 1ms}
limits: {until: 1h}
`, tt.gap), tt.runs, func(o *run.Outcome) {
			total, count := 0.0, 0.0
			for d := range o.History.Stream.All() {
				total += float64(d.At-o.History.Broadcasts[d.Ref].At) / 1e6
				count++
			}
			s.add(total / count)
		})
		holdMean(t, &s, 1.6+tt.rho/(2*(1-tt.rho)))
	}
}
