package run_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mpcomm/reports/result"
	"mpcomm/scenarios/run"
	"mpcomm/sim"
)

// liveness is what a result says of it, and its witness.
func liveness(tb testing.TB, r *result.Ordering) (result.Verdict, string) {
	tb.Helper()
	if r.Properties.Liveness == nil {
		tb.Fatal("no verdict on liveness")
	}
	for _, w := range r.Witnesses {
		if w.Property == "liveness" {
			return *r.Properties.Liveness, w.Text
		}
	}
	return *r.Properties.Liveness, ""
}

// TestLiveness goes through the reasons for which a message may be missing when
// everything has been repaired, each made by hand.
func TestLiveness(t *testing.T) {
	t.Parallel()
	const head = `version: 1
name: heal
peers: 3
phases: {kind: none, drain: 50s}
`
	// p0 broadcasts at 10, 20 and 30 ms; from 15 to the heal at 100 ms it is cut off.
	const cut = head + `workload: {messages: 3, gap: 10ms, senders: [0]}
faults: [{at: 15ms, isolate: 0}]
heal_at: {at: 100ms, within: %s}
orderings: [%s]
network: {latency: 5ms, transport: %s}
`
	for _, tt := range []struct {
		name, text    string
		want          result.Verdict
		witness       string // part of it
		unrecoverable []string
	}{
		{name: "sent again", text: fmt.Sprintf(cut, "1s", "naive", "{kind: reliable, rto: 20ms}")},
		{
			name: "not sent again", text: fmt.Sprintf(cut, "1s", "naive", "none"), want: result.Violated,
			witness: "p1 lacks p0#1: cut off by a partition between p0 and p1 at 20 ms, and not sent again: neither the ordering nor a transport does; use transport: reliable (3 more are missing or late).",
		},
		{
			name: "held back", text: fmt.Sprintf(cut, "1s", "{kind: lamport, gaps: detect}", "none") + "limits: {until: 2s}\n", want: result.Violated,
			witness: "p0 lacks p0#0: not lost, p0 has it since 10 ms and holds it back, waiting in stop for p0",
		},
		{
			name: "too soon", text: fmt.Sprintf(cut, "1ms", "naive", "{kind: reliable, rto: 20ms, backoff: 1}"), want: result.Violated,
			witness: "it was due at 101 ms",
		},
		{
			name: "nobody has it, the rest is whole", text: head + `workload: {sends: [{at: 10ms, from: 0}, {at: 10ms, from: 1}]}
faults: [{at: 5ms, partition: [[0], [1, 2]], one_way: true}, {at: 20ms, crash: 0, state: lost}]
heal_at: {at: 100ms, within: 1s}
orderings: [naive]
network: {latency: 5ms}
`,
			unrecoverable: []string{"p0#0 p1", "p0#0 p2"},
		},
		{
			name: "one who has it delivers it", text: head + `workload: {sends: [{at: 10ms, from: 0}]}
faults: [{at: 5ms, partition: [[0], [1]], one_way: true}, {at: 20ms, crash: 0, state: lost}]
heal_at: {at: 100ms, within: 1s}
orderings: [naive]
network: {latency: 5ms}
`,
			want: result.Violated, witness: "p1 lacks p0#0: cut off by a partition between p0 and p1 at 10 ms, and not sent again",
		},
		{
			name: "saved with it", text: head + `workload: {sends: [{at: 10ms, from: 0}]}
faults: [{at: 5ms, isolate: 0}, {at: 20ms, crash: 0, state: saved, save: 15ms}]
heal_at: {at: 100ms, within: 1s}
orderings: [naive]
network: {latency: 5ms}
`,
		},
		{
			name: "saved before it", text: head + `workload: {sends: [{at: 16ms, from: 0}]}
faults: [{at: 5ms, isolate: 0}, {at: 20ms, crash: 0, state: saved, save: 15ms, save_deliveries: 99}]
heal_at: {at: 100ms, within: 1s}
orderings: [naive]
network: {latency: 5ms}
`,
			unrecoverable: []string{"p0#0 p1", "p0#0 p2"},
		},
		{name: "no faults", text: fmt.Sprintf(strings.Replace(cut, "faults: [{at: 15ms, isolate: 0}]", "", 1), "1ms", "naive", "none")},
		{
			name: "links that lose everything", text: head + `workload: {messages: 30, gap: 10ms, senders: [0]}
heal_at: {at: 95ms, within: 1s}
orderings: [naive]
network: {latency: 5ms, loss: 1, transport: {kind: reliable, rto: 20ms}}
`,
		},
		{
			name: "links that are down, and explicit losses", text: head + `workload: {messages: 2, gap: 100ms, senders: [0]}
heal_at: {at: 150ms, within: 1s}
orderings: [naive]
network: {latency: 5ms, links: [{from: 0, to: 1, down: true}], delays: [{message: "p0#1", to: 2, lost: true}]}
`,
			want: result.Violated, witness: "p1 lacks p0#0: sent over the link p0>p1, which was down, at 100 ms, and not sent again: neither the ordering nor a transport does; use transport: reliable.",
		},
		{
			name: "a bound that is no fault", text: head + `workload: {sends: [{at: 200ms, from: 0}], size: 500B}
heal_at: {at: 100ms, within: 1s}
orderings: [naive]
network: {latency: 5ms, mtu: 100B}
`,
			want: result.Violated, witness: "larger than the MTU of the link p0>p1, after the heal",
		},
		{
			name: "whoever has not joined", text: head + `workload: {sends: [{at: 50ms, from: 0}, {at: 200ms, from: 0}]}
faults: [{at: 20s, join: 1}]
heal_at: {at: 100ms, within: 1s}
orderings: [naive]
network: {latency: 5ms}
`,
		},
		{
			name: "cut short", text: fmt.Sprintf(cut, "1s", "naive", "{kind: reliable, rto: 20ms}") + "limits: {events: 12}\n", want: result.Unknown,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o, r := judged(t, tt.text, 1)
			got, witness := liveness(t, r)
			if got != tt.want || !strings.Contains(witness, tt.witness) || got != result.Violated && witness != "" {
				t.Errorf("liveness %v, %q (limit %q, end %v); want %v, %q", got, witness, o.Limit, o.End, tt.want, tt.witness)
			}
			var lost []string
			for _, u := range r.Heal.Unrecoverable {
				lost = append(lost, fmt.Sprintf("%s %v", u.Message, u.Peer))
			}
			if !slices.Equal(lost, tt.unrecoverable) {
				t.Errorf("unrecoverable %q, want %q", lost, tt.unrecoverable)
			}
		})
	}
}

