package figure

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"mpcomm/reports/dataset"
	"mpcomm/reports/palette"
)

// cividis are ten stops of a scale that readers of all kinds of sight see as
// one from dark to light (Nuñez, Anderton and Renslow, PLoS ONE 13(7), 2018).
var cividis = [...]color.NRGBA{
	rgb(0x00224E), rgb(0x123570), rgb(0x3B496C), rgb(0x575D6D), rgb(0x707173),
	rgb(0x8A8678), rgb(0xA59C74), rgb(0xC3B369), rgb(0xE1CC55), rgb(0xFEE838),
}

// heat is the colour of a share 0..1 of the scale, and the ink for a number on it.
func heat(share float64) (fill, ink color.NRGBA) {
	at := max(0, min(1, share)) * float64(len(cividis)-1)
	i := min(int(at), len(cividis)-2)
	mix := func(a, b uint8) uint8 {
		return uint8(math.Round(float64(a) + float64((at-float64(i))*(float64(b)-float64(a)))))
	}
	p, q := cividis[i], cividis[i+1]
	fill = color.NRGBA{R: mix(p.R, q.R), G: mix(p.G, q.G), B: mix(p.B, q.B), A: 0xFF}
	// Not the inks of a page: a cell is as light on a dark one.
	ink = rgb(0xFEFEFE)
	ground := palette.RGB(uint32(fill.R)<<16 | uint32(fill.G)<<8 | uint32(fill.B))
	if palette.Contrast(ground, 0x010101) > palette.Contrast(ground, 0xFEFEFE) {
		ink = rgb(0x010101)
	}
	return fill, ink
}

// heatRow is a row of maps with one scale.
type heatRow struct {
	name, says string
	of         metric
	top        float64 // the scale ends here
	contour    float64 // an outline around the cells from here on
}

// drawMap is F6: maps of skew against rate, a column for each ordering.
func drawMap(d *Data) (*Figure, error) {
	skewPath, gapPath := d.pathOf("clocks"), d.pathOf("workload.gap")
	skews, okSkew := d.numbers(skewPath)
	gaps, okGap := d.numbers(gapPath)
	if skewPath == "" || gapPath == "" || !okSkew || !okGap || len(d.varying()) != 2 {
		return nil, lacks("does not vary two things, clocks and the gap between sends, as numbers")
	}
	if len(skews) > 10 || len(gaps) > 10 || len(d.contenders()) > 4 {
		return nil, lacks(fmt.Sprintf("has %d x %d cells and %d orderings; want at most 10 x 10 and 4, so that cells carry their numbers",
			len(skews), len(gaps), len(d.contenders())))
	}
	rows := []heatRow{
		{name: "positions_differing_percent", says: "Log positions that differ, %", of: differing, contour: 1},
		{name: "acausal_per_1000", says: "Effects logged before their causes, per 1000 log entries", of: acausal, contour: 1},
	}
	m := &heatMap{data: d, skews: sortedValues(skews), gaps: sortedValues(gaps), rows: rows}
	m.collect(func(l *dataset.Line) (float64, float64) {
		return skews[settingOf(l, skewPath)], gaps[settingOf(l, gapPath)]
	})
	bounds := fmt.Sprintf("their 95%% intervals (bootstrap over seeds) are within ±%s points above and ±%s below", number(m.widest[0]), number(m.widest[1]))
	if d.Runs < fewRuns {
		bounds = "too few for an interval"
	}
	captions := []string{d.facts("cell") + " Numbers: means over runs; " + bounds + ". White line: the border between cells below 1 and from 1 on.", d.Command}
	f := &Figure{title: m.finding(), captions: captions}
	f.sheet = newSheet(wide.rows(2).taller(4), f.title, "By clock skew and rate of sending; one scale for each row", captions)
	m.draw(f.sheet)
	f.table = m.table()
	return f, nil
}

