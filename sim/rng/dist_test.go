package rng

import (
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// anyDist draws a distribution of any family, degenerate and huge ones included.
func anyDist(t *rapid.T) Dist {
	value := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1000, 1000), rapid.Int64Range(0, 1e12))
	size := rapid.OneOf(rapid.Int64Range(0, math.MaxInt64), rapid.Int64Range(0, 1000), rapid.Int64Range(0, 1e12))
	shape := rapid.OneOf(rapid.Int64Range(1, math.MaxInt64), rapid.Int64Range(1, 8*one))
	a, b := value.Draw(t, "a"), value.Draw(t, "b")
	switch rapid.IntRange(0, 6).Draw(t, "family") {
	case 0:
		return Constant(a)
	case 1:
		return Uniform(min(a, b), max(a, b))
	case 2:
		return Exponential(min(a, b), max(a, b))
	case 3:
		return Normal(a, size.Draw(t, "sd"))
	case 4:
		return LogNormal(a, size.Draw(t, "median"), Fixed(shape.Draw(t, "sigma")))
	case 5:
		return Pareto(size.Draw(t, "scale"), Fixed(shape.Draw(t, "shape")))
	default:
		sample := rapid.SliceOfN(value, 1, 20).Draw(t, "sample")
		slices.Sort(sample)
		return Empirical(sample)
	}
}

// anyWord draws words of all magnitudes at both ends.
func anyWord(t *rapid.T, label string) uint64 {
	w := rapid.Uint64().Draw(t, label)
	w >>= rapid.IntRange(0, 63).Draw(t, label+" shift")
	if rapid.Bool().Draw(t, label+" high") {
		return ^w
	}
	return w
}

func TestSampleRisesWithTheWord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDist(t)
		low, high, _ := d.MinMax()
		w := anyWord(t, "word")
		for _, other := range []uint64{anyWord(t, "other"), w + 1, w + 2, w ^ 1<<57, w ^ 1<<60} {
			a, b := min(w, other), max(w, other)
			x, y := d.Sample(a), d.Sample(b)
			if x > y || x < low || y > high {
				t.Fatalf("%+v: Sample(%#x) = %d, Sample(%#x) = %d, between %d and %d", d, a, x, b, y, low, high)
			}
		}
	})
}

// TestSampleRisesAcrossJoints steps over every joint of the tables with steps
// of a size at which a sample changes by less than the tables' error.
func TestSampleRisesAcrossJoints(t *testing.T) {
	t.Parallel()
	words := extremeWords()
	for i := range uint64(1 << 11) {
		words = append(words, i<<53, -(i << 53))
	}
	for _, d := range []Dist{
		Exponential(0, 1<<60), Normal(0, 1<<60), LogNormal(0, 1<<50, FixedInt(1)), Pareto(1<<40, FixedInt(3)),
	} {
		for _, w := range words {
			for step := -4; step < 4; step++ {
				a := w + uint64(step)
				if x, y := d.Sample(a), d.Sample(a+1); a+1 != 0 && x > y {
					t.Fatalf("%+v: Sample(%#x) = %d, Sample(%#x) = %d", d, a, x, a+1, y)
				}
			}
		}
	}
}

