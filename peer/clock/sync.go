package clock

import (
	"fmt"
	"math"
	"math/bits"
	"time"

	"mpcomm/peer"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// Reference stands for a server that knows true time.
const Reference peer.ID = -1

// Path is how long a question or an answer of an exchange takes, one way.
type Path struct {
	Base   time.Duration
	Excess rng.Dist // ns beyond the base; a draw below 0 counts as 0
}

// Sync corrects a clock at First, First+Every, ... by an exchange with a
// server, as NTP does (Mills, RFC 5905, section 8): the peer measures
//
//	theta = server's time - own time + (There - Back)/2 + Error
//
// and sets its clock forward by theta, at once or by slewing. So on an
// asymmetric path half the asymmetry stays as an error, and no exchange over
// that path can see it.
//
// The exchange is not sent as packets: There and Back are drawn from the delays
// of the two ways by the names (clock, sync, p, number of the exchange, 0 and 1)
// and Error by (…, 2), and the correction begins at the time of the exchange as
// if it took none. Exchanges are never lost; a clock that stands still makes none.
type Sync struct {
	First       sim.Time
	Every       time.Duration // above 0
	Server      peer.ID       // the peer whose clock is asked, or Reference
	There, Back Path
	Error       rng.Dist // ns: what goes wrong besides
	Slew        int64    // rate of correction, parts per 10^9; 0 = the clock steps
}

func (s *Sync) check() []error {
	var errs []error
	if s.First < 0 || s.First == sim.Never {
		errs = append(errs, fmt.Errorf("clock: sync: first at %s: want a time of the run, 0 or later", s.First))
	}
	if s.Every <= 0 {
		errs = append(errs, fmt.Errorf("clock: sync: every %s: want more than 0", s.Every))
	}
	if s.Slew < 0 || s.Slew > MaxDrift {
		errs = append(errs, fmt.Errorf("clock: sync: slew %d: want 0..%d parts per 10^9", s.Slew, MaxDrift))
	}
	return errs
}

// due reports whether an exchange is made at t.
func (s *Sync) due(t sim.Time) bool {
	return t >= s.First && int64(t-s.First)%int64(s.Every) == 0
}

func (p *Path) take(word uint64) int64 {
	return min(int64(p.Base)+max(0, p.Excess.Sample(word)), int64(MaxOffset))
}

// exchange corrects the line of p at t. A correction that is still being slewed
// is given up for the new one.
func (c *Clock) exchange(p *piece, t sim.Time) {
	s := c.cfg.Sync
	name := c.syncs.With(uint64(int64(t-s.First) / int64(s.Every)))
	ahead := int64(0)
	if c.server != nil {
		ahead = int64(c.server.Local(t)) - int64(t)
	}
	jitter := max(-int64(MaxOffset), min(s.Error.Sample(name.Word(2)), int64(MaxOffset)))
	theta := ahead - p.ahead(t) + (s.There.take(name.Word(0))-s.Back.take(name.Word(1)))/2 + jitter
	p.slew, p.slewEnd = 0, sim.Never
	switch {
	case theta == 0:
	case s.Slew == 0:
		p.base += theta
	default:
		p.slew, p.slewEnd = s.Slew, slewed(t, theta, s.Slew)
		if theta < 0 {
			p.slew = -s.Slew
		}
	}
}

// slewed is when a correction of theta that begins at t is done, rounded up.
func slewed(t sim.Time, theta, rate int64) sim.Time {
	hi, lo := bits.Mul64(magnitude(theta), billion)
	if hi >= uint64(rate) {
		return sim.Never
	}
	q, r := bits.Div64(hi, lo, uint64(rate))
	if r > 0 {
		q++
	}
	if q >= math.MaxInt64 {
		return sim.Never
	}
	return t.Add(time.Duration(q))
}
