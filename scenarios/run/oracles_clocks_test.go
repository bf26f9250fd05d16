package run_test

import (
	"fmt"
	"maps"
	"math"
	"testing"

	"mpcomm/peer"
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

// TestCommitWait: a message leaves exactly 2ε after its broadcast, whatever the
// clock shows, and what is broadcast after that stands behind it in every log.
// Sent at once, it is overtaken in real time as often as two clocks of uniform
// offsets are further apart than the broadcasts: (2ε - d)²/2(2ε)².
func TestCommitWait(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: commit
peers: 3
orderings: [{kind: commit-wait, epsilon: 4ms%s}]
phases: none
workload: {sends: [{at: 10ms, from: 0}, {at: %s, from: 1}]}
network: {link: datagram, latency: {kind: constant, value: 5ms}}
clocks: {default: {offset: {kind: uniform, min: -4ms, max: 4ms}}}
`
	overSeeds(t, fmt.Sprintf(text, "", "18000001ns"), 3000, func(o *run.Outcome) {
		for p, log := range o.History.Logs {
			for i, entry := range o.History.TimesOf(peer.ID(p)) {
				sent := o.History.Broadcasts[log.Refs[i]]
				if wait := entry.Arrived - sent.At; int(sent.ID.Sender) != p && wait != 13_000_000 {
					t.Fatalf("seed %d: p%d got %v %d ns after its broadcast, want 8 ms and the delay", o.Seed, p, sent.ID, wait)
				}
			}
			if inverted(o.History, p, message(1, 0), message(0, 0)) || len(log.Refs) != 2 {
				t.Fatalf("seed %d: p%d has logged %v against real time", o.Seed, p, log.Refs)
			}
		}
	})
	var s sum
	overSeeds(t, fmt.Sprintf(text, ", commit: 0ms", "12ms"), 20_000, func(o *run.Outcome) {
		s.add(one(inverted(o.History, 2, message(1, 0), message(0, 0))))
	})
	holdShare(t, &s, 36.0/128)
}

// TestHybridClockAheadBy: p0's clock is 15 ms ahead and the message takes 5: at
// the one receiver l is 10 ms ahead, and the result says so in milliseconds.
func TestHybridClockAheadBy(t *testing.T) {
	t.Parallel()
	p := compile(t, `version: 1
name: ahead
peers: 2
orderings: [hlc]
phases: none
workload: {sends: [{at: 0ms, from: 0}]}
network: {latency: 5ms}
clocks: {peers: {"0": {offset: 15ms}}}
`)
	var v run.Evaluator
	r := v.Evaluate(p, mustRun(t, engine(t, p, run.Options{}), 1), run.Full)
	got := map[string]string{}
	for _, c := range r.Counters {
		got[c.Name] = c.Value.String()
	}
	want := map[string]string{
		"late": "0", "late_disordered": "0", "late_dropped": "0",
		"hlc_receives": "1", "hlc_ahead": "1", "hlc_ahead_ms": "10", "hlc_rejected": "0",
	}
	if !maps.Equal(got, want) {
		t.Errorf("counters %v, want %v", got, want)
	}
}

// TestLateByHybridClock: the screen says of a hybrid stamp as of any other that
// it came too late.
func TestLateByHybridClock(t *testing.T) {
	t.Parallel()
	for _, ordering := range []string{"{kind: hlc, wait: 20ms}", "{kind: commit-wait, epsilon: 0s, wait: 20ms}"} {
		p := compile(t, fmt.Sprintf(`version: 1
name: late
peers: 3
orderings: [%s]
phases: none
workload: {sends: [{at: 0ms, from: 0}, {at: 1ms, from: 1}]}
network: {link: datagram, latency: 5ms, delays: [{message: "p0#0", to: 2, delay: 30ms}]}
`, ordering))
		var v run.Evaluator
		r := v.Evaluate(p, mustRun(t, engine(t, p, run.Options{Explain: true}), 1), run.Full)
		if d := r.FirstDifference; d == nil || d.Why != "late" {
			t.Errorf("%s: the first difference is %+v, want one that is late", ordering, d)
		}
	}
}
