package clock

import (
	"fmt"
	"sort"
	"time"

	"mpcomm/sim"
)

// Point is one line of a measured series: how far a clock was ahead of true
// time.
type Point struct {
	At     sim.Time // since the first point
	Offset int64    // ns; may be negative
}

// Replay makes a clock err as a measured one did: its offset runs straight from
// point to point, begins at true time At and is the first point's before. After
// the last point it stays as it is, or with Loop begins again at the first,
// which moves the clock by the difference.
type Replay struct {
	Points []Point // in order of time, the first at 0, no two at one time
	At     sim.Time
	Loop   bool
}

// CheckStep says what is wrong with the way from a to b, the next point: between
// two points a clock gains or loses at most half of the time that passes, as
// one that was stepped does not.
func CheckStep(a, b Point) error {
	took, gained := int64(b.At-a.At), b.Offset-a.Offset
	switch {
	case took <= 0:
		return fmt.Errorf("want a time after the one before")
	case b.Offset > int64(MaxOffset) || b.Offset < -int64(MaxOffset):
		return fmt.Errorf("want an offset of at most %s", MaxOffset)
	case magnitude(gained) > uint64(took)/2:
		return fmt.Errorf("the offset changes by %s in %s; want at most half the time that passes (a jump is a step of the clock)",
			time.Duration(gained), time.Duration(took))
	}
	return nil
}

func (r *Replay) check() []error {
	var errs []error
	if len(r.Points) < 2 || r.Points[0].At != 0 {
		return append(errs, fmt.Errorf("clock: replay: %d points: want at least 2, the first at time 0", len(r.Points)))
	}
	for i := range r.Points[1:] {
		if err := CheckStep(r.Points[i], r.Points[i+1]); err != nil {
			errs = append(errs, fmt.Errorf("clock: replay: point %d: %w", i+1, err))
		}
	}
	if r.At < -sim.Time(MaxOffset) || r.At > sim.Time(MaxOffset) {
		errs = append(errs, fmt.Errorf("clock: replay: at %s: want at most %s from 0", r.At, MaxOffset))
	}
	return errs
}

// length is the time from the first point to the last.
func (r *Replay) length() int64 { return int64(r.Points[len(r.Points)-1].At) }

// place is where in the series t lies: the time since its first point, and the
// true time at which the present round began.
func (r *Replay) place(t sim.Time) (since int64, round sim.Time) {
	since = int64(t - r.At)
	if since >= 0 && r.Loop {
		since %= r.length()
	}
	return since, t - sim.Time(since)
}

// next is the index of the first point after since.
func (r *Replay) next(since int64) int {
	return sort.Search(len(r.Points), func(i int) bool { return int64(r.Points[i].At) > since })
}

// after is the time of the first point of the run after t, or Never. The run
// begins in the middle of a series that begins before it.
func (r *Replay) after(t sim.Time) sim.Time {
	if t < 0 || t < r.At {
		return max(0, r.At)
	}
	since, round := r.place(t)
	i := r.next(since)
	if i == len(r.Points) {
		return sim.Never // not with Loop: its last point is the first of the next round
	}
	return round + r.Points[i].At
}

// follow moves the line of p, at t, to the stretch of the series that begins
// there. What steps and freezes have added to the line stays.
func (r *Replay) follow(p *piece, t sim.Time) {
	if t < r.At {
		return
	}
	since, round := r.place(t)
	i := r.next(since) // above 0, since the first point stands at 0
	begin := r.Points[i-1]
	started := round + begin.At
	num, den := int64(0), int64(billion)
	if i < len(r.Points) {
		num, den = r.Points[i].Offset-begin.Offset, int64(r.Points[i].At-begin.At)
	}
	switch {
	case t == 0 && r.At < 0: // the first piece shows the first point
		p.base += begin.Offset - r.Points[0].Offset
		p.origin, p.num, p.den = started, num, den
	case started != t: // in the middle of a stretch
	case i == 1 && round > r.At: // the line has ended on the last point
		p.base = p.ahead(t) + begin.Offset - r.Points[len(r.Points)-1].Offset
		p.origin, p.num, p.den = t, num, den
	default:
		p.bend(t, num, den)
	}
}
