package stats

import (
	"math"
	"testing"

	"mpcomm/sim/rng"
)

// hits counts how often words of a key, from one number on, fall below p.
func hits(key rng.Key, from, n uint64, p float64) uint64 {
	k, below := uint64(0), uint64(p*math.MaxUint32)
	for i := range n {
		if key.Word(from+i)>>32 < below {
			k++
		}
	}
	return k
}

// TestPlannedShares: a sample of fresh trials, as large as a pilot's share plans,
// is narrow enough but in one of twenty, and the interval that is reported holds
// the share in 93% to 97% of 2,000.
func TestPlannedShares(t *testing.T) {
	t.Parallel()
	const samples, pilot = 2000, 200
	for _, test := range []struct{ p, width float64 }{{0.5, 0.12}, {0.39, 0.1}, {0.1, 0.08}, {0.03, 0.04}} {
		held, tooWide := 0, 0
		for s := range uint64(samples) {
			key := rng.Root(s).Name("planned")
			n := PlanShare(hits(key, 0, pilot, test.p), pilot, test.width)
			for from := uint64(pilot); ; {
				in := Wilson(hits(key, from, n, test.p), n)
				if in.Hi-in.Lo > test.width {
					tooWide++
					from, n = from+n, n*11/10
					continue
				}
				if in.Lo <= test.p && test.p <= in.Hi {
					held++
				}
				break
			}
		}
		share, wide := float64(held)/samples, float64(tooWide)/samples
		t.Logf("a share of %v: %.4f hold it, %.4f are too wide", test.p, share, wide)
		if share < 0.93 || share > 0.97 || wide > 0.05 {
			t.Errorf("a share of %v: %.4f hold it, %.4f are too wide; want 0.93 to 0.97, and at most 0.05", test.p, share, wide)
		}
	}
}

// TestPlannedMeans does the same for means of values that are far from normal:
// seldom, but then large.
func TestPlannedMeans(t *testing.T) {
	t.Parallel()
	const samples, pilot, sections = 2000, 640, 32
	const p, size, width = 0.05, 1000, 45.0
	held, tooWide := 0, 0
	for s := range uint64(samples) {
		key := rng.Root(s).Name("planned means")
		draw := func(from, n uint64) Summary {
			k := hits(key, from, n, p)
			var m Moments
			m.AddInts(n, k*size, k*size*size)
			return m.Summary(1)
		}
		var parts []Summary
		for i := range uint64(sections) {
			parts = append(parts, draw(i*pilot/sections, pilot/sections))
		}
		n := PlanMean(parts, width)
		for from := uint64(pilot); ; {
			in := draw(from, n).Interval
			if in.Hi-in.Lo > width {
				tooWide++
				from, n = from+n, n*11/10
				continue
			}
			if in.Lo <= p*size && p*size <= in.Hi {
				held++
			}
			break
		}
	}
	share, wide := float64(held)/samples, float64(tooWide)/samples
	t.Logf("%.4f hold the mean, %.4f are too wide", share, wide)
	if share < 0.93 || share > 0.97 || wide > 0.05 {
		t.Errorf("%.4f hold the mean, %.4f are too wide; want 0.93 to 0.97, and at most 0.05", share, wide)
	}
}

// TestPlansAreEnough: with the share or the deviation that was planned for, the
// interval is as narrow as asked, and with a tenth fewer trials it is not.
func TestPlansAreEnough(t *testing.T) {
	t.Parallel()
	for _, width := range []float64{0.5, 0.1, 0.02, 0.001} {
		n := PlanShare(50, 100, width)
		in, fewer := Wilson(n/2, n), Wilson(n*9/20, n*9/10)
		if in.Hi-in.Lo > width || fewer.Hi-fewer.Lo <= width && width < 0.5 {
			t.Errorf("half of %d trials: %v, with a tenth fewer %v; want %v wide", n, in, fewer, width)
		}
	}
	flat := []Summary{{N: 50, SD: 2}, {N: 50, SD: 2}}
	for _, width := range []float64{1.3, 1, 0.5, 0.1, 0.001} {
		n := PlanMean(flat, width)
		in, fewer := around(0, 2, n), around(0, 2, n*98/100)
		if in.Hi-in.Lo > width || fewer.Hi-fewer.Lo <= width {
			t.Errorf("a deviation of 2, %d times: %v, with 2%% fewer %v; want %v wide", n, in, fewer, width)
		}
	}
	if n := PlanMean([]Summary{{N: 1}, {N: 7}}, 0.1); n != 1 {
		t.Errorf("where nothing varies %d are planned, want 1", n)
	}
	if n := PlanMean(flat, 1e-30); n != MostPlanned {
		t.Errorf("the narrowest interval takes %d, want the most, %d", n, uint64(MostPlanned))
	}
}
