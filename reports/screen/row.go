package screen

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"mpcomm/reports/result"
	"mpcomm/reports/stats"
)

// RowOf is the row of one line of a sweep.
func RowOf(line *result.Cell) SweepRow {
	var cell []string
	for _, s := range line.Cell {
		cell = append(cell, s.Path+"="+s.Value)
	}
	return SweepRow{
		Cell:      strings.Join(cell, " "),
		Ordering:  line.Ordering,
		Runs:      int(line.Runs),
		Differ:    otherRuns(line, "divergence.identical"),
		Overtaken: meanOf(line, "divergence.inversions_per_message"),
		Acausal:   acausalRuns(line),
		Untold:    cutShort(line),
		Lacking:   incomplete(line),
		Versus:    versusOf(line),
		Why:       reasonsOf(line),
	}
}

// reasonsOf are the mechanisms that made two logs disagree about the order of
// two messages, the commonest first.
func reasonsOf(line *result.Cell) []Reason {
	var all []Reason
	for _, name := range append(result.ReasonNames[:], "left_out") {
		if mean, ok := line.Number("mechanisms.disagree." + name); ok && mean > 0 && name != "missing" {
			all = append(all, Reason{strings.ReplaceAll(name, "_", " "), mean})
		}
	}
	slices.SortStableFunc(all, func(a, b Reason) int { return cmp.Compare(b.Mean, a.Mean) })
	return all
}

// otherRuns is the share of the runs that are in none of the given shares,
// made from counts.
func otherRuns(line *result.Cell, paths ...string) Interval {
	k := line.Runs
	for _, path := range paths {
		share, ok := line.Number(path)
		if !ok {
			return Interval{}
		}
		k -= uint64(math.Round(float64(share * float64(line.Runs))))
	}
	in := stats.Wilson(k, line.Runs)
	return Interval{Value: stats.Ratio{Num: k, Den: line.Runs}.Float(), Lo: in.Lo, Hi: in.Hi, Known: true}
}

// acausalRuns is the share of the runs in which a cause came after its effect.
// Nothing is known of it where that is unknown of every run: none is no 0%.
func acausalRuns(line *result.Cell) Interval {
	if unknown, ok := line.Number("properties.causal_unknown"); ok && unknown == 1 {
		return Interval{}
	}
	return otherRuns(line, "properties.causal", "properties.causal_unknown")
}

// meanOf is a mean with its interval, which is a point where one run has none.
func meanOf(line *result.Cell, path string) Interval {
	mean, ok := line.Number(path)
	if !ok {
		return Interval{}
	}
	e := Interval{Value: mean, Lo: mean, Hi: mean, Known: true}
	lo, okLo := line.Number(path + "_lo")
	hi, okHi := line.Number(path + "_hi")
	if okLo && okHi {
		e.Lo, e.Hi = max(0, lo), hi
	}
	return e
}

// incomplete is how many runs have logs that lack messages, or lack logs.
func incomplete(line *result.Cell) int {
	share, ok := line.Number("complete")
	if !ok {
		return 0
	}
	return int(line.Runs) - int(math.Round(float64(share*float64(line.Runs))))
}

// cutShort is how many runs ended at a limit of time or events.
func cutShort(line *result.Cell) int {
	for _, f := range line.Fields {
		if f.Path != "limit" {
			continue
		}
		var limits struct{ Until, Events int }
		if err := json.Unmarshal([]byte(f.JSON), &limits); err != nil {
			panic(fmt.Sprintf("screen: broken invariant: the limits of a sweep are no JSON: %v", err))
		}
		return limits.Until + limits.Events
	}
	return 0
}
