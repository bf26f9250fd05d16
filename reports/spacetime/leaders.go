package spacetime

import (
	"slices"

	"mpcomm/reports/svg"
)

// How far a label may be from its place, and how near to another, without a line
// that joins it to its own; and how long such a line is at least.
const (
	farAway     = 7 * px
	clearly     = 4 * px
	leastLeader = 4 * px
)

// join gives a candidate the leader that it needs, and reports whether it is then
// clear what it belongs to. It is not if the leader would be too short to be seen,
// or pass by another label or what else is sent.
func (p *placing) join(c *placed) bool {
	near := nearest(c.box, c.at)
	own := distance(near, c.at)
	others := slices.DeleteFunc(slices.Clone(p.sends), func(o svg.Point) bool { return o == c.at })
	c.led = own > c.room+farAway || c.send && slices.ContainsFunc(others, func(o svg.Point) bool {
		return distance(nearest(c.box, o), o) < own+clearly
	})
	if !c.led {
		return true
	}
	dx, dy := near.X-c.at.X, near.Y-c.at.Y
	if own == 0 {
		c.led = false
		return false
	}
	c.leader = [2]svg.Point{
		{X: c.at.X + dx*c.room/own, Y: c.at.Y + dy*c.room/own},
		{X: near.X - dx*200/own, Y: near.Y - dy*200/own},
	}
	if own < c.room+leastLeader {
		return false
	}
	for i := range p.done {
		if o := &p.done[i]; o.box.Meets(c.at, near) || o.led && cross(o.leader, c.leader) {
			return false
		}
	}
	return !slices.ContainsFunc(others, func(o svg.Point) bool {
		around := svg.Box{X: o.X, Y: o.Y}.Grown(smallRadius + px)
		return around.Meets(c.leader[0], c.leader[1]) || around.Overlaps(c.box)
	})
}

// astray is how far a label goes rather than stand by the lane of another peer.
func (p *placing) astray(c *placed) svg.Len {
	middle := c.box.Y + c.box.H/2
	apart := func(y svg.Len) svg.Len { return max(y-middle, middle-y) }
	if slices.ContainsFunc(p.lanes, func(y svg.Len) bool { return apart(y) < apart(c.at.Y) }) {
		return 20 * px
	}
	return 0
}

// onLeader reports whether a box would lie over a leader.
func (p *placing) onLeader(b svg.Box) bool {
	return slices.ContainsFunc(p.done, func(o placed) bool { return o.led && b.Meets(o.leader[0], o.leader[1]) })
}

// nearest is the point of a box that is nearest to another.
func nearest(b svg.Box, to svg.Point) svg.Point {
	return svg.Point{X: min(max(to.X, b.X), b.X+b.W), Y: min(max(to.Y, b.Y), b.Y+b.H)}
}

func distance(a, b svg.Point) svg.Len {
	dx, dy := a.X-b.X, a.Y-b.Y
	return root(dx*dx + dy*dy)
}

// cross reports whether two lines have a point in common that ends neither.
func cross(a, b [2]svg.Point) bool {
	turn := func(p, q, r svg.Point) bool { return (q.X-p.X)*(r.Y-p.Y)-(q.Y-p.Y)*(r.X-p.X) > 0 }
	return turn(a[0], a[1], b[0]) != turn(a[0], a[1], b[1]) && turn(b[0], b[1], a[0]) != turn(b[0], b[1], a[1])
}

// drawLeader joins a label to its place, in the colour of its words.
func (d *sheet) drawLeader(l *placed) {
	d.picture.Line(l.leader[0], l.leader[1], svg.Stroke(l.ink, px))
}
