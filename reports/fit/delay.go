package fit

import (
	"cmp"
	"math"
	"slices"
	"time"

	"mpcomm/network/latency"
	"mpcomm/sim/rng"
)

// Candidate is a family fitted to delays, and how well it fits.
type Candidate struct {
	Family latency.Family
	// AIC is Akaike's criterion, 2 x parameters - 2 x log-likelihood with
	// delays in milliseconds (IEEE TAC 19(6), 1974): the least is the best.
	AIC float64
	// KS is the greatest difference between the distribution functions of
	// measurement and model (Kolmogorov-Smirnov), 0..1.
	KS float64
}

// Delays fits every family with a density to delays one way, sorted upwards and
// none of them negative, and returns them with the best by Akaike's criterion
// first. Delays that are all alike are constant, which then is all there is.
//
// Estimators: exponential, normal, uniform and pareto by their closed forms of
// maximum likelihood (the first and the last without the bias that the least of
// the delays has as an estimate of the least possible); lognormal by the
// greatest likelihood over its least value, which is kept away from the least
// delay, where the likelihood has no bound (Giesbrecht and Kempthorne, JRSS B
// 38(3), 1976). Parameters are rounded to a thousandth of the spread before
// they are judged.
func Delays(sorted []time.Duration) []Candidate {
	ms := make([]float64, len(sorted))
	for i, d := range sorted {
		ms[i] = float64(d) / 1e6
	}
	if sorted[0] == sorted[len(sorted)-1] {
		return []Candidate{{Family: latency.Family{Kind: latency.Constant, Value: int64(sorted[0])}}}
	}
	s := newSample(ms)
	var all []Candidate
	for _, f := range []latency.Family{s.lognormal(), s.exponential(), s.normal(), s.uniform(), s.pareto()} {
		if len(f.CheckDelay()) > 0 {
			continue // such as a pareto of delays that begin at 0
		}
		d := densityOf(f)
		c := Candidate{Family: f, AIC: 2 * d.parameters, KS: s.distance(d)}
		for _, x := range ms {
			c.AIC -= 2 * d.log(x)
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b Candidate) int { return cmp.Compare(a.AIC, b.AIC) })
	return all
}

// sample is delays in milliseconds, sorted, with what the estimators share.
type sample struct {
	x        []float64
	n        float64
	mean, sd float64
	quantum  int64 // parameters are rounded to multiples of it, in nanoseconds
}

func newSample(x []float64) *sample {
	s := &sample{x: x, n: float64(len(x))}
	for _, v := range x {
		s.mean += v / s.n
	}
	for _, v := range x {
		s.sd += (v - s.mean) * (v - s.mean) / s.n
	}
	s.sd = math.Sqrt(s.sd)
	spread := s.between()
	s.quantum = int64(max(1, math.Pow(10, math.Floor(math.Log10(spread*1e6))-3)))
	return s
}

// between is the distance of the quartiles, or the whole range where they are
// the same.
func (s *sample) between() float64 {
	last := len(s.x) - 1
	if d := s.x[last-last/4] - s.x[last/4]; d > 0 {
		return d
	}
	return s.x[last] - s.x[0]
}

// ns rounds a delay to what a scenario should show of it.
func (s *sample) ns(ms float64) int64 {
	return int64(math.Round(max(0, ms)*1e6/float64(s.quantum))) * s.quantum
}

func (s *sample) exponential() latency.Family {
	excess := s.mean - s.x[0]
	least := max(0, s.x[0]-excess/s.n) // the least of n exponentials is their mean over n
	return latency.Family{Kind: latency.Exponential, Min: s.ns(least), Mean: max(s.ns(s.mean), s.ns(least)+s.quantum)}
}

func (s *sample) normal() latency.Family {
	return latency.Family{Kind: latency.Normal, Mean: s.ns(s.mean), SD: max(s.ns(s.sd), s.quantum)}
}

