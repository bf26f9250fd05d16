package svg

// Box is a rectangle: its upper left corner and its size.
type Box struct{ X, Y, W, H Len }

// BoxOf returns the room that a line of text takes, its base line at y.
func BoxOf(x, y Len, a Anchor, t Type, s string) Box {
	w := t.Width(s)
	switch a {
	case Middle:
		x -= w / 2
	case End:
		x -= w
	}
	return Box{x, y - t.Ascent(), w, t.Ascent() + t.Descent()}
}

// Grown returns b with a margin around it.
func (b Box) Grown(by Len) Box { return Box{b.X - by, b.Y - by, b.W + 2*by, b.H + 2*by} }

// Overlaps reports whether b and o share more than an edge.
func (b Box) Overlaps(o Box) bool {
	return b.X < o.X+o.W && o.X < b.X+b.W && b.Y < o.Y+o.H && o.Y < b.Y+b.H
}

// Inside reports whether b lies within o.
func (b Box) Inside(o Box) bool {
	return b.X >= o.X && b.Y >= o.Y && b.X+b.W <= o.X+o.W && b.Y+b.H <= o.Y+o.H
}

// Meets reports whether the straight line from p to q passes through b.
func (b Box) Meets(p, q Point) bool {
	// Clip the line to the two slabs of the box (Liang and Barsky, ACM TOG 3(1),
	// 1984), with the parameter as fractions of integers.
	type fraction struct{ n, d int64 } // d > 0
	less := func(a, b fraction) bool { return a.n*b.d < b.n*a.d }
	from, to := fraction{0, 1}, fraction{1, 1}
	for _, s := range [2][3]Len{{q.X - p.X, b.X - p.X, b.X + b.W - p.X}, {q.Y - p.Y, b.Y - p.Y, b.Y + b.H - p.Y}} {
		d, lo, hi := s[0], s[1], s[2]
		if d == 0 {
			if lo >= 0 || hi <= 0 {
				return false
			}
			continue
		}
		if d < 0 {
			d, lo, hi = -d, -hi, -lo
		}
		if f := (fraction{int64(lo), int64(d)}); less(from, f) {
			from = f
		}
		if f := (fraction{int64(hi), int64(d)}); less(f, to) {
			to = f
		}
	}
	return less(from, to)
}
