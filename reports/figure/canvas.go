package figure

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"io"
	"math"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// paint draws the sheet on c, in the inks of th.
func (sh *sheet) paint(c vg.Canvas, th theme) {
	c.SetColor(th.ink(background))
	c.Fill(outline([]vg.Point{{}, {X: sh.width}, {X: sh.width, Y: sh.height}, {Y: sh.height}}))
	for _, s := range sh.shapes {
		switch {
		case s.words != nil:
			th.write(c, s.words)
		case s.glyph != nil:
			on := draw.NewCanvas(c, sh.width, sh.height)
			sty := s.glyph.sty
			sty.Color = th.ink(sty.Color.(color.NRGBA))
			on.DrawGlyphNoClip(sty, s.glyph.at)
		default:
			if s.fill.A > 0 {
				c.SetColor(th.ink(s.fill))
				c.Fill(s.path)
			}
			if s.stroke.Width > 0 {
				c.SetColor(th.ink(s.stroke.Color.(color.NRGBA)))
				c.SetLineWidth(s.stroke.Width)
				c.SetLineDash(s.stroke.Dashes, 0)
				c.Stroke(s.path)
			}
		}
	}
}

// write puts a line of text on c.
func (th theme) write(c vg.Canvas, l *label) {
	at := l.origin()
	c.SetColor(th.ink(l.sty.Color.(color.NRGBA)))
	f := font.DefaultCache.Lookup(l.sty.Font, l.sty.Font.Size)
	if l.sty.Rotation == 0 {
		c.FillString(f, at, l.text)
		return
	}
	c.Push()
	c.Translate(at)
	c.Rotate(math.Pi / 2)
	c.FillString(f, vg.Point{}, l.text)
	c.Pop()
}

// theme says how inks appear on a medium.
type theme struct {
	dark bool // on a dark page
}

// ink returns a colour of the light page as it is on this one, with its alpha.
func (th theme) ink(c color.NRGBA) color.NRGBA {
	if !th.dark {
		return c
	}
	opaque := c
	opaque.A = 0xFF
	if d, ok := darkInks[opaque]; ok {
		d.A = c.A
		return d
	}
	return c
}

// svgHead is how an SVG of vgsvg begins, up to the end of its first tag.
const svgHead = `xmlns:xlink="http://www.w3.org/1999/xlink">` + "\n"

// asSVG draws on an SVG canvas and writes it with its words for those who hear
// a picture.
func asSVG(w io.Writer, s size, title string, captions []string, paint func(vg.CanvasSizer) error) error {
	svg := vgsvg.New(s.width, s.height)
	if err := paint(snapped{svg}); err != nil {
		return err
	}
	var buf bytes.Buffer
	if _, err := svg.WriteTo(&buf); err != nil {
		return fmt.Errorf("figure: writing SVG: %w", err)
	}
	text := strings.ReplaceAll(buf.String(), "font-family:Liberation Sans;",
		"font-family:'Liberation Sans',Arial,Helvetica,sans-serif;")
	before, after, ok := strings.Cut(text, svgHead)
	if !ok {
		panic("figure: broken invariant: the SVG canvas no longer begins with the header that takes the title")
	}
	said := before + strings.TrimSuffix(svgHead, ">\n") + ` role="img">` + "\n<title>" +
		html.EscapeString(title) + "</title>\n<desc>" +
		html.EscapeString(strings.Join(captions, " ")) + "</desc>\n" + after
	if _, err := io.WriteString(w, said); err != nil {
		return fmt.Errorf("figure: writing SVG: %w", err)
	}
	return nil
}

// asPNG draws on a raster and writes it.
func asPNG(w io.Writer, s size, paint func(vg.CanvasSizer) error) error {
	img := vgimg.NewWith(vgimg.UseWH(s.width, s.height), vgimg.UseDPI(pngDPI))
	if err := paint(img); err != nil {
		return err
	}
	if _, err := (vgimg.PngCanvas{Canvas: img}).WriteTo(w); err != nil {
		return fmt.Errorf("figure: writing PNG: %w", err)
	}
	return nil
}
