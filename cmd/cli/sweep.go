package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"mpcomm/reports/dataset"
	"mpcomm/reports/screen"
	"mpcomm/scenarios/sweep"
)

// sweepFlags are the flags of sweep.
type sweepFlags struct {
	choice
	look
	folder  string
	runs    uint64
	workers uint64
	json    bool
	perRun  bool
	quiet   bool
	versus  string
	why     bool
}

func (a *app) sweepCommand() *cobra.Command {
	f := &sweepFlags{}
	c := &cobra.Command{
		Use:   "sweep [FILE|NAME]",
		Short: "Many seeds of a scenario: how often, how far, with intervals, as tables and figures",
		Long: "sweep runs a scenario, the built-in lab by default, with one seed after another: every\n" +
			"cell of its grid under each of its orderings. With -o it writes dataset.csv, differences.csv,\n" +
			"the figure divergence.svg, .png and .csv, and manifest.json. The same command gives the same\n" +
			"bytes.\n\n" +
			"Orderings share seeds, and so sends and delays: each is also compared with the first one of its\n" +
			"cell, or with that of --versus, run by run, which bounds their difference more closely than\n" +
			"their rows do. Where a pairing saves variance the screen shows it.\n\n" +
			"A sweep does not judge what a scenario expects. Ctrl-C ends it after the runs in hand:\n" +
			"what is whole is written, and the exit status is 2.",
		Example:           "  mpcomm sweep lab --runs 1000 -o out\n  mpcomm sweep my.yaml --set sweep.grid='{network.latency.mean: [5ms, 20ms]}' --json",
		Args:              arguments(0, 1, "at most one scenario"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return a.sweep(c, args, f) },
	}
	f.choice.flags(c)
	f.look.flags(c)
	c.Flags().Var(&whole{&f.runs, 1, sweep.MaxRuns}, "runs", fmt.Sprintf("make `N` runs of each cell and ordering, 1..%d (default as the scenario says, else %d)", sweep.MaxRuns, sweep.DefaultRuns))
	c.Flags().Var(&whole{&f.workers, 0, sweep.MaxWorkers}, "workers", fmt.Sprintf("make `N` runs at a time, 0..%d (default 0, one for each processor)", sweep.MaxWorkers))
	c.Flags().StringVarP(&f.folder, "output", "o", "", "write dataset, figures and manifest to the folder `DIR`")
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object for each cell and ordering, one a line, instead of the screen")
	c.Flags().BoolVar(&f.perRun, "per-run", false, "also write runs.csv, a row for each run; needs -o")
	c.Flags().StringVar(&f.versus, "versus", "", "compare the orderings with `ORDERING`, by label, on the same seeds (default the first of each cell)")
	c.Flags().BoolVar(&f.why, "why", false, "count how many differences each mechanism made: missing, late, skew, tie, fifo, relay, race; takes longer")
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "no progress")
	return c
}

// campaign is a sweep as it goes through the command.
type campaign struct {
	request *request
	verb    string // the command that repeats it: sweep, or figures
	runs    int
	prepare *sweep.Sweep
	folder  *folder  // nil = nothing is written
	rows    *pending // runs.csv, or nil
	table   *dataset.Runs
	each    map[unitName]*samples
	quiet   bool

	progress func(done, total uint64)
	result   *sweep.Result
	took     time.Duration
}

func (a *app) sweep(c *cobra.Command, args []string, f *sweepFlags) error {
	if err := givenFolder(c, f.folder); err != nil {
		return err
	}
	if f.perRun && f.folder == "" {
		return &usageError{c, errors.New("--per-run writes a file; want a folder for it with -o")}
	}
	r, err := a.read(c, args, &f.choice)
	if err != nil {
		return err
	}
	r.versus = f.versus
	r.why = f.why
	// What a swarm drew is a column of the runs, so their table is part of the dataset.
	f.perRun = f.perRun || f.folder != "" && len(r.scenario.Swarm) > 0
	w, err := newCampaign(r, int(f.runs), int(f.workers), f.perRun)
	if err != nil {
		return err
	}
	w.quiet = f.quiet
	if f.folder != "" {
		if w.folder, err = openFolder(f.folder); err != nil {
			return err
		}
		if f.perRun {
			if err = w.beginRows(); err != nil {
				return err
			}
		}
	}
	a.warn(r)
	if err := a.carryOut(w); err != nil {
		return err
	}
	switch {
	case w.result.Done == 0:
	case f.json:
		err = a.answer(w.writeLines)
	default:
		err = a.answer(func(out io.Writer) error { return screen.WriteSweep(out, w.screen(a.name), a.screen(f.look)) })
	}
	if err != nil {
		return err
	}
	return a.conclude(w)
}

