package stats

import (
	"math"
	"math/big"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"mpcomm/sim/rng"
)

// fixed is x as a rational.
func (x Fixed) rat() *big.Rat {
	r := new(big.Rat).SetInt(words([]uint64{x.Part, x.Whole}))
	return r.Quo(r, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 64)))
}

func drawFixed(t *rapid.T, name string) Fixed {
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) Fixed { return Fixed{rapid.Uint64Max(3).Draw(t, "few"), 0} }),
		rapid.Custom(func(t *rapid.T) Fixed {
			return Fixed{rapid.Uint64Max(1<<62).Draw(t, "whole"), rapid.Uint64().Draw(t, "part")}
		}),
	).Draw(t, name)
}

// variance is the sum of squares about the mean, by its definition.
func variance(values []*big.Rat) *big.Rat {
	mean, sum := new(big.Rat), new(big.Rat)
	for _, v := range values {
		mean.Add(mean, v)
	}
	mean.Quo(mean, big.NewRat(int64(len(values)), 1))
	for _, v := range values {
		d := new(big.Rat).Sub(v, mean)
		sum.Add(sum, d.Mul(d, d))
	}
	return sum
}

// TestPairsAgainstRationals compares moments of differences with exact
// arithmetic, and any split with the whole.
func TestPairsAgainstRationals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var d, left, right, x, y, alone, all Moments
		var ds, xs, ys []*big.Rat
		n := rapid.IntRange(1, 20).Draw(t, "pairs")
		for range n {
			a, b := drawFixed(t, "a"), drawFixed(t, "b")
			part := &left
			if rapid.Bool().Draw(t, "right") {
				part = &right
			}
			d.AddDifference(a, b)
			part.AddDifference(a, b)
			x.AddFixed(a)
			y.AddFixed(b)
			all.AddFixed(a)
			xs, ys = append(xs, a.rat()), append(ys, b.rat())
			ds = append(ds, new(big.Rat).Sub(a.rat(), b.rat()))
			if rapid.Bool().Draw(t, "alone") {
				c := drawFixed(t, "c")
				alone.AddFixed(c)
				all.AddFixed(c)
			}
		}
		if left.Merge(&right); left != d {
			t.Fatal("a split sample of pairs merged is not the whole one")
		}
		if all.Without(&alone) != x {
			t.Fatal("what is taken out of moments leaves something")
		}
		sum := new(big.Rat)
		for _, v := range ds {
			sum.Add(sum, v)
		}
		if want, _ := sum.Quo(sum, big.NewRat(int64(n), 1)).Float64(); d.Summary(1).Mean != want {
			t.Errorf("mean difference %v, want %v", d.Summary(1).Mean, want)
		}
		apart := new(big.Rat).Add(variance(xs), variance(ys))
		saved, known := Saved(&d, &x, &y)
		if known != (n > 1 && apart.Sign() != 0) {
			t.Fatalf("%d pairs: the share saved is known: %t", n, known)
		}
		if known {
			share := new(big.Rat).Quo(variance(ds), apart)
			if want, _ := share.Sub(big.NewRat(1, 1), share).Float64(); saved != want {
				t.Errorf("saved %v, want %v", saved, want)
			}
		}
	})
}

// TestSavedClosedForms: pairs that move together save all, independent ones
// nothing, and opposed ones cost as much again.
func TestSavedClosedForms(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		pair func(i uint64) (x, y uint64)
		want float64
	}{
		{"together", func(i uint64) (x, y uint64) { return i + 5, i }, 1},
		{"every combination", func(i uint64) (x, y uint64) { return i % 4, i / 4 }, 0},
		{"opposed", func(i uint64) (x, y uint64) { return i, 15 - i }, -1},
		{"one constant", func(i uint64) (x, y uint64) { return i, 3 }, 0},
	} {
		var d, x, y Moments
		for i := range uint64(16) {
			a, b := test.pair(i)
			d.AddDifference(Fixed{Whole: a}, Fixed{Whole: b})
			x.AddInt(int64(a))
			y.AddInt(int64(b))
		}
		if got, known := Saved(&d, &x, &y); !known || got != test.want {
			t.Errorf("%s: saved %v, %t; want %v", test.name, got, known, test.want)
		}
	}
}

