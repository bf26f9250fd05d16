package sweep

import (
	"context"
	"strings"
	"testing"

	"mpcomm/reports/result"
)

func target(t *testing.T, text string) result.Target {
	t.Helper()
	to, err := result.ParseTarget(text)
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// onOne makes a planner take its samples on one prepared sweep, which spares the
// preparation of thousands.
func onOne(w *Sweep, p *Planner) {
	p.sample = func(seed uint64, runs int) (*Sweep, error) {
		w.options.Seed, w.options.Runs, w.chunkSize = seed, runs, chunkSize(runs)
		w.section, w.total = nil, uint64(runs)
		w.activity = make([]activity, 1)
		return w, nil
	}
}

// TestPlannedCoverage plans and makes 2,000 sweeps on seeds of their own, and
// counts how often the interval that is reported holds what the closed form
// says, and how often a sample came out too wide. Shares are planned many times
// in reports/stats.
func TestPlannedCoverage(t *testing.T) {
	t.Parallel()
	if thin > 1 {
		t.Skip("the race detector finds nothing in shares that it has not found in sweeps")
	}
	const sweeps, budget = 2000, 4000
	to := target(t, "latency_ms=4.5")
	s := parse(t, strings.Replace(known, ", {kind: timestamp, wait: 15ms, name: waiting}", "", 1))
	w, err := New(s, Options{Runs: budget, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPlanner(s, Options{Runs: budget, Workers: 1}, to)
	if err != nil {
		t.Fatal(err)
	}
	onOne(w, p)
	c := &coverage{what: "planned mean latency", want: 20}
	tooWide := 0
	for i := range uint64(sweeps) {
		planned, err := p.Plan(t.Context(), i*budget)
		if err != nil {
			t.Fatal(err)
		}
		for again := true; again; {
			line := &sampleOf(t, p, planned).Lines[0]
			width, ok := to.Estimate.Width(line)
			if again = !ok || width > to.Width; again {
				tooWide++
				if planned, again = p.Again(planned, width); again {
					continue
				}
			}
			c.countPath(line, to.Estimate.Path())
		}
	}
	requireCovered(t, c)
	if share := float64(tooWide) / sweeps; share > 0.05 {
		t.Errorf("%.3f of samples are too wide, want one in twenty or fewer", share)
	}
}

func sampleOf(t *testing.T, p *Planner, planned Planned) *Result {
	t.Helper()
	w, err := p.sample(planned.Seed, planned.Runs)
	if err != nil {
		t.Fatal(err)
	}
	w.chunkSize = planned.Runs // one, which costs less than thirty-two
	r, err := w.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPlanIsTheSame: a plan does not depend on the workers, takes the line that
// needs the most runs, has fresh seeds, and stays within its budget.
func TestPlanIsTheSame(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		target string
		budget int
		short  bool
	}{
		{"divergence.identical=30%", 3000, false},
		{"contested=0.2", 5000, false},
		{"cost.latency_ms.mean=30", 6000, false},
		{"cost.latency_ms.mean=2", 250, true},
		{"events=0.0001", 400, true},
	} {
		var first Planned
		for _, workers := range []int{1, 3} {
			p, err := NewPlanner(parse(t, grid), Options{Runs: test.budget, Workers: workers}, target(t, test.target))
			if err != nil {
				t.Fatal(err)
			}
			planned, err := p.Plan(t.Context(), 40)
			if err != nil {
				t.Fatal(err)
			}
			if workers == 1 {
				first = planned
			}
			if planned != first {
				t.Errorf("%s: %d workers plan %+v, one %+v", test.target, workers, planned, first)
			}
		}
		if first.Seed != 40+uint64(first.Spent) || first.Spent < leastRuns || first.Spent+first.Runs > test.budget || first.Short() != test.short {
			t.Errorf("%s within %d: %+v", test.target, test.budget, first)
		}
		if test.short {
			continue
		}
		w, err := New(parse(t, grid), Options{Runs: first.Runs, Seed: first.Seed})
		if err != nil {
			t.Fatal(err)
		}
		r, err := w.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		to := target(t, test.target)
		if _, width := to.Widest(r.Lines); width > to.Width || width < to.Width/2 && first.Runs > firstPilot {
			t.Errorf("%s: the widest interval of %d runs is %v", test.target, first.Runs, width)
		}
	}
}

// TestPlanInterrupted: a plan that is stopped has no runs.
func TestPlanInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p, err := NewPlanner(parse(t, grid), Options{Runs: 1000}, target(t, "identical=5%"))
	if err != nil {
		t.Fatal(err)
	}
	if planned, err := p.Plan(ctx, 1); err != nil || planned.Runs != 0 {
		t.Errorf("%+v, %v", planned, err)
	}
	for _, runs := range []int{LeastBudget - 1, MaxRuns + 1} {
		if _, err := NewPlanner(parse(t, grid), Options{Runs: runs}, target(t, "identical=5%")); err == nil {
			t.Errorf("a budget of %d: no error", runs)
		}
	}
}

// TestAgain: the next sample is larger and on fresh seeds, or there is none.
func TestAgain(t *testing.T) {
	t.Parallel()
	p := &Planner{target: target(t, "identical=10%"), budget: 3000}
	was := Planned{Seed: 300, Runs: 400, Needed: 400, Spent: 200}
	next, ok := p.Again(was, 0.12)
	if want := (Planned{Seed: 700, Runs: 634, Needed: 634, Spent: 600}); !ok || next != want {
		t.Errorf("%+v, want %+v", next, want)
	}
	if _, ok := p.Again(Planned{Runs: 2000, Spent: 200}, 0.12); ok {
		t.Error("a smaller sample is planned after one that was too wide")
	}
}
