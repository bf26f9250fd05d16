package figure

import (
	"image/color"
	"math"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
)

func TestTitle(t *testing.T) {
	t.Parallel()
	xs := []float64{0.1, 1, 10}
	make3 := func(axis Axis, shares ...[]float64) *Divergence {
		d := &Divergence{Runs: 400, Axis: axis}
		names := []string{"naive", "timestamp wait=80ms", "lamport"}
		kinds := []string{"naive", "timestamp", "lamport"}
		for i, differ := range shares {
			d.Series = append(d.Series, series(names[i], kinds[i], xs, differ, make([]float64, 3)))
		}
		return d
	}
	zero, half, all := []float64{0, 0, 0}, []float64{0.2, 0.5, 0.7}, []float64{1, 1, 1}
	ms := Axis{Short: "mean", Unit: "ms", Scale: Log}
	cells := Axis{Scale: Categories, Ticks: []Tick{{0, "a"}}}
	long := make3(ms, zero, half, zero)
	twins := make3(ms, half, all, zero)
	twins.Series[0].Kind = "timestamp"
	twins.Series[1].Ordering = "timestamp with more parameters than any title has room for"
	for _, tc := range []struct {
		name string
		d    *Divergence
		want string
	}{
		{"past a ratio", make3(RatioAxis(), half, zero, zero), "From ratio 10 on, most naive runs differ; 2 others: none"},
		{"with a unit", make3(ms, []float64{0.4, 0.6, 0.6}, half, zero), "From mean 1 ms on, most naive runs differ; lamport: none"},
		{"by its kind", long, "timestamp logs differ in 20% to 70% of runs; 2 others: none"},
		{"a kind of two", twins, "Logs differ in every run"},
		{"not from one place on", make3(ms, []float64{0.4, 0.6, 0.4}, zero), "naive logs differ in 40% to 60% of runs"},
		{"always most", make3(ms, []float64{0.6, 0.7, 0.8}, zero), "naive logs differ in 60% to 80% of runs"},
		{"every run", make3(ms, all), "naive logs differ in every run"},
		{"all differ", make3(cells, all, half), "naive logs differ in every run"},
		{"up to", make3(cells, []float64{0, 0.001, 0.9999}), "naive logs differ in up to >99% of runs"},
		{"no difference", make3(ms, zero, zero, zero), "Logs agree in every run, under every ordering"},
		{"nothing known", &Divergence{Series: []Series{{Points: []Point{{X: 1}}}}}, "No run could be compared"},
	} {
		if got := tc.d.Title(); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestTitleIsShort(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &Divergence{Runs: 10, Axis: RatioAxis()}
		for range rapid.IntRange(1, 4).Draw(t, "series") {
			s := Series{Ordering: rapid.StringN(1, 80, -1).Draw(t, "label"), Kind: rapid.StringMatching(`[a-z-]{0,80}`).Draw(t, "kind")}
			for x := range rapid.IntRange(0, 5).Draw(t, "points") {
				v := rapid.Float64Range(0, 1).Draw(t, "share")
				s.Points = append(s.Points, Point{X: float64(x + 1), Differ: Estimate{Value: v, Lo: v, Hi: v, Runs: rapid.IntRange(0, 1).Draw(t, "runs")}})
			}
			d.Series = append(d.Series, s)
		}
		if title := d.Title(); title == "" || utf8.RuneCountInString(title) > maxTitle {
			t.Fatalf("%d characters: %q", utf8.RuneCountInString(title), title)
		}
	})
}

func labels(ticks []Tick) []string {
	var out []string
	for _, t := range ticks {
		out = append(out, t.Label)
	}
	return out
}

func TestTicks(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		got  []Tick
		want []string
	}{
		{"a decade", logTicks(1, 10), []string{"1", "2", "5", "10"}},
		{"two and a half decades", logTicks(0.03, 10), []string{"0.03", "0.1", "0.3", "1", "3", "10"}},
		{"six decades", logTicks(0.001, 1000), []string{"0.001", "0.01", "0.1", "1", "10", "100", "1000"}},
		{"between two powers", logTicks(2.2, 4.7), []string{"2.2", "4.7"}},
		{"one place", logTicks(7, 7), []string{"7"}},
		{"linear", linearTicks(0, 100, 6), []string{"0", "20", "40", "60", "80", "100"}},
		{"linear from 3", linearTicks(3, 9, 6), []string{"4", "6", "8"}},
		{"linear, one place", linearTicks(3, 3, 6), []string{"3"}},
		{"up to 12", roundTicks(11.99), []string{"0", "4", "8", "12"}},
		{"up to 0.4", roundTicks(0.36), []string{"0", "0.1", "0.2", "0.3", "0.4"}},
		{"up to 1", roundTicks(1), []string{"0", "0.25", "0.5", "0.75", "1"}},
	} {
		if diff := cmp.Diff(tc.want, labels(tc.got)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tc.name, diff)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		hi := rapid.Float64Range(1e-9, 1e9).Draw(t, "hi")
		ticks := roundTicks(hi)
		if last := ticks[len(ticks)-1].Value; last < hi || last > 2.5*hi || len(ticks) < 2 || len(ticks) > 5 {
			t.Fatalf("up to %g: %v", hi, ticks)
		}
	})
}

