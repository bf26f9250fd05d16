package screen

import (
	"math"
	"strconv"

	"mpcomm/reports/result"
	"mpcomm/reports/stats"
)

// Versus is what a row of a sweep differs by from the row of another ordering of
// its cell, run by run on the same seeds. The zero value is no comparison.
type Versus struct {
	Ordering  string // the other one
	Differ    Paired // share of runs whose logs differ
	Overtaken Paired // overtakings per message
}

// Paired is a mean difference, and which share of its variance the pairing
// saves.
type Paired struct {
	Interval
	Saved      float64
	SavedKnown bool
}

// versusOf reads a comparison from a line of a sweep.
func versusOf(line *result.Cell) Versus {
	if line.Versus == nil {
		return Versus{}
	}
	v := Versus{Ordering: line.Versus.Ordering}
	for i := range line.Versus.Differences {
		switch d := &line.Versus.Differences[i]; d.Path {
		case "divergence.identical":
			v.Differ = pairedOf(d)
			// Runs that differ are those that are not identical.
			e := &v.Differ.Interval
			e.Value, e.Lo, e.Hi = 0-e.Value, 0-e.Hi, 0-e.Lo
		case "divergence.inversions_per_message":
			v.Overtaken = pairedOf(d)
		}
	}
	return v
}

func pairedOf(d *result.PairedDifference) Paired {
	in := d.Interval
	if !d.Bounded {
		in = stats.Interval{Lo: d.Mean, Hi: d.Mean}
	}
	return Paired{Interval: Interval{Value: d.Mean, Lo: in.Lo, Hi: in.Hi, Known: d.N > 0}, Saved: d.Saved, SavedKnown: d.SavedKnown}
}

// tells reports whether the rows of both orderings do not say it all: where one
// of them is the same in every run, the difference varies as the other does.
func (v *Versus) tells() bool {
	return v.Differ.SavedKnown && v.Differ.Saved != 0 || v.Overtaken.SavedKnown && v.Overtaken.Saved != 0
}

// versus writes what orderings differ by from another of their cell, where that
// tells more than their rows: under 100 columns without intervals, under 80
// without overtakings, under 60 nothing.
func (b *brush) versus(rows []SweepRow) {
	var about []SweepRow
	one := true
	for i := range rows {
		if rows[i].Versus.tells() {
			about = append(about, rows[i])
			one = one && rows[i].Versus.Ordering == about[0].Versus.Ordering
		}
	}
	if len(about) == 0 || b.Width < widthForTable {
		return
	}
	intervals, overtaken := b.Width >= widthForWaits, b.Width >= widthForOvertaken
	head, aligns := []string{b.indent() + "SAME SEEDS, LESS ANOTHER"}, []align{left}
	if one {
		head[0] = b.indent() + "SAME SEEDS, LESS " + b.plain(about[0].Versus.Ordering)
	}
	add := func(name string, a align) { head, aligns = append(head, name), append(aligns, a) }
	add("LOGS DIFFER", right)
	if intervals {
		add("95%", left)
	}
	if overtaken {
		add("OVERTAKEN", right)
		if intervals {
			add("95%", left)
		}
	}
	add("VARIANCE SAVED", right)
	table := make([][]string, len(about))
	for i := range about {
		v := &about[i].Versus
		label := b.plain(about[i].Ordering)
		if !one {
			label += " - " + b.plain(v.Ordering)
		}
		row, saved := []string{label, points(v.Differ.Interval)}, savedWord(v.Differ)
		if intervals {
			row = append(row, shareRange(v.Differ.Interval))
		}
		if overtaken {
			row, saved = append(row, signed(v.Overtaken.Interval)), saved+", "+savedWord(v.Overtaken)
			if intervals {
				row = append(row, meanRange(v.Overtaken.Interval))
			}
		}
		table[i] = append(row, saved)
	}
	b.shortenLabels(head, table, 0)
	for i := range table {
		table[i][0] = pad("", len(b.indent())) + table[i][0]
	}
	b.blank()
	b.cells(about, head, aligns, table)
}

// points writes a difference of shares in percentage points.
func points(e Interval) string {
	if !e.Known {
		return "-"
	}
	return sign(e.Value) + strconv.FormatFloat(100*math.Abs(e.Value), 'f', 1, 64) + " pts"
}

func signed(e Interval) string {
	switch {
	case !e.Known:
		return "-"
	case e.Value == 0:
		return "0"
	case e.Value < 0 && e.Value > -0.005:
		return ">-0.01/msg"
	case e.Value > 0 && e.Value < 0.005:
		return "<0.01/msg"
	}
	return sign(e.Value) + quantity(math.Abs(e.Value)) + "/msg"
}

func sign(f float64) string {
	switch {
	case f > 0:
		return "+"
	case f < 0:
		return "-"
	}
	return ""
}

func savedWord(p Paired) string {
	if !p.SavedKnown {
		return "-"
	}
	return strconv.FormatFloat(100*p.Saved, 'f', 0, 64) + "%"
}
