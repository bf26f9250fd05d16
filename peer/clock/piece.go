package clock

import (
	"math"
	"math/bits"

	"mpcomm/sim"
)

// piece is a stretch of time, from <= t < until, in which a clock runs at one
// rate or stands still. Before rounding down to a tick it shows
//
//	t + base + floor(num*(t-origin)/den)
//
// or, frozen, stands; the line is then what it would show if it were not. The
// origin is where the rate last changed, so that what a clock shows does not
// depend on how its time is cut into pieces.
type piece struct {
	from, until sim.Time
	origin      sim.Time
	base        int64
	num, den    int64 // |num| < den: the line never goes back
	stands      int64
	frozen      bool

	wander  int64    // part of num, in parts per 10^9
	slew    int64    // likewise
	slewEnd sim.Time // when it is over
}

// ahead is what the line is ahead of true time.
func (p *piece) ahead(t sim.Time) int64 {
	if p.num == 0 {
		return p.base
	}
	return p.base + mulDivFloor(int64(t-p.origin), p.num, p.den)
}

// bend gives the line another slope from t on.
func (p *piece) bend(t sim.Time, num, den int64) {
	if num == p.num && den == p.den {
		return
	}
	p.base = p.ahead(t)
	p.origin, p.num, p.den = t, num, den
}

// mulDivFloor returns floor(t*num/den), |num| < den, by a product of 128 bits.
func mulDivFloor(t, num, den int64) int64 {
	hi, lo := bits.Mul64(magnitude(t), magnitude(num))
	// |num| < den keeps the quotient below |t|: the division cannot overflow.
	q, r := bits.Div64(hi, lo, uint64(den))
	if (t < 0) == (num < 0) {
		return int64(q)
	}
	if r > 0 {
		q++
	}
	return -int64(q)
}

func magnitude(x int64) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}

// reach returns the least t, on the line as if it had no ends, at which the
// reading is target or more: with y = target - base - origin it is
// origin + ceil(y*den/(den+num)).
func (p *piece) reach(target int64) sim.Time {
	if p.frozen {
		if p.stands >= target {
			return p.from
		}
		return p.until
	}
	shift := p.base + int64(p.origin)
	y := target - shift
	if shift < 0 && y < target {
		return sim.Never
	} else if shift > 0 && y > target {
		return longAgo
	}
	if p.num == 0 {
		return p.after(y)
	}
	speed := uint64(p.den + p.num)
	hi, lo := bits.Mul64(magnitude(y), uint64(p.den))
	if hi >= speed {
		return beyond(y)
	}
	q, r := bits.Div64(hi, lo, speed)
	if y > 0 && r > 0 {
		q++
	}
	if q >= 1<<62 {
		return beyond(y)
	}
	if y < 0 {
		return p.after(-int64(q))
	}
	return p.after(int64(q))
}

// after returns the time u after the origin.
func (p *piece) after(u int64) sim.Time {
	t := int64(p.origin) + u
	if u > 0 && p.origin > 0 && t < u || t == math.MaxInt64 {
		return sim.Never
	}
	return sim.Time(t)
}

// longAgo is before everything.
const longAgo sim.Time = -1 << 62

// beyond is the time at which a clock shows what it never or always shows.
func beyond(y int64) sim.Time {
	if y < 0 {
		return longAgo
	}
	return sim.Never
}

// first is the piece before anything changes.
func (c *Clock) first() piece {
	p := piece{from: math.MinInt64, base: c.offset, num: c.drift, den: billion, slewEnd: sim.Never}
	if r := c.cfg.Replay; r != nil {
		p.base += r.Points[0].Offset
	}
	p.until = c.nextChange(&p, math.MinInt64)
	return p
}