// heatMap is the cells of F6.
type heatMap struct {
	data        *Data
	skews, gaps []float64 // rising
	rows        []heatRow
	cells       [][][][]summary // by row, ordering, gap, skew
	widest      []float64       // by row: half the widest interval
}

func (m *heatMap) collect(place func(*dataset.Line) (skew, gap float64)) {
	m.widest = make([]float64, len(m.rows))
	for i := range m.rows {
		var row [][][]summary
		for _, c := range m.data.contenders() {
			cells := make([][]summary, len(m.gaps))
			for g := range cells {
				cells[g] = make([]summary, len(m.skews))
			}
			for _, l := range c.lines {
				skew, gap := place(l)
				s := m.rows[i].of(l)
				cells[slices.Index(m.gaps, gap)][slices.Index(m.skews, skew)] = s
				m.widest[i] = max(m.widest[i], (s.interval.Hi-s.interval.Lo)/2)
				m.rows[i].top = max(m.rows[i].top, s.mean)
			}
			row = append(row, cells)
		}
		m.rows[i].top = scaleTop(m.rows[i].top)
		m.cells = append(m.cells, row)
	}
}

// scaleTop is the round number that a scale ends at.
func scaleTop(most float64) float64 {
	if most <= 0 {
		return 1
	}
	ticks := roundTicks(most)
	return ticks[len(ticks)-1].Value
}

// draw draws the maps, each row with its scale at the right.
func (m *heatMap) draw(sh *sheet) {
	contenders := m.data.contenders()
	r := sh.body.inset(yAxisRoom+12, xAxisRoom, 44, 2*headRoom)
	areas := r.grid(len(m.rows), len(contenders), 14, 24)
	for i := range m.rows {
		for k, c := range contenders {
			a := sh.panel(areas[i][k], span{-0.5, float64(len(m.skews)) - 0.5}, span{-0.5, float64(len(m.gaps)) - 0.5})
			m.axes(a, i, k)
			m.fill(a, i, k)
			if i == 0 {
				above := *a
				above.top += 12
				above.head(c.ordering, c.look.text)
			}
			if k == 0 {
				a.aside(m.rows[i].says)
			}
		}
		last := areas[i][len(contenders)-1]
		sh.scale(rect{last.right + 10, last.bottom, last.right + 18, last.top}, m.rows[i].top)
	}
	sty := centred(words(bodySize, false, inkText))
	sty.Rotation = math.Pi / 2
	for i := range m.rows {
		a := areas[i][0]
		sh.write(vg.Point{X: sh.body.left + 5, Y: (a.top + a.bottom) / 2}, sty, "messages/s per peer")
	}
}

func (m *heatMap) axes(a *area, i, k int) {
	var xTicks, yTicks []Tick
	for at, v := range m.skews {
		xTicks = append(xTicks, Tick{float64(at), shortNumber(v)})
	}
	for at, gap := range m.gaps {
		yTicks = append(yTicks, Tick{float64(len(m.gaps) - 1 - at), shortNumber(1000 / gap)})
	}
	a.yAxis(yTicks, k == 0)
	if i < len(m.rows)-1 {
		a.xAxis(unlabelled(xTicks), "")
		return
	}
	name := ""
	if k == len(m.cells[i])/2 {
		name = "clock skew, ± ms"
	}
	a.xAxis(xTicks, name)
}

// fill paints the cells of one map, a little over their edges so that no
// hairline shows between them, then numbers, then the outline.
func (m *heatMap) fill(a *area, i, k int) {
	const over = 0.3
	cells := m.cells[i][k]
	box := func(g, s int) rect {
		y := float64(len(m.gaps) - 1 - g)
		low, high := a.at(float64(s)-0.5, y-0.5), a.at(float64(s)+0.5, y+0.5)
		return rect{low.X, low.Y, high.X, high.Y}
	}
	for g := range cells {
		for s, cell := range cells[g] {
			if cell.runs > 0 {
				fill, _ := heat(cell.mean / m.rows[i].top)
				a.fillRect(box(g, s).inset(-over, -over, -over, -over), fill)
			}
		}
	}
	for g := range cells {
		for s, cell := range cells[g] {
			if cell.runs == 0 {
				continue
			}
			b := box(g, s)
			_, ink := heat(cell.mean / m.rows[i].top)
			a.write(vg.Point{X: (b.left + b.right) / 2, Y: (b.bottom + b.top) / 2}, centred(words(captionSize-0.5, false, ink)), cellText(cell.mean))
		}
	}
	m.outline(a, cells, m.rows[i].contour, box)
}

