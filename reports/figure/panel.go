package figure

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// panel is one of the two halves: which number of a point it shows and how
// its y axis reads.
type panel struct {
	subtitle string
	of       func(Point) Estimate
	top      float64 // upper end of the y axis
	yTicks   []Tick
	bottom   bool // carries the labels of the x axis
}

func (d *Divergence) panels() [2]panel {
	overtaken := func(p Point) Estimate { return p.Overtaken }
	highest := 0.0
	for _, s := range d.Series {
		for _, p := range s.Points {
			if p.Overtaken.Runs > 0 {
				highest = max(highest, p.Overtaken.Hi)
				for _, v := range p.Overtaken.Each {
					highest = max(highest, v)
				}
			}
		}
	}
	if highest == 0 {
		highest = 1
	}
	ticks := roundTicks(highest)
	return [2]panel{{
		subtitle: "Share of runs in which any two peers' logs differ",
		of:       func(p Point) Estimate { return p.Differ },
		top:      1,
		yTicks:   []Tick{{0, "0%"}, {0.25, "25%"}, {0.5, "50%"}, {0.75, "75%"}, {1, "100%"}},
	}, {
		subtitle: "Overtakings per message between two peers' logs",
		of:       overtaken,
		top:      ticks[len(ticks)-1].Value,
		yTicks:   ticks,
		bottom:   true,
	}}
}

// extent is the range of x on the drawn axis, with a little air at both ends
// when the points do not span one.
func (d *Divergence) extent() (lo, hi float64) {
	if d.Axis.Scale == Categories {
		return -0.5, float64(len(d.Axis.Ticks)) - 0.5
	}
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, s := range d.Series {
		for _, p := range s.Points {
			at := d.Axis.place(p.X)
			lo, hi = min(lo, at), max(hi, at)
		}
	}
	if lo == hi {
		return lo - 0.5, hi + 0.5
	}
	return lo, hi
}

// xTicks are the ticks at their drawn places, each label no wider than its
// share of the width; with no room for all, every second (third, …) keeps its
// label.
func (d *Divergence) xTicks(sty text.Style, width vg.Length, labelled bool) plot.ConstantTicks {
	lo, hi := d.extent()
	ends := d.spannedX()
	ticks := d.Axis.ticks(ends[0], ends[1])
	every, slot := 1, width/vg.Length(max(len(ticks), 1))
	for slot*vg.Length(every) < 24 && every < len(ticks) {
		every++
	}
	out := plot.ConstantTicks{}
	for i, t := range ticks {
		at := d.Axis.place(t.Value)
		if at < lo || at > hi || i%every != 0 || t.Label == "" {
			continue
		}
		label := " " // a tick without words; empty would make it a minor one
		if labelled {
			label = t.Label
			if d.Axis.Scale == Categories {
				label = fit(sty, label, slot*vg.Length(every)-4)
			}
		}
		out = append(out, plot.Tick{Value: at, Label: label})
	}
	return out
}

// spannedX is the least and the largest x of all points.
func (d *Divergence) spannedX() [2]float64 {
	span := [2]float64{math.Inf(1), math.Inf(-1)}
	for _, s := range d.Series {
		for _, p := range s.Points {
			span[0], span[1] = min(span[0], p.X), max(span[1], p.X)
		}
	}
	return span
}

