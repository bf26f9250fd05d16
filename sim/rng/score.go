package rng

// Score is a standard normal variate in units of 2^-40: the common scale on
// which draws of different families are mixed and correlated. A draw whose word
// comes from a score has the distribution that its own word would have given
// it, whatever made the score normal (Nelsen, An Introduction to Copulas, 2nd
// ed. 2006, chapter 2; for normal scores Cario and Nelson, "Autoregressive to
// anything: time-series input processes for simulation", Operations Research
// Letters 19, 1996).
type Score int64

// ScoreBits is the number of binary digits of a Score after the point.
const ScoreBits = 40

// ScoreOf is the standard normal quantile at the probability that a word stands
// for, at most 9.1 from 0. A larger word never gives a smaller score.
func ScoreOf(word uint64) Score {
	magnitude := int64(normalAt(octaves(nearerTail(word))) >> (58 - ScoreBits))
	negative := ^(int64(word) >> 63)
	return Score(magnitude ^ negative - negative)
}

// Word is the word that stands for the probability of a standard normal variate
// below s: the inverse of ScoreOf, to 2^-30 of the nearer tail. A larger score
// never gives a smaller word. Beyond 9.06 from 0 the tail is the last of a word.
func (s Score) Word() uint64 {
	negative := int64(s) >> 63
	tail := tailAt(uint64(int64(s) ^ negative - negative))
	return tail ^ ^uint64(negative)
}

// tailAt is the probability that a standard normal variate exceeds z, in units
// of 2^-64: from 1 to 2^63-1. z is in units of 2^-ScoreBits.
func tailAt(z uint64) uint64 {
	piece := z >> (ScoreBits - 4)
	if piece >= uint64(len(tailTable)) {
		return 1
	}
	l := tailTable[piece].at(z << (64 - ScoreBits + 4))
	// 2^(64-l), from the fraction of l counted downwards.
	return max(min(exp2(^(l<<6))>>(l>>58), 1<<63-1), 1)
}