// newCampaign prepares a sweep, so that bad input is known before anything is
// written.
func newCampaign(r *request, runs, workers int, perRun bool) (*campaign, error) {
	w := &campaign{request: r, verb: "sweep"}
	cells, err := r.scenario.Cells()
	if err != nil {
		return nil, err
	}
	for _, c := range cells {
		for _, s := range append(c.Scenario.Extremes(), c.Scenario) {
			if err := affordable(s); err != nil {
				return nil, err
			}
		}
	}
	o := sweep.Options{Runs: runs, Seed: r.seed, Workers: workers, Table: r.scenario.Table(), Versus: r.versus, Why: r.why}
	o.Progress = func(done, total uint64) {
		if w.progress != nil {
			w.progress(done, total)
		}
	}
	if len(r.selection) > 0 {
		o.Orderings = r.orderings
	}
	w.each = map[unitName]*samples{}
	if o.Runs == 0 && r.scenario.Sweep != nil {
		o.Runs = r.scenario.Sweep.Runs
	}
	if o.Runs == 0 {
		o.Runs = sweep.DefaultRuns
	}
	if perRun || o.Runs < fewRuns {
		o.PerRun = w.take
	}
	if w.prepare, err = sweep.New(r.scenario, o); err != nil {
		return nil, fmt.Errorf("%s: %w", r.scenario.Name, err)
	}
	w.runs = w.prepare.Runs()
	return w, nil
}

// carryOut makes the runs and writes the files.
func (a *app) carryOut(w *campaign) error {
	begin := time.Now()
	clear := func() {}
	if !w.quiet && a.talksToTerminal() {
		line := screen.NewProgress(a.talk, "runs", w.prepare.Total(), widthOf(a.talk, true))
		w.progress = func(done, _ uint64) { _ = line.Update(done, time.Since(begin)) }
		clear = func() { _ = line.Clear() }
	}
	err := uninterrupted(func(ctx context.Context) (err error) {
		w.result, err = w.prepare.Run(ctx)
		return err
	})
	clear()
	w.took = time.Since(begin)
	if err != nil {
		if w.rows != nil {
			w.rows.abandon()
		}
		return &failure{statusUnknown, err}
	}
	if w.folder == nil {
		return nil
	}
	return w.writeFiles()
}

// writeLines writes the contract of `sweep --json`.
func (w *campaign) writeLines(out io.Writer) error {
	for i := range w.result.Lines {
		if err := writeJSON(out, w.result.Lines[i]); err != nil {
			return err
		}
	}
	return nil
}

// conclude says what was done and what is left, and gives the exit status.
func (a *app) conclude(w *campaign) error {
	if !w.quiet && w.result.Done > 0 {
		a.say("%d runs in %v", w.result.Done, w.took.Round(10*time.Millisecond))
	}
	if w.folder != nil && len(w.folder.written) > 0 {
		a.say("wrote %s: %s", w.folder.dir, w.folder.contents())
	}
	if w.result.Complete() {
		return nil
	}
	if w.result.Done == 0 {
		a.say("%s: interrupted before the first runs were whole; nothing was written", a.program)
	} else {
		a.say("%s: interrupted after %d of %d runs; what is shown and written covers the first of them, whole and without figures",
			a.program, w.result.Done, w.result.Total)
	}
	a.say("to go on: %s", w.rest(a.name))
	return &failure{status: statusUnknown}
}

// command repeats the sweep.
func (w *campaign) command(program string) string {
	return w.repeat(program, uint64(w.runs), w.request.seed)
}

func (w *campaign) repeat(program string, runs, seed uint64) string {
	flags := []string{"--runs", decimal(runs), "--seed", decimal(seed)}
	if w.request.versus != "" {
		flags = append(flags, "--versus", w.request.versus)
	}
	if w.request.why {
		flags = append(flags, "--why")
	}
	return w.request.command(program, w.verb, flags...)
}

// rest is the command that makes the runs which are missing: the seeds from the
// first that some ordering has not seen. Cells of a grid cannot be named apart,
// so a sweep with one begins again: the same seeds give the same runs.
func (w *campaign) rest(program string) string {
	if grid := w.request.scenario.Sweep; grid != nil && len(grid.Grid) > 0 || w.result.Done == 0 {
		return w.command(program) + w.into("")
	}
	done := w.result.Lines[0].Runs
	return w.repeat(program, uint64(w.runs)-done, w.request.seed+done) + w.into("-rest")
}

// into is the -o of a command that goes on, beside the folder of this one.
func (w *campaign) into(ending string) string {
	if w.folder == nil {
		return ""
	}
	if w.rows != nil {
		return " --per-run -o " + quoteShell(w.folder.dir+ending)
	}
	return " -o " + quoteShell(w.folder.dir+ending)
}
