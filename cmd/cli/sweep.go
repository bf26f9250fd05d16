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
	"mpcomm/scenarios/sweep/store"
)

// sweepFlags are the flags of sweep.
type sweepFlags struct {
	choice
	look
	folder  string
	resume  string
	repair  bool
	shard   string
	runs    uint64
	workers uint64
	json    bool
	perRun  bool
	quiet   bool
	versus  string
	why     bool

	precision string
	parquet   bool
}

func (a *app) sweepCommand() *cobra.Command {
	f := &sweepFlags{}
	c := &cobra.Command{
		Use:   "sweep [FILE|NAME]",
		Short: "Many seeds of a scenario: how often, how far, with intervals",
		Long: "sweep runs a scenario, the built-in lab by default, with one seed after another: every\n" +
			"cell of its grid under each of its orderings. With -o it writes dataset.csv, differences.csv,\n" +
			"columns.csv, which says what each of their columns means, the figure divergence.svg, .png,\n" +
			".pdf and .csv, and manifest.json. The same command gives the same bytes.\n\n" +
			"Orderings share seeds, and so sends and delays: each is also compared with the first one of its\n" +
			"cell, or with that of --versus, run by run, which bounds their difference more closely than\n" +
			"their rows do. Where a pairing saves variance the screen shows it.\n\n" +
			"With -o every finished chunk of runs is on disk at once, in DIR/chunks.log, until the sweep is\n" +
			"complete: --resume DIR goes on after an interrupt or a kill, without a scenario from the copy in\n" +
			"DIR, and with one also begins. --shard K/M makes one of M parts, counted from 0, and prints\n" +
			"nothing of it; the command merge joins them, missing lists those that lack.\n\n" +
			"--precision METRIC=WIDTH makes as many runs as it takes for the 95% interval of a share or a mean\n" +
			"to be no wider than that in every cell under every ordering: pilot runs say how many, and the sweep\n" +
			"is then an ordinary one on the seeds behind theirs, so that no interval is biased by when it\n" +
			"stopped. --runs is then the budget; if it ends first, the exit status is 2. A scenario may ask\n" +
			"for the same with sweep.precision; the flag wins, and none is an ordinary sweep.\n\n" +
			"A sweep does not judge what a scenario expects. Ctrl-C ends it after the runs in hand:\n" +
			"what is whole is written, and the exit status is 2.",
		Example:           "  mpcomm sweep lab --runs 1000 -o out\n  mpcomm sweep --resume out\n  mpcomm sweep lab --runs 1000000 --shard 3/64 --resume part-3\n  mpcomm sweep my.yaml --set sweep.grid='{network.loss: [0, 1%, 5%]}' --json",
		Args:              arguments(0, 1, "at most one scenario"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return a.sweep(c, args, f) },
	}
	f.choice.flags(c)
	f.look.flags(c)
	c.Flags().Var(&whole{&f.runs, 1, sweep.MaxRuns}, "runs", fmt.Sprintf("make `N` runs of each cell and ordering, 1..%d (default as the scenario says, else %d)", sweep.MaxRuns, sweep.DefaultRuns))
	c.Flags().Var(&whole{&f.workers, 0, sweep.MaxWorkers}, "workers", fmt.Sprintf("make `N` runs at a time, 0..%d (default 0, one for each processor)", sweep.MaxWorkers))
	c.Flags().StringVarP(&f.folder, "output", "o", "", "write dataset, figures and manifest to the folder `DIR`")
	c.Flags().StringVar(&f.resume, "resume", "", "go on with the sweep of the folder `DIR`, or begin it there")
	c.Flags().BoolVar(&f.repair, "repair", false, "with --resume: set a damaged chunks.log aside and make its damaged chunks again")
	c.Flags().StringVar(&f.shard, "shard", "", "make only part `K/M` of the sweep, 0/M to M-1/M, into -o or --resume")
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object for each cell and ordering, one a line, instead of the screen")
	c.Flags().BoolVar(&f.perRun, "per-run", false, "also write runs.csv, a row for each run; needs -o")
	c.Flags().BoolVar(&f.parquet, "parquet", false, "also write the tables as Parquet; needs -o")
	c.Flags().StringVar(&f.versus, "versus", "", "compare the orderings with `ORDERING`, by label, on the same seeds (default the first of each cell)")
	c.Flags().StringVar(&f.precision, "precision", "", fmt.Sprintf("make as many runs as `METRIC=WIDTH` takes, such as identical=2%%, or none; --runs is the most that are spent, %d if not given (default as the scenario says, else none)", sweep.DefaultBudget))
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
	plan    plan
	log     *store.Log // the chunks in the folder, or nil
	copied  bool       // the folder has the copy of the scenario
	lab     bool       // it is the second half of the lab

	result *sweep.Result
	took   time.Duration
}

// plan is what a sweep is to do with a request.
type plan struct {
	runs    int // 0 = as the scenario says
	workers int
	perRun  bool
	parquet bool
	shard   sweep.Shard
}

