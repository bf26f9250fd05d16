package figure

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"mpcomm/reports/result"
	"mpcomm/reports/stats"
)

func set(path, value string) Setting { return Setting{Path: path, Value: value} }

// sweepLine sums up runs of which some differ, and differ by one half.
func sweepLine(label string, peers, runs, differ int, cell ...Setting) result.Cell {
	var tally result.Tally
	for i := range runs {
		o := result.Ordering{Ordering: label, Kind: label}
		o.Divergence.Identical = i >= differ
		o.Divergence.InversionsPerMessage = stats.Ratio{Num: 0, Den: 2}
		if i < differ {
			o.Divergence.InversionsPerMessage.Num = 1
		}
		tally.Add(&o)
	}
	return tally.Cell(result.Head{Scenario: "lab", Seed: 5, Peers: peers, Cell: cell})
}

func TestNewDivergence(t *testing.T) {
	t.Parallel()
	slow, fast := set("gap", "80ms"), set("gap", "10ms")
	d := NewDivergence([]result.Cell{
		sweepLine("naive", 4, 4, 1, slow), sweepLine("lamport", 4, 4, 0, slow),
		sweepLine("naive", 4, 4, 4, fast), sweepLine("lamport", 4, 4, 0, fast),
	}, nil)
	if err := d.Validate(); err != nil {
		t.Fatal(err)
	}
	if d.Scenario != "lab" || d.Peers != 4 || d.Seed != 5 || d.Runs != 4 || d.Axis.Scale != Log || len(d.Series) != 2 {
		t.Errorf("got %+v", d)
	}
	in := stats.Wilson(1, 4)
	want := Point{
		X: 80, Cell: "gap=80ms",
		Differ: Estimate{Value: 0.25, Lo: in.Lo, Hi: in.Hi, Runs: 4},
		// Mean 1/8, sd 1/4: the interval 1/8 ± 3.18/8 is cut at 0.
		Overtaken: Estimate{Value: 0.125, Lo: 0, Hi: d.Series[0].Points[0].Overtaken.Hi, Runs: 4},
	}
	if diff := cmp.Diff(want, d.Series[0].Points[0]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if hi := want.Overtaken.Hi; hi < 0.52 || hi > 0.53 {
		t.Errorf("upper bound %v, want 1/8 + 3.182/8", hi)
	}
	if got := d.Series[0].Points[1].Differ.Value; got != 1 {
		t.Errorf("all runs differ, got share %v", got)
	}
}

func TestNewDivergenceWithALayoutAndOneRun(t *testing.T) {
	t.Parallel()
	layout := func(cells [][]Setting) (Axis, []float64) {
		if len(cells) != 2 {
			t.Errorf("%d cells, want 2", len(cells))
		}
		return RatioAxis(), []float64{0.5, 2}
	}
	d := NewDivergence([]result.Cell{
		sweepLine("naive", 3, 1, 1, set("peers", "3")), sweepLine("naive", 5, 1, 0, set("peers", "5")),
	}, layout)
	if err := d.Validate(); err != nil {
		t.Fatal(err)
	}
	if d.Peers != 0 {
		t.Errorf("%d peers, want 0: the number varies", d.Peers)
	}
	p := d.Series[0].Points
	if p[0].X != 0.5 || p[1].X != 2 || p[0].Overtaken.Lo != 0.5 || p[0].Overtaken.Hi != 0.5 {
		t.Errorf("got %+v", p)
	}
}
