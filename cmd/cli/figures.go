package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mpcomm/reports/dataset"
	"mpcomm/reports/figure"
	"mpcomm/scenarios"
	"mpcomm/scenarios/sweep"
)

// figuresFlags are the flags of figures.
type figuresFlags struct {
	choice
	folder  string
	only    []string
	runs    uint64
	workers uint64
	dark    bool
	quiet   bool
}

// ownScenarios are the built-in scenarios that the figures are drawn from.
var ownScenarios = []struct{ id, scenario string }{
	{"F1", "f1-jitter"},
	{"F2", "f2-skew"},
	{"F3", "f3-rate"},
	{"F4", "f4-peers"},
	{"F5", "f5-price"},
	{"F6", "f6-map"},
	{"F7", "f7-spread"},
	{"F8", "f8-survival"},
	{"F9", "f9-why"},
	{"F10", "f10-branches"},
	{"F11", "f11-barcode"},
	{"F12", "f11-barcode"},
}

func (a *app) figuresCommand() *cobra.Command {
	f := &figuresFlags{}
	c := &cobra.Command{
		Use:   "figures [FILE|NAME|DIR]",
		Short: "The figures F1 to F12: curves, maps, survival, causes, barcodes",
		Long: "figures draws how often and how far logs come apart, and why. Without an argument it\n" +
			"sweeps a built-in scenario for each figure; with a scenario it sweeps that one and draws\n" +
			"what its grid supports; with the folder of a finished sweep it draws again from the tables\n" +
			"there, the same bytes as before. F10 to F12 are of one run, which is made from the scenario,\n" +
			"of a folder from its sweep.yaml. Each figure is written as SVG, PNG, PDF and the CSV of its\n" +
			"points. Its title is a finding, computed from the data.",
		Example:           "  mpcomm figures -o out\n  mpcomm figures --figure F1,F5 --runs 1000 -o out\n  mpcomm sweep my.yaml --per-run -o out && mpcomm figures out",
		Args:              arguments(0, 1, "at most one scenario or folder"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return a.figures(c, args, f) },
	}
	f.choice.flags(c)
	c.Flags().StringSliceVar(&f.only, "figure", nil, "draw only these figures, such as `F1,F5`")
	c.Flags().Var(&whole{&f.runs, 1, sweep.MaxRuns}, "runs", "make `N` runs of each cell and ordering (default as the scenario says)")
	c.Flags().Var(&whole{&f.workers, 0, sweep.MaxWorkers}, "workers", fmt.Sprintf("make `N` runs at a time, 0..%d (default 0, one for each processor)", sweep.MaxWorkers))
	c.Flags().StringVarP(&f.folder, "output", "o", "", "write to the folder `DIR` (default out; the folder itself when drawing again)")
	c.Flags().BoolVar(&f.dark, "dark", false, "also write an SVG for dark pages")
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "no progress")
	return c
}

// gallery is what a call of figures draws, and where to.
type gallery struct {
	app    *app
	flags  *figuresFlags
	c      *cobra.Command
	folder *folder
	drawn  int
	fresh  string // the folder of the sweep just made, which has the figure of every sweep
}

func (a *app) figures(c *cobra.Command, args []string, f *figuresFlags) error {
	if err := givenFolder(c, f.folder); err != nil {
		return err
	}
	for i, id := range f.only {
		f.only[i] = strings.ToUpper(strings.TrimSpace(id))
		if !slices.Contains(everyFigure(), f.only[i]) {
			return &usageError{c, fmt.Errorf("--figure: no figure %q; want some of %s", id, strings.Join(everyFigure(), ","))}
		}
	}
	g := &gallery{app: a, flags: f, c: c}
	if len(args) == 1 {
		if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
			return g.again(args[0])
		}
	}
	if f.folder == "" {
		f.folder = "out"
	}
	var err error
	if g.folder, err = openFolder(f.folder); err != nil {
		return err
	}
	if len(args) == 1 {
		return g.ofScenario(args[0], f.only)
	}
	if len(f.settings) > 0 || len(f.orderings) > 0 {
		return &usageError{c, errors.New("--set and --ordering change one scenario; want its name as an argument")}
	}
	for _, own := range ownScenarios {
		if g.wants(own.id) {
			if err := g.ofScenario(own.scenario, []string{own.id}); err != nil {
				return err
			}
		}
	}
	return nil
}

// everyFigure lists what --figure takes.
func everyFigure() []string { return slices.Concat(figure.IDs(), ofRuns, []string{divergence}) }

// divergence is the figure that every sweep writes.
const divergence = "DIVERGENCE"

func (g *gallery) wants(id string) bool {
	return len(g.flags.only) == 0 || slices.Contains(g.flags.only, id)
}

