package clock

import (
	"slices"
	"time"

	"mpcomm/sim"
)

// Step makes the clock show `by` more from true time `at` on, whether or not
// that time is over. A clock that others ask is stepped by Group.Step.
func (c *Clock) Step(at sim.Time, by time.Duration) {
	if by == 0 {
		return
	}
	c.begin()
	c.insertStep(Step{At: at, By: by})
	c.rewind(at)
}

// Freeze makes the clock stand still for a while. A clock that others ask is
// frozen by Group.Freeze.
func (c *Clock) Freeze(f Freeze) {
	c.begin()
	c.insertFreeze(f)
	c.rewind(f.At)
}

// begin makes a perfect clock one to which something happens.
func (c *Clock) begin() {
	c.perfect = false
	if len(c.pieces) == 0 {
		c.cfg = &Config{}
		c.pieces = append(c.pieces, c.first())
	}
}

// insertStep keeps steps in order of time, those of one time in the order
// given. Together they move the clock by at most MaxOffset: the step that would
// go beyond goes that far.
func (c *Clock) insertStep(s Step) {
	left := MaxOffset
	for i := range c.steps {
		left -= max(c.steps[i].By, -c.steps[i].By)
	}
	if s.By = max(-left, min(s.By, left)); s.By != 0 {
		c.steps = slices.Insert(c.steps, c.stepAfter(s.At), s)
	}
}

// stepAfter is the index of the first step after t.
func (c *Clock) stepAfter(t sim.Time) int {
	i := len(c.steps)
	for i > 0 && c.steps[i-1].At > t {
		i--
	}
	return i
}

// steppedAt is what the steps at t add up to.
func (c *Clock) steppedAt(t sim.Time) int64 {
	sum := int64(0)
	for i := c.stepAfter(t) - 1; i >= 0 && c.steps[i].At == t; i-- {
		sum += int64(c.steps[i].By)
	}
	return sum
}

// insertFreeze keeps freezes in order of their beginning.
func (c *Clock) insertFreeze(f Freeze) {
	i := len(c.freezes)
	for i > 0 && c.freezes[i-1].At > f.At {
		i--
	}
	c.freezes = slices.Insert(c.freezes, i, f)
}

// freezesAt reports whether a freeze begins at t.
func (c *Clock) freezesAt(t sim.Time) bool {
	for i := range c.freezes {
		if c.freezes[i].At == t {
			return true
		}
	}
	return false
}

// thaw ends the freeze of p at t if nothing holds the clock any longer. What it
// has lost stays lost unless the freeze is made up for.
func (c *Clock) thaw(p *piece, t sim.Time) {
	lost := false
	for i := range c.freezes {
		f := &c.freezes[i]
		end := f.end()
		if f.At < t && t < end {
			return
		}
		lost = lost || end == t && !f.CatchUp
	}
	p.frozen = false
	if lost {
		p.base += p.stands - (int64(t) + p.ahead(t))
	}
}
