package run_test

import (
	"fmt"
	"slices"
	"testing"

	"mpcomm/peer/journal"
	"mpcomm/peer/order"
	"mpcomm/scenarios/run"
	"mpcomm/sim"
)

// before are the recorded events before t, in their order.
func before(r *journal.Recorder, t sim.Time) []journal.Event {
	var events []journal.Event
	for _, e := range r.Events() {
		if e.At < t {
			events = append(events, e)
		}
	}
	return events
}

// TestBranches: a run branched with its own seed is the run; branched with
// another it is the run up to the branch, and mostly another one behind it.
func TestBranches(t *testing.T) {
	t.Parallel()
	branched, parted := 0, 0
	for _, tr := range trials(t) {
		if tr.plan.Kind() != "naive" && tr.plan.Kind() != "lamport" && tr.of != "swarm" && tr.of != "heal" {
			continue // faults, clocks and links of every kind are there under these
		}
		seed := tr.seeds[0]
		var whole, other journal.Recorder
		o := mustRun(t, engine(t, tr.plan, run.Options{Recorder: &whole}), seed)
		want, end := digest(o), o.End
		e := engine(t, tr.plan, run.Options{Recorder: &other})
		for _, at := range []sim.Time{0, end / 3, 2 * end / 3, end + 1} {
			same, err := e.RunBranch(seed, run.Branch{At: at, Seed: seed})
			if err != nil {
				t.Fatal(err)
			}
			if got := digest(same); got != want {
				t.Errorf("%s: branched at %d with its own seed: digest %s, want %s", tr.name, at, got, want)
			}
			branch, err := e.RunBranch(seed, run.Branch{At: at, Seed: seed + 77})
			if err != nil {
				t.Fatal(err)
			}
			got := digest(branch)
			if at > end && got != want {
				t.Errorf("%s: a branch after the end changes the run", tr.name)
			}
			if !slices.Equal(before(&whole, at), before(&other, at)) {
				t.Errorf("%s: branched at %d, the events before that are others", tr.name, at)
			}
			if at == end/3 && !constant[tr.of] {
				branched++
				if got != want {
					parted++
				}
			}
		}
		if again := digest(mustRun(t, e, seed)); again != want {
			t.Errorf("%s: after branches the engine makes digest %s, want %s", tr.name, again, want)
		}
	}
	if branched < 20 || parted < branched*9/10 {
		t.Errorf("%d of %d branches part from their run; want nearly all", parted, branched)
	}
}

// TestBranchesBehindALimit: a branch behind the end of a run, whatever has ended it,
// is the run.
func TestBranchesBehindALimit(t *testing.T) {
	t.Parallel()
	limits := map[run.Limit]int{}
	for events := 1; events < 50; events++ {
		s := parse(t, fmt.Sprintf(`version: 1
name: limited
peers: 2
orderings: [naive]
phases: none
workload: {messages: 9, gap: 1ms}
network: {latency: 1ms}
faults: [{at: 50ms, isolate: 0}]
limits: {until: 40ms, events: %d}
`, events))
		p, err := run.Compile(s, s.Orderings[0], order.Builtin())
		if err != nil {
			t.Fatal(err)
		}
		e := engine(t, p, run.Options{})
		o := mustRun(t, e, 1)
		want := [...]any{o.Limit, o.End, o.Events, digest(o)}
		limits[o.Limit]++
		if o, err = e.RunBranch(1, run.Branch{At: o.End + 1, Seed: 2}); err != nil {
			t.Fatal(err)
		}
		if got := [...]any{o.Limit, o.End, o.Events, digest(o)}; got != want {
			t.Errorf("with %d events: branched behind the end %v, want %v", events, got, want)
		}
	}
	if len(limits) < 2 {
		t.Errorf("all runs ended alike: %v", limits)
	}
}
