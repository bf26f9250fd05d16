package figure

import (
	"slices"

	"mpcomm/reports/dataset"
	"mpcomm/reports/result"
)

// ByRatio is the layout of cells by the spread of their delays over the gap
// between sends, where that is known of all and tells them apart; else AxisOf.
func ByRatio(ratios []dataset.CellRatio) Layout {
	return func(cells [][]Setting) (Axis, []float64) {
		xs := make([]float64, len(cells))
		seen := map[float64]bool{}
		for i, cell := range cells {
			at := slices.IndexFunc(ratios, func(r dataset.CellRatio) bool { return slices.Equal(r.Cell, cell) })
			if at < 0 {
				return AxisOf(cells)
			}
			xs[i] = ratios[at].Ratio
			seen[xs[i]] = true
		}
		if len(cells) < 2 || len(seen) < len(cells) {
			return AxisOf(cells)
		}
		return RatioAxis(), xs
	}
}

// Divergence is the divergence figure of a sweep that was read back: the one
// that the sweep itself drew.
func (d *Data) Divergence() (*Divergence, error) {
	var lines []result.Cell
	for i := range d.Lines {
		lines = append(lines, d.Lines[i].Cell)
	}
	v := NewDivergence(lines, ByRatio(d.Ratios))
	v.Command = d.Command
	if d.Runs >= fewRuns {
		return v, nil
	}
	if err := d.perRun(); err != nil {
		return nil, lacks("has fewer than ten runs, which are drawn one by one, and no table of them (want one made with --per-run)")
	}
	for i := range v.Series {
		s := &v.Series[i]
		for k := range s.Points {
			p := &s.Points[k]
			at := slices.IndexFunc(d.Lines, func(l dataset.Line) bool { return l.Ordering == s.Ordering && cellName(l.Cell.Cell) == p.Cell })
			for _, same := range d.Lines[at].Each[colIdentical] {
				p.Differ.Each = append(p.Differ.Each, 1-same)
			}
			p.Overtaken.Each = d.Lines[at].Each[colInversions]
		}
	}
	return v, nil
}
