package stats

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"mpcomm/reports/wire"
	"mpcomm/sim/rng"
)

// drawClusters draws clusters of durations with ties, zeros and, now and then,
// so many values that they are not sorted.
func drawClusters(t *rapid.T) [][]int64 {
	value := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 1e10))
	all := rapid.SliceOfN(rapid.SliceOfN(value, 0, 12), 1, 8).Draw(t, "clusters")
	if rapid.IntRange(0, 9).Draw(t, "large") == 0 {
		one := rapid.Int64Range(1, 1e6).Draw(t, "step")
		for i := range int64(fewValues + 5) {
			all[0] = append(all[0], i*one)
		}
	}
	return all
}

// enter adds a cluster as a caller does: zeros are only counted.
func enter(c *Clusters, h *Histogram, values []int64) {
	zeros := uint64(0)
	var above []int64
	for _, v := range values {
		h.Record(v)
		if v == 0 {
			zeros++
		} else {
			above = append(above, v)
		}
	}
	c.Add(zeros, above, new(Histogram))
}

// TestClustersAgainstTwin counts values up to each bucket cluster by cluster,
// and holds stretches that were merged, or went through bytes, to the whole.
func TestClustersAgainstTwin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := drawClusters(t)
		var whole, left, right Clusters
		var h Histogram
		for i, values := range all {
			enter(&whole, &h, values)
			if i < len(all)/2 {
				enter(&left, &h, values)
			} else {
				enter(&right, &h, values)
			}
		}
		w := wire.Writer(nil)
		right.Code(w)
		var back Clusters
		if back.Code(wire.Reader(w.Bytes())); !slices.Equal(back.steps, right.steps) {
			t.Fatal("clusters read back otherwise than they were written")
		}
		left.Merge(&back)
		whole.settle()
		if !slices.Equal(left.steps, whole.steps) || left.n != whole.n || left.size != whole.size || left.sizes != whole.sizes {
			t.Fatal("clusters in two stretches are not the whole")
		}
		at := rapid.IntRange(0, pages<<pageBits-1).Draw(t, "bucket")
		if len(all[0]) > 0 {
			at, _ = bucket(uint64(all[0][0]))
		}
		squares, crossings := uint64(0), uint64(0)
		for _, values := range all {
			c := uint64(0)
			for _, v := range values {
				if number, _ := bucket(uint64(v)); number <= at {
					c++
				}
			}
			squares += c * c
			crossings += c * uint64(len(values))
		}
		if s, x := whole.upTo(at); s != squares || x != crossings {
			t.Errorf("up to bucket %d: %d and %d, want %d and %d", at, s, x, squares, crossings)
		}
	})
}

// TestClustersWorth: values that say each the same as the others of their
// cluster are worth one, shuffled ones almost all, and opposed ones no more than
// there are.
func TestClustersWorth(t *testing.T) {
	t.Parallel()
	key := rng.Root(7).Name("worth")
	for _, test := range []struct {
		name     string
		value    func(i, k uint64) int64
		from, to uint64
	}{
		{"the same", func(i, _ uint64) int64 { return int64(key.Word(i) >> 44) }, 480, 500},
		{"independent", func(i, k uint64) int64 { return int64(key.Word(i*100+k) >> 44) }, 4000, 5000},
		{"opposed", func(i, k uint64) int64 { return int64(k<<17 + key.Word(i*100+k)>>47) }, 5000, 5000},
		{"constant", func(_, _ uint64) int64 { return 4711 }, 500, 500},
	} {
		var c Clusters
		var h Histogram
		for i := range uint64(500) {
			var values []int64
			for k := range uint64(10) {
				values = append(values, test.value(i, k))
			}
			enter(&c, &h, values)
		}
		if worth := c.worth(&h, P50, 500); worth < test.from || worth > test.to {
			t.Errorf("%s: 5000 values of 500 clusters are worth %d, want %d to %d", test.name, worth, test.from, test.to)
		}
	}
}

