package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"mpcomm/reports/html"
	"mpcomm/reports/spacetime"
	"mpcomm/reports/svg"
	"mpcomm/reports/trace"
	"mpcomm/scenarios/run"
	"mpcomm/scenarios/sweep/store"
)

// reportName is the report of a run in a folder, and by itself.
const reportName = "report.html"

func (a *app) reportCommand() *cobra.Command {
	f, file := &choice{single: true}, ""
	c := &cobra.Command{
		Use:   "report [FILE|NAME|DIR]",
		Short: "A run or a sweep as one HTML file, to look at and to move about in",
		Long: "report makes one run of a scenario, the built-in lab by default, or again the run that\n" +
			"a folder was written by, and writes it as one HTML file. The file shows the verdicts, the\n" +
			"reasons, every message on its way and every log, and needs nothing else: it loads\n" +
			"nothing, from nowhere, and says the most important without any script.\n\n" +
			"Of the folder of a sweep it shows the figures, the table, a curve of any column over any\n" +
			"axis of the grid and, with the table of runs, the worst seeds of each cell; that is\n" +
			sweepReportName + " in the folder.",
		Example:           "  mpcomm report minimal\n  mpcomm report lab --seed 7 -o seed7.html\n  mpcomm report lab-out",
		Args:              arguments(0, 1, "at most one scenario or folder"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return a.reportAlone(c, args, f, file) },
	}
	f.flags(c)
	c.Flags().StringVarP(&file, "output", "o", "", "write the report to `FILE` (default "+reportName+", in the folder if one is given)")
	return c
}

// reportAlone makes a run again and writes its report only.
func (a *app) reportAlone(c *cobra.Command, args []string, f *choice, file string) error {
	if c.Flags().Changed("output") && file == "" {
		return &usageError{c, fmt.Errorf("report: -o is empty; want a file, such as %s", reportName)}
	}
	if len(args) > 0 {
		if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
			return a.reportFolder(c, args[0], f, file)
		}
	}
	if file == "" {
		file = reportName
	}
	return a.reportRun(c, args, f, file)
}

// reportFolder reports on what a folder holds: a run, a sweep, or both.
func (a *app) reportFolder(c *cobra.Command, dir string, f *choice, file string) error {
	ofRun, ofSweep := holds(dir, "scenario.yaml") && (holds(dir, "result.json") || !holds(dir, "dataset.csv")), holds(dir, "dataset.csv")
	switch {
	case !ofRun && !ofSweep && holds(dir, store.FileName):
		return fmt.Errorf("%s holds chunks of a sweep, which has no tables yet; want it gone on with by %s sweep --resume, or its shards joined by %s merge", dir, a.name, a.name)
	case !ofRun && !ofSweep:
		return fmt.Errorf("%s holds neither scenario.yaml nor dataset.csv; want a folder that run -o or sweep -o has written", dir)
	case ofRun && ofSweep && file != "":
		return &usageError{c, fmt.Errorf("report: %s holds a run and a sweep, and -o names one file; without -o they become %s and %s there", dir, reportName, sweepReportName)}
	}
	if ofRun {
		name := filepath.Join(dir, "scenario.yaml")
		if _, err := readOwn(dir, "scenario.yaml"); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := a.reportRun(c, []string{name}, f, cmp.Or(file, filepath.Join(dir, reportName))); err != nil {
			return err
		}
	}
	if ofSweep {
		return a.reportSweep(c, dir, f, cmp.Or(file, filepath.Join(dir, sweepReportName)))
	}
	return nil
}

func holds(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

func (a *app) reportRun(c *cobra.Command, args []string, f *choice, file string) error {
	r, err := a.read(c, args, f)
	if err != nil {
		return err
	}
	j, err := newJob(r, exports{})
	if err != nil {
		return err
	}
	j.record = true
	a.warn(r)
	if err := a.compute(j); err != nil {
		return err
	}
	if err := writeWhole(file, j.writeReport); err != nil {
		return &failure{statusUnknown, fmt.Errorf("%s could not be written: %w", file, reason(err))}
	}
	a.say("wrote %s", file)
	return nil
}

// recorded makes the run of an ordering once more for the report, unless it is
// too large to be drawn.
func (j *job) recorded(i int) error {
	s := j.request.scenario
	var t *trace.Run
	if messages := j.result.Runs[i].Divergence.Messages; !html.TooLarge(s.Peers, messages) {
		limits := trace.Limits{Findings: html.MostFindings, Protocol: html.ShowsProtocol(s.Peers, messages)}
		var err error
		if t, err = run.Trace(j.plans[i], j.request.seed, limits); err != nil {
			return &failure{statusUnknown, fmt.Errorf("%s: %w", j.plans[i].Label(), err)}
		}
		t.Command = j.command()
	}
	j.records = append(j.records, t)
	return nil
}

// command makes the report of a job again.
func (j *job) command() string {
	return j.request.command(j.request.program, "report", "--seed", decimal(j.request.seed))
}

// writeReport writes the report of a job that is done.
func (j *job) writeReport(w io.Writer) error {
	r := &html.Run{
		Source: html.Source{Program: j.request.program, Version: version(), Command: j.command(), Facts: facts(j.request.scenario)},
		Result: &j.result, Records: j.records,
	}
	var err error
	if r.Picture, err = j.picture(); err != nil {
		return err
	}
	return html.WriteRun(w, r)
}

// picture draws a run that is small enough; nil = it is not.
func (j *job) picture() ([]byte, error) {
	if slices.Contains(j.records, nil) || slices.ContainsFunc(j.records, func(t *trace.Run) bool { return spacetime.Fits(t) != nil }) {
		return nil, nil
	}
	f, err := spacetime.New(j.records)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = f.WriteSVG(&b, svg.Auto)
	return b.Bytes(), err
}
