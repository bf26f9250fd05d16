package rng

import (
	"math"
	"testing"
)

// extremeWords are the words at which tables, octaves and signs change.
func extremeWords() []uint64 {
	words := []uint64{0, 1, 2, 3, math.MaxUint64, math.MaxUint64 - 1, math.MaxUint64 - 2, math.MaxUint64 - 3}
	for b := range 64 {
		p := uint64(1) << b
		words = append(words, p-1, p, p+1, -p, -p-1, -p+1, p|p>>1, ^(p | p>>1), p|p>>1|p>>2, ^(p | p>>1 | p>>2))
	}
	return words
}

// gridWords adds to the extremes words within every row of every table, words
// spread evenly, and words spread evenly over the octaves of both tails.
func gridWords() []uint64 {
	words := extremeWords()
	for octave := range 64 {
		for piece := range uint64(128) {
			for _, place := range []uint64{0, 1 << 53, 1 << 56, 7<<54 | 1<<52} {
				tail := ^((piece<<57 | place) >> 1) >> octave
				words = append(words, tail, ^tail)
			}
		}
	}
	k := Root(1).Name("grid")
	for i := range uint64(20_000) {
		w := k.Word(i)
		octave := i % 64
		words = append(words, w, w>>octave, ^(w >> octave), i<<49|w>>15)
	}
	return words
}

func log2Tail(word uint64) uint64   { return log2At(octaves(upperTail(word))) }
func normalTail(word uint64) uint64 { return normalAt(octaves(nearerTail(word))) }

// exactLog2Tail is -log2 of that probability, without loss near probability 1.
func exactLog2Tail(word uint64) float64 {
	if word < 1<<62 {
		return -math.Log1p(-float64(word&^1)/(1<<64)) / math.Ln2
	}
	return -math.Log2(float64(upperTail(word)) / (1 << 64))
}

func TestLog2TailAgainstClosedForm(t *testing.T) {
	t.Parallel()
	worst := 0.0
	for _, w := range gridWords() {
		got := float64(log2Tail(w)) / (1 << 58)
		want := exactLog2Tail(w)
		// 2^-57 is the grain of the table's unit and of the words at the lower end.
		if off := math.Abs(got-want) - 0x1p-57; off > 1e-8*want {
			t.Fatalf("log2Tail(%#x) = %.17g, want %.17g", w, got, want)
		} else if want > 0x1p-20 {
			worst = max(worst, math.Abs(got-want)/want)
		}
	}
	t.Logf("largest relative error %.2g", worst)
}

// exactNormalTail solves for the quantile by one step of Newton's method from
// the value under test, which is exact to second order in its error.
func exactNormalTail(word uint64, z float64) float64 {
	tail := min(word, ^word)
	var excess float64 // tail(z) minus the probability
	if tail > 1<<60 {
		// Near the median the difference to one half keeps the digits.
		excess = float64((1<<63)-(tail|1))/(1<<64) - 0.5*math.Erf(z/math.Sqrt2)
	} else {
		excess = 0.5*math.Erfc(z/math.Sqrt2) - float64(tail|1)/(1<<64)
	}
	return z + excess*math.Sqrt(2*math.Pi)*math.Exp(z*z/2)
}

func TestNormalTailAgainstClosedForm(t *testing.T) {
	t.Parallel()
	worst := 0.0
	for _, w := range gridWords() {
		got := float64(normalTail(w)) / (1 << 58)
		want := exactNormalTail(w, got)
		if off := math.Abs(got-want) - 0x1p-56; off > 1e-7*want {
			t.Fatalf("normalTail(%#x) = %.17g, want %.17g", w, got, want)
		} else if want > 0x1p-20 {
			worst = max(worst, math.Abs(got-want)/want)
		}
		if normalTail(^w) != normalTail(w) {
			t.Fatalf("normalTail(%#x) = %d, but %d for its complement", w, normalTail(w), normalTail(^w))
		}
	}
	t.Logf("largest relative error %.2g", worst)
}

