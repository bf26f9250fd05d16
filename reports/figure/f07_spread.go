package figure

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"mpcomm/reports/dataset"
	"mpcomm/reports/stats"
)

// stair is a function that is constant between its corners.
type stair struct {
	x    []float64        // corners, rising
	y    []float64        // from each corner on
	band []stats.Interval // of y
}

// stairs draws a stair from x to x with its band.
func (a *area) stairs(l look, s stair, until float64) {
	lo, hi, mid := []vg.Point{}, []vg.Point{}, []vg.Point{}
	for i := range s.x {
		next := until
		if i+1 < len(s.x) {
			next = s.x[i+1]
		}
		lo = append(lo, a.at(s.x[i], s.band[i].Lo), a.at(next, s.band[i].Lo))
		hi = append(hi, a.at(s.x[i], s.band[i].Hi), a.at(next, s.band[i].Hi))
		mid = append(mid, a.at(s.x[i], s.y[i]), a.at(next, s.y[i]))
	}
	slices.Reverse(hi)
	band := l.mark
	band.A = 60
	a.fillPath(append(lo, hi...), band)
	a.rule(draw.LineStyle{Color: l.mark, Width: l.width, Dashes: l.dashes}, mid...)
}

// worstTau is Kendall's tau of the two peers of a run that agree least, by
// run: 1 - 2 x discordant pairs / all pairs.
func worstTau(l *dataset.Line) []float64 {
	taus := make([]float64, len(l.Each[colKendallMax]))
	for i, discordant := range l.Each[colKendallMax] {
		m := l.Each[colMessages][i]
		taus[i] = math.NaN()
		if pairs := float64(m*(m-1)) / 2; pairs > 0 {
			taus[i] = 1 - float64(2*discordant)/pairs
		}
	}
	return taus
}

// distribution is the share of values at or below x, in percent, with Wilson's
// interval at each.
func distribution(values []float64, from float64) stair {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	n := uint64(len(sorted))
	s := stair{x: []float64{from}, y: []float64{0}, band: []stats.Interval{wilsonPercent(0, n)}}
	for i, v := range sorted {
		if i+1 < len(sorted) && sorted[i+1] == v {
			continue
		}
		k := uint64(i + 1)
		s.x, s.y = append(s.x, v), append(s.y, 100*float64(k)/float64(n))
		s.band = append(s.band, wilsonPercent(k, n))
	}
	return s
}

func wilsonPercent(k, n uint64) stats.Interval {
	in := stats.Wilson(k, n)
	return stats.Interval{Lo: 100 * in.Lo, Hi: 100 * in.Hi}
}

// tauCurve is one ordering of F7 in one column.
type tauCurve struct {
	contender
	taus []float64 // of the runs that have one
	one  bool      // all are exactly 1
}

// drawSpread is F7: the distribution over runs of the agreement of the worst
// pair of peers.
func drawSpread(d *Data) (*Figure, error) {
	varying := d.varying()
	if len(varying) > 1 {
		return nil, lacks("varies more than one thing; want one, a column for each value")
	}
	path := ""
	if len(varying) == 1 {
		path = varying[0]
	}
	columns, err := d.columnsBy(path, 4)
	if err != nil {
		return nil, err
	}
	least := 1.0
	panels := make([][]tauCurve, len(columns))
	for k, column := range columns {
		for _, c := range d.contenders() {
			for _, l := range c.lines {
				if column.keep != nil && !column.keep(l) {
					continue
				}
				t := tauCurve{contender: c, one: true}
				for _, v := range worstTau(l) {
					if !math.IsNaN(v) {
						t.taus = append(t.taus, v)
						t.one = t.one && v == 1
						least = min(least, v)
					}
				}
				if len(t.taus) > 0 {
					panels[k] = append(panels[k], t)
				}
			}
		}
	}
	if least == 1 {
		return nil, lacks("has no run in which two logs order messages differently, so there is no spread to draw")
	}
	captions := []string{d.facts("line") + " Bands: 95% Wilson intervals of the share at each place." +
		" A dot: every run has exactly 1.", d.Command}
	f := &Figure{title: spreadFinding(columns, panels), captions: captions}
	s := wide.taller(6)
	if len(columns) == 1 {
		s = single.taller(6)
	}
	f.sheet = newSheet(s, f.title, "Share of runs whose worst pair of peers has a Kendall τ of x or less", captions)
	f.sheet.spreadPanels(columns, panels, span{math.Floor(least*20-0.2) / 20, 1})
	f.table = [][]string{{"column", "ordering", "tau", "share_percent", "share_lo", "share_hi"}}
	for k := range columns {
		for _, c := range panels[k] {
			st := distribution(c.taus, -1)
			for i := range st.x {
				f.table = append(f.table, []string{
					columns[k].head, c.ordering, rounded(st.x[i]), rounded(st.y[i]), rounded(st.band[i].Lo), rounded(st.band[i].Hi),
				})
			}
		}
	}
	return f, nil
}

