package figure

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"

	"mpcomm/reports/dataset"
	"mpcomm/reports/stats"
)

var nan = math.NaN()

// valueAt reads a stair.
func (s stair) valueAt(x float64) (y float64, band stats.Interval) {
	for i := range s.x {
		if s.x[i] <= x {
			y, band = s.y[i], s.band[i]
		}
	}
	return y, band
}

// TestSurvival: without runs censored early, survival is the share of runs that
// part later, and Greenwood's variance that of a share; with them it is the
// product of what each position leaves.
func TestSurvival(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const longest = 12
		n := rapid.IntRange(1, 30).Draw(t, "runs")
		censoredEarly := rapid.Bool().Draw(t, "early")
		parted, length := make([]float64, n), make([]float64, n)
		for i := range n {
			parted[i], length[i] = nan, longest
			if rapid.Bool().Draw(t, "parts") {
				parted[i] = float64(rapid.IntRange(1, longest).Draw(t, "at"))
			} else if censoredEarly {
				length[i] = float64(rapid.IntRange(1, longest).Draw(t, "length"))
			}
		}
		got := survival(parted, length)
		for k := 1.0; k <= longest; k++ {
			want, variance := 1.0, 0.0
			for at := 1.0; at <= k; at++ {
				risk, events := 0.0, 0.0
				for i := range n {
					if parted[i] >= at || math.IsNaN(parted[i]) && length[i] >= at {
						risk++
					}
					if parted[i] == at {
						events++
					}
				}
				if events > 0 {
					want *= 1 - events/risk
					if risk > events {
						variance += events / (risk * (risk - events))
					}
				}
			}
			y, band := got.valueAt(k)
			if math.Abs(y-100*want) > 1e-9 {
				t.Fatalf("after %v: %v, want %v", k, y, 100*want)
			}
			if half := 1.959963984540054 * want * math.Sqrt(variance); want > 0 && want < 1 &&
				(math.Abs(band.Hi-100*min(1, want+half)) > 1e-9 || math.Abs(band.Lo-100*max(0, want-half)) > 1e-9) {
				t.Fatalf("after %v: band %v around %v, want half width %v", k, band, y, 100*half)
			}
			if band.Lo > y || band.Hi < y || band.Lo == band.Hi {
				t.Fatalf("after %v: band %v of %v", k, band, y)
			}
		}
	})
}

// TestDistribution: at each place the stair is the share of values up to there.
func TestDistribution(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 20).Draw(t, "values")
		s := distribution(values, -1)
		for _, x := range append(slices.Clone(values), -0.5, 2) {
			k := uint64(0)
			for _, v := range values {
				if v <= x {
					k++
				}
			}
			y, band := s.valueAt(x)
			want := stats.Wilson(k, uint64(len(values)))
			if math.Abs(y-100*float64(k)/float64(len(values))) > 1e-9 || band.Lo != 100*want.Lo || band.Hi != 100*want.Hi {
				t.Fatalf("up to %v: %v in %v; want %d of %d", x, y, band, k, len(values))
			}
		}
	})
}

// TestCrossings: the lines that cross in the picture are as many as the number
// that is printed, which is the number of pairs in different orders.
func TestCrossings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 70).Draw(t, "messages")
		l := madeLogs("naive", "naive", n, 0)
		l.Peers = l.Peers[:2]
		order := rapid.Permutation(l.Peers[1]).Draw(t, "order")
		l.Peers[1] = order
		if lost := rapid.IntRange(0, n-2).Draw(t, "lost"); rapid.Bool().Draw(t, "loses") {
			l.Peers[1] = slices.Concat(order[:lost], order[lost+1:])
		}
		f, err := Tanglegram(someRun, []Logs{l})
		if err != nil {
			t.Fatal(err)
		}
		w := l.worstTangle()
		place := map[int]int{}
		for k, d := range l.Peers[1] {
			place[d.Message] = k
		}
		pairs := 0
		for i, s := range w.strands {
			for _, o := range w.strands[:i] {
				if (s.message < o.message) != (place[s.message] < place[o.message]) {
					pairs++
				}
			}
		}
		var lines [][2]vg.Point
		for _, s := range f.sheet.shapes {
			if len(s.path) == 2 && s.stroke.Width > 0 {
				lines = append(lines, [2]vg.Point{s.path[0].Pos, s.path[1].Pos})
			}
		}
		if len(lines) != len(w.strands) {
			t.Fatalf("%d lines for %d messages", len(lines), len(w.strands))
		}
		drawn := 0
		for i, a := range lines {
			for _, b := range lines[:i] {
				if (a[0].X < b[0].X) != (a[1].X < b[1].X) {
					drawn++
				}
			}
		}
		printed := 0
		for _, s := range f.sheet.shapes {
			if s.words != nil && strings.Contains(s.words.text, "crossing") {
				fields := strings.Fields(s.words.text)
				at := slices.IndexFunc(fields, func(w string) bool { return strings.HasPrefix(w, "crossing") })
				printed, err = strconv.Atoi(strings.ReplaceAll(fields[at-1], ",", ""))
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		if drawn != pairs || printed != pairs || w.crossings != pairs {
			t.Fatalf("%d lines cross, %d are printed, %d counted; %d pairs are swapped", drawn, printed, w.crossings, pairs)
		}
	})
}

