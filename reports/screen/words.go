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
