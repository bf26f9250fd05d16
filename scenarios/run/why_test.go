package run_test

import (
	"fmt"
	"strings"
	"testing"

	"mpcomm/peer/order"
	"mpcomm/reports/compare"
	"mpcomm/reports/trace"
	"mpcomm/scenarios/run"
)

// TestMechanismsAddUp: every difference has exactly one mechanism, so that
// their counts are those of the comparator and the checker, and the findings
// of a trace are as many.
func TestMechanismsAddUp(t *testing.T) {
	t.Parallel()
	swaps, violations := uint64(0), uint64(0)
	eachTrace(t, trace.Limits{}, func(t *testing.T, r *trace.Run) {
		d, q, m := &r.Result.Divergence, &r.Result.Quality, r.Result.Mechanisms
		if m.Disagree.Ordered() != d.KendallDistance.Num {
			t.Errorf("%+v, the comparator counts %d discordant pairs", m.Disagree, d.KendallDistance.Num)
		}
		if m.Acausal.Ordered() != uint64(q.CausalViolations) || m.Acausal.Missing != uint64(q.CausalGaps) {
			t.Errorf("%+v, the checker counts %d violations and %d gaps", m.Acausal, q.CausalViolations, q.CausalGaps)
		}
		listed := map[compare.FindingKind]uint64{}
		for _, f := range r.Findings {
			if f.Why != compare.Missing {
				listed[f.Kind]++
			}
			if f.Text == "" || f.Position() == 0 {
				t.Errorf("%+v", f)
			}
		}
		if listed[trace.Disagree] != m.Disagree.Ordered() || listed[trace.Acausal] != m.Acausal.Ordered() {
			t.Errorf("%v findings are listed of %+v", listed, m)
		}
		swaps, violations = swaps+m.Disagree.Ordered(), violations+m.Acausal.Ordered()
	})
	if swaps < 100 || violations < 10 {
		t.Errorf("%d swaps and %d violations in all: the test is nearly empty", swaps, violations)
	}
}

// schedules each show one mechanism, in the words of its finding.
var schedules = []struct {
	name     string
	text     string
	kind     compare.FindingKind
	why      compare.Mechanism
	sentence string
}{
	{
		"two logs, lost", `
peers: 3
orderings: [naive]
workload: {sends: [{at: 0ms, from: 0}]}
network: {latency: 10ms, delays: [{message: "p0#0", to: 2, lost: true}]}`,
		trace.Disagree, compare.Missing, "p2 never logged p0#0: lost on the link p0>p2 at ",
	},
	{
		"two logs, one way", `
peers: 3
orderings: [naive]
workload: {sends: [{at: 0ms, from: 0}, {at: 1ms, from: 1}]}
network: {latency: 10ms}
faults: [{at: 0ms, since: data, partition: [[0], [1]], one_way: true, for: 1s}]`,
		trace.Disagree, compare.Missing, "p1 never logged p0#0: cut off by a one-way partition, from p0 to p1, at ",
	},
	{
		"two logs, held back for ever", `
peers: 3
orderings: [{kind: lamport, gaps: detect}]
workload: {sends: [{at: 0ms, from: 0}, {at: 20ms, from: 0}, {at: 40ms, from: 1}]}
network: {latency: 10ms, delays: [{message: "p0#0", to: 1, lost: true}]}`,
		trace.Disagree, compare.Missing, "p1 never logged p1#0: p1 is stuck in stop, waiting for p0, p1; the first message it lost is p0#0: lost on the link p0>p1 at ",
	},
	{
		"two logs, dropped as late", `
peers: 2
orderings: [{kind: timestamp, wait: 50ms, late: drop}]
workload: {sends: [{at: 0ms, from: 0}, {at: 60ms, from: 1}]}
network: {latency: 10ms, delays: [{message: "p0#0", to: 1, delay: 120ms}]}`,
		trace.Disagree, compare.Missing, "p1 never logged p0#0: it came when the wait of 50ms was over, and the ordering drops what is late.",
	},
	{
		"two logs, dropped or on their way", `
peers: 2
orderings: [{kind: timestamp, wait: 50ms, late: drop}]
workload: {sends: [{at: 0ms, from: 0}, {at: 60ms, from: 1}, {at: 70ms, from: 1}]}
limits: {until: 2s}
network: {latency: 10ms, link: datagram, delays: [{message: "p0#0", to: 1, delay: 120ms}, {message: "p1#1", to: 0, delay: 100s}]}`,
		trace.Disagree, compare.Missing, "p1 never logged p0#0.",
	},
	{
		"two logs, late", `
peers: 2
orderings: [{kind: timestamp, wait: 50ms}]
workload: {sends: [{at: 0ms, from: 0}, {at: 60ms, from: 1}]}
network: {latency: 10ms, delays: [{message: "p0#0", to: 1, delay: 120ms}]}`,
		trace.Disagree, compare.Late, "p0#0 came 120 ms after its stamp; p1 waits only 50 ms.",
	},
	{
		"two logs, one sender", `
peers: 2
orderings: [naive]
workload: {sends: [{at: 0ms, from: 0}, {at: 5ms, from: 0}]}
network: {latency: 10ms, link: datagram, delays: [{message: "p0#0", to: 1, delay: 46ms}]}`,
		trace.Disagree, compare.FIFO, "p0 sent p0#0 before p0#1; the link p0>p1 delivered them 31 ms apart the wrong way round.",
	},
	{
		"two logs, the way round", `
peers: 3
orderings: [naive]
workload: {sends: [{at: 0ms, from: 1}, {after: "p1#0", from: 2, delay: 1ms}]}
network: {latency: 10ms, delays: [{message: "p1#0", to: 0, delay: 41ms}]}`,
		trace.Disagree, compare.Relay, "p2 had p1#0 before sending p2#0; p2#0 reached p0 20 ms before p1#0 did.",
	},
	{
		"two logs, concurrent", `
peers: 2
orderings: [naive]
workload: {sends: [{at: 0ms, from: 0}, {at: 6ms, from: 1}]}
network: {latency: 10ms}`,
		trace.Disagree, compare.Race, "p0#0 and p1#0 were sent 6 ms apart; p0 had its own p0#0 after 0 ms and p1#0 after 10 ms;",
	},
	{
		"a cause lost", `
peers: 3
orderings: [naive]
workload: {sends: [{at: 0ms, from: 1}, {after: "p1#0", from: 2}]}
network: {latency: 10ms, delays: [{message: "p1#0", to: 0, lost: true}]}`,
		trace.Acausal, compare.Missing, "p2#0 comes from p1#0, and p0 never logged p1#0: lost on the link p1>p0 at ",
	},
	{
		"a cause too late", `
peers: 3
orderings: [{kind: timestamp, wait: 30ms}]
workload: {sends: [{at: 0ms, from: 1}, {after: "p1#0", from: 2}]}
network: {latency: 10ms, delays: [{message: "p1#0", to: 0, delay: 200ms}]}`,
		trace.Acausal, compare.Late, "p1#0 came 200 ms after its stamp; p0 waits only 30 ms.",
	},
	{
		"stamps against cause", `
peers: 3
orderings: [timestamp]
workload: {sends: [{at: 20ms, from: 1}, {after: "p1#0", from: 2, on: arrival}]}
network: {latency: 10ms}
clocks: {peers: {"2": {offset: -25ms}}}`,
		trace.Acausal, compare.Skew, "p2's clock is 25 ms slow.",
	},
	{
		"a cause of the same sender", `
peers: 2
orderings: [naive]
workload: {sends: [{at: 0ms, from: 0}, {at: 5ms, from: 0}]}
network: {latency: 10ms, link: datagram, delays: [{message: "p0#0", to: 1, delay: 46ms}]}`,
		trace.Acausal, compare.FIFO, "p0 sent p0#0 before p0#1; the link p0>p1 delivered them 31 ms apart the wrong way round.",
	},
	{
		"a cause that came the long way", `
peers: 3
orderings: [naive]
workload: {sends: [{at: 0ms, from: 1}, {after: "p1#0", from: 2}]}
network: {latency: 10ms, delays: [{message: "p1#0", to: 0, delay: 41ms}]}`,
		trace.Acausal, compare.Relay, "p2 had p1#0 before sending p2#0; p2#0 reached p0 21 ms before p1#0 did.",
	},
}

