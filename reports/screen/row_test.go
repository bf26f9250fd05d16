package screen

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mpcomm/reports/result"
	"mpcomm/reports/stats"
)

func TestRowOf(t *testing.T) {
	t.Parallel()
	var tally result.Tally
	for i := range 8 {
		o := result.Ordering{Ordering: "naive", Kind: "naive"}
		o.Divergence.Identical = i >= 2
		o.Complete = i != 7
		o.Divergence.InversionsPerMessage = stats.Ratio{Num: 1, Den: 4}
		switch {
		case i < 3:
			o.Properties.Causal = result.Violated
		case i < 4:
			o.Properties.Causal = result.Unknown
			o.Limit = "until"
		case i < 5:
			o.Limit = "quiet"
		case i < 6:
			o.Limit = "events"
		}
		tally.Add(&o)
	}
	line := tally.Cell(result.Head{Cell: []result.Setting{{Path: "peers", Value: "4"}, {Path: "network.link", Value: "fifo"}}})
	quarter, three := stats.Wilson(2, 8), stats.Wilson(3, 8)
	want := SweepRow{
		Cell: "peers=4 network.link=fifo", Ordering: "naive", Runs: 8,
		Differ:    Interval{0.25, quarter.Lo, quarter.Hi, true},
		Overtaken: Interval{0.25, 0.25, 0.25, true},
		Acausal:   Interval{0.375, three.Lo, three.Hi, true},
		Untold:    2,
		Lacking:   1,
	}
	if diff := cmp.Diff(want, RowOf(&line)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := RowOf(&result.Cell{Runs: 1, Ordering: "naive"}); got.Differ.Known || got.Overtaken.Known || got.Acausal.Known {
		t.Errorf("a line without numbers gives %+v", got)
	}
}

func TestRowOfRunsWithUnknownCauses(t *testing.T) {
	t.Parallel()
	var tally result.Tally
	for range 5 {
		o := result.Ordering{Ordering: "lamport", Kind: "lamport", Limit: "events"}
		o.Properties.Causal = result.Unknown
		tally.Add(&o)
	}
	line := tally.Cell(result.Head{})
	if got := RowOf(&line).Acausal; got.Known {
		t.Errorf("causes are unknown in every run, and yet the share is %+v", got)
	}
	o := result.Ordering{Ordering: "lamport", Kind: "lamport"}
	o.Properties.Causal = result.Holds
	tally.Add(&o)
	line = tally.Cell(result.Head{})
	if got := RowOf(&line).Acausal; !got.Known || got.Value != 0 {
		t.Errorf("causes are known in one run, and yet the share is %+v", got)
	}
}

// TestSweepOfIncompleteLogs: logs that agree but lack messages are no success.
func TestSweepOfIncompleteLogs(t *testing.T) {
	t.Parallel()
	row := SweepRow{Ordering: "lamport", Runs: 20, Differ: Interval{Known: true}, Acausal: Interval{Known: true}, Lacking: 7}
	var b strings.Builder
	if err := WriteSweep(&b, &Sweep{Scenario: "lost", Rows: []SweepRow{row}}, Options{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.Contains(got, "✗ lamport") || !strings.Contains(got, "NOTE  lamport: logs are incomplete in 7 of 20 runs") {
		t.Errorf("the screen is\n%s", got)
	}
}