func TestExp2AgainstClosedForm(t *testing.T) {
	t.Parallel()
	worst := 0.0
	for _, f := range gridWords() {
		got := float64(exp2(f)) / (1 << 63)
		want := math.Exp2(float64(f) / (1 << 64))
		worst = max(worst, math.Abs(got-want)/want)
		if math.Abs(got-want) > 1e-9*want {
			t.Fatalf("exp2(%#x) = %.17g, want %.17g", f, got, want)
		}
	}
	t.Logf("largest relative error %.2g", worst)
}

// TestTablesRise checks what monotonicity rests on: pieces meet exactly, and no
// piece reaches the start of the next before its end.
func TestTablesRise(t *testing.T) {
	t.Parallel()
	for _, table := range []struct {
		name       string
		rows       []cubic
		start, end uint64 // in the table's unit, modulo 2^64
	}{
		{"log2", log2Table[:], 0, 1 << 58},
		{"exp2", exp2Table[:], 1 << 63, 0},
		// The end, 9.0801551..., is the quantile at 2^-64.
		{"normal", normalTable[16:], 0, 0x2452142f5fc17f66},
	} {
		if table.rows[0][0] != table.start {
			t.Errorf("%s begins at %#x, want %#x", table.name, table.rows[0][0], table.start)
		}
		for i, r := range table.rows {
			end := table.end
			if i+1 < len(table.rows) {
				end = table.rows[i+1][0]
			}
			if sum := r[0] + r[1] + r[2] + r[3]; sum != end {
				t.Errorf("%s row %d ends at %#x, want %#x", table.name, i, sum, end)
			}
			if last := r.at(math.MaxUint64); last-r[0] >= end-r[0] {
				t.Errorf("%s row %d reaches %#x, beyond %#x", table.name, i, last, end)
			}
		}
	}
}

// TestSampleAgainstClosedForms compares every family with its quantile function
// at the probability of the word, at a scale where rounding does not show.
func TestSampleAgainstClosedForms(t *testing.T) {
	t.Parallel()
	const scale = 1e15
	z := func(w uint64) float64 {
		x := float64(normalTail(w)) / (1 << 58)
		return math.Copysign(exactNormalTail(w, x), float64(int64(w^1<<63)))
	}
	sigma, shape := FixedRatio(1, 2), FixedRatio(5, 2)
	for _, c := range []struct {
		name  string
		dist  Dist
		exact func(w uint64) float64
		error float64 // relative
	}{
		{"exponential", Exponential(0, scale), func(w uint64) float64 { return scale * math.Ln2 * exactLog2Tail(w) }, 1e-8},
		{"normal", Normal(0, scale), func(w uint64) float64 { return scale * z(w) }, 5e-8},
		{"lognormal", LogNormal(0, scale, sigma), func(w uint64) float64 { return scale * math.Exp(z(w)/2) }, 5e-8},
		{"lognormal wide", LogNormal(0, scale, 4*sigma), func(w uint64) float64 { return min(scale*math.Exp(2*z(w)), math.MaxInt64) }, 5e-8},
		{"pareto", Pareto(scale, shape), func(w uint64) float64 { return min(scale*math.Exp2(exactLog2Tail(w)/2.5), math.MaxInt64) }, 1e-8},
		{"pareto light", Pareto(scale, 4*shape), func(w uint64) float64 { return scale * math.Exp2(exactLog2Tail(w)/10) }, 1e-8},
	} {
		worst := 0.0
		for _, w := range gridWords() {
			got, want := float64(c.dist.Sample(w)), c.exact(w)
			if off := math.Abs(got-want) - 0.51; off > c.error*math.Abs(want) {
				t.Fatalf("%s: Sample(%#x) = %.17g, want %.17g", c.name, w, got, want)
			} else if math.Abs(want) > 1e10 {
				worst = max(worst, off/math.Abs(want))
			}
		}
		t.Logf("%s: largest relative error %.2g", c.name, worst)
	}
}
