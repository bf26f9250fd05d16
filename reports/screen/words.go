package screen

import (
	"strings"

	"mpcomm/reports/result"
)

// Words is a row of the verdict table as text, for tables that are not in a
// terminal: the same words in the same order.
type Words struct {
	Holds     bool // all that is asked of the ordering holds
	Mark      string
	Logs      string
	Positions string
	Overtaken string
	Cause     string
	WaitP50   string
	WaitP99   string
}

// WordsOf returns the words of one ordering's row.
func WordsOf(r *result.Ordering) Words {
	b := &brush{}
	return Words{
		Holds: outcomeOf(r) == fine, Mark: strings.TrimSpace(b.mark(outcomeOf(r))), Logs: logsWord(r),
		Positions: positionsWord(&r.Divergence), Overtaken: overtakenWord(r.Divergence.InversionsPerMessage), Cause: b.causeWord(r),
		WaitP50: millis(r.Cost.Hold.P50), WaitP99: millis(r.Cost.Hold.P99),
	}
}

// SweepWords is a row of the table of a sweep as text.
type SweepWords struct {
	Holds     bool
	Mark      string
	Cell      string
	Ordering  string
	Runs      string
	Differ    string // share of runs whose logs differ, and its interval
	Between   string
	Overtaken string // per message, and its interval
	Within    string
	Acausal   string // share of runs in which a cause comes after its effect
}

// RowWords returns the words of one row of a sweep.
func RowWords(r SweepRow) SweepWords {
	b := &brush{}
	return SweepWords{
		Holds: r.outcome() == fine, Mark: strings.TrimSpace(b.mark(r.outcome())), Cell: r.Cell, Ordering: r.Ordering,
		Runs: thousands(int64(r.Runs)), Differ: shareWord(r.Differ), Between: shareRange(r.Differ), Overtaken: meanWord(r.Overtaken),
		Within: meanRange(r.Overtaken), Acausal: shareWord(r.Acausal),
	}
}
