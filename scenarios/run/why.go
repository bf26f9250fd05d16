package run

import (
	"fmt"
	"slices"
	"time"

	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/compare"
	"mpcomm/scenarios"
	"mpcomm/sim"
)

// facts is what the host knows of a run beyond its history.
type facts struct {
	compare.NoFacts
	plan    *Plan
	outcome *Outcome
	arrived [][]sim.Time     // by peer, of those that were asked about: see arrivals
	lost    map[receiver]int // the first loss of a message on its way to a peer
	dropped dropping
}

// dropping says whether what is missing and was not lost was dropped as late.
type dropping uint8

const (
	unasked dropping = iota
	notLate          // not all of it, as far as can be told
	allLate
)

// receiver is a message on its way to a peer.
type receiver struct {
	peer peer.ID
	ref  history.Ref
}

func newFacts(p *Plan, o *Outcome) *facts {
	return &facts{plan: p, outcome: o, arrived: make([][]sim.Time, p.peers)}
}

// Missing says what became of the packet that would have brought m to p.
func (f *facts) Missing(p peer.ID, m history.Ref) string {
	if f.lost == nil {
		f.lost = make(map[receiver]int)
		for i := range f.outcome.Losses {
			l := &f.outcome.Losses[i]
			if _, known := f.lost[receiver{l.To, l.Ref}]; !known {
				f.lost[receiver{l.To, l.Ref}] = i
			}
		}
	}
	if i, ok := f.lost[receiver{p, m}]; ok {
		return f.fate(&f.outcome.Losses[i])
	}
	if f.late() {
		return fmt.Sprintf("it came when the wait of %v was over, and the ordering drops what is late", f.plan.values.Duration("wait"))
	}
	return f.stuck(p, m)
}

// fate says what became of a packet. Of a cut it says that the way back was open,
// where all cuts of the scenario are of that kind.
func (f *facts) fate(l *Loss) string {
	if l.Verdict == network.Cut && !l.Early && !l.Closed && !l.Crash {
		both := func(x scenarios.Fault) bool { return x.Kind.Cuts() && !x.OneWay && x.Kind != scenarios.FaultClog }
		if !slices.ContainsFunc(f.plan.scenario.Faults, both) {
			return fmt.Sprintf("cut off by a one-way partition, from %v to %v, at %s ms", l.From, l.To, l.At.AppendMS(nil))
		}
	}
	return l.String()
}

// late reports whether the ordering has dropped as late all that is missing and
// was not lost. It only counts what it drops, so that no less than all of it can
// be told.
func (f *facts) late() bool {
	if f.dropped == unasked {
		f.dropped = notLate
		if f.plan.holdsForAWait() && f.plan.values.Enum("late") == "drop" && f.outcome.Limit.Settled() {
			at := slices.IndexFunc(f.outcome.Counters, func(c Counter) bool { return c.Name == "late_dropped" })
			if at >= 0 && f.outcome.Counters[at].Value > 0 && f.outcome.Counters[at].Value == f.unexplained() {
				f.dropped = allLate
			}
		}
	}
	return f.dropped == allLate
}

// unexplained counts the messages that logs lack although no packet with them
// was lost.
func (f *facts) unexplained() int64 {
	h, n := f.outcome.History, int64(0)
	for p := range h.Logs {
		logged := make([]bool, len(h.Broadcasts))
		for _, m := range h.Logs[p].Refs {
			if m != history.NoRef {
				logged[m] = true
			}
		}
		for m, in := range logged {
			if _, lost := f.lost[receiver{peer.ID(p), history.Ref(m)}]; !in && !lost {
				n++
			}
		}
	}
	return n
}

// stuck says of a message that nothing has lost, and that a peer never delivered
// while it waited in vain, for whom it waited, and what else was lost first on the
// way to it.
func (f *facts) stuck(p peer.ID, m history.Ref) string {
	o := f.outcome
	at := slices.IndexFunc(o.Stuck, func(s Stuck) bool { return s.Peer == p })
	if at < 0 {
		return ""
	}
	s := &o.Stuck[at]
	text := fmt.Sprintf("%v is stuck in %s, waiting for %s", p, s.Phase, names(s.WaitingFor, s.More))
	if o.History.Broadcasts[m].ID.Sender != p {
		text = "no packet with it was lost on the way there, but " + text
	}
	for i := range o.Losses {
		if l := &o.Losses[i]; l.To == p && l.Ref != history.NoRef {
			return fmt.Sprintf("%s; the first message it lost is %v: %s", text, o.History.Broadcasts[l.Ref].ID, f.fate(l))
		}
	}
	return text
}

// Stamp returns what the ordering stamped m with.
func (f *facts) Stamp(m history.Ref) (compare.Stamp, bool) {
	if int(m) >= len(f.outcome.Stamps) {
		return compare.Stamp{}, false
	}
	switch f.plan.spec.Kind {
	case "lamport", "lamport-offline":
		return compare.Stamp{Value: f.outcome.Stamps[m], Decides: true}, true
	case "timestamp", "timestamp-offline", "hlc", "commit-wait":
		return compare.Stamp{Value: f.outcome.Stamps[m], Clock: true, Decides: true}, true
	}
	return compare.Stamp{}, false
}

// Late reports whether m came to p after the hold-back's window had closed.
func (f *facts) Late(p peer.ID, m history.Ref) (came, wait time.Duration, late bool) {
	if !f.plan.holdsForAWait() || int(m) >= len(f.outcome.Stamps) {
		return 0, 0, false
	}
	wait = f.plan.values.Duration("wait")
	if f.arrived[p] == nil {
		f.arrived[p] = arrivals(f.outcome.History, p)
	}
	at := f.arrived[p][m]
	if at == sim.Never {
		return 0, 0, false
	}
	came = time.Duration(int64(f.local(p, at)) - f.outcome.Stamps[m])
	return came, wait, came > wait
}

// holdsForAWait reports whether the ordering holds messages back for a time, and
// so may find one late.
func (p *Plan) holdsForAWait() bool {
	k := p.spec.Kind
	return k == "timestamp" || k == "hlc" || k == "commit-wait"
}

// Offset returns how far p's clock was ahead of true time when m was sent.
func (f *facts) Offset(p peer.ID, m history.Ref) (time.Duration, bool) {
	at := f.outcome.History.Broadcasts[m].At
	return time.Duration(int64(f.local(p, at)) - int64(at)), true
}

func (f *facts) local(p peer.ID, at sim.Time) peer.Instant {
	if f.outcome.clocks == nil {
		return peer.Instant(at)
	}
	return f.outcome.clocks[p].Local(at)
}

// census finds the mechanism of every difference.
func (v *Evaluator) census(p *Plan, o *Outcome) {
	q := &v.result.Quality
	counts := v.comparer.Census(newFacts(p, o), compare.CensusOptions{
		Seed: o.Seed, Receivers: q.CausalReceivers, Acausal: uint64(q.CausalViolations + q.CausalGaps), Each: v.found, Most: v.most,
	})
	v.result.Mechanisms = &counts
}

// arrivals are when the bodies of messages first reached a host, by reference;
// sim.Never where they did not, or did not enter the log.
func arrivals(h *history.History, p peer.ID) []sim.Time {
	at := make([]sim.Time, len(h.Broadcasts))
	for m := range at {
		at[m] = sim.Never
	}
	times := h.TimesOf(p)
	for k, m := range h.Logs[p].Refs {
		if m != history.NoRef && at[m] == sim.Never {
			at[m] = times[k].Arrived
		}
	}
	return at
}
