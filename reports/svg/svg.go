package svg

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mpcomm/reports/palette"
)

// Theme is the ground that a picture is drawn on.
type Theme uint8

// The themes. Auto follows what the reader's system prefers.
const (
	Auto Theme = iota
	Light
	Dark
)

// Picture is a picture under way. Shapes lie over each other in the order in
// which they are drawn.
type Picture struct {
	Title, Desc string // for those who hear it; Desc states the finding

	body strings.Builder
	inks []palette.Ink // in order of first use
	mono bool          // some text is
}

// New begins a picture.
func New(title, desc string) *Picture { return &Picture{Title: title, Desc: desc} }

// Paint is how a shape is drawn: nil = not.
type Paint struct {
	Fill, Stroke *palette.Ink
	Width        Len    // of the stroke; 0 = one pixel
	Dash         string // of the stroke, as in SVG: "9 4"; empty = solid
	Round        bool   // ends and corners of the stroke
	Percent      int    // opacity; 0 = 100
}

// Fill paints the inside of a shape.
func Fill(i palette.Ink) Paint { return Paint{Fill: &i} }

// Stroke paints the outline of a shape, or a line.
func Stroke(i palette.Ink, width Len) Paint { return Paint{Stroke: &i, Width: width} }

// Dashed returns p with a dashed stroke.
func (p Paint) Dashed(dash string) Paint { p.Dash = dash; return p }

// Point is a place: x to the right, y down.
type Point struct{ X, Y Len }

// String returns pixels, without a unit: "2.5".
func (l Len) String() string {
	sign := ""
	if l < 0 {
		sign, l = "-", -l
	}
	switch {
	case l%100 == 0:
		return sign + strconv.FormatInt(int64(l/100), 10)
	case l%10 == 0:
		return fmt.Sprintf("%s%d.%d", sign, l/100, l%100/10)
	}
	return fmt.Sprintf("%s%d.%02d", sign, l/100, l%100)
}

// class enters an ink into the style sheet.
func (p *Picture) class(prefix string, i palette.Ink) string {
	if !slices.ContainsFunc(p.inks, func(known palette.Ink) bool { return known.Name == i.Name }) {
		p.inks = append(p.inks, i)
	}
	return prefix + i.Name
}

// paint writes the attributes of a shape and closes its tag.
func (p *Picture) paint(how Paint) {
	var classes []string
	if how.Fill != nil {
		classes = append(classes, p.class("f-", *how.Fill))
	}
	if how.Stroke != nil {
		classes = append(classes, p.class("s-", *how.Stroke))
	}
	fmt.Fprintf(&p.body, ` class="%s"`, strings.Join(classes, " "))
	if how.Fill == nil {
		p.body.WriteString(` fill="none"`)
	}
	if how.Stroke != nil {
		if how.Width != 0 && how.Width != Px {
			fmt.Fprintf(&p.body, ` stroke-width="%v"`, how.Width)
		}
		if how.Dash != "" {
			fmt.Fprintf(&p.body, ` stroke-dasharray="%s"`, how.Dash)
		}
		if how.Round {
			p.body.WriteString(` stroke-linecap="round" stroke-linejoin="round"`)
		}
	}
	if how.Percent != 0 && how.Percent != 100 {
		fmt.Fprintf(&p.body, ` opacity="%v"`, Len(how.Percent))
	}
	p.body.WriteString("/>\n")
}

// Rect draws a rectangle with rounded corners; round = 0 is square.
func (p *Picture) Rect(x, y, w, h, round Len, how Paint) {
	fmt.Fprintf(&p.body, `<rect x="%v" y="%v" width="%v" height="%v"`, x, y, w, h)
	if round > 0 {
		fmt.Fprintf(&p.body, ` rx="%v"`, round)
	}
	p.paint(how)
}

// Line draws a straight line.
func (p *Picture) Line(from, to Point, how Paint) { p.Path(how, false, from, to) }

