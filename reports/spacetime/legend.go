package spacetime

import (
	"mpcomm/reports/palette"
	"mpcomm/reports/svg"
)

// legend is which signs a picture uses.
type legend struct {
	send, receive, held, lost, again, under, stamp, lamport bool
}

// drawLegend explains the signs in use, to the right of the lanes.
func (d *sheet) drawLegend() {
	y := d.lanes[0] - 7*px
	line := func(sign func(at svg.Point), words ...string) {
		sign(svg.Point{X: legendLeft + 9*px, Y: y})
		for _, w := range words {
			d.picture.Words(legendLeft+26*px, y+450, svg.Start, plainType, palette.Soft, w)
			y += 17 * px
		}
		y += 5 * px
	}
	stroke := func(dash string) func(svg.Point) {
		return func(at svg.Point) {
			d.picture.Line(svg.Point{X: at.X - 9*px, Y: at.Y}, svg.Point{X: at.X + 9*px, Y: at.Y}, svg.Stroke(palette.Axis, 220).Dashed(dash))
		}
	}
	mono := func(words string) func(svg.Point) {
		return func(at svg.Point) {
			d.picture.Words(at.X, at.Y+450, svg.Middle, svg.Type{Size: 13 * px, Mono: true}, palette.Soft, words)
		}
	}
	for _, e := range []struct {
		used  bool
		sign  func(svg.Point)
		words []string
	}{
		{d.seen.send, func(at svg.Point) { d.picture.Circle(at, 500, svg.Fill(palette.Text)) }, []string{"send"}},
		{d.seen.receive, func(at svg.Point) { d.picture.Circle(at, 450, svg.Stroke(palette.Axis, 220)) }, []string{"receive"}},
		{d.seen.held, func(at svg.Point) {
			d.picture.Line(svg.Point{X: at.X - 9*px, Y: at.Y}, svg.Point{X: at.X + 8*px, Y: at.Y}, svg.Stroke(palette.Axis, 500))
			d.picture.Line(svg.Point{X: at.X + 8*px, Y: at.Y - 5*px}, svg.Point{X: at.X + 8*px, Y: at.Y + 5*px}, svg.Stroke(palette.Axis, 160))
		}, []string{"held, then", "delivered"}},
		{d.seen.lost, func(at svg.Point) { d.cross(at, 450, palette.Axis, 220) }, []string{"lost"}},
		{d.seen.again, stroke("1.5 4"), []string{"once more"}},
		{d.seen.under, stroke(""), []string{"under way"}},
		{d.seen.stamp, mono("ts"), []string{"sender’s", "clock, ms"}},
		{d.seen.lamport, mono("L"), []string{"Lamport", "clock"}},
	} {
		if e.used {
			line(e.sign, e.words...)
		}
	}
	d.axis = max(d.axis, y)
}
