package clock

import (
	"errors"
	"fmt"
	"math/bits"
	"time"

	"mpcomm/peer"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// billion is the unit of drift: parts per 10^9.
const billion = 1_000_000_000

// MaxDrift bounds a clock's drift, in parts per 10^9: no clock runs at less
// than half or more than one and a half times the speed of true time. A draw
// beyond the bound becomes the bound.
const MaxDrift = 500_000_000

// MaxOffset bounds the magnitude of an offset, of a step and of the sum of all
// steps. A draw beyond the bound becomes the bound.
const MaxOffset = 100_000 * time.Hour

// Step is a correction of a clock: from At on it shows By more than before.
type Step struct {
	At sim.Time
	By time.Duration
}

// Config describes the clocks of a group. The zero value is a perfect clock.
type Config struct {
	Offset rng.Dist      // ns ahead of true time at 0; may be negative
	Drift  rng.Dist      // parts per 10^9 gained on true time
	Tick   time.Duration // the reading is a multiple of it; 0 and 1ns are the finest
	Steps  []Step        // in any order; those at one time add up
}

// Check reports every value outside its range.
func (c *Config) Check() error {
	var errs []error
	if c.Tick < 0 || c.Tick > time.Hour {
		errs = append(errs, fmt.Errorf("clock: tick %s: want 0..1h", c.Tick))
	}
	for i, s := range c.Steps {
		if s.At < 0 || s.At == sim.Never {
			errs = append(errs, fmt.Errorf("clock: step %d: at %s: want a time of the run, 0 or later", i, s.At))
		}
		if s.By < -MaxOffset || s.By > MaxOffset {
			errs = append(errs, fmt.Errorf("clock: step %d: by %s: want %s..%s", i, s.By, -MaxOffset, MaxOffset))
		}
	}
	return errors.Join(errs...)
}

// step is a Step with what all steps up to it add up to.
type step struct {
	at    sim.Time
	total int64
}

// Clock is the clock of one peer in one run. The zero Clock is perfect.
type Clock struct {
	perfect bool // set by Set and Step; a zero Clock takes the slow path to the same values
	offset  int64
	drift   int64
	tick    int64
	steps   []step
}

// Set makes c the clock of peer p in the run whose draws descend from root:
// offset and drift are drawn once a run, by the names (clock, offset, p) and
// (clock, drift, p). The memory of earlier steps is kept.
func (c *Clock) Set(cfg *Config, root rng.Key, p peer.ID) {
	*c = Clock{tick: int64(cfg.Tick), steps: c.steps[:0]}
	if cfg.Offset.IsConstant() {
		c.offset = cfg.Offset.Sample(0)
	} else {
		c.offset = cfg.Offset.Sample(root.Name("clock").Name("offset").Word(uint64(p)))
	}
	if cfg.Drift.IsConstant() {
		c.drift = cfg.Drift.Sample(0)
	} else {
		c.drift = cfg.Drift.Sample(root.Name("clock").Name("drift").Word(uint64(p)))
	}
	c.offset = max(-int64(MaxOffset), min(c.offset, int64(MaxOffset)))
	c.drift = max(-MaxDrift, min(c.drift, MaxDrift))
	c.perfect = c.offset == 0 && c.drift == 0 && c.tick <= 1
	for _, s := range cfg.Steps {
		c.Step(s.At, s.By)
	}
}

// Perfect reports whether the clock always shows true time.
func (c *Clock) Perfect() bool {
	return c.perfect || c.offset == 0 && c.drift == 0 && c.tick <= 1 && len(c.steps) == 0
}

// Offset returns what the clock was ahead of true time at 0, steps aside.
func (c *Clock) Offset() time.Duration { return time.Duration(c.offset) }

// Drift returns what the clock gains on true time, in parts per 10^9.
func (c *Clock) Drift() int64 { return c.drift }

// Step makes the clock show `by` more from true time `at` on.
func (c *Clock) Step(at sim.Time, by time.Duration) {
	if by == 0 {
		return
	}
	c.perfect = false
	i := len(c.steps)
	for i > 0 && c.steps[i-1].at > at {
		i--
	}
	before := int64(0)
	if i > 0 {
		before = c.steps[i-1].total
	}
	c.steps = append(c.steps, step{})
	copy(c.steps[i+1:], c.steps[i:])
	c.steps[i] = step{at: at, total: before}
	for j := i; j < len(c.steps); j++ {
		total := c.steps[j].total + int64(by)
		if total < -int64(MaxOffset) || total > int64(MaxOffset) {
			panic(fmt.Sprintf("clock: steps until %s add up to more than %s", c.steps[j].at, MaxOffset))
		}
		c.steps[j].total = total
	}
}

// NextStep returns the time of the first step after a time: timers set for
// local times are to be armed again there. Steps at one time count once.
func (c *Clock) NextStep(after sim.Time) (sim.Time, bool) {
	for i := range c.steps {
		if c.steps[i].at > after {
			return c.steps[i].at, true
		}
	}
	return sim.Never, false
}

// Local returns what the clock shows at true time t, which lies within 2^60 ns
// (36 years) of 0.
func (c *Clock) Local(t sim.Time) peer.Instant {
	if c.perfect {
		return peer.Instant(t)
	}
	return c.imperfect(t)
}

func (c *Clock) imperfect(t sim.Time) peer.Instant {
	local := int64(t) + c.offset + c.stepped(t)
	if c.drift != 0 {
		local += mulDivFloor(int64(t), c.drift)
	}
	if c.tick > 1 {
		if r := local % c.tick; r < 0 {
			local -= r + c.tick
		} else {
			local -= r
		}
	}
	return peer.Instant(local)
}

// stepped returns what the steps up to t add up to. It looks from the end,
// since a run mostly asks about the present.
func (c *Clock) stepped(t sim.Time) int64 {
	for i := len(c.steps) - 1; i >= 0; i-- {
		if c.steps[i].at <= t {
			return c.steps[i].total
		}
	}
	return 0
}

// mulDivFloor returns floor(t*drift/10^9) by a product of 128 bits.
func mulDivFloor(t, drift int64) int64 {
	hi, lo := bits.Mul64(magnitude(t), magnitude(drift))
	// |drift| < 10^9 keeps the quotient below |t|: the division cannot overflow.
	q, r := bits.Div64(hi, lo, billion)
	if (t < 0) == (drift < 0) {
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

// When returns the first true time not before from at which the clock shows i
// or more, across all steps known so far: from itself if it already does, and
// sim.Never if it never will. The inverse rounds up, so a timer is never early.
// After a later call of Step the host asks again.
func (c *Clock) When(from sim.Time, i peer.Instant) sim.Time {
	if c.perfect {
		return max(from, sim.Time(i))
	}
	if i == peer.Distant || from == sim.Never {
		return sim.Never
	}
	target, ok := c.ceilTick(int64(i))
	if !ok {
		return sim.Never
	}
	k, total := 0, int64(0)
	for k < len(c.steps) && c.steps[k].at <= from {
		total = c.steps[k].total
		k++
	}
	for {
		t := max(from, c.reach(target, total))
		if k == len(c.steps) || t < c.steps[k].at {
			return t
		}
		from = c.steps[k].at
		for k < len(c.steps) && c.steps[k].at == from {
			total = c.steps[k].total
			k++
		}
	}
}

// ceilTick returns the least multiple of the tick that is at least i: the
// clock shows i or more when its reading without ticks has come so far.
func (c *Clock) ceilTick(i int64) (int64, bool) {
	if c.tick <= 1 {
		return i, true
	}
	r := i % c.tick
	if r < 0 {
		r += c.tick
	}
	if r == 0 {
		return i, true
	}
	up := i + (c.tick - r)
	return up, up > i
}

// reach returns the least t with t + floor(drift*t/10^9) + offset + steps >=
// target, which is ceil(y*10^9/(10^9+drift)) with y = target - offset - steps.
func (c *Clock) reach(target, steps int64) sim.Time {
	y := target - c.offset - steps
	if shift := c.offset + steps; shift < 0 && y < target {
		return sim.Never
	} else if shift > 0 && y > target {
		return sim.Time(-1 << 62)
	}
	if c.drift == 0 {
		return sim.Time(y)
	}
	speed := uint64(billion + c.drift)
	hi, lo := bits.Mul64(magnitude(y), billion)
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
		return sim.Time(-int64(q))
	}
	return sim.Time(q)
}

// beyond is the time at which a clock shows what it never or always shows.
func beyond(y int64) sim.Time {
	if y < 0 {
		return sim.Time(-1 << 62)
	}
	return sim.Never
}
