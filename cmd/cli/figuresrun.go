package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"mpcomm/reports/dataset"
	"mpcomm/reports/figure"
	"mpcomm/scenarios"
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

// ofRun draws the named figures of the run of the request's seed, or those that
// cost no more than the run. The command draws figures of the same scenario; it
// ends before the name of the figure.
func (g *gallery) ofRun(r *request, ids []string, command string) error {
	wants := func(id string) bool { return slices.Contains(ids, id) || len(ids) == 0 && id != "F10" }
	if !slices.ContainsFunc(ofRuns, wants) {
		return nil
	}
	plans, err := plansOf(r)
	if err != nil {
		return err
	}
	facts := figure.RunFacts{Scenario: r.scenario.Name, Peers: r.scenario.Peers, Seed: r.seed}
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
		facts.Command = command + " " + id + " --seed " + decimal(r.seed)
		switch id {
		case "F10":
			n := g.flags.runs
			if n == 0 {
				n = reruns
			}
			facts.Command += " --runs " + decimal(n)
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

// ofRunAgain draws the named figures of runs from the scenario that the folder of
// a sweep holds. Where it cannot, that is an error if figures are named, and else
// said.
func (g *gallery) ofRunAgain(dir string, read *dataset.Folder, ids []string) error {
	if len(ids) > 0 && !slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(ofRuns, id) }) {
		return nil
	}
	r, command, err := g.app.requestAgain(dir, read)
	if err == nil {
		err = g.ofRun(r, ids, command)
	}
	var bad *failure
	switch {
	case err == nil:
		return nil
	case len(ids) > 0 || errors.As(err, &bad): // the latter did not fail for want of a scenario
		return err
	case !g.flags.quiet:
		g.app.say("F11 and F12 are left out: %v", err)
	}
	return nil
}

// requestAgain is the request that the sweep of a folder was made from, and the
// command that draws figures of the same scenario, up to the name of the figure.
func (a *app) requestAgain(dir string, read *dataset.Folder) (*request, string, error) {
	name := filepath.Join(dir, scenarioCopy)
	switch _, err := readOwn(dir, scenarioCopy); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "", fmt.Errorf("figures F10 to F12 are drawn from a run, and %s holds no %s to make it from; want the scenario instead of the folder", dir, scenarioCopy)
	case err != nil:
		return nil, "", fmt.Errorf("%s: %w", name, err)
	}
	s, err := scenarios.OpenWith(name, a.table)
	if err != nil {
		return nil, "", err
	}
	if here := scenarios.Hash(s); here != read.ScenarioHash {
		return nil, "", fmt.Errorf("figures F10 to F12 are drawn from a run, and %s is not the scenario of the sweep (hash %s, the manifest says %s); want the scenario instead of the folder", name, here, read.ScenarioHash)
	}
	was, err := requestBehind(a.program, &read.Manifest)
	if err != nil {
		return nil, "", err
	}
	r := &request{program: a.program, argument: name, scenario: s, seed: read.Seeds.First, selection: was.selection}
	return r, was.command(a.program, "figures", "--figure"), r.choose(s)
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
