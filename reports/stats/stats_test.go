package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"mpcomm/sim/rng"
)

func TestRatioPrints(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		r    Ratio
		want string
	}{
		{Ratio{}, "null"},
		{Ratio{7, 0}, "null"},
		{Ratio{0, 5}, "0"},
		{Ratio{6, 3}, "2"},
		{Ratio{1, 3}, "0.3333333333333333"},
		{Ratio{91, 100}, "0.91"},
		{Ratio{1, 6000}, "0.00016666666666666666"},
		{Ratio{1, 3e9}, "3.333333333333333e-10"},
		{Ratio{math.MaxUint64, 1}, "18446744073709551615"},
		{Ratio{1, 1e7}, "1e-7"},
	} {
		b, err := json.Marshal(test.r)
		if err != nil || string(b) != test.want {
			t.Errorf("%d/%d prints %s, %v; want %s", test.r.Num, test.r.Den, b, err, test.want)
		}
	}
}

// TestFloatsPrintAsJSONDoes: one number, one spelling, whoever prints it.
func TestFloatsPrintAsJSONDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "f")
		if f-f != 0 {
			return
		}
		want, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if got := AppendFloat(nil, f); string(got) != string(want) {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

func TestCmpIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := Ratio{rapid.Uint64().Draw(t, "a"), rapid.Uint64Min(1).Draw(t, "b")}
		b := Ratio{rapid.Uint64().Draw(t, "c"), rapid.Uint64Min(1).Draw(t, "d")}
		if got, want := a.Cmp(b), rat(a).Cmp(rat(b)); got != want {
			t.Errorf("Cmp(%v, %v) = %d, want %d", a, b, got, want)
		}
	})
}

func rat(r Ratio) *big.Rat {
	return new(big.Rat).SetFrac(new(big.Int).SetUint64(r.Num), new(big.Int).SetUint64(r.Den))
}

// TestWilsonClosedForm holds the interval to its definition: the shares p at
// which |k/n - p| is z standard errors.
func TestWilsonClosedForm(t *testing.T) {
	t.Parallel()
	for _, n := range []uint64{1, 2, 10, 500, 1e6} {
		for _, k := range []uint64{0, 1, n / 3, n / 2, n - 1, n} {
			in := Wilson(k, n)
			share := float64(k) / float64(n)
			for _, p := range []float64{in.Lo, in.Hi} {
				if p == 0 && k == 0 || p == 1 && k == n {
					continue
				}
				if errors := math.Abs(share-p) / math.Sqrt(p*(1-p)/float64(n)); math.Abs(errors-z) > 1e-6 {
					t.Errorf("Wilson(%d, %d): %v lies %v standard errors away, want %v", k, n, p, errors, z)
				}
			}
			if in.Lo > share || in.Hi < share {
				t.Errorf("Wilson(%d, %d) = %v does not hold the share", k, n, in)
			}
		}
	}
}

// TestWilsonCoverage sums the exact binomial probability of samples whose
// interval holds p. Wilson's covers about 95% on average (Brown, Cai, DasGupta,
// Statistical Science 16, 2001).
func TestWilsonCoverage(t *testing.T) {
	t.Parallel()
	for _, n := range []uint64{20, 100} {
		total, points := 0.0, 0
		for p := 0.05; p < 0.951; p += 0.01 {
			points++
			b := distuv.Binomial{N: float64(n), P: p}
			for k := range n + 1 {
				if in := Wilson(k, n); in.Lo <= p && p <= in.Hi {
					total += b.Prob(float64(k))
				}
			}
		}
		if mean := total / float64(points); mean < 0.945 || mean > 0.96 {
			t.Errorf("n = %d: covers %.4f on average, want about 0.95", n, mean)
		}
	}
}

func TestStudentAgainstItsDistribution(t *testing.T) {
	t.Parallel()
	for degrees := uint64(1); degrees <= 1000; degrees++ {
		want, tolerance := 0.975, 1e-12
		if degrees > 30 {
			tolerance = 5e-11 // the density is 0.06 there
		}
		got := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(degrees)}.CDF(Student(degrees))
		if math.Abs(got-want) > tolerance {
			t.Errorf("P(T%d <= %v) = %.15f, want 0.975", degrees, Student(degrees), got)
		}
		if Student(degrees) <= Student(degrees+1) {
			t.Errorf("from %d to %d degrees the quantile does not fall", degrees, degrees+1)
		}
	}
	if got := distuv.UnitNormal.CDF(Student(math.MaxUint64)); math.Abs(got-0.975) > 1e-12 {
		t.Errorf("with very many degrees: P = %v", got)
	}
}