// TestBudgetEndsWithItsLastInstant: a delivery at the very end of the budget
// counts, one a nanosecond later does not; a message broadcast after the heal has
// a budget of its own.
func TestBudgetEndsWithItsLastInstant(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		within string
		at     string
		want   result.Verdict
	}{
		{"30ms", "200ms", result.Holds},
		{"29999999ns", "200ms", result.Violated},
		{"30ms", "90ms", result.Holds},
		{"20ms", "90ms", result.Holds},
		{"19999999ns", "90ms", result.Violated},
	} {
		_, r := judged(t, fmt.Sprintf(`version: 1
name: end
peers: 3
phases: none
workload: {sends: [{at: %s, from: 0}]}
heal_at: {at: 100ms, within: %s}
orderings: [naive]
network: {latency: 30ms}
`, tt.at, tt.within), 1)
		if got, text := liveness(t, r); got != tt.want {
			t.Errorf("sent at %s, within %s: %v, %q; want %v", tt.at, tt.within, got, text, tt.want)
		}
	}
}

// TestNothingStrikesAfterTheHeal: faults end with it, and none begins any more,
// whether by time, event or chance.
func TestNothingStrikesAfterTheHeal(t *testing.T) {
	t.Parallel()
	o, r := judged(t, `version: 1
name: after
peers: 6
phases: {kind: robust, retry: 50ms}
workload: {messages: 100, gap: 20ms}
heal_at: 500ms
orderings: [naive]
network: {latency: 5ms, transport: {kind: reliable, rto: 20ms}, duplicate: 1/10}
faults:
  - {every: 30ms, isolate: 0, for: 10ms}
  - {every: 70ms, crash: 1, for: 20ms}
  - {every: 40ms, pause: 2, for: 10ms, name: pauses}
  - {at: 10s, crash: 3}
  - {at: 600ms, partition: [[0, 1, 2], [3, 4, 5]]}
  - {after: "p4 delivers p0#50", crash: 4}
  - {crash: 5, at_delivery: "p0#50"}
  - {after: "1st data of p0#20 leaves p0", delay: 300ms, slow: 0}
  - {at: 100ms, isolate: 5}
`, 3)
	if o.Limit != run.LimitNone || !r.Complete {
		t.Errorf("limit %q, complete %v; want a run that ends by itself", o.Limit, r.Complete)
	}
	if got, text := liveness(t, r); got != result.Holds {
		t.Errorf("liveness %v: %s", got, text)
	}
	want := []run.Coming{run.Struck, run.Struck, run.Struck, run.Missed, run.Missed, run.Missed, run.Missed, run.Missed, run.Struck}
	if !slices.Equal(o.Came, want) {
		t.Errorf("came %v, want %v", o.Came, want)
	}
	if o.Liveness.HealedAt != sim.Time(500e6) {
		t.Errorf("healed at %v", o.Liveness.HealedAt)
	}
	for i, s := range o.Struck[:3] { // twenty, seven and twelve times at most
		if s == 0 {
			t.Errorf("fault %d struck nothing before the heal", i)
		}
	}
}

