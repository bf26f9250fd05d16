package clock

import (
	"time"

	"mpcomm/peer"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// Clock is the clock of one peer in one run. The zero Clock is perfect.
//
// It is made of pieces in time, between whose ends it runs at one rate or
// stands still. Pieces are made when they are first asked about, each from the
// one before, and kept until the next Set; since all draws are named, what is
// asked and when changes no reading.
type Clock struct {
	perfect bool // set by Set and Step; a zero Clock takes the slow path to the same values
	tick    int64
	at      int // the piece that was last read
	pieces  []piece

	cfg     *Config
	offset  int64
	drift   int64
	clamped bool
	wanders rng.Key
	syncs   rng.Key
	server  *Clock // whose time the exchanges tell; nil = true time
	steps   []Step
	freezes []Freeze
}

// Set makes c the clock of peer p in the run whose draws descend from root:
// offset and drift are drawn once a run, by the names (clock, offset, p) and
// (clock, drift, p). The memory of earlier steps is kept. A clock whose Sync
// asks another peer is set by Group.Set.
func (c *Clock) Set(cfg *Config, root rng.Key, p peer.ID) {
	*c = Clock{cfg: cfg, tick: int64(cfg.Tick), pieces: c.pieces[:0], steps: c.steps[:0], freezes: c.freezes[:0]}
	c.offset, c.drift = cfg.Offset.Sample(0), cfg.Drift.Sample(0)
	if !cfg.Offset.IsConstant() {
		c.offset = cfg.Offset.Sample(root.Name("clock").Name("offset").Word(uint64(p)))
	}
	if !cfg.Drift.IsConstant() {
		c.drift = cfg.Drift.Sample(root.Name("clock").Name("drift").Word(uint64(p)))
	}
	if cfg.Either {
		flip(&c.offset, root.Name("clock").Name("side").Name("offset").Word(uint64(p)))
		flip(&c.drift, root.Name("clock").Name("side").Name("drift").Word(uint64(p)))
	}
	most := int64(MaxOffset)
	if cfg.OffsetMax > 0 {
		most = min(most, int64(cfg.OffsetMax))
	}
	c.clamped = c.offset < -most || c.offset > most
	c.offset = max(-most, min(c.offset, most))
	c.drift = max(-MaxDrift, min(c.drift, MaxDrift))
	c.rename(root, p)
	for _, s := range cfg.Steps {
		c.insertStep(s)
	}
	for _, f := range cfg.Freezes {
		c.insertFreeze(f)
	}
	c.pieces = append(c.pieces, c.first())
	c.perfect = c.offset == 0 && c.drift == 0 && c.tick <= 1 && !cfg.changes() && len(c.steps) == 0
}

// rename makes root the key of the draws to come: rates of wander and errors of
// synchronisation. Offset and drift are drawn once.
func (c *Clock) rename(root rng.Key, p peer.ID) {
	if c.cfg.Wander != nil {
		c.wanders = root.Name("clock").Name("wander").With(uint64(p))
	}
	if c.cfg.Sync != nil {
		c.syncs = root.Name("clock").Name("sync").With(uint64(p))
	}
}

// flip changes the sign of v for one half of the words.
func flip(v *int64, word uint64) {
	if word>>63 == 1 {
		*v = -*v
	}
}

// Perfect reports whether the clock always shows true time.
func (c *Clock) Perfect() bool { return c.perfect || len(c.pieces) == 0 }

// Offset returns what the clock was ahead of true time at 0, steps, exchanges
// and a replayed series aside.
func (c *Clock) Offset() time.Duration { return time.Duration(c.offset) }

// Drift returns what the clock gains on true time, wander and slewing aside, in
// parts per 10^9.
func (c *Clock) Drift() int64 { return c.drift }

// Clamped reports whether the offset that was drawn lay beyond its bound and
// became the bound.
func (c *Clock) Clamped() bool { return c.clamped }

// Local returns what the clock shows at true time t, which lies within 2^60 ns
// (36 years) of 0.
func (c *Clock) Local(t sim.Time) peer.Instant {
	if c.perfect {
		return peer.Instant(t)
	}
	return c.imperfect(t)
}

func (c *Clock) imperfect(t sim.Time) peer.Instant {
	if len(c.pieces) == 0 {
		return peer.Instant(t)
	}
	p := &c.pieces[c.at]
	if t < p.from || t >= p.until {
		p = c.find(t)
	}
	local := int64(t) + p.base // and what p.ahead adds, without a call
	if p.num != 0 {
		local += mulDivFloor(int64(t-p.origin), p.num, p.den)
	}
	if p.frozen {
		local = p.stands
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

// lookahead bounds the pieces that When looks at beyond the present one.
const lookahead = 1024

// When returns the first true time not before from at which the clock shows i
// or more, across all steps known so far: from itself if it already does, and
// sim.Never if it never will. The inverse rounds up, so a timer is never early.
//
// A clock that wanders, is synchronised or replayed changes its rate again and
// again: if i lies more than a thousand such changes ahead, When returns a time
// before it, at which the clock shows less than i and the host asks again. It
// also asks again after a later call of Step or Freeze.
func (c *Clock) When(from sim.Time, i peer.Instant) sim.Time {
	if c.perfect {
		return max(from, sim.Time(i))
	}
	if i == peer.Distant || from == sim.Never {
		return sim.Never
	}
	target, ok := c.ceilTick(int64(i))
	switch {
	case !ok:
		return sim.Never
	case len(c.pieces) == 0:
		return max(from, sim.Time(i))
	}
	c.find(from)
	for k := c.at; ; k++ {
		for k >= len(c.pieces) {
			c.extend()
		}
		p := &c.pieces[k]
		if t := max(from, p.from, p.reach(target)); t < p.until || p.until == sim.Never {
			return t
		}
		if k-c.at == lookahead {
			return p.until
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
