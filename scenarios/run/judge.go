package run

import (
	"fmt"

	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/compare"
	"mpcomm/reports/result"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// check judges the properties of a broadcast and the quality of the order.
func (v *Evaluator) check(o *Outcome, detail Detail) {
	want := history.AllProperties
	if detail == Full {
		want |= history.Witnesses
	}
	properties, quality := v.checker.Check(o.History, o.Limit.Settled(), want)
	v.properties(&properties, &quality)
	if detail == Full {
		v.witnesses(properties)
	}
}

// properties fills in the verdicts and the quality.
func (v *Evaluator) properties(properties *history.Properties, quality *history.Quality) {
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

// describe finds the first difference and says why, and names the moments of
// what it and the witnesses show.
func (v *Evaluator) describe(p *Plan, o *Outcome) {
	facts := newFacts(p, o)
	d := v.comparer.FirstDifference(facts)
	v.result.FirstDifference = d
	if d != nil && d.At.Known {
		d.Token = trace.TokenOf(o.Seed, sim.Time(d.At.MS), p.label).String()
	}
	for i := range v.result.Witnesses {
		w := &v.result.Witnesses[i]
		first := sim.Never
		for _, e := range w.Deliveries {
			first = min(first, o.History.TimesOf(e.Peer)[e.Position-1].Delivered)
		}
		if w.Property == "causal" && len(w.Deliveries) == 2 {
			early, late := refOf(o.History, w.Deliveries[0].Message), refOf(o.History, w.Deliveries[1].Message)
			why, text := compare.Classify(o.History, w.Deliveries[0].Peer, w.Deliveries[0].Peer, early, late, facts)
			w.Why, w.Because = string(why), text
		}
		if first != sim.Never {
			w.Token = trace.TokenOf(o.Seed, first, p.label).String()
		}
	}
}

// refOf is the reference of the message of that name, which somebody broadcast.
func refOf(h *history.History, name string) history.Ref {
	for m := range h.Broadcasts {
		if h.Broadcasts[m].ID.String() == name {
			return history.Ref(m)
		}
	}
	panic("run: broken invariant: a witness is about " + name + ", which nobody broadcast")
}

// Barcode returns, by position of the logs last evaluated, how far apart the
// peers are there; see compare.Comparer.Barcode. Of a streamed run there is none.
func (v *Evaluator) Barcode(out []int32) []int32 {
	if v.streamed {
		return out[:0]
	}
	return v.comparer.Barcode(out)
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
