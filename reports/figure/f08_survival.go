package figure

import (
	"fmt"
	"math"
	"slices"

	"mpcomm/reports/stats"
)

// survival estimates the share of runs still in agreement after k log
// positions (Kaplan and Meier, JASA 53, 1958), in percent, with the interval
// of Greenwood (1926). A run whose logs never part is censored at its length.
// Where no run has parted yet, or all have, that interval is a point, and
// Wilson's stands for it.
func survival(parted []float64, length []float64) stair {
	type event struct {
		at    float64
		parts bool
	}
	var events []event
	for i, at := range parted {
		if math.IsNaN(at) {
			events = append(events, event{length[i], false})
		} else {
			events = append(events, event{at, true})
		}
	}
	slices.SortFunc(events, func(a, b event) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	n := uint64(len(events))
	s := stair{x: []float64{1}, y: []float64{100}, band: []stats.Interval{wilsonPercent(n, n)}}
	left, alive, sum := float64(n), 1.0, 0.0
	for i := 0; i < len(events); {
		at, parts, gone := events[i].at, 0.0, 0.0
		for ; i < len(events) && events[i].at == at; i++ {
			gone++
			if events[i].parts {
				parts++
			}
		}
		if parts > 0 {
			alive *= 1 - parts/left
			if left > parts {
				sum += float64(parts / float64(left*(left-parts)))
			}
			half := float64(1.959963984540054*alive) * math.Sqrt(sum)
			in := stats.Interval{Lo: 100 * max(0, alive-half), Hi: 100 * min(1, alive+half)}
			if alive <= 0 {
				alive = 0
				in = wilsonPercent(0, n)
			}
			if at == s.x[len(s.x)-1] { // parted at the very first position
				s.y[len(s.y)-1], s.band[len(s.band)-1] = 100*alive, in
			} else {
				s.x, s.y, s.band = append(s.x, at), append(s.y, 100*alive), append(s.band, in)
			}
		}
		left -= gone
	}
	return s
}

// survivor is one ordering of F8.
type survivor struct {
	contender
	stair
	never int // runs that never part
	runs  int
}

// drawSurvival is F8: the share of runs still in agreement after k positions.
func drawSurvival(d *Data) (*Figure, error) {
	if len(d.cells()) > 1 {
		return nil, lacks("has more than one cell; want orderings to compare, and no grid")
	}
	longest := 0.0
	var all []survivor
	for _, c := range d.contenders() {
		l := c.lines[0]
		s := survivor{contender: c, stair: survival(l.Each[colFirst], l.Each[colPositions]), runs: len(l.Each[colFirst])}
		for i, at := range l.Each[colFirst] {
			longest = max(longest, l.Each[colPositions][i])
			if math.IsNaN(at) {
				s.never++
			}
		}
		all = append(all, s)
	}
	captions := []string{d.facts("ordering") + " Bands: 95% intervals (Greenwood; Wilson where no run has parted yet, or all have)." +
		" Runs whose logs never part are censored at their end.", d.Command}
	f := &Figure{title: survivalFinding(all, longest), captions: captions}
	longest = max(longest, 1) // the axis begins at the first position
	sh := newSheet(single.taller(12), f.title, "Share of runs in which all logs are still the same after k positions", captions)
	var names []string
	for _, s := range all {
		names = append(names, s.ordering)
	}
	room := nameRoom(names, sh.width/3)
	y, yTicks := percentAxis()
	a := sh.panel(sh.body.inset(yAxisRoom, xAxisRoom, room, 4), span{0, math.Log10(longest)}, y)
	a.yAxis(yTicks, true)
	a.xAxis(logTicksOf(a.x), "log position k")
	var ends []end
	f.table = [][]string{{"ordering", "position", "share_percent", "share_lo", "share_hi"}}
	for _, s := range all {
		on := s.stair
		on.x = nil
		for _, x := range s.x {
			on.x = append(on.x, math.Log10(x))
		}
		a.stairs(s.look, on, a.x.hi)
		ends = append(ends, end{s.ordering, s.look, a.at(a.x.hi, s.y[len(s.y)-1])})
		for i := range s.x {
			f.table = append(f.table, []string{s.ordering, rounded(s.x[i]), rounded(s.y[i]), rounded(s.band[i].Lo), rounded(s.band[i].Hi)})
		}
	}
	a.names(ends, room)
	f.sheet = sh
	return f, nil
}

func survivalFinding(all []survivor, longest float64) string {
	var worst survivor
	var never []curve
	half := math.Inf(1)
	for _, s := range all {
		if s.never == s.runs {
			never = append(never, curve{contender: s.contender})
		}
		if at := slices.IndexFunc(s.y, func(y float64) bool { return y <= 50 }); at >= 0 && s.x[at] < half {
			half, worst = s.x[at], s
		}
	}
	switch {
	case longest == 0:
		return "All logs are empty, so that none can part"
	case len(never) == len(all):
		return firstFitting(fmt.Sprintf("Logs never part within %s", count(uint64(longest), "position")))
	case worst.runs == 0:
		least := slices.MinFunc(all, func(a, b survivor) int { return a.never*b.runs - b.never*a.runs })
		share := percent(float64(least.never) / float64(least.runs))
		return firstFitting(
			fmt.Sprintf("%s of %s runs agree to their end%s", share, least.ordering, ending(never)),
			fmt.Sprintf("%s of %s runs agree to their end", share, least.ordering),
			fmt.Sprintf("At worst %s of runs agree to their end", share))
	}
	tail := ""
	if len(never) > 0 {
		tail = "; " + never[0].ordering + " never do"
	}
	return firstFitting(
		fmt.Sprintf("Half of %s runs part by position %s%s", worst.ordering, number(half), tail),
		fmt.Sprintf("Half of %s runs part by position %s", worst.ordering, number(half)),
		fmt.Sprintf("Half of all runs part by position %s", number(half)))
}
