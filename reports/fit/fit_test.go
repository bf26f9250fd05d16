package fit

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mpcomm/network/latency"
	"mpcomm/sim/rng"
)

// The densities are those of the families that links draw from: the distribution
// function undoes a draw, and its slope is the density.
func TestDensitiesAreThoseOfTheFamilies(t *testing.T) {
	t.Parallel()
	for _, f := range []latency.Family{
		{Kind: latency.LogNormal, Min: 3 * ms, Median: 8 * ms, Sigma: rng.FixedRatio(7, 10)},
		{Kind: latency.Exponential, Min: 20 * ms, Mean: 25 * ms},
		{Kind: latency.Normal, Mean: 60 * ms, SD: 6 * ms},
		{Kind: latency.Uniform, Min: 5 * ms, Max: 45 * ms},
		{Kind: latency.Pareto, Scale: 10 * ms, Shape: rng.FixedRatio(25, 10)},
	} {
		d, dist := densityOf(f), f.Dist()
		for i := 1; i < 64; i++ {
			u := float64(i) / 64
			x := float64(dist.Sample(uint64(i)<<58)) / 1e6
			if got := d.below(x); math.Abs(got-u) > 1e-4 {
				t.Errorf("%s: below(%g) = %g, want %g", f.Kind, x, got, u)
			}
			const step = 1e-4
			slope := (d.below(x+step) - d.below(x-step)) / (2 * step)
			if got := math.Exp(d.log(x)); math.Abs(got/slope-1) > 1e-3 {
				t.Errorf("%s: density at %g is %g, want %g", f.Kind, x, got, slope)
			}
		}
	}
}

// Whatever was measured, what is fitted is a legal family, its criterion is a
// number, and the distance is that of the slow way.
func TestDelaysFitAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		delays := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Duration {
			if rapid.Bool().Draw(t, "common") {
				return time.Duration(rapid.Int64Range(0, 5).Draw(t, "few"))
			}
			return time.Duration(rapid.Int64Range(0, int64(12*time.Hour)).Draw(t, "any"))
		}), 1, 30).Draw(t, "delays")
		slices.Sort(delays)
		for _, c := range Delays(delays) {
			if faults := c.Family.CheckDelay(); len(faults) > 0 || math.IsNaN(c.AIC-c.AIC) || c.KS < 0 || c.KS > 1 {
				t.Fatalf("%+v: %v", c, faults)
			}
			for _, q := range Quantiles(delays, c.Family) {
				if q.Model < 0 || math.IsNaN(q.Deviation()) {
					t.Fatalf("%+v: %+v", c, q)
				}
			}
			if c.Family.Kind == latency.Constant {
				continue
			}
			most := 0.0
			for _, x := range delays {
				d, share := densityOf(c.Family), 0.0
				at := float64(x) / 1e6
				for _, y := range delays {
					if y <= x {
						share += 1 / float64(len(delays))
					}
				}
				most = max(most, math.Abs(d.below(at)-share))
				for _, y := range delays {
					if y == x {
						share -= 1 / float64(len(delays))
					}
				}
				most = max(most, math.Abs(d.below(at)-share))
			}
			if math.Abs(most-c.KS) > 1e-9 {
				t.Fatalf("%+v: distance %g, want %g", c, c.KS, most)
			}
		}
	})
}

func TestQuantiles(t *testing.T) {
	t.Parallel()
	var delays []time.Duration
	for i := range 1000 {
		delays = append(delays, time.Duration(i+1)*time.Millisecond)
	}
	all := Quantiles(delays, latency.Family{Kind: latency.Uniform, Min: 0, Max: 1100 * ms})
	for i, want := range []time.Duration{10, 50, 250, 500, 750, 900, 950, 990, 999} {
		want *= time.Millisecond
		if q := all[i]; q.Measured != want || math.Abs(q.Deviation()-0.1) > 1e-6 {
			t.Errorf("p%g: %+v, want %v and a model 10%% above", q.Percent, q, want)
		}
	}
	all[3].Model = 0
	if q := Largest(all); q.Percent != 50 || q.Deviation() != -1 {
		t.Errorf("the largest deviation is %+v", q)
	}
}