// TestEachMechanism: a schedule for each mechanism that the built-in orderings
// can show. None of them leaves a tie open, concurrent messages are no cause of
// each other, and where stamps that contradict causes are what logs go by, the
// logs agree: those three are shown on histories made by hand in
// reports/compare.
func TestEachMechanism(t *testing.T) {
	t.Parallel()
	for _, test := range schedules {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := compile(t, "version: 1\nname: shown\nphases: none"+test.text+"\n")
			r, err := run.Trace(p, 1, trace.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			for _, f := range r.Findings {
				if f.Kind == test.kind && f.Why == test.why && strings.Contains(f.Text, test.sentence) {
					if token := r.Token(&f); token.Seed != 1 || token.Ordering != p.Label() {
						t.Errorf("its token is %v", token)
					}
					return
				}
				said = append(said, fmt.Sprintf("%v %s: %s", f.Kind, f.Why, f.Text))
			}
			t.Errorf("no finding %v %s: %s; there are\n%s", test.kind, test.why, test.sentence, strings.Join(said, "\n"))
		})
	}
}

// TestPlainRunsCountNoMechanisms: they are counted where they are asked for.
func TestPlainRunsCountNoMechanisms(t *testing.T) {
	t.Parallel()
	s := parse(t, "version: 1\nname: x\npeers: 2\norderings: [naive]\n"+
		"workload: {sends: [{at: 0ms, from: 0}, {at: 6ms, from: 1}]}\nnetwork: {latency: 10ms}\n")
	p, err := run.Compile(s, s.Orderings[0], order.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	o := mustRun(t, engine(t, p, run.Options{Explain: true}), 1)
	v := run.Evaluator{Mechanisms: true}
	if m := v.Evaluate(p, o, run.Totals).Mechanisms; m == nil || m.Disagree.Race != 1 {
		t.Errorf("%+v", m)
	}
	v.Mechanisms = false
	if m := v.Evaluate(p, o, run.Totals).Mechanisms; m != nil {
		t.Errorf("%+v", m)
	}
}
