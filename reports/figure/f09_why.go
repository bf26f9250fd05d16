package figure

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"mpcomm/reports/stats"
)

// mechanisms of swaps in the order in which their parts stand.
var mechanisms = [...]string{"race", "relay", "fifo", "late", "skew", "tie"}

// greys tell mechanisms apart by lightness and hatching, and by nothing else:
// hues are those of orderings.
var greys = [len(mechanisms)]struct {
	fill  color.NRGBA
	hatch float64 // slope of its lines; 0 = none
	dense vg.Length
}{
	{rgb(0xF0F0F0), 0, 0},
	{rgb(0xD2D2D2), 1, 5},
	{rgb(0xB0B0B0), -1, 5},
	{rgb(0x9C9C9C), 1, 3},
	{rgb(0x5E5E5E), 0, 0},
	{rgb(0x3A3A3A), -1, 3},
}

// cause is a part of the swaps of one condition.
type cause struct {
	share    float64 // percent
	interval stats.Interval
}

// condition is one bar: a cell under an ordering.
type condition struct {
	name     string
	ordering string
	swaps    summary // a run
	missing  summary // messages a run that one of two logs lacks
	causes   [len(mechanisms)]cause
}

// drawWhy is F9: what the swaps of each condition come from.
func drawWhy(d *Data) (*Figure, error) {
	conditions, err := d.conditions()
	if err != nil {
		return nil, err
	}
	captions := []string{
		d.facts("bar") + " Swaps: pairs of messages that two logs hold in different orders, over all pairs of logs." +
			" ±: half the width of the 95% interval of a share (bootstrap over seeds). Right: swaps and missing messages a run.",
		d.Command,
	}
	f := &Figure{title: whyFinding(conditions), captions: captions}
	const bar, gap = 17, 6
	height := vg.Length(len(conditions))*(bar+gap) + xAxisRoom + 17
	sh := newSheetAround(wide.width, height, f.title, "Share of swaps by their mechanism, %", captions)
	left := vg.Length(0)
	sty := flushRight(words(bodySize, false, inkText))
	for _, c := range conditions {
		left = max(left, sty.Width(c.name))
	}
	left = min(left, sh.width/3) + 8
	a := sh.panel(sh.body.inset(left, xAxisRoom, 96, 16), span{0, 100}, span{0, float64(len(conditions))})
	_, ticks := percentAxis()
	a.xAxis(ticks, "share of swaps")
	named := map[string]bool{}
	for i, c := range conditions {
		top := a.top - vg.Length(i)*(bar+gap) - gap/2
		a.write(vg.Point{X: a.left - 7, Y: top - bar/2}, sty, fit(sty, c.name, left-8))
		a.causes(c, rect{a.left, top - bar, a.right, top}, named)
	}
	a.key(conditions, named)
	f.sheet = sh
	f.table = [][]string{{"condition", "mechanism", "share_percent", "share_lo", "share_hi", "swaps_per_run", "missing_per_run", "runs"}}
	for _, c := range conditions {
		for k, m := range mechanisms {
			row := []string{c.name, m, "", "", "", rounded(c.swaps.mean), rounded(c.missing.mean), fmt.Sprint(c.swaps.runs)}
			if c.swaps.mean > 0 {
				row[2], row[3], row[4] = rounded(c.causes[k].share), rounded(c.causes[k].interval.Lo), rounded(c.causes[k].interval.Hi)
			}
			f.table = append(f.table, row)
		}
	}
	return f, nil
}

// mostConditions is how many bars there are at most.
const mostConditions = 16

func (d *Data) conditions() ([]condition, error) {
	varying := d.varying()
	several := len(d.contenders()) > 1
	var conditions []condition
	for i := range d.Lines {
		l := &d.Lines[i]
		var words []string
		for _, path := range varying {
			words = append(words, shortPath(path)+" "+settingOf(l, path))
		}
		if several || len(words) == 0 {
			words = append(words, l.Ordering)
		}
		c := condition{name: strings.Join(words, " · "), ordering: l.Ordering}
		var parts [len(mechanisms)][]float64
		total := make([]float64, len(l.Each[colIdentical]))
		for k, m := range mechanisms {
			parts[k] = l.Each[colSwaps+m]
			if len(parts[k]) != len(total) || slices.ContainsFunc(parts[k], math.IsNaN) {
				return nil, lacks("did not count mechanisms run by run (want one made with --why --per-run)")
			}
			for r, v := range parts[k] {
				total[r] += v
			}
		}
		c.swaps, c.missing = summarise(total), summarise(l.Each[colSwaps+"missing"])
		for k := range mechanisms {
			if c.swaps.mean > 0 {
				in := stats.BootstrapRatio(seedsKey, parts[k], total, stats.Resamples)
				c.causes[k] = cause{float64(100*summarise(parts[k]).mean) / c.swaps.mean, stats.Interval{Lo: 100 * in.Lo, Hi: 100 * in.Hi}}
			}
		}
		conditions = append(conditions, c)
	}
	if len(conditions) > mostConditions {
		return nil, lacks(fmt.Sprintf("has %d cells under orderings; want at most %d, a bar each", len(conditions), mostConditions))
	}
	return conditions, nil
}

