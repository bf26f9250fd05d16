package sweep

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"mpcomm/peer/order"
	"mpcomm/reports/result"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

const swarming = `version: 1
name: swarming
peers: 3
orderings: [naive, lamport]
workload: {messages: 3, gap: {kind: exponential, min: 0ms, mean: 10ms}}
network: {latency: {kind: exponential, min: 0ms, mean: 20ms}}
faults: [{at: 20ms, since: data, partition: [[0], [1, 2]], for: 30ms}]
swarm:
  network.latency.mean: {min: 1ms, max: 50ms}
  peers: [3, 4]
  faults.0: {off: 1/2}
sweep: {runs: 40, grid: {network.link: [fifo, datagram]}}
`

// TestSwarmRuns: every run of a swarm is the run of its seed by itself, whatever
// number of workers makes it, and its row has what was drawn.
func TestSwarmRuns(t *testing.T) {
	t.Parallel()
	s := parse(t, swarming)
	var want []Row
	for _, workers := range []int{1, 8} {
		var rows []Row
		w, err := New(s, Options{Seed: 9, Workers: workers, PerRun: func(r Row) error { rows = append(rows, r); return nil }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = rows
		} else if !reflect.DeepEqual(rows, want) {
			t.Error("eight workers make other rows than one")
		}
	}
	if len(want) != 2*2*40 {
		t.Fatalf("%d rows, want 160", len(want))
	}
	seen := map[string]int{}
	for _, row := range want {
		seen[row.Swarm[1].Value+row.Swarm[2].Value]++
		if alone := valuesAlone(t, s, row); !reflect.DeepEqual(alone, row.Values) {
			t.Errorf("seed %d of %s in %v: %v, by itself %v", row.Seed, row.Ordering, row.Cell, row.Values, alone)
		}
	}
	if len(seen) != 4 {
		t.Errorf("drawn were %v, want four combinations", seen)
	}
}

// valuesAlone is what `mpcomm run FILE --set CELL --seed SEED` finds.
func valuesAlone(t *testing.T, s *scenarios.Scenario, row Row) []string {
	t.Helper()
	made, err := s.With([]scenarios.Setting{{Path: row.Cell[0].Path, Value: row.Cell[0].Value}, {Path: "sweep.grid", Value: "{}"}})
	if err != nil {
		t.Fatal(err)
	}
	made, drawn, err := made.Draw(row.Seed)
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range drawn {
		if want := (result.Setting{Path: d.Path, Value: d.Value}); row.Swarm[i] != want {
			t.Errorf("seed %d: the row has %v, drawn is %v", row.Seed, row.Swarm[i], want)
		}
	}
	o, err := made.Ordering(row.Ordering)
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Compile(made, o, order.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	e, err := run.NewEngine(p, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := e.Run(row.Seed)
	if err != nil {
		t.Fatal(err)
	}
	return result.Values((&run.Evaluator{}).Evaluate(p, outcome, run.Totals))
}

// TestSwarmBeyondMemory: what an extreme makes too large is known before the
// first run.
func TestSwarmBeyondMemory(t *testing.T) {
	t.Parallel()
	text := strings.Replace(swarming, "peers: [3, 4]", "workload.messages: [3, 268435456]", 1)
	if _, err := New(parse(t, text), Options{}); err == nil || !strings.Contains(err.Error(), "fit in memory") {
		t.Errorf("%v; want an error about memory", fmt.Sprint(err))
	}
}

// TestSplit: a sweep cut in two by its seeds has the rows of the whole.
func TestSplit(t *testing.T) {
	t.Parallel()
	for _, text := range []string{grid, swarming} {
		runs := func(seed uint64, n int) (rows map[string]string) {
			rows = map[string]string{}
			w, err := New(parse(t, text), Options{Runs: n, Seed: seed, PerRun: func(r Row) error {
				rows[fmt.Sprint(r.Cell, r.Ordering, r.Seed)] = fmt.Sprint(r.Swarm, r.Values)
				return nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			return rows
		}
		whole, first, second := runs(4, 17), runs(4, 6), runs(10, 11)
		if len(first)+len(second) != len(whole) {
			t.Fatalf("%d and %d rows, want %d", len(first), len(second), len(whole))
		}
		for name, row := range whole {
			if first[name] != row && second[name] != row {
				t.Errorf("%s is %s in the whole sweep, %q and %q in its parts", name, row, first[name], second[name])
			}
		}
	}
}
