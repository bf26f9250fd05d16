package stats

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mpcomm/reports/wire"
)

// durations draws some from every doubling, and some beyond all buckets.
var durations = rapid.SliceOf(rapid.OneOf(
	rapid.Int64Range(0, 5000), rapid.Int64Range(0, MaxRecorded), rapid.Int64Range(MaxRecorded, 1<<62)))

// TestHistogramReadsBack: a histogram and what reads back are alike, also in
// what becomes of them when more is entered, and in their bytes.
func TestHistogramReadsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var h, got, fresh Histogram
		h.RecordAll(durations.Draw(t, "forgotten"))
		h.Reset() // leaves pages without records
		first := durations.Draw(t, "durations")
		h.RecordAll(first)
		fresh.RecordAll(first)
		text := coded(t, h.Code)
		if !bytes.Equal(text, coded(t, fresh.Code)) {
			t.Error("the bytes of a histogram depend on what it has forgotten")
		}
		got.Record(77) // is forgotten
		read(t, text, got.Code)
		var more Histogram
		more.RecordAll(durations.Draw(t, "more"))
		for _, x := range []*Histogram{&h, &got} {
			x.Merge(&more)
		}
		if got.N() != h.N() || got.Max() != h.Max() || !bytes.Equal(coded(t, got.Code), coded(t, h.Code)) {
			t.Error("what reads back is another histogram")
		}
		for _, p := range []Ratio{P50, P99} {
			if h.N() > 0 && got.Quantile(p) != h.Quantile(p) {
				t.Errorf("quantile %v is %d, want %d", p, got.Quantile(p), h.Quantile(p))
			}
		}
	})
}

func TestMomentsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var m, got Moments
		for range rapid.IntRange(0, 6).Draw(t, "n") {
			m.AddInt(rapid.Int64().Draw(t, "integer"))
			m.Add(Ratio{Num: rapid.Uint64().Draw(t, "num"), Den: rapid.Uint64().Draw(t, "den")})
		}
		read(t, coded(t, m.Code), got.Code)
		if diff := cmp.Diff(m, got, cmp.AllowUnexported(Moments{})); diff != "" {
			t.Error(diff)
		}
	})
}

// TestBadHistograms: bytes that are no histogram are an error.
func TestBadHistograms(t *testing.T) {
	t.Parallel()
	for name, numbers := range map[string][]uint64{
		"a bucket beyond all":         {1, 5, 1, pages << pageBits, 1},
		"a bucket far beyond all":     {1, 5, 1, 1<<64 - 1, 1},
		"a second bucket beyond all":  {2, 5, 2, 5, 1, pages<<pageBits - 5, 1},
		"counts that are not the sum": {2, 5, 1, 5, 1},
		"a negative largest":          {1, 1 << 63, 1, 5, 1},
	} {
		w := wire.Writer(nil)
		for _, n := range numbers {
			w.Uint(&n)
		}
		r := wire.Reader(w.Bytes())
		if new(Histogram).Code(r); r.Err() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		new(Histogram).Code(wire.Reader(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")))
	})
}

func coded(t *rapid.T, code func(*wire.Coder)) []byte {
	w := wire.Writer(nil)
	if code(w); w.Err() != nil {
		t.Fatal(w.Err())
	}
	return w.Bytes()
}

func read(t *rapid.T, text []byte, code func(*wire.Coder)) {
	r := wire.Reader(text)
	if code(r); r.End() != nil {
		t.Fatal(r.Err())
	}
}
