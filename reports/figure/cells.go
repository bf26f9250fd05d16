package figure

import (
	"math"
	"slices"
	"strings"

	"mpcomm/reports/result"
	"mpcomm/reports/stats"
)

// Setting is one path of a cell of a sweep's grid and its value as written.
type Setting = result.Setting

// Layout gives the cells of a grid their places on an axis. AxisOf is one.
type Layout func(cells [][]Setting) (Axis, []float64)

// NewDivergence makes the figure of the lines of a sweep. There must be at
// least one line; Command is the caller's to set. A nil layout is AxisOf.
func NewDivergence(lines []result.Cell, layout Layout) *Divergence {
	if len(lines) == 0 {
		panic("figure: a figure of a sweep without lines")
	}
	if layout == nil {
		layout = AxisOf
	}
	first := lines[0]
	d := &Divergence{Scenario: first.Scenario, Peers: first.Peers, Seed: first.Seed, Runs: int(first.Runs)}
	var cells [][]Setting
	where := make([]int, len(lines)) // index of each line's cell
	for i := range lines {
		line := &lines[i]
		if line.Peers != d.Peers {
			d.Peers = 0
		}
		where[i] = slices.IndexFunc(cells, func(c []Setting) bool { return slices.Equal(c, line.Cell) })
		if where[i] < 0 {
			where[i] = len(cells)
			cells = append(cells, line.Cell)
		}
	}
	axis, xs := layout(cells)
	d.Axis = axis
	for i := range lines {
		line := &lines[i]
		at := slices.IndexFunc(d.Series, func(s Series) bool { return s.Ordering == line.Ordering })
		if at < 0 {
			at = len(d.Series)
			d.Series = append(d.Series, Series{Ordering: line.Ordering, Kind: line.Kind})
		}
		d.Series[at].Points = append(d.Series[at].Points, Point{
			X: xs[where[i]], Cell: cellName(line.Cell), Differ: differOf(line), Overtaken: overtakenOf(line),
		})
	}
	return d
}

func cellName(cell []Setting) string {
	var words []string
	for _, s := range cell {
		words = append(words, s.Path+"="+s.Value)
	}
	return strings.Join(words, " ")
}

// differOf turns the share of runs with identical logs into that of the
// others, from counts, so that its bounds are not differences of floats.
func differOf(line *result.Cell) Estimate {
	identical, ok := line.Number("divergence.identical")
	if !ok {
		return Estimate{}
	}
	k := line.Runs - uint64(math.Round(float64(identical*float64(line.Runs))))
	in := stats.Wilson(k, line.Runs)
	return Estimate{Value: stats.Ratio{Num: k, Den: line.Runs}.Float(), Lo: in.Lo, Hi: in.Hi, Runs: int(line.Runs)}
}

// overtakenOf takes the mean over runs. Its interval is cut at 0, below which
// there is nothing, and is a point where one run has none.
func overtakenOf(line *result.Cell) Estimate {
	const path = "divergence.inversions_per_message"
	mean, ok := line.Number(path)
	if !ok {
		return Estimate{}
	}
	e := Estimate{Value: mean, Lo: mean, Hi: mean, Runs: int(line.Runs)}
	if n, ok := line.Number(path + "_n"); ok {
		e.Runs = int(n)
	}
	lo, okLo := line.Number(path + "_lo")
	hi, okHi := line.Number(path + "_hi")
	if okLo && okHi {
		e.Lo, e.Hi = max(0, lo), hi
	}
	return e
}
