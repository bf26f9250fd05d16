package rng

import "math/bits"

// cubic is one piece of a tabulated function: c0 + c1 t + c2 t^2 + c3 t^3 for t
// from 0 to 1, all coefficients in one fixed-point unit and none negative.
type cubic [4]uint64

// at evaluates the piece at t in units of 2^-64. Every product is truncated, so
// the result never reaches the value at t = 1, which is the c0 of the next
// piece: the tabulated function rises monotonically over the joints.
func (c *cubic) at(t uint64) uint64 {
	r, _ := bits.Mul64(c[3], t)
	r, _ = bits.Mul64(c[2]+r, t)
	r, _ = bits.Mul64(c[1]+r, t)
	return c[0] + r
}

// log2Tail is -log2 of the upper tail probability (^word|1)/2^64, in units of
// 2^-58. It rises with the word, from 0 to just short of 64.
func log2Tail(word uint64) uint64 {
	tail := ^word | 1
	octave := bits.LeadingZeros64(tail)
	// What the mantissa lacks to 2, as a fraction of 2^64.
	lack := ^(tail << (octave & 63)) << 1
	return uint64(octave)<<58 + log2Table[lack>>57].at(lack<<7)
}

// normalTail is |z| in units of 2^-58, where z is the standard normal quantile
// of the word: negative for words below 2^63. The words w and ^w give the same.
func normalTail(word uint64) uint64 {
	// Fold the lower half onto the upper: the nearer tail's probability.
	tail := ^word ^ uint64(int64(^word)>>63) | 1
	octave := bits.LeadingZeros64(tail)
	lack := ^(tail << (octave & 63)) << 1
	return normalTable[uint64(octave-1)<<4|lack>>60].at(lack << 4)
}

// exp2 is 2^f in units of 2^-63, for f in units of 2^-64.
func exp2(f uint64) uint64 {
	return exp2Table[f>>59].at(f << 5)
}