// causes draws one bar, and notes which mechanisms are named in it.
func (a *area) causes(c condition, r rect, names map[string]bool) {
	small := words(captionSize, false, inkSoft)
	beside := flushLeft(small)
	a.write(vg.Point{X: r.right + 7, Y: (r.top+r.bottom)/2 + 4.2}, beside, number(c.swaps.mean)+" swaps")
	a.write(vg.Point{X: r.right + 7, Y: (r.top+r.bottom)/2 - 4.2}, beside, number(c.missing.mean)+" missing")
	if c.swaps.mean == 0 {
		a.write(vg.Point{X: r.left + 4, Y: (r.top + r.bottom) / 2}, flushLeft(words(bodySize, false, inkSoft)), fmt.Sprintf("no swaps in %s", count(uint64(c.swaps.runs), "run")))
		return
	}
	from := 0.0
	for k, m := range mechanisms {
		part := c.causes[k]
		if part.share == 0 {
			continue
		}
		box := rect{a.at(from, 0).X, r.bottom, a.at(from+part.share, 0).X, r.top}
		from += part.share
		a.part(k, box)
		sty := centred(words(captionSize, false, inkOn(k)))
		half := number(math.Round(5*(part.interval.Hi-part.interval.Lo)) / 10)
		if half == "0" && part.interval.Hi > part.interval.Lo {
			half = "<0.1"
		}
		share := percent(part.share / 100)
		for _, text := range []string{m + " " + share + " ±" + half, m + " " + share, m, share} {
			if w := sty.Width(text); w+4 <= box.width() {
				x, y := (box.left+box.right)/2, (box.top+box.bottom)/2
				if greys[k].hatch != 0 {
					a.fillRect(rect{x - w/2 - 1.5, y - 4.5, x + w/2 + 1.5, y + 4.5}, greys[k].fill)
				}
				a.write(vg.Point{X: x, Y: y}, sty, text)
				names[m] = names[m] || text != share
				break
			}
		}
	}
}

// inkOn is the ink of words on the part of a mechanism.
func inkOn(k int) color.NRGBA {
	if k >= 4 {
		return rgb(0xFEFEFE)
	}
	return inkText
}

// part fills a box in the manner of a mechanism.
func (a *area) part(k int, box rect) {
	look := greys[k]
	a.fillRect(box, look.fill)
	if look.hatch != 0 {
		ink := draw.LineStyle{Color: inkText, Width: 0.4}
		h := box.height()
		for c := box.left - h; c < box.right; c += look.dense {
			from, to := max(c, box.left), min(c+h, box.right)
			if from >= to {
				continue
			}
			low, high := box.bottom+(from-c), box.bottom+(to-c)
			if look.hatch < 0 {
				low, high = box.top-(from-c), box.top-(to-c)
			}
			a.rule(ink, vg.Point{X: from, Y: low}, vg.Point{X: to, Y: high})
		}
	}
	edge := draw.LineStyle{Color: inkText, Width: 0.5}
	a.rule(edge, vg.Point{X: box.left, Y: box.bottom}, vg.Point{X: box.right, Y: box.bottom}, vg.Point{X: box.right, Y: box.top},
		vg.Point{X: box.left, Y: box.top}, vg.Point{X: box.left, Y: box.bottom})
}

// key names, above the bars, the fills of mechanisms that have parts, all too
// narrow for a name.
func (a *area) key(conditions []condition, named map[string]bool) {
	sty := flushLeft(words(captionSize, false, inkText))
	x := a.left
	for k, m := range mechanisms {
		if named[m] || !slices.ContainsFunc(conditions, func(c condition) bool { return c.causes[k].share > 0 }) {
			continue
		}
		a.part(k, rect{x, a.top + 4, x + 11, a.top + 12})
		a.write(vg.Point{X: x + 14, Y: a.top + 8}, sty, m)
		x += 14 + sty.Width(m) + 12
	}
}

// whyFinding names for each of the two orderings that swap most the mechanism
// behind most of their swaps, with its share over all their conditions.
func whyFinding(conditions []condition) string {
	type ordering struct {
		name  string
		swaps float64
		parts [len(mechanisms)]float64
	}
	var all []ordering
	for _, c := range conditions {
		at := slices.IndexFunc(all, func(o ordering) bool { return o.name == c.ordering })
		if at < 0 {
			at = len(all)
			all = append(all, ordering{name: c.ordering})
		}
		all[at].swaps += c.swaps.mean
		for k := range mechanisms {
			all[at].parts[k] += float64(c.causes[k].share / 100 * c.swaps.mean)
		}
	}
	slices.SortStableFunc(all, func(a, b ordering) int { return cmp.Compare(b.swaps, a.swaps) })
	if all[0].swaps == 0 {
		return "No two logs swap messages, under any condition"
	}
	main := func(o ordering) (mechanism, share string) {
		most := 0
		for k := range mechanisms {
			if o.parts[k] > o.parts[most] {
				most = k
			}
		}
		return mechanisms[most], percent(o.parts[most] / o.swaps)
	}
	m, share := main(all[0])
	first := all[0].name + " swaps: " + share + " " + m
	for _, o := range all[1:] {
		if o.swaps == 0 {
			continue
		}
		if other, s := main(o); other != m {
			return firstFitting(first+"; "+o.name+": "+s+" "+other, first)
		}
	}
	return firstFitting(first, share+" of swaps: "+m)
}
