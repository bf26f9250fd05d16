// Package rng owns every random draw of the simulator: keys that name draws,
// the 64-bit word a name stands for, exact probabilities, and the compiled
// distributions that turn one word into one delay or size.
//
// It must never know what is being drawn: not peers, links, messages, packets,
// nor time beyond "an int64". It holds no state, so there is no stream to
// advance and no order of drawing to get wrong, and nothing in it is random
// until somebody names a seed.
//
// # Named draws
//
// A draw is a pure function of its name. [Root] hashes the seed, [Key.Name] and
// [Key.With] derive one family of draws from another, and [Key.Word] is the
// draw itself:
//
//	loss := rng.Root(seed).Name("loss")           // once a run
//	m := loss.With(sender).With(number)           // once a broadcast
//	lost := chance.Hit(m.Word(receiver))          // once a receiver
//
// Because no draw depends on which others were made, adding a peer, removing a
// message or changing the protocol leaves every other draw as it was. That is
// what makes runs comparable in pairs, replays survive edits and
// counterexamples shrink. The construction is the counter-based generator of
// Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
// SC 2011, section 2: a strong bijection applied to a counter, here with the
// key entering at two places. The generator is for simulation, not for secrets.
//
// # One word a sample
//
// Every family is sampled by inversion (Devroye, Non-Uniform Random Variate
// Generation, 1986, chapter II.2): the sample is the quantile function at the
// probability that the word stands for. So one word is one sample, a larger
// word never gives a smaller sample, and for one word the sample rises with the
// parameters of the family. Two runs that differ in a mean therefore see delays
// that rise and fall together (common random numbers).
//
// A Score is a word on the scale of standard normal variates, where words can be
// mixed: the word of a mixture that is standard normal again draws from any
// family what a word of its own would.
//
// The word w stands for the upper tail probability U = (^w | 1) / 2^64, so that
// the tails reach to 2^-64: 44 means of an exponential, 9.1 standard deviations
// of a normal (whose lower half mirrors the upper). Samples are rounded to the
// nearest integer and saturate at the ends of int64. No clamping puts a lump of
// probability on a minimum.
//
// # No floating point
//
// Fused multiply-add, math.Exp and their like differ between processors and
// even between builds for one processor. Nothing here uses floating point:
// logarithm, exponential and the normal quantile are piecewise cubics with
// frozen integer coefficients (as is the tail of the normal distribution), exact where pieces meet and with coefficients
// that are never negative, so that truncation cannot break monotonicity. The
// relative error of the logarithm and the exponential is below 1e-9, that of
// the normal quantile below 3e-8, everywhere to the ends of the tails. All
// results are the same on 32-bit and on big-endian machines.
package rng

//go:generate go run gen_tables.go
