package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"mpcomm/reports/result"
	"mpcomm/scenarios/sweep"
)

// checkPrecision lists what does not go with --precision, and what is wrong with it.
func (f *sweepFlags) checkPrecision(c *cobra.Command) (errs []error) {
	if f.precision == "" && !c.Flags().Changed("precision") || f.precision == noPrecision {
		return nil
	}
	if f.shard != "" {
		errs = append(errs, errors.New("--precision plans a sweep, --shard makes a part of one; plan first, then give its parts the --runs and --seed that it names"))
	}
	if f.resume != "" {
		errs = append(errs, errors.New("--precision plans a new sweep; to go on with one that was planned, --resume its folder alone"))
	}
	if _, err := result.ParseTarget(f.precision); err != nil {
		errs = append(errs, fmt.Errorf("--precision: %w", err))
	}
	if c.Flags().Changed("runs") && f.runs < sweep.LeastBudget {
		errs = append(errs, fmt.Errorf("--runs %d: with --precision it is a budget; want %d or more", f.runs, sweep.LeastBudget))
	}
	return errs
}

// noPrecision is an ordinary sweep, whatever the scenario says.
const noPrecision = "none"

// precision returns the metric and width to plan for, that of the flag or else
// of the scenario; "" for an ordinary sweep. One that goes on has its plan
// behind it.
func (a *app) precision(c *cobra.Command, args []string, f *sweepFlags) (string, error) {
	switch {
	case f.precision == noPrecision || f.resume != "":
		return "", nil
	case f.precision != "":
		return f.precision, nil
	}
	r, err := a.read(c, args, &f.choice)
	if err != nil || r.precision() == "" {
		return "", err
	}
	var errs []error
	if f.shard != "" {
		errs = append(errs, errors.New("sweep.precision of the scenario plans a sweep, --shard makes a part of one; plan first, then give its parts --precision none and the --runs and --seed that it names"))
	}
	if c.Flags().Changed("runs") && f.runs < sweep.LeastBudget {
		errs = append(errs, fmt.Errorf("--runs %d: with sweep.precision of the scenario it is a budget; want %d or more, or --precision none", f.runs, sweep.LeastBudget))
	}
	if len(errs) > 0 {
		return "", errors.Join(errs...)
	}
	return r.precision(), nil
}

// precision is what the scenario asks for; "" = nothing.
func (r *request) precision() string {
	if r.scenario.Sweep == nil {
		return ""
	}
	return r.scenario.Sweep.Precision
}

// precisely plans a sweep from pilots and carries it out; once more, on fresh
// seeds, if an interval came out wider than asked.
func (a *app) precisely(c *cobra.Command, args []string, f *sweepFlags, precision string) error {
	target, err := result.ParseTarget(precision)
	if err != nil {
		return err
	}
	r, err := a.read(c, args, &f.choice)
	if err != nil {
		return err
	}
	r.versus, r.why = f.versus, f.why
	a.warn(r)
	planner, planned, err := a.planSample(r, f, target)
	if err != nil {
		return err
	}
	for {
		if !f.quiet {
			a.say("%s: %s from seed %d, behind %s of pilots", target, count(planned.Runs, "run"), planned.Seed, count(planned.Spent, "run"))
		}
		w, err := a.carryOutPlanned(r, f, planned)
		if err != nil {
			return err
		}
		line, width := target.Widest(w.result.Lines)
		wide := line != nil && width > target.Width
		if w.result.Complete() && wide && !planned.Short() {
			if next, ok := planner.Again(planned, width); ok {
				planned = next
				continue
			}
		}
		if err := a.show(w, f.json, f.look); err != nil {
			return err
		}
		if err := a.conclude(w); err != nil || !wide && line != nil {
			return err
		}
		return a.tooWide(target, planned, line, width)
	}
}

// planSample makes the pilots.
func (a *app) planSample(r *request, f *sweepFlags, target result.Target) (*sweep.Planner, sweep.Planned, error) {
	budget := int(f.runs)
	switch {
	case budget > 0:
	case r.precision() != "":
		budget = r.scenario.Sweep.Runs
	default:
		budget = sweep.DefaultBudget
	}
	if _, err := newCampaign(r, plan{runs: sweep.LeastBudget, workers: int(f.workers)}); err != nil {
		return nil, sweep.Planned{}, err // says what is wrong before any run
	}
	o := sweep.Options{Runs: budget, Workers: int(f.workers), Table: r.scenario.Table(), Versus: r.versus}
	if len(r.selection) > 0 {
		o.Orderings = r.orderings
	}
	planner, err := sweep.NewPlanner(r.scenario, o, target)
	if err != nil {
		return nil, sweep.Planned{}, err
	}
	var planned sweep.Planned
	err = uninterrupted(func(ctx context.Context) (err error) {
		planned, err = planner.Plan(ctx, r.seed)
		return err
	})
	switch {
	case err != nil:
		return nil, planned, &failure{statusUnknown, err}
	case planned.Runs == 0:
		a.say("%s: interrupted during the pilot runs; nothing was written", a.program)
		return nil, planned, &failure{status: statusUnknown}
	}
	return planner, planned, nil
}

// carryOutPlanned makes an ordinary sweep of a sample.
func (a *app) carryOutPlanned(r *request, f *sweepFlags, planned sweep.Planned) (*campaign, error) {
	r.seed, r.seeded = planned.Seed, true
	p := plan{runs: planned.Runs, workers: int(f.workers), perRun: f.perRun || f.folder != "" && len(r.scenario.Swarm) > 0, parquet: f.parquet}
	w, err := newCampaign(r, p)
	if err != nil {
		return nil, err
	}
	w.quiet = f.quiet
	if f.folder != "" {
		if err := w.open(f.folder); err != nil {
			return nil, err
		}
	}
	return w, a.carryOut(w)
}

// tooWide says that the budget ended before the interval was narrow enough.
func (a *app) tooWide(target result.Target, planned sweep.Planned, line *result.Cell, width float64) error {
	path := target.Estimate.Path()
	if line == nil {
		a.say("%s: no run has a number at %s, so it has no interval", a.program, path)
		return &failure{status: statusUnknown}
	}
	where := line.Ordering
	for _, set := range line.Cell {
		where += " " + set.Path + "=" + set.Value
	}
	would := "about " + count(max(planned.Needed, planned.Runs+1), "run") + " would do"
	if planned.Needed >= sweep.MaxRuns {
		would = "not even " + count(sweep.MaxRuns, "run") + " would do"
	}
	a.say("%s: the budget ended first: the interval of %s under %s is %s wide, asked was %s; %s",
		a.program, path, where, widthWord(target, width), widthWord(target, target.Width), would)
	return &failure{status: statusUnknown}
}

// widthWord writes a width as it is asked for.
func widthWord(target result.Target, width float64) string {
	if target.Estimate.Share() {
		return strconv.FormatFloat(100*width, 'g', 3, 64) + "%"
	}
	return strconv.FormatFloat(width, 'g', 3, 64)
}
