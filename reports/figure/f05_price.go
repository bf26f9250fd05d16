package figure

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// offer is what one ordering costs and gives.
type offer struct {
	contender
	median, p99 float64 // ms that a message is held
	differ      summary // percent of positions
}

// drawPrice is F5: positions that differ against the wait that an ordering
// adds. Orderings by clocks are joined in order of their wait.
func drawPrice(d *Data) (*Figure, error) {
	if len(d.cells()) > 1 {
		return nil, lacks("has more than one cell; want orderings to compare, and no grid")
	}
	var offers []offer
	for _, c := range d.contenders() {
		l := c.lines[0]
		median, ok := l.Number("cost.hold_ms.p50")
		p99, known := l.Number("cost.hold_ms.p99")
		if !ok || !known {
			return nil, lacks("does not tell how long messages are held")
		}
		offers = append(offers, offer{c, median, p99, differing(l)})
	}
	if len(offers) < 2 {
		return nil, lacks("has one ordering; want two or more")
	}
	captions := []string{
		d.facts("ordering") + " Added wait: from the arrival of a message to its delivery, over all deliveries of all runs; whiskers from the median to the 99th percentile." +
			" Positions: means over runs with 95% intervals (bootstrap over seeds), which may be smaller than the marks.",
		d.Command,
	}
	f := &Figure{title: priceFinding(offers), captions: captions}
	sh := newSheet(single.taller(14), f.title, "Log positions that differ, against the wait that an ordering adds", captions)
	farthest := 0.0
	for _, o := range offers {
		farthest = max(farthest, o.p99, o.median)
	}
	x, xTicks := upTo(farthest)
	y, yTicks := percentAxis()
	a := sh.panel(sh.body.inset(yAxisRoom, xAxisRoom, 8, 6), x, y)
	a.yAxis(yTicks, true)
	a.xAxis(xTicks, "median added wait, ms; whisker to the 99th percentile")
	a.priceMarks(offers)
	a.better()
	f.sheet = sh
	f.table = [][]string{append([]string{"ordering", "hold_ms_p50", "hold_ms_p99"}, summaryColumns...)}
	for _, o := range offers {
		f.table = append(f.table, append([]string{o.ordering, rounded(o.median), rounded(o.p99)}, o.differ.cells()...))
	}
	return f, nil
}

// priceMarks draws the offers and names each beside its mark.
func (a *area) priceMarks(offers []offer) {
	var joined []vg.Point
	byWait := slices.Clone(offers)
	slices.SortStableFunc(byWait, func(p, q offer) int { return cmp.Compare(p.median, q.median) })
	for _, o := range byWait {
		if o.kind == "timestamp" {
			joined = append(joined, a.at(o.median, o.differ.mean))
		}
	}
	if len(joined) > 1 {
		a.rule(draw.LineStyle{Color: lookTimestamp.mark, Width: 1, Dashes: []vg.Length{5, 3}}, joined...)
	}
	taken := []rect{}
	for _, o := range offers {
		l := familyOf(o.kind) // colour and marker; names tell those of a family apart
		at := a.at(o.median, o.differ.mean)
		faint := l.mark
		faint.A = 150
		tip := a.at(o.p99, o.differ.mean)
		a.rule(draw.LineStyle{Color: faint, Width: 0.9}, at, tip)
		a.rule(draw.LineStyle{Color: faint, Width: 0.9}, vg.Point{X: tip.X, Y: tip.Y - 2.5}, vg.Point{X: tip.X, Y: tip.Y + 2.5})
		if o.differ.few() {
			for _, v := range o.differ.each {
				a.mark(a.at(o.median, v), draw.CircleGlyph{}, 1.2, faint)
			}
		} else {
			a.rule(draw.LineStyle{Color: l.mark, Width: 1.2}, a.at(o.median, o.differ.interval.Lo), a.at(o.median, o.differ.interval.Hi))
		}
		a.mark(at, l.marker, 3, l.mark)
		taken = append(taken, rect{at.X - 4, at.Y - 4, at.X + 4, at.Y + 4})
		taken = append(taken, rect{at.X, at.Y - 2.5, tip.X, tip.Y + 2.5})
	}
	for i := 1; i < len(joined); i++ {
		taken = append(taken, alongLine(joined[i-1], joined[i])...)
	}
	for _, o := range offers {
		sty := flushLeft(words(bodySize, true, familyOf(o.kind).text))
		at := a.at(o.median, o.differ.mean)
		l := a.beside(at, a.at(o.p99, o.differ.mean), o.ordering, sty, taken)
		taken = append(taken, l.box())
		if up := l.at.Y - at.Y; up > 12 { // so far away that a line has to say whose name it is
			a.rule(draw.LineStyle{Color: inkAxis, Width: 0.4}, vg.Point{X: at.X, Y: at.Y + 4}, vg.Point{X: max(at.X, l.at.X), Y: l.at.Y - 5})
		}
		a.shapes = append(a.shapes, shape{words: &l})
	}
}

