package figure

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"gonum.org/v1/plot/vg"

	"mpcomm/reports/dataset"
	"mpcomm/reports/result"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// maker says what a run of a made-up sweep measures.
type maker func(l *dataset.Line, run int, noise float64) map[string]float64

// sweepOf makes up a sweep: every cell under every ordering, given as label and
// kind.
func sweepOf(cells [][]Setting, orderings [][2]string, runs int, make maker) *Data {
	d := &Data{Scenario: "made-up", Seed: 1, Runs: runs, Command: "mpcomm figures made-up --runs " + fmt.Sprint(runs) + " --seed 1"}
	for c, cell := range cells {
		for _, o := range orderings {
			l := dataset.Line{Each: map[string][]float64{}}
			l.Cell = result.Cell{
				Head: result.Head{Scenario: "made-up", Seed: 1, Peers: 4, Cell: cell}, Runs: uint64(runs), Ordering: o[0], Kind: o[1],
			}
			if peers := valueOf(cell, "peers"); peers != "default" {
				l.Peers = int(parsed(peers))
			}
			for run := range runs {
				noise := float64(rng.Root(9).With(uint64(c)).Word(uint64(run))>>11) / (1 << 53)
				numbers := map[string]float64{colIdentical: 0, colMessages: 40, colPositions: 40, colDeliveries: 160, colCausal: 0, colKendallMax: 0}
				for path, v := range make(&l, run, noise) {
					numbers[path] = v
				}
				for _, path := range Columns() {
					v, ok := numbers[path]
					if !ok {
						v = 0
					}
					l.Each[path] = append(l.Each[path], v)
				}
			}
			d.Lines = append(d.Lines, l)
		}
	}
	return d
}

// steps are cells of one path.
func steps(path string, values ...string) [][]Setting {
	var cells [][]Setting
	for _, v := range values {
		cells = append(cells, []Setting{set(path, v)})
	}
	return cells
}

// crossed are all combinations of cells of two paths.
func crossed(a, b [][]Setting) [][]Setting {
	var cells [][]Setting
	for _, x := range a {
		for _, y := range b {
			cells = append(cells, slices.Concat(x, y))
		}
	}
	return cells
}

var three = [][2]string{{"naive", "naive"}, {"timestamp 80 ms", "timestamp"}, {"lamport", "lamport"}}

// worse is an ordering's weight: naive 1, timestamps a half, others nothing.
func worse(l *dataset.Line) float64 {
	switch l.Kind {
	case "naive":
		return 1
	case "timestamp":
		return 0.5
	}
	return 0
}

// usual are runs in which numbers grow with the place of the cell.
func usual(cells [][]Setting) maker {
	return func(l *dataset.Line, run int, noise float64) map[string]float64 {
		at := slices.IndexFunc(cells, func(c []Setting) bool { return slices.Equal(c, l.Cell.Cell) }) + 1
		x := worse(l) * float64(at) * (0.5 + noise)
		first := math.NaN()
		if x > 0.3 {
			first = math.Ceil(20 / (x + 0.6))
		}
		same := 0.0
		if x < 0.3 {
			same = 1
		}
		return map[string]float64{
			colInversions: x, colIdentical: same, colFirst: first, colDiffering: math.Min(40, math.Round(10*x)),
			colCausal: math.Round(3 * x), colKendallMax: math.Round(20 * x),
			colSwaps + "race": math.Round(100 * x), colSwaps + "relay": math.Round(20 * x), colSwaps + "late": math.Round(2 * x),
		}
	}
}

func usualSweep(cells [][]Setting, orderings [][2]string, runs int) *Data {
	return sweepOf(cells, orderings, runs, usual(cells))
}

// waits gives the lines of a sweep their holding times.
func waits(d *Data) *Data {
	for i := range d.Lines {
		l := &d.Lines[i]
		wait := float64(10 * i)
		l.Fields = append(l.Fields, result.Field{Path: "cost.hold_ms.p50", JSON: exact(wait)}, result.Field{Path: "cost.hold_ms.p99", JSON: exact(3*wait + 5)})
	}
	return d
}

// ratios gives the cells of a sweep rising ratios.
func ratios(d *Data) *Data {
	for i, c := range d.cells() {
		d.Ratios = append(d.Ratios, dataset.CellRatio{Cell: c, Ratio: 0.03 * math.Pow(3, float64(i))})
	}
	return d
}

