package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mpcomm/peer/journal"
	"mpcomm/reports/barcode"
	"mpcomm/reports/result"
	"mpcomm/reports/screen"
	"mpcomm/reports/trace"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// runFlags are the flags of run.
type runFlags struct {
	choice
	look
	folder string
	export []string
	json   bool
	verify bool
	stream bool
}

func (a *app) runCommand() *cobra.Command {
	f := &runFlags{}
	c := &cobra.Command{
		Use:   "run [FILE|NAME]",
		Short: "One seed under each ordering, on the same sends and delays",
		Long: "run makes one run of a scenario, the built-in lab by default, under each of its\n" +
			"orderings, and says whether the peers' logs agree, whether causes come first, where\n" +
			"logs part, and why. With -o it writes the logs, result.json, the scenario as run, all of\n" +
			"it to look at in report.html, a picture of where the logs disagree and, of a small run,\n" +
			"a space-time diagram.\n" +
			"--export adds each run whole, as exports/ORDERING.ENDING, in the formats\n" + formatList() + "\n" +
			"Exports that are there already stay while they are of the very same runs: of that scenario\n" +
			"and seed, under orderings that this call makes; all others go.\n\n" +
			"Exit status: 1 if an expectation of the scenario is contradicted; else 2 if one cannot\n" +
			"be told, or if there are none and a run ended at a limit; else 0.",
		Example: "  mpcomm run minimal\n  mpcomm run lab --seed 7 --ordering naive,lamport -o out\n" +
			"  mpcomm run lab --set peers=3 --set network.latency.median=20ms --json",
		Args:              arguments(0, 1, "at most one scenario"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return a.run(c, args, f) },
	}
	f.choice.flags(c)
	f.look.flags(c)
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "one line per peer, every first difference, every note")
	c.Flags().StringVarP(&f.folder, "output", "o", "", "write logs, result.json, report.html and the scenario to the folder `DIR`")
	c.Flags().StringArrayVar(&f.export, "export", nil, "write each run into the folder's exports in the formats `A,B`: "+strings.Join(formatNames(), " "))
	_ = c.RegisterFlagCompletionFunc("export", completeFormats) // fails only for a flag that is not there
	c.Flags().BoolVar(&f.json, "json", false, "print the results as one JSON object instead of the screen")
	c.Flags().BoolVar(&f.verify, "verify", false, "run everything twice; if the runs differ, show the first event that does and what led to it")
	c.Flags().BoolVar(&f.stream, "stream", false, "keep no logs, as is done of itself for runs of more than 67,108,864 deliveries: look at every one when it happens; what needs two logs at a time is null")
	return c
}

func (l *look) flags(c *cobra.Command) {
	c.Flags().BoolVar(&l.ascii, "ascii", false, "only ASCII characters on the screen")
}

// job is a run as it goes through the command: what is asked, and what came.
type job struct {
	request *request
	plans   []*run.Plan
	engines []*run.Engine
	folder  *folder // nil = nothing is written
	verify  bool
	bars    bool // keep one barcode per peer
	exports exports
	before  earlierExports
	record  bool // keep what a report needs
	bare    bool // keep what the picture of where logs disagree needs, without a folder, too
	strips  []barcode.Strip
	stream  bool         // keep no logs
	moment  *trace.Token // around which it is drawn; nil = whole

	result   result.Run
	barcodes []screen.Barcode
	records  []*trace.Run // by ordering; nil = too large to be drawn
	misses   []run.Miss
	expected bool // something was expected of an ordering that ran
	finished chan int
}

func (a *app) run(c *cobra.Command, args []string, f *runFlags) error {
	if err := givenFolder(c, f.folder); err != nil {
		return err
	}
	formats, err := exportFormats(c, f.export, f.folder)
	if err != nil {
		return err
	}
	f.single = true
	r, err := a.read(c, args, &f.choice)
	if err != nil {
		return err
	}
	x := exports{program: a.program + " " + version(), formats: formats}
	if err = x.holds(r.scenario); err != nil {
		return err
	}
	r.stream = f.stream
	j, err := newJob(r, x)
	if err != nil {
		return err
	}
	j.verify, j.bars = f.verify, f.verbose
	if f.folder != "" {
		if err = r.spares(f.folder); err != nil {
			return err
		}
		if j.folder, err = openFolder(f.folder); err != nil {
			return err
		}
	}
	j.record = j.folder != nil
	a.warn(r)
	if err := a.compute(j); err != nil {
		return err
	}
	if f.json {
		err = a.answer(j.writeJSON)
	} else {
		err = a.answer(func(w io.Writer) error { return screen.Write(w, j.view(a.name), a.screen(f.look)) })
	}
	if err != nil {
		return err
	}
	a.report(j, f.json)
	if err := j.verdict(); err != nil {
		return err
	}
	return j.exports.whole()
}

// newJob compiles every ordering, so that bad input is known before anything is
// written.
func newJob(r *request, x exports) (*job, error) {
	if err := affordable(r.scenario); err != nil {
		return nil, err
	}
	if len(x.formats) > 0 {
		x.recorder = &journal.Recorder{}
	}
	s := r.scenario
	j := &job{request: r, exports: x, finished: make(chan int, len(r.orderings)), stream: r.stream || broadcastsOf(s)*int64(s.Peers) > mostLogged}
	if j.stream && x.recorder != nil {
		return nil, errStreamExport
	}
	for _, o := range r.orderings {
		p, err := run.Compile(s, o, s.Table())
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", s.Name, scenarios.Label(o), err)
		}
		stream := r.stream || j.stream && p.Streamable() == nil
		e, err := run.NewEngine(p, run.Options{Explain: true, Stream: stream, Recorder: x.recorder})
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", s.Name, scenarios.Label(o), err)
		}
		j.plans, j.engines = append(j.plans, p), append(j.engines, e)
	}
	j.result = result.Run{Scenario: s.Name, ScenarioHash: r.hash, Seed: r.seed, Peers: s.Peers}
	if r.hash == "" {
		j.result.ScenarioHash = scenarios.Hash(s)
	}
	for _, d := range r.drawn {
		j.result.Swarm = append(j.result.Swarm, result.Setting{Path: d.Path, Value: d.Value})
	}
	return j, nil
}

