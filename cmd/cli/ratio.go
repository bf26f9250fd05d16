package cli

import (
	"strings"

	"mpcomm/network/latency"
	"mpcomm/reports/dataset"
	"mpcomm/reports/result"
	"mpcomm/scenarios"
)

// ratios compares the delays of each cell with the gaps between a peer's sends,
// in a sweep of delays or gaps: the two are one in their ratio. Any other sweep
// has none.
func (w *campaign) ratios() []dataset.CellRatio {
	var ratios []dataset.CellRatio
	cells, err := w.request.scenario.Cells()
	if err != nil {
		return nil
	}
	for _, c := range cells {
		var cell dataset.Settings
		timed := false
		for _, set := range c.Settings {
			cell = append(cell, result.Setting(set))
			timed = timed || strings.HasPrefix(set.Path, "network.latency") || strings.HasPrefix(set.Path, "workload.gap")
		}
		spread, gap := spreadOf(c.Scenario), gapOf(c.Scenario)
		if !timed || spread <= 0 || gap <= 0 {
			return nil
		}
		ratios = append(ratios, dataset.CellRatio{Cell: cell, Ratio: float64(spread) / float64(gap)})
	}
	return ratios
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
