package run_test

import (
	"fmt"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/reports/result"
	"mpcomm/scenarios/run"
	"mpcomm/sim"
)

// TestLimits: a run that a limit ended knows violations of what cannot be made
// good, and nothing else.
func TestLimits(t *testing.T) {
	t.Parallel()
	// At 25 ms p0 and p1 have the first two in opposite orders, and only p0 has
	// the third.
	const text = `version: 1
name: limited
peers: 3
orderings: [%s]
phases: none
workload: {sends: [{at: 0ms, from: 0}, {at: 0ms, from: 1}, {at: 20ms, from: 0}]}
network: {latency: 10ms}
limits: {%s}
`
	for _, tt := range []struct {
		ordering, limits string
		limit            run.Limit
		total            result.Verdict
		rest             result.Verdict // of integrity, fifo and causal
		open             result.Verdict // of validity, agreement and uniform
		absent           int
	}{
		{"naive", "until: 25ms", run.LimitUntil, result.Violated, result.Unknown, result.Unknown, 2}, // p0 has all,
		{"naive", "events: 4", run.LimitEvents, result.Unknown, result.Unknown, result.Unknown, 3},
		{"naive", "until: 1s", run.LimitNone, result.Violated, result.Holds, result.Holds, 0},
		{"lamport", "until: 25ms", run.LimitUntil, result.Unknown, result.Unknown, result.Unknown, 3},
		{"lamport", "until: 1s", run.LimitNone, result.Holds, result.Holds, result.Holds, 0},
	} {
		t.Run(tt.ordering+" "+tt.limits, func(t *testing.T) {
			t.Parallel()
			o, r := judged(t, fmt.Sprintf(text, tt.ordering, tt.limits), 1)
			if o.Limit != tt.limit || r.Limit != string(tt.limit) {
				t.Fatalf("the run ends at %q, the result says %q; want %q", o.Limit, r.Limit, tt.limit)
			}
			if tt.limit == run.LimitUntil && o.End != 25_000_000 {
				t.Errorf("it ends at %v, want 25 ms", o.End)
			}
			p := r.Properties
			for _, v := range []struct {
				name      string
				got, want result.Verdict
			}{
				{"total", p.Total, tt.total},
				{"integrity", p.Integrity, tt.rest},
				{"fifo", p.FIFO, tt.rest},
				{"causal", p.Causal, tt.rest},
				{"validity", p.Validity, tt.open},
				{"agreement", p.Agreement, tt.open},
				{"uniform", p.Uniform, tt.open},
			} {
				if v.got != v.want {
					t.Errorf("%s is %v, want %v", v.name, v.got, v.want)
				}
			}
			for _, a := range r.Absent {
				if a.Why != "limit" {
					t.Errorf("%v is absent: %s, want limit", a.Peer, a.Why)
				}
			}
			if got := len(r.Absent); got != tt.absent {
				t.Errorf("%d absent, want %d", got, tt.absent)
			}
		})
	}
}

// TestWatch: a watch is about the first message in the log with the other not
// before it, there or not.
func TestWatch(t *testing.T) {
	t.Parallel()
	_, r := judged(t, `version: 1
name: watched
peers: 3
orderings: [naive]
phases: {kind: none, drain: 1s}
workload: {sends: [{at: 0ms, from: 0}, {at: 1ms, from: 1}]}
network: {latency: 10ms, delays: [{message: "p0#0", to: 2, lost: true}]}
watch:
  - {peer: 0, first: "p0#0", then: "p1#0"}
  - {peer: 0, first: "p1#0", then: "p0#0"}
  - {peer: 2, first: "p1#0", then: "p0#0"}
  - {peer: 2, first: "p0#0", then: "p1#0"}
`, 1)
	for i, want := range []bool{true, false, true, false} {
		if r.Watch[i].Happened != want {
			t.Errorf("watch %d: happened %t, want %t", i, r.Watch[i].Happened, want)
		}
	}
}