// ofScenario sweeps a scenario into a folder of its own and draws from there.
func (g *gallery) ofScenario(name string, ids []string) error {
	r, err := g.app.read(g.c, []string{name}, &g.flags.choice)
	if err != nil {
		return err
	}
	if err := g.ofRun(r, ids, r.command(g.app.program, "figures", "--figure")); err != nil {
		return err
	}
	if len(ids) > 0 && !slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(ofRuns, id) }) {
		return nil
	}
	r.why = slices.Contains(ids, "F9")
	w, err := newCampaign(r, plan{runs: int(g.flags.runs), workers: int(g.flags.workers), perRun: true})
	if err != nil {
		return err
	}
	w.quiet, w.verb = g.flags.quiet, "figures"
	if !g.flags.quiet {
		g.app.say("%s: %d runs", r.scenario.Name, w.prepare.Total())
		if r.precision() != "" {
			g.app.say("%s: sweep.precision is of the command sweep; here %s are made of each cell and ordering", r.scenario.Name, count(w.runs, "run"))
		}
	}
	if w.folder, err = openFolder(filepath.Join(g.folder.dir, r.scenario.Name)); err != nil {
		return err
	}
	if err = r.sparesCopy(w.folder.dir); err != nil {
		return err
	}
	if err = w.folder.writeCopy(r, scenarioCopy, scenarios.Written(r.scenario)); err != nil {
		return err
	}
	w.copied = true
	if err = w.beginRows(); err != nil {
		return err
	}
	if err = g.app.carryOut(w); err != nil {
		return err
	}
	if !w.result.Complete() {
		g.app.say("%s: interrupted; figures are drawn from sweeps that are complete", g.app.program)
		return &failure{status: statusUnknown}
	}
	g.fresh = w.folder.dir
	return g.ofFolder(g.fresh, ids)
}

// again draws from the folder of a finished sweep.
func (g *gallery) again(dir string) error {
	if g.flags.runs > 0 || g.c.Flags().Changed("seed") || len(g.flags.settings) > 0 || len(g.flags.orderings) > 0 {
		return &usageError{g.c, errors.New("a folder is drawn as it is; want no --runs, --seed, --set or --ordering with it")}
	}
	if g.flags.folder == "" {
		g.flags.folder = dir
	}
	var err error
	if g.folder, err = openFolder(g.flags.folder); err != nil {
		return err
	}
	return g.ofFolder(dir, g.flags.only)
}

// ofFolder draws the named figures from the tables of a folder, or all that
// they support.
func (g *gallery) ofFolder(dir string, ids []string) error {
	read, err := dataset.Open(os.DirFS(dir), figure.Columns()...)
	if err != nil {
		return fmt.Errorf("%s: %w; want the folder of a sweep, made with -o", dir, err)
	}
	if !read.Complete {
		return fmt.Errorf("%s: the sweep is not complete; figures are drawn from sweeps that are", dir)
	}
	g.app.warnChanged(dir, read)
	d := figure.FromFolder(read)
	var refusals []error
	for _, id := range everyFigure() {
		if len(ids) > 0 && !slices.Contains(ids, id) || id == divergence && dir == g.fresh {
			continue
		}
		var drawn drawing
		switch {
		case id == divergence:
			drawn, err = d.Divergence()
		case slices.Contains(ofRuns, id):
			continue
		default:
			drawn, err = figure.Draw(id, d)
		}
		if err != nil {
			refusals = append(refusals, fmt.Errorf("%s: %w", dir, err))
			continue
		}
		if err := g.write(id, drawn); err != nil {
			return err
		}
	}
	if dir != g.fresh {
		if err := g.ofRunAgain(dir, read, ids); err != nil {
			refusals = append(refusals, err)
		}
	}
	if len(refusals) > 0 && (len(ids) > 0 || g.drawn == 0) {
		return errors.Join(refusals...)
	}
	return nil
}

// drawing is a figure that can be written.
type drawing interface {
	Title() string
	WriteSVG(io.Writer) error
	WritePNG(io.Writer) error
	WritePDF(io.Writer) error
	WriteCSV(io.Writer) error
}

// figureForms are the files that a figure is written as.
var figureForms = []struct {
	ending string
	write  func(drawing, io.Writer) error
}{
	{".svg", drawing.WriteSVG},
	{".png", drawing.WritePNG},
	{".pdf", drawing.WritePDF},
	{".csv", drawing.WriteCSV},
}

// write writes a figure in all its forms and prints what it finds.
func (g *gallery) write(id string, d drawing) error {
	name := strings.ToLower(id)
	for _, form := range figureForms {
		if err := g.folder.write(name+form.ending, func(w io.Writer) error { return form.write(d, w) }); err != nil {
			return err
		}
	}
	if dark, ok := d.(interface{ WriteDarkSVG(io.Writer) error }); ok && g.flags.dark {
		if err := g.folder.write(name+"-dark.svg", dark.WriteDarkSVG); err != nil {
			return err
		}
	}
	g.drawn++
	return g.app.answer(func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%-4s %s\n     %s\n", id, d.Title(), filepath.Join(g.folder.dir, name+".svg"))
		return err
	})
}