func TestAxisOf(t *testing.T) {
	t.Parallel()
	grid := func(values ...string) [][]Setting {
		var cells [][]Setting
		for _, v := range values {
			cells = append(cells, []Setting{set("network.latency.mean", v), set("peers", "6")})
		}
		return cells
	}
	for _, tc := range []struct {
		name  string
		cells [][]Setting
		label string
		scale Scale
		ticks []string
		xs    []float64
	}{
		{"durations, wide", grid("5ms", "20ms", "1s"), "network.latency.mean, ms", Log, []string{"5", "20", "1000"}, []float64{5, 20, 1000}},
		{"durations, narrow", grid("5ms", "10ms", "20ms"), "network.latency.mean, ms", Linear, []string{"5", "10", "20"}, []float64{5, 10, 20}},
		{"a zero without unit", grid("0", "10ms", "80ms"), "network.latency.mean, ms", Linear, []string{"0", "10", "80"}, []float64{0, 10, 80}},
		{"crowded", grid("0", "1ms", "80ms"), "network.latency.mean, ms", Linear, nil, []float64{0, 1, 80}},
		{"shares", grid("0.1%", "10%"), "network.latency.mean, %", Log, []string{"0.1", "10"}, []float64{0.1, 10}},
		{"ratios", grid("1/4", "1/2"), "network.latency.mean", Linear, []string{"0.25", "0.5"}, []float64{0.25, 0.5}},
		{"rates", grid("50/s", "100/s"), "network.latency.mean, per s", Linear, []string{"50", "100"}, []float64{50, 100}},
		{"two units", grid("5ms", "10%"), "network.latency.mean", Categories, []string{"5ms", "10%"}, []float64{0, 1}},
		{"a number and a duration", grid("5", "10ms"), "network.latency.mean", Categories, []string{"5", "10ms"}, []float64{0, 1}},
		{"words", grid("fifo", "datagram", "fifo"), "network.latency.mean", Categories, []string{"fifo", "datagram"}, []float64{0, 1, 0}},
		{"one cell", grid("5ms"), "", Categories, []string{""}, []float64{0}},
		{
			"two paths",
			[][]Setting{{set("a", "1"), set("b", "2")}, {set("a", "1"), set("b", "3")}, {set("a", "2")}},
			"a · b", Categories,
			[]string{"1 · 2", "1 · 3", "2 · default"},
			[]float64{0, 1, 2},
		},
		{"division by zero", grid("1/0", "2"), "network.latency.mean", Categories, []string{"1/0", "2"}, []float64{0, 1}},
	} {
		axis, xs := AxisOf(tc.cells)
		if axis.Label != tc.label || axis.Scale != tc.scale {
			t.Errorf("%s: label %q, scale %d; want %q, %d", tc.name, axis.Label, axis.Scale, tc.label, tc.scale)
		}
		if diff := cmp.Diff(tc.ticks, labels(axis.Ticks)); diff != "" {
			t.Errorf("%s: ticks -want +got:\n%s", tc.name, diff)
		}
		if diff := cmp.Diff(tc.xs, xs); diff != "" {
			t.Errorf("%s: x -want +got:\n%s", tc.name, diff)
		}
		for i, x := range xs {
			if err := axis.check(x); err != nil {
				t.Errorf("%s: cell %d cannot be shown: %v", tc.name, i, err)
			}
		}
	}
}