// cellText writes the number of a cell: three characters or so, and 0 only of
// 0.
func cellText(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 0.05:
		return "<0.1"
	case v < 9.95:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// outline draws in ink where cells from the contour on border on others.
func (m *heatMap) outline(a *area, cells [][]summary, contour float64, box func(g, s int) rect) {
	within := func(g, s int) bool {
		return g >= 0 && g < len(cells) && s >= 0 && s < len(cells[g]) && cells[g][s].runs > 0 && cells[g][s].mean >= contour
	}
	ink := draw.LineStyle{Color: rgb(0xFEFEFE), Width: 1.4}
	for g := range cells {
		for s := range cells[g] {
			b := box(g, s)
			if s+1 < len(cells[g]) && within(g, s) != within(g, s+1) {
				a.rule(ink, vg.Point{X: b.right, Y: b.bottom}, vg.Point{X: b.right, Y: b.top})
			}
			if g+1 < len(cells) && within(g, s) != within(g+1, s) { // the next gap is a row below
				a.rule(ink, vg.Point{X: b.left, Y: b.bottom}, vg.Point{X: b.right, Y: b.bottom})
			}
		}
	}
}

// scale draws the colours of a row with their numbers.
func (sh *sheet) scale(r rect, top float64) {
	const steps = 40
	for i := range steps {
		fill, _ := heat((float64(i) + 0.5) / steps)
		low := r.bottom + r.height()*vg.Length(i)/steps
		sh.fillRect(rect{r.left, low - 0.15, r.right, low + r.height()/steps + 0.15}, fill)
	}
	sty := flushLeft(words(captionSize, false, inkText))
	sh.write(vg.Point{X: r.right + 3, Y: r.top - 3}, sty, shortNumber(top))
	sh.write(vg.Point{X: r.right + 3, Y: r.bottom + 3}, sty, "0")
}

// finding says what skew does at the slowest rate, where rate does the least.
func (m *heatMap) finding() string {
	var hurt, unhurt []string
	slow := len(m.gaps) - 1
	last := len(m.skews) - 1
	for k, c := range m.data.contenders() {
		first, end := m.cells[0][k][slow][0], m.cells[0][k][slow][last]
		switch {
		case end.runs == 0 || first.runs == 0:
		case end.interval.Lo > first.interval.Hi:
			hurt = append(hurt, c.ordering)
		default:
			unhurt = append(unhurt, c.ordering)
		}
	}
	switch {
	case len(hurt) == 0:
		return "Skew makes no ordering disagree more"
	case len(unhurt) == 0:
		return "Skew makes every ordering disagree more"
	}
	return firstFitting("Skew makes "+joined(hurt)+" disagree more, not "+joined(unhurt),
		"Skew makes "+joined(hurt)+" disagree more; others not",
		fmt.Sprintf("Skew makes %d of %d orderings disagree more", len(hurt), len(hurt)+len(unhurt)))
}

func (m *heatMap) table() [][]string {
	table := [][]string{append([]string{"metric", "ordering", "skew_ms", "rate_per_s"}, summaryColumns...)}
	for i := range m.rows {
		for k, c := range m.data.contenders() {
			for g := range m.gaps {
				for s := range m.skews {
					table = append(table, append([]string{
						m.rows[i].name, c.ordering, rounded(m.skews[s]), rounded(1000 / m.gaps[g]),
					}, m.cells[i][k][g][s].cells()...))
				}
			}
		}
	}
	return table
}