// compute runs everything, with a line of progress on a terminal.
func (a *app) compute(j *job) error {
	stop := a.progressOf(j)
	err := interruptible(j.all)
	stop()
	if errors.Is(err, errInterrupted) {
		if j.folder != nil {
			j.folder.seal()
			a.say("%s: interrupted; %s holds whole files, but no result.json", a.program, j.folder.dir)
		}
		return &failure{statusUnknown, errInterrupted}
	}
	return err
}

// all makes the runs of the job, one ordering after another. Each has its own
// engine, which is let go before the next begins: its memory is the logs.
func (j *job) all(ctx context.Context) error {
	if j.folder != nil {
		j.before = j.earlier()
		if err := j.folder.clearRun(j.before.all()); err != nil {
			return err
		}
	}
	if j.stream { // so large that as much again for the collector may be too much
		defer debug.SetGCPercent(debug.SetGCPercent(5))
	}
	for i := range j.plans {
		if ctx.Err() != nil {
			return errInterrupted
		}
		if err := j.one(i); err != nil {
			return err
		}
		j.engines[i] = nil
		j.finished <- i
	}
	if j.folder == nil {
		return nil
	}
	if err := j.folder.writeScenario(j.request); err != nil {
		return err
	}
	if err := j.writePictures(); err != nil {
		return err
	}
	if err := j.folder.write("result.json", j.writeJSON); err != nil {
		return err
	}
	return j.folder.write(reportName, j.writeReport)
}

// one makes the run of one ordering, judges it and writes its logs.
func (j *job) one(i int) error {
	p := j.plans[i]
	if j.verify {
		m, err := run.Verify(p, j.request.seed)
		if err != nil {
			return &failure{statusUnknown, fmt.Errorf("%s: %w", p.Label(), err)}
		}
		if m != nil {
			return &failure{statusFailed, fmt.Errorf("%s, seed %d: %van ordering may depend on nothing but its inputs: no variable of its package, no order of a map, no clock, no other random source",
				p.Label(), j.request.seed, m)}
		}
	}
	j.exports.begin()
	o, err := j.engines[i].Run(j.request.seed)
	if err != nil {
		return &failure{statusUnknown, fmt.Errorf("%s: %w", p.Label(), err)}
	}
	evaluator := &run.Evaluator{Mechanisms: true}
	r := evaluator.Evaluate(p, o, run.Full)
	j.result.Runs = append(j.result.Runs, *r)
	if err := j.before.check(r.Ordering, r.Digest); err != nil {
		return err
	}
	misses, expected := run.Judge(j.request.scenario, r)
	j.misses, j.expected = append(j.misses, misses...), j.expected || expected
	bar := screen.Barcode{Widest: evaluator.Barcode(nil)}
	if j.bars && o.Streamed == nil {
		bar.Peers = screen.PeerBars(o.History)
	}
	j.barcodes = append(j.barcodes, bar)
	if j.record {
		if err := j.recorded(i); err != nil {
			return err
		}
	}
	if (j.folder != nil || j.bare) && o.Streamed == nil {
		j.strips = append(j.strips, barcode.Of(r.Ordering, r.Kind, o.History))
	}
	if j.folder == nil || o.Streamed != nil {
		return nil
	}
	if err := j.folder.writeLogs(p.Label(), o); err != nil || j.exports.recorder == nil {
		return err
	}
	return j.exports.write(j.folder, j.request.scenario, p.Label(), o)
}

// writeJSON writes the contract of `run --json`: one object on one line.
func (j *job) writeJSON(w io.Writer) error { return writeJSON(w, &j.result) }

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// verdict is the exit status of a run.
func (j *job) verdict() error {
	unknown := false
	for _, m := range j.misses {
		if !m.Unknown {
			return &failure{status: statusFailed}
		}
		unknown = true
	}
	for i := range j.result.Runs {
		unknown = unknown || !j.expected && !run.Limit(j.result.Runs[i].Limit).Settled()
	}
	if unknown {
		return &failure{status: statusUnknown}
	}
	return nil
}

// report says on the side what the answer does not.
func (a *app) report(j *job, plain bool) {
	for _, m := range j.misses {
		if m.Unknown {
			a.say("UNKNOWN  %v", m)
		} else if plain {
			a.say("FAILED  %v", m)
		}
	}
	if j.verify {
		for i := range j.result.Runs {
			r := &j.result.Runs[i]
			a.say("verified: %s made the same history twice, digest %s", r.Ordering, r.Digest)
		}
	}
	for _, err := range j.exports.leftOut {
		a.say("%s: %v", a.program, err)
	}
	if j.folder != nil {
		a.say("wrote %s: %s", j.folder.dir, j.folder.contents())
	}
}

// progressOf draws how many orderings are done while a job runs. The function
// it returns stops that and clears the line.
func (a *app) progressOf(j *job) (stop func()) {
	if !a.talksToTerminal() {
		return func() {}
	}
	line := screen.NewProgress(a.talk, "orderings", uint64(len(j.plans)), widthOf(a.talk, true))
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		begin, done := time.Now(), uint64(0)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-j.finished:
				done++
			case <-tick.C:
				_ = line.Update(done, time.Since(begin)) // a line of progress may be lost
			case <-quit:
				_ = line.Clear()
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-gone
	}
}