func TestReadPings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		trips      []time.Duration
		lost       string
		every      time.Duration
	}{
		{"numbers", "12.5\n\n13 # slow\n  0.25\n", []time.Duration{12_500_000, 13_000_000, 250_000}, "...", 0},
		{"names", "rtt\n5\nlost\n*\nTimeout\n-\nnan\n6\n", []time.Duration{5_000_000, 6_000_000}, ".xxxxx.", 0},
		{"times", "time,rtt\n1700000000.5,10\n1700000001.5,\n1700000002.6, lost\n1700000003.6,11\r\n", []time.Duration{10_000_000, 11_000_000}, ".xx.", time.Second},
		{"one", "7", []time.Duration{7_000_000}, ".", 0},
	} {
		p, err := ReadPings("x.csv", strings.NewReader(tt.text), time.Millisecond)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		lost := ""
		for _, gone := range p.Lost {
			lost += map[bool]string{true: "x", false: "."}[gone]
		}
		if !slices.Equal(p.Trips, tt.trips) || lost != tt.lost || p.Every != tt.every {
			t.Errorf("%s: %v %s %v, want %v %s %v", tt.name, p.Trips, lost, p.Every, tt.trips, tt.lost, tt.every)
		}
	}
}

func TestReadPingsRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"", "x.csv:1:1: no ping in the file; want one round trip a line"},
		{"rtt\n# nothing\n", "x.csv:2:1: no ping in the file"},
		{"lost\nlost\n", "x.csv:2:1: all 2 pings are lost; want some that came back"},
		{"1\n  2ms\n", `x.csv:2:3: "2ms": want a round trip such as 12.5, or lost`},
		{"1_000\n", `x.csv:1:1: "1_000": want a round trip`},
		{"0x1p4\n", `x.csv:1:1: "0x1p4": want a round trip`},
		{"12ms\n", `x.csv:1:1: "12ms": want a round trip`},
		{"1\n-2\n", `x.csv:2:1: "-2" is negative; want`},
		{"1\n1e300\n", `x.csv:2:1: "1e300": is more than 24h0m0s in this unit`},
		{"0,1\n1\n", "x.csv:2:1: 1 columns; want 2, as in the lines before"},
		{"0,1\n1,2,3\n", "x.csv:2:5: 3 columns; want a round trip alone, or a time and a round trip; or a matrix, a corner and two or more names in its first line"},
		{"5,1\n4,1\n", "x.csv:2:1: time 4 lies before that of the ping before; want times that do not fall"},
		{"5,1\nsix,1\n", `x.csv:2:1: time "six": want a number of seconds`},
		{"5,1\n 6, one\n", `x.csv:2:5: "one": want a round trip`},
		{"1\n" + strings.Repeat("9", 5000), "x.csv:2:1: longer than 4096 bytes; want one ping a line"},
		{"1\n" + strings.Repeat("x\n", 20), "and 10 more"},
	} {
		p, err := ReadPings("x.csv", strings.NewReader(tt.text), time.Millisecond)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.20q: %v, %v; want %s", tt.text, p, err, tt.want)
		}
	}
	if _, err := readPings("x.csv", strings.NewReader("1\n2\n3\n4\n"), time.Millisecond, 3); err == nil ||
		err.Error() != "x.csv:4:1: more than 3 pings; want a part of them" {
		t.Errorf("more than are read: %v", err)
	}
}

func FuzzReadPings(f *testing.F) {
	f.Add("1\n2\nlost\n")
	f.Add("time,rtt\n0,1\n1,\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ReadPings("x", strings.NewReader(text), time.Millisecond)
		if (p == nil) == (err == nil) {
			t.Fatalf("%v, %v", p, err)
		}
		if err == nil {
			trips := slices.Sorted(slices.Values(p.Trips))
			Delays(trips)
			Losses(p.Lost)
		}
	})
}

func TestCorrelation(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		delays []time.Duration
		want   float64
	}{
		{nil, 0},
		{[]time.Duration{1, 2}, 0},
		{[]time.Duration{5, 5, 5, 5}, 0},
		{[]time.Duration{1, 2, 3, 4}, 1},
		{[]time.Duration{1, 2, 3, 1000}, 1},
		{[]time.Duration{1, 9, 1, 9, 1}, -1},
		{[]time.Duration{1, 2, 2, 1}, -0.5},
	} {
		if got := Correlation(tt.delays); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%v: %g, want %g", tt.delays, got, tt.want)
		}
	}
}
