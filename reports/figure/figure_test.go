package figure

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"flag"
	"image"
	imagedraw "image/draw"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); -update rewrites it:\n%s", path, diff)
	}
}

func estimate(value, lo, hi float64) Estimate {
	return Estimate{Value: value, Lo: lo, Hi: hi, Runs: 400}
}

// series makes points at xs with intervals a tenth wide.
func series(label, kind string, xs, differ, overtaken []float64) Series {
	s := Series{Ordering: label, Kind: kind}
	for i, x := range xs {
		s.Points = append(s.Points, Point{
			X:         x,
			Differ:    estimate(differ[i], 0.9*differ[i], differ[i]+0.04*(1-differ[i])),
			Overtaken: estimate(overtaken[i], 0.9*overtaken[i], 1.1*overtaken[i]),
		})
	}
	return s
}

// ratioFigure is the figure the sweep of the lab makes, with made-up numbers.
func ratioFigure() *Divergence {
	xs := []float64{0.03, 0.1, 0.3, 1, 3, 10}
	return &Divergence{
		Scenario: "lab", Peers: 6, Seed: 1, Runs: 400, Command: "mpcomm sweep lab --runs 400 --seed 1",
		Axis: RatioAxis(), Series: []Series{
			series("naive", "naive", xs, []float64{0.02, 0.22, 0.71, 1, 1, 1}, []float64{0.001, 0.02, 0.2, 0.9, 3.1, 10.9}),
			series("timestamp wait=80ms", "timestamp", xs, []float64{0, 0, 0.01, 0.3, 0.96, 1}, []float64{0, 0, 0.001, 0.2, 2.5, 10.1}),
			series("lamport", "lamport", xs, make([]float64, 6), make([]float64, 6)),
		},
	}
}

// cellFigure has categories, an undefined point, and four orderings.
func cellFigure() *Divergence {
	axis, xs := AxisOf([][]Setting{{set("network.link", "fifo")}, {set("network.link", "datagram")}})
	d := &Divergence{Scenario: "links", Seed: 7, Runs: 400, Axis: axis, Series: []Series{
		series("naive", "naive", xs, []float64{0.5, 1}, []float64{0.1, 0.4}),
		series("fifo", "fifo", xs, []float64{0.5, 0.6}, []float64{0.1, 0.2}),
		series("causal", "causal", xs, []float64{0.5, 0.5}, []float64{0.1, 0.1}),
		series("lamport", "lamport", xs, []float64{0, 0}, []float64{0, 0}),
	}}
	d.Series[1].Points[1].Overtaken = Estimate{}
	return d
}

// fewFigure has six runs a point and every kind of ordering.
func fewFigure() *Divergence {
	axis, xs := AxisOf([][]Setting{{set("network.latency.mean", "5ms")}, {set("network.latency.mean", "20ms")}, {set("network.latency.mean", "80ms")}})
	d := &Divergence{
		Scenario: "all", Seed: math.MaxUint64 - 5, Runs: 6, Axis: axis,
		Command: "mpcomm sweep all --runs 6 --set " + strings.Repeat("a.long.path.of.settings=1 ", 6),
	}
	for k, kind := range []string{
		"naive", "fifo", "causal", "timestamp", "timestamp-offline", "hlc", "commit-wait",
		"lamport", "merge", "sequencer", "token", "skeen", "paxos",
	} {
		s := series(kind+" with parameters=many", kind, xs, make([]float64, 3), make([]float64, 3))
		for i := range s.Points {
			v := float64(i+1) / float64(k+3)
			s.Points[i].Differ = Estimate{Value: v, Lo: v / 2, Hi: (1 + v) / 2, Runs: 6}
			s.Points[i].Overtaken = Estimate{Value: v, Lo: v / 2, Hi: 2 * v, Runs: 6, Each: []float64{0, v, v, v, v, 2 * v}}
		}
		d.Series = append(d.Series, s)
	}
	return d
}

// singleFigure has one cell, one run and no command.
func singleFigure() *Divergence {
	axis, xs := AxisOf([][]Setting{{}})
	d := &Divergence{Seed: 3, Runs: 1, Axis: axis, Series: []Series{series("naive", "naive", xs, []float64{1}, []float64{0})}}
	d.Series[0].Points[0].Differ.Runs = 1
	return d
}

func figures() map[string]*Divergence {
	return map[string]*Divergence{"ratio": ratioFigure(), "cells": cellFigure(), "few": fewFigure(), "single": singleFigure()}
}

func TestSVGIsGolden(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ratio", "cells"} {
		var buf bytes.Buffer
		if err := figures()[name].WriteSVG(&buf); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".svg", buf.Bytes())
	}
}

func TestSVGIsReproducibleAndWellFormed(t *testing.T) {
	t.Parallel()
	for name, d := range figures() {
		var first, second bytes.Buffer
		if err := d.WriteSVG(&first); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := d.WriteSVG(&second); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: two writes differ", name)
		}
		if n := first.Len(); n > 6_000*(1+len(d.Series)) {
			t.Errorf("%s: %d bytes for %d orderings; are fonts embedded?", name, n, len(d.Series))
		}
		var texts []string
		for decoder := xml.NewDecoder(&first); ; {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if data, ok := token.(xml.CharData); ok {
				texts = append(texts, strings.TrimSpace(string(data)))
			}
		}
		all := strings.Join(texts, "\n")
		if !strings.Contains(all, d.Title()) {
			t.Errorf("%s: the title %q is not in the text", name, d.Title())
		}
	}
}

