package run_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/clock"
	"mpcomm/peer/journal"
	"mpcomm/scenarios/run"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// eventful is a run on clocks to which everything happens. p1 is set by p0 and
// p2 by p1; the steps and freezes of %s count from somewhere.
const eventful = `version: 1
name: eventful
peers: 4
orderings: [{kind: timestamp, wait: 40ms}]
phases: none
workload: {messages: 30, gap: {kind: exponential, mean: 8ms}}
network:
  link: datagram
  latency: {kind: exponential, mean: 9ms}
  links: [{from: 1, to: 0, latency: {kind: uniform, min: 1ms, max: 30ms}}]
clocks:
  default: {wander: {sd: 9000ppm, every: 3ms}}
  peers:
    "0": {drift: -300ppm, tick: 200us, step: [{at: 61ms, by: -9ms%[1]s}, {at: 103ms, by: 7ms%[1]s}, {at: 104ms, by: -3ms%[1]s}]}
    "1": {offset: 5ms, sync: {every: 20ms, with: 0, error: {kind: normal, mean: 0ms, sd: 1ms}}, freeze: [{at: 70ms, for: 12ms%[1]s}]}
    "2": {offset: -5ms, sync: {every: 17ms, first: 4ms, with: 1, slew: 100000ppm}, freeze: [{at: 30ms, for: 25ms, resume: catches_up%[1]s}, {at: 123ms, for: 9ms%[1]s}]}
`

// A step or freeze that comes while a run is under way, with timers armed and
// clocks read ahead, makes the history that it makes when it is known from the
// beginning. T0 is 0 here, and no two peers' clocks jump together, so that no
// order of equal times hangs on when their timers were armed.
func TestClocksChangeWhileTheyRun(t *testing.T) {
	t.Parallel()
	known := engine(t, compile(t, fmt.Sprintf(eventful, "")), run.Options{})
	comes := engine(t, compile(t, fmt.Sprintf(eventful, ", since: data")), run.Options{})
	seen := map[string]bool{}
	for seed := range uint64(60) {
		want := digest(mustRun(t, known, seed))
		if got := digest(mustRun(t, comes, seed)); got != want {
			t.Errorf("seed %d: %s, want %s", seed, got, want)
		}
		seen[want] = true
	}
	if len(seen) != 60 {
		t.Errorf("60 seeds make %d histories", len(seen))
	}
}

// Every timer fires at the first instant at which the clock that set it shows
// its time, across drift, wander, steps, freezes and exchanges: clocks made by
// hand of the same names are scanned for it, nanosecond by nanosecond around
// every jump.
func TestTimersFollowTheirClocks(t *testing.T) {
	t.Parallel()
	wander := &clock.Wander{Every: 3 * time.Millisecond, Rate: rng.Normal(0, 9_000_000)}
	const ms = int64(time.Millisecond)
	nine := rng.Exponential(0, 9*ms)
	cfgs := []clock.Config{
		{
			Wander: wander, Drift: rng.Constant(-300_000), Tick: 200 * time.Microsecond,
			Steps: []clock.Step{{At: 61_000_000, By: -9 * time.Millisecond}, {At: 103_000_000, By: 7 * time.Millisecond}, {At: 104_000_000, By: -3 * time.Millisecond}},
		},
		{
			Wander: wander, Offset: rng.Constant(5 * ms), Freezes: []clock.Freeze{{At: 70_000_000, For: 12 * time.Millisecond}},
			Sync: &clock.Sync{
				First: 20_000_000, Every: 20 * time.Millisecond, Server: 0, Error: rng.Normal(0, ms),
				There: clock.Path{Excess: rng.Uniform(ms, 30*ms)}, Back: clock.Path{Excess: nine},
			},
		},
		{
			Wander: wander, Offset: rng.Constant(-5 * ms),
			Freezes: []clock.Freeze{{At: 30_000_000, For: 25 * time.Millisecond, CatchUp: true}, {At: 123_000_000, For: 9 * time.Millisecond}},
			Sync: &clock.Sync{
				First: 4_000_000, Every: 17 * time.Millisecond, Server: 1, Slew: 100_000_000,
				There: clock.Path{Excess: nine}, Back: clock.Path{Excess: nine},
			},
		},
		{Wander: wander},
	}
	p := compile(t, fmt.Sprintf(eventful, ", since: data"))
	timers := 0
	for seed := range uint64(8) {
		var rec journal.Recorder
		rec.Reset(1<<20, 0, -1)
		mustRun(t, engine(t, p, run.Options{Recorder: &rec}), seed)
		g := make(clock.Group, len(cfgs))
		g.Set(cfgs, rng.Root(seed))
		for _, ev := range rec.Events() {
			if ev.Kind != journal.Timer {
				continue
			}
			timers++
			c, due := &g[ev.Peer], peer.Instant(ev.Value)
			if c.Local(ev.At) < due {
				t.Fatalf("seed %d: p%d's timer for %d fires at %v, where its clock shows %d", seed, ev.Peer, due, ev.At, c.Local(ev.At))
			}
			if ev.At > 0 && c.Local(ev.At-1) >= due {
				t.Fatalf("seed %d: p%d's timer for %d fires at %v, later than its clock shows it", seed, ev.Peer, due, ev.At)
			}
		}
	}
	if timers < 500 {
		t.Errorf("only %d timers fired", timers)
	}
}

