package clock

import (
	"mpcomm/peer"
	"mpcomm/sim"
)

// Segment is a stretch of true time, From <= t < Until, in which a clock runs
// at one rate or stands still: a value that can be kept when the clock is set
// anew, and that Line reads with the clock's own arithmetic.
type Segment struct {
	From, Until sim.Time
	Origin      sim.Time // where the rate last changed
	Base        int64    // nanoseconds ahead of true time at Origin
	Num, Den    int64    // gained on true time from Origin on: Num/Den, |Num| < Den
	Frozen      bool
	Stands      int64 // what it shows while it is frozen
}

// Line is what one clock showed in one run: its segments in order, without
// gaps, and the tick to which a reading is rounded down, in nanoseconds. A Line
// without segments is a perfect clock.
type Line struct {
	Tick     int64
	Segments []Segment
}

// Line returns the clock's readings from 0 until and at least at `until`.
func (c *Clock) Line(until sim.Time) Line {
	if c.Perfect() {
		return Line{}
	}
	l := Line{Tick: c.tick}
	for t := sim.Time(0); t <= until; {
		p := c.find(t)
		l.Segments = append(l.Segments, Segment{
			From: t, Until: p.until, Origin: p.origin, Base: p.base, Num: p.num, Den: p.den, Frozen: p.frozen, Stands: p.stands,
		})
		if p.until == sim.Never {
			break
		}
		t = p.until
	}
	return l
}

// Local returns what the clock showed at true time t. Beyond the ends of the
// line the first and the last segment are taken to go on.
func (l *Line) Local(t sim.Time) peer.Instant {
	if len(l.Segments) == 0 {
		return peer.Instant(t)
	}
	low, high := 0, len(l.Segments)-1
	for low < high { // the last segment that begins at or before t
		middle := (low + high + 1) / 2
		if l.Segments[middle].From <= t {
			low = middle
		} else {
			high = middle - 1
		}
	}
	s := &l.Segments[low]
	local := int64(t) + s.Base
	if s.Num != 0 {
		local += mulDivFloor(int64(t-s.Origin), s.Num, s.Den)
	}
	if s.Frozen {
		local = s.Stands
	}
	if l.Tick > 1 {
		r := local % l.Tick
		if r < 0 {
			r += l.Tick
		}
		local -= r
	}
	return peer.Instant(local)
}