// TestOrderStatistics holds the ranks to their definition: binomial tails of at
// most 2.5%, and more with one rank further in.
func TestOrderStatistics(t *testing.T) {
	t.Parallel()
	for _, p := range []Ratio{P50, P99, {1, 10}, {1, 4}} {
		for _, n := range []uint64{1, 2, 5, 6, 40, 368, 369, 399, 401, 5000, 30000} {
			l, u, of := orderStatistics(n, p)
			if of != n {
				t.Fatalf("ranks of %d, want of %d", of, n)
			}
			b := distuv.Binomial{N: float64(n), P: p.Float()}
			exact := float64(n)*p.Float()*(1-p.Float()) <= 100
			below := func(l uint64) float64 { return b.CDF(float64(l) - 1) }   // the l-th is above the quantile
			above := func(u uint64) float64 { return 1 - b.CDF(float64(u)-1) } // the u-th is below it
			if l > 0 && below(l) > 0.02501 || exact && below(l+1) <= 0.02499 {
				t.Errorf("quantile %v of %d: rank %d misses in %.4f, the next in %.4f", p, n, l, below(l), below(l+1))
			}
			if u == 0 {
				if above(n) <= 0.02499 {
					t.Errorf("quantile %v of %d: no upper rank, and the largest misses in %.4f", p, n, above(n))
				}
			} else if above(u) > 0.02501 || exact && u > 1 && above(u-1) <= 0.02499 {
				t.Errorf("quantile %v of %d: rank %d misses in %.4f, the one before in %.4f", p, n, u, above(u), above(u-1))
			}
		}
	}
}

// TestQuantileCoverage: a value is that of its cluster by half, else its own;
// both are uniform, so that quantiles are known however the values hang
// together. Intervals hold them in 93% to 97% of 2,000 samples, of 60 clusters of
// one to 16 values.
func TestQuantileCoverage(t *testing.T) {
	t.Parallel()
	const samples, clusters, width = 2000, 60, 1 << 20
	for _, p := range []Ratio{P50, {9, 10}} {
		held, truth := 0, int64(p.Num*width/p.Den)
		for s := range uint64(samples) {
			key := rng.Root(s).Name("clusters")
			var c Clusters
			var h Histogram
			for i := range uint64(clusters) {
				own := key.With(i)
				var values []int64
				for k := range 1 + own.Word(0)%16 {
					word := own.Word(2 + k)
					if word&1 == 0 {
						word = own.Word(1)
					}
					values = append(values, int64(word>>44))
				}
				enter(&c, &h, values)
			}
			if lo, hi, known := c.Within(&h, p, clusters); known && lo <= truth && truth <= hi {
				held++
			}
		}
		t.Logf("quantile %v: %.4f", p, float64(held)/samples)
		if share := float64(held) / samples; share < 0.93 || share > 0.97 {
			t.Errorf("%.4f of intervals hold quantile %v, want 0.93 to 0.97", share, p)
		}
	}
}

// TestQuantileUnbounded: one cluster, too few values and too large a cluster
// bound nothing.
func TestQuantileUnbounded(t *testing.T) {
	t.Parallel()
	var c Clusters
	var h Histogram
	enter(&c, &h, []int64{1, 2, 3, 4, 5, 6, 7, 8})
	if _, _, known := c.Within(&h, P50, 1); known {
		t.Error("one cluster bounds a quantile")
	}
	enter(&c, &h, []int64{3, 2, 3, 4, 5, 6, 7, 9})
	if _, _, known := c.Within(&h, P99, 2); known {
		t.Error("sixteen values bound the 99th percentile")
	}
	c.beyond = 1
	if _, _, known := c.Within(&h, P50, 2); known {
		t.Error("a cluster that was left out does not matter")
	}
	if math.Abs(power(0.99, 300)-math.Pow(0.99, 300)) > 1e-15 {
		t.Errorf("0.99^300 = %v", power(0.99, 300))
	}
}
