package run

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/result"
	"mpcomm/sim"
)

// Liveness says whether what was demanded after the heal came about. Its rule is
// written down in package scenarios, under Liveness.
type Liveness struct {
	HealedAt      sim.Time // or Never
	Violated      int      // pairs of a message and a peer that was to have it
	Unknown       bool     // the run ended too early to tell
	First         Missing  // of those pairs, by broadcast and peer
	Unrecoverable []Pair   // messages that no living host has, by broadcast and peer
}

// Verdict is holds, violated or unknown.
func (l *Liveness) Verdict() result.Verdict {
	switch {
	case l.Violated > 0:
		return result.Violated
	case l.Unknown:
		return result.Unknown
	}
	return result.Holds
}

// later is a time so much after another, or Never.
func later(t sim.Time, d time.Duration) sim.Time {
	if t > sim.Never-sim.Time(d) {
		return sim.Never
	}
	return t.Add(d)
}

// judgeLiveness goes through every message and every correct peer.
func (e *Engine) judgeLiveness() {
	l, within := &e.outcome.Liveness, e.plan.heal.Within
	delivered := e.firstDeliveries()
	settled := e.outcome.Limit.Settled()
	n := e.plan.peers
	for k := range e.hist.Broadcasts {
		ref := history.Ref(k)
		mine := delivered[k*n : (k+1)*n]
		origin, demanded := e.demand(ref, mine)
		if !demanded {
			e.givenUpForLost(ref)
			continue
		}
		due := later(max(origin, l.HealedAt), within) // Never if there was no heal
		for p, at := range mine {
			missing := at == sim.Never && (settled || e.outcome.End >= due)
			if !e.hist.Correct(p) || at <= due && !missing || at == sim.Never && !missing {
				continue
			}
			if l.Violated++; l.Violated == 1 {
				l.First = e.missing(ref, p, due, at)
			}
		}
	}
	l.Unknown = !settled && e.outcome.End < later(l.HealedAt, within)
}

// firstDeliveries returns when each message first came into each log, by
// broadcast and peer; Never if it did not.
func (e *Engine) firstDeliveries() []sim.Time {
	n := len(e.hist.Broadcasts) * e.plan.peers
	e.delivered = slices.Grow(e.delivered[:0], n)[:n]
	all := e.delivered
	for k := range all {
		all[k] = sim.Never
	}
	for entry := range e.hist.Stream.All() {
		if entry.Ref == history.NoRef {
			continue
		}
		at := &all[int(entry.Ref)*e.plan.peers+int(entry.Peer)]
		*at = min(*at, entry.At)
	}
	return all
}

// demand returns from when on a message is demanded of every correct peer: from
// its broadcast by a correct one, or from its first delivery at a correct one.
func (e *Engine) demand(ref history.Ref, delivered []sim.Time) (from sim.Time, demanded bool) {
	b := &e.hist.Broadcasts[ref]
	if e.hist.Correct(int(b.ID.Sender)) {
		return b.At, true
	}
	from = sim.Never
	for p, at := range delivered {
		if e.hist.Correct(p) {
			from = min(from, at)
		}
	}
	return from, from != sim.Never
}

// givenUpForLost lists a message that is in no correct log if no host that is up
// has its body.
func (e *Engine) givenUpForLost(ref history.Ref) {
	for p := range e.hosts {
		if !e.hosts[p].down && e.carriageOf(p, ref).mark != 0 {
			return
		}
	}
	for p := range e.hosts {
		if e.hist.Correct(p) {
			e.outcome.Liveness.Unrecoverable = append(e.outcome.Liveness.Unrecoverable, Pair{ref, peer.ID(p)})
		}
	}
}

func (e *Engine) missing(ref history.Ref, p int, due, delivered sim.Time) Missing {
	m := Missing{Ref: ref, Peer: peer.ID(p), Due: due, Delivered: delivered, Since: sim.Never, Sent: sim.Never, Closed: e.hosts[p].closed}
	c := e.carriageOf(p, ref)
	if c.mark != 0 {
		m.Since = c.since
	}
	if c.sent != 0 {
		m.Sent = c.sent - 1
	}
	if c.loss != 0 {
		m.Loss = &e.outcome.Losses[c.loss-1]
	}
	phase, waiting := e.machines[p].Waiting(nil)
	m.Phase, m.Waiting = stuckIn(phase), waiting
	return m
}

