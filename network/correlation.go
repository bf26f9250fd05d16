package network

import (
	"math"
	"math/bits"
	"time"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// Correlation makes the delays of one directed link rise and fall together, as
// those of a path with changing load do, without changing the distribution of
// any one of them.
//
// A delay is drawn by inversion from a word; the word stands for a standard
// normal score, which is sqrt(Share)*C + sqrt(1-Share)*own: own is that of the
// packet's own word, and C is the state of the link when the packet leaves. C
// is a moving average of knots, each an independent standard normal draw named
// by the link and its number: the knots stand Every apart, from a start of the
// link's own, drawn uniformly from one interval, and C is the sum of the last
// Span/Every of them over the square root of that number. So C is standard
// normal at every instant, a score is too, and each delay has the distribution
// of Excess, to a part in ten million. Over the links, the scores of two
// packets that leave one link t apart have the correlation
//
//	Share * max(0, 1 - t/Span)
//
// and those of two links have none. For a lognormal excess the score is the
// logarithm of the excess in standard units, for a normal one the excess
// itself. (Cario and Nelson, "Autoregressive to anything: time-series input
// processes for simulation", Operations Research Letters 19, 1996, with a
// moving average in the place of the autoregression.)
type Correlation struct {
	Share rng.Ratio     // of the variance of scores that is the link's; 0..1
	Span  time.Duration // how far back knots count: a multiple of Every
	Every time.Duration // time from knot to knot; more than 0
}

// MaxKnots is the largest number of knots that count at a time.
const MaxKnots = 1024

// correlation is a Correlation made ready.
type correlation struct {
	every uint64
	knots uint64
	link  uint64 // sqrt(Share/knots) in units of 2^-32
	own   uint64 // sqrt(1-Share), likewise
}

// levelMark remembers the sum of the knots that count in one slot of a link,
// in units of rng.Score, and when the slot begins and ends. The zero value is
// one of no length.
type levelMark struct {
	begins, ends, slot uint64
	sum                int64
}

func (c *Correlation) compile() *correlation {
	if c == nil || c.Share.Num == 0 {
		return nil
	}
	share, knots := portion(c.Share), uint64(c.Span/c.Every) // the share in units of 2^-63
	ready := &correlation{every: uint64(c.Every), knots: knots, own: squareRoot((certain - share) * 2)}
	part := share/knots*2 + share%knots*2/knots
	if part == 0 { // 2^64: a single knot is all there is
		part = math.MaxUint64
	}
	ready.link = squareRoot(part)
	return ready
}

// squareRoot is the root of x/2^64 in units of 2^-32, rounded down.
func squareRoot(x uint64) uint64 {
	root := uint64(0)
	for bit := uint64(1) << 31; bit > 0; bit >>= 1 {
		if next := root | bit; next*next <= x {
			root = next
		}
	}
	return root
}

// level is the sum of the knots that count at a time on the link between two
// peers. It does not depend on what the link's mark remembers.
func (c *correlation) level(key rng.Key, from, to Addr, mark *levelMark, at sim.Time) int64 {
	if t := uint64(at); mark.begins <= t && t < mark.ends {
		return mark.sum
	}
	link := key.With(uint64(from)<<16 | uint64(to))
	phase, _ := bits.Mul64(link.With(0).Word(0), c.every)
	slot := (uint64(at) + phase) / c.every
	knot := func(number uint64) int64 { return int64(rng.ScoreOf(link.Word(number))) }
	if steps := slot - mark.slot; mark.ends != 0 && steps < c.knots/2 {
		for k := mark.slot + 1; k <= slot; k++ {
			mark.sum += knot(k) - knot(k-c.knots)
		}
	} else {
		mark.sum = 0
		for k := range c.knots {
			mark.sum += knot(slot - k)
		}
	}
	mark.slot = slot
	mark.ends = (slot+1)*c.every - phase
	mark.begins = max(slot*c.every, phase) - phase
	return mark.sum
}

// correlate is the word that stands for a packet's delay on a link of this
// level, where its own draw is word.
func (c *correlation) correlate(word uint64, level int64) uint64 {
	return rng.Score(scaled(level, c.link) + scaled(int64(rng.ScoreOf(word)), c.own)).Word()
}

// scaled is v times a factor in units of 2^-32, cut off towards 0.
func scaled(v int64, factor uint64) int64 {
	negative := v >> 63
	hi, lo := bits.Mul64(uint64(v^negative-negative), factor)
	return int64(hi<<32|lo>>32) ^ negative - negative
}
