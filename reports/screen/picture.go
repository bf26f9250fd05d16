package screen

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"mpcomm/reports/palette"
	"mpcomm/reports/result"
	"mpcomm/reports/svg"
)

// Picture is the screen of a run as a picture: the very lines of Write, as text
// that can be selected.
type Picture struct {
	View    *View
	Command string // as it was typed; its line comes first
	Width   int    // columns; 0 = 100
}

// The measures of a terminal.
const (
	lineHeight = 19 * svg.Px
	cell       = 840 // of one column: what a character of this type takes
	frame      = 20 * svg.Px
	bar        = 34 * svg.Px // of the window, with its three buttons
)

var terminalType = svg.Type{Size: 14 * svg.Px, Mono: true}

// Title is the finding: which orderings agree and keep causes first.
func (p *Picture) Title() string {
	var all []string
	for i := range p.View.Run.Runs {
		r := &p.View.Run.Runs[i]
		logs := "logs differ"
		if r.Divergence.Identical {
			logs = "logs agree"
		}
		cause := map[result.Verdict]string{
			result.Holds: "cause comes first", result.Violated: "cause does not come first", result.Unknown: "of causes nothing is known",
		}[r.Properties.Causal]
		all = append(all, fmt.Sprintf("%s: %s, %s", r.Ordering, logs, cause))
	}
	return strings.Join(all, "; ")
}

// WriteSVG writes the picture. The bytes are the same on every machine.
func (p *Picture) WriteSVG(w io.Writer, theme svg.Theme) error {
	var text strings.Builder
	width := p.Width
	if width == 0 {
		width = defaultWidth
	}
	if err := Write(&text, p.View, Options{Width: width, Color: true}); err != nil {
		return err
	}
	lines := strings.Split(strings.TrimRight(text.String(), "\n"), "\n")
	d := svg.New(p.Title(), fmt.Sprintf("The screen of %s, line by line, as text.", p.Command))
	full := svg.Len(width)*cell + 2*frame
	height := bar + svg.Len(len(lines)+1)*lineHeight + frame
	d.Rect(svg.Px/2, svg.Px/2, full-svg.Px, height-svg.Px, 8*svg.Px, edged())
	for i := range svg.Len(3) {
		d.Circle(svg.Point{X: frame + i*18*svg.Px, Y: bar / 2}, 5*svg.Px, svg.Fill(palette.CardEdge))
	}
	y := bar + 14*svg.Px
	prompt := []run{{"$ ", faint}, {p.Command, plain}}
	for _, line := range append([][]run{prompt}, inked(lines)...) {
		drawLine(d, y, line)
		y += lineHeight
	}
	if err := d.Write(w, full, height, theme); err != nil {
		return fmt.Errorf("screen: writing SVG: %w", err)
	}
	return nil
}

func edged() svg.Paint {
	how := svg.Fill(palette.Card)
	how.Stroke = &palette.CardEdge
	return how
}

// plain is text that nothing sets off.
const plain ink = ""

// run is a piece of a line in one ink.
type run struct {
	words string
	ink   ink
}

// inked splits lines at their escape sequences, which are those of paint.
func inked(lines []string) [][]run {
	all := make([][]run, len(lines))
	for i, l := range lines {
		now := plain
		for l != "" {
			before, rest, found := strings.Cut(l, "\x1b[")
			if before != "" {
				all[i] = append(all[i], run{before, now})
			}
			if !found {
				break
			}
			code, after, ok := strings.Cut(rest, "m")
			if !ok {
				panic(fmt.Sprintf("screen: broken invariant: %q is no escape sequence of this package", rest))
			}
			now = ink(code)
			if code == "0" {
				now = plain
			}
			l = after
		}
	}
	return all
}

// drawLine draws the words of a line each at its column and as wide as its
// columns, so that lines stay in step in whatever fonts the reader has.
func drawLine(d *svg.Picture, y svg.Len, line []run) {
	column := 0
	for _, r := range line {
		style, colour := terminalType, palette.Text
		switch r.ink {
		case bad:
			style.Bold, colour = true, palette.Bad
		case good:
			colour = palette.Good
		case faint:
			colour = palette.Soft
		}
		for _, at := range phrases.FindAllStringIndex(r.words, -1) {
			words := r.words[at[0]:at[1]]
			x := frame + svg.Len(column+columns(r.words[:at[0]]))*cell
			d.Stretched(x, y, svg.Len(columns(words))*cell, style, colour, words)
		}
		column += columns(r.words)
	}
}

// phrases are words with single spaces between them.
var phrases = regexp.MustCompile(`\S+(?: \S+)*`)