// TestSampleRisesWithItsParameters is what common random numbers rest on.
func TestSampleRisesWithItsParameters(t *testing.T) {
	t.Parallel()
	size := rapid.OneOf(rapid.Int64Range(0, math.MaxInt64), rapid.Int64Range(0, 1000), rapid.Int64Range(0, 1e12))
	shape := rapid.OneOf(rapid.Int64Range(1, math.MaxInt64), rapid.Int64Range(1, 8*one))
	rapid.Check(t, func(t *rapid.T) {
		w, a, b := anyWord(t, "word"), size.Draw(t, "a"), size.Draw(t, "b")
		a, b = min(a, b), max(a, b)
		if rapid.Bool().Draw(t, "next") && a < math.MaxInt64 {
			b = a + 1
		}
		s, r := shape.Draw(t, "s"), shape.Draw(t, "r")
		s, r = min(s, r), max(s, r)
		least := rapid.Int64Range(0, a).Draw(t, "min")
		upper := w>>63 == 1
		check := func(what string, low, high Dist) {
			if x, y := low.Sample(w), high.Sample(w); x > y {
				t.Fatalf("%s: at %#x %+v gives %d, %+v gives %d", what, w, low, x, high, y)
			}
		}
		check("constant", Constant(a), Constant(b))
		check("uniform max", Uniform(least, a), Uniform(least, b))
		check("exponential mean", Exponential(least, a), Exponential(least, b))
		check("normal mean", Normal(a, 1000), Normal(b, 1000))
		check("lognormal median", LogNormal(least, a, Fixed(s)), LogNormal(least, b, Fixed(s)))
		check("pareto scale", Pareto(a, Fixed(s)), Pareto(b, Fixed(s)))
		check("pareto shape", Pareto(a, Fixed(r)), Pareto(a, Fixed(s)))
		if upper {
			check("normal sd", Normal(0, a), Normal(0, b))
			check("lognormal sigma", LogNormal(0, a, Fixed(s)), LogNormal(0, a, Fixed(r)))
		} else {
			check("normal sd", Normal(0, b), Normal(0, a))
			check("lognormal sigma", LogNormal(0, a, Fixed(r)), LogNormal(0, a, Fixed(s)))
		}
	})
}

// A row is what single samples give.
func TestSampleOthersIsARow(t *testing.T) {
	t.Parallel()
	dists := []Dist{
		Constant(5), Uniform(-3, 9e6), Exponential(0, 20e6), Exponential(-7, 3), Exponential(0, math.MaxInt64), Exponential(1<<62, 1<<62+9),
		Normal(1e6, 2e5), LogNormal(0, 2e6, FixedInt(1)),
	}
	for i := range dists {
		for self := range 5 {
			key, out := Root(uint64(i)), make([]int64, 40)
			dists[i].SampleOthers(key, self, out)
			to := 0
			for k, got := range out {
				if to == self {
					to++
				}
				if want := dists[i].Sample(key.Word(uint64(to))); got != want || Other(k, self) != to {
					t.Errorf("%v: number %d without %d is %d of %d, want %d of %d", dists[i], k, self, got, Other(k, self), want, to)
				}
				to++
			}
		}
	}
}

// TestNormalIsSymmetric: the words w and ^w lie equally far from the mean.
func TestNormalIsSymmetric(t *testing.T) {
	t.Parallel()
	d := Normal(5, 1e9)
	for _, w := range gridWords() {
		if x, y := d.Sample(w), d.Sample(^w); x+y != 10 {
			t.Fatalf("Sample(%#x) = %d and Sample(%#x) = %d lie around %d/2", w, x, ^w, y, x+y)
		}
	}
}

