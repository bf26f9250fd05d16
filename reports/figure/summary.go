package figure

import (
	"math"
	"slices"

	"mpcomm/reports/stats"
	"mpcomm/sim/rng"
)

// fewRuns is the number of runs below which a figure shows each of them.
const fewRuns = 10

// seedsKey names the picks of every bootstrap: conditions are resampled by the
// same seeds, which makes their intervals comparable, and a figure drawn again
// is the same.
var seedsKey = rng.Root(0).Name("figure").Name("seeds")

// summary is what the runs of one condition say of one number.
type summary struct {
	runs     int // in which the number is defined
	mean     float64
	interval stats.Interval // 95% bootstrap interval of the mean, over seeds
	low      float64        // 5th percentile of the runs
	high     float64        // 95th percentile of the runs
	each     []float64
}

// summarise sums up values, one a run in order of seed; NaN where a run has
// none.
func summarise(values []float64) summary {
	s := summary{each: make([]float64, 0, len(values))}
	for _, v := range values {
		if !math.IsNaN(v) {
			s.each = append(s.each, v)
		}
	}
	s.runs = len(s.each)
	if s.runs == 0 {
		return s
	}
	sum := 0.0
	for _, v := range s.each {
		sum += v
	}
	s.mean = sum / float64(s.runs)
	s.interval = stats.Interval{Lo: s.mean, Hi: s.mean}
	if slices.Min(s.each) != slices.Max(s.each) {
		s.interval = stats.BootstrapMean(seedsKey, s.each, stats.Resamples)
	}
	sorted := slices.Clone(s.each)
	s.low = stats.Quantile(sorted, stats.Ratio{Num: 5, Den: 100})
	s.high = stats.Quantile(sorted, stats.Ratio{Num: 95, Den: 100})
	return s
}

// few reports whether each run is drawn instead of bands. A share has its
// interval with however few runs.
func (s summary) few() bool { return s.runs < fewRuns && len(s.each) > 0 }

// reach is the largest number that is drawn of s.
func (s summary) reach() float64 {
	if s.runs == 0 {
		return 0
	}
	if s.few() {
		return slices.Max(s.each)
	}
	return max(s.high, s.interval.Hi)
}

// share sums up how many of the runs something holds in; its interval is
// Wilson's.
func share(holds []bool) summary {
	k := 0
	for _, h := range holds {
		if h {
			k++
		}
	}
	s := summary{runs: len(holds)}
	if s.runs == 0 {
		return s
	}
	s.mean = float64(k) / float64(s.runs)
	s.interval = stats.Wilson(uint64(k), uint64(s.runs))
	s.low, s.high = s.interval.Lo, s.interval.Hi
	return s
}

// scaled returns values times factor.
func scaled(values []float64, factor float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = v * factor
	}
	return out
}

// per returns each number over the other of its run, times factor; NaN where
// the divisor is 0 or either is not defined.
func per(numbers, divisors []float64, factor float64) []float64 {
	out := make([]float64, len(numbers))
	for i, v := range numbers {
		out[i] = math.NaN()
		if divisors[i] > 0 {
			out[i] = float64(factor*v) / divisors[i]
		}
	}
	return out
}
