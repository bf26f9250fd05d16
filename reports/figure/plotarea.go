package figure

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// area is the data part of one panel: where it lies on the paper and which
// values its edges stand for. Values on a log axis are given as their
// logarithms.
type area struct {
	*sheet
	rect
	x, y span
}

// span is a range of values.
type span struct{ lo, hi float64 }

// at is where a value pair stands on the paper.
func (a *area) at(x, y float64) vg.Point {
	return vg.Point{
		X: a.left + a.rect.width()*vg.Length((x-a.x.lo)/(a.x.hi-a.x.lo)),
		Y: a.bottom + a.rect.height()*vg.Length((y-a.y.lo)/(a.y.hi-a.y.lo)),
	}
}

// Room that axes take beside the data.
const (
	yAxisRoom = vg.Length(30) // numbers and ticks to the left of the data
	xAxisRoom = vg.Length(27) // numbers, ticks and the name of x below it
	headRoom  = vg.Length(13) // the head of a panel
	axisGap   = vg.Length(3)  // between the data and an axis
	tickLong  = vg.Length(3.5)
)

var (
	axisLine = draw.LineStyle{Color: inkAxis, Width: 0.6}
	gridLine = draw.LineStyle{Color: inkGrid, Width: 0.5}
	ruleLine = draw.LineStyle{Color: inkAxis, Width: 0.7, Dashes: []vg.Length{3, 2}}
)

// xAxis draws the axis under the data with its ticks; labels that would touch
// are left out, every second or third staying.
func (a *area) xAxis(ticks []Tick, name string) {
	y := a.bottom - axisGap
	a.rule(axisLine, vg.Point{X: a.left, Y: y}, vg.Point{X: a.right, Y: y})
	sty := centred(words(bodySize, false, inkText))
	every := spacing(sty, ticks, func(t Tick) vg.Length { return a.at(t.Value, 0).X })
	for i, t := range ticks {
		x := a.at(t.Value, 0).X
		a.rule(axisLine, vg.Point{X: x, Y: y}, vg.Point{X: x, Y: y - tickLong})
		if i%every == 0 {
			a.write(vg.Point{X: x, Y: y - tickLong - 6}, sty, t.Label)
		}
	}
	if name != "" {
		a.write(vg.Point{X: (a.left + a.right) / 2, Y: y - tickLong - 17}, sty, fit(sty, name, a.rect.width()+yAxisRoom))
	}
}

// spacing is the least step at which labels leave a gap between each other.
func spacing(sty text.Style, ticks []Tick, at func(Tick) vg.Length) int {
	for every := 1; every < len(ticks); every++ {
		free := true
		end := vg.Length(math.Inf(-1))
		for i := 0; i < len(ticks); i += every {
			half := sty.Width(ticks[i].Label) / 2
			free = free && at(ticks[i])-half >= end
			end = at(ticks[i]) + half + 4
		}
		if free {
			return every
		}
	}
	return max(len(ticks), 1)
}

// yAxis draws the axis left of the data, with a line through the data at each
// tick.
func (a *area) yAxis(ticks []Tick, labelled bool) {
	x := a.left - axisGap
	for _, t := range ticks {
		y := a.at(0, t.Value).Y
		a.rule(gridLine, vg.Point{X: a.left, Y: y}, vg.Point{X: a.right, Y: y})
		a.rule(axisLine, vg.Point{X: x, Y: y}, vg.Point{X: x - tickLong, Y: y})
		if labelled {
			a.write(vg.Point{X: x - tickLong - 2.5, Y: y}, flushRight(words(bodySize, false, inkText)), t.Label)
		}
	}
	a.rule(axisLine, vg.Point{X: x, Y: a.bottom}, vg.Point{X: x, Y: a.top})
}

// head names a panel above it.
func (a *area) head(s string, ink color.NRGBA) {
	sty := centred(words(bodySize, true, ink))
	a.write(vg.Point{X: (a.left + a.right) / 2, Y: a.top + 8}, sty, fit(sty, s, a.rect.width()+yAxisRoom/2))
}

// aside says what a row of panels shows, above its left end.
func (a *area) aside(s string) {
	sty := words(bodySize, false, inkSoft)
	a.write(vg.Point{X: a.left - axisGap - tickLong, Y: a.top + 5}, sty, s)
}

