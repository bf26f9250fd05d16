package run

import (
	"fmt"
	"slices"
	"time"

	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/compare"
	"mpcomm/reports/result"
	"mpcomm/sim"
)

// check judges the properties of a broadcast and the quality of the order.
func (v *Evaluator) check(o *Outcome, detail Detail) {
	want := history.AllProperties
	if detail == Full {
		want |= history.Witnesses
	}
	properties, quality := v.checker.Check(o.History, o.Limit.Settled(), want)
	r := &v.result
	r.Properties = result.Properties{
		Integrity: result.Verdict(properties.Integrity.Verdict),
		Validity:  result.Verdict(properties.Validity.Verdict),
		Agreement: result.Verdict(properties.Agreement.Verdict),
		Uniform:   result.Verdict(properties.Uniform.Verdict),
		FIFO:      result.Verdict(properties.FIFO.Verdict),
		Causal:    result.Verdict(properties.Causal.Verdict),
		Total:     result.Verdict(properties.Total.Verdict),
	}
	if detail == Full {
		v.witnesses(properties)
	}
	q := &r.Quality // the truth comes with the comparison
	q.FIFOViolations, q.FIFOGaps = quality.FIFOViolations, quality.FIFOGaps
	q.CausalViolations, q.CausalGaps = quality.CausalViolations, quality.CausalGaps
	q.CausalReceivers = quality.CausalReceivers
}

// witnesses lists those of the properties that have one.
func (v *Evaluator) witnesses(p history.Properties) {
	for _, c := range [...]struct {
		name string
		from *history.Check
	}{
		{"integrity", &p.Integrity},
		{"validity", &p.Validity},
		{"agreement", &p.Agreement},
		{"uniform", &p.Uniform},
		{"fifo", &p.FIFO},
		{"causal", &p.Causal},
		{"total", &p.Total},
	} {
		if c.from.Witness != nil {
			v.result.Witnesses = append(v.result.Witnesses, witness(c.name, c.from.Witness))
		}
	}
}

func witness(property string, w *history.Witness) result.Witness {
	out := result.Witness{Property: property, Text: w.Text}
	for _, d := range w.Deliveries {
		out.Deliveries = append(out.Deliveries, result.Delivery{Peer: d.Peer, Position: d.Position, Message: d.ID.String()})
	}
	return out
}

// describe finds the first difference and says why.
func (v *Evaluator) describe(p *Plan, o *Outcome) {
	v.result.FirstDifference = v.comparer.FirstDifference(&facts{plan: p, outcome: o})
}

// Barcode returns, by position of the logs last evaluated, how far apart the
// peers are there; see compare.Comparer.Barcode.
func (v *Evaluator) Barcode(out []int32) []int32 { return v.comparer.Barcode(out) }

// facts is what the host knows of a run beyond its history.
type facts struct {
	compare.NoFacts
	plan    *Plan
	outcome *Outcome
}

// Missing says what became of the packet that would have brought m to p.
func (f *facts) Missing(p peer.ID, m history.Ref) string {
	for i := range f.outcome.Losses {
		l := &f.outcome.Losses[i]
		if l.Ref == m && l.To == p {
			return l.String()
		}
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
	at := sim.Never
	h := f.outcome.History
	if i := slices.Index(h.Logs[p].Refs, m); i >= 0 {
		at = h.TimesOf(p)[i].Arrived
	}
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

// Loss is a packet with a message's body that did not reach its receiver.
type Loss struct {
	Ref      history.Ref
	From, To peer.ID
	At       sim.Time
	Verdict  network.Verdict
	Crash    bool // the receiver was down
	Early    bool // the receiver's data was not open yet
	Closed   bool // the receiver had counted all STOPs
}

// String says what became of the packet, with a leading verb.
func (l *Loss) String() string {
	at := string(l.At.AppendMS(nil)) + " ms"
	switch {
	case l.Early:
		return fmt.Sprintf("it came at %s, before %v had heard every READY", at, l.To)
	case l.Closed:
		return fmt.Sprintf("it came at %s, after %v had counted every STOP", at, l.To)
	case l.Crash:
		return fmt.Sprintf("%v was down when it came at %s", l.To, at)
	case l.Verdict == network.Cut:
		return fmt.Sprintf("cut off by a partition between %v and %v at %s", l.From, l.To, at)
	case l.Verdict == network.Held:
		return fmt.Sprintf("held by a partition between %v and %v since %s", l.From, l.To, at)
	case l.Verdict == network.Full:
		return fmt.Sprintf("dropped by the full queue of the link %v>%v at %s", l.From, l.To, at)
	case l.Verdict == network.NoLink:
		return fmt.Sprintf("sent over the link %v>%v, which was down, at %s", l.From, l.To, at)
	case l.Verdict == network.TooBig:
		return fmt.Sprintf("dropped at %s: larger than the MTU of the link %v>%v", at, l.From, l.To)
	case l.Verdict == network.Corrupted:
		return fmt.Sprintf("corrupted on the link %v>%v and discarded at %s", l.From, l.To, at)
	}
	return fmt.Sprintf("lost on the link %v>%v at %s", l.From, l.To, at)
}
