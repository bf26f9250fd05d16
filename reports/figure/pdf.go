package figure

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"strings"
	"time"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-pdf/fpdf"
	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// pdfCanvas draws on a page of PDF. The library's own canvas registers every
// face as regular and then asks for the bold one, which it does not find; two
// faces under different names share one font file in it; and it prints what a
// code page of 1252 has, so that τ becomes something else. Here the two faces
// are two fonts with all their signs, and of each the file holds those that are
// used.
type pdfCanvas struct {
	doc    *fpdf.Fpdf
	size   size
	at     transform
	saved  []transform
	err    error
	opaque float64 // 1 = not transparent
}

// transform takes points of the drawing to points of the page.
type transform struct{ a, b, c, d, e, f float64 }

func (t transform) apply(p vg.Point) (x, y float64) {
	return float64(t.a*float64(p.X)) + float64(t.c*float64(p.Y)) + t.e, float64(t.b*float64(p.X)) + float64(t.d*float64(p.Y)) + t.f
}

const pdfFamily = "Liberation Sans"

func newPDF(s size) *pdfCanvas {
	doc := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: float64(s.width), Ht: float64(s.height)}})
	doc.AddUTF8FontFromBytes(pdfFamily, "", liberationsansregular.TTF)
	doc.AddUTF8FontFromBytes(pdfFamily, "B", liberationsansbold.TTF)
	doc.SetMargins(0, 0, 0)
	doc.SetAutoPageBreak(false, 0)
	// The same figure is the same file: no time of day, and parts in order.
	doc.SetCreationDate(time.Unix(0, 0).UTC())
	doc.SetModificationDate(time.Unix(0, 0).UTC())
	doc.SetCatalogSort(true)
	doc.AddPage()
	c := &pdfCanvas{doc: doc, size: s, at: transform{a: 1, d: -1, f: float64(s.height)}, opaque: 1}
	vg.Initialize(c)
	return c
}

// Size implements vg.CanvasSizer.
func (c *pdfCanvas) Size() (width, height vg.Length) { return c.size.width, c.size.height }

// SetLineWidth implements vg.Canvas.
func (c *pdfCanvas) SetLineWidth(w vg.Length) { c.doc.SetLineWidth(float64(w)) }

// SetLineDash implements vg.Canvas.
func (c *pdfCanvas) SetLineDash(pattern []vg.Length, offset vg.Length) {
	dashes := make([]float64, len(pattern))
	for i, d := range pattern {
		dashes[i] = float64(d)
	}
	c.doc.SetDashPattern(dashes, float64(offset))
}

// SetColor implements vg.Canvas.
func (c *pdfCanvas) SetColor(ink color.Color) {
	n := color.NRGBAModel.Convert(ink).(color.NRGBA)
	r, g, b := int(n.R), int(n.G), int(n.B)
	c.doc.SetDrawColor(r, g, b)
	c.doc.SetFillColor(r, g, b)
	c.doc.SetTextColor(r, g, b)
	if opaque := float64(n.A) / 255; opaque != c.opaque {
		c.opaque = opaque
		c.doc.SetAlpha(opaque, "Normal")
	}
}

// Rotate implements vg.Canvas.
func (c *pdfCanvas) Rotate(rad float64) {
	sin, cos := math.Sincos(rad)
	t := c.at
	c.at.a, c.at.b = float64(t.a*cos)+float64(t.c*sin), float64(t.b*cos)+float64(t.d*sin)
	c.at.c, c.at.d = float64(t.c*cos)-float64(t.a*sin), float64(t.d*cos)-float64(t.b*sin)
}

// Translate implements vg.Canvas.
func (c *pdfCanvas) Translate(p vg.Point) { c.at.e, c.at.f = c.at.apply(p) }

// Scale implements vg.Canvas.
func (c *pdfCanvas) Scale(x, y float64) {
	c.at.a, c.at.b, c.at.c, c.at.d = c.at.a*x, c.at.b*x, c.at.c*y, c.at.d*y
}

// Push implements vg.Canvas.
func (c *pdfCanvas) Push() { c.saved = append(c.saved, c.at) }

// Pop implements vg.Canvas.
func (c *pdfCanvas) Pop() {
	c.at = c.saved[len(c.saved)-1]
	c.saved = c.saved[:len(c.saved)-1]
}