// build makes the plot of one panel: grid and rule below, then bands, lines,
// and markers on top, so that no band hides a line.
func (d *Divergence) build(pn panel, width vg.Length) (*plot.Plot, error) {
	p := plot.New()
	p.BackgroundColor = nil
	tickText := words(bodySize, false, inkText)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.LineStyle = draw.LineStyle{Color: inkAxis, Width: 0.6}
		axis.Tick.LineStyle = draw.LineStyle{Color: inkAxis, Width: 0.6}
		axis.Tick.Length = 4
		axis.Padding = 3
		axis.Tick.Label.Font = tickText.Font
		axis.Tick.Label.Color = inkText
	}
	p.X.Min, p.X.Max = d.extent()
	p.Y.Min, p.Y.Max = 0, pn.top
	p.X.Tick.Marker = d.xTicks(tickText, width, pn.bottom)
	if pn.bottom && d.Axis.Label != "" {
		p.X.Label.TextStyle.Font = face(bodySize, false)
		p.X.Label.TextStyle.Color = inkText
		p.X.Label.Padding = 3
		p.X.Label.Text = fit(tickText, d.Axis.Label, width)
	}
	yTicks := plot.ConstantTicks{}
	for _, t := range pn.yTicks {
		yTicks = append(yTicks, plot.Tick{Value: t.Value, Label: t.Label})
	}
	p.Y.Tick.Marker = yTicks

	for _, t := range pn.yTicks {
		if err := addRule(p, plotter.XYs{{X: p.X.Min, Y: t.Value}, {X: p.X.Max, Y: t.Value}},
			draw.LineStyle{Color: inkGrid, Width: 0.5}); err != nil {
			return nil, err
		}
	}
	if at := d.Axis.Rule; at > 0 {
		if x := d.Axis.place(at); p.X.Min < x && x < p.X.Max {
			if err := addRule(p, plotter.XYs{{X: x, Y: 0}, {X: x, Y: pn.top}},
				draw.LineStyle{Color: inkAxis, Width: 0.7, Dashes: []vg.Length{3, 2}}); err != nil {
				return nil, err
			}
		}
	}
	looks := looksOf(kindsOf(d.Series))
	order := make([]int, 0, len(d.Series))
	for _, dashed := range []bool{false, true} { // a dashed line over a solid one leaves both to be seen
		for i := range d.Series {
			if (looks[i].dashes != nil) == dashed {
				order = append(order, i)
			}
		}
	}
	for _, layer := range []func(*plot.Plot, panel, int, look) error{d.addBands, d.addLines, d.addMarkers} {
		for _, i := range order {
			if err := layer(p, pn, i, looks[i]); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

func addRule(p *plot.Plot, xys plotter.XYs, sty draw.LineStyle) error {
	line, err := plotter.NewLine(xys)
	if err != nil {
		return fmt.Errorf("figure: rule: %w", err)
	}
	line.LineStyle = sty
	p.Add(line)
	return nil
}

// spot is a point where it is drawn.
type spot struct {
	x float64
	e Estimate
}

// spots are the drawn points of series i in runs without a hole: where a
// number is undefined the line breaks. In categories the orderings stand side
// by side.
func (d *Divergence) spots(pn panel, i int) [][]spot {
	var runs [][]spot
	open := false
	for _, p := range d.Series[i].sorted() {
		e := pn.of(p)
		if e.Runs == 0 {
			open = false
			continue
		}
		x := d.Axis.place(p.X)
		if d.Axis.Scale == Categories {
			step := 0.6 / float64(len(d.Series))
			x += float64(step * (float64(i) - float64(len(d.Series)-1)/2))
		}
		if !open {
			runs = append(runs, nil)
			open = true
		}
		runs[len(runs)-1] = append(runs[len(runs)-1], spot{x, e})
	}
	return runs
}

// merged joins the spots at one x into one, the mean of their values inside
// the widest of their intervals: where several cells fall on one place of the
// axis, each has its marker and the line goes through their middle.
func merged(run []spot) []spot {
	var out []spot
	for from := 0; from < len(run); {
		to := from
		sum, lo, hi := 0.0, run[from].e.Lo, run[from].e.Hi
		for ; to < len(run) && run[to].x == run[from].x; to++ {
			sum += run[to].e.Value
			lo, hi = min(lo, run[to].e.Lo), max(hi, run[to].e.Hi)
		}
		e := run[from].e
		e.Value, e.Lo, e.Hi = sum/float64(to-from), lo, hi
		out = append(out, spot{run[from].x, e})
		from = to
	}
	return out
}

// addBands draws the intervals: a band along a line, bars where points are
// alone, and the single runs as dots where there are fewer than ten.
func (d *Divergence) addBands(p *plot.Plot, pn panel, i int, l look) error {
	for _, run := range d.spots(pn, i) {
		var dots plotter.XYs
		for _, s := range run {
			if s.e.few() {
				for _, v := range s.e.Each {
					dots = append(dots, plotter.XY{X: s.x, Y: v})
				}
			}
		}
		if dots != nil {
			if err := addDots(p, dots, l); err != nil {
				return err
			}
			continue
		}
		line := merged(run)
		if len(line) == 1 || d.Axis.Scale == Categories {
			for _, s := range run {
				if err := addRule(p, plotter.XYs{{X: s.x, Y: s.e.Lo}, {X: s.x, Y: s.e.Hi}},
					draw.LineStyle{Color: l.mark, Width: 1}); err != nil {
					return err
				}
			}
			continue
		}
		var outline plotter.XYs
		for _, s := range line {
			outline = append(outline, plotter.XY{X: s.x, Y: s.e.Lo})
		}
		for _, s := range slices.Backward(line) {
			outline = append(outline, plotter.XY{X: s.x, Y: s.e.Hi})
		}
		band, err := plotter.NewPolygon(outline)
		if err != nil {
			return fmt.Errorf("figure: band of %s: %w", d.Series[i].Ordering, err)
		}
		band.Color = l.band(len(d.Series))
		band.LineStyle.Width = 0
		p.Add(band)
	}
	return nil
}

func addDots(p *plot.Plot, xys plotter.XYs, l look) error {
	dots, err := plotter.NewScatter(xys)
	if err != nil {
		return fmt.Errorf("figure: single runs: %w", err)
	}
	faint := l.mark
	faint.A = 110
	dots.GlyphStyle = draw.GlyphStyle{Color: faint, Radius: 1.2, Shape: draw.CircleGlyph{}}
	p.Add(dots)
	return nil
}

func (d *Divergence) addLines(p *plot.Plot, pn panel, i int, l look) error {
	if d.Axis.Scale == Categories {
		return nil
	}
	for _, run := range d.spots(pn, i) {
		run = merged(run)
		if len(run) < 2 {
			continue
		}
		var xys plotter.XYs
		for _, s := range run {
			xys = append(xys, plotter.XY{X: s.x, Y: s.e.Value})
		}
		line, err := plotter.NewLine(xys)
		if err != nil {
			return fmt.Errorf("figure: line of %s: %w", d.Series[i].Ordering, err)
		}
		line.LineStyle = draw.LineStyle{Color: l.mark, Width: l.width, Dashes: l.dashes}
		p.Add(line)
	}
	return nil
}

func (d *Divergence) addMarkers(p *plot.Plot, pn panel, i int, l look) error {
	var xys plotter.XYs
	for _, run := range d.spots(pn, i) {
		for _, s := range run {
			xys = append(xys, plotter.XY{X: s.x, Y: s.e.Value})
		}
	}
	if xys == nil {
		return nil
	}
	marks, err := plotter.NewScatter(xys)
	if err != nil {
		return fmt.Errorf("figure: markers of %s: %w", d.Series[i].Ordering, err)
	}
	marks.GlyphStyle = draw.GlyphStyle{Color: l.mark, Radius: 2.3, Shape: l.marker}
	p.Add(marks)
	return nil
}