// madeUp are sweeps for each figure of sweeps.
func madeUp(runs int, orderings [][2]string) map[string]*Data {
	gaps := steps("workload.gap.mean", "1s", "250ms", "62.5ms", "15.625ms")
	skews := steps("clocks.default.offset.sd", "0ms", "5ms", "10ms", "20ms", "160ms")
	jitter := steps("network.latency.sigma", "0.1", "0.4", "1")
	return map[string]*Data{
		"F1": ratios(usualSweep(steps("network.latency.median", "6ms", "20ms", "60ms", "200ms", "1s"), orderings, runs)),
		"F2": usualSweep(skews, orderings, runs),
		"F3": usualSweep(crossed(jitter, gaps), orderings, runs),
		"F4": usualSweep(steps("peers", "2", "3", "4", "8", "16"), orderings, runs),
		"F5": waits(usualSweep([][]Setting{{}}, orderings, runs)),
		"F6": usualSweep(crossed(skews, gaps), orderings, runs),
		"F7": usualSweep(jitter, orderings, runs),
		"F8": usualSweep([][]Setting{{}}, orderings, runs),
		"F9": usualSweep(steps("network.link", "fifo", "datagram"), orderings, runs),
	}
}

// madeLogs are logs of four peers that swap neighbours, or not.
func madeLogs(ordering, kind string, messages, swap int) Logs {
	l := Logs{Ordering: ordering, Kind: kind}
	for m := range messages {
		l.Names = append(l.Names, fmt.Sprintf("p%d#%d", m%4, m/4))
		l.Sent = append(l.Sent, sim.Time(m)*10_000_000)
	}
	for p := range 4 {
		order := make([]int, messages)
		for m := range order {
			order[m] = m
		}
		for m := p; swap > 0 && m+p+1 < messages; m += swap {
			order[m], order[m+p+1] = order[m+p+1], order[m]
		}
		var log []Delivery
		for k, m := range order {
			log = append(log, Delivery{m, sim.Time(k)*10_000_000 + sim.Time(p)*1_000_000})
		}
		l.Peers = append(l.Peers, log)
	}
	return l
}

var someRun = RunFacts{Scenario: "made-up", Peers: 4, Seed: 7, Command: "mpcomm figures made-up --figure F11 --seed 7"}

func madeBranches(differs bool, shares ...int) []Branches {
	b := Branches{Logs: madeLogs("naive", "naive", 24, 5), Reruns: 200, Differs: differs}
	for i, n := range shares {
		b.At, b.Differ = append(b.At, sim.Time(i)*50_000_000), append(b.Differ, n)
	}
	still := Branches{Logs: madeLogs("lamport", "lamport", 24, 0), Reruns: 200, At: b.At, Differ: make([]int, len(b.At))}
	return []Branches{b, still}
}

// gallery draws every figure in several ways: as meant, with few runs, and with
// many orderings of long names.
func gallery(t *testing.T) map[string]*Figure {
	t.Helper()
	all, err := drawnOnce()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var drawnOnce = sync.OnceValues(drawGallery)

func drawGallery() (map[string]*Figure, error) {
	all := map[string]*Figure{}
	many := [][2]string{
		{"naive", "naive"}, {"timestamp with a wait that is long, 80 ms", "timestamp"}, {"timestamp 160 ms", "timestamp"}, {"lamport", "lamport"},
	}
	for way, sweeps := range map[string]map[string]*Data{"meant": madeUp(40, three), "few": madeUp(6, three), "many": madeUp(12, many)} {
		for id, d := range sweeps {
			f, err := Draw(id, d)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", id, way, err)
			}
			all[id+" "+way] = f
		}
	}
	logs := []Logs{madeLogs("naive", "naive", 120, 9), madeLogs("timestamp 80 ms", "timestamp", 120, 31), madeLogs("lamport", "lamport", 120, 0)}
	long := []Logs{madeLogs("an ordering whose name is long", "skeen", 1000, 7)}
	for name, draw := range map[string]func() (*Figure, error){
		"F10 meant": func() (*Figure, error) { return WhenDecided(someRun, madeBranches(true, 120, 90, 30, 150, 200, 200)) },
		"F11 meant": func() (*Figure, error) { return Barcode(someRun, logs) },
		"F11 many":  func() (*Figure, error) { return Barcode(someRun, long) },
		"F12 meant": func() (*Figure, error) { return Tanglegram(someRun, logs) },
		"F12 many":  func() (*Figure, error) { return Tanglegram(someRun, long) },
	} {
		f, err := draw()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all[name] = f
	}
	return all, nil
}

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
