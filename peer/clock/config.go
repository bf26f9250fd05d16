package clock

import (
	"errors"
	"fmt"
	"time"

	"mpcomm/peer"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// billion is the unit of rates: parts per 10^9.
const billion = 1_000_000_000

// MaxDrift bounds what a clock gains on true time, in parts per 10^9, drift,
// wander and slewing together: no clock runs at less than half or more than one
// and a half times the speed of true time. What is beyond the bound becomes the
// bound.
const MaxDrift = 500_000_000

// MaxOffset bounds the magnitude of an offset, of a step, of the sum of all
// steps and of the error of an exchange. A draw beyond the bound becomes the
// bound.
const MaxOffset = 100_000 * time.Hour

// Config describes the clocks of a group. The zero value is a perfect clock.
type Config struct {
	Offset    rng.Dist      // ns ahead of true time at 0; may be negative
	OffsetMax time.Duration // bounds the offset's magnitude: a draw beyond it becomes it; 0 = MaxOffset
	Drift     rng.Dist      // parts per 10^9 gained on true time
	Either    bool          // a fair coin for each of Offset and Drift says whether its sign is changed
	Tick      time.Duration // the reading is a multiple of it; 0 and 1ns are the finest
	Wander    *Wander       // nil = the rate is constant
	Sync      *Sync         // nil = nothing corrects the clock
	Replay    *Replay       // a measured series in place of drift, wander and exchanges
	Steps     []Step        // in any order; those at one time add up
	Freezes   []Freeze      // in any order
}

// Wander makes the rate of a clock change in time: between two multiples of
// Every the clock gains Rate more, drawn for each such interval by the name
// (clock, wander, p, number of the interval). With a normal Rate of mean 0 and
// standard deviation s, what a clock gains over n intervals is normal with
// standard deviation s*Every*sqrt(n): the offset is a random walk, which is the
// white frequency noise of Allan, "Statistics of atomic frequency standards",
// Proc. IEEE 54(2), 1966, section IV.
type Wander struct {
	Every time.Duration // above 0
	Rate  rng.Dist      // parts per 10^9
}

// Step is a correction of a clock: from At on it shows By more than before.
type Step struct {
	At sim.Time
	By time.Duration
}

// Freeze makes a clock stand still from At on, for For. Then it goes on from
// where it stood, or with CatchUp from where it would have been. Steps move a
// clock that stands, exchanges do not touch it. Where freezes overlap the clock
// stands until the last is over and goes on as that one says; among several
// that end together, one without CatchUp decides.
type Freeze struct {
	At      sim.Time
	For     time.Duration // above 0
	CatchUp bool
}

func (f *Freeze) end() sim.Time { return f.At.Add(f.For) }

// changes reports whether anything happens to the clock besides steps.
func (c *Config) changes() bool {
	return c.Wander != nil || c.Sync != nil || c.Replay != nil || len(c.Freezes) > 0
}

// Perfect reports whether the clock shows true time whatever is drawn.
func (c *Config) Perfect() bool {
	return c.Offset.IsConstant() && c.Offset.Sample(0) == 0 && c.Drift.IsConstant() && c.Drift.Sample(0) == 0 &&
		c.Tick <= 1 && len(c.Steps) == 0 && !c.changes()
}

// Check reports every value outside its range.
func (c *Config) Check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("clock: "+format, args...)) }
	if c.Tick < 0 || c.Tick > time.Hour {
		bad("tick %s: want 0..1h", c.Tick)
	}
	if c.OffsetMax < 0 || c.OffsetMax > MaxOffset {
		bad("largest offset %s: want 0..%s", c.OffsetMax, MaxOffset)
	}
	for i, s := range c.Steps {
		if s.At < 0 || s.At == sim.Never {
			bad("step %d: at %s: want a time of the run, 0 or later", i, s.At)
		}
		if s.By < -MaxOffset || s.By > MaxOffset {
			bad("step %d: by %s: want %s..%s", i, s.By, -MaxOffset, MaxOffset)
		}
	}
	for i, f := range c.Freezes {
		if f.At < 0 || f.At == sim.Never {
			bad("freeze %d: at %s: want a time of the run, 0 or later", i, f.At)
		}
		if f.For <= 0 {
			bad("freeze %d: for %s: want more than 0", i, f.For)
		}
	}
	if w := c.Wander; w != nil && w.Every <= 0 {
		bad("wander: every %s: want more than 0", w.Every)
	}
	if s := c.Sync; s != nil {
		errs = append(errs, s.check()...)
	}
	if r := c.Replay; r != nil {
		errs = append(errs, r.check()...)
		if !c.Drift.IsConstant() || c.Drift.Sample(0) != 0 || c.Wander != nil || c.Sync != nil {
			bad("replay: the series is the whole of what the clock gains: want no drift, wander and exchanges beside it")
		}
	}
	return errors.Join(errs...)
}

// Group is the clocks of all peers of a run, by peer.
type Group []Clock

// Set makes every clock of the group new for a run, as Clock.Set does, and joins
// those that ask each other to whom they ask. No chain of such peers may come
// back to where it began.
func (g Group) Set(cfgs []Config, root rng.Key) {
	for p := range g {
		g[p].Set(&cfgs[p], root, peer.ID(p))
	}
	for p := range g {
		if s := cfgs[p].Sync; s != nil && s.Server != Reference {
			g[p].server = &g[s.Server]
		}
	}
}

// Rename makes root the key of all draws from now on. What a clock has drawn for
// the time ahead it keeps.
func (g Group) Rename(root rng.Key) {
	for p := range g {
		g[p].rename(root, peer.ID(p))
	}
}

// Follows reports whether clock p is set by the time of clock q, directly or by
// way of others.
func (g Group) Follows(p, q peer.ID) bool {
	target := &g[q]
	for c := g[p].server; c != nil; c = c.server {
		if c == target {
			return true
		}
	}
	return false
}

// Step moves clock p as Clock.Step does. Timers of p are to be armed again, and
// those of all that Follows names: their next exchanges find another time.
func (g Group) Step(p peer.ID, at sim.Time, by time.Duration) {
	g[p].Step(at, by)
	g.rewindFollowers(p, at)
}

// Freeze makes clock p stand still as Clock.Freeze does. The host arms timers
// again as after Step.
func (g Group) Freeze(p peer.ID, f Freeze) {
	g[p].Freeze(f)
	g.rewindFollowers(p, f.At)
}

func (g Group) rewindFollowers(p peer.ID, at sim.Time) {
	for q := range g {
		if g.Follows(peer.ID(q), p) {
			g[q].rewind(at)
		}
	}
}
