package screen

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Interval is an estimate with its 95% interval; the zero value is unknown.
type Interval struct {
	Value, Lo, Hi float64
	Known         bool
}

// SweepRow is what one ordering did in one cell of a sweep.
type SweepRow struct {
	Cell      string // the cell as written, such as "network.latency.mean=5ms"; empty without a grid
	Ordering  string // its label
	Runs      int
	Differ    Interval // share of runs whose logs differ, 0..1
	Overtaken Interval // overtakings per message, mean over runs
	Acausal   Interval // share of runs in which a cause comes after its effect, 0..1
	Untold    int      // runs that ended at a limit
	Lacking   int      // runs whose logs are incomplete
	Versus    Versus
	Why       []Reason // mean numbers of swaps by mechanism, the commonest first; nil = not counted, or none
}

// Reason is a mechanism and how many differences it made: the mean over runs.
type Reason struct {
	Name string
	Mean float64
}

// Sweep is what the screen of a sweep shows.
type Sweep struct {
	Scenario string
	Facts    []string // such as "seeds 1 to 500", "12,000 runs in 1.4 s"
	Rows     []SweepRow
	Hints    []Hint
}

// WriteSweep writes one row for each cell and ordering: how often logs
// differed, how far, and how often a cause came after its effect. Under 100
// columns the intervals go, under 80 the overtakings, under 60 the causes.
func WriteSweep(w io.Writer, s *Sweep, o Options) error {
	b := newBrush(o)
	b.facts(append([]string{s.Scenario}, s.Facts...))
	b.blank()
	intervals, overtaken := b.Width >= widthForWaits, b.Width >= widthForOvertaken
	head := []string{b.indent() + "ORDERING", "RUNS", "LOGS DIFFER"}
	aligns := []align{left, right, right}
	if intervals {
		head, aligns = append(head, "95%"), append(aligns, left)
	}
	if overtaken {
		head, aligns = append(head, "OVERTAKEN"), append(aligns, right)
	}
	if intervals {
		head, aligns = append(head, "95%"), append(aligns, left)
	}
	acausal := b.Width >= widthForTable
	if acausal {
		head, aligns = append(head, "CAUSE BROKEN"), append(aligns, right)
	}
	rows := make([][]string, len(s.Rows))
	for i, r := range s.Rows {
		row := []string{b.plain(r.Ordering), thousands(int64(r.Runs)), shareWord(r.Differ)}
		if intervals {
			row = append(row, shareRange(r.Differ))
		}
		if overtaken {
			row = append(row, meanWord(r.Overtaken))
		}
		if intervals {
			row = append(row, meanRange(r.Overtaken))
		}
		if acausal {
			row = append(row, shareWord(r.Acausal))
		}
		rows[i] = row
	}
	b.shortenLabels(head, rows, 0)
	for i, r := range s.Rows {
		rows[i][0] = pad(b.mark(r.outcome()), len(b.indent())) + rows[i][0]
	}
	b.cells(s.Rows, head, aligns, rows)
	b.versus(s.Rows)
	b.reasons(s.Rows)
	b.lacking(s.Rows)
	if len(s.Hints) > 0 {
		b.blank()
		b.hints(s.Hints)
	}
	if _, err := io.WriteString(w, b.out.String()); err != nil {
		return fmt.Errorf("screen: %w", err)
	}
	return nil
}

// cells writes the table with a line before the rows of each cell.
func (b *brush) cells(about []SweepRow, head []string, aligns []align, rows [][]string) {
	whole := newBrush(b.Options)
	whole.table(head, aligns, rows)
	at := -1 // the head
	for line := range linesOf(whole.out.String()) {
		if at >= 0 && about[at].Cell != "" && (at == 0 || about[at].Cell != about[at-1].Cell) {
			b.line(b.paint(faint, b.fit(b.plain(about[at].Cell), b.Width)))
		}
		b.line(line)
		at++
	}
}

// lacking says which logs are incomplete.
func (b *brush) lacking(rows []SweepRow) {
	head := b.paint(faint, "NOTE") + "  "
	for i, sentence := range Incomplete(rows) {
		if i == 0 {
			b.blank()
		}
		b.wrap(head, b.plain(sentence))
		head = "      "
	}
}

// Incomplete names, a sentence each, the orderings in whose runs, of all cells,
// logs lack messages or did not all come: they may agree all the same.
func Incomplete(rows []SweepRow) []string {
	var sentences []string
	for i := range rows {
		lacking, runs := 0, 0
		first := slices.IndexFunc(rows, func(r SweepRow) bool { return r.Ordering == rows[i].Ordering })
		for k := range rows {
			if first == i && rows[k].Ordering == rows[i].Ordering {
				lacking, runs = lacking+rows[k].Lacking, runs+rows[k].Runs
			}
		}
		if lacking > 0 {
			sentences = append(sentences, fmt.Sprintf("%s: logs are incomplete in %s of %s runs", rows[i].Ordering, thousands(int64(lacking)), thousands(int64(runs))))
		}
	}
	return sentences
}

// reasons says of each row by which mechanisms messages were swapped.
func (b *brush) reasons(rows []SweepRow) {
	head := b.paint(faint, "WHY") + "  "
	for i := range rows {
		r := &rows[i]
		if r.Why == nil {
			continue
		}
		total := 0.0
		for _, why := range r.Why {
			total += why.Mean
		}
		var parts []string
		for _, why := range r.Why {
			parts = append(parts, percent(why.Mean/total)+" "+why.Name)
		}
		name := b.plain(r.Ordering)
		if r.Cell != "" {
			name += ", " + b.plain(r.Cell)
		}
		if head != "     " {
			b.blank()
		}
		b.wrap(head, fmt.Sprintf("%s: %s swaps a run: %s", name, quantity(total), strings.Join(parts, ", ")))
		head = "     "
	}
}

func (r *SweepRow) outcome() outcome {
	switch {
	case r.Differ.Known && r.Differ.Value > 0 || r.Acausal.Known && r.Acausal.Value > 0:
		return broken
	case r.Untold > 0 || !r.Differ.Known:
		return untold
	case r.Lacking > 0:
		return broken
	}
	return fine
}

func shareWord(e Interval) string {
	if !e.Known {
		return "-"
	}
	return percent(e.Value)
}

// shareRange writes the bounds of a share's interval in tenths of a percent.
func shareRange(e Interval) string {
	if !e.Known {
		return ""
	}
	return strconv.FormatFloat(100*e.Lo, 'f', 1, 64) + ".." + strconv.FormatFloat(100*e.Hi, 'f', 1, 64)
}

func meanWord(e Interval) string {
	switch {
	case !e.Known:
		return "-"
	case e.Value == 0:
		return "0"
	}
	return quantity(e.Value) + "/msg"
}

func meanRange(e Interval) string {
	if !e.Known || e.Lo == e.Hi {
		return ""
	}
	decimals := 3
	switch largest := max(e.Hi, 0-e.Lo); {
	case largest >= 100:
		decimals = 0
	case largest >= 1:
		decimals = 2
	}
	return strconv.FormatFloat(e.Lo, 'f', decimals, 64) + ".." + strconv.FormatFloat(e.Hi, 'f', decimals, 64)
}

// percent writes a share so that only 0 is "0%" and only 1 is "100%".
func percent(share float64) string {
	rounded := strconv.FormatFloat(100*share, 'f', 0, 64)
	switch {
	case rounded == "0" && share > 0:
		return "<1%"
	case rounded == "100" && share < 1:
		return ">99%"
	}
	return rounded + "%"
}