// TestCells: every cell of a map carries its number and reaches a little over
// its edges, where cells would show a line between them; the outline runs where
// the number passes 1.
func TestCells(t *testing.T) {
	t.Parallel()
	d := madeUp(12, three)["F6"]
	f, err := Draw("F6", d)
	if err != nil {
		t.Fatal(err)
	}
	cells := 2 * len(d.Lines)
	numbers := map[string]int{}
	boxes := 0
	for _, s := range f.sheet.shapes {
		switch {
		case s.words != nil && s.words.sty.Font.Size < captionSize:
			numbers[s.words.text]++
		case s.fill.A > 0 && len(s.path) == 5:
			boxes++
		}
	}
	total := 0
	for _, n := range numbers {
		total += n
	}
	const scales = 2 * 40 // steps of the two scales
	if total != cells || boxes != cells+scales {
		t.Errorf("%d cells have %d numbers and %d boxes", cells, total, boxes-scales)
	}
	var lefts, rights []vg.Length
	for _, s := range f.sheet.shapes {
		if s.fill.A > 0 && len(s.path) == 5 && len(lefts) < 2 {
			lefts, rights = append(lefts, s.path[0].Pos.X), append(rights, s.path[1].Pos.X)
		}
	}
	if over := rights[0] - lefts[1]; over < 0.5 || over > 0.7 {
		t.Errorf("two cells overlap by %.2f points; want 0.6", over)
	}
}

// TestOutline: cells below 1 are parted from the others by a line, and only they.
func TestOutline(t *testing.T) {
	t.Parallel()
	skews, gaps := steps("clocks.default.offset.sd", "0ms", "20ms", "40ms"), steps("workload.gap.mean", "1s", "250ms")
	for _, c := range []struct {
		atFar float64 // positions that differ, of 40, at the largest skew
		lines int
	}{{0, 0}, {0.2, 0}, {0.4, 2}, {20, 2}} {
		d := sweepOf(crossed(skews, gaps), three, 12, func(l *dataset.Line, _ int, _ float64) map[string]float64 {
			if l.Kind == "timestamp" && valueOf(l.Cell.Cell, "clocks.default.offset.sd") == "40ms" {
				return map[string]float64{colDiffering: c.atFar}
			}
			return nil
		})
		f, err := Draw("F6", d)
		if err != nil {
			t.Fatal(err)
		}
		lines := 0
		for _, s := range f.sheet.shapes {
			if s.stroke.Width == 1.4 {
				lines++
			}
		}
		if lines != c.lines {
			t.Errorf("%g of 40 positions differ: the outline has %d parts, want %d, one at each of two rates", c.atFar, lines, c.lines)
		}
	}
}

// TestHeat: the scale rises in lightness from end to end, and numbers stand out.
func TestHeat(t *testing.T) {
	t.Parallel()
	last := -1.0
	for i := range 101 { // of the scale
		fill, ink := heat(float64(i) / 100)
		light := luminanceOf(fill.R, fill.G, fill.B)
		if light < last-0.002 {
			t.Errorf("at %d%% the scale gets darker", i)
		}
		last = light
		text := luminanceOf(ink.R, ink.G, ink.B)
		if ratio := (max(light, text) + 0.05) / (min(light, text) + 0.05); ratio < 4.5 {
			t.Errorf("at %d%% a number has a contrast of %.2f", i, ratio)
		}
	}
}

func luminanceOf(r, g, b uint8) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// TestSummaries: percentiles by rank, an interval around the mean that narrows
// with the root of the runs, nothing of a NaN.
func TestSummaries(t *testing.T) {
	t.Parallel()
	var values []float64
	for i := range 100 {
		values = append(values, float64((i*37)%100+1), nan)
	}
	s := summarise(values)
	if s.runs != 100 || s.mean != 50.5 || s.low != 5 || s.high != 95 {
		t.Errorf("got %d runs, mean %v, %v to %v", s.runs, s.mean, s.low, s.high)
	}
	// The standard error of the mean of 1..100 is 2.887.
	if half := (s.interval.Hi - s.interval.Lo) / 2; half < 0.9*1.96*2.887 || half > 1.1*1.96*2.887 {
		t.Errorf("half width %v, want about %v", half, 1.96*2.887)
	}
	if e := summarise([]float64{nan}); e.runs != 0 || e.few() {
		t.Errorf("nothing sums up to %+v", e)
	}
	if x := summarise([]float64{2, 2}); x.interval != (stats.Interval{Lo: 2, Hi: 2}) || !x.few() {
		t.Errorf("two equal runs sum up to %+v", x)
	}
}

// TestLogAxis: equal ratios lie at equal distances, the labels under their
// places, and the name of the axis under the middle of the data.
func TestLogAxis(t *testing.T) {
	t.Parallel()
	f, err := Draw("F1", madeUp(12, three)["F1"])
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]vg.Length{}
	for _, s := range f.sheet.shapes {
		if s.words != nil {
			at[s.words.text] = s.words.at.X
		}
	}
	if one, two := at["0.2"]-at["0.1"], at["1"]-at["0.2"]; math.Abs(float64(one)/math.Log10(2)-float64(two)/math.Log10(5)) > 0.01 || one < 20 {
		t.Errorf("0.1, 0.2 and 1 lie at %v, %v and %v", at["0.1"], at["0.2"], at["1"])
	}
	if name := at["spread of delays ÷ gap between a peer's sends"]; name < at["0.1"] || name > at["1"] {
		t.Errorf("the name of the axis lies at %v, the label 0.1 at %v and 1 at %v", name, at["0.1"], at["1"])
	}
}
