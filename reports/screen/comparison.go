package screen

import (
	"fmt"
	"io"

	"mpcomm/reports/result"
	"mpcomm/reports/stats"
)

// Comparison is a set of log files and how far they are apart.
type Comparison struct {
	Logs       []string // names of the files, in the order of the peers of the difference
	Divergence *result.Divergence
	First      *result.Difference // nil when the logs are identical
	Barcode    Barcode
	Hints      []Hint
}

// WriteComparison writes what the comparator found in a set of logs: the
// verdict, the metrics, where the logs disagree and the first difference.
func WriteComparison(w io.Writer, c *Comparison, o Options) error {
	b := newBrush(o)
	d := c.Divergence
	outcome, verdict := fine, "the logs agree"
	if !d.Identical {
		outcome, verdict = broken, "the logs disagree"
	}
	words := newBrush(o)
	words.Width = b.Width - len(b.indent())
	words.facts([]string{verdict, plural(len(c.Logs), "log"), plural(d.Messages, "message")})
	b.out.WriteString(pad(b.mark(outcome), len(b.indent())) + words.out.String())
	b.blank()
	b.table(nil, []align{left, right, left}, b.metrics(d))
	if len(c.Barcode.Widest) > 0 {
		b.blank()
		b.single(c)
	}
	if c.First != nil {
		b.blank()
		b.difference("first difference: position "+thousands(int64(c.First.Position)), c.First, c.Logs)
	}
	if len(c.Hints) > 0 {
		b.blank()
		b.hints(c.Hints)
	}
	if _, err := io.WriteString(w, b.out.String()); err != nil {
		return fmt.Errorf("screen: %w", err)
	}
	return nil
}

// metrics are the rows of the comparison: a name, a number, and what it counts
// where the terminal is wide enough for it.
func (b *brush) metrics(d *result.Divergence) [][]string {
	kendallMax := "-"
	if d.KendallMax.Known {
		kendallMax = thousands(d.KendallMax.N)
	}
	integer := func(n int) string { return thousands(int64(n)) }
	rows := [][]string{
		{"positions that differ", positionsWord(d), ""},
		{"rounds, as the lab counts", integer(d.RoundsClassic), "of the first log against the others but the last"},
		{"contested", share(d.Contested), "of the messages stand in two orders somewhere"},
		{"overtaken", overtakenWord(d.InversionsPerMessage), "overtakings per message, mean over pairs"},
		{"swapped pairs", number(d.KendallDistance), "Kendall distance, mean over " + plural(int(d.Pairs.N), "pair")},
		{"swapped pairs at most", kendallMax, "Kendall distance of the worst pair"},
		{"places moved", number(d.Footrule), "Spearman's footrule, mean over pairs"},
		{"messages to move", number(d.Ulam), "Ulam distance, mean over pairs"},
		{"distinct logs", integer(d.DistinctLogs), ""},
		{"common prefix", integer(d.CommonPrefix), "positions on which all agree from the start"},
		{"missing", integer(d.Missing), "entries that another log has"},
		{"duplicates", integer(d.Duplicates), ""},
	}
	widest := [2]int{}
	for _, row := range rows {
		widest[0], widest[1] = max(widest[0], columns(row[0])), max(widest[1], columns(row[1]))
	}
	for i, row := range rows {
		words := b.plain(row[2])
		if 2+widest[0]+2+widest[1]+2+columns(words) > b.Width {
			words = ""
		}
		rows[i] = []string{"  " + row[0], row[1], b.paint(faint, words)}
	}
	return rows
}

// single draws the barcode of the comparison, one line for all logs or, in
// verbose screens, one line for each.
func (b *brush) single(c *Comparison) {
	label := labelWidth
	per := (len(c.Barcode.Widest) + b.Width - label - 1) / (b.Width - label)
	b.axis(label, per, len(c.Barcode.Widest))
	missing := false
	for _, d := range c.Barcode.Widest {
		missing = missing || d == Missing
	}
	if b.Verbose && c.Barcode.Peers != nil {
		for _, p := range c.Barcode.Peers {
			name := p.Peer.String()
			if int(p.Peer) < len(c.Logs) {
				name = b.plain(c.Logs[p.Peer])
			}
			b.bar("  "+name, label, per, p.Widest)
		}
	} else {
		b.bar("  all logs", label, per, c.Barcode.Widest)
	}
	b.legend(label, missing)
}

// share writes a ratio as a percentage that is 0% or 100% only if it is
// exactly that.
func share(r stats.Ratio) string {
	if !r.Known() {
		return "-"
	}
	return percent(r.Float())
}

// number writes a mean with at most two decimals.
func number(r stats.Ratio) string {
	switch {
	case !r.Known():
		return "-"
	case r.Num == 0:
		return "0"
	case r.Num%r.Den == 0:
		return thousands(int64(r.Num / r.Den))
	}
	return quantity(r.Float())
}