// TestLeaderBackWithTheHeal: with its only leader down nothing is decided, and all
// of it when the leader is back.
func TestLeaderBackWithTheHeal(t *testing.T) {
	t.Parallel()
	for _, ordering := range []string{"{kind: paxos, suspect: never}", "{kind: sequencer, at: 0}"} {
		_, r := judged(t, fmt.Sprintf(`version: 1
name: leader
peers: 5
phases: {kind: none}
workload: {messages: 3, gap: 10ms}
heal_at: 3s
orderings: [%s]
network: {latency: 5ms, transport: {kind: reliable, rto: 20ms}}
faults: [{at: 12ms, crash: 0}]
`, ordering), 1)
		got, text := liveness(t, r)
		if got != result.Holds || !r.Divergence.Identical || !r.Complete {
			t.Errorf("%s: liveness %v, %s; identical %v, complete %v", ordering, got, text, r.Divergence.Identical, r.Complete)
		}
	}
}

// TestEveryTotalOrderIsLiveAgain: over a reliable transport, whatever befell
// links and peers that keep their state, every total order delivers everything
// everywhere once it is over.
func TestEveryTotalOrderIsLiveAgain(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: storm
peers: 5
phases: {kind: %s, drain: 100s, give_up: 100s, retry: 200ms}
workload: {messages: 4, gap: {kind: exponential, mean: 30ms}}
heal_at: {at: 700ms, within: 25s}
orderings: [%s]
network:
  latency: {kind: exponential, min: 1ms, mean: 8ms}
  link: datagram
  loss: 1/5
  duplicate: 1/20
  corrupt: 1/50
  transport: {kind: reliable, rto: 60ms, backoff: 2}
faults:
  - {every: {kind: exponential, mean: 150ms}, partition: [[0, 1], [2, 3, 4]], for: 90ms, name: a}
  - {every: {kind: exponential, mean: 300ms}, isolate: 4, for: 100ms, mode: hold, name: b}
  - {every: {kind: exponential, mean: 250ms}, clog: {from: 1}, for: 60ms, name: c}
  - {every: {kind: exponential, mean: 200ms}, pause: 2, for: 50ms, name: d}
  - {chance: 1/2, at: 100ms, crash: 0, name: e}
  - {chance: 1/2, after: "5th delivery at p3", crash: 3, for: 200ms, name: f}
  - {chance: 1/3, at: 300ms, slow: 1, service: 3ms, name: g}
  - {chance: 1/3, at: 200ms, isolate: [0, 1, 2, 3, 4], name: h}
`
	for _, ordering := range []string{
		"{kind: lamport, gaps: detect}", "sequencer", "{kind: sequencer, variant: bb}", "{kind: sequencer, variant: uub}",
		"moving-sequencer", "{kind: moving-sequencer, batch: 1, resilience: 2}", "token", "{kind: token, deliver: safe}", "skeen", "{kind: merge, stamp: lamport}", "chandra-toueg", "paxos", "{kind: paxos, suspect: never}",
	} {
		t.Run(ordering, func(t *testing.T) {
			t.Parallel()
			p := compile(t, fmt.Sprintf(text, "robust", ordering))
			e := engine(t, p, run.Options{})
			var v run.Evaluator
			for seed := range uint64(100) {
				o := mustRun(t, e, seed)
				r := v.Evaluate(p, o, run.Full)
				if got, why := liveness(t, r); got != result.Holds {
					t.Fatalf("seed %d: liveness %v: %s (limit %q)", seed, got, why, o.Limit)
				}
				if len(o.Liveness.Unrecoverable) > 0 {
					t.Fatalf("seed %d: %v cannot be repaired, although nobody lost a state", seed, o.Liveness.Unrecoverable)
				}
			}
		})
	}
}

// TestHealedRunsRepeat: with ties permuted, and whatever is watched, a run that
// is healed has one history and one verdict.
func TestHealedRunsRepeat(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: repeat
peers: 4
ties: permuted
phases: {kind: robust, retry: 100ms, drain: 3s}
workload: {messages: 5, gap: 10ms}
heal_at: {at: 200ms, within: 2s}
orderings: [lamport]
network: {latency: 5ms, loss: 1/10, transport: none}
faults: [{every: 30ms, crash: 1, for: 10ms, state: lost}, {at: 50ms, crash: 2, state: saved, save_deliveries: 3}, {at: 100ms, isolate: 3}]
`
	p := compile(t, text)
	used := engine(t, p, run.Options{})
	var v run.Evaluator
	for seed := range uint64(20) {
		o := mustRun(t, used, seed)
		want, missing := digest(o), slices.Clone(o.Liveness.Unrecoverable)
		verdict, why := liveness(t, v.Evaluate(p, o, run.Full))
		for _, options := range []run.Options{{}, {Poison: true}, {Explain: true, DetectNames: true}} {
			o := mustRun(t, engine(t, p, options), seed)
			got, text := liveness(t, new(run.Evaluator).Evaluate(p, o, run.Full))
			if digest(o) != want || got != verdict || text != why || !slices.Equal(o.Liveness.Unrecoverable, missing) {
				t.Errorf("seed %d with %+v: %v, %s; was %v, %s", seed, options, got, text, verdict, why)
			}
		}
		for _, u := range o.Liveness.Unrecoverable { // nobody who is correct has it
			if o.History.Correct(int(o.History.Broadcasts[u.Ref].ID.Sender)) {
				t.Errorf("seed %d: %v cannot be repaired, although its sender kept its state", seed, o.History.Broadcasts[u.Ref].ID)
			}
			for q := range o.History.Logs {
				if o.History.Correct(q) && slices.Contains(o.History.Logs[q].Refs, u.Ref) {
					t.Errorf("seed %d: %v cannot be repaired, although p%d has it", seed, o.History.Broadcasts[u.Ref].ID, q)
				}
			}
		}
	}
}