// line joins places with a line that breaks where a value is missing.
func (a *area) line(l look, width vg.Length, places []place) {
	sty := draw.LineStyle{Color: l.mark, Width: width, Dashes: l.dashes}
	for _, run := range unbroken(places) {
		points := make([]vg.Point, len(run))
		for i, p := range run {
			points[i] = a.at(p.x, p.mean)
		}
		a.rule(sty, points...)
	}
}

// place is a summary at its x.
type place struct {
	x float64
	summary
}

// unbroken cuts places where one has no value.
func unbroken(places []place) [][]place {
	var runs [][]place
	open := false
	for _, p := range places {
		if p.runs == 0 {
			open = false
			continue
		}
		if !open {
			runs = append(runs, nil)
		}
		open = true
		runs[len(runs)-1] = append(runs[len(runs)-1], p)
	}
	return runs
}

// ribbon fills between two edges along the places.
func (a *area) ribbon(ink color.NRGBA, places []place, edges func(place) (lo, hi float64)) {
	if len(places) < 2 {
		return
	}
	var points []vg.Point
	for _, p := range places {
		lo, _ := edges(p)
		points = append(points, a.at(p.x, lo))
	}
	for _, p := range slices.Backward(places) {
		_, hi := edges(p)
		points = append(points, a.at(p.x, hi))
	}
	a.fillPath(points, ink)
}

// Alpha of bands: the light one is what runs do, the dark one what is known of
// their mean.
const (
	lightBand = 34
	darkBand  = 90
)

// bands draws what the runs of a line do: a light band from the 5th to the 95th
// percentile, a dark one for the mean; each run as a dot where there are few.
func (a *area) bands(l look, places []place) {
	light, dark := l.mark, l.mark
	light.A, dark.A = lightBand, darkBand
	for _, run := range unbroken(places) {
		if slices.ContainsFunc(run, func(p place) bool { return p.few() }) {
			for _, p := range run {
				for _, v := range p.each {
					faint := l.mark
					faint.A = 110
					a.mark(a.at(p.x, v), draw.CircleGlyph{}, 1.2, faint)
				}
			}
			continue
		}
		if run[0].each != nil {
			a.ribbon(light, run, func(p place) (float64, float64) { return p.low, p.high })
		}
		a.ribbon(dark, run, func(p place) (float64, float64) { return p.interval.Lo, p.interval.Hi })
		if len(run) == 1 {
			a.whisker(l, run[0])
		}
	}
}

// whisker draws the interval of a place that stands alone.
func (a *area) whisker(l look, p place) {
	a.rule(draw.LineStyle{Color: l.mark, Width: 1.2}, a.at(p.x, p.interval.Lo), a.at(p.x, p.interval.Hi))
}

// signs puts a marker at each place.
func (a *area) signs(l look, places []place) {
	for _, p := range places {
		if p.runs > 0 {
			a.mark(a.at(p.x, p.mean), l.marker, 2.1, l.mark)
		}
	}
}

// end is the right end of a line, and what it is called there.
type end struct {
	name string
	look look
	at   vg.Point
}

// names writes the names of lines right of the data, pushed apart, each tied to
// its end by a thin line where it had to move.
func (a *area) names(ends []end, room vg.Length) {
	slices.SortStableFunc(ends, func(p, q end) int {
		switch {
		case p.at.Y > q.at.Y:
			return -1
		case p.at.Y < q.at.Y:
			return 1
		}
		return 0
	})
	wants := make([]vg.Length, len(ends))
	for i, e := range ends {
		wants[i] = e.at.Y
	}
	const gap = 7
	for i, y := range spread(wants, a.bottom, a.top, 11) {
		e := ends[i]
		sty := flushLeft(words(bodySize, true, e.look.text))
		x := a.right + gap
		a.write(vg.Point{X: x, Y: y}, sty, fit(sty, e.name, room-gap))
		if away := y - e.at.Y; away > 3 || away < -3 || a.right-e.at.X > 3 {
			a.rule(draw.LineStyle{Color: inkAxis, Width: 0.4}, vg.Point{X: e.at.X + 3, Y: e.at.Y}, vg.Point{X: x - 1.5, Y: y})
		}
	}
}

// nameRoom is the width that names need right of the data.
func nameRoom(names []string, most vg.Length) vg.Length {
	sty := words(bodySize, true, inkText)
	room := vg.Length(0)
	for _, n := range names {
		room = max(room, sty.Width(n))
	}
	return min(room, most) + 8
}
