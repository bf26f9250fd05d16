package stats

import (
	"math/bits"
	"slices"

	"mpcomm/sim/rng"
)

// Resamples is how many times a bootstrap resamples unless told otherwise.
const Resamples = 2000

// Bootstrap returns the 95% percentile interval (Efron, Annals of Statistics
// 7, 1979) of a statistic of n independent units, such as the runs of a sweep.
// Each of draws resamples picks n units with replacement, unit i of resample d
// by the word named (d, i) under key, so that conditions compared under one key
// resample the same runs. statistic reads the picks and must not keep them.
func Bootstrap(key rng.Key, n, draws int, statistic func(picks []int) float64) Interval {
	if n < 1 || draws < 1 {
		panic("stats: a bootstrap of nothing")
	}
	picks := make([]int, n)
	values := make([]float64, draws)
	for d := range values {
		named := key.With(uint64(d))
		for i := range picks {
			at, _ := bits.Mul64(named.Word(uint64(i)), uint64(n))
			picks[i] = int(at)
		}
		values[d] = statistic(picks)
	}
	slices.Sort(values)
	return Interval{
		Lo: values[rank(uint64(draws), Ratio{Num: 25, Den: 1000})-1],
		Hi: values[rank(uint64(draws), Ratio{Num: 975, Den: 1000})-1],
	}
}

// BootstrapMean returns the bootstrap interval of the mean of values.
func BootstrapMean(key rng.Key, values []float64, draws int) Interval {
	return Bootstrap(key, len(values), draws, func(picks []int) float64 {
		sum := 0.0
		for _, i := range picks {
			sum += values[i]
		}
		return sum / float64(len(picks))
	})
}

// BootstrapRatio returns the bootstrap interval of sum(num)/sum(den), such as
// overtakings over messages of all runs. A resample whose divisor is 0 counts
// as 0.
func BootstrapRatio(key rng.Key, num, den []float64, draws int) Interval {
	if len(num) != len(den) {
		panic("stats: a ratio of samples of two lengths")
	}
	return Bootstrap(key, len(num), draws, func(picks []int) float64 {
		var over, under float64
		for _, i := range picks {
			over += num[i]
			under += den[i]
		}
		if under == 0 {
			return 0
		}
		return over / under
	})
}