// find moves to the piece of time t, making what is missing up to it.
func (c *Clock) find(t sim.Time) *piece {
	for t >= c.pieces[len(c.pieces)-1].until {
		if c.pieces[len(c.pieces)-1].until == sim.Never {
			break // t is Never
		}
		c.extend()
	}
	low, high := 0, len(c.pieces)-1
	switch {
	case c.at+1 <= high && c.pieces[c.at+1].from <= t && t < c.pieces[c.at+1].until:
		low, high = c.at+1, c.at+1
	case c.pieces[c.at].from <= t:
		low = c.at
	default:
		high = c.at
	}
	for low < high { // the last piece that begins at or before t
		middle := (low + high + 1) / 2
		if c.pieces[middle].from <= t {
			low = middle
		} else {
			high = middle - 1
		}
	}
	c.at = low
	return &c.pieces[low]
}

// extend makes the piece after the last. What happens at one time happens in
// this order: a freeze ends, the clock steps, its rate changes, it is
// corrected, a freeze begins.
func (c *Clock) extend() {
	p := c.pieces[len(c.pieces)-1]
	t := p.until
	p.from = t
	if p.frozen {
		c.thaw(&p, t)
	}
	if by := c.steppedAt(t); by != 0 {
		p.base += by
		p.stands += by
	}
	if p.slewEnd <= t {
		p.slew, p.slewEnd = 0, sim.Never
	}
	if r := c.cfg.Replay; r != nil {
		r.follow(&p, t)
	} else {
		if w := c.cfg.Wander; w != nil && t >= 0 && int64(t)%int64(w.Every) == 0 {
			p.wander = w.Rate.Sample(c.wanders.Word(uint64(int64(t) / int64(w.Every))))
		}
		if s := c.cfg.Sync; s != nil && !p.frozen && s.due(t) {
			c.exchange(&p, t)
		}
		p.bend(t, c.rate(&p), billion)
	}
	if !p.frozen && c.freezesAt(t) {
		p.frozen, p.stands = true, int64(t)+p.ahead(t)
	}
	p.until = c.nextChange(&p, t)
	c.pieces = append(c.pieces, p)
}

// rate is the sum of the parts, within the bound.
func (c *Clock) rate(p *piece) int64 {
	return max(-MaxDrift, min(c.drift+p.wander+p.slew, MaxDrift))
}

// nextChange is the first time after t at which something happens to the clock.
func (c *Clock) nextChange(p *piece, t sim.Time) sim.Time {
	next := p.slewEnd
	if i := c.stepAfter(t); i < len(c.steps) {
		next = min(next, c.steps[i].At)
	}
	for i := range c.freezes {
		f := &c.freezes[i]
		if f.At > t {
			next = min(next, f.At)
			break // they are in order, and no end comes before a begin
		}
		if end := f.end(); end > t {
			next = min(next, end)
		}
	}
	if w := c.cfg.Wander; w != nil {
		next = min(next, multipleAfter(t, 0, int64(w.Every)))
	}
	if s := c.cfg.Sync; s != nil {
		next = min(next, multipleAfter(t, s.First, int64(s.Every)))
	}
	if r := c.cfg.Replay; r != nil {
		next = min(next, r.after(t))
	}
	return next
}

// multipleAfter is the first of start, start+every, ... that comes after t.
func multipleAfter(t, start sim.Time, every int64) sim.Time {
	if t < start {
		return start
	}
	n := int64(t-start)/every + 1
	hi, lo := bits.Mul64(uint64(n), uint64(every))
	if hi != 0 || lo > uint64(math.MaxInt64-int64(start)) {
		return sim.Never
	}
	return start + sim.Time(lo)
}

// rewind forgets the pieces from t on, which are made again when asked about.
func (c *Clock) rewind(t sim.Time) {
	n := len(c.pieces)
	for n > 1 && c.pieces[n-1].from >= t {
		n--
	}
	c.pieces = c.pieces[:n]
	last := &c.pieces[n-1]
	last.until = min(last.until, t)
	c.at = min(c.at, n-1)
}
