package figure

import (
	"fmt"
	"math"
	"slices"

	"mpcomm/reports/dataset"
)

// drawPeers is F4: the share of runs with any disagreement, and overtakings per
// message, against the number of peers.
func drawPeers(d *Data) (*Figure, error) {
	if d.pathOf("peers") == "" {
		return nil, lacks("does not vary the number of peers")
	}
	if len(d.varying()) > 1 {
		return nil, lacks("varies more than the number of peers")
	}
	x := func(l *dataset.Line) float64 { return math.Log2(float64(l.Peers)) }
	rows := []row{
		{name: "disagree", says: "Runs in which any two logs differ", of: disagreeing, percent: true},
		{name: "overtaken", says: "Overtakings per message between two peers' logs", of: overtaken},
	}
	columns := []facet{{}}
	panels := d.panels(columns, x, rows)
	captions := []string{d.facts("point") + " Above: shares with 95% Wilson intervals. Below: " + lowerFirst(d.bandsSaid()), d.Command}
	f := &Figure{title: peersFinding(panels[0][0], panels[1][0]), captions: captions}
	sh := newSheet(single.rows(2), f.title, "Disagreement by the number of peers", captions)
	var sizes []float64
	for i := range d.Lines {
		sizes = append(sizes, float64(d.Lines[i].Peers))
	}
	slices.Sort(sizes)
	sh.facets(columns, panels, rows, ticksAt(slices.Compact(sizes), math.Log2), "peers")
	f.sheet, f.table = sh, facetTable("peers", columns, panels, rows, math.Exp2)
	return f, nil
}

func lowerFirst(s string) string { return string(s[0]|0x20) + s[1:] }

func peersFinding(shares, swaps []curve) string {
	zero, some := never(shares)
	if len(some) == 0 {
		return "Logs agree in every run, however many the peers"
	}
	w := worst(some)
	all := slices.IndexFunc(w.places, func(p place) bool { return p.mean == 100 })
	if all >= 0 && !slices.ContainsFunc(w.places[all:], func(p place) bool { return p.mean < 100 }) {
		at := number(math.Exp2(w.places[all].x))
		growth := growthFrom(swaps, w.ordering, all)
		return firstFitting(
			fmt.Sprintf("From %s peers on all %s runs differ%s", at, w.ordering, growth),
			fmt.Sprintf("From %s peers on all %s runs differ", at, w.ordering),
			fmt.Sprintf("From %s peers on all runs differ", at))
	}
	first, last := w.places[0], w.places[len(w.places)-1]
	return firstFitting(
		fmt.Sprintf("%s: %s of runs disagree with %s peers, %s with %s", w.ordering, percent(first.mean/100), number(math.Exp2(first.x)),
			percent(last.mean/100), number(math.Exp2(last.x)))+ending(zero),
		fmt.Sprintf("%s: %s of runs disagree with %s peers, %s with %s", w.ordering, percent(first.mean/100), number(math.Exp2(first.x)),
			percent(last.mean/100), number(math.Exp2(last.x))),
		fmt.Sprintf("%s of runs disagree with %s peers, %s with %s", percent(first.mean/100), number(math.Exp2(first.x)),
			percent(last.mean/100), number(math.Exp2(last.x))))
}

// growthFrom ends a sentence with what overtakings do from a place on.
func growthFrom(swaps []curve, ordering string, from int) string {
	for _, c := range swaps {
		if c.ordering != ordering {
			continue
		}
		first, last := c.places[from], c.places[len(c.places)-1]
		switch {
		case last.interval.Lo > first.interval.Hi:
			return "; swaps keep growing"
		case last.interval.Hi < first.interval.Lo:
			return "; swaps get fewer"
		}
	}
	return ""
}
