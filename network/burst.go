package network

import (
	"math/bits"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// certain is the probability 1 in the 63 bits in which changes of state are
// drawn: one bit less than a word, so that it fits.
const certain = 1 << 63

// burst is a GilbertElliott made ready.
//
// Slot k has one word u, whatever the state, read as a number in [0,1):
// the link goes (or stays) bad for sure if u < p and u < 1-r, good for sure if
// u >= p and u >= 1-r, and between the two it keeps its state if p <= 1-r, else
// changes it. Each rule gives P(bad | good) = p and P(good | bad) = r, and the
// state at a slot follows from the last slot that was sure. So it can be found
// backwards in about 1/(p+r) steps however long nobody asked, and does not
// depend on who asked when.
type burst struct {
	every      int64
	low, high  uint64 // below low surely bad, from high on surely good
	flips      bool   // between low and high the state changes
	stationary uint64
	good, bad  rng.Chance
}

// burstMark remembers the state of one link in the last slot asked for:
// 0 = never asked, else (slot+1)*2 + 1 if bad.
type burstMark int64

func (g *GilbertElliott) compile() burst {
	p, r := portion(g.P), portion(g.R)
	b := burst{every: int64(g.Every), good: g.Good.Chance(), bad: g.Bad.Chance()}
	b.low, b.high = min(p, certain-r), max(p, certain-r)
	b.flips = p > certain-r
	// p/(p+r), with p+r above 0 and at most 2^64.
	sum, carry := bits.Add64(p, r, 0)
	if carry != 0 {
		b.stationary = certain / 2
	} else {
		hi, lo := bits.Mul64(p, certain)
		b.stationary, _ = bits.Div64(hi, lo, sum)
	}
	return b
}

// portion is a probability in units of 2^-63, truncated.
func portion(r rng.Ratio) uint64 {
	if r.Num == 0 {
		return 0
	}
	if r.Num == r.Den {
		return certain
	}
	q, _ := bits.Div64(r.Num, 0, r.Den)
	return q / 2
}

// slot is that of a time.
func (b *burst) slot(at sim.Time) int64 { return int64(at) / b.every }

// isBad reports whether the link between two peers is in its bad state in a
// slot, and notes it in the link's mark.
func (b *burst) isBad(key rng.Key, from, to Addr, mark *burstMark, slot int64) bool {
	known := int64(*mark)/2 - 1 // -1 = none
	if known == slot {
		return *mark&1 != 0
	}
	link := key.With(uint64(from)<<16 | uint64(to))
	bad, flipped := false, false
	for k := slot; ; k-- {
		if k == known {
			bad = *mark&1 != 0
			break
		}
		u := link.Word(uint64(k)) >> 1
		if k == 0 {
			bad = u < b.stationary
			break
		}
		if u < b.low {
			bad = true
			break
		}
		if u >= b.high {
			break
		}
		flipped = flipped != b.flips
	}
	bad = bad != flipped
	*mark = burstMark((slot + 1) * 2)
	if bad {
		*mark |= 1
	}
	return bad
}

// chance is the probability of loss in a state.
func (b *burst) chance(bad bool) rng.Chance {
	if bad {
		return b.bad
	}
	return b.good
}
