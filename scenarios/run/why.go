package run

import (
	"time"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/compare"
	"mpcomm/sim"
)

// facts is what the host knows of a run beyond its history.
type facts struct {
	compare.NoFacts
	plan    *Plan
	outcome *Outcome
	arrived [][]sim.Time     // by peer, of those that were asked about: see arrivals
	lost    map[receiver]int // the first loss of a message on its way to a peer
}

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
		return f.outcome.Losses[i].String()
	}
	return ""
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
	if k := f.plan.spec.Kind; k != "timestamp" && k != "hlc" && k != "commit-wait" || int(m) >= len(f.outcome.Stamps) {
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
