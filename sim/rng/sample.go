package rng

import (
	"math"
	"math/bits"
)

// Sample is the value that the word stands for: the quantile function of the
// distribution, rounded to the nearest integer. A larger word never gives a
// smaller sample. Values beyond int64 saturate.
func (d *Dist) Sample(word uint64) int64 {
	if d.family == constant {
		return d.base
	}
	return d.sample(word)
}

// sample is Sample without the constant, which is worth inlining.
func (d *Dist) sample(word uint64) int64 {
	switch d.family {
	case uniform:
		// word * (span+1) / 2^64, where span+1 may not fit a word.
		hi, lo := bits.Mul64(word, d.scale)
		_, carry := bits.Add64(lo, word, 0)
		return int64(uint64(d.base) + hi + carry)
	case exponential:
		// 58 bits of fraction, six short of the product's upper word.
		return plus(d.base, d.scaled(log2Tail(word), int64(d.shift)-6))
	case normal:
		magnitude := d.scaled(normalTail(word), int64(d.shift)-6)
		if word>>63 == 0 {
			return minus(d.base, magnitude)
		}
		return plus(d.base, magnitude)
	case logNormal:
		return plus(d.base, d.power(normalTail(word), word>>63 == 0))
	case pareto:
		return plus(0, d.power(log2Tail(word), false))
	case empirical:
		return interpolate(d.sorted, word)
	}
	panic("rng: distribution of unknown family")
}

// power is scale * 2^(factor*x), or scale * 2^(-factor*x), for x in units of
// 2^-58.
func (d *Dist) power(x uint64, negative bool) uint64 {
	// 58 and 32 bits of fraction: the integer part begins at bit 26 of hi.
	hi, lo := bits.Mul64(x, d.factor)
	whole, fraction := int64(hi>>26), hi<<38|lo>>26
	if negative {
		// -(whole+fraction) = -(whole+1) + (1-fraction), short of it by 2^-64.
		whole, fraction = ^whole, ^fraction
	}
	return d.scaled(exp2(fraction), int64(d.shift)-1-whole)
}

// scaled is scale * x / 2^(64+shift) to the nearest integer, at most the
// largest int64. Truncating the product first does not change the rounding, so
// that the result is monotone in the scale as well as in x.
func (d *Dist) scaled(x uint64, shift int64) uint64 {
	hi, lo := bits.Mul64(d.scale, x)
	if shift < 1 {
		return enlarged(hi, lo, uint64(-shift))
	}
	// hi is at most 2^64-2, so that adding the half cannot overflow.
	return min((hi>>uint64(shift-1)+1)>>1, math.MaxInt64)
}

// enlarged is hi:lo * 2^shift / 2^64 to the nearest integer, at most the
// largest int64: the rare case of values beyond years.
func enlarged(hi, lo, shift uint64) uint64 {
	if shift > 63 || hi>>(63-shift) != 0 {
		if hi|lo == 0 {
			return 0
		}
		return math.MaxInt64
	}
	return min(hi<<shift|lo>>(64-shift)+lo<<shift>>63, math.MaxInt64)
}

// interpolate walks the piecewise linear quantile function of the sample.
func interpolate(sorted []int64, word uint64) int64 {
	i, fraction := bits.Mul64(word, uint64(len(sorted)-1))
	low, high := sorted[i], sorted[i+1]
	step, rest := bits.Mul64(uint64(high)-uint64(low), fraction)
	return int64(uint64(low) + step + rest>>63)
}

// plus is base + x, at most the largest int64, for x up to that.
func plus(base int64, x uint64) int64 {
	if sum := base + int64(x); sum >= base {
		return sum
	}
	return math.MaxInt64
}

// minus is base - x, at least the smallest int64, for x up to the largest.
func minus(base int64, x uint64) int64 {
	if difference := base - int64(x); difference <= base {
		return difference
	}
	return math.MinInt64
}
