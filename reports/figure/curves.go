package figure

import (
	"math"
	"slices"
	"strconv"

	"mpcomm/reports/dataset"
)

// curve is one ordering along x, in one panel.
type curve struct {
	contender
	of     string // what sets it apart from other curves of its ordering, or empty
	called string // at its end; empty = as the ordering is
	thin   bool   // a companion: a line without bands
	places []place
}

func (c curve) name() string {
	if c.called != "" {
		return c.called
	}
	return c.ordering
}

// along sums up the lines of s for which keep holds, in order of x.
func (s contender) along(x func(*dataset.Line) float64, y metric, keep func(*dataset.Line) bool) []place {
	var places []place
	for _, l := range s.lines {
		if keep == nil || keep(l) {
			places = append(places, place{x(l), y(l)})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int {
		switch {
		case a.x < b.x:
			return -1
		case a.x > b.x:
			return 1
		}
		return 0
	})
	return places
}

// highest is the largest number that curves draw.
func highest(curves []curve) float64 {
	most := 0.0
	for _, c := range curves {
		for _, p := range c.places {
			most = max(most, p.reach())
		}
	}
	return most
}

// reached is where curves begin and end on x.
func reached(curves []curve) span {
	x := span{math.Inf(1), math.Inf(-1)}
	for _, c := range curves {
		for _, p := range c.places {
			x.lo, x.hi = min(x.lo, p.x), max(x.hi, p.x)
		}
	}
	if x.lo == x.hi {
		x.lo, x.hi = x.lo-0.5, x.hi+0.5
	}
	return x
}

// plot draws curves: thin ones, bands, lines, and markers on top. Dashed lines
// come after solid ones, which would hide them.
func (a *area) plot(curves []curve) {
	for _, c := range curves {
		if c.thin {
			a.line(c.look, 0.6, c.places)
		}
	}
	for _, c := range curves {
		if !c.thin {
			a.bands(c.look, c.places)
		}
	}
	for _, dashed := range []bool{false, true} {
		for _, c := range curves {
			if !c.thin && (c.look.dashes != nil) == dashed {
				a.line(c.look, c.look.width, c.places)
				a.signs(c.look, c.places)
			}
		}
	}
}

// ends are the last places of the curves that are named.
func (a *area) ends(curves []curve) []end {
	var ends []end
	for _, c := range curves {
		if c.thin {
			continue
		}
		for _, p := range slices.Backward(c.places) {
			if p.runs > 0 {
				ends = append(ends, end{c.name(), c.look, a.at(p.x, p.mean)})
				break
			}
		}
	}
	return ends
}

// panel makes an area in r with both axes drawn.
func (sh *sheet) panel(r rect, x, y span) *area { return &area{sheet: sh, rect: r, x: x, y: y} }

// logTicksOf are ticks on a log axis at their places.
func logTicksOf(x span) []Tick {
	var ticks []Tick
	for _, t := range logTicks(math.Pow(10, x.lo)*0.9999, math.Pow(10, x.hi)*1.0001) {
		ticks = append(ticks, Tick{math.Log10(t.Value), t.Label})
	}
	return ticks
}

// ticksAt are ticks at numbers, placed by where.
func ticksAt(numbers []float64, where func(float64) float64) []Tick {
	var ticks []Tick
	for _, v := range numbers {
		ticks = append(ticks, Tick{where(v), shortNumber(v)})
	}
	return ticks
}

// upTo is a y axis from 0 to a little above most.
func upTo(most float64) (span, []Tick) {
	if most <= 0 {
		most = 1
	}
	return span{0, float64(most * 1.03)}, linearTicks(0, most, 5)
}

// percentAxis is a y axis of 0 to 100 %.
func percentAxis() (span, []Tick) {
	return span{0, 100}, []Tick{{0, "0%"}, {25, "25%"}, {50, "50%"}, {75, "75%"}, {100, "100%"}}
}

// names of orderings.
func orderingsOf(all []contender) []string {
	var names []string
	for _, s := range all {
		names = append(names, s.ordering)
	}
	return names
}

// number writes a number of a sentence: three digits, two of small ones.
func number(x float64) string {
	switch {
	case x == 0:
		return "0"
	case math.Abs(x) < 1:
		return shortNumber(parsed(strconv.FormatFloat(x, 'g', 2, 64)))
	}
	return shortNumber(x)
}

// never returns the orderings whose curves are 0 everywhere, and the others.
func never(curves []curve) (zero, some []curve) {
	for _, c := range curves {
		if c.thin {
			continue
		}
		if slices.ContainsFunc(c.places, func(p place) bool { return p.runs > 0 && p.mean > 0 }) {
			some = append(some, c)
		} else {
			zero = append(zero, c)
		}
	}
	return zero, some
}

// worst is the curve with the largest sum of means.
func worst(curves []curve) curve {
	sum := func(c curve) float64 {
		total := 0.0
		for _, p := range c.places {
			total += p.mean
		}
		return total
	}
	most := curves[0]
	for _, c := range curves[1:] {
		if sum(c) > sum(most) {
			most = c
		}
	}
	return most
}

// ending names the orderings that are at 0 everywhere, for the end of a
// sentence.
func ending(zero []curve) string {
	switch len(zero) {
	case 0:
		return ""
	case 1:
		return "; " + zero[0].ordering + " never"
	}
	return "; " + strconv.Itoa(len(zero)) + " others never"
}
