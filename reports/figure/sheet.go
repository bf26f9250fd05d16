package figure

import (
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// size is the paper of a figure.
type size struct{ width, height vg.Length }

// The sizes of the house: one picture beside text, or small multiples across
// the page.
var (
	single = size{125 * vg.Millimeter, 80 * vg.Millimeter}
	wide   = size{170 * vg.Millimeter, 72 * vg.Millimeter}
)

// rows is the size with room for n rows of panels instead of one.
func (s size) rows(n int) size {
	const head = 24 * vg.Millimeter // title, caption and the labels of x
	s.height = head + vg.Length(n)*(s.height-head)
	return s
}

// shape is one thing that is drawn: a path that is filled, stroked or both, or
// a line of text.
type shape struct {
	path   vg.Path
	fill   color.NRGBA // alpha 0 = not filled
	stroke draw.LineStyle
	words  *label
	glyph  *mark
}

// mark is a sign at a place.
type mark struct {
	at  vg.Point
	sty draw.GlyphStyle
}

// label is a line of text: its style says how it is anchored to the place.
type label struct {
	at   vg.Point
	sty  text.Style
	text string
}

// sheet is a figure laid out: shapes in the order in which they are drawn, in
// points from the lower left corner of the paper. Whatever is to be drawn lies
// in this list first, so that a test can measure all of it.
type sheet struct {
	size
	shapes []shape
	body   rect // what title and caption leave
}

// rect is a part of the paper.
type rect struct{ left, bottom, right, top vg.Length }

func (r rect) width() vg.Length  { return r.right - r.left }
func (r rect) height() vg.Length { return r.top - r.bottom }

// inset returns r with margins taken off.
func (r rect) inset(left, bottom, right, top vg.Length) rect {
	return rect{r.left + left, r.bottom + bottom, r.right - right, r.top - top}
}

// grid cuts r into cells with gaps between them, the first row on top.
func (r rect) grid(rows, columns int, gapX, gapY vg.Length) [][]rect {
	w := (r.width() - vg.Length(columns-1)*gapX) / vg.Length(columns)
	h := (r.height() - vg.Length(rows-1)*gapY) / vg.Length(rows)
	cells := make([][]rect, rows)
	for i := range cells {
		top := r.top - vg.Length(i)*(h+gapY)
		for k := range columns {
			left := r.left + vg.Length(k)*(w+gapX)
			cells[i] = append(cells[i], rect{left, top - h, left + w, top})
		}
	}
	return cells
}

// newSheet writes the words around a figure: the finding, what y is, and the
// caption, wrapped.
func newSheet(s size, title, subtitle string, captions []string) *sheet {
	sh := &sheet{size: s}
	right := s.width - margin
	sty := words(titleSize, true, inkText)
	y := s.height - margin - sty.FontExtents().Ascent
	sh.write(vg.Point{X: margin, Y: y}, sty, fit(sty, title, right-margin))
	sub := words(bodySize, false, inkSoft)
	for i, line := range wrap(sub, []string{subtitle}, right-margin) {
		at := y - sty.FontExtents().Descent - sub.FontExtents().Ascent - 2 - vg.Length(i)*bodySize*1.25
		sh.write(vg.Point{X: margin, Y: at}, sub, line)
		sh.body.top = at - sub.FontExtents().Descent - 6
	}
	small := words(captionSize, false, inkSoft)
	lines := wrap(small, captions, right-margin)
	foot := margin + small.FontExtents().Descent
	for i, line := range slices.Backward(lines) {
		sh.write(vg.Point{X: margin, Y: foot + vg.Length(len(lines)-1-i)*captionSize*1.3}, small, line)
	}
	sh.body.left, sh.body.right = margin, right
	sh.body.bottom = foot + vg.Length(len(lines))*captionSize*1.3 + 2
	return sh
}

// newSheetAround is a sheet as high as a body of the given height needs.
func newSheetAround(width, body vg.Length, title, subtitle string, captions []string) *sheet {
	tried := newSheet(size{width, body}, title, subtitle, captions)
	return newSheet(size{width, 2*body - tried.body.height()}, title, subtitle, captions)
}

// write puts a line of text; a style without alignment has its anchor at the
// left end of the base line.
func (sh *sheet) write(at vg.Point, sty text.Style, s string) {
	if strings.TrimSpace(s) != "" {
		sh.shapes = append(sh.shapes, shape{words: &label{at, sty, s}})
	}
}

// mark puts a sign.
func (sh *sheet) mark(at vg.Point, sign draw.GlyphDrawer, radius vg.Length, ink color.NRGBA) {
	sh.shapes = append(sh.shapes, shape{glyph: &mark{at, draw.GlyphStyle{Color: ink, Radius: radius, Shape: sign}}})
}

// fillPath fills a closed outline.
func (sh *sheet) fillPath(points []vg.Point, ink color.NRGBA) {
	sh.shapes = append(sh.shapes, shape{path: outline(points), fill: ink})
}

// fillRect fills a part of the paper.
func (sh *sheet) fillRect(r rect, ink color.NRGBA) {
	sh.fillPath([]vg.Point{{X: r.left, Y: r.bottom}, {X: r.right, Y: r.bottom}, {X: r.right, Y: r.top}, {X: r.left, Y: r.top}}, ink)
}

// rule strokes a line through the points.
func (sh *sheet) rule(sty draw.LineStyle, points ...vg.Point) {
	if len(points) < 2 {
		return
	}
	var p vg.Path
	p.Move(points[0])
	for _, pt := range points[1:] {
		p.Line(pt)
	}
	sh.shapes = append(sh.shapes, shape{path: p, stroke: sty})
}

func outline(points []vg.Point) vg.Path {
	var p vg.Path
	p.Move(points[0])
	for _, pt := range points[1:] {
		p.Line(pt)
	}
	p.Close()
	return p
}

// centred returns sty anchored at the middle of its line, level with the
// middle of its small letters.
func centred(sty text.Style) text.Style {
	sty.XAlign, sty.YAlign = draw.XCenter, draw.YCenter
	return sty
}

// flushRight returns sty anchored at its right end, level with its middle.
func flushRight(sty text.Style) text.Style {
	sty.XAlign, sty.YAlign = draw.XRight, draw.YCenter
	return sty
}

// flushLeft returns sty anchored at its left end, level with its middle.
func flushLeft(sty text.Style) text.Style {
	sty.XAlign, sty.YAlign = draw.XLeft, draw.YCenter
	return sty
}

// box is the part of the paper that a line of text takes.
func (l *label) box() rect {
	w := l.sty.Width(l.text)
	e := l.sty.FontExtents()
	size := l.sty.Font.Size
	left, bottom := vg.Length(0), vg.Length(0)
	switch l.sty.XAlign {
	case draw.XCenter:
		left = -w / 2
	case draw.XRight:
		left = -w
	}
	if l.sty.YAlign == draw.YCenter {
		bottom = -capHeight * size / 2
	}
	if l.sty.Rotation != 0 { // a quarter turn to the left
		return rect{l.at.X - capHeight*size/2 - e.Descent, l.at.Y + left, l.at.X + capHeight*size/2, l.at.Y + left + w}
	}
	return rect{l.at.X + left, l.at.Y + bottom - e.Descent, l.at.X + left + w, l.at.Y + bottom + capHeight*size}
}

// origin is where the base line of the text begins.
func (l *label) origin() vg.Point {
	w := l.sty.Width(l.text)
	at := l.at
	along, across := vg.Length(0), vg.Length(0)
	switch l.sty.XAlign {
	case draw.XCenter:
		along = -w / 2
	case draw.XRight:
		along = -w
	}
	if l.sty.YAlign == draw.YCenter {
		across = -capHeight * l.sty.Font.Size / 2
	}
	if l.sty.Rotation != 0 {
		return vg.Point{X: at.X - across, Y: at.Y + along}
	}
	return vg.Point{X: at.X + along, Y: at.Y + across}
}

// capHeight is the height of capitals in sizes of the type (Liberation Sans).
const capHeight = 0.73
