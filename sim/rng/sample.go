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

// Other is the i-th of the numbers 0, 1, 2, ... without self.
func Other(i, self int) int {
	// The sign of self-1-i: a branch would be mispredicted once a row.
	return i + int(uint(self-1-i)>>(bits.UintSize-1))
}

// SampleOthers sets out[i] to Sample(k.Word(Other(i, self))): draws that differ
// in the last part of their names alone, as for the receivers of one packet.
func (d *Dist) SampleOthers(k Key, self int, out []int64) {
	shift := int64(d.shift) - 6
	switch {
	case d.family == constant:
		for i := range out {
			out[i] = d.base
		}
	case d.family == exponential && shift >= 1:
		// As in sample, with what is the same for all taken out of the loop.
		scale, base, down := d.scale, d.base, uint64(shift-1)&63
		for i := range out {
			hi, _ := bits.Mul64(scale, log2At(octaves(upperTail(k.Word(uint64(Other(i, self)))))))
			out[i] = plus(base, (hi>>down+1)>>1)
		}
	default:
		for i := range out {
			out[i] = d.sample(k.Word(uint64(Other(i, self))))
		}
	}
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
		hi, lo := bits.Mul64(d.scale, log2At(octaves(upperTail(word))))
		return plus(d.base, shifted(hi, lo, int64(d.shift)-6))
	case normal:
		hi, lo := bits.Mul64(d.scale, normalAt(octaves(nearerTail(word))))
		magnitude := int64(shifted(hi, lo, int64(d.shift)-6))
		// A branch on the sign would be mispredicted every other time.
		negative := ^(int64(word) >> 63)
		return sum(d.base, magnitude^negative-negative)
	case logNormal:
		whole, fraction := exponent(normalAt(octaves(nearerTail(word))), d.factor)
		// The complement of both is the negative exponent, but for 2^-64:
		// -(whole+fraction) = -(whole+1) + (1-fraction).
		negative := ^(int64(word) >> 63)
		hi, lo := bits.Mul64(d.scale, exp2(fraction^uint64(negative)))
		return plus(d.base, shifted(hi, lo, int64(d.shift)-1-(whole^negative)))
	case pareto:
		whole, fraction := exponent(log2At(octaves(upperTail(word))), d.factor)
		hi, lo := bits.Mul64(d.scale, exp2(fraction))
		return int64(shifted(hi, lo, int64(d.shift)-1-whole))
	case empirical:
		return interpolate(d.sorted, word)
	}
	panic("rng: distribution of unknown family")
}

// exponent is factor * x, for x in units of 2^-58, as a whole number and a
// fraction in units of 2^-64.
func exponent(x, factor uint64) (whole int64, fraction uint64) {
	// 58 and 32 bits of fraction: the integer part begins at bit 26 of hi.
	hi, lo := bits.Mul64(x, factor)
	return int64(hi >> 26), hi<<38 | lo>>26
}

// shifted is hi:lo / 2^(64+shift) to the nearest integer, at most the largest
// int64, where hi:lo is a product of scale. Truncating to hi first does not
// change the rounding, so that the result is monotone in both factors.
func shifted(hi, lo uint64, shift int64) uint64 {
	if shift < 1 {
		return enlarged(hi, lo, uint64(-shift))
	}
	// A product has hi <= 2^64-2, so that adding the half cannot overflow.
	return (hi>>uint64(shift-1) + 1) >> 1
}

// enlarged is hi:lo * 2^shift / 2^64 to the nearest integer, at most the
// largest int64: the rare case of values beyond years.
//
//go:noinline
func enlarged(hi, lo, shift uint64) uint64 {
	switch {
	case hi|lo == 0:
		return 0
	case shift > 63:
		if by := shift - 64; hi == 0 && by < 63 && lo <= math.MaxInt64>>by {
			return lo << by
		}
		return math.MaxInt64
	case hi>>(63-shift) != 0:
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

// sum is a + b, or the end of int64 on that side.
func sum(a, b int64) int64 {
	s := a + b
	if (s^a)&(s^b) < 0 {
		return a>>63 ^ math.MaxInt64
	}
	return s
}