// Circle draws a circle.
func (p *Picture) Circle(c Point, r Len, how Paint) {
	fmt.Fprintf(&p.body, `<circle cx="%v" cy="%v" r="%v"`, c.X, c.Y, r)
	p.paint(how)
}

// Path draws straight lines through points, back to the first one if closed.
func (p *Picture) Path(how Paint, closed bool, points ...Point) {
	p.body.WriteString(`<path d="`)
	for i, at := range points {
		c := byte('L')
		if i == 0 {
			c = 'M'
		}
		fmt.Fprintf(&p.body, "%c%v %v", c, at.X, at.Y)
	}
	if closed {
		p.body.WriteByte('Z')
	}
	p.body.WriteByte('"')
	p.paint(how)
}

// Paths draws many unconnected lines of one paint as one shape.
func (p *Picture) Paths(how Paint, lines [][2]Point) {
	if len(lines) == 0 {
		return
	}
	p.body.WriteString(`<path d="`)
	for _, l := range lines {
		fmt.Fprintf(&p.body, "M%v %vL%v %v", l[0].X, l[0].Y, l[1].X, l[1].Y)
	}
	p.body.WriteByte('"')
	p.paint(how)
}

// Rects draws many square-cornered rectangles of one paint as one shape.
func (p *Picture) Rects(how Paint, all []Box) {
	if len(all) == 0 {
		return
	}
	p.body.WriteString(`<path d="`)
	for _, b := range all {
		fmt.Fprintf(&p.body, "M%v %vh%vv%vh%vz", b.X, b.Y, b.W, b.H, -b.W)
	}
	p.body.WriteByte('"')
	p.paint(how)
}

// Skyline draws bars side by side as one shape: each as wide as step, rising
// from base, up where its height is below 0.
func (p *Picture) Skyline(how Paint, x, base, step Len, heights []Len) {
	var b strings.Builder
	level := Len(0)
	for i := 0; i < len(heights); {
		k := i
		for k < len(heights) && heights[k] == heights[i] {
			k++
		}
		if d := heights[i] - level; d != 0 {
			fmt.Fprintf(&b, "v%v", d)
		}
		if k < len(heights) || heights[i] != 0 {
			fmt.Fprintf(&b, "h%v", Len(k-i)*step)
		}
		level, i = heights[i], k
	}
	if level != 0 {
		fmt.Fprintf(&b, "v%v", -level)
	}
	if !strings.Contains(b.String(), "v") {
		return // nothing rises
	}
	fmt.Fprintf(&p.body, `<path d="M%v %v%sz"`, x, base, b.String())
	p.paint(how)
}

// Anchor says which part of a text stands at its point.
type Anchor uint8

// The anchors.
const (
	Start Anchor = iota
	Middle
	End
)

// Span is a piece of a line of text in one ink.
type Span struct {
	Text string
	Ink  palette.Ink
	Bold bool // on top of the line's type
}

// Words draws a line of text in one ink, its base line at y.
func (p *Picture) Words(x, y Len, a Anchor, t Type, i palette.Ink, s string) {
	p.Spans(x, y, a, t, Span{Text: s, Ink: i})
}

// Stretched draws a line of text, its base line at y, exactly as wide as width
// in any font: letters are stretched where they would take more or less.
func (p *Picture) Stretched(x, y, width Len, t Type, i palette.Ink, s string) {
	p.open(x, y, Start, t, i, width, false)
	p.body.WriteString(Escape(s))
	p.body.WriteString("</text>\n")
}

// Spans draws a line of text, its base line at y.
func (p *Picture) Spans(x, y Len, a Anchor, t Type, spans ...Span) {
	spans = slices.DeleteFunc(slices.Clone(spans), func(s Span) bool { return s.Text == "" })
	if len(spans) == 0 {
		return
	}
	rest := spans[0].Ink
	if i := slices.IndexFunc(spans, func(s Span) bool { return !s.Bold }); i >= 0 {
		rest = spans[i].Ink
	}
	p.open(x, y, a, t, rest, 0, len(spans) > 1)
	for _, s := range spans {
		switch {
		case s.Bold:
			fmt.Fprintf(&p.body, `<tspan class="%s" font-weight="700">%s</tspan>`, p.class("f-", s.Ink), Escape(s.Text))
		case s.Ink == rest:
			p.body.WriteString(Escape(s.Text))
		default:
			fmt.Fprintf(&p.body, `<tspan class="%s">%s</tspan>`, p.class("f-", s.Ink), Escape(s.Text))
		}
	}
	p.body.WriteString("</text>\n")
}

