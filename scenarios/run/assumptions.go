package run

import (
	"fmt"
	"time"

	"mpcomm/network/latency"
	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/scenarios"
)

// outsideAssumptions lists which of the ordering's assumptions the scenario
// does not keep, whether or not anything comes of it.
func outsideAssumptions(p *Plan) []string {
	s := p.scenario
	a := assumer{s: s, needs: p.needs, heals: p.heal != nil}
	for _, l := range allLinks(s) {
		a.link(l)
	}
	a.faults(p)
	if a.needs&peer.NoLoss != 0 {
		a.losses()
	}
	if a.needs&peer.BoundedDelay != 0 {
		a.holdBack(p.values)
	}
	if _, stated := p.values.Text("epsilon"); stated && a.needs&peer.BoundedSkew != 0 {
		a.clockError(p.values.Duration("epsilon"))
	}
	if a.needs&peer.MonotoneClock != 0 {
		a.clocks()
	}
	if a.needs&peer.RepliesOnDelivery != 0 {
		a.replies()
	}
	if a.needs&peer.RepliesOnReceipt != 0 {
		a.earlyReplies(p.spec.Offline)
	}
	return a.list
}

type assumer struct {
	s     *scenarios.Scenario
	needs peer.Need
	heals bool // all faults end at some time
	list  []string
}

// add appends a sentence unless it is there already.
func (a *assumer) add(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for _, have := range a.list {
		if have == text {
			return
		}
	}
	a.list = append(a.list, text)
}

// holdBack compares the wait of a hold-back with the largest delay and skew
// that the scenario allows. Their sum has to stay below the wait: a message that
// comes at the very instant at which its time is over may find one of the same
// stamp delivered, which should have followed it.
func (a *assumer) holdBack(v order.Values) {
	if _, stated := v.Text("wait"); !stated {
		return // an ordering of one's own with another bound
	}
	wait := v.Duration("wait")
	delay, bounded := a.largestDelay()
	if !bounded {
		a.add("delay has no bound and wait is %v", wait)
		return
	}
	skew, bounded := a.largestSkew()
	if !bounded {
		a.add("clock offsets have no bound and wait is %v", wait)
		return
	}
	if _, stated := v.Text("epsilon"); stated {
		// Stamped epsilon ahead, sent after the commit wait.
		commit, epsilon := order.CommitOf(v), v.Duration("epsilon")
		if late := commit - epsilon; delay+skew+late >= wait {
			a.add("delay plus skew may be %v, a commit takes %v and wait is %v", delay+skew, commit, wait)
		}
		return
	}
	if delay+skew >= wait {
		a.add("delay plus skew may be %v and wait is %v", delay+skew, wait)
	}
}

func (a *assumer) largestDelay() (time.Duration, bool) {
	_, base := a.s.BaseMatrix()
	most := time.Duration(0)
	for _, row := range base {
		for _, d := range row {
			most = max(most, d)
		}
	}
	worst := time.Duration(0)
	for _, l := range allLinks(a.s) {
		_, high, bounded := span(l.Excess)
		if !bounded || a.reliable() && (l.Loss.Ratio.Num > 0 || l.Loss.Bursts != nil || l.Corrupt.Num > 0 || l.Queue > 0) {
			return 0, false
		}
		d := time.Duration(high)
		if !l.NoBase {
			d += most
		}
		if l.Reorder != nil && l.Reorder.Share.Num > 0 {
			_, extra, bounded := span(l.Reorder.Extra)
			if !bounded {
				return 0, false
			}
			d += time.Duration(extra)
		}
		if st := l.Stalls; st != nil {
			_, lasts, bounded := span(st.For)
			_, later, laterBounded := span(st.Later)
			if !bounded || !laterBounded {
				return 0, false
			}
			// A straggler may meet the next stall as well.
			d += time.Duration(2*lasts + later)
		}
		worst = max(worst, d)
	}
	for _, d := range a.s.Network.Delays {
		worst = max(worst, d.Delay)
	}
	for i := range a.s.Faults {
		more, bounded := a.delayOf(&a.s.Faults[i])
		if !bounded {
			return 0, false
		}
		worst += more
	}
	return worst, true
}

// clockError compares the stated error of the clocks with the promised one, or
// without a promise with the largest there is. Whether a promise is kept, a run
// shows.
func (a *assumer) clockError(stated time.Duration) {
	if promise, ok := a.s.Promise(); ok {
		if promise > stated {
			a.add("the scenario promises clocks within %v and epsilon is %v", promise, stated)
		}
		return
	}
	low, high, bounded := a.clockRange()
	if !bounded {
		a.add("clock offsets have no bound and epsilon is %v", stated)
	} else if off := max(-low, high); off > stated {
		a.add("a clock may be %v off and epsilon is %v", off, stated)
	}
}

// largestSkew is how far two clocks may be apart within the limit of time.
func (a *assumer) largestSkew() (time.Duration, bool) {
	low, high, bounded := a.clockRange()
	return high - low, bounded
}

