package cli

import (
	"strings"

	"mpcomm/network/latency"
	"mpcomm/reports/figure"
	"mpcomm/scenarios"
)

// layout places the cells of a sweep of delays or gaps by the ratio of the two,
// in which jitter and rate are one, where that tells the cells apart. Any other
// grid is laid out as it is written.
func (w *campaign) layout() figure.Layout {
	return func(cells [][]figure.Setting) (figure.Axis, []float64) {
		ratios := make([]float64, len(cells))
		seen := map[float64]bool{}
		for i, cell := range cells {
			var settings []scenarios.Setting
			timed := false
			for _, set := range cell {
				settings = append(settings, scenarios.Setting(set))
				timed = timed || strings.HasPrefix(set.Path, "network.latency") || strings.HasPrefix(set.Path, "workload.gap")
			}
			s, err := w.request.scenario.With(settings)
			if err != nil || !timed {
				return figure.AxisOf(cells)
			}
			spread, gap := spreadOf(s), gapOf(s)
			if spread <= 0 || gap <= 0 {
				return figure.AxisOf(cells)
			}
			ratios[i] = float64(spread) / float64(gap)
			seen[ratios[i]] = true
		}
		if len(cells) < 2 || len(seen) < len(cells) {
			return figure.AxisOf(cells)
		}
		return figure.RatioAxis(), ratios
	}
}

// The words at which a normal distribution is one standard deviation below and
// above its mean.
const (
	wordBelow = 0x289d_a176_f964_1800 // 15.87% of 2^64
	wordAbove = ^uint64(wordBelow)
)

// spreadOf is how far delays spread, in nanoseconds: half the width of their
// middle 68%, which for a normal distribution is the standard deviation.
func spreadOf(s *scenarios.Scenario) int64 {
	d := s.Link().Excess.Dist()
	return (d.Sample(wordAbove) - d.Sample(wordBelow)) / 2
}

// gapOf is the mean gap between a peer's sends, in nanoseconds, or the median
// where a family has no simple mean; 0 without gaps.
func gapOf(s *scenarios.Scenario) int64 {
	w := &s.Workload
	if w.Messages == 0 {
		return 0
	}
	switch g := &w.Gap; g.Kind {
	case latency.Uniform:
		return g.Min + (g.Max-g.Min)/2
	case latency.Exponential, latency.Normal:
		return g.Mean
	default:
		d := g.Dist()
		return d.Sample(1 << 63)
	}
}
