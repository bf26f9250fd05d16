package rng

import (
	"math"
	"slices"
	"testing"
)

// draws is how many samples each statistical test takes: enough to see a lump
// or a shift of a thousandth of the spread.
const draws = 1_000_000

// normalCDF is the standard normal distribution function.
func normalCDF(z float64) float64 { return 0.5 * math.Erfc(-z/math.Sqrt2) }

// model is a distribution with its closed forms: the distribution function, the
// first two moments, and the kurtosis E((X-mean)^4)/variance^2. Moments that
// do not exist are left out.
type model struct {
	name                 string
	dist                 Dist
	cdf                  func(x float64) float64
	mean, sd             float64
	kurtosis             float64
	withMean, withMoment bool
}

func models() []model {
	const ms = 1e6
	s := 0.5 // sigma of the lognormal
	v := math.Exp(s * s)
	excessMean := 20 * ms * math.Exp(s*s/2)
	paretoCDF := func(scale, shape float64) func(float64) float64 {
		return func(x float64) float64 { return 1 - math.Pow(scale/max(x, scale), shape) }
	}
	return []model{
		{
			"uniform", Uniform(10*ms, 99*ms),
			func(x float64) float64 { return (x - 10*ms) / (89 * ms) },
			54.5 * ms, 89 * ms / math.Sqrt(12), 1.8, true, true,
		},
		{
			"exponential", Exponential(5*ms, 20*ms),
			func(x float64) float64 { return -math.Expm1(-(x - 5*ms) / (15 * ms)) },
			20 * ms, 15 * ms, 9, true, true,
		},
		{
			"normal", Normal(3*ms, 10*ms),
			func(x float64) float64 { return normalCDF((x - 3*ms) / (10 * ms)) },
			3 * ms, 10 * ms, 3, true, true,
		},
		{
			"lognormal", LogNormal(2*ms, 20*ms, FixedRatio(1, 2)),
			func(x float64) float64 { return normalCDF(math.Log(max(x-2*ms, 1)/(20*ms)) / s) },
			2*ms + excessMean, excessMean * math.Sqrt(v-1), v*v*v*v + 2*v*v*v + 3*v*v - 3, true, true,
		},
		{
			// Of shape a: variance a/((a-1)^2 (a-2)), and a kurtosis from a = 4 on.
			"pareto light", Pareto(10*ms, FixedInt(10)), paretoCDF(10*ms, 10),
			10 * ms * 10 / 9, 10 * ms * math.Sqrt(10./(81*8)), 3 + 6*(1000+100-60-2)/(10.*7*6), true, true,
		},
		{
			"pareto", Pareto(10*ms, FixedRatio(5, 2)), paretoCDF(10*ms, 2.5),
			10 * ms * 2.5 / 1.5, 10 * ms * math.Sqrt(2.5/(1.5*1.5*0.5)), 0, true, false,
		},
		{"pareto heavy", Pareto(10*ms, FixedRatio(1, 2)), paretoCDF(10*ms, 0.5), 0, 0, 0, false, false},
		{
			// Three quarters of the mass spread over 0..10 ms, one over 10..100 ms.
			"empirical", Empirical([]int64{0, 2 * ms, 8 * ms, 10 * ms, 100 * ms}),
			func(x float64) float64 {
				knots := []float64{0, 2 * ms, 8 * ms, 10 * ms, 100 * ms}
				i := min(max(1, slices.IndexFunc(knots, func(k float64) bool { return k >= x })), 4)
				return (float64(i-1) + (x-knots[i-1])/(knots[i]-knots[i-1])) / 4
			},
			17.5 * ms, 0, 0, false, false,
		},
	}
}

// sampleOf draws from a model under a key of its own.
func sampleOf(name string, d Dist) []int64 {
	k := Root(1).Name("statistics").Name(name)
	sample := make([]int64, draws)
	for i := range sample {
		sample[i] = d.Sample(k.Word(uint64(i)))
	}
	return sample
}

func TestSamplesFollowTheClosedForms(t *testing.T) {
	t.Parallel()
	for _, m := range models() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			sample := sampleOf(m.name, m.dist)
			if m.withMean {
				checkMoments(t, m, sample)
			}
			slices.Sort(sample)
			checkKolmogorovSmirnov(t, m, sample)
			checkTails(t, m, sample)
		})
	}
}