// TestNewcombeClosedForms: two examples of the paper's table II, rounded as
// there, and tables at an end, where Wilson's intervals alone decide.
func TestNewcombeClosedForms(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		both, first, second, neither uint64
		lo, hi                       float64
	}{
		{36, 12, 2, 0, 0.0569, 0.3404},
		{20, 12, 2, 16, 0.0562, 0.3292},
		{30, 0, 0, 0, -0.1135, 0.1135},
		{0, 30, 0, 0, 0.8395, 1},
		{0, 0, 30, 0, -1, -0.8395},
	} {
		in := Newcombe(test.both, test.first, test.second, test.neither)
		if math.Abs(in.Lo-test.lo) > 6e-5 || math.Abs(in.Hi-test.hi) > 6e-5 {
			t.Errorf("Newcombe(%d, %d, %d, %d) = %.4f to %.4f, want %v to %v",
				test.both, test.first, test.second, test.neither, in.Lo, in.Hi, test.lo, test.hi)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.Uint64Max(1 << 30)
		a, b, c, d := count.Draw(t, "a"), count.Draw(t, "b"), count.Draw(t, "c"), count.Draw(t, "d")+1
		in, back := Newcombe(a, b, c, d), Newcombe(a, c, b, d)
		if math.Abs(in.Lo+back.Hi) > 1e-12 || math.Abs(in.Hi+back.Lo) > 1e-12 {
			t.Errorf("the other way round it is %v, not %v", back, in)
		}
		difference := (float64(b) - float64(c)) / float64(a+b+c+d)
		if in.Lo > difference || in.Hi < difference || in.Lo < -1 || in.Hi > 1 {
			t.Errorf("%v does not hold %v", in, difference)
		}
	})
}

// TestNewcombeCoverage sums the exact probability of the tables of 30 trials
// whose interval holds the difference, over shares and correlations.
func TestNewcombeCoverage(t *testing.T) {
	t.Parallel()
	const n = 30
	total, points := 0.0, 0
	for _, p := range [][3]float64{{.5, .2, .1}, {.3, .3, .05}, {.2, .1, .1}, {.6, .15, .05}, {.1, .4, .2}, {.25, .25, .25}} {
		points++
		for a := range uint64(n + 1) {
			for b := range n + 1 - a {
				for c := range n + 1 - a - b {
					in := Newcombe(a, b, c, n-a-b-c)
					if truth := p[1] - p[2]; in.Lo <= truth && truth <= in.Hi {
						total += multinomial(n, p, a, b, c)
					}
				}
			}
		}
	}
	if mean := total / float64(points); mean < 0.945 || mean > 0.965 {
		t.Errorf("covers %.4f on average, want about 0.95", mean)
	}
}

func multinomial(n uint64, p [3]float64, a, b, c uint64) float64 {
	one := distuv.Binomial{N: float64(n), P: p[0]}.Prob(float64(a))
	two := distuv.Binomial{N: float64(n - a), P: p[1] / (1 - p[0])}.Prob(float64(b))
	return one * two * distuv.Binomial{N: float64(n - a - b), P: p[2] / (1 - p[0] - p[1])}.Prob(float64(c))
}

// TestPairedCoverage: intervals of mean differences of six correlated pairs of
// normal draws hold the true one in 95% of 4000 samples, within 4.5 standard
// errors.
func TestPairedCoverage(t *testing.T) {
	t.Parallel()
	const samples = 4000
	held := 0
	normal := rng.Normal(5e9, 1e9)
	for s := range uint64(samples) {
		key := rng.Root(s).Name("paired coverage")
		var m Moments
		for i := range uint64(6) {
			shared, own, other := normal.Sample(key.Word(3*i)), normal.Sample(key.Word(3*i+1)), normal.Sample(key.Word(3*i+2))
			m.AddDifference(Fixed{Whole: uint64(shared + own + 7)}, Fixed{Whole: uint64(shared + other)})
		}
		if in := m.Summary(1).Interval; in.Lo <= 7 && 7 <= in.Hi {
			held++
		}
	}
	const want = 0.95
	if share := float64(held) / samples; math.Abs(share-want) > 4.5*math.Sqrt(want*(1-want)/samples) {
		t.Errorf("%.4f of intervals hold the difference, want about %.2f", share, want)
	}
}
