package figure

import (
	"image/color"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"mpcomm/reports/palette"
)

// Sizes on paper.
const (
	margin      = 3 * vg.Millimeter
	pngDPI      = 240 // 1181 pixels across
	titleSize   = vg.Length(11)
	bodySize    = vg.Length(8.5)
	captionSize = vg.Length(7)
	labelPitch  = 1.25 // least distance between the labels of two lines, in sizes of their type
)

// pageSize is the paper of the divergence figure: two panels, one on the other.
var pageSize = size{125 * vg.Millimeter, 122 * vg.Millimeter}

// Inks other than those of the orderings.
var (
	inkText      = rgb(palette.Text.Light)
	inkSoft      = color.NRGBA{R: 0x5C, G: 0x5C, B: 0x5C, A: 0xFF} // 6.7:1 on white
	inkAxis      = rgb(palette.Axis.Light)
	inkGrid      = rgb(palette.Grid.Light)
	inkViolation = rgb(palette.Violated.Light) // behind other ink
	background   = rgb(palette.Ground.Light)
)

// Bands lie over each other: together they must not hide the lines.
const (
	bandAlpha = 45 // of each of up to bandsFull bands, out of 255
	bandsFull = 4
)

// look is how one ordering appears, told apart by colour, marker and dash, so
// that none of them has to carry it alone.
type look struct {
	mark, text color.NRGBA
	marker     draw.GlyphDrawer
	width      vg.Length
	dashes     []vg.Length
}

// darkInks are the inks of a dark page, by those of a light one.
var darkInks = map[color.NRGBA]color.NRGBA{
	inkSoft: rgb(palette.Soft.Dark),
}

func init() {
	inks := []palette.Ink{palette.Ground, palette.Text, palette.Axis, palette.Grid, palette.Violated}
	for _, hue := range []palette.Hue{palette.Naive, palette.Timestamp, palette.Logical, palette.Other, palette.Reference} {
		inks = append(inks, hue.Mark, hue.Text)
	}
	for _, ink := range inks {
		darkInks[rgb(ink.Light)] = rgb(ink.Dark)
	}
}

func rgb(c palette.RGB) color.NRGBA {
	return color.NRGBA{R: uint8(c >> 16), G: uint8(c >> 8), B: uint8(c), A: 0xFF}
}

// The looks of the families, in their colours on light ground.
var (
	lookNaive     = look{rgb(palette.Naive.Mark.Light), rgb(palette.Naive.Text.Light), draw.CircleGlyph{}, 1.5, nil}
	lookTimestamp = look{rgb(palette.Timestamp.Mark.Light), rgb(palette.Timestamp.Text.Light), draw.BoxGlyph{}, 1.5, []vg.Length{6, 3}}
	lookLogical   = look{rgb(palette.Logical.Mark.Light), rgb(palette.Logical.Text.Light), draw.PyramidGlyph{}, 2, nil}
	lookOther     = look{rgb(palette.Other.Mark.Light), rgb(palette.Other.Text.Light), diamondGlyph{}, 1.5, []vg.Length{2, 2}}
	lookReference = look{rgb(palette.Reference.Mark.Light), rgb(palette.Reference.Text.Light), draw.CrossGlyph{}, 1.2, []vg.Length{1, 2}}
)

// diamondGlyph is a square on its corner, filled or open.
type diamondGlyph struct{ open bool }

// DrawGlyph implements draw.GlyphDrawer.
func (g diamondGlyph) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, pt vg.Point) {
	c.SetLineStyle(draw.LineStyle{Color: sty.Color, Width: 0.5})
	r := sty.Radius * 1.25
	var path vg.Path
	path.Move(vg.Point{X: pt.X - r, Y: pt.Y})
	path.Line(vg.Point{X: pt.X, Y: pt.Y - r})
	path.Line(vg.Point{X: pt.X + r, Y: pt.Y})
	path.Line(vg.Point{X: pt.X, Y: pt.Y + r})
	path.Close()
	if g.open {
		c.Stroke(path)
		return
	}
	c.Fill(path)
}

// familyOf is the look of a kind of ordering.
func familyOf(kind string) look {
	switch palette.Of(kind) {
	case palette.Naive:
		return lookNaive
	case palette.Timestamp:
		return lookTimestamp
	case palette.Logical:
		return lookLogical
	case palette.Reference:
		return lookReference
	}
	return lookOther
}

// looksOf gives every series a look of its own. The first of a family has the
// family's; further ones keep its colour and differ in marker and dash, open
// markers first.
func looksOf(kinds []string) []look {
	markers := []draw.GlyphDrawer{
		draw.RingGlyph{},
		draw.SquareGlyph{},
		draw.TriangleGlyph{},
		diamondGlyph{open: true},
		draw.PlusGlyph{},
		draw.CrossGlyph{},
		draw.CircleGlyph{},
	}
	dashes := [][]vg.Length{{4, 1.5}, {1.5, 1.5}, {8, 2}, {6, 2, 1, 2}, {1, 3}, {3, 3}, {5, 1}}
	seen := make(map[color.NRGBA]int)
	looks := make([]look, len(kinds))
	for i, kind := range kinds {
		l := familyOf(kind)
		if k := seen[l.mark]; k > 0 {
			l.marker = markers[(k-1)%len(markers)]
			l.dashes = dashes[(k-1)%len(dashes)]
			l.width = 1.2
		}
		seen[l.mark]++
		looks[i] = l
	}
	return looks
}

// band is the colour of the interval of one of several series.
func (l look) band(series int) color.NRGBA {
	c := l.mark
	c.A = uint8(bandAlpha * bandsFull / max(series, bandsFull))
	return c
}

func face(size vg.Length, bold bool) font.Font {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
	if bold {
		f.Weight = xfont.WeightBold
	}
	return f
}

// words is a text style whose anchor is the left end of the base line.
func words(size vg.Length, bold bool, ink color.Color) text.Style {
	return text.Style{Color: ink, Font: face(size, bold), Handler: text.Plain{Fonts: font.DefaultCache}}
}

// fit shortens s with an ellipsis until it is no wider than most.
func fit(sty text.Style, s string, most vg.Length) string {
	if sty.Width(s) <= most {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 {
		runes = runes[:len(runes)-1]
		if short := string(runes) + "…"; sty.Width(short) <= most {
			return short
		}
	}
	return ""
}
