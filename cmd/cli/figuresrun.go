package cli

import (
	"context"
	"fmt"
	"slices"

	"mpcomm/reports/figure"
	"mpcomm/scenarios/run"
	"mpcomm/sim"
)

// ofRuns are the figures that are drawn from single runs.
var ofRuns = []string{"F10", "F11", "F12"}

// The branches of F10: how many times they leave the run at, and how many
// leave at each unless --runs says so.
const (
	branchTimes = 60
	reruns      = 200
)

// ofRun draws the named figures of the run of the scenario's seed, or those that
// cost no more than the run.
func (g *gallery) ofRun(r *request, ids []string) error {
	wants := func(id string) bool { return slices.Contains(ids, id) || len(ids) == 0 && id != "F10" }
	if !slices.ContainsFunc(ofRuns, wants) {
		return nil
	}
	plans, err := plansOf(r)
	if err != nil {
		return err
	}
	facts := figure.RunFacts{Scenario: r.scenario.Name, Peers: r.scenario.Peers, Seed: r.seed}
	command := func(id string, more ...string) string {
		return r.command(g.app.program, "figures", append([]string{"--figure", id, "--seed", decimal(r.seed)}, more...)...)
	}
	var logs []figure.Logs
	for _, p := range plans {
		o, err := once(p, r.seed)
		if err != nil {
			return err
		}
		logs = append(logs, figure.LogsOf(o.History, p.Label(), p.Kind()))
	}
	var refusals []error
	for _, id := range ofRuns {
		if !wants(id) {
			continue
		}
		var drawn *figure.Figure
		facts.Command = command(id)
		switch id {
		case "F10":
			n := g.flags.runs
			if n == 0 {
				n = reruns
			}
			facts.Command = command(id, "--runs", decimal(n))
			drawn, err = g.branches(facts, plans, int(n))
		case "F11":
			drawn, err = figure.Barcode(facts, logs)
		case "F12":
			drawn, err = figure.Tanglegram(facts, logs)
		}
		if err != nil {
			refusals = append(refusals, err)
			continue
		}
		if err := g.write(id, drawn); err != nil {
			return err
		}
	}
	if len(refusals) > 0 && len(ids) > 0 {
		return refusals[0]
	}
	return nil
}

// plansOf compiles the scenario of the request's seed under each ordering.
func plansOf(r *request) ([]*run.Plan, error) {
	s := r.scenario
	if err := affordable(s); err != nil {
		return nil, err
	}
	if len(s.Swarm) > 0 {
		drawn, _, err := s.Draw(r.seed)
		if err != nil {
			return nil, err
		}
		s = drawn
	}
	var plans []*run.Plan
	for _, o := range r.orderings {
		p, err := run.Compile(s, o, r.scenario.Table())
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
	}
	return plans, nil
}

func once(p *run.Plan, seed uint64) (*run.Outcome, error) {
	e, err := run.NewEngine(p, run.Options{})
	if err != nil {
		return nil, err
	}
	return e.Run(seed)
}

// branches makes the run of each ordering again and again with other draws from
// a time on, at times between the beginning of data and the last delivery.
func (g *gallery) branches(facts figure.RunFacts, plans []*run.Plan, n int) (*figure.Figure, error) {
	if !g.flags.quiet {
		g.app.say("%s: %d reruns", facts.Scenario, branchTimes*n*len(plans))
	}
	var all []figure.Branches
	from, until := sim.Never, sim.Time(0)
	for _, p := range plans {
		o, err := once(p, facts.Seed)
		if err != nil {
			return nil, err
		}
		var evaluator run.Evaluator
		b := figure.Branches{
			Logs: figure.LogsOf(o.History, p.Label(), p.Kind()), Reruns: n,
			Differs: !evaluator.Evaluate(p, o, run.Totals).Divergence.Identical,
		}
		from = min(from, o.DataAt)
		for _, log := range b.Peers {
			for _, d := range log {
				until = max(until, d.At)
			}
		}
		all = append(all, b)
	}
	if from >= until {
		return nil, fmt.Errorf("F10 (when was it decided?): the run delivers nothing")
	}
	err := uninterrupted(func(ctx context.Context) error {
		for i, p := range plans {
			if err := branchesOf(ctx, p, facts.Seed, from, until, &all[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return figure.WhenDecided(facts, all)
}

func branchesOf(ctx context.Context, p *run.Plan, seed uint64, from, until sim.Time, b *figure.Branches) error {
	e, err := run.NewEngine(p, run.Options{})
	if err != nil {
		return err
	}
	var evaluator run.Evaluator
	for k := range branchTimes {
		at := from + sim.Time(int64(until-from)*int64(k)/(branchTimes-1))
		differ := 0
		for i := range b.Reruns {
			if ctx.Err() != nil {
				return &failure{statusUnknown, errInterrupted}
			}
			o, err := e.RunBranch(seed, run.Branch{At: at, Seed: seed + 1 + uint64(i)})
			if err != nil {
				return err
			}
			if !evaluator.Evaluate(p, o, run.Totals).Divergence.Identical {
				differ++
			}
		}
		b.At, b.Differ = append(b.At, at), append(b.Differ, differ)
	}
	return nil
}
