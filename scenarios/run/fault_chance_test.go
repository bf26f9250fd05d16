package run_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/peer/journal"
	"mpcomm/scenarios/run"
	"mpcomm/sim"
)

// strikes are the times, in ns, at which a fault of a file strikes.
func strikes(tb testing.TB, text string, seed uint64, fault int64) []sim.Time {
	tb.Helper()
	_, events := recorded(tb, text, seed)
	var at []sim.Time
	for _, e := range events {
		if e.Kind == journal.Fault && e.Value == fault && !e.Ends {
			at = append(at, e.At)
		}
	}
	return at
}

const chancy = `version: 1
name: chance
peers: 3
orderings: [naive]
phases: none
workload: {messages: 20, gap: 10ms}
network: {latency: {kind: exponential, mean: 5ms}}
faults: [%s]
`

// TestChance: a fault of chance is there in its share of the runs, and a run
// without it is the run of the file that does not have it, but for what it says.
func TestChance(t *testing.T) {
	t.Parallel()
	p := compile(t, fmt.Sprintf(chancy, "{at: 50ms, isolate: 1, chance: 1/4, for: 50ms}"))
	never := engine(t, compile(t, fmt.Sprintf(chancy, "")), run.Options{})
	e := engine(t, p, run.Options{})
	var share sum
	for seed := range uint64(2000) {
		o := mustRun(t, e, seed)
		share.add(one(o.Came[0] == run.Struck))
		if seed < 100 && (o.Came[0] == run.Omitted) != (digest(o) == digest(mustRun(t, never, seed))) {
			t.Errorf("seed %d: %v, and the digest differs from that of a run without the fault: %t", seed, o.Came[0], o.Came[0] == run.Omitted)
		}
		if seed < 100 && o.Came[0] == run.Omitted {
			if r := new(run.Evaluator).Evaluate(p, o, run.Full); len(r.Vacuous) != 1 || r.Vacuous[0] != "isolate p1 was left out by chance" {
				t.Errorf("vacuous %q", r.Vacuous)
			}
		}
	}
	holdShare(t, &share, 0.25)
}

// TestRecurring: pauses between strikes are the draws, a strike while the fault
// lasts changes nothing, and strikes alone keep no run from ending.
func TestRecurring(t *testing.T) {
	t.Parallel()
	if got, want := strikes(t, fmt.Sprintf(chancy, "{at: 7ms, every: 30ms, isolate: 1, for: 40ms}"), 1, 0), []sim.Time{37e6, 97e6, 157e6}; !slices.Equal(got[:3], want) {
		t.Errorf("it strikes at %v, want %v", got, want)
	}
	var gaps sum
	for seed := range uint64(300) {
		last := sim.Time(0)
		for _, at := range strikes(t, fmt.Sprintf(chancy, "{every: {kind: exponential, mean: 4ms}, clock: 1, by: 1ns}"), seed, 0)[:10] {
			gaps.add(float64(at - last))
			last = at
		}
	}
	holdMean(t, &gaps, 4e6)
	for _, ties := range []string{"insertion", "permuted"} {
		o, _ := judged(t, fmt.Sprintf(`version: 1
name: hangs
ties: %s
peers: 3
orderings: [naive]
phases: classic
network: {latency: 5ms, loss: 1}
faults: [{every: 30ms, isolate: 1, for: 10ms, mode: hold}, {at: 10ms, isolate: 2, up: 5ms, down: 5ms}]
`, ties), 1)
		if o.Limit != run.LimitQuiet || o.End > 1e9 {
			t.Errorf("ties %s: a run in which only faults go on ends at %v by %q", ties, o.End, o.Limit)
		}
	}
}

// TestFaultsShareNoDraws: what is drawn for a fault depends on its name alone,
// and what else the file holds on no fault.
func TestFaultsShareNoDraws(t *testing.T) {
	t.Parallel()
	others := []string{
		"{at: 35ms, pause: 0, chance: 1/2, for: 1ms}", "{every: {kind: exponential, mean: 20ms}, clock: 2, by: 1us}", "{at: 10ms, clog: {from: 2}, for: 3ms}",
		"{after: 2nd data reaches p1, slow: 1, for: 5ms}", "{name: isolate, at: 1ms, chance: 1/3, leave: 0}", "{at: 1s, crash: 0}",
	}
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64Range(0, 1000).Draw(rt, "seed")
		const mine = "{every: {kind: exponential, mean: 25ms}, chance: 3/4, isolate: 1, for: 5ms}"
		chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(others), 0, 4, rapid.ID[string]).Draw(rt, "others")
		place := rapid.IntRange(0, len(chosen)).Draw(rt, "place")
		alone := strikes(t, fmt.Sprintf(chancy, mine), seed, 0)
		list := ""
		for _, f := range slices.Insert(chosen, place, mine) {
			list += f + ", "
		}
		among := strikes(t, fmt.Sprintf(chancy, list), seed, int64(place))
		n := min(len(alone), len(among)) // the others may end the run sooner or later
		if !slices.Equal(alone[:n], among[:n]) || (len(alone) == 0) != (len(among) == 0) {
			rt.Fatalf("alone it strikes at %v, at place %d of\n%s\nat %v", alone, place, list, among)
		}
	})
}

// TestFaultsThatNeverStrike: the deliveries of a run do not depend on faults that
// touch nothing, whatever kind they are.
func TestFaultsThatNeverStrike(t *testing.T) {
	t.Parallel()
	for _, ordering := range []string{"naive", "{kind: timestamp, wait: 9ms}", "lamport"} {
		const shape = `version: 1
name: nothing
peers: 4
orderings: [%s]
workload: {messages: 12, gap: {kind: exponential, mean: 10ms}}
network: {latency: {kind: exponential, mean: 5ms}, transport: {kind: %s}}
faults: [%s]
`
		idle := []string{
			"{at: 1h, crash: 0}", "{after: 1st token leaves p2, pause: 1}", "{at: 5ms, clog: {from: 1, to: 2}, for: 1ns}", "{at: 1h, clock: 1, by: 5ms}",
			"{after: p1 crashes, leave: 1}", "{chance: 0, at: 2ms, isolate: 0}", "{chance: 0, at: 1s, join: 2}", "{at: 1h, slow: 3}",
			"{after: 500th delivery at p1, crash: 1, for: 1s, state: saved, save: 3ms}",
		}
		for _, transport := range []string{"none", "reliable"} {
			plain := engine(t, compile(t, fmt.Sprintf(shape, ordering, transport, "")), run.Options{})
			list := ""
			for _, f := range idle {
				list += f + ", "
			}
			faulty := engine(t, compile(t, fmt.Sprintf(shape, ordering, transport, list)), run.Options{})
			for seed := range uint64(20) {
				want := logs(mustRun(t, plain, seed))
				o := mustRun(t, faulty, seed)
				if got := logs(o); got != want {
					t.Fatalf("%s, %s, seed %d: with idle faults\n%s\nwant\n%s", ordering, transport, seed, got, want)
				}
				for i, n := range o.Struck {
					if n != 0 {
						t.Fatalf("%s, seed %d: %s struck %d", ordering, seed, idle[i], n)
					}
				}
			}
		}
	}
}

// logs writes all logs with their times.
func logs(o *run.Outcome) string {
	text := ""
	for p := range o.History.Logs {
		text += fmt.Sprintf("p%d: %s\n", p, logTimes(o.History, p))
	}
	return text
}
