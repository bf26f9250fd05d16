package rng

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// family says how a Dist makes a sample from a word.
type family uint8

const (
	constant family = iota
	uniform
	exponential
	normal
	logNormal
	pareto
	empirical
)

// Dist is a compiled distribution over int64: nanoseconds, or bytes. It is a
// small value without state, safe to copy and to share; the zero value is the
// constant 0. A family whose spread is zero compiles to a constant.
//
// The constructors panic where a parameter breaks the invariant they state:
// values from outside are for the caller to validate.
type Dist struct {
	family family
	// shift is the number of leading zeros that were shifted out of scale.
	shift int8
	// base is the value, the minimum, or the mean of a normal.
	base int64
	// scale multiplies the standard variate of the family: a number of 64
	// significant bits where the family is scaled, the span of a uniform.
	scale uint64
	// factor multiplies a binary exponent, in units of 2^-32.
	factor uint64
	sorted []int64
}

// Constant is always v.
func Constant(v int64) Dist { return Dist{base: v} }

// Uniform gives every integer from min to max, both included, the same
// probability. It panics if max < min.
func Uniform(min, max int64) Dist {
	if max < min {
		panic(fmt.Sprintf("rng: uniform %d..%d: want min <= max", min, max))
	}
	if min == max {
		return Constant(min)
	}
	return Dist{family: uniform, base: min, scale: uint64(max) - uint64(min)}
}

// Exponential is min plus an exponential variate of mean mean-min: mean is the
// mean of the whole. It panics if mean < min.
func Exponential(min, mean int64) Dist {
	if mean < min {
		panic(fmt.Sprintf("rng: exponential min %d mean %d: want min <= mean", min, mean))
	}
	if min == mean {
		return Constant(min)
	}
	const ln2 = 0xb17217f7d1cf79ac // ln 2 in units of 2^-64
	d := Dist{family: exponential, base: min}
	d.setScale(uint64(mean) - uint64(min))
	// The variate is ln 2 times the binary logarithm that the table holds.
	d.scale, _ = bits.Mul64(d.scale, ln2)
	return d
}

// Normal has this mean and standard deviation. It reaches 9.1 standard
// deviations to both sides, below zero if they lead there: clamping, and
// counting what was clamped, is the caller's. It panics if sd < 0.
func Normal(mean, sd int64) Dist {
	if sd < 0 {
		panic(fmt.Sprintf("rng: normal sd %d: want 0 or more", sd))
	}
	if sd == 0 {
		return Constant(mean)
	}
	d := Dist{family: normal, base: mean}
	d.setScale(uint64(sd))
	return d
}

// LogNormal is min + median*exp(sigma*Z) with a standard normal Z: median and
// sigma are those of the excess over min. It panics if median < 0 or sigma < 0.
func LogNormal(min, median int64, sigma Fixed) Dist {
	if median < 0 || sigma < 0 {
		panic(fmt.Sprintf("rng: lognormal median %d sigma %v: want both 0 or more", median, sigma))
	}
	if median == 0 || sigma == 0 {
		return Constant(plus(min, uint64(median)))
	}
	const log2e = 0xb8aa3b295c17f0bc // log2 e in units of 2^-63
	d := Dist{family: logNormal, base: min}
	d.setScale(uint64(median))
	hi, lo := bits.Mul64(uint64(sigma), log2e)
	d.factor = hi<<1 | lo>>63 + lo>>62&1
	return d
}

// Pareto has P(X > x) = (scale/x)^shape for x >= scale. Its mean is infinite
// unless shape > 1, its variance unless shape > 2. It panics if scale < 0 or
// shape <= 0.
func Pareto(scale int64, shape Fixed) Dist {
	if scale < 0 || shape <= 0 {
		panic(fmt.Sprintf("rng: pareto scale %d shape %v: want scale 0 or more and shape above 0", scale, shape))
	}
	if scale == 0 {
		return Constant(0)
	}
	d := Dist{family: pareto, factor: math.MaxUint64}
	d.setScale(uint64(scale))
	if shape > 1 {
		d.factor, _ = bits.Div64(1, uint64(shape)/2, uint64(shape))
	}
	return d
}

// Empirical draws from the measured values: its quantile function runs straight
// from each value of the sorted sample to the next. It keeps the slice, which
// must not change afterwards; a sample of one is a constant. It panics if the
// sample is empty or not sorted.
func Empirical(sorted []int64) Dist {
	if len(sorted) == 0 || !slices.IsSorted(sorted) {
		panic(fmt.Sprintf("rng: empirical sample of %d values: want at least one, sorted upwards", len(sorted)))
	}
	if sorted[0] == sorted[len(sorted)-1] {
		return Constant(sorted[0])
	}
	return Dist{family: empirical, sorted: sorted}
}

// setScale keeps v with its leading zeros shifted out, so that products lose
// nothing below.
func (d *Dist) setScale(v uint64) {
	n := bits.LeadingZeros64(v)
	d.scale, d.shift = v<<n, int8(n)
}

// IsConstant reports whether every word gives the same sample by construction.
func (d *Dist) IsConstant() bool { return d.family == constant }

// MinMax returns the smallest and the largest value that Sample can return, and
// whether the family itself is bounded. An unbounded family has ends only
// because a word has 64 bits; a promise must not rest on its max, nor, for a
// normal, on its min.
func (d *Dist) MinMax() (min, max int64, bounded bool) {
	bounded = d.family == constant || d.family == uniform || d.family == empirical
	return d.Sample(0), d.Sample(math.MaxUint64), bounded
}

// CanBeNegative reports whether some word gives a sample below zero.
func (d *Dist) CanBeNegative() bool { return d.Sample(0) < 0 }
