package network

import (
	"time"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// Stalls freeze a directed link now and then. While a stall lasts nothing
// arrives over the link: what would have arrived meanwhile, whether sent before
// the stall or during it, arrives together at its end, in the order of sending,
// and a share of it, the Stragglers, later by a draw of Later. What would arrive
// after the end does so undisturbed, though on a fifo link not before the
// stragglers sent ahead of it. A stall loses nothing, holds up no queue before
// the link, and does not touch an Explicit delay. An arrival beyond the next
// thousand stalls meets none.
//
// Stalls are a process in time of each link: the first begins a draw of Every
// after time 0, each other a draw of Every after the end of the one before, and
// each lasts a draw of For. In the long run a link is stalled for the share
// mean(For)/(mean(Every)+mean(For)) of the time.
type Stalls struct {
	Every      rng.Dist  // its median is MinStallGap or more
	For        rng.Dist  // of both no draw is negative
	Stragglers rng.Ratio // of the packets and copies that a stall froze
	Later      rng.Dist  // a negative draw becomes 0 and is counted as Clamped
}

// MinStallGap bounds the median time between two stalls, so that finding the
// stalls of a run takes no longer than the run.
const MinStallGap = time.Millisecond

// stallsAhead bounds the stalls that are looked at for one arrival: one beyond
// so many that are yet to end when it is sent meets no stall.
const stallsAhead = 1000

// stalls are Stalls made ready.
type stalls struct {
	every, lasts, later rng.Dist
	straggle            rng.Chance
}

// stallMark is one stall of a link, with the number of the next. The zero value
// stands for the time before the first.
type stallMark struct {
	next         uint64
	begins, ends sim.Time
}

func (s *Stalls) compile() *stalls {
	if s == nil {
		return nil
	}
	return &stalls{every: s.Every, lasts: s.For, later: s.Later, straggle: s.Stragglers.Chance()}
}

// advance moves a mark to the next stall of its link.
func (s *stalls) advance(link rng.Key, m *stallMark) {
	m.begins = sim.Time(saturated(int64(m.ends), s.every.Sample(link.Word(2*m.next))))
	m.ends = sim.Time(saturated(int64(m.begins), s.lasts.Sample(link.Word(2*m.next+1))))
	m.next++
}

// thaw is when the link delivers what would arrive at a time, not before now:
// at the end of the stall that lasts then, or at that time. The link's mark is
// moved to the first stall that ends after now, since no earlier one is asked
// for again.
func (s *stalls) thaw(link rng.Key, mark *stallMark, now, at sim.Time) sim.Time {
	for mark.ends <= now && mark.ends < sim.Never {
		s.advance(link, mark)
	}
	for m := *mark; m.begins <= at && m.next-mark.next <= stallsAhead; s.advance(link, &m) {
		if at < m.ends {
			at = m.ends // where another may begin at once
		}
	}
	return at
}

// stalled is when a packet or its copy arrives that would arrive at a time if
// its link did not stall.
func (n *Network) stalled(at sim.Time, p *Packet, l *link, d *draws, name uint64) sim.Time {
	marks := n.stallMarks(p.From)
	link := n.keys.stall.With(uint64(p.From)<<16 | uint64(p.To))
	thawed := l.stalls.thaw(link, &marks[p.To], n.now, at)
	if thawed == at {
		return at
	}
	n.counts.Stalled++
	if !l.stalls.straggle.Hit(d.straggle.Word(name)) {
		return thawed
	}
	n.counts.Straggled++
	later := n.clamped(l.stalls.later.Sample(d.later.Word(name)))
	return l.stalls.thaw(link, &marks[p.To], n.now, sim.Time(saturated(int64(thawed), later)))
}
