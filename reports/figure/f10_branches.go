package figure

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"mpcomm/sim"
)

// Branches is what came of one run made again and again with other draws from a
// time on.
type Branches struct {
	Logs               // of the run itself
	At      []sim.Time // when the branches leave the run, rising
	Differ  []int      // by time: branches whose logs end up different
	Reruns  int        // branches at each time
	Differs bool       // the run's own logs do
}

// stair is the share of branches that differ against time in ms.
func (b *Branches) stair() stair {
	var s stair
	for i, at := range b.At {
		s.x = append(s.x, millis(at))
		s.y = append(s.y, 100*float64(b.Differ[i])/float64(b.Reruns))
		s.band = append(s.band, wilsonPercent(uint64(b.Differ[i]), uint64(b.Reruns)))
	}
	return s
}

func millis(t sim.Time) float64 { return float64(t) / 1e6 }

// WhenDecided is F10: the probability that logs end up different, from branches
// that leave one run at a time, above the deliveries of that run under the first
// ordering.
func WhenDecided(run RunFacts, all []Branches) (*Figure, error) {
	if len(all) == 0 || len(all[0].At) < 2 || all[0].Reruns < 1 {
		return nil, fmt.Errorf("F10 (when was it decided?): no branches; want two times and one rerun at least")
	}
	captions := []string{run.facts() + fmt.Sprintf(" At each of %d times %s, with other draws from then on, the same for every ordering."+
		" Bands: 95%% Wilson intervals. Below: what each peer logged when, under %s; yellow: a position at which peers hold different messages.",
		len(all[0].At), count(uint64(all[0].Reruns), "rerun"), all[0].Ordering), run.Command}
	f := &Figure{id: "F10", title: decidedFinding(all), captions: captions}
	rows := vg.Length(len(all[0].Peers)) * 11
	s := single.taller(10)
	s.height += rows + 14
	sh := newSheet(s, f.title, "Probability that logs end up different, if draws change at a time", captions)
	f.sheet = sh
	var kinds, names []string
	for _, b := range all {
		kinds, names = append(kinds, b.Kind), append(names, b.Ordering)
	}
	room := nameRoom(names, sh.width/3)
	x := span{millis(all[0].At[0]), millis(all[0].At[len(all[0].At)-1])}
	y, yTicks := percentAxis()
	r := sh.body.inset(yAxisRoom, xAxisRoom, room, 6)
	upper := r
	upper.bottom += rows + 16
	a := sh.panel(upper, x, y)
	a.yAxis(yTicks, true)
	a.rule(axisLine, vg.Point{X: a.left, Y: a.bottom - axisGap}, vg.Point{X: a.right, Y: a.bottom - axisGap})
	var ends []end
	f.table = [][]string{{"ordering", "at_ms", "differ_percent", "differ_lo", "differ_hi", "reruns"}}
	for i, l := range looksOf(kinds) {
		st := all[i].stair()
		a.stairs(l, st, x.hi)
		ends = append(ends, end{all[i].Ordering, l, a.at(x.hi, st.y[len(st.y)-1])})
		for k := range st.x {
			f.table = append(f.table, []string{
				all[i].Ordering, rounded(st.x[k]), rounded(st.y[k]), rounded(st.band[k].Lo), rounded(st.band[k].Hi), fmt.Sprint(all[i].Reruns),
			})
		}
	}
	a.names(ends, room)
	lower := r
	lower.top = lower.bottom + rows
	d := sh.panel(lower, x, span{0, 1})
	d.deliveries(&all[0].Logs)
	d.xAxis(linearTicks(x.lo, x.hi, 7), "true time of the run at which other draws begin, ms")
	return f, nil
}

// deliveries draws a row for each peer with a stroke for each delivery, on
// yellow where peers hold different messages at its position.
func (a *area) deliveries(l *Logs) {
	row := a.rect.height() / vg.Length(len(l.Peers))
	for p, log := range l.Peers {
		middle := a.top - (vg.Length(p)+0.5)*row
		a.rule(draw.LineStyle{Color: inkAxis, Width: 0.35}, vg.Point{X: a.left, Y: middle}, vg.Point{X: a.right, Y: middle})
		a.write(vg.Point{X: a.left - axisGap - tickLong - 2.5, Y: middle}, flushRight(words(captionSize, false, inkSoft)), fmt.Sprintf("p%d", p))
		for _, highlight := range []bool{true, false} {
			for k, e := range log {
				at := millis(e.At)
				if at < a.x.lo || at > a.x.hi {
					continue
				}
				x := a.at(at, 0).X
				switch {
				case highlight && l.differAt(k):
					a.fillRect(rect{x - 2.5, middle - row/2 + 0.5, x + 2.5, middle + row/2 - 0.5}, inkViolation)
				case !highlight:
					a.rule(draw.LineStyle{Color: inkText, Width: 0.8}, vg.Point{X: x, Y: middle - row*0.3}, vg.Point{X: x, Y: middle + row*0.3})
				}
			}
		}
	}
}

// decidedFinding says when it was decided how the run would end, for the
// ordering whose odds move most: from when on at least 95 of 100 branches end as
// the run does.
func decidedFinding(all []Branches) string {
	moved, at := -1.0, 0
	for i := range all {
		y := all[i].stair().y
		if m := reach(y); m > moved {
			moved, at = m, i
		}
	}
	b := &all[at]
	y := b.stair().y
	if moved == 0 {
		return "It is decided from the start, under every ordering"
	}
	ends := func(v float64) bool { return b.Differs && v >= 95 || !b.Differs && v <= 5 }
	from := len(y)
	for from > 0 && ends(y[from-1]) {
		from--
	}
	how := "agree"
	if b.Differs {
		how = "differ"
	}
	if from == len(y) {
		return firstFitting(fmt.Sprintf("%s: not decided before the last message is in", b.Ordering), "Not decided before the last message is in")
	}
	ms := thousands(uint64(math.Round(millis(b.At[from]))))
	if from == 0 {
		return firstFitting(fmt.Sprintf("That %s logs %s is decided from the start", b.Ordering, how), "It is decided from the start")
	}
	return firstFitting(
		fmt.Sprintf("That %s logs %s is decided %s ms into the run", b.Ordering, how, ms),
		fmt.Sprintf("That logs %s is decided %s ms into the run", how, ms))
}

// reach is the distance between the least and the largest of values.
func reach(values []float64) float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		lo, hi = min(lo, v), max(hi, v)
	}
	return hi - lo
}