// TestStudentInClosedForm: with an even number of degrees the distribution is a
// finite sum (Abramowitz and Stegun, 26.7.4), with one and two its quantiles are
// written out.
func TestStudentInClosedForm(t *testing.T) {
	t.Parallel()
	if got, want := Student(1), math.Tan(0.475*math.Pi); math.Abs(got-want) > 1e-12 {
		t.Errorf("one degree: %v, want %v", got, want)
	}
	if got, want := Student(2), 0.95/math.Sqrt(2*0.975*0.025); math.Abs(got-want) > 1e-12 {
		t.Errorf("two degrees: %v, want %v", got, want)
	}
	for _, degrees := range []uint64{2, 4, 30, 32, 36, 38, 50, 100, 1000, 100000} {
		q, n := Student(degrees), float64(degrees)
		cosines := n / (n + q*q) // their square
		sum, term := 1.0, 1.0
		for i := uint64(2); i < degrees; i += 2 {
			term *= cosines * float64(i-1) / float64(i)
			sum += term
		}
		if got := q / math.Sqrt(n+q*q) * sum; math.Abs(got-0.95) > 1e-10 {
			t.Errorf("P(|T%d| <= %v) = %.15f, want 0.95", degrees, q, got)
		}
	}
}

// TestMomentsAgainstRationals compares with exact arithmetic, and any split
// with the whole.
func TestMomentsAgainstRationals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var whole, left, right Moments
		sum, sq := new(big.Rat), new(big.Rat)
		n := rapid.IntRange(1, 40).Draw(t, "n")
		scale := int64(1)
		for i := range n {
			var x *big.Rat
			part := &left
			if rapid.Bool().Draw(t, "right") {
				part = &right
			}
			if rapid.Bool().Draw(t, "integer") {
				v := rapid.Int64().Draw(t, "v")
				whole.AddInt(v)
				part.AddInt(v)
				x = new(big.Rat).SetInt64(v)
			} else {
				r := Ratio{rapid.Uint64().Draw(t, "num"), 1 << rapid.IntRange(0, 63).Draw(t, "log den")}
				whole.Add(r)
				part.Add(r)
				x = rat(r)
			}
			sum.Add(sum, x)
			sq.Add(sq, new(big.Rat).Mul(x, x))
			if i == 0 && rapid.Bool().Draw(t, "scaled") {
				scale = 1e6
			}
		}
		right.Merge(&left)
		if right != whole {
			t.Fatal("a split sample merged is not the whole one")
		}
		s := whole.Summary(scale)
		mean := new(big.Rat).Quo(sum, big.NewRat(int64(n), 1))
		mean.Quo(mean, big.NewRat(scale, 1))
		if want, _ := mean.Float64(); s.Mean != want || s.N != uint64(n) {
			t.Errorf("mean %v of %d, want %v of %d", s.Mean, s.N, want, n)
		}
		if n > 1 {
			v := new(big.Rat).Sub(sq, new(big.Rat).Quo(new(big.Rat).Mul(sum, sum), big.NewRat(int64(n), 1)))
			v.Quo(v, big.NewRat(int64(n-1), 1))
			v.Quo(v, new(big.Rat).Mul(big.NewRat(scale, 1), big.NewRat(scale, 1)))
			f, _ := v.Float64()
			if s.SD != math.Sqrt(f) {
				t.Errorf("sd %v, want %v", s.SD, math.Sqrt(f))
			}
		}
	})
}

func TestMomentsOfThirds(t *testing.T) {
	t.Parallel()
	var m Moments
	for range 3 {
		m.Add(Ratio{1, 3})
	}
	m.Add(Ratio{}) // nothing
	if s := m.Summary(1); s.N != 3 || s.Mean != 1.0/3 || s.SD != 0 || s.Interval != (Interval{1.0 / 3, 1.0 / 3}) {
		t.Errorf("three thirds: %+v", s)
	}
	if s := new(Moments).Summary(1); s != (Summary{}) {
		t.Errorf("nothing: %+v", s)
	}
}

// TestMeanCoverage: intervals of means of six normal draws hold the true mean
// in 95% of 4000 samples, within 4.5 standard errors.
func TestMeanCoverage(t *testing.T) {
	t.Parallel()
	const samples = 4000
	held := 0
	normal := rng.Normal(5e9, 1e9)
	for s := range uint64(samples) {
		key := rng.Root(s).Name("coverage")
		var m Moments
		for i := range uint64(6) {
			m.AddInt(normal.Sample(key.Word(i)))
		}
		in := m.Summary(1).Interval
		if in.Lo <= 5e9 && 5e9 <= in.Hi {
			held++
		}
	}
	const want = 0.95
	if share := float64(held) / samples; math.Abs(share-want) > 4.5*math.Sqrt(want*(1-want)/samples) {
		t.Errorf("%.4f of intervals hold the mean, want about %.2f", share, want)
	}
}

