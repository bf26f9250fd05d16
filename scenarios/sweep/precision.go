package sweep

import (
	"context"
	"fmt"
	"math"

	"mpcomm/reports/result"
	"mpcomm/reports/stats"
	"mpcomm/scenarios"
)

// A sweep of a given precision is an ordinary sweep whose number of runs was
// planned beforehand. Were runs added until the interval is narrow, the sample
// would end where it happens to look narrow, and its intervals would hold the
// truth less often than they say. So a pilot sample on seeds of its own says how
// many runs it takes, and the sample that is reported begins behind the pilot's
// seeds: its size knows nothing of its own numbers, and every interval of it, of
// the metric that was named and of all others, is that of a fixed sample. Should
// it come out too wide after all, another is made on fresh seeds. Where a share f
// of samples of that size is too wide, at most 5%/(1-f) of those that are reported
// miss; plans leave so much room that f is one in twenty or less. This is the two-stage sampling of Stein
// (Annals of Mathematical Statistics 16, 1945) with the first stage left out of
// the estimate.

// Planned is a sample: its seeds, and what it took to know its size.
type Planned struct {
	Seed   uint64 // of run 0
	Runs   int    // of every cell and ordering
	Needed int    // as many as the width takes, if the budget allowed it; at most MaxRuns
	Spent  int    // runs of every cell and ordering on seeds before
}

// Short reports whether the budget ends before the width is reached.
func (p Planned) Short() bool { return p.Runs < p.Needed }

// The sizes of pilots.
const (
	firstPilot = 200
	leastRuns  = 50 // of a pilot, so that its chunks have two runs or more, and of a sample
	pilotShare = 8  // a pilot is at least this part of what it plans
)

// The budget of a planned sweep, in runs of every cell and ordering, as a
// scenario may give it.
const (
	DefaultBudget = scenarios.DefaultBudget
	LeastBudget   = scenarios.LeastBudget
)

// A quarter of the least budget is a pilot; a smaller one would not compile.
const _ uint = LeastBudget - 4*leastRuns

// Planner plans samples of a scenario.
type Planner struct {
	target result.Target
	budget int // runs of every cell and ordering, pilots and samples that were too wide included
	sample func(seed uint64, runs int) (*Sweep, error)
}

// NewPlanner prepares the planning of a sweep with these options, where Runs is
// the budget of every cell and ordering.
func NewPlanner(s *scenarios.Scenario, o Options, target result.Target) (*Planner, error) {
	if o.Runs < LeastBudget || o.Runs > MaxRuns {
		return nil, fmt.Errorf("runs: with a precision they are a budget, and %d is outside %d..%d", o.Runs, LeastBudget, MaxRuns)
	}
	p := &Planner{target: target, budget: o.Runs}
	p.sample = func(seed uint64, runs int) (*Sweep, error) {
		o := o
		o.Seed, o.Runs = seed, runs
		return New(s, o)
	}
	return p, nil
}

// Plan makes pilots from a seed on, each on seeds of its own, until one is large
// enough for what it plans. It returns early, with Runs 0, when ctx ends.
func (p *Planner) Plan(ctx context.Context, seed uint64) (Planned, error) {
	spent, pilot := 0, min(firstPilot, max(p.budget/4, leastRuns))
	for {
		needed, err := p.pilot(ctx, seed+uint64(spent), pilot)
		if err != nil || ctx.Err() != nil {
			return Planned{}, err
		}
		spent += pilot
		left := p.budget - spent
		if needed <= pilotShare*pilot || needed > left {
			return Planned{Seed: seed + uint64(spent), Runs: min(needed, left), Needed: needed, Spent: spent}, nil
		}
		if pilot = needed / pilotShare; left < pilot+needed {
			pilot = max((left-needed)/2, leastRuns)
			if left-pilot < leastRuns {
				return Planned{Seed: seed + uint64(spent), Runs: left, Needed: needed, Spent: spent}, nil
			}
		}
	}
}

// Again plans the sample after one that came out as wide as given.
func (p *Planner) Again(was Planned, width float64) (next Planned, ok bool) {
	spent := was.Spent + was.Runs
	ratio := width / p.target.Width
	needed := bounded(math.Ceil(1.1 * float64(float64(was.Runs)*float64(ratio*ratio))))
	left := p.budget - spent
	if left < leastRuns || left < was.Runs {
		return was, false // a smaller sample would be wider still
	}
	return Planned{Seed: was.Seed + uint64(was.Runs), Runs: min(needed, left), Needed: needed, Spent: spent}, true
}

func bounded(runs float64) int { return int(min(runs, MaxRuns)) }

// pilot makes a pilot sample and returns how many runs the line that needs the
// most of them takes.
func (p *Planner) pilot(ctx context.Context, seed uint64, runs int) (needed int, err error) {
	w, err := p.sample(seed, runs)
	if err != nil {
		return 0, err
	}
	type unit struct{ cell, ordering int }
	sections := map[unit][]stats.Summary{}
	var order []unit
	w.options.PerRun, w.options.Store = nil, nil
	w.section = func(cell int, tallies []*result.Tally) {
		for k, t := range tallies {
			u := unit{cell, k}
			if sections[u] == nil {
				order = append(order, u)
			}
			sections[u] = append(sections[u], p.target.Estimate.Of(t))
		}
	}
	if _, err = w.Run(ctx); err != nil {
		return 0, err
	}
	needed = min(runs, firstPilot) // fewer would save nothing
	for _, u := range order {
		needed = max(needed, p.needed(sections[u]))
	}
	return needed, nil
}

func (p *Planner) needed(sections []stats.Summary) int {
	if !p.target.Estimate.Share() {
		return bounded(float64(stats.PlanMean(sections, p.target.Width)))
	}
	hits, n := 0.0, uint64(0)
	for _, s := range sections {
		hits += math.Round(float64(s.Mean * float64(s.N)))
		n += s.N
	}
	return bounded(float64(stats.PlanShare(uint64(hits), n, p.target.Width)))
}
