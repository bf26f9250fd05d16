package figure

import (
	"fmt"
	"slices"

	"mpcomm/reports/dataset"
	"mpcomm/reports/palette"
)

// byClock reports whether orderings of a kind sort by physical clocks.
func byClock(kind string) bool { return palette.Of(kind) == palette.Timestamp }

// drawSkew is F2: positions that differ, and effects before their causes,
// against the skew of clocks; a column for each ordering by clocks, such as one
// for each hold-back.
func drawSkew(d *Data) (*Figure, error) {
	path := d.pathOf("clocks")
	skews, ok := d.numbers(path)
	if path == "" || !ok {
		return nil, lacks("does not vary the clocks, as a number")
	}
	if len(d.varying()) > 1 {
		return nil, lacks("varies more than the clocks")
	}
	scale := ranks(skews)
	x := func(l *dataset.Line) float64 { return scale(skews[settingOf(l, path)]) }
	var columns []facet
	for _, c := range d.contenders() {
		if byClock(c.kind) {
			columns = append(columns, facet{head: c.ordering, keep: func(l *dataset.Line) bool {
				return l.Ordering == c.ordering || !byClock(l.Kind)
			}})
		}
	}
	if len(columns) == 0 || len(columns) > 4 {
		return nil, lacks(fmt.Sprintf("has %d orderings by clocks; want 1 to 4, a column each", len(columns)))
	}
	rows := []row{
		{name: "positions_differing_percent", says: "Log positions at which peers hold different messages", of: differing, percent: true},
		{name: "acausal_per_1000", says: "Effects logged before their causes, per 1000 log entries", of: acausal},
	}
	panels := d.panels(columns, x, rows)
	for i := range panels {
		for _, curves := range panels[i] {
			for k := range curves {
				if byClock(curves[k].kind) {
					curves[k].called = curves[k].kind
				}
			}
		}
	}
	captions := []string{d.facts("point") + " " + d.bandsSaid(), d.Command}
	f := &Figure{title: skewFinding(panels, func(x float64) float64 { return unrank(skews, x) }), captions: captions}
	sh := newSheet(wide.rows(2), f.title, "Do the logs agree (above), and is cause before effect (below)?", captions)
	var every []float64
	for _, v := range d.values(path) {
		every = append(every, skews[v])
	}
	slices.Sort(every)
	sh.facets(columns, panels, rows, ticksAt(every, scale), "clock skew, ± ms ("+shortPath(path)+")")
	f.sheet = sh
	f.table = facetTable("skew_ms", columns, panels, rows, func(x float64) float64 { return unrank(skews, x) })
	return f, nil
}

// ranks places numbers at equal distances, in order: a scale for 0, 5, 10, … 160.
func ranks(numbers map[string]float64) func(float64) float64 {
	sorted := sortedValues(numbers)
	return func(v float64) float64 { return float64(slices.Index(sorted, v)) }
}

func unrank(numbers map[string]float64, x float64) float64 { return sortedValues(numbers)[int(x)] }

func sortedValues(numbers map[string]float64) []float64 {
	var all []float64
	for _, v := range numbers {
		all = append(all, v)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// skewFinding looks for the place at which logs agree, or nearly, and yet hold
// most effects before their causes.
func skewFinding(panels [][][]curve, value func(float64) float64) string {
	var best, most *place
	var who, whoMost curve
	word := ""
	for k := range panels[0] {
		for i, c := range panels[0][k] {
			if !byClock(c.kind) {
				continue
			}
			wrong := panels[1][k][i].places
			for at := range c.places {
				p, w := &c.places[at], &wrong[at]
				if p.runs == 0 || w.runs == 0 || w.mean == 0 {
					continue
				}
				if most == nil || w.mean > most.mean {
					most, whoMost = w, c
				}
				if p.mean < 1 && (best == nil || w.mean > best.mean) {
					best, who, word = w, c, " nearly agrees, yet breaks causality"
					if p.mean == 0 {
						word = " agrees, yet breaks causality"
					}
				}
			}
		}
	}
	if best != nil {
		at := "At ±" + number(value(best.x)) + " ms "
		return firstFitting(at+who.ordering+word, at+who.kind+word)
	}
	if most != nil {
		at := fmt.Sprintf("±%s ms", number(value(most.x)))
		return firstFitting(
			fmt.Sprintf("At %s %s in 1000 entries of %s precede causes", at, number(most.mean), whoMost.ordering),
			fmt.Sprintf("At %s %s in 1000 log entries precede their causes", at, number(most.mean)))
	}
	return "No skew makes timestamps put an effect before its cause"
}
