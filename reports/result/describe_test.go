package result

import (
	"slices"
	"strings"
	"testing"
)

// TestEveryColumnIsDescribed: of a run that has all there is, every column of a
// line and of a row means something, and every entry of the table of columns is
// the beginning of one.
func TestEveryColumnIsDescribed(t *testing.T) {
	t.Parallel()
	o := sample()
	var tally Tally
	var shape Shape
	shape.Grow(o)
	var paths []string
	for range 2 {
		tally.Add(o)
	}
	cell := tally.Cell(Head{})
	isField := func(path string) bool {
		return slices.ContainsFunc(cell.Fields, func(f Field) bool { return f.Path == path })
	}
	for _, f := range cell.Fields {
		if d := DescribeLine(f.Path, isField); d.Means == "" || d.Unit == "" {
			t.Errorf("%s of a line: %+v", f.Path, d)
		}
		paths = append(paths, f.Path)
	}
	for _, path := range shape.Columns() {
		if d := DescribeRun(path); d.Means == "" || d.Unit == "" && path != "limit" && path != "digest" {
			t.Errorf("%s of a run: %+v", path, d)
		}
		paths = append(paths, path)
	}
	for i := range columns {
		found := false
		for _, path := range paths {
			found = found || strings.HasPrefix(path, columns[i].path)
		}
		if !found {
			t.Errorf("nothing is written of %s", columns[i].path)
		}
		if columns[i].unit == "" && (columns[i].form == number || columns[i].form == millis) {
			t.Errorf("%s has no unit", columns[i].path)
		}
	}
}

func TestDescriptions(t *testing.T) {
	t.Parallel()
	const identical = "share of the runs of which is true: all compared logs are identical"
	for path, want := range map[string]Description{
		"divergence.identical":           {"share of runs", identical, byWilson},
		"divergence.identical_hi":        {"share of runs", "upper end of the interval of divergence.identical", byWilson},
		"properties.fifo_unknown_lo":     {"share of runs", "lower end of the interval of properties.fifo_unknown", byWilson},
		"properties.liveness_unknown":    {"share of runs", "share of the runs of which is true: it cannot be told whether liveness holds", byWilson},
		"cost.packets":                   {"packets", "mean over runs: packets handed to links", byStudent},
		"cost.packets_sd":                {"packets", "standard deviation over runs of cost.packets", ""},
		"cost.hold_ms.mean_n":            {"runs", "runs that have a number for cost.hold_ms.mean", ""},
		"cost.hold_ms.p99":               {"ms", "from first arrival to delivery at another peer, 99th percentile of all in the cell", byWoodruff},
		"cost.hold_ms.p99_lo":            {"ms", "lower end of the interval of cost.hold_ms.p99", byWoodruff},
		"cost.hold_ms.max":               {"ms", "from first arrival to delivery at another peer, the longest in the cell, which estimates nothing", ""},
		"counters.late":                  {"count", "mean over runs: a counter of the ordering: late", byStudent},
		"counters.under_lo":              {"count", "mean over runs: a counter of the ordering: under_lo", byStudent},
		"counters.under_lo_lo":           {"count", "lower end of the interval of counters.under_lo", byStudent},
		"counters.under_lo_n":            {"runs", "runs that have a number for counters.under_lo", ""},
		"vacuous":                        {"JSON", "what made a verdict empty, in any run", ""},
		"mechanisms.disagree.race":       {"pairs of messages", "mean over runs: differences between two logs, summed over pairs of logs, by the mechanism race", byStudent},
		"mechanisms.acausal.left_out_lo": {"messages", "lower end of the interval of mechanisms.acausal.left_out", byStudent},
		"quality.causal_receivers":       {"JSON", "peers whose logs were checked for causality; none = all, in any run", ""},
		"divergence.inversions_per_message": {"pairs of messages a message", "mean over runs: how often one message overtakes another between two logs: " +
			"Kendall distance by common messages, mean over pairs of logs", byStudent},
	} {
		isField := func(of string) bool { return of != "counters.under" && of != "counters" }
		if got := DescribeLine(path, isField); got != want {
			t.Errorf("%s of a line:\n got %+v\nwant %+v", path, got, want)
		}
	}
	for path, want := range map[string]Description{
		"divergence.identical": {"0 or 1", "all compared logs are identical", ""},
		"watch.3.happened":     {"0 or 1", "the first message of a watch of the scenario was in that log with the other not before it; watches count from 0: 3", ""},
		"faults.0.struck":      {"inputs", "what a fault of the scenario struck: packets, steps or inputs; faults count from 0: 0", ""},
		"phases.opened_ms.2":   {"ms", "true time at which a peer opened: p2", ""},
		"phases.closed_ms.0":   {"ms", "true time at which a peer closed: p0", ""},
		"cost.packets":         {"packets", "packets handed to links", ""},
	} {
		if got := DescribeRun(path); got != want {
			t.Errorf("%s of a run:\n got %+v\nwant %+v", path, got, want)
		}
	}
}