// Stroke implements vg.Canvas.
func (c *pdfCanvas) Stroke(p vg.Path) {
	c.trace(p)
	c.doc.DrawPath("D")
}

// Fill implements vg.Canvas.
func (c *pdfCanvas) Fill(p vg.Path) {
	c.trace(p)
	c.doc.DrawPath("f")
}

func (c *pdfCanvas) trace(p vg.Path) {
	for _, part := range p {
		x, y := c.at.apply(part.Pos)
		switch part.Type {
		case vg.MoveComp:
			c.doc.MoveTo(x, y)
		case vg.LineComp:
			c.doc.LineTo(x, y)
		case vg.ArcComp:
			c.arc(part)
		case vg.CurveComp:
			c.curve(part)
		case vg.CloseComp:
			c.doc.ClosePath()
		}
	}
}

// arc draws a part of a circle as curves of at most an eighth of it.
func (c *pdfCanvas) arc(p vg.PathComp) {
	on := func(angle float64) vg.Point {
		sin, cos := math.Sincos(angle)
		return vg.Point{X: p.Pos.X + p.Radius*vg.Length(cos), Y: p.Pos.Y + p.Radius*vg.Length(sin)}
	}
	x, y := c.at.apply(on(p.Start))
	c.doc.LineTo(x, y)
	n := max(1, int(math.Ceil(math.Abs(p.Angle)/(math.Pi/4))))
	step := p.Angle / float64(n)
	handle := p.Radius * vg.Length(4.0/3*math.Tan(step/4))
	for i := range n {
		from, to := p.Start+float64(float64(i)*step), p.Start+float64(float64(i+1)*step)
		a, b := on(from), on(to)
		sin, cos := math.Sincos(from)
		x1, y1 := c.at.apply(vg.Point{X: a.X - handle*vg.Length(sin), Y: a.Y + handle*vg.Length(cos)})
		sin, cos = math.Sincos(to)
		x2, y2 := c.at.apply(vg.Point{X: b.X + handle*vg.Length(sin), Y: b.Y - handle*vg.Length(cos)})
		x3, y3 := c.at.apply(b)
		c.doc.CurveBezierCubicTo(x1, y1, x2, y2, x3, y3)
	}
}

func (c *pdfCanvas) curve(p vg.PathComp) {
	x, y := c.at.apply(p.Pos)
	x1, y1 := c.at.apply(p.Control[0])
	if len(p.Control) == 1 {
		c.doc.CurveTo(x1, y1, x, y)
		return
	}
	x2, y2 := c.at.apply(p.Control[1])
	c.doc.CurveBezierCubicTo(x1, y1, x2, y2, x, y)
}

// FillString implements vg.Canvas.
func (c *pdfCanvas) FillString(f font.Face, at vg.Point, s string) {
	if strings.TrimSpace(s) == "" {
		return
	}
	style := ""
	if f.Font.Weight == xfont.WeightBold {
		style = "B"
	}
	c.doc.SetFont(pdfFamily, style, float64(f.Font.Size))
	x, y := c.at.apply(at)
	if turn := math.Atan2(-c.at.b, c.at.a); turn != 0 {
		c.doc.TransformBegin()
		c.doc.TransformRotate(turn*180/math.Pi, x, y)
		c.doc.Text(x, y, s)
		c.doc.TransformEnd()
		return
	}
	c.doc.Text(x, y, s)
}

// DrawImage implements vg.Canvas. Figures are lines and text alone.
func (c *pdfCanvas) DrawImage(vg.Rectangle, image.Image) {
	c.err = fmt.Errorf("figure: an image on a PDF; figures have none")
}

// asPDF draws on a PDF and writes it.
func asPDF(w io.Writer, s size, title string, paint func(vg.CanvasSizer) error) error {
	pdf := newPDF(s)
	pdf.doc.SetTitle(title, true)
	if err := paint(pdf); err != nil {
		return err
	}
	if pdf.err != nil {
		return pdf.err
	}
	var buf bytes.Buffer
	if err := pdf.doc.Output(&buf); err != nil {
		return fmt.Errorf("figure: writing PDF: %w", err)
	}
	if _, err := w.Write(buf.Bytes()); err != nil {
		return fmt.Errorf("figure: writing PDF: %w", err)
	}
	return nil
}
