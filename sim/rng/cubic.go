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

// zeros counts the leading zeros of a number of six bits.
var zeros = [64]uint8{
	6, 5, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
}

// octaves splits a tail probability (in units of 2^-64, at least 1) into the
// number of halvings from 1 to the octave it lies in, and its place in there:
// what the mantissa lacks to 2, as a fraction of 2^64. As the probability
// falls, lack rises through each octave in turn.
func octaves(tail uint64) (octave, lack uint64) {
	// The processor's own count of leading zeros (BSR, all that plain amd64
	// has) waits for whatever its target register held before, which chains
	// one sample to the last and halves the speed. It serves the far tail only.
	n := int(zeros[tail>>58])
	if n == 6 {
		n = bits.LeadingZeros64(tail)
	}
	return uint64(n), ^(tail << (n & 63)) << 1
}

// upperTail is the probability that a word stands for, in units of 2^-64: that
// of exceeding its quantile. It is odd, so that it is never 0.
func upperTail(word uint64) uint64 { return ^word | 1 }

// log2At is -log2 of the tail probability that octaves has split, in units of
// 2^-58: from 0 to just short of 64.
func log2At(octave, lack uint64) uint64 {
	return octave<<58 + log2Table[lack>>57].at(lack<<7)
}

// nearerTail is the probability of the word in the tail on its side of the
// median: below for words under 2^63, above for the others, and the same for w
// and ^w.
func nearerTail(word uint64) uint64 { return word ^ -(word >> 63) | 1 }

// normalAt is the upper quantile of the standard normal distribution at the
// tail probability that octaves has split, in units of 2^-58. Probabilities
// above one half have none.
func normalAt(octave, lack uint64) uint64 {
	return normalTable[octave&63<<4|lack>>60].at(lack << 4)
}

// exp2 is 2^f in units of 2^-63, for f in units of 2^-64.
func exp2(f uint64) uint64 {
	return exp2Table[f>>59].at(f << 5)
}
