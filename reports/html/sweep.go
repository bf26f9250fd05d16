package html

import (
	"cmp"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"mpcomm/reports/dataset"
	"mpcomm/reports/result"
	"mpcomm/reports/screen"
	"mpcomm/reports/stats"
)

// Sweep is what the report of a sweep is made of.
type Sweep struct {
	Source
	Folder  *dataset.Folder
	Figures []Figure
	Worst   []WorstRun
}

// Figure is one figure of a sweep; Dark may be nil.
type Figure struct {
	Title     string
	SVG, Dark []byte
}

// WorstRun is a run of a sweep that a reader may want to see.
type WorstRun struct {
	Cell      []result.Setting
	Ordering  string
	Seed      uint64
	Overtaken float64 // overtakings per message
	Command   string  // that makes its report
	Token     string  // of its first difference; empty = the scenario is not at hand
}

// inversions is the metric that runs are ranked by.
const inversions = "divergence.inversions_per_message"

// RunColumns are the columns of runs.csv that the report of a sweep asks for.
func RunColumns() []string {
	return []string{
		"divergence.identical", inversions, "divergence.positions_differing", "quality.causal_violations", "cost.hold_ms.mean",
		"cost.latency_ms.mean", "cost.packets_per_broadcast",
	}
}

// Worst lists, for every line of a sweep whose logs differ somewhere, the runs
// in which one message overtakes another most often, at most most of a line,
// the worst first. The table of runs must have been read with RunColumns.
func Worst(f *dataset.Folder, most int) []WorstRun {
	var all []WorstRun
	for i := range f.Lines {
		l := &f.Lines[i]
		each := l.Each[inversions]
		order := make([]int, 0, len(each))
		for k, v := range each {
			if v > 0 { // not NaN
				order = append(order, k)
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(each[b], each[a]) })
		for _, k := range order[:min(most, len(order))] {
			all = append(all, WorstRun{Cell: l.Cell.Cell, Ordering: l.Ordering, Seed: f.Seeds.First + uint64(k), Overtaken: each[k]})
		}
	}
	return all
}

// WriteSweep writes the report of a sweep.
func WriteSweep(w io.Writer, s *Sweep) error {
	file := fileData{Program: s.Program, Version: s.Version, Command: s.Command, Scenario: s.Folder.Scenario}
	data := sweepData(s.Folder)
	text, err := block(data, nil, nil)
	if err != nil {
		return err
	}
	file.Sweep = true
	view := sweepView{Source: s.Source, Folder: s.Folder}
	for _, f := range s.Figures {
		view.Figures = append(view.Figures, figureView{Title: f.Title, Light: pictureOf(f.SVG), Dark: pictureOf(f.Dark)})
	}
	varies, shared := axesOf(s.Folder)
	view.Facts = append(slices.Clip(view.Facts), shared...)
	var rows []screen.SweepRow
	for i := range s.Folder.Lines {
		l := &s.Folder.Lines[i]
		row := screen.RowOf(&l.Cell)
		rows = append(rows, row)
		row.Cell = words(l.Cell.Cell, varies)
		view.Rows = append(view.Rows, screen.RowWords(row))
		view.Hues = append(view.Hues, hueOf(l.Kind))
	}
	view.Notes = screen.Incomplete(rows)
	for _, run := range s.Worst {
		view.Worst = append(view.Worst, worstView{run, words(run.Cell, varies)})
	}
	return write(w, "sweep", s.Folder.Scenario+", a sweep", file, view, []string{text})
}

type sweepView struct {
	Source
	Folder  *dataset.Folder
	Figures []figureView
	Rows    []screen.SweepWords
	Hues    []string
	Notes   []string // below the table
	Worst   []worstView
}

type worstView struct {
	WorstRun
	In string // the cell in words
}

type figureView struct {
	Title       string
	Light, Dark template.URL
}

// axesOf are the settings that differ between cells, and in words those that
// all cells share.
func axesOf(f *dataset.Folder) (varies map[string]bool, shared []string) {
	varies = map[string]bool{}
	first := f.Lines[0].Cell.Cell
	for _, s := range first {
		if slices.ContainsFunc(f.Lines, func(l dataset.Line) bool { return dataset.Setting(l.Cell.Cell, s.Path) != s.Value }) {
			varies[s.Path] = true
		} else {
			shared = append(shared, s.Path+"="+s.Value)
		}
	}
	return varies, shared
}

// words are those settings of a cell that differ between cells.
func words(cell []result.Setting, varies map[string]bool) string {
	var all []string
	for _, s := range cell {
		if varies[s.Path] {
			all = append(all, s.Path+"="+s.Value)
		}
	}
	return strings.Join(all, " ")
}

// Much is how often messages overtake, to two decimals.
func (w WorstRun) Much() string { return strconv.FormatFloat(w.Overtaken, 'f', 2, 64) }

