package figure

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// maxTitle is how many characters a title may have: a sentence that is read at
// a glance and fits the width of the figure.
const maxTitle = 59

// Title is the finding of the figure in one sentence of under 60 characters,
// computed from the points: who differs, from where on, and who never does.
func (d *Divergence) Title() string {
	var never, some []Series
	for _, s := range d.Series {
		_, most, ok := s.shares()
		switch {
		case !ok:
		case most == 0:
			never = append(never, s)
		default:
			some = append(some, s)
		}
	}
	switch {
	case len(some)+len(never) == 0:
		return "No run could be compared"
	case len(some) == 0:
		return firstFitting("Logs agree in every run, under every ordering", "Logs agree in every run")
	}
	worst := some[0]
	for _, s := range some[1:] {
		if s.total() > worst.total() {
			worst = s
		}
	}
	rest := othersInNone(never)
	if rest == "" {
		rest = second(some, worst)
	}
	var candidates []string
	for _, ending := range []string{rest, ""} {
		for _, who := range d.namesOf(worst) {
			if past := d.pastSentence(who, worst); past != "" {
				candidates = append(candidates, past+ending)
			}
		}
		for _, who := range d.namesOf(worst) {
			candidates = append(candidates, who+" logs differ "+worst.howOften()+ending)
		}
	}
	return firstFitting(append(candidates, "Logs differ "+worst.howOften())...)
}

// namesOf returns what a title may call an ordering: its label, and its kind
// when no other ordering is of that kind.
func (d *Divergence) namesOf(s Series) []string {
	same := 0
	for _, other := range d.Series {
		if other.Kind == s.Kind {
			same++
		}
	}
	if s.Kind == "" || s.Kind == s.Ordering || same > 1 {
		return []string{s.Ordering}
	}
	return []string{s.Ordering, s.Kind}
}

// firstFitting returns the first candidate that is short enough, or the last.
func firstFitting(candidates ...string) string {
	for _, c := range candidates {
		if utf8.RuneCountInString(c) <= maxTitle {
			return c
		}
	}
	return candidates[len(candidates)-1]
}

// pastSentence says from which x on most runs differ, if there is one such
// place: below it at most half of the runs do, from it on more than half.
// Otherwise it returns nothing.
func (d *Divergence) pastSentence(who string, s Series) string {
	if d.Axis.Scale == Categories {
		return ""
	}
	points := s.sorted()
	cross := -1
	for i, p := range points {
		if p.Differ.Runs == 0 {
			return ""
		}
		above := p.Differ.Value > 0.5
		switch {
		case above && cross < 0:
			cross = i
		case !above && cross >= 0:
			return ""
		}
	}
	if cross <= 0 {
		return ""
	}
	place := d.Axis.value(points[cross].X)
	if d.Axis.Short != "" {
		place = d.Axis.Short + " " + place
	}
	return fmt.Sprintf("From %s on, most %s runs differ", place, who)
}

// othersInNone ends a sentence with the orderings whose logs never differed.
func othersInNone(never []Series) string {
	switch len(never) {
	case 0:
		return ""
	case 1:
		return "; " + never[0].Ordering + ": none"
	}
	return fmt.Sprintf("; %d others: none", len(never))
}

// second ends a sentence with the ordering that differs least, when all do.
func second(some []Series, worst Series) string {
	if len(some) < 2 {
		return ""
	}
	best := some[0]
	for _, s := range some[1:] {
		if s.total() < best.total() {
			best = s
		}
	}
	if best.total() == worst.total() {
		return ""
	}
	_, most, _ := best.shares()
	return fmt.Sprintf("; %s: at most %s", best.Ordering, percent(most))
}

// howOften says in which share of runs the logs differ.
func (s Series) howOften() string {
	least, most, _ := s.shares()
	lo, hi := percent(least), percent(most)
	switch {
	case least == 1:
		return "in every run"
	case lo == hi:
		return "in " + hi + " of runs"
	case least == 0:
		return "in up to " + hi + " of runs"
	}
	return "in " + lo + " to " + hi + " of runs"
}

// percent writes a share so that only 0 is "0%" and only 1 is "100%".
func percent(share float64) string {
	rounded := strconv.FormatFloat(100*share, 'f', 0, 64)
	switch {
	case rounded == "0" && share > 0:
		return "<1%"
	case rounded == "100" && share < 1:
		return ">99%"
	}
	return rounded + "%"
}

// shares returns the smallest and largest share of runs that differ; ok is
// false when no point has one.
func (s Series) shares() (least, most float64, ok bool) {
	for _, p := range s.Points {
		if p.Differ.Runs == 0 {
			continue
		}
		if !ok {
			least, most, ok = p.Differ.Value, p.Differ.Value, true
		}
		least, most = min(least, p.Differ.Value), max(most, p.Differ.Value)
	}
	return least, most, ok
}

// total adds up the shares of all points: which ordering differs more overall,
// every cell counted alike.
func (s Series) total() float64 {
	sum := 0.0
	for _, p := range s.Points {
		if p.Differ.Runs > 0 {
			sum += p.Differ.Value
		}
	}
	return sum
}

// sorted returns the points in order of x.
func (s Series) sorted() []Point {
	points := slices.Clone(s.Points)
	slices.SortStableFunc(points, func(a, b Point) int {
		switch {
		case a.X < b.X:
			return -1
		case a.X > b.X:
			return 1
		}
		return 0
	})
	return points
}
