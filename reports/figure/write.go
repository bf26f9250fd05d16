package figure

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// drawOn lays the figure out on c and draws it.
func (d *Divergence) drawOn(c vg.CanvasSizer) error {
	if err := d.Validate(); err != nil {
		return err
	}
	outer := draw.New(c)
	pg, err := d.layout(outer)
	if err != nil {
		return err
	}
	pg.draw(outer)
	return nil
}

// WriteSVG writes the figure as SVG. The bytes are the same on every
// platform. Fonts are named, not embedded: Liberation Sans, or any font with
// its metrics. It reports bad input as Validate does, and w's errors.
func (d *Divergence) WriteSVG(w io.Writer) error {
	return asSVG(w, pageSize, d.Title(), d.captions(), d.drawOn)
}

// WritePNG writes the figure as PNG, 1181 pixels across. Its pixels may differ
// in the last bit between platforms; where bytes matter use the SVG or CSV.
func (d *Divergence) WritePNG(w io.Writer) error { return asPNG(w, pageSize, d.drawOn) }

// WritePDF writes the figure as PDF, with the signs of its fonts that it uses.
// The same figure is the same bytes.
func (d *Divergence) WritePDF(w io.Writer) error { return asPDF(w, pageSize, d.Title(), d.drawOn) }

// WriteCSV writes the plotted points, one row each, in the order of the
// series and then of x; an undefined number is an empty field.
func (d *Divergence) WriteCSV(w io.Writer) error {
	if err := d.Validate(); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := [][]string{{
		"ordering", "cell", "x", "differ", "differ_lo", "differ_hi", "differ_runs",
		"overtaken", "overtaken_lo", "overtaken_hi", "overtaken_runs",
	}}
	for _, s := range d.Series {
		for _, p := range s.sorted() {
			row := []string{s.Ordering, p.Cell, exact(p.X)}
			for _, e := range []Estimate{p.Differ, p.Overtaken} {
				if e.Runs == 0 {
					row = append(row, "", "", "", "0")
					continue
				}
				row = append(row, exact(e.Value), exact(e.Lo), exact(e.Hi), strconv.Itoa(e.Runs))
			}
			rows = append(rows, row)
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("figure: writing CSV: %w", err)
	}
	return nil
}

// exact is the shortest decimal that reads back as the same number.
func exact(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// snapped is an SVG canvas that moves every coordinate to a grid of a
// hundredth of a point before it is printed. Platforms differ in the last bit
// of a product that is added to; on the grid that bit is gone.
type snapped struct{ *vgsvg.Canvas }

// Stroke implements vg.Canvas.
func (c snapped) Stroke(p vg.Path) { c.Canvas.Stroke(snapPath(p)) }

// Fill implements vg.Canvas.
func (c snapped) Fill(p vg.Path) { c.Canvas.Fill(snapPath(p)) }

// FillString implements vg.Canvas.
func (c snapped) FillString(f font.Face, pt vg.Point, s string) {
	if strings.TrimSpace(s) == "" {
		return
	}
	c.Canvas.FillString(f, snapPoint(pt), s)
}

// Translate implements vg.Canvas.
func (c snapped) Translate(pt vg.Point) { c.Canvas.Translate(snapPoint(pt)) }

func snapPath(p vg.Path) vg.Path {
	out := make(vg.Path, len(p))
	for i, comp := range p {
		comp.Pos = snapPoint(comp.Pos)
		comp.Radius = snap(comp.Radius)
		control := make([]vg.Point, len(comp.Control))
		for k, pt := range comp.Control {
			control[k] = snapPoint(pt)
		}
		comp.Control = control
		out[i] = comp
	}
	return out
}

func snapPoint(pt vg.Point) vg.Point { return vg.Point{X: snap(pt.X), Y: snap(pt.Y)} }

// snap rounds to hundredths. The border between two of them is at .37, not at
// .5, since layouts are full of halves and quarters, which would sit on it.
func snap(x vg.Length) vg.Length {
	return vg.Length(math.Floor(float64(float64(x)*100)+0.63) / 100)
}
