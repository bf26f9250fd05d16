package figure

import (
	"fmt"
	"math"
	"slices"

	"mpcomm/reports/dataset"
)

// drawRate is F3: overtakings per message against the rate of sending, a
// column for each spread of delays.
func drawRate(d *Data) (*Figure, error) {
	rates := d.pathOf("workload.gap")
	gaps, ok := d.numbers(rates)
	if rates == "" || !ok {
		return nil, lacks("does not vary the gap between sends, as a number")
	}
	if other := d.varies("network.latency", "workload.gap"); other != "" {
		return nil, lacks("varies " + other + " as well; want gaps and delays alone")
	}
	x := func(l *dataset.Line) float64 { return math.Log2(1000 / gaps[settingOf(l, rates)]) }
	columns, err := d.columnsBy(d.pathOf("network.latency"), 4)
	if err != nil {
		return nil, err
	}
	panels := d.panels(columns, x, []row{{name: "overtaken", of: overtaken}})
	captions := []string{d.facts("point") + " " + d.bandsSaid() + " An order is said to break from 0.1 overtakings per message on.", d.Command}
	f := &Figure{title: rateFinding(columns, panels[0]), captions: captions}
	s := wide.taller(6)
	if len(columns) == 1 {
		s = single.taller(6)
	}
	sh := newSheet(s, f.title, "Overtakings per message between two peers' logs (0 = same order)", captions)
	var every []float64
	for _, v := range d.values(rates) {
		every = append(every, 1000/gaps[v])
	}
	slices.Sort(every)
	sh.facets(columns, panels, []row{{of: overtaken}}, ticksAt(every, math.Log2), "messages per second and peer")
	f.sheet, f.table = sh, facetTable("rate_per_s", columns, panels, []row{{name: "overtaken"}}, math.Exp2)
	return f, nil
}

// oneInTen is the number of overtakings per message from which a finding calls
// an order broken.
const oneInTen = 0.1

// rateFinding says from which rate on the worst ordering breaks under the
// steadiest delays under which any does.
func rateFinding(columns []facet, panels [][]curve) string {
	rate := func(p place) string { return number(math.Exp2(p.x)) + "/s" }
	var last place
	for k, curves := range panels {
		zero, some := never(curves)
		if len(some) == 0 {
			continue
		}
		w := worst(some)
		last = w.places[len(w.places)-1]
		from := slices.IndexFunc(w.places, func(p place) bool { return p.mean >= oneInTen })
		if from < 0 {
			continue
		}
		breaks := fmt.Sprintf("%s order breaks from %s on", w.ordering, rate(w.places[from]))
		if from == 0 {
			breaks = fmt.Sprintf("%s order breaks at %s already", w.ordering, rate(w.places[0]))
		}
		where := ""
		switch {
		case columns[k].head == "":
		case k == 0:
			where = "Even at " + columns[k].head + ", "
		default:
			where = "At " + columns[k].head + ", "
		}
		return firstFitting(where+breaks+ending(zero), where+breaks, breaks, "An order breaks from "+rate(w.places[from])+" on")
	}
	if last.runs > 0 {
		return fmt.Sprintf("Up to %s fewer than 1 message in 10 is overtaken", rate(last))
	}
	return "No rate makes messages overtake, under any ordering"
}
