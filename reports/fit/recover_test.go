package fit

import (
	"math"
	"slices"
	"testing"
	"time"

	"mpcomm/network/latency"
	"mpcomm/sim/rng"
)

const ms = int64(time.Millisecond)

// draws are sorted draws of a family.
func draws(f latency.Family, seed uint64, n int) []time.Duration {
	d := f.Dist()
	key := rng.Root(seed).Name("fit")
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = time.Duration(d.Sample(key.Word(uint64(i))))
	}
	slices.Sort(all)
	return all
}

// What was drawn from a known model is found again: its family, by the
// criterion, and its parameters, in the mean of many samples within 4.5 standard
// errors of that mean and the bias of order 1/n that the estimators may have.
func TestDelaysAreRecovered(t *testing.T) {
	t.Parallel()
	const n, samples = 1500, 16
	for _, f := range []latency.Family{
		{Kind: latency.LogNormal, Min: 11_500_000, Median: 8_500_000, Sigma: rng.FixedRatio(65, 100)},
		{Kind: latency.LogNormal, Min: 300_000, Median: 1_200_000, Sigma: rng.FixedRatio(17, 10)},
		{Kind: latency.Exponential, Min: 20 * ms, Mean: 25 * ms},
		{Kind: latency.Normal, Mean: 60 * ms, SD: 6 * ms},
		{Kind: latency.Uniform, Min: 5 * ms, Max: 45 * ms},
		{Kind: latency.Pareto, Scale: 10 * ms, Shape: rng.FixedRatio(25, 10)},
	} {
		found := map[string][]float64{}
		for seed := range uint64(samples) {
			best := Delays(draws(f, seed, n))[0]
			if best.Family.Kind != f.Kind {
				t.Errorf("%+v: seed %d: fitted %+v", f, seed, best)
				continue
			}
			// The distance to the right model stays below its 0.1% point.
			if limit := 1.95 / math.Sqrt(n); best.KS > limit {
				t.Errorf("%s: seed %d: distance %.4f, want at most %.4f", f.Kind, seed, best.KS, limit)
			}
			for _, name := range f.Params() {
				found[name] = append(found[name], parameter(best.Family, name))
			}
		}
		for _, name := range f.Params() {
			mean, sd := meanAndSD(found[name])
			want := parameter(f, name)
			bias := 2 * math.Abs(want) / n
			if f.Kind == latency.LogNormal {
				bias *= 4 // the least value is an estimate at the edge of the data
			}
			if off := math.Abs(mean - want); off > 4.5*sd/math.Sqrt(samples)+bias {
				t.Errorf("%s: %s is %g in the mean, want %g: off by %.1f standard errors", f.Kind, name, mean, want, off/(sd/math.Sqrt(samples)))
			}
		}
	}
}

func parameter(f latency.Family, name string) float64 {
	if q := f.Quantity(name); q != nil {
		return float64(*q)
	}
	return number(*f.Number(name))
}

func meanAndSD(values []float64) (mean, sd float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		sd += (v - mean) * (v - mean) / float64(len(values)-1)
	}
	return mean, math.Sqrt(sd)
}

// Losses of a known process are found again, and those by chance are not taken
// for bursts.
func TestLossesAreRecovered(t *testing.T) {
	t.Parallel()
	const n = 200_000
	for _, tt := range []struct {
		name   string
		p, r   float64
		bursty bool
	}{
		{"bursts", 0.01, 0.25, true},
		{"rare bursts", 0.001, 0.5, true},
		{"chance", 0.02, 0.98, false},
	} {
		key := rng.Root(7).Name("loss").Name(tt.name)
		lost := make([]bool, n)
		for i := 1; i < n; i++ {
			u := float64(key.Word(uint64(i))>>11) / (1 << 53)
			if lost[i-1] {
				lost[i] = u >= tt.r
			} else {
				lost[i] = u < tt.p
			}
		}
		l := Losses(lost)
		if l.Bursty != tt.bursty {
			t.Errorf("%s: bursty %v, want %v: %+v", tt.name, l.Bursty, tt.bursty, l)
		}
		for _, q := range []struct {
			got  rng.Ratio
			want float64
		}{{l.P, tt.p}, {l.R, tt.r}} {
			se := math.Sqrt(q.want * (1 - q.want) / float64(q.got.Den))
			if z := (ratio(q.got) - q.want) / se; math.Abs(z) > 4.5 {
				t.Errorf("%s: %v, want %g: z = %.1f", tt.name, q.got, q.want, z)
			}
		}
	}
}

func TestLossesOfAHandfulOfPings(t *testing.T) {
	t.Parallel()
	lost := func(s string) (all []bool) {
		for _, c := range s {
			all = append(all, c == 'x')
		}
		return all
	}
	for _, tt := range []struct {
		pings string
		want  Loss
	}{
		{".", Loss{Sent: 1}},
		{"....", Loss{Sent: 4, P: rng.Ratio{Den: 3}}},
		{"..xx", Loss{Sent: 4, Lost: 2, Bursts: 1, Longest: 2, P: rng.Ratio{Num: 1, Den: 2}, R: rng.Ratio{Den: 1}}},
		{"x.x.", Loss{Sent: 4, Lost: 2, Bursts: 2, Longest: 1, P: rng.Ratio{Num: 1, Den: 1}, R: rng.Ratio{Num: 2, Den: 2}}},
		{
			"......xxxx..........xxx..........",
			Loss{Sent: 33, Lost: 7, Bursts: 2, Longest: 4, Bursty: true, P: rng.Ratio{Num: 2, Den: 25}, R: rng.Ratio{Num: 2, Den: 7}},
		},
	} {
		if got := Losses(lost(tt.pings)); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.pings, got, tt.want)
		}
	}
}
