package run_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

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

// TestTokenMeans: one stream of rate λ, and a token that is on its way all the
// time, a packet each δ. Broadcasts cost n-1 packets and the hops that fall to
// each, 1/(λδ). Its sender waits for the token any part of a turn, nδ/2 in the
// mean; the others have it δ later.
func TestTokenMeans(t *testing.T) {
	t.Parallel()
	const n = 5
	for _, tt := range []struct {
		gap    string
		lambda float64
	}{{"10ms", 0.1}, {"2ms", 0.5}, {"500us", 2}} {
		var packets, own, others sum
		overSeeds(t, fmt.Sprintf(`version: 1
name: turns
peers: %d
orderings: [token]
workload: {messages: 8000, senders: [2], gap: {kind: exponential, min: 0ms, mean: %s}}
network: {latency: 1ms}
limits: {until: 1h}
`, n, tt.gap), 10, func(o *run.Outcome) {
			packets.add(float64(o.Cost.Ordering) / float64(len(o.History.Broadcasts)))
			var waited [2]sum
			for d := range o.History.Stream.All() {
				k := min(1, max(d.Peer, 2)-min(d.Peer, 2))
				waited[k].add(float64(d.At-o.History.Broadcasts[d.Ref].At) / 1e6)
			}
			own.add(waited[0].mean())
			others.add(waited[1].mean())
		})
		holdMean(t, &packets, n-1+1/tt.lambda)
		holdMean(t, &own, n/2.0)
		holdMean(t, &others, n/2.0+1)
	}
}

// TestTokenGoesOn: the token is on its way from the opening of p0 until every
// log has closed, the last one too, and holds no run open.
func TestTokenGoesOn(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: goes-on
peers: 4
orderings: [token]
phases: {kind: %s, retry: 50ms, drain: 1s}
workload: {messages: 5, gap: {kind: exponential, min: 0ms, mean: 20ms}}
network: {latency: 2ms%s}
faults: [%s]
limits: {until: 5s}
`
	for _, tt := range []struct {
		name, phases, network, fault string
		complete                     bool
		limit                        run.Limit
	}{
		{"robust", "robust", "", "", true, run.LimitNone},
		{"without phases", "none", "", "", true, run.LimitNone},
		{"classic", "classic, stop_gap: 100ms", "", "", true, run.LimitNone},
		{"a body that comes late", "robust", `, delays: [{message: "p1#4", to: 3, delay: 700ms}]`, "", true, run.LimitNone},
		{"a body that is lost", "robust", `, delays: [{message: "p1#4", to: 3, lost: true}]`, "", false, run.LimitNone},
		{"a crash", "robust", "", "{at: 50ms, since: data, crash: 1}", false, run.LimitNone},
		// Who waits for a STOP that is lost waits for ever, and the token goes on.
		{"a STOP that is lost", "classic", "", "{at: 0ms, since: data, partition: [[1], [3]], for: 4s}", false, run.LimitUntil},
	} {
		o, r := judged(t, fmt.Sprintf(text, tt.phases, tt.network, tt.fault), 3)
		if o.Limit != tt.limit || r.Complete != tt.complete || tt.complete && !r.Divergence.Identical {
			t.Errorf("%s: limit %q, complete %t, identical %t; want %q, %t", tt.name, o.Limit, r.Complete, r.Divergence.Identical, tt.limit, tt.complete)
		}
		if !tt.complete {
			continue
		}
		last := slices.Max(o.Closed)
		hops, turns := int64(o.Cost.Ordering)-3*20, float64(last-o.Opened[0])/2e6
		if least := int64(math.Ceil(turns)); hops < least || hops > least+1 {
			t.Errorf("%s: %d hops, want %d, or one more if that begins as the last log closes", tt.name, hops, least)
		}
	}
	// A log that has closed and is on its way to the server does not keep the
	// token: it meets closed logs for a turn, and rests.
	o, _ := judged(t, fmt.Sprintf(text, "robust", ", server: tokyo, sites: [paris]", ""), 3)
	if o.End.Sub(slices.Max(o.Closed)) < 100*time.Millisecond || o.Cost.Ordering > 3*20+uint64(slices.Max(o.Closed)-o.Opened[0])/2e6+4 {
		t.Errorf("the logs close at %v, are all there at %v, and the ordering has sent %d packets", o.Closed, o.End, o.Cost.Ordering)
	}
}
