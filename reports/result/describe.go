package result

import "strings"

// Description says what a column of a table holds.
type Description struct {
	Unit     string // "" = text
	Means    string
	Interval string // how the interval is made that the column has, or is an end of; "" = none
}

// How intervals of lines are made, each of 95%.
const (
	byWilson   = "95%, Wilson's score interval of a share, over runs"
	byStudent  = "95%, mean and Student's t, over runs"
	byWoodruff = "95%, Woodruff's for a quantile: order statistics of as many independent values as the runs are worth"

	// ByPairs is how those of paired differences are made.
	ByPairs = "95%, over pairs of runs: Newcombe's method 10 for a difference of shares, mean and Student's t for one of means"
)

// DescribeRun describes a column of Columns or of a Shape: a number of one run.
func DescribeRun(path string) Description {
	c, rest := describes(path)
	d := Description{Unit: c.unit, Means: c.means + rest}
	if c.form == share {
		d.Unit = "0 or 1"
	}
	return d
}

// DescribeLine describes a field of a Cell: a share of its runs, a mean over
// them, a quantile of all their durations, or an end of the interval of one.
// Which fields there are tells such an end from a counter of an ordering that
// is called like one.
func DescribeLine(path string, isField func(path string) bool) Description {
	base, suffix := path, ""
	for _, end := range lineEnds {
		if of, cut := strings.CutSuffix(path, end); cut && isField(of) {
			base, suffix = of, end
		}
	}
	d := describeEstimate(base)
	switch suffix {
	case "_lo":
		d.Means = "lower end of the interval of " + base
	case "_hi":
		d.Means = "upper end of the interval of " + base
	case "_sd":
		d.Means, d.Interval = "standard deviation over runs of "+base, ""
	case "_n":
		d = Description{Unit: "runs", Means: "runs that have a number for " + base}
	}
	return d
}

func describeEstimate(path string) Description {
	c, rest := describes(path)
	d := Description{Unit: c.unit, Means: c.means + rest}
	switch {
	case c.form == share:
		return Description{"share of runs", "share of the runs of which is true: " + d.Means, byWilson}
	case c.path == "limit":
		return Description{"JSON", "number of runs by how they ended: " + c.means, ""}
	case c.path == "faults" || c.path == "watch":
		return Description{"JSON", "by entry of the scenario, with its interval: " + c.means, ""}
	case c.form == extra && c.unit == "":
		return Description{"JSON", d.Means + ", in any run", ""}
	case rest == quantileWords[".max"]:
		return d
	case rest == quantileWords[".p50"], rest == quantileWords[".p99"]:
		d.Interval = byWoodruff
		return d
	}
	return Description{d.Unit, "mean over runs: " + d.Means, byStudent}
}

var quantileWords = map[string]string{
	".p50": ", median of all in the cell",
	".p99": ", 99th percentile of all in the cell",
	".max": ", the longest in the cell, which estimates nothing",
}

// describes returns the column that a path belongs to, and what the path adds to
// its meaning.
func describes(path string) (column, string) {
	for i := range columns {
		c := columns[i]
		if c.path == "properties.liveness" {
			c.form = share // among the extras since only some runs have it
		}
		rest, found := strings.CutPrefix(path, c.path)
		switch {
		case !found:
		case rest == "":
			return c, ""
		case c.form == extra && quantileWords[rest] != "":
			return c, quantileWords[rest]
		case c.path == "counters" && rest[0] == '.':
			return c, ": " + rest[1:]
		case c.path == "phases.opened_ms" && rest[0] == '.':
			return c, ": p" + rest[1:]
		case c.path == "faults" && rest[0] == '.':
			return c, "; faults count from 0: " + strings.TrimSuffix(rest[1:], ".struck")
		case c.path == "watch" && rest[0] == '.':
			c.form = share
			return c, "; watches count from 0: " + strings.TrimSuffix(rest[1:], ".happened")
		case c.path == "mechanisms" && rest[0] == '.':
			return describeMechanism(c, rest[1:])
		}
	}
	switch of, closed := strings.CutPrefix(path, "phases.closed_ms."); {
	case closed:
		return column{path: path, form: millis, unit: "ms", means: "true time at which a peer closed"}, ": p" + of
	case path == "digest":
		return column{path: path, form: extra, means: "digest of the history of the run"}, ""
	case path == "properties.liveness_unknown":
		return column{path: path, form: share, means: "it cannot be told whether liveness holds"}, ""
	}
	panic("result: nothing is said of the column " + path)
}

func describeMechanism(c column, name string) (column, string) {
	kind, reason, _ := strings.Cut(name, ".")
	if reason == "left_out" {
		reason = "more than is searched for, so that none is known"
	}
	c.unit = "messages"
	if kind == "disagree" && reason != "missing" {
		c.unit = "pairs of messages"
	}
	c.means = map[string]string{
		"disagree": "differences between two logs, summed over pairs of logs, by the mechanism ",
		"acausal":  "messages that do not stand after a cause, summed over logs, by the mechanism ",
	}[kind]
	return c, reason
}
