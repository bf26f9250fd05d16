package spacetime

import (
	"cmp"
	"slices"

	"mpcomm/reports/palette"
	"mpcomm/reports/svg"
)

// label is text that belongs to a place and may stand on any side of it.
type label struct {
	words string
	style svg.Type
	ink   palette.Ink
	at    svg.Point
	room  svg.Len // around at, that is taken by a mark
	rank  int     // the higher, the sooner it is placed; from 1 on far away rather than not at all
	lead  bool    // a line joins it to its place when it is far from it, or near to another
	send  bool    // it names what is sent, so that it goes far to keep off arrows
	sides *[8][2]svg.Len
}

// through is how far a label goes rather than be met by an arrow. The name of a
// message is what all else is understood by, and arrows that start together run
// steeply by its place.
func (l *label) through() svg.Len {
	if l.send {
		return 30 * px
	}
	return 14 * px
}

// placed is a label that has found its place.
type placed struct {
	label
	x, y   svg.Len // of its base line
	box    svg.Box
	led    bool // a leader joins it to its place
	leader [2]svg.Point
}

// placing puts labels where nothing else is.
type placing struct {
	area  svg.Box // within which labels stay
	taken []svg.Box
	lines [][2]svg.Point // arrows: labels keep off them if they can
	lanes []svg.Len      // where peers are
	sends []svg.Point    // places of what is sent, each of which has a name or might
	done  []placed
	none  int // labels that found no place
}

// The eight sides of a place, best first: of an event whose arrows leave to the
// right, of one whose arrow comes from the left, and of what has a middle.
var (
	leaving  = [8][2]svg.Len{{-1, -1}, {-1, 1}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {1, 0}, {-1, 0}}
	arriving = [8][2]svg.Len{{1, -1}, {1, 1}, {0, -1}, {0, 1}, {-1, -1}, {-1, 1}, {1, 0}, {-1, 0}}
	centred  = [8][2]svg.Len{{0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}, {1, 0}, {-1, 0}}
)

// gap is kept between a label and whatever else there is.
const gap = 3 * px

// place finds a place for every label, by rank, and among equals the longest
// first (a greedy choice among eight candidates for each, as in
// Christensen, Marks and Shieber, ACM TOG 14(3), 1995, section 3.1, at growing
// distance). What finds none is counted.
func (p *placing) place(labels []label) {
	slices.SortStableFunc(labels, func(a, b label) int {
		return cmp.Or(-cmp.Compare(a.rank, b.rank), -cmp.Compare(a.style.Width(a.words), b.style.Width(b.words)))
	})
	for _, l := range labels {
		best, found := p.best(l, 24*px, true)
		if !found && l.rank > 0 || l.rank == 1 {
			best, found = p.best(l, 90*px, true)
		}
		if !found && l.rank == 1 {
			best, found = p.best(l, 90*px, false)
		}
		if !found {
			p.none++
			continue
		}
		p.done = append(p.done, best)
		p.taken = append(p.taken, best.box.Grown(gap))
	}
}

// best is the candidate that meets the fewest arrows, the nearest of these.
// Strictly, it is one of which nobody must guess what it belongs to.
func (p *placing) best(l label, reach svg.Len, strict bool) (placed, bool) {
	var best placed
	least, found := svg.Len(0), false
	for away := svg.Len(0); away <= reach; away += 4 * px {
		for _, side := range l.sides {
			c := l.candidate(side, l.room+2*px+away)
			if !c.box.Inside(p.area) || slices.ContainsFunc(p.taken, c.box.Overlaps) || p.onLeader(c.box) {
				continue
			}
			if l.lead && !p.join(&c) && strict {
				continue
			}
			met, cost := false, away+p.astray(&c)
			for _, line := range p.lines {
				if c.box.Meets(line[0], line[1]) {
					met, cost = true, cost+l.through()
				}
			}
			if met && l.send && l.rank == 0 {
				continue // the names of bystanders rather go
			}
			if !found || cost < least {
				best, least, found = c, cost, true
			}
		}
		if found && least <= away {
			break // nothing farther away is better
		}
	}
	return best, found
}

// candidate puts a label on one side of its place, at a distance.
func (l label) candidate(side [2]svg.Len, away svg.Len) placed {
	w, h := l.style.Width(l.words), l.style.Ascent()+l.style.Descent()
	x, y := l.at.X-w/2, l.at.Y-h/2
	switch {
	case side[1] == 0:
		x += side[0] * (w/2 + away)
	case side[0] == 0:
		y += side[1] * (h/2 + away)
	default: // an end of the words stands near the place
		x = l.at.X + 2*px
		if side[0] < 0 {
			x = l.at.X - 2*px - w
		}
		x += side[0] * (away - l.room - 2*px) / 2
		y += side[1] * (h/2 + away)
	}
	return placed{label: l, x: x, y: y + l.style.Ascent(), box: svg.Box{X: x, Y: y, W: w, H: h}}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
