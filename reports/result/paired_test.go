package result

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/reports/stats"
)

// TestSampleHoldsColumns: what is taken of a run is what its columns say.
func TestSampleHoldsColumns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		for _, o := range drawRuns(t) {
			spread(t, o)
			if rapid.Bool().Draw(t, "undelivered") {
				o.Cost.Hold.Mean, o.Divergence.KendallDistance = Mean{}, stats.Ratio{}
			}
			var s Sample
			s.Take(o)
			for k, path := range pairedPaths {
				num, den := columns[pairedAt[k]].get(o)
				if null := s.null>>k&1 == 1; null != (den == 0) {
					t.Errorf("%s: null %t, the column has %d/%d", path, null, num, den)
				} else if !null && s.values[k] != (stats.Ratio{Num: uint64(num), Den: den}).Fixed() {
					t.Errorf("%s: %v, the column has %d/%d", path, s.values[k], num, den)
				}
			}
		}
	})
}

// drawPairs draws runs of two orderings on the same seeds.
func drawPairs(t *rapid.T) (own, other []*Ordering) {
	own = drawRuns(t)
	for i := range own {
		o := sample()
		o.Ordering = "other"
		spread(t, o)
		spread(t, own[i])
		o.Divergence.Identical = rapid.Bool().Draw(t, "identical too")
		if rapid.Bool().Draw(t, "null") {
			o.Cost.Hold.Mean = Mean{}
		}
		other = append(other, o)
	}
	return own, other
}

// TestVersusAgainstTwin recomputes differences in rationals, and
// holds any cut of the pairs to the whole.
func TestVersusAgainstTwin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		own, other := drawPairs(t)
		var a, b, left, right, base Tally
		for i := range own {
			var x, y Sample
			x.Take(own[i])
			y.Take(other[i])
			part := &left
			if i >= len(own)/2 {
				part = &right
			}
			for _, tally := range []*Tally{&a, part} {
				tally.Add(own[i])
				tally.Pair("other", &x, &y)
			}
			b.Add(other[i])
			base.Add(other[i])
		}
		v := a.Versus(&b)
		if left.Merge(decoded(t, right.coded())); len(v.Differences) != len(pairedPaths) {
			t.Fatalf("%d numbers are compared, want %d", len(v.Differences), len(pairedPaths))
		}
		whole, merged := v.append(nil), left.Versus(&base).append(nil)
		if string(whole) != string(merged) || !json.Valid(whole) {
			t.Errorf("pairs in two stretches make\n%s\nwant\n%s", merged, whole)
		}
		for _, d := range v.Differences {
			twin(t, d, own, other)
		}
	})
}

// twin compares one difference with what rationals make of it.
func twin(t *rapid.T, d PairedDifference, own, other []*Ordering) {
	var col *column
	for i := range columns {
		if columns[i].path == d.Path {
			col = &columns[i]
		}
	}
	number := func(o *Ordering) *big.Rat {
		num, den := col.get(o)
		if den == 0 {
			return nil
		}
		if col.form == millis {
			den *= nsPerMS
		}
		return big.NewRat(num, int64(den))
	}
	var differences []*big.Rat
	mean, n := new(big.Rat), 0
	for i := range own {
		if x, y := number(own[i]), number(other[i]); x != nil && y != nil {
			differences = append(differences, x.Sub(x, y))
			mean.Add(mean, x)
			n++
		}
	}
	if d.N != uint64(n) {
		t.Fatalf("%s: %d pairs, want %v", d.Path, d.N, n)
	}
	if n == 0 {
		return
	}
	mean.Quo(mean, big.NewRat(int64(n), 1))
	squares := new(big.Rat)
	for _, x := range differences {
		x.Sub(x, mean)
		squares.Add(squares, x.Mul(x, x))
	}
	near := func(what string, got, want, size float64) {
		if math.Abs(got-want) > 1e-9*(1+math.Abs(size)) {
			t.Errorf("%s of %s is %v, want %v", what, d.Path, got, want)
		}
	}
	middle, _ := mean.Float64()
	near("the mean", d.Mean, middle, middle)
	if n > 1 && col.form != share {
		spread, _ := squares.Float64()
		half := stats.Student(uint64(n)-1) * math.Sqrt(spread/float64(n-1)/float64(n))
		near("the lower end", d.Interval.Lo, middle-half, half)
		near("the upper end", d.Interval.Hi, middle+half, half)
	}
	if d.Bounded && (d.Interval.Lo > d.Mean || d.Interval.Hi < d.Mean) {
		t.Errorf("%s: %v is not in %v", d.Path, d.Mean, d.Interval)
	}
}

// TestVersusPrints shows the object of a line, and that a line alone has none.
func TestVersusPrints(t *testing.T) {
	t.Parallel()
	var own, other Tally
	for i := range 4 {
		a, b := sample(), sample()
		b.Ordering = "other"
		a.Divergence.Identical, b.Divergence.Identical = true, i == 0
		var x, y Sample
		x.Take(a)
		y.Take(b)
		own.Add(a)
		other.Add(b)
		own.Pair("other", &x, &y)
	}
	c := own.Cell(Head{})
	if b, err := json.Marshal(c); err != nil || strings.Contains(string(b), `"versus"`) {
		t.Errorf("a line that is compared with none: %v\n%s", err, b)
	}
	c.Versus = own.Versus(&other)
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Versus struct {
			Ordering   string
			Pairs      int
			Divergence map[string]*float64
		}
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	in := stats.Newcombe(1, 3, 0, 0)
	d := got.Versus.Divergence
	if got.Versus.Ordering != "other" || got.Versus.Pairs != 4 || *d["identical"] != 0.75 ||
		*d["identical_lo"] != in.Lo || *d["identical_hi"] != in.Hi || *d["identical_saved"] != 0 || d["contested_saved"] != nil {
		t.Errorf("%s", b[strings.Index(string(b), `"versus"`):])
	}
	if other.Versus(&own) != nil {
		t.Error("an ordering that is compared with none compares itself")
	}
}
