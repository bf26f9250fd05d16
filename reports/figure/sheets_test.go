package figure

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"gonum.org/v1/plot/vg"
)

// TestTextFits measures every line of text of every figure: it lies on the
// paper, and none lies on another.
func TestTextFits(t *testing.T) {
	t.Parallel()
	for name, f := range gallery(t) {
		var labels []*label
		for i := range f.sheet.shapes {
			if l := f.sheet.shapes[i].words; l != nil {
				labels = append(labels, l)
			}
		}
		if len(labels) < 8 {
			t.Errorf("%s: %d lines of text; the check is empty", name, len(labels))
		}
		for i, l := range labels {
			b := l.box()
			if b.left < 0 || b.bottom < 0 || b.right > f.sheet.width || b.top > f.sheet.height {
				t.Errorf("%s: %q lies outside the paper: %v on %v", name, l.text, b, f.sheet.size)
			}
			for _, other := range labels[:i] {
				if shared := b.inset(0.3, 1.2, 0.3, 0.8).shared(other.box().inset(0.3, 1.2, 0.3, 0.8)); shared > 0 {
					t.Errorf("%s: %q lies on %q", name, l.text, other.text)
				}
			}
		}
	}
}

// TestShapesFit: nothing else lies outside the paper either.
func TestShapesFit(t *testing.T) {
	t.Parallel()
	for name, f := range gallery(t) {
		for _, s := range f.sheet.shapes {
			for _, p := range s.path {
				if p.Type != vg.CloseComp && (p.Pos.X < 0 || p.Pos.Y < 0 || p.Pos.X > f.sheet.width || p.Pos.Y > f.sheet.height) {
					t.Fatalf("%s: a line goes to %v on %v", name, p.Pos, f.sheet.size)
				}
			}
			if g := s.glyph; g != nil && (g.at.X < 0 || g.at.Y < 0 || g.at.X > f.sheet.width || g.at.Y > f.sheet.height) {
				t.Fatalf("%s: a mark stands at %v on %v", name, g.at, f.sheet.size)
			}
		}
	}
}

// TestWords: titles are short sentences that stand on the paper whole, captions
// say seeds and the command.
func TestWords(t *testing.T) {
	t.Parallel()
	for name, f := range gallery(t) {
		if n := utf8.RuneCountInString(f.Title()); n > maxTitle || n < 10 {
			t.Errorf("%s: title %q has %d characters; want 10..%d", name, f.Title(), n, maxTitle)
		}
		if shown := f.sheet.shapes[0].words.text; shown != f.Title() {
			t.Errorf("%s: the title is cut to %q", name, shown)
		}
		said := strings.Join(f.Captions(), " ")
		if !strings.Contains(said, "seed") || !strings.Contains(said, "mpcomm figures made-up") {
			t.Errorf("%s: the caption does not say seeds and command: %s", name, said)
		}
		var drawn strings.Builder
		for _, s := range f.sheet.shapes {
			if s.words != nil {
				drawn.WriteString(s.words.text + " ")
			}
		}
		for word := range strings.FieldsSeq(said) {
			if !strings.Contains(drawn.String(), word) {
				t.Errorf("%s: the caption's %q is not drawn", name, word)
			}
		}
		interval := strings.Contains(said, "interval") || strings.Contains(said, "too few")
		if id := strings.Fields(name)[0]; !interval && id != "F11" && id != "F12" {
			t.Errorf("%s: the caption names no interval: %s", name, said)
		}
	}
}