// clockRange is how far the clocks may be behind true time and ahead of it
// within the limit of time.
func (a *assumer) clockRange() (low, high time.Duration, bounded bool) {
	first := true
	consider := func(c *scenarios.Clock) bool {
		lowest, highest, bounded := a.rangeOf(c)
		if first {
			low, high, first = lowest, highest, false
		} else {
			low, high = min(low, lowest), max(high, highest)
		}
		return bounded
	}
	if len(a.s.Clocks.Peers) < a.s.Peers && !consider(&a.s.Clocks.Default) {
		return 0, 0, false
	}
	for i := range a.s.Clocks.Peers {
		if !consider(&a.s.Clocks.Peers[i].Clock) {
			return 0, 0, false
		}
	}
	if _, promised := a.s.Promise(); promised {
		return low, high, true // faults included
	}
	for i := range a.s.Faults {
		if f := &a.s.Faults[i]; f.Kind == scenarios.FaultClock && f.By != 0 {
			if f.Every != nil {
				return 0, 0, false
			}
			low, high = low+min(0, f.By), high+max(0, f.By)
		}
	}
	return low, high, true
}

// rangeOf is how far a clock may be behind true time and ahead of it: by the
// promise or, without one, by what is drawn and happens.
func (a *assumer) rangeOf(c *scenarios.Clock) (low, high time.Duration, bounded bool) {
	if c.Bound != nil {
		return -c.Bound.Max, c.Bound.Max, true
	}
	l, h, bounded := span(c.Offset)
	if c.Either {
		l, h = min(l, -h), max(h, -l)
	}
	if most := int64(c.OffsetMax); most > 0 {
		l, h, bounded = max(l, -most), min(h, most), true
	}
	dl, dh, driftBounded := span(c.Drift)
	if c.Either {
		dl, dh = min(dl, -dh), max(dh, -dl)
	}
	if !bounded || !driftBounded || c.Wander != nil {
		return 0, 0, false
	}
	drifts := int64(a.s.Limits.Until)
	if s := c.Sync; s != nil {
		after, before, errorBounded := span(s.Error)
		if s.With != scenarios.SyncReference || !errorBounded {
			return 0, 0, false
		}
		l, h = min(l, after), max(h, before)
		drifts = min(drifts, int64(max(s.First, s.Every)))
		if s.Slew > 0 { // what is being taken away is still there
			drifts = int64(a.s.Limits.Until)
		}
	}
	drifts /= 1000
	low, high = time.Duration(l)+time.Duration(min(0, dl*drifts/1_000_000)), time.Duration(h)+time.Duration(max(0, dh*drifts/1_000_000))
	return a.happenings(c, low, high)
}

// happenings widens a range by steps, freezes and a measured series.
func (a *assumer) happenings(c *scenarios.Clock, low, high time.Duration) (time.Duration, time.Duration, bool) {
	for _, step := range c.Steps {
		low, high = low+min(0, step.By), high+max(0, step.By)
	}
	for _, f := range c.Freezes {
		low -= f.For
	}
	if r := c.Replay; r != nil {
		least, most := r.Points[0].Offset, r.Points[0].Offset
		for _, p := range r.Points {
			least, most = min(least, p.Offset), max(most, p.Offset)
		}
		low, high = low+time.Duration(least), high+time.Duration(most)
	}
	if c.Tick > 1 || c.Drift.Kind != latency.Constant || c.Drift.Value != 0 || c.Replay != nil {
		low -= c.Tick // rounded down
	}
	return low, high, true
}

func span(f latency.Family) (low, high int64, bounded bool) {
	d := f.Dist()
	return d.MinMax()
}

// clocks looks for what sets a clock back.
func (a *assumer) clocks() {
	back := func(c *scenarios.Clock, who string) {
		for _, s := range c.Steps {
			if s.By < 0 {
				a.add("%s steps back by %v at %v", who, -s.By, s.At)
			}
		}
		if c.Sync != nil && c.Sync.Slew == 0 {
			a.add("%s may be set back by its synchronisation", who)
		}
		if r := c.Replay; r != nil && r.Loop && r.Points[0].Offset < r.Points[len(r.Points)-1].Offset {
			a.add("%s falls back by %v when its series begins again", who,
				time.Duration(r.Points[len(r.Points)-1].Offset-r.Points[0].Offset))
		}
	}
	if len(a.s.Clocks.Peers) < a.s.Peers {
		back(&a.s.Clocks.Default, "every clock")
	}
	for i := range a.s.Clocks.Peers {
		back(&a.s.Clocks.Peers[i].Clock, "the clock of "+a.s.Clocks.Peers[i].Peer.String())
	}
	for i := range a.s.Faults {
		if f := &a.s.Faults[i]; f.Kind == scenarios.FaultClock && f.By < 0 {
			a.add("the clock of %v steps back by %v %s", f.Peer, -f.By, f.When())
		}
	}
}

func (a *assumer) replies() {
	if a.onArrival(false) {
		a.add("replies are made on arrival")
	}
}

// earlyReplies looks for replies to what a transport still holds back. With an
// offline ordering every reply is made on arrival.
func (a *assumer) earlyReplies(offline bool) {
	kind := a.s.Network.Transport.Kind
	if (kind == "fifo" || kind == "reliable") && a.onArrival(offline) {
		a.add("replies are made on arrival, and the transport holds back what overtakes")
	}
}

// onArrival reports whether there are replies that are made on arrival, or
// replies at all.
func (a *assumer) onArrival(all bool) bool {
	w := &a.s.Workload
	some := w.Replies != nil && (all || w.Replies.OnArrival)
	for _, s := range w.Sends {
		some = some || (all || s.OnArrival) && s.After != peer.NoMessage
	}
	return some
}