// An exchange over a path that takes 30 ms there and 10 ms back leaves an error
// of 10 ms, which the stamps show.
func TestSynchronisationErrsByTheAsymmetry(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		network, with string
		want          int64
	}{
		{"latency: 10ms, links: [{from: 1, to: 0, latency: 30ms}]", "0", 10_000_000},
		{"latency: 10ms, links: [{from: 1, to: 0, latency: 30ms}]", "reference", 0},
		{"latency: 10ms, links: [{from: 0, to: 1, latency: 30ms}]", "0", -10_000_000},
		{"latency: {kind: normal, mean: 10ms, sd: 0ms}, sites: [paris, oregon], server: paris", "server", 0},
	} {
		p := compile(t, fmt.Sprintf(`version: 1
name: sync
peers: 2
orderings: [timestamp-offline]
phases: none
workload: {sends: [{at: 100ms, from: 1}]}
network: {%s}
clocks: {peers: {"1": {offset: 70ms, sync: {every: 80ms, with: %s}}}}
`, k.network, k.with))
		o := mustRun(t, engine(t, p, run.Options{Explain: true}), 3)
		if got := o.Stamps[0] - 100_000_000; got != k.want {
			t.Errorf("%s, with %s: the stamp is %d ns off, want %d", k.network, k.with, got, k.want)
		}
	}
}

