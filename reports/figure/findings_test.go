package figure

import (
	"strings"
	"testing"

	"mpcomm/reports/dataset"
)

// sameEach makes all runs of a line measure the same.
func sameEach(numbers func(l *dataset.Line) map[string]float64) maker {
	return func(l *dataset.Line, _ int, _ float64) map[string]float64 { return numbers(l) }
}

// byNaive gives one set of numbers to naive lines and another to the rest.
func byNaive(naive, rest map[string]float64) maker {
	return sameEach(func(l *dataset.Line) map[string]float64 {
		if l.Kind == "naive" {
			return naive
		}
		return rest
	})
}

func titleOf(t *testing.T, id string, d *Data) string {
	t.Helper()
	f, err := Draw(id, d)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return f.Title()
}

// TestFindings: what a title says changes with the data, to its opposite where
// the data do.
func TestFindings(t *testing.T) {
	t.Parallel()
	none := map[string]float64{colIdentical: 1, colFirst: nan}
	medians := steps("network.latency.median", "6ms", "60ms", "1s")
	skews := steps("clocks.default.offset.sd", "0ms", "20ms")
	gaps := steps("workload.gap.mean", "1s", "62.5ms")
	peers := steps("peers", "2", "4", "8")
	one := [][]Setting{{}}
	clocked := func(at string, naive, timestamp map[string]float64) maker {
		return sameEach(func(l *dataset.Line) map[string]float64 {
			switch {
			case l.Kind == "timestamp" && valueOf(l.Cell.Cell, skews[0][0].Path) == at:
				return timestamp
			case l.Kind == "naive":
				return naive
			}
			return none
		})
	}
	const often = 2.5
	for _, c := range []struct {
		id   string
		data *Data
		want string
	}{
		{"F1", ratios(sweepOf(medians, three, 12, byNaive(map[string]float64{colInversions: often}, none))), "At ratio 0.27 naive has 2.5 overtakings per message"},
		{"F1", ratios(sweepOf(medians, three, 12, byNaive(none, map[string]float64{colInversions: often}))), "At ratio 0.27 timestamp 80 ms has 2.5 overtakings a message"},
		{"F1", ratios(sweepOf(medians, three, 12, byNaive(none, none))), "No message overtakes another, under any ordering"},
		{"F2", sweepOf(skews, three, 12, clocked("20ms", none, map[string]float64{colIdentical: 1, colCausal: 16})), "At ±20 ms timestamp 80 ms agrees, yet breaks causality"},
		{"F2", sweepOf(skews, three, 12, clocked("20ms", none, map[string]float64{colDiffering: 20, colCausal: 16})), "At ±20 ms 100 in 1000 log entries precede their causes"},
		{"F2", sweepOf(skews, three, 12, byNaive(map[string]float64{colCausal: 9}, none)), "No skew makes timestamps put an effect before its cause"},
		{"F3", sweepOf(gaps, three, 12, byNaive(map[string]float64{colInversions: often}, none)), "naive order breaks at 1/s already; 2 others never"},
		{"F3", sweepOf(crossed(steps("network.latency.sigma", "0.1", "1"), gaps), three, 12, sameEach(func(l *dataset.Line) map[string]float64 {
			if l.Kind == "lamport" && valueOf(l.Cell.Cell, "network.latency.sigma") == "1" && valueOf(l.Cell.Cell, gaps[0][0].Path) == "62.5ms" {
				return map[string]float64{colInversions: 3}
			}
			return none
		})), "At latency sigma 1, lamport order breaks from 16/s on"},
		{"F3", sweepOf(gaps, three, 12, byNaive(map[string]float64{colInversions: 0.01}, none)), "Up to 16/s fewer than 1 message in 10 is overtaken"},
		{"F3", sweepOf(gaps, three, 12, byNaive(none, none)), "No rate makes messages overtake, under any ordering"},
		{"F4", sweepOf(peers, three, 12, byNaive(map[string]float64{colInversions: often}, none)), "From 2 peers on all naive runs differ"},
		{"F4", sweepOf(peers, three, 12, sameEach(growing(1))), "From 2 peers on all naive runs differ; swaps keep growing"},
		{"F4", sweepOf(peers, three, 12, sameEach(growing(-1))), "From 2 peers on all naive runs differ; swaps get fewer"},
		{"F4", sweepOf(peers, three, 12, byNaive(none, none)), "Logs agree in every run, however many the peers"},
		{"F5", waits(sweepOf(one, three, 12, byNaive(map[string]float64{colDiffering: 20}, none))), "Agreement costs 10 ms with timestamp 80 ms, 20 with lamport"},
		{"F5", waits(sweepOf(one, three, 12, byNaive(none, map[string]float64{colDiffering: 20}))), "Agreement costs 0 ms with naive"},
		{"F5", waits(sweepOf(one, three, 12, byNaive(map[string]float64{colDiffering: 4}, map[string]float64{colDiffering: 20}))), "None always agrees; naive comes closest, 10% differ"},
		{"F6", sweepOf(crossed(skews, gaps), three, 12, clocked("20ms", none, map[string]float64{colDiffering: 20})), "Skew makes timestamp 80 ms disagree more; others not"},
		{"F6", sweepOf(crossed(skews, gaps), three, 12, clocked("0ms", none, map[string]float64{colDiffering: 20})), "Skew makes no ordering disagree more"},
		{"F7", sweepOf(one, three, 12, byNaive(map[string]float64{colKendallMax: 78}, none)), "naive runs range from τ 0.80 to 0.80"},
		{"F7", sweepOf(one, three, 12, byNaive(none, map[string]float64{colKendallMax: 39})), "timestamp 80 ms runs range from τ 0.90 to 0.90"},
		{"F8", sweepOf(one, three, 12, byNaive(map[string]float64{colFirst: 7}, none)), "Half of naive runs part by position 7"},
		{"F8", sweepOf(one, three, 12, byNaive(none, map[string]float64{colFirst: 3})), "Half of timestamp 80 ms runs part by position 3"},
		{"F8", sweepOf(one, three, 12, byNaive(none, none)), "Logs never part within 40 positions"},
		{"F8", sweepOf(one, three, 12, byNaive(map[string]float64{colPositions: 1, colFirst: nan}, map[string]float64{colPositions: 1, colFirst: nan})), "Logs never part within 1 position"},
		{"F8", sweepOf(one, three, 12, byNaive(map[string]float64{colPositions: 0, colFirst: nan}, map[string]float64{colPositions: 0, colFirst: nan})), "All logs are empty, so that none can part"},
		{"F9", sweepOf(one, three, 12, byNaive(map[string]float64{colSwaps + "race": 9, colSwaps + "fifo": 1}, none)), "naive swaps: 90% race"},
		{"F9", sweepOf(one, three, 12, byNaive(map[string]float64{colSwaps + "race": 1, colSwaps + "fifo": 9}, none)), "naive swaps: 90% fifo"},
		{"F9", sweepOf(one, three, 12, byNaive(none, none)), "No two logs swap messages, under any condition"},
	} {
		if got := titleOf(t, c.id, c.data); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q; want %q", c.id, got, c.want)
		}
	}
}