func TestSampleAtTheEdges(t *testing.T) {
	t.Parallel()
	const most, least = math.MaxInt64, math.MinInt64
	for _, c := range []struct {
		name string
		dist Dist
		word uint64
		want int64
	}{
		{"zero value", Dist{}, 12345, 0},
		{"constant", Constant(-7), 12345, -7},
		{"uniform first", Uniform(10, 12), 0, 10},
		{"uniform below the first third", Uniform(10, 12), math.MaxUint64 / 3, 10},
		{"uniform above the first third", Uniform(10, 12), math.MaxUint64/3 + 1, 11},
		{"uniform last", Uniform(10, 12), math.MaxUint64, 12},
		{"uniform everything first", Uniform(least, most), 0, least},
		{"uniform everything middle", Uniform(least, most), 1 << 63, 0},
		{"uniform everything last", Uniform(least, most), math.MaxUint64, most},
		{"exponential first", Exponential(10, 1000), 0, 10},
		{"exponential median", Exponential(0, 1e9), 1 << 63, 693147181},
		{"exponential last", Exponential(0, 1e9), math.MaxUint64, 44361419556},
		{"exponential saturates", Exponential(0, most), math.MaxUint64, most},
		{"exponential saturates from its min", Exponential(most-10, most), math.MaxUint64, most},
		{"exponential over the whole range", Exponential(least, most), 0, least},
		{"normal median below", Normal(3, 1e9), 1<<63 - 1, 3},
		{"normal median above", Normal(3, 1e9), 1 << 63, 3},
		{"normal without spread", Normal(3, 0), 0, 3},
		{"normal saturates below", Normal(least/2, most), 0, least},
		{"normal saturates above", Normal(most/2, most), math.MaxUint64, most},
		{"lognormal median below", LogNormal(5, 1e9, one), 1<<63 - 1, 5 + 1e9},
		{"lognormal median above", LogNormal(5, 1e9, one), 1 << 63, 5 + 1e9},
		{"lognormal vanishes", LogNormal(5, 1e9, 100*one), 0, 5},
		{"lognormal saturates", LogNormal(5, 1e9, 100*one), math.MaxUint64, most},
		{"lognormal of the widest sigma", LogNormal(0, 1, math.MaxInt64), math.MaxUint64, most},
		{"lognormal of the narrowest sigma", LogNormal(0, 1e6, 1), math.MaxUint64, 1e6},
		{"pareto first", Pareto(1e9, one), 0, 1e9},
		{"pareto median", Pareto(1e9, one), 1 << 63, 2e9},
		{"pareto quartile", Pareto(1e9, 2*one), 3 << 62, 2e9},
		{"pareto saturates", Pareto(1, one/1000), math.MaxUint64, most},
		{"pareto of the least shape", Pareto(1, 1), 1 << 63, most},
		{"pareto of the largest shape", Pareto(1e6, math.MaxInt64), math.MaxUint64, 1e6},
		{"pareto of nothing", Pareto(0, one), math.MaxUint64, 0},
		{"empirical first", Empirical([]int64{1, 2, 4}), 0, 1},
		{"empirical middle", Empirical([]int64{1, 2, 4}), 1 << 63, 2},
		{"empirical between", Empirical([]int64{1, 2, 4}), 3 << 62, 3},
		{"empirical last", Empirical([]int64{1, 2, 4}), math.MaxUint64, 4},
		{"empirical of one", Empirical([]int64{9}), 77, 9},
		{"empirical widest", Empirical([]int64{least, most}), 1 << 63, 0},
	} {
		if got := c.dist.Sample(c.word); got != c.want {
			t.Errorf("%s: Sample(%#x) = %d, want %d", c.name, c.word, got, c.want)
		}
	}
}

func TestDistDescribesItself(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name              string
		dist              Dist
		constant, bounded bool
		min               int64
		negative          bool
	}{
		{"zero value", Dist{}, true, true, 0, false},
		{"negative constant", Constant(-1), true, true, -1, true},
		{"uniform", Uniform(-3, 8), false, true, -3, true},
		{"uniform of one", Uniform(8, 8), true, true, 8, false},
		{"exponential", Exponential(3, 8), false, false, 3, false},
		{"exponential without excess", Exponential(8, 8), true, true, 8, false},
		{"normal far from zero", Normal(1000, 100), false, false, 1000 - 908, false},
		{"normal near zero", Normal(900, 100), false, false, 900 - 908, true},
		{"normal without spread", Normal(900, 0), true, true, 900, false},
		{"lognormal", LogNormal(-1, 8, one), false, false, -1, true},
		{"lognormal without excess", LogNormal(2, 0, one), true, true, 2, false},
		{"lognormal without spread", LogNormal(2, 8, 0), true, true, 10, false},
		{"pareto", Pareto(5, one), false, false, 5, false},
		{"pareto of nothing", Pareto(0, one), true, true, 0, false},
		{"empirical", Empirical([]int64{-2, 5, 7}), false, true, -2, true},
		{"empirical of equals", Empirical([]int64{4, 4}), true, true, 4, false},
	} {
		least, most, bounded := c.dist.MinMax()
		if c.dist.IsConstant() != c.constant || bounded != c.bounded || least != c.min || c.dist.CanBeNegative() != c.negative {
			t.Errorf("%s: constant %v, bounded %v, min %d, negative %v; want %v, %v, %d, %v", c.name,
				c.dist.IsConstant(), bounded, least, c.dist.CanBeNegative(), c.constant, c.bounded, c.min, c.negative)
		}
		if c.constant != (least == most) {
			t.Errorf("%s: constant is %v from %d to %d", c.name, c.constant, least, most)
		}
	}
}

