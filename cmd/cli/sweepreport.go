package cli

import (
	"bytes"
	"cmp"
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
	"mpcomm/reports/html"
	"mpcomm/reports/trace"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// sweepReportName is the report of a sweep in its folder, where there may be
// one of a run.
const sweepReportName = "sweep.html"

// What a report says of single runs: so many of each line, and the moments of
// so many in all, for each of those is made again.
const (
	worstOfLine  = 3
	mostTokens   = 60
	mostReplayed = 200_000 // deliveries of one run that is made again
)

// reportSweep writes the report of the folder of a sweep.
func (a *app) reportSweep(c *cobra.Command, dir string, f *choice, file string) error {
	if c.Flags().Changed("seed") || len(f.settings) > 0 || len(f.orderings) > 0 {
		return &usageError{c, errors.New("report: a sweep is shown as it is; want no --seed, --set or --ordering with its folder")}
	}
	read, err := dataset.Open(os.DirFS(dir), slices.Concat(figure.Columns(), html.RunColumns())...)
	if err != nil {
		return fmt.Errorf("%s: %w; want the folder of a sweep, made with -o", dir, err)
	}
	s := &html.Sweep{Source: html.Source{Program: a.program, Version: version(), Command: read.Command}, Folder: read}
	if !read.Complete {
		s.Facts = append(s.Facts, "not complete")
	}
	a.warnChanged(dir, read)
	for _, name := range read.Changed {
		s.Facts = append(s.Facts, name+" changed since")
	}
	if s.Figures, err = sweepFigures(read); err != nil {
		return err
	}
	was, err := requestBehind(a.program, &read.Manifest)
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	s.Worst = html.Worst(read, worstOfLine)
	at := a.scenarioOf(dir)
	word := wordsOf(at, was.selection)
	for i := range s.Worst {
		w := &s.Worst[i]
		w.Command = runCommand(was, w, word)
		if at != nil && i < mostTokens {
			w.Token = momentOf(at, w)
		}
	}
	if err := writeWhole(file, func(out io.Writer) error { return html.WriteSweep(out, s) }); err != nil {
		return &failure{statusUnknown, fmt.Errorf("%s could not be written: %w", file, reason(err))}
	}
	a.say("wrote %s", file)
	return nil
}

// warnChanged says which tables are not as the sweep wrote them. That may be with
// good reason, such as rows left out, and what is drawn of them says so itself.
func (a *app) warnChanged(dir string, read *dataset.Folder) {
	for _, name := range read.Changed {
		a.say("warning: %s is not as the sweep wrote it, by its SHA-256 in manifest.json; it is taken as it is", filepath.Join(dir, name))
	}
}

// sweepFigures draws what the tables of a complete sweep support.
func sweepFigures(read *dataset.Folder) ([]html.Figure, error) {
	if !read.Complete {
		return nil, nil
	}
	var all []html.Figure
	d := figure.FromFolder(read)
	for _, id := range everyFigure() {
		var drawn drawing
		var err error
		if id == divergence {
			drawn, err = d.Divergence()
		} else {
			drawn, err = figure.Draw(id, d)
		}
		if err != nil {
			continue // the sweep has not what this figure is about
		}
		var light, dark bytes.Buffer
		if err := drawn.WriteSVG(&light); err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		f := html.Figure{Title: drawn.Title(), SVG: light.Bytes()}
		if d, ok := drawn.(interface{ WriteDarkSVG(io.Writer) error }); ok {
			if err := d.WriteDarkSVG(&dark); err != nil {
				return nil, fmt.Errorf("%s: %w", id, err)
			}
			f.Dark = dark.Bytes()
		}
		all = append(all, f)
	}
	return all, nil
}

// wordsOf are the words that chose orderings of a scenario, by label. A label is
// the word for an ordering that the scenario has itself.
func wordsOf(s *scenarios.Scenario, selection []string) map[string]string {
	words := map[string]string{}
	for _, word := range selection {
		if s == nil {
			continue
		}
		if o, err := s.Add(word); err == nil {
			words[scenarios.Label(o)] = word
		}
	}
	return words
}

// runCommand makes the report of one run of a sweep, which was a request.
func runCommand(was *request, w *html.WorstRun, word map[string]string) string {
	one := *was
	one.selection = nil
	words := []string{"--ordering", cmp.Or(word[w.Ordering], w.Ordering), "--seed", decimal(w.Seed)}
	one.settings = slices.DeleteFunc(slices.Clone(one.settings), func(s scenarios.Setting) bool { return strings.HasPrefix(s.Path, "sweep") })
	for _, s := range w.Cell {
		one.settings = append(one.settings, scenarios.Setting(s))
	}
	return one.command(one.program, "report", words...)
}

// scenarioOf is the scenario of a sweep as its folder has it, settings applied;
// nil where it cannot be read: then moments are not named.
func (a *app) scenarioOf(dir string) *scenarios.Scenario {
	_, err := readOwn(dir, scenarioCopy)
	if err != nil {
		return nil
	}
	s, err := scenarios.OpenWith(filepath.Join(dir, scenarioCopy), a.table)
	if err != nil {
		return nil
	}
	return s
}

// momentOf makes a run again and names the moment of its first difference;
// empty if there is none, or the run cannot be made.
func momentOf(s *scenarios.Scenario, w *html.WorstRun) string {
	var settings []scenarios.Setting
	for _, set := range w.Cell {
		settings = append(settings, scenarios.Setting(set))
	}
	s, err := s.With(append(settings, scenarios.Setting{Path: "sweep.grid", Value: "{}"}))
	if err != nil {
		return ""
	}
	if s, _, err = s.Draw(w.Seed); err != nil {
		return ""
	}
	for _, o := range s.Orderings {
		if scenarios.Label(o) != w.Ordering || affordable(s) != nil || s.Peers*s.Peers*max(s.Workload.Messages, len(s.Workload.Sends)) > mostReplayed {
			continue
		}
		p, err := run.Compile(s, o, s.Table())
		if err != nil {
			return ""
		}
		t, err := run.Trace(p, w.Seed, trace.Limits{})
		if err != nil {
			return ""
		}
		if i := slices.IndexFunc(t.Findings, func(f trace.Finding) bool { return f.Kind == trace.Disagree }); i >= 0 {
			return t.Token(&t.Findings[i]).String()
		}
	}
	return ""
}
