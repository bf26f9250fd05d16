package rng

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// The word of a score is the normal distribution function, exact relative to
// the nearer tail, over the whole range and at every joint of the table.
func TestScoreWordAgainstClosedForm(t *testing.T) {
	t.Parallel()
	var scores []uint64
	for piece := range uint64(tailPieces + 3) {
		for _, place := range []uint64{0, 1, 1 << 33, 1 << 35, 0xabcdef012, 1<<36 - 1} {
			scores = append(scores, piece<<36|place)
		}
	}
	worst, last := 0.0, uint64(1<<63)
	for _, z := range scores {
		tail := tailAt(z)
		if tail > last || tail < 1 || tail >= 1<<63 {
			t.Fatalf("tail at %#x is %#x, after %#x", z, tail, last)
		}
		last = tail
		want := math.Ldexp(0.5*math.Erfc(math.Ldexp(float64(z), -ScoreBits)/math.Sqrt2), 64)
		if off := math.Abs(float64(tail) - want); off > 1.5+want*0x1p-30 {
			t.Errorf("tail at %#x is %d, want %.1f", z, tail, want)
		} else if want > 1<<40 {
			worst = max(worst, off/want)
		}
		up, down := Score(z).Word(), Score(-int64(z)).Word()
		if z > 0 && up != ^down || up != ^tail {
			t.Errorf("score %#x: words %#x and %#x of both signs, tail %#x", z, up, down, tail)
		}
	}
	t.Logf("largest relative error 2^%.1f", math.Log2(worst))
}

const tailPieces = len(tailTable)

// Scores and words are inverse to each other, and both rise.
func TestScoreIsTheInverse(t *testing.T) {
	t.Parallel()
	words := gridWords()
	slices.Sort(words)
	lastScore, lastWord := Score(math.MinInt64), uint64(0)
	for _, w := range words {
		s := ScoreOf(w)
		back := s.Word()
		if s < lastScore || back < lastWord {
			t.Fatalf("word %#x: score %d after %d, back %#x after %#x", w, s, lastScore, back, lastWord)
		}
		lastScore, lastWord = s, back
		// The quantile is off by up to 1e-7 of itself (see its own test), which
		// moves the tail by its hazard, below z+1, times that.
		tail, z := float64(min(w, ^w)), math.Abs(math.Ldexp(float64(s), -ScoreBits))
		if off := math.Abs(float64(int64(w - back))); off > 8+tail*((z+1)*(z*1e-7+0x1p-40)+0x1p-30) {
			t.Errorf("word %#x has score %d, which has word %#x", w, s, back)
		}
	}
	if Score(math.MaxInt64).Word() != math.MaxUint64-1 || Score(math.MinInt64+1).Word() != 1 || Score(math.MinInt64).Word() != 1 {
		t.Errorf("the ends: %#x, %#x", Score(math.MaxInt64).Word(), Score(math.MinInt64).Word())
	}
}

func TestScoresAreFrozen(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	k := Root(1).Name("score")
	for i := range uint64(20) {
		s := ScoreOf(k.Word(i))
		fmt.Fprintf(&text, "%016x %d %016x\n", k.Word(i), s, s.Word())
	}
	checkGolden(t, "scores.golden", text.String())
}