// TestMeasure: only messages broadcast in the window count, from its beginning
// until before its end.
func TestMeasure(t *testing.T) {
	t.Parallel()
	_, r := judged(t, `version: 1
name: measured
peers: 2
orderings: [naive]
workload: {messages: 10, gap: 10ms, senders: [0]}
network: {latency: 3ms, delays: [{message: "p0#0", to: 1, delay: 300ms}, {message: "p0#4", to: 1, delay: 7ms}], link: datagram}
measure: {from: 30ms, until: 60ms}
`, 1)
	// Broadcasts at 10, 20, …; 30, 40 and 50 ms are in the window, the one at 50 takes 7 ms.
	if d := r.Divergence; d.Messages != 3 {
		t.Errorf("%d messages in the window, want 3", d.Messages)
	}
	if m := r.Cost.Latency; m.Mean.Count != 3 || m.Mean.Sum != 13_000_000 || m.Max.MS != 7_000_000 {
		t.Errorf("latency %+v, want three of 13 ms together", m)
	}
}

// TestSubmission: a log reaches the comparison server three one-way delays
// after its close, and at once without a server.
func TestSubmission(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: server
peers: 3
orderings: [naive]
workload: {sends: [{at: 0ms, from: 0}]}
network: {sites: [montreal, paris, delhi], latency: 0ms%s}
`
	plain, _ := judged(t, fmt.Sprintf(text, ""), 1)
	last := sim.Time(0)
	for _, at := range plain.Closed {
		last = max(last, at)
	}
	if plain.End != last {
		t.Errorf("without a server the run ends at %v, want the last close at %v", plain.End, last)
	}
	_, events := recorded(t, fmt.Sprintf(text, ", server: paris"), 1)
	o, _ := judged(t, fmt.Sprintf(text, ", server: paris"), 1)
	end := sim.Time(0)
	for p, closed := range o.Closed {
		end = max(end, closed+3*oneWay(t, events, peer.ID(p), 1))
	}
	if o.End != end || end <= last {
		t.Errorf("the run ends at %v; the last submission is due at %v", o.End, end)
	}
}

// oneWay is the delay without excess from p to q, as READY took it.
func oneWay(tb testing.TB, events []journal.Event, p, q peer.ID) sim.Time {
	tb.Helper()
	if p == q {
		return 0
	}
	at := arrivals(events, peer.KindReady, p, q)
	if len(at) != 1 {
		tb.Fatalf("READY of %v came to %v at %v", p, q, at)
	}
	return at[0]
}

// TestCutRunsNameAFew: where every peer waits for every other, or gives it up,
// the first are named and the rest counted.
func TestCutRunsNameAFew(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: crowded
peers: 70
orderings: [naive]
phases: {kind: robust, retry: 1s, give_up: %s}
workload: {messages: 1, gap: 1ms}
network: {latency: 20ms}
limits: {until: 10ms}
`
	o, r := judged(t, fmt.Sprintf(text, "20s"), 1)
	if o.Limit != run.LimitUntil || len(r.Phases.Stuck) != 70 || len(r.Phases.GivenUp) != 0 {
		t.Fatalf("the run ends at %q with %d peers stuck and %d given up", o.Limit, len(r.Phases.Stuck), len(r.Phases.GivenUp))
	}
	for _, s := range r.Phases.Stuck {
		if len(s.WaitingFor) != 64 || s.More != 5 {
			t.Fatalf("%v waits for %d and %d more; want 64 and 5", s.Peer, len(s.WaitingFor), s.More)
		}
	}
	_, r = judged(t, fmt.Sprintf(text, "5ms"), 1)
	if len(r.Phases.GivenUp) != 70 {
		t.Fatalf("%d peers were given up; want 70", len(r.Phases.GivenUp))
	}
	for _, g := range r.Phases.GivenUp {
		if len(g.By) != 64 || g.More != 5 {
			t.Fatalf("%v was given up by %d and %d more; want 64 and 5", g.Peer, len(g.By), g.More)
		}
	}
}
