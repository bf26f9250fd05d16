package run_test

import (
	"fmt"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/order"
	"mpcomm/reports/result"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

const expecting = `version: 1
name: expecting
peers: 3
orderings: [naive, lamport, fifo]
workload: {messages: 2}
watch: [{peer: 0, first: "p1#0", then: "p2#0"}]
expect:
  naive: {logs: differ, first_difference: 2, happened: [true], stuck: [1, 0], limit: quiet}
  lamport:
    logs: identical
    complete: true
    causal: holds
    total: holds
`

func entry(s string) *string { return &s }

// settled is a result as naive is expected to give it.
func naiveAsExpected() *result.Ordering {
	return &result.Ordering{
		Ordering: "naive", Limit: "quiet",
		Divergence:      result.Divergence{Positions: 4, PositionsDiffering: 3},
		FirstDifference: &result.Difference{Position: 2, Messages: [2]*string{entry("p0#0"), entry("p1#0")}},
		Watch:           result.List[result.Watch]{{Happened: true}},
		Phases:          result.Phases{Stuck: result.List[result.Stuck]{{Peer: 0}, {Peer: 1}}},
	}
}

func lamportAsExpected() *result.Ordering {
	return &result.Ordering{
		Ordering: "lamport", Complete: true,
		Divergence: result.Divergence{Identical: true, PrefixConsistent: true, Positions: 6},
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	s, err := scenarios.Parse("expecting.yaml", []byte(expecting), nil, order.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	naive := func(change func(*result.Ordering)) *result.Ordering { r := naiveAsExpected(); change(r); return r }
	lamport := func(change func(*result.Ordering)) *result.Ordering { r := lamportAsExpected(); change(r); return r }
	for _, test := range []struct {
		name string
		got  *result.Ordering
		want string // the misses, one a line
	}{
		{"naive as expected", naiveAsExpected(), ""},
		{"lamport as expected", lamportAsExpected(), ""},
		{"agrees", naive(func(r *result.Ordering) {
			r.Divergence = result.Divergence{Identical: true, Positions: 4}
			r.FirstDifference = nil
		}), `expecting.yaml:8 expected "naive: logs differ", got identical
expecting.yaml:8 expected "naive: first_difference 2", got identical logs`},
		{
			"elsewhere", naive(func(r *result.Ordering) { r.FirstDifference.Position = 1 }),
			`expecting.yaml:8 expected "naive: first_difference 2", got 1`,
		},
		{
			"not watched", naive(func(r *result.Ordering) { r.Watch[0].Happened = false }),
			`expecting.yaml:8 expected "naive: happened true for watch 0", got false`,
		},
		{
			"one is free", naive(func(r *result.Ordering) { r.Phases.Stuck = r.Phases.Stuck[:1] }),
			`expecting.yaml:8 expected "naive: stuck [p0, p1]", got [p0]`,
		},
		{
			"ended by itself", naive(func(r *result.Ordering) { r.Limit = "" }),
			`expecting.yaml:8 expected "naive: limit quiet", got none`,
		},
		{"differs", lamport(func(r *result.Ordering) {
			r.Divergence = result.Divergence{Positions: 6, PositionsDiffering: 5}
			r.Properties.Total = result.Violated
		}), `expecting.yaml:10 expected "lamport: logs identical", got 5 of 6 positions that differ
expecting.yaml:13 expected "lamport: total holds", got violated`},
		{"no log", lamport(func(r *result.Ordering) {
			r.Complete = false
			r.Absent = result.List[history.Absent]{{Peer: 2, Why: "stuck"}}
		}), `expecting.yaml:11 expected "lamport: complete true", got no log from [p2]`},
		{
			"holes", lamport(func(r *result.Ordering) { r.Complete = false; r.Divergence.Missing = 2 }),
			`expecting.yaml:11 expected "lamport: complete true", got 2 missing entries`,
		},
		{"agrees so far", lamport(func(r *result.Ordering) {
			r.Limit, r.Complete = "events", false
			r.Properties.Causal, r.Properties.Total = result.Unknown, result.Unknown
		}), `expecting.yaml:10 expected "lamport: logs identical", cannot tell: the run ended at its limit of events
expecting.yaml:11 expected "lamport: complete true", cannot tell: the run ended at its limit of events
expecting.yaml:12 expected "lamport: causal holds", cannot tell: the run ended at its limit of events
expecting.yaml:13 expected "lamport: total holds", cannot tell: the run ended at its limit of events`},
		{"one log is behind", naive(func(r *result.Ordering) {
			r.Limit, r.Divergence.PrefixConsistent = "until", true
			r.FirstDifference.Messages[1] = nil
			r.Watch[0].Happened = false
		}), `expecting.yaml:8 expected "naive: logs differ", cannot tell: the run ended at its limit of time
expecting.yaml:8 expected "naive: limit quiet", got until
expecting.yaml:8 expected "naive: first_difference 2", cannot tell: the run ended at its limit of time
expecting.yaml:8 expected "naive: happened true for watch 0", cannot tell: the run ended at its limit of time`},
		{
			"differs for ever", naive(func(r *result.Ordering) { r.Limit = "until" }),
			`expecting.yaml:8 expected "naive: limit quiet", got until`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			misses, expected := run.Judge(s, test.got)
			var lines []string
			for _, m := range misses {
				lines = append(lines, m.String())
				if m.Unknown != strings.Contains(m.String(), "cannot tell") {
					t.Errorf("Unknown is %v in %v", m.Unknown, m)
				}
			}
			if got := strings.Join(lines, "\n"); got != test.want || !expected {
				t.Errorf("expected %v, got\n%s\nwant\n%s", expected, got, test.want)
			}
		})
	}
	if misses, expected := run.Judge(s, &result.Ordering{Ordering: "fifo"}); expected || misses != nil {
		t.Errorf("fifo, of which nothing is expected: %v, %v", misses, expected)
	}
	if s.Expect[0].Stuck[0] != peer.ID(1) {
		t.Error("judging has sorted the scenario's own list")
	}
}

// TestWaitAsLongAsTheDelay: of two messages of one stamp, the one that comes at
// the very end of the wait may find the other delivered. That is outside the
// assumptions; a nanosecond more of wait is inside, and keeps the order.
func TestWaitAsLongAsTheDelay(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"timestamp", "hlc"} {
		for wait, kept := range map[string]bool{"10ms": false, "10.000001ms": true} {
			_, r := judged(t, fmt.Sprintf(`version: 1
name: brim
peers: 3
orderings: [{kind: %s, wait: %s}]
workload: {sends: [{at: 0ms, from: 1}, {at: 0ms, from: 0}]}
network: {latency: 10ms}
`, kind, wait), 1)
			if inside := len(r.OutsideAssumptions) == 0; inside != kept || r.Divergence.Identical != kept {
				t.Errorf("%s, wait %s: outside assumptions %v, identical %t; want kept: %t", kind, wait, r.OutsideAssumptions, r.Divergence.Identical, kept)
			}
		}
	}
}