// axisData is one axis of the grid. Numbers are its values where all have one:
// milliseconds of durations, shares of ratios and of percents.
type axisData struct {
	Path    string     `json:"path"`
	Values  []string   `json:"values"`
	Numbers []*float64 `json:"numbers"`
}

// pointData is one metric of one line: value, interval and, of a table of runs,
// the 5th and 95th percentile of runs. Null = not known.
type pointData [5]*float64

// sweepData is the sweep as the page's curve draws it.
func sweepData(f *dataset.Folder) map[string]any {
	axes := []axisData{} // a sweep without a grid has none
	var orderings []map[string]string
	var metrics []string
	for i := range f.Lines {
		l := &f.Lines[i]
		for _, s := range l.Cell.Cell {
			at := slices.IndexFunc(axes, func(a axisData) bool { return a.Path == s.Path })
			if at < 0 {
				at, axes = len(axes), append(axes, axisData{Path: s.Path})
			}
			if a := &axes[at]; !slices.Contains(a.Values, s.Value) {
				a.Values, a.Numbers = append(a.Values, s.Value), append(a.Numbers, numberOf(s.Value))
			}
		}
		if !slices.ContainsFunc(orderings, func(o map[string]string) bool { return o["label"] == l.Ordering }) {
			orderings = append(orderings, map[string]string{"label": l.Ordering, "hue": hueOf(l.Kind)})
		}
		for _, field := range l.Fields {
			if metric(l, field.Path) && !slices.Contains(metrics, field.Path) {
				metrics = append(metrics, field.Path)
			}
		}
	}
	var lines []map[string]any
	for i := range f.Lines {
		lines = append(lines, lineData(&f.Lines[i], axes, orderings, metrics))
	}
	return map[string]any{
		"axes": axes, "orderings": orderings, "metrics": metrics, "lines": lines, "runs": runsOf(f), "per_run": f.PerRun,
	}
}

// metric reports whether a column holds numbers that stand for themselves.
func metric(l *dataset.Line, path string) bool {
	for _, ending := range []string{"_lo", "_hi", "_sd"} {
		if strings.HasSuffix(path, ending) {
			return false
		}
	}
	_, ok := l.Number(path)
	return ok
}

func lineData(l *dataset.Line, axes []axisData, orderings []map[string]string, metrics []string) map[string]any {
	cell := make([]int, len(axes))
	for i, a := range axes {
		cell[i] = slices.Index(a.Values, dataset.Setting(l.Cell.Cell, a.Path))
	}
	points := make([]pointData, len(metrics))
	for i, path := range metrics {
		for k, ending := range []string{"", "_lo", "_hi"} {
			if v, ok := l.Number(path + ending); ok {
				points[i][k] = &v
			}
		}
		if each := numbers(l.Each[path]); len(each) > 0 {
			low, high := stats.Quantile(each, stats.Ratio{Num: 1, Den: 20}), stats.Quantile(each, stats.Ratio{Num: 19, Den: 20})
			points[i][3], points[i][4] = &low, &high
		}
	}
	return map[string]any{
		"cell": cell, "ordering": slices.IndexFunc(orderings, func(o map[string]string) bool { return o["label"] == l.Ordering }),
		"runs": l.Runs, "points": points,
	}
}

// numbers are those that are not null.
func numbers(each []float64) []float64 {
	var all []float64
	for _, v := range each {
		if !math.IsNaN(v) {
			all = append(all, v)
		}
	}
	return all
}

// numberOf reads a value of the grid as a number: of a duration milliseconds.
func numberOf(text string) *float64 {
	if d, err := time.ParseDuration(text); err == nil {
		v := float64(d) / 1e6
		return &v
	}
	if num, den, ok := strings.Cut(text, "/"); ok {
		a, errA := strconv.ParseFloat(num, 64)
		b, errB := strconv.ParseFloat(den, 64)
		if errA == nil && errB == nil && b != 0 {
			v := a / b
			return &v
		}
		return nil
	}
	percent, share := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(percent, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	if share {
		v /= 100
	}
	return &v
}

// Runs says how many runs the sweep has.
func (v sweepView) Runs() string { return runsOf(v.Folder) }

// runsOf is how many runs a sweep has of each ordering. One that is not complete
// has as many in no more than some cells, and its lines say how many they are.
func runsOf(f *dataset.Folder) string {
	if f.Complete {
		return fmt.Sprintf("%d runs of each ordering in each cell", f.Seeds.Runs)
	}
	return fmt.Sprintf("up to %d runs of each ordering in each cell, as the table says", f.Seeds.Runs)
}

// Range says which seeds a sweep has seen, or was to see.
func (v sweepView) Range() string {
	s := v.Folder.Seeds
	return fmt.Sprintf("seeds %d to %d", s.First, s.First+uint64(s.Runs)-1)
}