// What is promised of the clocks is commit-wait's epsilon, and each run says
// whether it was kept: by which clock it was not, how far and when. The bound of
// a sawtooth is passed furthest where it falls, not where the clock steps.
func TestPromisesAreChecked(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: promise
peers: 3
orderings: [%s]
phases: none
workload: {sends: [{at: 10ms, from: 0}, {at: 30ms, from: 1}]}
network: {latency: 5ms}
clocks: {default: {%s}, peers: {"2": {%s}}}
`
	for _, k := range []struct{ ordering, all, p2, want string }{
		{"commit-wait", "bound: 3ms", "offset: 3ms", ""},
		{"commit-wait", "bound: 3ms, offset: {kind: uniform, min: -3ms, max: 3ms}", "", ""},
		{"commit-wait", "bound: 3ms", "offset: -3000001ns", "the clock of p2 was 3.000001 ms off at 0 ms; the scenario promises 3 ms"},
		{"commit-wait", "bound: 3ms", "drift: 100000ppm", "the clock of p2 was 11.3 ms off at 113 ms; the scenario promises 3 ms"},
		{"commit-wait", "bound: 3ms", "bound: {kind: sawtooth, min: 1ms, max: 5ms, every: 40ms}, offset: 2ms, step: [{at: 50ms, by: 2500us}]", "the clock of p2 was 4.5 ms off at 80 ms; the scenario promises 1 ms"},
		{"{kind: commit-wait, epsilon: 2ms}", "bound: 3ms", "", "the scenario promises clocks within 3ms and epsilon is 2ms"},
		{"commit-wait", "bound: none", "offset: 8ms", "a clock may be 8ms off and epsilon is 7ms"},
		{"lamport", "bound: 3ms", "offset: 9ms", ""},
	} {
		p := compile(t, fmt.Sprintf(text, k.ordering, k.all, k.p2))
		o := mustRun(t, engine(t, p, run.Options{}), 5)
		var v run.Evaluator
		r := v.Evaluate(p, o, run.Full)
		got := strings.Join(r.OutsideAssumptions, "; ")
		if left := strings.HasPrefix(k.want, "the clock of") || strings.HasPrefix(k.ordering, "lamport"); left != (len(r.BeyondBound) == 1 && r.BeyondBound[0].Peer == 2) {
			t.Errorf("%s with %s; %s: beyond their bounds are %+v", k.ordering, k.all, k.p2, r.BeyondBound)
		}
		if got != k.want {
			t.Errorf("%s with %s; %s is outside %q, want %q", k.ordering, k.all, k.p2, got, k.want)
		}
		swept := v.Evaluate(p, o, run.Totals).OutsideAssumptions
		if strings.HasPrefix(k.want, "the clock of") != slices.Contains(swept, "a clock leaves the bound that the scenario promises") {
			t.Errorf("%s with %s; %s: a sweep is told %q", k.ordering, k.all, k.p2, swept)
		}
	}
}

// A promise holds for clocks that a fault moves, too: a jump within it is inside
// the assumptions, one beyond it is found in the run.
func TestPromisesCoverFaults(t *testing.T) {
	t.Parallel()
	for _, k := range []struct{ bound, by, want string }{
		{"3ms", "2ms", ""},
		{"3ms", "4ms", "the clock of p1 was 4 ms off at 20 ms; the scenario promises 3 ms"},
		{"none", "8ms", "delay plus skew may be 13ms, a commit takes 14ms and wait is 15ms; a clock may be 8ms off and epsilon is 7ms"},
	} {
		p := compile(t, fmt.Sprintf(`version: 1
name: jump
peers: 2
orderings: [{kind: commit-wait, wait: 15ms}]
phases: none
workload: {sends: [{at: 30ms, from: 0}]}
network: {latency: 5ms}
clocks: {default: {bound: %s}}
faults: [{at: 20ms, clock: 1, by: %s}]
`, k.bound, k.by))
		var v run.Evaluator
		got := v.Evaluate(p, mustRun(t, engine(t, p, run.Options{}), 1), run.Full)
		if text := strings.Join(got.OutsideAssumptions, "; "); text != k.want {
			t.Errorf("bound %s and a jump of %s: outside %q, want %q", k.bound, k.by, text, k.want)
		}
	}
}

// The wait of commit-wait is twice the largest bound that is promised.
func TestPromiseIsTheEpsilon(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		ordering, clocks string
		want             sim.Time
	}{
		{"commit-wait", "default: {bound: 3ms}", 6_000_000},
		{"commit-wait", "default: {bound: 3ms}, peers: {\"1\": {bound: {kind: sawtooth, max: 4ms}}}", 8_000_000},
		{"commit-wait", "default: {bound: 3ms}, peers: {\"1\": {bound: none}}", 14_000_000},
		{"{kind: commit-wait, epsilon: 1ms}", "default: {bound: 3ms}", 2_000_000},
	} {
		p := compile(t, fmt.Sprintf(`version: 1
name: epsilon
peers: 2
orderings: [%s]
phases: none
workload: {sends: [{at: 10ms, from: 0}]}
network: {latency: 5ms}
clocks: {%s}
`, k.ordering, k.clocks))
		o := mustRun(t, engine(t, p, run.Options{}), 1)
		if got := o.History.TimesOf(1)[0].Arrived - 15_000_000; got != k.want {
			t.Errorf("%s, %s: sent %v after the broadcast, want %v", k.ordering, k.clocks, got, k.want)
		}
	}
}

func TestRestlessClocksDoNotAllocateInARun(t *testing.T) {
	e := engine(t, compile(t, fmt.Sprintf(eventful, ", since: data")), run.Options{})
	for seed := range uint64(30) {
		mustRun(t, e, seed)
	}
	seed := uint64(0)
	if n := testing.AllocsPerRun(29, func() {
		mustRun(t, e, seed)
		seed++
	}); n != 0 {
		t.Errorf("%v allocations a run", n)
	}
}