// TestForms writes every figure: SVG and PDF give the same bytes again, fonts
// are named and not embedded in SVG, and every sign is one that the fonts have.
func TestForms(t *testing.T) {
	t.Parallel()
	all := gallery(t)
	for name, f := range all {
		if !strings.HasSuffix(name, "meant") {
			continue
		}
		var svg, again, pdf, second, table bytes.Buffer
		for _, err := range []error{f.WriteSVG(&svg), f.WriteSVG(&again), f.WritePDF(&pdf), f.WritePDF(&second), f.WriteCSV(&table)} {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if !bytes.Equal(svg.Bytes(), again.Bytes()) || !bytes.Equal(pdf.Bytes(), second.Bytes()) {
			t.Errorf("%s: two writes differ", name)
		}
		if strings.Contains(svg.String(), "@font-face") || !strings.Contains(svg.String(), "font-family:'Liberation Sans',Arial,Helvetica,sans-serif") {
			t.Errorf("%s: fonts are embedded, or named without a stand-in", name)
		}
		if svg.Len() > 200_000 || pdf.Len() > 80_000 || pdf.Len() < 5_000 {
			t.Errorf("%s: SVG of %d bytes, PDF of %d", name, svg.Len(), pdf.Len())
		}
		if strings.Contains(svg.String(), "NaN") || strings.Contains(svg.String(), "Inf") || strings.Contains(table.String(), "NaN") {
			t.Errorf("%s: a number is not finite", name)
		}
		if strings.Count(table.String(), "\n") < 3 {
			t.Errorf("%s: the table of points has no rows", name)
		}
		golden(t, strings.ToLower(f.ID())+".csv", table.Bytes())
		golden(t, strings.ToLower(f.ID())+".txt", geometry(f))
	}
}

// geometry is a sheet in words, to the point: what stands where.
func geometry(f *Figure) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s on %.0f x %.0f\n", f.ID(), f.sheet.width, f.sheet.height)
	round := func(x vg.Length) float64 { return math.Floor(float64(x)+0.37) + 0 }
	fills, lines, marks := 0, 0, 0
	for _, s := range f.sheet.shapes {
		switch {
		case s.words != nil:
			at := s.words.origin()
			fmt.Fprintf(&b, "%.0f %.0f %s\n", round(at.X), round(at.Y), s.words.text)
		case s.glyph != nil:
			marks++
		case s.fill.A > 0:
			fills++
		default:
			lines++
		}
	}
	fmt.Fprintf(&b, "%d fills, %d lines, %d marks\n", fills, lines, marks)
	return b.Bytes()
}

// TestBoldPDF: the bold face is a font of its own in the PDF, with its own file,
// and signs beyond ASCII are in it.
func TestBoldPDF(t *testing.T) {
	t.Parallel()
	f, err := Draw("F7", madeUp(12, three)["F7"])
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.Title(), "τ") {
		t.Fatalf("the title has no sign beyond ASCII: %s", f.Title())
	}
	var b bytes.Buffer
	if err := f.WritePDF(&b); err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{}
	for _, m := range regexp.MustCompile(`/FontFile2 (\d+) 0 R`).FindAllStringSubmatch(b.String(), -1) {
		files[m[1]] = true
	}
	if len(files) != 2 {
		t.Errorf("the PDF has %d files of fonts; want one for each of two faces", len(files))
	}
	if !bytes.HasPrefix(b.Bytes(), []byte("%PDF-")) || bytes.Contains(b.Bytes(), []byte("/CreationDate (D:2")) {
		t.Error("no PDF, or one with the time of day")
	}
}

// TestDark: the inks of a light page are gone from a dark one, but for those
// that belong to cells.
func TestDark(t *testing.T) {
	t.Parallel()
	for name, f := range gallery(t) {
		if !strings.HasSuffix(name, "meant") {
			continue
		}
		var b bytes.Buffer
		if err := f.WriteDarkSVG(&b); err != nil {
			t.Fatal(err)
		}
		for _, light := range []string{"#FFFFFF", "#555555", "#707070", "#E24A05", "#0C47E6"} {
			if strings.Contains(strings.ToUpper(b.String()), light) {
				t.Errorf("%s: the light ink %s is on the dark page", name, light)
			}
		}
		if !strings.Contains(strings.ToUpper(b.String()), "#11151C") {
			t.Errorf("%s: the page is not dark", name)
		}
	}
}

// TestWriteErrors: a disk that is full is an error in every form.
func TestWriteErrors(t *testing.T) {
	t.Parallel()
	f, err := Barcode(someRun, []Logs{madeLogs("naive", "naive", 24, 5)})
	if err != nil {
		t.Fatal(err)
	}
	for form, write := range map[string]func(io.Writer) error{
		"SVG": f.WriteSVG, "dark SVG": f.WriteDarkSVG, "PNG": f.WritePNG, "PDF": f.WritePDF, "CSV": f.WriteCSV,
		"PDF of the divergence figure": ratioFigure().WritePDF,
	} {
		if err := write(fullDisk{}); !errors.Is(err, errFullDisk) {
			t.Errorf("%s: %v", form, err)
		}
	}
}

var errFullDisk = errors.New("no space left")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFullDisk }
