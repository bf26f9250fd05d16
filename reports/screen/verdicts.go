package screen

import (
	"strconv"
	"strings"

	"mpcomm/reports/result"
	"mpcomm/reports/stats"
)

// Widths from which on a column is shown.
const (
	widthForWaits     = 100
	widthForOvertaken = 80
	widthForTable     = 60
)

// outcome is the mark of a row: everything asked about it holds, something
// does not, or it cannot be told.
type outcome uint8

const (
	fine outcome = iota
	broken
	untold
)

// outcomeOf marks an ordering as broken when its logs differ, when they lack
// messages, or when a cause came after its effect. A run that was cut short
// and shows none of this cannot be told.
func outcomeOf(r *result.Ordering) outcome {
	switch {
	case !r.Divergence.Identical || r.Properties.Causal == result.Violated:
		return broken
	case r.Limit == "until" || r.Limit == "events" || r.Properties.Causal == result.Unknown:
		return untold
	case !r.Complete:
		return broken
	}
	return fine
}

func (b *brush) mark(o outcome) string {
	words := [...]string{fine: "✓", broken: "✗", untold: "?"}
	if b.ASCII {
		words = [...]string{fine: "ok", broken: "FAIL", untold: "??"}
	}
	switch o {
	case fine:
		return b.paint(good, words[o])
	case broken:
		return b.paint(bad, words[o])
	}
	return words[o]
}

// indent is as wide as a mark and the space after it.
func (b *brush) indent() string {
	if b.ASCII {
		return "     "
	}
	return "  "
}

// verdicts writes one row for each ordering, in the order of the scenario.
func (b *brush) verdicts(runs []result.Ordering) {
	if b.Width < widthForTable {
		b.blocks(runs)
		return
	}
	head := []string{b.indent() + "ORDERING", "LOGS", "POSITIONS DIFFER"}
	aligns := []align{left, left, right}
	if b.Width >= widthForOvertaken {
		head, aligns = append(head, "OVERTAKEN"), append(aligns, right)
	}
	head, aligns = append(head, "CAUSE FIRST"), append(aligns, left)
	if b.Width >= widthForWaits {
		head, aligns = append(head, "WAIT p50", "p99"), append(aligns, right, right)
	}
	rows := make([][]string, len(runs))
	for i := range runs {
		r := &runs[i]
		row := []string{b.plain(r.Ordering), logsWord(r), positionsWord(&r.Divergence)}
		if b.Width >= widthForOvertaken {
			row = append(row, overtakenWord(r.Divergence.InversionsPerMessage))
		}
		row = append(row, b.causeWord(r))
		if b.Width >= widthForWaits {
			row = append(row, millis(r.Cost.Hold.P50), millis(r.Cost.Hold.P99))
		}
		rows[i] = row
	}
	if !b.shortenLabels(head, rows, 0) {
		b.blocks(runs)
		return
	}
	for i := range runs {
		rows[i][0] = pad(b.mark(outcomeOf(&runs[i])), len(b.indent())) + rows[i][0]
	}
	b.table(head, aligns, rows)
}

// shortenLabels cuts the labels in one column so that rows fit the width,
// with a mark before the first column; false when too little of them is left.
func (b *brush) shortenLabels(head []string, rows [][]string, column int) bool {
	used := 0
	for i := range head {
		if i == column {
			continue
		}
		widest := columns(head[i])
		for _, row := range rows {
			widest = max(widest, columns(row[i]))
		}
		used += widest + 2
	}
	room := b.Width - used - len(b.indent())
	if room < columns(strings.TrimSpace(head[column])) {
		return false
	}
	for _, row := range rows {
		row[column] = b.fit(row[column], room)
	}
	return true
}

// blocks writes a few short lines for each ordering, for narrow terminals.
func (b *brush) blocks(runs []result.Ordering) {
	for i := range runs {
		r := &runs[i]
		if i > 0 {
			b.blank()
		}
		b.line(pad(b.mark(outcomeOf(r)), len(b.indent())) + b.fit(b.plain(r.Ordering), b.Width-len(b.indent())))
		for _, kv := range [][2]string{
			{"logs", logsWord(r)},
			{"positions differ", positionsWord(&r.Divergence)},
			{"overtaken", overtakenWord(r.Divergence.InversionsPerMessage)},
			{"cause first", b.causeWord(r)},
			{"wait", millis(r.Cost.Hold.P50) + " p50, " + millis(r.Cost.Hold.P99) + " p99"},
		} {
			b.line("  " + b.paint(faint, kv[0]+":") + " " + kv[1])
		}
	}
}

func logsWord(r *result.Ordering) string {
	switch {
	case !r.Divergence.Identical:
		return "disagree"
	case !r.Complete:
		return "agree, incomplete"
	}
	return "agree"
}

func positionsWord(d *result.Divergence) string {
	return thousands(int64(d.PositionsDiffering)) + " of " + thousands(int64(d.Positions))
}

func overtakenWord(r stats.Ratio) string {
	switch {
	case !r.Known():
		return "-"
	case r.Num == 0:
		return "0"
	}
	return quantity(r.Float()) + "/msg"
}

// quantity writes a number above 0 with two decimals while that says
// something, and never as 0.
func quantity(x float64) string {
	switch {
	case x >= 100:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x >= 0.005:
		return strconv.FormatFloat(x, 'f', 2, 64)
	}
	return "<0.01"
}

func (b *brush) causeWord(r *result.Ordering) string {
	n := r.Quality.CausalViolations + r.Quality.CausalGaps
	switch {
	case r.Divergence.Positions == 0:
		return "-"
	case r.Properties.Causal == result.Unknown:
		return "? cannot tell"
	case r.Properties.Causal == result.Violated && b.ASCII:
		return thousands(int64(n)) + " broken"
	case r.Properties.Causal == result.Violated:
		return b.paint(bad, "✗") + " " + thousands(int64(n)) + " broken"
	case b.ASCII:
		return "all kept"
	}
	return b.paint(good, "✓") + " all kept"
}

// millis writes a duration in whole milliseconds from ten on, with one decimal
// below, in seconds from ten seconds on.
func millis(m result.NullMS) string {
	if !m.Known {
		return "-"
	}
	ns := int64(m.MS)
	switch {
	case ns == 0:
		return "0 ms"
	case ns < 50_000: // rounds to less than a tenth of a millisecond
		return "<0.1 ms"
	case ns < 9_950_000:
		return strings.TrimSuffix(tenths(ns, 100_000), ".0") + " ms"
	case ns < 9_999_500_000:
		return strconv.FormatInt((ns+500_000)/1_000_000, 10) + " ms"
	}
	return tenths(ns, 100_000_000) + " s"
}

// tenths writes ns in units of ten times tenth, with one decimal.
func tenths(ns, tenth int64) string {
	n := (ns + tenth/2) / tenth
	return strconv.FormatInt(n/10, 10) + "." + strconv.FormatInt(n%10, 10)
}
