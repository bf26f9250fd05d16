package stats

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestManyAtOnce: observations entered together are those entered one by one.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var got, want Moments
		sum, squares := uint64(0), uint64(0)
		integers := rapid.SliceOf(rapid.Uint64Range(0, 1<<26)).Draw(t, "integers")
		for _, n := range integers {
			want.AddInt(int64(n))
			sum, squares = sum+n, squares+n*n
		}
		got.AddInts(uint64(len(integers)), sum, squares)
		for range 3 {
			r := Ratio{rapid.Uint64().Draw(t, "num"), rapid.Uint64().Draw(t, "den")}
			times := rapid.IntRange(0, 40).Draw(t, "times")
			for range times {
				want.Add(r)
			}
			got.AddTimes(r, uint64(times))
		}
		if got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	})
}

// TestHistogramOfMany does the same for durations.
func TestHistogramOfMany(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var got, want Histogram
		for range rapid.IntRange(1, 3).Draw(t, "times") {
			zeros := rapid.IntRange(0, 5).Draw(t, "zeros")
			values := rapid.SliceOf(rapid.OneOf(
				rapid.Int64Range(0, 1e9), rapid.Int64Min(0), rapid.SampledFrom([]int64{0, 1023, 1024, 2047, 2048, MaxRecorded, math.MaxInt64}),
			)).Draw(t, "values")
			for range zeros {
				want.Record(0)
			}
			for _, v := range values {
				want.Record(v)
			}
			got.RecordZeros(uint64(zeros))
			got.RecordAll(values)
		}
		if got.n != want.n || got.max != want.max {
			t.Fatalf("%d records up to %d, want %d up to %d", got.n, got.max, want.n, want.max)
		}
		for i, page := range want.pages {
			if (page == nil) != (got.pages[i] == nil) || page != nil && *page != *got.pages[i] {
				t.Fatalf("page %d differs", i)
			}
		}
	})
	var h Histogram
	h.Record(0)
	defer func() {
		if recover() == nil {
			t.Error("a negative duration was recorded")
		}
	}()
	h.RecordAll([]int64{5, -1})
}

// TestNearestAgainstRat: the quotient is rounded as that of rationals.
func TestNearestAgainstRat(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		term := func(name string) *big.Int {
			return words(rapid.SliceOfN(rapid.OneOf(rapid.Uint64(), rapid.Uint64Max(9)), 1, 6).Draw(t, name))
		}
		num, den := term("num"), term("den")
		den.Add(den, big.NewInt(1))
		if rapid.Bool().Draw(t, "negative") {
			num.Neg(num)
		}
		if want, _ := new(big.Rat).SetFrac(num, den).Float64(); nearest(num, den) != want {
			t.Errorf("%d/%d = %v, want %v", num, den, nearest(num, den), want)
		}
	})
}