// checkMoments compares mean and variance by their standard errors.
func checkMoments(t *testing.T, m model, sample []int64) {
	t.Helper()
	n, sum, squares := float64(len(sample)), 0.0, 0.0
	for _, x := range sample {
		sum += float64(x) - m.mean
	}
	shift := sum / n
	for _, x := range sample {
		d := float64(x) - m.mean - shift
		squares += d * d
	}
	if z := shift / m.sd * math.Sqrt(n); math.Abs(z) > 4.5 {
		t.Errorf("mean %.1f, want %.1f: z = %.2f", m.mean+shift, m.mean, z)
	}
	if !m.withMoment {
		return
	}
	variance := squares / (n - 1) / (m.sd * m.sd)
	if z := (variance - 1) / math.Sqrt((m.kurtosis-1)/n); math.Abs(z) > 4.5 {
		t.Errorf("variance %.5f times that of the closed form: z = %.2f", variance, z)
	}
}

// checkKolmogorovSmirnov bounds the largest distance of the empirical from the
// true distribution function: 1.95 is passed once in a thousand samples.
func checkKolmogorovSmirnov(t *testing.T, m model, sorted []int64) {
	t.Helper()
	n, distance := float64(len(sorted)), 0.0
	for i, x := range sorted {
		f := m.cdf(float64(x))
		distance = max(distance, f-float64(i)/n, float64(i+1)/n-f)
	}
	if d := distance * math.Sqrt(n); d >= 1.95 {
		t.Errorf("Kolmogorov-Smirnov distance %.3f, want below 1.95", d)
	}
}

// checkTails counts the samples beyond the points where the closed form leaves
// a thousandth and a ten thousandth, on both sides.
func checkTails(t *testing.T, m model, sorted []int64) {
	t.Helper()
	n := float64(len(sorted))
	for _, p := range []float64{1e-4, 1e-3, 0.999, 0.9999} {
		low, high := 0.0, 1e16
		if m.dist.CanBeNegative() {
			low = -high
		}
		for range 200 {
			if mid := (low + high) / 2; m.cdf(mid) < p {
				low = mid
			} else {
				high = mid
			}
		}
		below, _ := slices.BinarySearch(sorted, int64(math.Ceil(high)))
		// The grain of a nanosecond moves p by less than 1e-6 of the spread.
		q := m.cdf(math.Ceil(high) - 0.5)
		if z := (float64(below) - n*q) / math.Sqrt(n*q*(1-q)); math.Abs(z) > 4.5 {
			t.Errorf("%d samples below the quantile of %v: z = %.2f", below, p, z)
		}
	}
}

// TestNoLumpAtTheMinimum looks at a distribution so coarse that every integer
// has a probability worth counting: that of rounding to it, at the minimum too.
func TestNoLumpAtTheMinimum(t *testing.T) {
	t.Parallel()
	const least, mean, bins = 100, 110, 60
	var counts [bins + 1]int
	for _, x := range sampleOf("lump", Exponential(least, mean)) {
		if x < least {
			t.Fatalf("sample %d below the minimum %d", x, least)
		}
		counts[min(x-least, bins)]++
	}
	above := func(x float64) float64 { return math.Exp(-max(x, 0) / (mean - least)) }
	chi := 0.0
	for i, c := range counts {
		p := above(float64(i) - 0.5)
		if i < bins {
			p -= above(float64(i) + 0.5)
		}
		d := float64(c) - draws*p
		chi += d * d / (draws * p)
	}
	if z := chiSquareScore(chi, bins); math.Abs(z) > 4.5 {
		t.Errorf("chi-square %.1f over %d degrees of freedom: z = %.2f; the counts are %v", chi, bins, z, counts)
	}
}

// TestUniformIsFairToIntegers: both ends are as likely as the rest.
func TestUniformIsFairToIntegers(t *testing.T) {
	t.Parallel()
	var counts [7]int
	for _, x := range sampleOf("fair", Uniform(-3, 3)) {
		counts[x+3]++
	}
	chi := 0.0
	for _, c := range counts {
		d := float64(c) - draws/7.
		chi += d * d / (draws / 7.)
	}
	if z := chiSquareScore(chi, 6); math.Abs(z) > 4.5 {
		t.Errorf("counts %v: chi-square z = %.2f", counts, z)
	}
}