func (s *sample) uniform() latency.Family {
	q := float64(s.quantum)
	least, most := math.Floor(s.x[0]*1e6/q)*q, math.Ceil(s.x[len(s.x)-1]*1e6/q)*q
	return latency.Family{Kind: latency.Uniform, Min: int64(least), Max: int64(most)}
}

func (s *sample) pareto() latency.Family {
	if s.x[0] <= 0 {
		return latency.Family{Kind: latency.Pareto} // without a scale there is none
	}
	q := float64(s.quantum)
	scale := max(math.Floor(s.x[0]*1e6/q)*q/1e6, 1e-6)
	logs := 0.0
	for _, v := range s.x {
		logs += math.Log(v / scale)
	}
	return latency.Family{Kind: latency.Pareto, Scale: int64(math.Round(scale * 1e6)), Shape: fixed(min((s.n-1)/logs, 1e6))}
}

// fixed rounds a number to four digits after the point.
func fixed(v float64) rng.Fixed { return rng.FixedRatio(int64(math.Round(v*10_000)), 10_000) }

func (s *sample) lognormal() latency.Family {
	// The likelihood over the least value, by its distance from the least
	// delay: a coarse search on a scale of logarithms, then a golden section.
	near, far := s.between()/(10*s.n), s.x[0]
	best, most := s.x[0]-far, math.Inf(-1)
	try := func(least float64) float64 {
		l := s.lognormalLikelihood(least)
		if l > most {
			best, most = least, l
		}
		return l
	}
	try(0)
	if far > near {
		const steps = 48
		width := math.Log(far/near) / steps
		for i := 0; i <= steps; i++ {
			try(s.x[0] - near*math.Exp(float64(i)*width))
		}
		from := math.Log(min(far, max(near, s.x[0]-best)))
		golden(from-width, from+width, func(logDistance float64) float64 {
			return try(s.x[0] - min(far, max(near, math.Exp(logDistance))))
		})
	}
	least := s.ns(best)
	if float64(least)/1e6 >= s.x[0] {
		least = max(0, least-s.quantum)
	}
	mean, sd := s.logMoments(float64(least) / 1e6)
	return latency.Family{
		Kind: latency.LogNormal, Min: least, Median: max(s.ns(math.Exp(mean)), s.quantum), Sigma: max(fixed(sd), fixed(0.0001)),
	}
}

// logMoments are the mean and the standard deviation of the logarithms of what
// the delays exceed least by. A delay of just least counts as a nanosecond more.
func (s *sample) logMoments(least float64) (mean, sd float64) {
	for _, v := range s.x {
		mean += math.Log(max(v-least, 1e-6)) / s.n
	}
	for _, v := range s.x {
		d := math.Log(max(v-least, 1e-6)) - mean
		sd += d * d / s.n
	}
	return mean, math.Sqrt(sd)
}

func (s *sample) lognormalLikelihood(least float64) float64 {
	mean, sd := s.logMoments(least)
	return -s.n * (mean + math.Log(sd))
}

// golden looks for the greatest value of f, which rises and then falls, in 24
// steps of the golden section; f keeps it.
func golden(a, b float64, f func(float64) float64) {
	const inverse = 0.6180339887498949
	x, y := b-inverse*(b-a), a+inverse*(b-a)
	fx, fy := f(x), f(y)
	for range 24 {
		if fx > fy {
			b, y, fy = y, x, fx
			x = b - inverse*(b-a)
			fx = f(x)
		} else {
			a, x, fx = x, y, fy
			y = a + inverse*(b-a)
			fy = f(y)
		}
	}
}

// distance is the Kolmogorov-Smirnov distance to a model.
func (s *sample) distance(d density) float64 {
	most := 0.0
	for i, x := range s.x {
		// Of delays that are alike only the first and the last count.
		if i == 0 || s.x[i-1] < x {
			most = max(most, math.Abs(d.below(x)-float64(i)/s.n))
		}
		if i+1 == len(s.x) || s.x[i+1] > x {
			most = max(most, math.Abs(d.below(x)-float64(i+1)/s.n))
		}
	}
	return most
}