func TestConstructorsRefuse(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]func(){
		"rng: uniform 2..1":                       func() { Uniform(2, 1) },
		"rng: exponential min 2 mean 1":           func() { Exponential(2, 1) },
		"rng: normal sd -1":                       func() { Normal(0, -1) },
		"rng: lognormal median -1 sigma 1":        func() { LogNormal(0, -1, one) },
		"rng: lognormal median 1 sigma -1":        func() { LogNormal(0, 1, -one) },
		"rng: pareto scale -1 shape 1":            func() { Pareto(-1, one) },
		"rng: pareto scale 1 shape 0":             func() { Pareto(1, 0) },
		"rng: empirical sample of 0 values":       func() { Empirical(nil) },
		"rng: empirical sample of 2 values: want": func() { Empirical([]int64{2, 1}) },
	} {
		if message := panicOf(f); !strings.HasPrefix(message, want) {
			t.Errorf("panics with %q, want %q", message, want)
		}
	}
}

// TestShiftedAgainstBigIntegers: the rounding of a scaled product.
func TestShiftedAgainstBigIntegers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		product := new(big.Int).Mul(new(big.Int).SetUint64(anyWord(t, "scale")), new(big.Int).SetUint64(anyWord(t, "x")))
		shift := rapid.Int64Range(-70, 70).Draw(t, "shift")
		half := new(big.Int).Rsh(new(big.Int).Lsh(big.NewInt(1), 200+uint(64+shift)), 201)
		want := new(big.Int).Add(product, half)
		if 64+shift >= 0 {
			want.Rsh(want, uint(64+shift))
		} else {
			want.Lsh(want, uint(-64-shift))
		}
		if limit := big.NewInt(math.MaxInt64); want.Cmp(limit) > 0 {
			want = limit
		}
		hi := new(big.Int).Rsh(product, 64).Uint64()
		lo := new(big.Int).And(product, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
		if got := shifted(hi, lo, shift); got != want.Uint64() {
			t.Fatalf("shifted(%#x, %#x, %d) = %d, want %v", hi, lo, shift, got, want)
		}
	})
}

// TestEmpiricalAgainstBigIntegers: a dumb twin of the quantile function.
func TestEmpiricalAgainstBigIntegers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sample := rapid.SliceOfN(rapid.OneOf(rapid.Int64(), rapid.Int64Range(-50, 50)), 2, 30).Draw(t, "sample")
		slices.Sort(sample)
		w := anyWord(t, "word")
		// at = word/2^64 * (n-1), split into place and fraction.
		at := new(big.Int).Mul(new(big.Int).SetUint64(w), big.NewInt(int64(len(sample)-1)))
		place := int(new(big.Int).Rsh(at, 64).Int64())
		fraction := new(big.Int).Sub(at, new(big.Int).Lsh(big.NewInt(int64(place)), 64))
		step := new(big.Int).Sub(big.NewInt(sample[place+1]), big.NewInt(sample[place]))
		want := step.Mul(step, fraction)
		want.Add(want, new(big.Int).Lsh(big.NewInt(1), 63)).Rsh(want, 64).Add(want, big.NewInt(sample[place]))
		d := Empirical(sample)
		if got := d.Sample(w); got != want.Int64() {
			t.Fatalf("Empirical(%v).Sample(%#x) = %d, want %v", sample, w, got, want)
		}
	})
}

func TestHotPathDoesNotAllocate(t *testing.T) {
	dists, chance := families(), Ratio{1, 3}.Chance()
	var total int64
	if n := testing.AllocsPerRun(100, func() {
		k := Root(3).Name("alloc").With(4)
		for i := range dists {
			w := k.Word(uint64(i))
			if chance.Hit(w) {
				total++
			}
			total += dists[i].dist.Sample(w)
		}
	}); n != 0 {
		t.Errorf("%v allocations a round", n)
	}
	sink = uint64(total)
}
