package fit

import (
	"fmt"
	"math"

	"mpcomm/network/latency"
	"mpcomm/sim/rng"
)

// density is a family as a function of milliseconds.
type density struct {
	parameters float64
	log        func(x float64) float64 // logarithm of the density
	below      func(x float64) float64 // distribution function
}

// number is a decimal of the language as a float.
func number(f rng.Fixed) float64 { return float64(f) / (1 << 32) }

// densityOf is the density of a family that has one.
func densityOf(f latency.Family) density {
	ms := func(ns int64) float64 { return float64(ns) / 1e6 }
	switch f.Kind {
	case latency.Exponential:
		return exponentialDensity(ms(f.Min), ms(f.Mean)-ms(f.Min))
	case latency.Normal:
		return normalDensity(ms(f.Mean), ms(f.SD))
	case latency.LogNormal:
		least := ms(f.Min)
		d := normalDensity(math.Log(ms(f.Median)), number(f.Sigma))
		return density{
			parameters: 3,
			log: func(x float64) float64 {
				// A delay that is just the least counts as a nanosecond more: the
				// clock that measured it was no finer.
				e := max(x-least, 1e-6)
				return d.log(math.Log(e)) - math.Log(e)
			},
			below: func(x float64) float64 {
				if x <= least {
					return 0
				}
				return d.below(math.Log(x - least))
			},
		}
	case latency.Uniform:
		least, width := ms(f.Min), ms(f.Max)-ms(f.Min)
		return density{
			parameters: 2,
			log:        func(float64) float64 { return -math.Log(width) },
			below:      func(x float64) float64 { return min(1, max(0, (x-least)/width)) },
		}
	case latency.Pareto:
		scale, shape := ms(f.Scale), number(f.Shape)
		return density{
			parameters: 2,
			log:        func(x float64) float64 { return math.Log(shape/scale) - (shape+1)*math.Log(x/scale) },
			below:      func(x float64) float64 { return max(0, 1-math.Pow(scale/x, shape)) },
		}
	}
	panic(fmt.Sprintf("fit: invariant: family %q has no density", f.Kind))
}

func exponentialDensity(least, excess float64) density {
	return density{
		parameters: 2,
		log:        func(x float64) float64 { return -math.Log(excess) - max(0, x-least)/excess },
		below:      func(x float64) float64 { return 1 - math.Exp(-max(0, x-least)/excess) },
	}
}

func normalDensity(mean, sd float64) density {
	return density{
		parameters: 2,
		log: func(x float64) float64 {
			z := (x - mean) / sd
			return -z*z/2 - math.Log(sd*math.Sqrt(2*math.Pi))
		},
		below: func(x float64) float64 { return math.Erfc((mean-x)/(sd*math.Sqrt2)) / 2 },
	}
}
