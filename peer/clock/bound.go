package clock

import (
	"math/bits"
	"time"

	"mpcomm/peer"
	"mpcomm/sim"
)

// Bound is a promise: the clock is never further from true time than At says.
// It is the half-width of a true-time interval: constant, or a sawtooth that
// rises from Min to Max between two multiples of Every, as clocks drift between
// two synchronisations.
//
// Source: Corbett et al., "Spanner: Google's globally-distributed database",
// OSDI 2012, section 3, where it rises from 1 to 7 ms each 30 s.
type Bound struct {
	Min, Max time.Duration // 0 <= Min <= Max
	Every    time.Duration // 0 = Max always
}

// At returns the bound at true time t, 0 or later.
func (b Bound) At(t sim.Time) time.Duration {
	if b.Every == 0 {
		return b.Max
	}
	hi, lo := bits.Mul64(uint64(int64(t)%int64(b.Every)), uint64(b.Max-b.Min))
	q, _ := bits.Div64(hi, lo, uint64(b.Every)) // below Max-Min
	return b.Min + time.Duration(q)
}

// Departure is an instant at which a clock was further from true time than was
// promised.
type Departure struct {
	At    sim.Time
	Error time.Duration // ahead of true time; below 0 = behind
	Bound time.Duration // at that instant
}

// Beyond is by how much the bound was left.
func (d Departure) Beyond() time.Duration { return max(d.Error, -d.Error) - d.Bound }

// Worst returns an instant of 0..until at which the clock is furthest beyond the
// bound, and whether it is beyond it at all.
//
// It looks at the ends of the clock's pieces and of the bound's teeth, and where
// the reading goes from one tick to the next at those ends. Between two of these
// the error and a constant bound change in one direction only, so nothing lies
// beyond them; against a sawtooth that is so but for the nanosecond to which
// both are rounded.
func (c *Clock) Worst(b Bound, until sim.Time) (worst Departure, left bool) {
	look := func(t sim.Time) {
		d := Departure{At: t, Error: time.Duration(int64(c.Local(t)) - int64(t)), Bound: b.At(t)}
		if !left && d.Beyond() > 0 || left && d.Beyond() > worst.Beyond() {
			worst, left = d, true
		}
	}
	for t := sim.Time(0); t <= until; {
		end := until
		if len(c.pieces) > 0 {
			end = min(end, c.find(t).until-1)
		}
		if b.Every > 0 {
			end = min(end, multipleAfter(t, 0, int64(b.Every))-1)
		}
		look(t)
		if c.tick > 1 {
			c.lookAtTicks(t, end, look)
		}
		look(end)
		t = end + 1
	}
	return worst, left
}

// lookAtTicks looks at the first and the last instant of a piece at which the
// reading moves, and right before them, in order.
func (c *Clock) lookAtTicks(from, until sim.Time, look func(sim.Time)) {
	first, last := c.Local(from), c.Local(until)
	if first == last {
		return
	}
	p := c.find(from)
	for _, shows := range [...]peer.Instant{first + peer.Instant(c.tick), last} {
		if t := p.reach(int64(shows)); t > from && t <= until {
			look(t - 1)
			look(t)
		}
	}
}