func TestSpread(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lo, hi, pitch := vg.Length(10), vg.Length(110), vg.Length(11)
		wants := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) vg.Length {
			return vg.Length(rapid.Float64Range(10, 110).Draw(t, "height"))
		}), 0, 14).Draw(t, "wants")
		slices.Sort(wants)
		slices.Reverse(wants)
		got := spread(wants, lo, hi, pitch)
		if len(got) != len(wants) {
			t.Fatalf("%d heights for %d labels", len(got), len(wants))
		}
		apart := true
		least := pitch
		if n := len(wants); n > 1 {
			least = min(pitch, (hi-lo)/vg.Length(n-1))
		}
		for i, y := range got {
			if y < lo-1e-9 || y > hi+1e-9 {
				t.Fatalf("label %d at %v, outside %v..%v", i, y, lo, hi)
			}
			if i == 0 {
				continue
			}
			if got[i-1]-y < least-1e-9 {
				t.Fatalf("labels %d and %d are %v apart, want %v: %v", i-1, i, got[i-1]-y, least, got)
			}
			apart = apart && wants[i-1]-wants[i] >= pitch
		}
		if apart && len(wants) > 0 && cmp.Diff(wants, got) != "" {
			t.Fatalf("labels that have room were moved from %v to %v", wants, got)
		}
	})
}

func TestMerged(t *testing.T) {
	t.Parallel()
	at := func(x, value, lo, hi float64) spot { return spot{x, Estimate{Value: value, Lo: lo, Hi: hi, Runs: 9}} }
	for _, tc := range []struct {
		name      string
		run, want []spot
	}{
		{"nothing", nil, nil},
		{"apart", []spot{at(1, 2, 1, 3), at(2, 4, 3, 5)}, []spot{at(1, 2, 1, 3), at(2, 4, 3, 5)}},
		{"two at one place", []spot{at(1, 2, 1, 3), at(1, 4, 2, 6), at(3, 1, 1, 1)}, []spot{at(1, 3, 1, 6), at(3, 1, 1, 1)}},
	} {
		if diff := cmp.Diff(tc.want, merged(tc.run), cmp.AllowUnexported(spot{})); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tc.name, diff)
		}
	}
}

// contrast is the ratio of luminance to white that WCAG 2.1 defines, section
// 1.4.3.
func contrast(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 1.05 / (0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B) + 0.05)
}

func TestColoursCanBeRead(t *testing.T) {
	t.Parallel()
	for _, l := range []look{lookNaive, lookTimestamp, lookLogical, lookOther, lookReference} {
		if got := contrast(l.mark); got < 3 {
			t.Errorf("mark %v: contrast %.2f, want at least 3", l.mark, got)
		}
		if got := contrast(l.text); got < 4.5 {
			t.Errorf("text %v: contrast %.2f, want at least 4.5", l.text, got)
		}
	}
	for _, ink := range []color.NRGBA{inkText, inkSoft} {
		if got := contrast(ink); got < 4.5 {
			t.Errorf("ink %v: contrast %.2f, want at least 4.5", ink, got)
		}
	}
}

func TestLooksAreToldApart(t *testing.T) {
	t.Parallel()
	all := fewFigure().Series
	looks := looksOf(kindsOf(all))
	for i, a := range looks {
		for k, b := range looks[:i] {
			if a.mark == b.mark && a.marker == b.marker {
				t.Errorf("%s and %s look the same", all[i].Ordering, all[k].Ordering)
			}
		}
	}
}

// TestSnapTakesNoiseAway: a change in the last bits, as between platforms,
// does not move a coordinate that a layout produces.
func TestSnapTakesNoiseAway(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := float64(rapid.IntRange(0, 1<<22).Draw(t, "steps")) / rapid.SampledFrom([]float64{1, 2, 4, 8, 16, 10, 20, 100, 1000}).Draw(t, "of")
		noise := rapid.Float64Range(-1e-12, 1e-12).Draw(t, "noise")
		a, b := snap(vg.Length(x)), snap(vg.Length(x*(1+noise)))
		if a != b && math.Abs(math.Mod(100*x, 1)-0.37) > 1e-6 {
			t.Fatalf("%v snaps to %v, with noise to %v", x, a, b)
		}
		if math.Abs(float64(a)-x) > 0.0064 {
			t.Fatalf("%v snaps to %v", x, a)
		}
	})
}

// TestNamesStandOutFromTheirParts: what is written on a part of F9 can be read.
func TestNamesStandOutFromTheirParts(t *testing.T) {
	for k, m := range mechanisms {
		below, above := contrast(greys[k].fill), contrast(inkOn(k))
		if got := max(below, above) / min(below, above); got < 4.5 {
			t.Errorf("%s: contrast %.2f, want at least 4.5", m, got)
		}
	}
}