// open begins a text, as wide as it comes if width is 0, of which every space
// counts if it consists of parts.
func (p *Picture) open(x, y Len, a Anchor, t Type, i palette.Ink, width Len, parts bool) {
	class := p.class("f-", i)
	if t.Halo {
		class += " " + p.class("s-", palette.Ground)
	}
	if t.Mono {
		class, p.mono = class+" m", true
	}
	fmt.Fprintf(&p.body, `<text x="%v" y="%v" class="%s" font-size="%v"`, x, y, class, t.Size)
	if t.Bold {
		p.body.WriteString(` font-weight="700"`)
	}
	if t.Halo {
		p.body.WriteString(` stroke-width="4" stroke-linejoin="round" paint-order="stroke"`)
	}
	if width > 0 {
		fmt.Fprintf(&p.body, ` textLength="%v" lengthAdjust="spacingAndGlyphs"`, width)
	}
	if parts {
		p.body.WriteString(` xml:space="preserve"`)
	}
	switch a {
	case Middle:
		p.body.WriteString(` text-anchor="middle"`)
	case End:
		p.body.WriteString(` text-anchor="end"`)
	}
	p.body.WriteByte('>')
}

// Group draws what fill draws as one thing with a name of its own.
func (p *Picture) Group(name string, fill func()) {
	p.body.WriteString("<g>")
	if name != "" {
		fmt.Fprintf(&p.body, "<title>%s</title>", Escape(name))
	}
	p.body.WriteByte('\n')
	fill()
	p.body.WriteString("</g>\n")
}

// Escape returns s as the text of an element or the value of an attribute.
// What XML cannot hold, such as control characters, becomes U+FFFD.
func Escape(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\t' || r == '\n' || r == '\r':
			b.WriteByte(' ')
		case r < ' ' || r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") || r == 0xFFFE || r == 0xFFFF:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Write writes the picture, of the given size, on its ground.
func (p *Picture) Write(w io.Writer, width, height Len, theme Theme) error {
	p.class("f-", palette.Ground)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %v %v" width="%v" height="%v" role="img" aria-labelledby="t d" font-family="%s">`+"\n",
		width, height, width, height, sansFamily)
	fmt.Fprintf(&b, "<title id=\"t\">%s</title>\n<desc id=\"d\">%s</desc>\n", Escape(p.Title), Escape(p.Desc))
	p.style(&b, theme)
	fmt.Fprintf(&b, `<rect width="%v" height="%v" class="f-%s"/>`+"\n", width, height, palette.Ground.Name)
	b.WriteString(p.body.String())
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// style writes the colours of the inks in use.
func (p *Picture) style(b *strings.Builder, theme Theme) {
	rules := func(dark bool) {
		for _, i := range p.inks {
			c := i.Light
			if dark {
				c = i.Dark
			}
			for _, property := range [][2]string{{"f-", "fill"}, {"s-", "stroke"}} {
				if property[0] == "f-" && i.Name == palette.Ground.Name || strings.Contains(p.body.String(), property[0]+i.Name) {
					fmt.Fprintf(b, ".%s%s{%s:%v}", property[0], i.Name, property[1], c)
				}
			}
		}
	}
	b.WriteString("<style>")
	rules(theme == Dark)
	if p.mono {
		fmt.Fprintf(b, ".m{font-family:%s}", monoFamily)
	}
	if theme == Auto {
		b.WriteString("@media (prefers-color-scheme:dark){")
		rules(true)
		b.WriteString("}")
	}
	b.WriteString("</style>\n")
}
