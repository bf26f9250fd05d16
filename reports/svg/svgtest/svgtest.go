// Package svgtest checks pictures as a reader meets them: from their bytes.
//
// It owns the checks that every picture must pass. It must never know how a
// picture was made: it reads and measures the SVG anew.
package svgtest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"mpcomm/reports/svg"
)

// Text is a line of text as a picture holds it.
type Text struct {
	Words string
	Box   svg.Box
}

// Picture is what a reader finds in the bytes of a picture.
type Picture struct {
	Title, Desc string
	Page        svg.Box
	Texts       []Text
	Marks       int // shapes
}

// Read reads a picture. It is an error if it is not well-formed, has no title
// or description, names anything outside of itself, or holds a script.
func Read(data []byte) (*Picture, error) {
	p := &Picture{}
	d := xml.NewDecoder(strings.NewReader(string(data)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if start, ok := token.(xml.StartElement); ok {
			if err := p.element(d, start); err != nil {
				return nil, err
			}
		}
	}
	if p.Title == "" || p.Desc == "" {
		return nil, fmt.Errorf("a picture without title or description: %q, %q", p.Title, p.Desc)
	}
	return p, nil
}

func (p *Picture) element(d *xml.Decoder, e xml.StartElement) error {
	for _, a := range e.Attr {
		if a.Name.Local == "href" || strings.HasPrefix(a.Name.Local, "on") {
			return fmt.Errorf("<%s> has the attribute %s", e.Name.Local, a.Name.Local)
		}
	}
	switch e.Name.Local {
	case "script", "foreignObject", "image", "use", "a":
		return fmt.Errorf("<%s> in a picture", e.Name.Local)
	case "svg":
		var w, h float64
		if _, err := fmt.Sscanf(attr(e, "viewBox"), "0 0 %g %g", &w, &h); err != nil {
			return fmt.Errorf("viewBox %q: %w", attr(e, "viewBox"), err)
		}
		p.Page = svg.Box{W: length(w), H: length(h)}
	case "title", "desc":
		words, err := inner(d)
		if err != nil {
			return err
		}
		if e.Name.Local == "title" && p.Title == "" {
			p.Title = words
		} else if e.Name.Local == "desc" {
			p.Desc = words
		}
	case "text":
		return p.text(d, e)
	case "rect", "path", "circle":
		p.Marks++
		return p.shape(e)
	}
	return nil
}

// text measures one line.
func (p *Picture) text(d *xml.Decoder, e xml.StartElement) error {
	words, err := inner(d)
	if err != nil {
		return err
	}
	t := svg.Type{
		Size: number(e, "font-size"), Bold: attr(e, "font-weight") == "700",
		Mono: strings.Contains(" "+attr(e, "class")+" ", " m "),
	}
	if t.Size == 0 {
		return fmt.Errorf("text %q has no size", words)
	}
	anchor := map[string]svg.Anchor{"": svg.Start, "middle": svg.Middle, "end": svg.End}[attr(e, "text-anchor")]
	box := svg.BoxOf(number(e, "x"), number(e, "y"), anchor, t, words)
	if w := number(e, "textLength"); w > 0 {
		if anchor != svg.Start {
			return fmt.Errorf("text %q is stretched from its %s", words, attr(e, "text-anchor"))
		}
		box.W = w
	}
	p.Texts = append(p.Texts, Text{words, box})
	return nil
}

// shape holds the outline of a rectangle or circle to the page.
func (p *Picture) shape(e xml.StartElement) error {
	b := svg.Box{X: number(e, "x"), Y: number(e, "y"), W: number(e, "width"), H: number(e, "height")}
	switch e.Name.Local {
	case "circle":
		r := number(e, "r")
		b = svg.Box{X: number(e, "cx") - r, Y: number(e, "cy") - r, W: 2 * r, H: 2 * r}
	case "path":
		var err error
		if b, err = extent(attr(e, "d")); err != nil {
			return err
		}
	}
	if !b.Inside(p.Page) {
		return fmt.Errorf("<%s> at %v is outside of the page %v", e.Name.Local, b, p.Page)
	}
	return nil
}

// extent is the room that a path of straight lines takes.
func extent(d string) (svg.Box, error) {
	var at, least, most [2]float64
	var command byte
	first, axis := true, 0
	numbers := strings.FieldsFunc(separate(d), func(r rune) bool { return r == ' ' })
	for _, word := range numbers {
		if len(word) == 1 && strings.Contains("MLZHhVvz", word) {
			command, axis = word[0], 0
			continue
		}
		v, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return svg.Box{}, fmt.Errorf("path %q: %w", d, err)
		}
		switch command {
		case 'M', 'L':
			at[axis] = v
			axis = 1 - axis
		case 'h':
			at[0] += v
		case 'v':
			at[1] += v
		default:
			return svg.Box{}, fmt.Errorf("path %q: command %q", d, command)
		}
		if axis == 0 {
			for i := range at {
				if first || at[i] < least[i] {
					least[i] = at[i]
				}
				if first || at[i] > most[i] {
					most[i] = at[i]
				}
			}
			first = false
		}
	}
	return svg.Box{X: length(least[0]), Y: length(least[1]), W: length(most[0] - least[0]), H: length(most[1] - least[1])}, nil
}

// separate puts spaces around the commands of a path.
func separate(d string) string {
	var b strings.Builder
	for _, r := range d {
		switch {
		case strings.ContainsRune("MLZHhVvz", r):
			b.WriteString(" " + string(r) + " ")
		case r == ',':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// inner is the text up to the end of the element, of those within it, too.
func inner(d *xml.Decoder) (string, error) {
	var b strings.Builder
	for depth := 1; depth > 0; {
		token, err := d.Token()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			b.Write(t)
		}
	}
	return b.String(), nil
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func number(e xml.StartElement, name string) svg.Len {
	v, err := strconv.ParseFloat(attr(e, name), 64)
	if err != nil {
		return 0
	}
	return length(v)
}

func length(px float64) svg.Len { return svg.Len(math.Round(px * float64(svg.Px))) }

// Check reads a picture and returns what a reader would stumble over: text
// beyond the page, or over other text.
func Check(data []byte) (*Picture, error) {
	p, err := Read(data)
	if err != nil {
		return nil, err
	}
	var all []error
	for i, t := range p.Texts {
		if !t.Box.Inside(p.Page) {
			all = append(all, fmt.Errorf("%q at %v is beyond the page %v", t.Words, t.Box, p.Page))
		}
		for _, o := range p.Texts[:i] {
			if t.Box.Overlaps(o.Box) {
				all = append(all, fmt.Errorf("%q at %v lies over %q at %v", t.Words, t.Box, o.Words, o.Box))
			}
		}
	}
	return p, errors.Join(all...)
}

// Has reports whether some line of text holds the words.
func (p *Picture) Has(words string) bool {
	for _, t := range p.Texts {
		if strings.Contains(t.Words, words) {
			return true
		}
	}
	return false
}
