package spacetime

import (
	"slices"

	"mpcomm/peer"
	"mpcomm/sim"
)

// crossing is where the two arrows of the pair meet on their way to the peer
// that logged them in the wrong order.
type crossing struct{ early, late int } // places in scene.arrows: of the first message, and of the second

// order chooses the lanes. Of a small run it tries every order: the pair's
// arrows to the wrong peer should cross, all others should not, arrows should
// be short, and peers should stand in the order of their numbers, in this order
// of importance.
func (s *scene) order(f *Figure) {
	n := f.base.Peers
	s.lanes, s.place = make([]peer.ID, n), make([]int, n)
	for p := range n {
		s.lanes[p], s.place[p] = peer.ID(p), p
	}
	early, late := s.arrowOf(first, f.pair), s.arrowOf(second, f.pair)
	if f.few {
		place := slices.Clone(s.place)
		best := s.cost(place, early, late)
		permute(place, 0, func() {
			if c := s.cost(place, early, late); slices.Compare(c[:], best[:]) < 0 ||
				c == best && slices.Compare(place, s.place) < 0 {
				best = c
				copy(s.place, place)
			}
		})
	}
	for p, lane := range s.place {
		s.lanes[lane] = peer.ID(p)
	}
	if early >= 0 && late >= 0 && s.cross2(s.place, early, late) {
		s.cross = &crossing{early, late}
	}
}

// arrowOf is the arrow by which a message of the pair came to the wrong peer,
// or -1.
func (s *scene) arrowOf(r role, p pair) int {
	return slices.IndexFunc(s.arrows, func(a arrow) bool { return p.known && a.role == r && a.to == p.wrong && a.way == through })
}

// cost is what is bad about an order of lanes, the worst first.
func (s *scene) cost(place []int, early, late int) [3]int {
	var c [3]int
	if early >= 0 && late >= 0 && !s.cross2(place, early, late) {
		c[0] = 1
	}
	for i := range s.arrows {
		d := place[s.arrows[i].from] - place[s.arrows[i].to]
		c[2] += max(d, -d)
		for k := range i {
			if s.cross2(place, i, k) {
				c[1]++
			}
		}
	}
	return c
}

// cross2 reports whether two arrows cross between their ends.
func (s *scene) cross2(place []int, i, k int) bool {
	a, b := &s.arrows[i], &s.arrows[k]
	p, q := spot{int64(a.sent), int64(place[a.from])}, spot{int64(a.at), int64(place[a.to])}
	r, t := spot{int64(b.sent), int64(place[b.from])}, spot{int64(b.at), int64(place[b.to])}
	return side(p, q, r)*side(p, q, t) < 0 && side(r, t, p)*side(r, t, q) < 0
}

// spot is a place in a diagram: time and lane.
type spot struct{ x, y int64 }

// side is on which side of the line from p to q the spot r lies: -1, 0 or 1.
func side(p, q, r spot) int {
	switch d := (q.x-p.x)*(r.y-p.y) - (q.y-p.y)*(r.x-p.x); {
	case d < 0:
		return -1
	case d > 0:
		return 1
	}
	return 0
}

// permute calls visit with every arrangement of what stands from place k on.
func permute(all []int, k int, visit func()) {
	if k == len(all) {
		visit()
		return
	}
	for i := k; i < len(all); i++ {
		all[k], all[i] = all[i], all[k]
		permute(all, k+1, visit)
		all[k], all[i] = all[i], all[k]
	}
}

// offset is how far t is from the beginning of what is shown, of a given
// length.
func (s *scene) offset(t sim.Time, length int64) int64 {
	whole := int64(s.until - s.from)
	at := int64(min(max(t, s.from), s.until) - s.from)
	// Both factors may be large: time up to days in nanoseconds.
	for whole > 1<<40 {
		whole, at = whole/2, at/2
	}
	return at * length / max(1, whole)
}