// alongLine covers a line with small boxes.
func alongLine(p, q vg.Point) []rect {
	var boxes []rect
	long := math.Hypot(float64(q.X-p.X), float64(q.Y-p.Y))
	steps := max(1, int(long/2))
	for i := range steps + 1 {
		t := vg.Length(i) / vg.Length(steps)
		x, y := p.X+(q.X-p.X)*t, p.Y+(q.Y-p.Y)*t
		boxes = append(boxes, rect{x - 1.5, y - 1.5, x + 1.5, y + 1.5})
	}
	return boxes
}

// beside finds a place for a name at a mark or at the tip of its whisker: the
// first of several that touches nothing, or the one that touches least.
func (a *area) beside(at, tip vg.Point, name string, sty draw.TextStyle, taken []rect) label {
	w := sty.Width(name)
	var best label
	least := vg.Length(-1)
	for _, far := range []vg.Length{9, 14, 22, 32} {
		for _, o := range []vg.Point{
			{X: max(tip.X-at.X, 4) + 4},
			{X: max(tip.X-at.X, 4) + 4, Y: 5.5},
			{X: 7, Y: far},
			{X: 7, Y: -far},
			{X: 7},
			{X: -7 - w},
			{X: -7 - w, Y: far},
			{X: -7 - w, Y: -far},
			{X: -w / 2, Y: far + 2},
			{X: -w / 2, Y: -far - 2},
		} {
			l := label{vg.Point{X: at.X + o.X, Y: at.Y + o.Y}, sty, name}
			b := l.box()
			if b.left < a.left || b.right > a.right+6 || b.bottom < a.bottom || b.top > a.top+6 {
				continue
			}
			hurt := vg.Length(0)
			for _, t := range taken {
				hurt += b.shared(t)
			}
			if least < 0 || hurt < least {
				best, least = l, hurt
			}
		}
		if least == 0 {
			break
		}
	}
	return best
}

// shared is the area that two parts of the paper have in common.
func (r rect) shared(o rect) vg.Length {
	w := min(r.right, o.right) - max(r.left, o.left)
	h := min(r.top, o.top) - max(r.bottom, o.bottom)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h
}

// better points to where waiting and disagreement both are little.
func (a *area) better() {
	tip := vg.Point{X: a.left + 0.80*a.rect.width(), Y: a.bottom + 0.72*a.rect.height()}
	tail := vg.Point{X: tip.X + 20, Y: tip.Y + 16}
	sty := draw.LineStyle{Color: inkAxis, Width: 0.8}
	a.rule(sty, tail, tip)
	a.rule(sty, vg.Point{X: tip.X + 7, Y: tip.Y + 1}, tip, vg.Point{X: tip.X + 2.2, Y: tip.Y + 6.5})
	a.write(vg.Point{X: tail.X + 2, Y: tail.Y + 3}, flushLeft(words(bodySize, false, inkSoft)), "better")
}

func priceFinding(offers []offer) string {
	cheapest := func(keep func(offer) bool) (offer, bool) {
		var best offer
		found := false
		for _, o := range offers {
			if o.differ.runs > 0 && o.differ.mean == 0 && keep(o) && (!found || o.median < best.median) {
				best, found = o, true
			}
		}
		return best, found
	}
	clocked := func(o offer) bool { return byClock(o.kind) }
	first, agrees := cheapest(func(offer) bool { return true })
	if !agrees {
		best := slices.MinFunc(offers, func(p, q offer) int { return cmp.Compare(p.differ.mean, q.differ.mean) })
		return firstFitting(
			fmt.Sprintf("None always agrees; %s comes closest, %s differ", best.ordering, percent(best.differ.mean/100)),
			"No ordering here agrees in every run")
	}
	price := func(o offer) string { return wholeMS(o.median) + " ms with " + o.ordering }
	rival, other := cheapest(func(o offer) bool { return clocked(o) != clocked(first) })
	plain := firstFitting("Agreement costs "+price(first), "The cheapest agreement costs "+wholeMS(first.median)+" ms")
	if !other {
		return plain
	}
	return firstFitting("Agreement costs "+price(first)+", "+price(rival),
		"Agreement costs "+price(first)+", "+strings.Replace(price(rival), " ms", "", 1), plain)
}

// wholeMS writes a wait to the millisecond, a short one more exactly.
func wholeMS(ms float64) string {
	if ms < 10 {
		return number(ms)
	}
	return strconv.FormatFloat(math.Round(ms), 'f', 0, 64)
}