func TestQuantileAgainstSort(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(-20, 20), 1, 60).Draw(t, "values")
		p := Ratio{rapid.Uint64Range(0, 100).Draw(t, "percent"), 100}
		sorted := slices.Clone(values)
		slices.Sort(sorted)
		k := 1
		for k*100 < int(p.Num)*len(sorted) {
			k++
		}
		if got := Quantile(values, p); got != sorted[k-1] {
			t.Errorf("quantile %v = %d, want %d of %v", p, got, sorted[k-1], sorted)
		}
	})
}

func TestHistogram(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(0, 1e11), 1, 50).Draw(t, "values")
		cut := rapid.IntRange(0, len(values)).Draw(t, "cut")
		var whole, left, right Histogram
		for i, v := range values {
			whole.Record(v)
			if i < cut {
				left.Record(v)
			} else {
				right.Record(v)
			}
		}
		left.Merge(&right)
		for _, p := range []Ratio{P50, P99, {1, 1}} {
			exact, got := Quantile(values, p), whole.Quantile(p)
			if got < exact || float64(got-exact) > float64(exact)/1000 || left.Quantile(p) != got {
				t.Errorf("quantile %v = %d and %d when merged, exactly %d", p, got, left.Quantile(p), exact)
			}
		}
		if whole.Max() != slices.Max(values) || left.N() != uint64(len(values)) {
			t.Errorf("max %d, n %d", whole.Max(), left.N())
		}
		left.Reset()
		left.Record(7)
		if left.Quantile(P50) != 7 || left.Max() != 7 || left.N() != 1 {
			t.Error("a histogram remembers what was reset")
		}
	})
}

// TestHistogramAgainstTheLibrary: the buckets are those of HdrHistogram with
// three digits.
func TestHistogramAgainstTheLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int64Range(0, MaxRecorded).Draw(t, "v") >> rapid.IntRange(0, 46).Draw(t, "shift")
		library := hdrhistogram.New(1, MaxRecorded, 3)
		var h Histogram
		h.Record(v)
		h.Record(MaxRecorded) // so that the bucket's end is not cut to the largest record
		if err := library.RecordValue(v); err != nil {
			t.Fatal(err)
		}
		var want int64
		for _, bar := range library.Distribution() {
			if bar.Count > 0 {
				want = bar.To
			}
		}
		if got := h.Quantile(P50); got != want {
			t.Errorf("the bucket of %d ends at %d, want %d", v, got, want)
		}
	})
	var h Histogram
	h.Record(math.MaxInt64)
	if h.Quantile(P50) != math.MaxInt64 || h.Max() != math.MaxInt64 {
		t.Errorf("the longest durations: %d, %d", h.Quantile(P50), h.Max())
	}
}

func TestBootstrap(t *testing.T) {
	t.Parallel()
	key := rng.Root(1).Name("bootstrap")
	values := make([]float64, 400)
	ones := make([]float64, 400)
	var m Moments
	for i := range values {
		w := key.Word(uint64(i)) >> 50
		m.AddInt(int64(w))
		values[i], ones[i] = float64(w), 1
	}
	in, normal := BootstrapMean(key, values, Resamples), m.Summary(1).Interval
	width := normal.Hi - normal.Lo
	if math.Abs(in.Lo-normal.Lo) > width/10 || math.Abs(in.Hi-normal.Hi) > width/10 {
		t.Errorf("bootstrap %v, normal %v", in, normal)
	}
	if ratio := BootstrapRatio(key, values, ones, Resamples); ratio != in {
		t.Errorf("a ratio to ones is the mean: %v, %v", ratio, in)
	}
	if again := BootstrapMean(key, values, Resamples); again != in {
		t.Errorf("the same names drew %v, then %v", in, again)
	}
	if other := BootstrapMean(rng.Root(2), values, Resamples); other == in {
		t.Error("another name drew the same")
	}
}

func Example() {
	var m Moments
	for _, v := range []int64{20_000_000, 30_000_000, 25_000_000} { // nanoseconds
		m.AddInt(v)
	}
	s := m.Summary(1_000_000)
	in := Wilson(7, 10)
	fmt.Printf("%v ms, sd %v; 7 of 10: %.3f to %.3f\n", s.Mean, s.SD, in.Lo, in.Hi)
	// Output: 25 ms, sd 5; 7 of 10: 0.397 to 0.892
}

func BenchmarkMoments(b *testing.B) {
	var m Moments
	b.Run("int", func(b *testing.B) {
		for b.Loop() {
			m.AddInt(12345678)
		}
	})
	b.Run("ratio", func(b *testing.B) {
		for b.Loop() {
			m.Add(Ratio{1, 3})
		}
	})
	b.Run("histogram", func(b *testing.B) {
		var h Histogram
		v := int64(0)
		for b.Loop() {
			v = (v + 7919) % 100_000_000
			h.Record(v)
		}
	})
}
