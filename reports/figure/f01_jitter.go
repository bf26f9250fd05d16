package figure

import (
	"cmp"
	"math"
	"slices"

	"mpcomm/reports/dataset"

	"gonum.org/v1/plot/vg"
)

// drawJitter is F1: overtakings per message against the spread of delays over
// the gap between sends, in which jitter and rate are one. Where the sweep has
// several gaps the others are thin lines, which prove that.
func drawJitter(d *Data) (*Figure, error) {
	ratios := map[string]float64{}
	for _, r := range d.Ratios {
		ratios[cellName(r.Cell)] = r.Ratio
	}
	x := func(l *dataset.Line) float64 { return math.Log10(ratios[cellName(l.Cell.Cell)]) }
	seen := map[float64]bool{}
	for _, c := range d.cells() {
		r := ratios[cellName(c)]
		if r <= 0 {
			return nil, lacks("does not vary delays or gaps between sends")
		}
		seen[r] = true
	}
	if other := d.varies("network.latency", "workload.gap"); other != "" {
		return nil, lacks("varies " + other + " as well; want delays and gaps alone")
	}
	if len(seen) < 2 {
		return nil, lacks("has delays and gaps in one ratio only")
	}
	other := d.pathOf("workload.gap")
	if d.pathOf("network.latency") == "" {
		other = "" // the gap is all that varies
	}
	values := []string{""}
	if other != "" {
		values = d.values(other)
	}
	var curves []curve
	for i, v := range values {
		for _, s := range d.contenders() {
			keep := func(l *dataset.Line) bool { return other == "" || settingOf(l, other) == v }
			curves = append(curves, curve{contender: s, of: v, thin: i > 0, places: s.along(x, overtaken, keep)})
		}
	}
	captions := []string{d.facts("point") + " " + d.bandsSaid()}
	if len(values) > 1 {
		captions[0] += " Thin lines: the same at other gaps between sends (" + joined(values[1:]) + " instead of " + values[0] + ")."
	}
	captions = append(captions, d.Command)
	f := &Figure{title: jitterFinding(curves), captions: captions}
	sh := newSheet(single.rows(1).taller(12), f.title, "Overtakings per message between two peers' logs (0 = same order)", captions)
	names := nameRoom(orderingsOf(d.contenders()), sh.width/3)
	y, ticks := upTo(highest(curves))
	a := sh.panel(sh.body.inset(yAxisRoom, xAxisRoom, names, 4), reached(curves), y)
	a.yAxis(ticks, true)
	a.xAxis(logTicksOf(a.x), "spread of delays ÷ gap between a peer's sends")
	if a.x.lo < 0 && a.x.hi > 0 {
		a.rule(ruleLine, a.at(0, y.lo), a.at(0, y.hi))
	}
	a.plot(curves)
	a.names(a.ends(curves), names)
	f.sheet, f.table = sh, curveTable("ratio", curves, func(x float64) float64 { return math.Pow(10, x) })
	return f, nil
}

// taller adds millimetres to the height, for a longer caption.
func (s size) taller(mm vg.Length) size {
	s.height += mm * vg.Millimeter
	return s
}

func jitterFinding(curves []curve) string {
	zero, some := never(curves)
	if len(some) == 0 {
		return "No message overtakes another, under any ordering"
	}
	w := worst(some)
	at := func(p place) string { return "ratio " + number(math.Pow(10, p.x)) }
	nearest := slices.MinFunc(w.places, func(a, b place) int { return cmp.Compare(math.Abs(a.x), math.Abs(b.x)) })
	if math.Abs(nearest.x) > 0.2 { // not near 1
		nearest = w.places[len(w.places)-1]
	}
	what := " has " + number(nearest.mean) + " overtakings per message"
	return firstFitting(
		"At "+at(nearest)+" "+w.ordering+what+ending(zero),
		"At "+at(nearest)+" "+w.ordering+what,
		"At "+at(nearest)+" "+w.ordering+" has "+number(nearest.mean)+" overtakings a message",
		"At "+at(nearest)+" there are "+number(nearest.mean)+" overtakings per message")
}

func joined(words []string) string {
	out := ""
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			out += " and "
		default:
			out += ", "
		}
		out += w
	}
	return out
}

// curveTable lists the plotted points of curves.
func curveTable(x string, curves []curve, value func(float64) float64) [][]string {
	table := [][]string{append([]string{"ordering", "of", x}, summaryColumns...)}
	for _, c := range curves {
		for _, p := range c.places {
			table = append(table, append([]string{c.ordering, c.of, rounded(value(p.x))}, p.cells()...))
		}
	}
	return table
}