// growing makes overtakings of naive order rise or fall with the peers.
func growing(by float64) func(l *dataset.Line) map[string]float64 {
	return func(l *dataset.Line) map[string]float64 {
		if l.Kind != "naive" {
			return map[string]float64{colIdentical: 1}
		}
		return map[string]float64{colInversions: 10 + by*float64(l.Peers)}
	}
}

func TestFindingsOfRuns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		draw func() (*Figure, error)
		want string
	}{
		{func() (*Figure, error) { return WhenDecided(someRun, madeBranches(true, 20, 100, 196, 200)) }, "That naive logs differ is decided 100 ms into the run"},
		{func() (*Figure, error) { return WhenDecided(someRun, madeBranches(false, 150, 80, 4, 0)) }, "That naive logs agree is decided 100 ms into the run"},
		{func() (*Figure, error) { return WhenDecided(someRun, madeBranches(true, 196, 200, 199)) }, "That naive logs differ is decided from the start"},
		{func() (*Figure, error) { return WhenDecided(someRun, madeBranches(true, 200, 200, 200)) }, "It is decided from the start, under every ordering"},
		{func() (*Figure, error) { return WhenDecided(someRun, madeBranches(true, 100, 80, 20)) }, "naive: not decided before the last message is in"},
		{func() (*Figure, error) {
			return Barcode(someRun, []Logs{madeLogs("naive", "naive", 24, 0), madeLogs("lamport", "lamport", 24, 5)})
		}, "lamport logs differ at "},
		{func() (*Figure, error) {
			return Barcode(someRun, []Logs{madeLogs("naive", "naive", 24, 0)})
		}, "All logs are the same, under every ordering"},
		{func() (*Figure, error) {
			return Tanglegram(someRun, []Logs{madeLogs("naive", "naive", 24, 0)})
		}, "naive: p0 and p1 order all 24 messages alike"},
		{func() (*Figure, error) {
			return Tanglegram(someRun, []Logs{madeLogs("naive", "naive", 24, 5)})
		}, "naive: p"},
	} {
		f, err := c.draw()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(f.Title(), c.want) {
			t.Errorf("%q; want %q", f.Title(), c.want)
		}
	}
}

// TestLacks: a sweep that cannot make a figure is told what it lacks.
func TestLacks(t *testing.T) {
	t.Parallel()
	plain := usualSweep([][]Setting{{}}, three, 12)
	bare := usualSweep([][]Setting{{}}, three, 12)
	for i := range bare.Lines {
		bare.Lines[i].Each = nil
	}
	uncounted := usualSweep([][]Setting{{}}, three, 12)
	delete(uncounted.Lines[1].Each, colSwaps+"race")
	for _, c := range []struct {
		id   string
		data *Data
		want string
	}{
		{"F1", plain, "does not vary delays or gaps"},
		{"F2", plain, "does not vary the clocks"},
		{"F3", plain, "does not vary the gap between sends"},
		{"F4", plain, "does not vary the number of peers"},
		{"F5", plain, "does not tell how long messages are held"},
		{"F6", plain, "does not vary two things"},
		{"F8", madeUp(12, three)["F4"], "has more than one cell"},
		{"F7", madeUp(12, three)["F6"], "varies more than one thing"},
		{"F9", uncounted, "did not count mechanisms"},
		{"F8", bare, "has no table of runs"},
		{"F13", plain, `no figure "F13" is drawn from a sweep`},
		{"F1", ratios(usualSweep(crossed(steps("network.latency.median", "1ms", "9ms"), steps("peers", "2", "3")), three, 12)), "varies peers as well"},
	} {
		if _, err := Draw(c.id, c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", c.id, err, c.want)
		}
	}
	if _, err := Barcode(someRun, nil); err == nil {
		t.Error("a barcode of nothing is drawn")
	}
	if _, err := Tanglegram(someRun, []Logs{{Peers: make([][]Delivery, 2)}}); err == nil {
		t.Error("a tanglegram of empty logs is drawn")
	}
	if _, err := WhenDecided(someRun, nil); err == nil {
		t.Error("no branches are drawn")
	}
}
