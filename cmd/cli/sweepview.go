package cli

import (
	"fmt"
	"strconv"
	"strings"

	"mpcomm/reports/figure"
	"mpcomm/reports/result"
	"mpcomm/reports/screen"
	"mpcomm/scenarios"
	"mpcomm/scenarios/sweep"
)

// screen is what the screen of a sweep shows. What all cells share stands at
// its head, what varies before the rows of each cell.
func (w *campaign) screen(program string) *screen.Sweep {
	r := w.request
	s := &screen.Sweep{Scenario: r.scenario.Name, Facts: []string{
		count(w.runs, "run") + " of each ordering",
		fmt.Sprintf("seeds %d to %d", r.seed, r.seed+uint64(w.runs)-1),
	}}
	varies := map[string]bool{}
	var shared []string
	if grid := r.scenario.Sweep; grid != nil {
		for _, axis := range grid.Grid {
			if varies[axis.Path] = len(axis.Values) > 1; !varies[axis.Path] {
				shared = append(shared, axis.Path+"="+axis.Values[0])
			}
		}
	}
	if len(varies) == 0 {
		shared = facts(r.scenario)
	}
	s.Facts = append(s.Facts, shared...)
	for i := range w.result.Lines {
		line := &w.result.Lines[i]
		row := screen.RowOf(line)
		var words []string
		for _, set := range line.Cell {
			if varies[set.Path] {
				words = append(words, set.Path+"="+set.Value)
			}
		}
		row.Cell = strings.Join(words, " ")
		s.Rows = append(s.Rows, row)
	}
	s.Hints = w.hints(program)
	return s
}

func (w *campaign) hints(program string) []screen.Hint {
	one := *w.request
	if n := len(w.result.Lines); n > 0 {
		for _, set := range w.result.Lines[n-1].Cell {
			one.settings = append(one.settings[:len(one.settings):len(one.settings)], scenarios.Setting(set))
		}
	}
	hints := []screen.Hint{{Command: one.command(program, "run", "--seed", decimal(w.request.seed)), Does: "one of these runs"}}
	if w.folder == nil {
		hints = append(hints, screen.Hint{Command: w.command(program) + " -o out", Does: "tables and figures"})
	}
	return hints
}

// figure is the divergence figure of a sweep that is complete.
func (w *campaign) figure() *figure.Divergence {
	d := figure.NewDivergence(w.result.Lines, figure.ByRatio(w.ratios()))
	d.Command = w.manifestCommand() // as `figures` finds it
	for i := range d.Series {
		for k := range d.Series[i].Points {
			p := &d.Series[i].Points[k]
			if each := w.each[unitName{p.Cell, d.Series[i].Ordering}]; each != nil {
				p.Differ.Each, p.Overtaken.Each = each.differ, each.overtaken
			}
		}
	}
	return d
}

// fewRuns is the number of runs below which figures show each of them.
const fewRuns = 10

// unitName names one cell under one ordering.
type unitName struct{ cell, ordering string }

// samples are the numbers of single runs that a figure of few runs shows.
type samples struct{ differ, overtaken []float64 }

// take enters one run: its row of runs.csv, and its numbers for a figure of few
// runs.
func (w *campaign) take(row sweep.Row) error {
	if w.runs < fewRuns {
		w.sample(row)
	}
	if w.table == nil {
		return nil
	}
	if err := w.table.Row(row.Cell, row.Swarm, row.Ordering, row.Seed, row.Values); err != nil {
		return w.rows.unwritten(err)
	}
	return nil
}

func (w *campaign) sample(row sweep.Row) {
	var words []string
	for _, set := range row.Cell {
		words = append(words, set.Path+"="+set.Value)
	}
	name := unitName{strings.Join(words, " "), row.Ordering}
	each := w.each[name]
	if each == nil {
		each = &samples{}
		w.each[name] = each
	}
	for i, path := range result.Columns() {
		value, err := strconv.ParseFloat(row.Values[i], 64)
		switch {
		case err != nil: // null
		case path == "divergence.identical":
			each.differ = append(each.differ, 1-value)
		case path == "divergence.inversions_per_message":
			each.overtaken = append(each.overtaken, value)
		}
	}
}