// TestWordsStayOnThePage measures every text as it is laid out. Words are
// neither wrapped nor clipped by the canvas, so one that is too long would
// only be seen by a reader.
func TestWordsStayOnThePage(t *testing.T) {
	t.Parallel()
	for name, d := range figures() {
		c := draw.New(vgsvg.New(pageSize.width, pageSize.height))
		pg, err := d.layout(c)
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range pg.lines {
			extents := l.sty.FontExtents()
			if l.at.X < margin || l.at.X+l.sty.Width(l.s) > pageSize.width-margin+0.01 ||
				l.at.Y-extents.Descent < 0 || l.at.Y+extents.Ascent > pageSize.height {
				t.Errorf("%s: %q at %v, %v points wide, leaves the page", name, l.s, l.at, l.sty.Width(l.s))
			}
			for _, other := range pg.lines[:i] {
				if other.at.X == l.at.X && math.Abs(float64(other.at.Y-l.at.Y)) < 0.8*float64(l.sty.Font.Size) {
					t.Errorf("%s: %q and %q overlap", name, l.s, other.s)
				}
			}
		}
		if title := pg.lines[0].s; title != d.Title() {
			t.Errorf("%s: the title was cut to %q", name, title)
		}
	}
}

func TestPNG(t *testing.T) {
	t.Parallel()
	d := cellFigure()
	var buf bytes.Buffer
	if err := d.WritePNG(&buf); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&buf)
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Dx(); got != 1181 {
		t.Errorf("%d pixels across, want 1181", got)
	}
	pixels := image.NewNRGBA(img.Bounds())
	imagedraw.Draw(pixels, img.Bounds(), img, image.Point{}, imagedraw.Src)
	for i, l := range looksOf(kindsOf(d.Series)) {
		if !bytes.Contains(pixels.Pix, []byte{l.mark.R, l.mark.G, l.mark.B, l.mark.A}) {
			t.Errorf("no pixel in the colour of %s", d.Series[i].Ordering)
		}
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	if err := cellFigure().WriteCSV(&buf); err != nil {
		t.Fatal(err)
	}
	golden(t, "cells.csv", buf.Bytes())
	rows, err := csv.NewReader(&buf).ReadAll()
	if err != nil || len(rows) != 1+8 {
		t.Errorf("%d rows, %v; want a head and 8 points", len(rows), err)
	}
}

// failing is a writer that takes nothing.
type failing struct{}

var errFull = errors.New("full")

func (failing) Write([]byte) (int, error) { return 0, errFull }

func TestWritersReportErrors(t *testing.T) {
	t.Parallel()
	d := singleFigure()
	for name, write := range map[string]func(io.Writer) error{"SVG": d.WriteSVG, "PNG": d.WritePNG, "CSV": d.WriteCSV} {
		if err := write(failing{}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v, want %v", name, err, errFull)
		}
		empty := &Divergence{}
		bad := map[string]func(io.Writer) error{"SVG": empty.WriteSVG, "PNG": empty.WritePNG, "CSV": empty.WriteCSV}[name]
		if err := bad(io.Discard); err == nil {
			t.Errorf("%s: a figure without points was written", name)
		}
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*Divergence)
		want   string // part of the error, or empty
	}{
		{"good", func(*Divergence) {}, ""},
		{"no series", func(d *Divergence) { d.Series = nil }, "no series"},
		{"no points", func(d *Divergence) { d.Series = []Series{{Ordering: "naive"}} }, "no points"},
		{"no runs", func(d *Divergence) { d.Runs = 0 }, "runs 0: want at least 1"},
		{"twice", func(d *Divergence) { d.Series[1].Ordering = "naive" }, `"naive" appears twice`},
		{"zero on a log axis", func(d *Divergence) { d.Series[0].Points[0].X = 0 }, `ordering "naive" at x 0: x on a log axis`},
		{"NaN x", func(d *Divergence) { d.Series[0].Points[0].X = math.NaN() }, "x is not finite"},
		{"NaN share", func(d *Divergence) { d.Series[0].Points[0].Differ.Value = math.NaN() }, "share of runs that differ: NaN"},
		{"share above 1", func(d *Divergence) { d.Series[0].Points[0].Differ.Hi = 1.01 }, "<= high <= 1"},
		{"interval beside its value", func(d *Divergence) { d.Series[0].Points[0].Overtaken.Lo = 5 }, "want 0 <= low <= value"},
		{"infinite", func(d *Divergence) { d.Series[0].Points[0].Overtaken.Hi = math.Inf(1) }, "overtakings per message"},
		{"negative runs", func(d *Divergence) { d.Series[0].Points[0].Differ.Runs = -1 }, "-1 runs"},
		{"run value", func(d *Divergence) { d.Series[0].Points[0].Differ.Each = []float64{2} }, "run value 2: want 0..1"},
		{"undefined is fine", func(d *Divergence) { d.Series[0].Points[0].Differ = Estimate{Value: math.NaN()} }, ""},
		{"not a category", func(d *Divergence) {
			*d = *cellFigure()
			d.Series[0].Points[0].X = 2
		}, "category: want a whole number 0..1"},
	} {
		d := ratioFigure()
		tc.change(d)
		err := d.Validate()
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
}