func (sh *sheet) spreadPanels(columns []facet, panels [][]tauCurve, x span) {
	var names []string
	for _, c := range panels[len(panels)-1] {
		names = append(names, c.ordering)
	}
	room := nameRoom(names, sh.width/4)
	above := vg.Length(4)
	if len(columns) > 1 {
		above = headRoom + 2
	}
	cells := sh.body.inset(yAxisRoom, xAxisRoom, room, above).grid(1, len(columns), 14, 0)[0]
	for k, curves := range panels {
		y, ticks := percentAxis()
		a := sh.panel(cells[k], x, y)
		a.yAxis(ticks, k == 0)
		name := ""
		if k == len(columns)/2 {
			name = "Kendall τ of the worst pair"
		}
		a.xAxis(linearTicks(x.lo, x.hi, 5), name)
		if columns[k].head != "" {
			a.head(columns[k].head, inkText)
		}
		var ends []end
		dots := 0
		for _, c := range curves {
			if c.one {
				at := a.at(1, 100)
				a.mark(at, c.look.marker, 3, c.look.mark)
				y := a.top - 8 - vg.Length(dots)*10 // where no curve is: they rise at the right
				a.mark(vg.Point{X: a.left + 6, Y: y}, c.look.marker, 2.2, c.look.mark)
				a.write(vg.Point{X: a.left + 12, Y: y}, flushLeft(words(captionSize, false, c.look.text)), fmt.Sprintf("all %d runs: 1", len(c.taus)))
				ends = append(ends, end{c.ordering, c.look, at})
				dots++
				continue
			}
			st := distribution(c.taus, x.lo)
			a.stairs(c.look, st, 1)
			sorted := slices.Sorted(slices.Values(c.taus))
			middle := sorted[len(sorted)/2]
			ends = append(ends, end{c.ordering, c.look, a.at(middle, 50)})
		}
		if k == len(columns)-1 {
			a.names(ends, room)
		}
	}
}

func spreadFinding(columns []facet, panels [][]tauCurve) string {
	last := len(panels) - 1
	var w tauCurve
	low := math.Inf(1)
	for _, c := range panels[last] {
		if m := middleOf(c.taus); m < low {
			low, w = m, c
		}
	}
	sorted := slices.Sorted(slices.Values(w.taus))
	where := ""
	if columns[last].head != "" {
		where = " at " + columns[last].head
	}
	span := "from τ " + tauRange(sorted[0], sorted[len(sorted)-1])
	return firstFitting(
		w.ordering+" runs range "+span+where,
		w.ordering+" runs range "+span,
		"Runs range "+span)
}

func middleOf(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

// tauRange writes two values of tau with as many digits, two to five, as tell
// them from each other and from 1.
func tauRange(lo, hi float64) string {
	for digits := 2; ; digits++ {
		a, b := strconv.FormatFloat(lo, 'f', digits, 64), strconv.FormatFloat(hi, 'f', digits, 64)
		one := strconv.FormatFloat(1, 'f', digits, 64)
		if digits == 5 || (a != b || lo == hi) && (a != one || lo == 1) && (b != one || hi == 1) {
			if hi == 1 {
				b = "1"
			}
			return a + " to " + b
		}
	}
}
