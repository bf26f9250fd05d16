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
	captions := []string{d.facts("point") + " " + d.bandsSaid(), d.Command}
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

func rateFinding(columns []facet, panels [][]curve) string {
	last := len(columns) - 1
	_, some := never(panels[last])
	if len(some) == 0 {
		return "No rate makes messages overtake, under any ordering"
	}
	zero, _ := never(panels[last])
	w := worst(some)
	slow, fast := w.places[0], w.places[len(w.places)-1]
	rate := func(p place) string { return number(math.Exp2(p.x)) + "/s" }
	from := slices.IndexFunc(w.places, func(p place) bool { return p.mean >= oneInTen })
	switch {
	case from < 0:
		return firstFitting(fmt.Sprintf("Up to %s fewer than 1 message in 10 is overtaken", rate(fast)))
	case from == 0:
		return firstFitting(
			fmt.Sprintf("Even at %s %s overtakes %s times a message%s", rate(slow), w.ordering, number(slow.mean), ending(zero)),
			fmt.Sprintf("Even at %s %s overtakes %s times a message", rate(slow), w.ordering, number(slow.mean)),
			fmt.Sprintf("Even at %s messages overtake", rate(slow)))
	}
	return firstFitting(
		fmt.Sprintf("From %s on %s order breaks%s", rate(w.places[from]), w.ordering, ending(zero)),
		fmt.Sprintf("From %s on %s order breaks", rate(w.places[from]), w.ordering),
		fmt.Sprintf("From %s on 1 message in 10 is overtaken", rate(w.places[from])))
}