// liveness fills in the verdict and what is told apart from it.
func (v *Evaluator) liveness(p *Plan, o *Outcome, detail Detail) {
	l, r := &o.Liveness, &v.result
	v.lively = l.Verdict()
	r.Properties.Liveness = &v.lively
	v.heal = result.Heal{At: known(l.HealedAt), Within: result.MS(p.heal.Within), Unrecoverable: v.heal.Unrecoverable[:0]}
	r.Heal = &v.heal
	for _, u := range l.Unrecoverable {
		entry := result.Unrecoverable{Peer: u.Peer}
		if id := o.History.Broadcasts[u.Ref].ID; detail == Full {
			entry.Message = id.String()
			entry.Why = fmt.Sprintf("%v lost its state, and no host that is up has the body", id.Sender)
		}
		v.heal.Unrecoverable = append(v.heal.Unrecoverable, entry)
	}
	if detail == Full && l.Violated > 0 {
		r.Witnesses = append(r.Witnesses, result.Witness{Property: "liveness", Text: l.text(p, o)})
	}
}

// text says who lacks which message, and why.
func (l *Liveness) text(p *Plan, o *Outcome) string {
	m := &l.First
	id := o.History.Broadcasts[m.Ref].ID
	others := ""
	if l.Violated > 1 {
		others = fmt.Sprintf(" (%d more are missing or late)", l.Violated-1)
	}
	if m.Delivered != sim.Never {
		return fmt.Sprintf("%v delivered %v at %s ms; it was due at %s ms%s.", m.Peer, id, m.Delivered.AppendMS(nil), m.Due.AppendMS(nil), others)
	}
	return fmt.Sprintf("%v lacks %v: %s%s.", m.Peer, id, m.why(p, l.HealedAt, id.Sender), others)
}

// why says what became of a message that never came into the log.
func (m *Missing) why(p *Plan, healed sim.Time, sender peer.ID) string {
	at := func(t sim.Time) string { return string(t.AppendMS(nil)) + " ms" }
	waiting := ""
	if len(m.Waiting) > 0 {
		waiting = fmt.Sprintf(", waiting in %s for %s", m.Phase, names(m.Waiting, 0))
	}
	switch l := m.Loss; {
	case m.Since != sim.Never && m.Closed != sim.Never:
		return fmt.Sprintf("not lost, it came at %s, but %v closed its log at %s without it", at(m.Since), m.Peer, at(m.Closed))
	case m.Since != sim.Never:
		return fmt.Sprintf("not lost, %v has it since %s and holds it back%s", m.Peer, at(m.Since), waiting)
	case l != nil && l.Early, l != nil && l.Closed:
		return l.String()
	case l != nil && l.At > healed:
		return l.String() + ", after the heal"
	case l != nil && p.scenario.Network.Transport.Kind == "reliable":
		return l.String() + ", and was not sent again before the run ended"
	case l != nil:
		return l.String() + ", and not sent again: neither the ordering nor a transport does; use transport: reliable"
	case m.Sent != sim.Never:
		return fmt.Sprintf("it is on its way since %s", at(m.Sent))
	}
	return fmt.Sprintf("nobody has sent it to %v%s", m.Peer, waiting)
}

// names lists peers, and more that are only counted, in a sentence.
func names(peers []peer.ID, more int) string {
	const most = 8
	var words []string
	for _, q := range slices.Sorted(slices.Values(peers)) {
		words = append(words, q.String())
	}
	if len(words)+more > most {
		shown := min(len(words), most-1)
		return fmt.Sprintf("%s and %d others", strings.Join(words[:shown], ", "), len(words)+more-shown)
	}
	return strings.Join(words, ", ")
}
