package figure

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"gonum.org/v1/plot/vg"
)

// Figure is one of the figures F1 to F12, laid out.
type Figure struct {
	id       string
	title    string // the finding
	captions []string
	sheet    *sheet
	table    [][]string // the plotted points, under a header
}

// kindOfFigure is a figure that is drawn from a sweep.
type kindOfFigure struct {
	id, question string
	draw         func(*Data) (*Figure, error)
}

// ofSweeps are the figures that are drawn from a sweep.
var ofSweeps = []kindOfFigure{
	{"F1", "when does arrival order break?", drawJitter},
	{"F2", "what does skew do?", drawSkew},
	{"F3", "how fast may we send?", drawRate},
	{"F4", "does it get worse with more peers?", drawPeers},
	{"F5", "what is the price of order?", drawPrice},
	{"F6", "where do skew and rate break it?", drawMap},
	{"F7", "how far do runs spread?", drawSpread},
	{"F8", "how long until logs part?", drawSurvival},
	{"F9", "why?", drawWhy},
}

// IDs lists the figures that are drawn from a sweep.
func IDs() []string {
	var ids []string
	for _, k := range ofSweeps {
		ids = append(ids, k.id)
	}
	return ids
}

// Draw lays out the figure called id from a sweep. The error says what the
// sweep lacks for it.
func Draw(id string, d *Data) (*Figure, error) {
	for _, k := range ofSweeps {
		if k.id != id {
			continue
		}
		if err := d.perRun(); err != nil {
			return nil, fmt.Errorf("%s (%s): %w", k.id, k.question, err)
		}
		f, err := k.draw(d)
		if err != nil {
			return nil, fmt.Errorf("%s (%s): %w", k.id, k.question, err)
		}
		f.id = id
		return f, nil
	}
	return nil, fmt.Errorf("no figure %q is drawn from a sweep; there are %v", id, IDs())
}

// ID is the name of the figure, F1 to F12.
func (f *Figure) ID() string { return f.id }

// Title is the finding of the figure, in one sentence computed from the data.
func (f *Figure) Title() string { return f.title }

// Captions says what a reader must know to believe the figure: seeds, what
// bands are, parameters, and the command that repeats it.
func (f *Figure) Captions() []string { return f.captions }

func (f *Figure) painter(th theme) func(vg.CanvasSizer) error {
	return func(c vg.CanvasSizer) error {
		f.sheet.paint(c, th)
		return nil
	}
}

// WriteSVG writes the figure as SVG: the same bytes on every platform. Fonts
// are named, not embedded.
func (f *Figure) WriteSVG(w io.Writer) error {
	return asSVG(w, f.sheet.size, f.title, f.captions, f.painter(theme{}))
}

// WriteDarkSVG writes the figure as SVG for a dark page.
func (f *Figure) WriteDarkSVG(w io.Writer) error {
	return asSVG(w, f.sheet.size, f.title, f.captions, f.painter(theme{dark: true}))
}

// WritePNG writes the figure as PNG at 240 dots per inch.
func (f *Figure) WritePNG(w io.Writer) error { return asPNG(w, f.sheet.size, f.painter(theme{})) }

// WritePDF writes the figure as PDF, with the signs of its fonts that it uses.
// The same figure is the same bytes.
func (f *Figure) WritePDF(w io.Writer) error {
	return asPDF(w, f.sheet.size, f.title, f.painter(theme{}))
}

// WriteCSV writes the plotted points under a header.
func (f *Figure) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.WriteAll(f.table); err != nil {
		return fmt.Errorf("figure: writing CSV: %w", err)
	}
	return nil
}

// summaryColumns head the numbers of a summary in a table of points.
var summaryColumns = []string{"mean", "mean_lo", "mean_hi", "p5", "p95", "runs"}

// cells are the numbers of s in the order of summaryColumns, empty where there
// is none.
func (s summary) cells() []string {
	if s.runs == 0 {
		return []string{"", "", "", "", "", "0"}
	}
	out := []string{rounded(s.mean), rounded(s.interval.Lo), rounded(s.interval.Hi), "", "", strconv.Itoa(s.runs)}
	if s.each != nil {
		out[3], out[4] = rounded(s.low), rounded(s.high)
	}
	return out
}

// rounded writes x with nine significant digits, which are the same on every
// platform however the last bits of a sum fall.
func rounded(x float64) string { return strconv.FormatFloat(x, 'g', 9, 64) }