func (a *app) sweep(c *cobra.Command, args []string, f *sweepFlags) error {
	if err := f.check(c, args); err != nil {
		return err
	}
	precision, err := a.precision(c, args, f)
	if err != nil {
		return err
	}
	if precision != "" {
		return a.precisely(c, args, f, precision)
	}
	var w *campaign
	if f.resume != "" {
		w, err = a.resume(c, args, f)
	} else {
		w, err = a.begin(c, args, f)
	}
	if err != nil || w == nil {
		return err
	}
	w.quiet = f.quiet
	a.warn(w.request)
	if err := a.carryOut(w); err != nil {
		return err
	}
	if err := a.show(w, f.json, f.look); err != nil {
		return err
	}
	return a.conclude(w)
}

// check refuses flags that do not go together, all at once.
func (f *sweepFlags) check(c *cobra.Command, args []string) error {
	if err := givenFolder(c, f.folder); err != nil {
		return err
	}
	into := f.folder != "" || f.resume != ""
	var errs []error
	for _, rule := range []struct {
		broken bool
		words  string
	}{
		{f.resume == "" && c.Flags().Changed("resume"), "--resume: the folder's name is empty; want the folder of a sweep"},
		{f.folder != "" && f.resume != "", "-o begins a sweep, --resume goes on with one; want one of them"},
		{f.perRun && !into, "--per-run writes a file; want a folder for it with -o"},
		{f.parquet && !into, "--parquet writes files; want a folder for them with -o"},
		{f.shard != "" && !into, "--shard writes the chunks of its part; want a folder for them with -o or --resume"},
		{f.repair && f.resume == "", "--repair is about the folder of --resume"},
		{f.resume != "" && len(args) == 0 && len(f.settings) > 0, "--set changes a scenario; want the scenario as well, or the one in the folder as it is"},
	} {
		if rule.broken {
			errs = append(errs, errors.New(rule.words))
		}
	}
	errs = append(errs, f.checkPrecision(c)...)
	if f.shard != "" {
		if _, err := sweep.ParseShard(f.shard); err != nil {
			errs = append(errs, fmt.Errorf("--shard: %w", err))
		}
	}
	if len(errs) > 0 {
		return &usageError{c, errors.Join(errs...)}
	}
	return nil
}

// begin prepares a sweep from the start, and the folder for it.
func (a *app) begin(c *cobra.Command, args []string, f *sweepFlags) (*campaign, error) {
	w, err := a.prepare(c, args, f)
	if err == nil && f.resume != "" && f.precision == "" && w.request.precision() != "" {
		return nil, errors.New("sweep.precision of the scenario plans a new sweep; want -o for it, and then --resume with its folder alone, or --precision none")
	}
	if dir := f.folder + f.resume; err == nil && dir != "" {
		err = w.open(dir)
	}
	return w, err
}

// prepare prepares a sweep and touches no file.
func (a *app) prepare(c *cobra.Command, args []string, f *sweepFlags) (*campaign, error) {
	r, err := a.read(c, args, &f.choice)
	if err != nil {
		return nil, err
	}
	r.versus, r.why = f.versus, f.why
	p := plan{runs: int(f.runs), workers: int(f.workers), perRun: f.perRun, parquet: f.parquet}
	if f.shard != "" {
		p.shard, _ = sweep.ParseShard(f.shard)
	}
	// What a swarm drew is a column of the runs, so their table is part of the dataset.
	p.perRun = p.perRun || f.folder+f.resume != "" && len(r.scenario.Swarm) > 0
	return newCampaign(r, p)
}

// show prints the answer: nothing of a shard, whose runs say something only
// with those of the others.
func (a *app) show(w *campaign, asJSON bool, seen look) error {
	switch {
	case len(w.result.Lines) == 0:
		return nil
	case asJSON:
		return a.answer(w.writeLines)
	}
	return a.answer(func(out io.Writer) error { return screen.WriteSweep(out, w.screen(a.name), a.screen(seen)) })
}

// newCampaign prepares a sweep, so that bad input is known before anything is
// written.
func newCampaign(r *request, p plan) (*campaign, error) {
	w := &campaign{request: r, plan: p, verb: "sweep"}
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
	o := sweep.Options{Runs: p.runs, Seed: r.seed, Workers: p.workers, Table: r.scenario.Table(), Versus: r.versus, Shard: p.shard, Why: r.why}
	if len(r.selection) > 0 {
		o.Orderings = r.orderings
	}
	w.each = map[unitName]*samples{}
	if grid := r.scenario.Sweep; o.Runs == 0 && grid != nil && grid.Precision == "" { // else it is a budget
		o.Runs = grid.Runs
	}
	if o.Runs == 0 {
		o.Runs = sweep.DefaultRuns
	}
	if p.perRun || o.Runs < fewRuns {
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
	stop := a.follow(w, begin)
	err := uninterrupted(func(ctx context.Context) (err error) {
		w.result, err = w.prepare.Run(ctx)
		return err
	})
	stop()
	w.took = time.Since(begin)
	if err == nil && w.folder != nil {
		err = w.writeFiles()
	} else if w.rows != nil {
		w.rows.abandon()
	}
	if err = errors.Join(err, w.closeLog(err)); err == nil {
		return nil
	}
	if w.log != nil {
		err = fmt.Errorf("%w\n%s keeps the %s that were finished; to go on: %s",
			err, w.log.Path(), count(w.log.Len(), "chunk"), w.rest(a.name))
	}
	return &failure{statusUnknown, err}
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
