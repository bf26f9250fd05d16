package run

import (
	"cmp"
	"slices"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/compare"
	"mpcomm/reports/result"
	"mpcomm/reports/stats"
	"mpcomm/scenarios"
	"mpcomm/sim"
)

// Detail says how much an evaluation may cost.
type Detail uint8

// The levels of detail. Totals leaves out what a sweep does not report: texts,
// witnesses, quantiles of the single run.
const (
	Totals Detail = iota
	Full
)

// Evaluator turns outcomes into results, one after another, on the same memory.
type Evaluator struct {
	// Latency, Self and Hold are the durations behind the result's times until
	// the next Evaluate: broadcast to delivery at other peers, the same at the
	// sender, first arrival to delivery at other peers.
	Latency, Self, Hold Durations

	// Mechanisms makes every evaluation find the mechanism of every difference.
	// The engine must have been told to explain; see Options.
	Mechanisms bool

	streamed bool // the last run was
	comparer compare.Comparer
	checker  history.Checker
	result   result.Ordering
	sorted   []int64
	delayed  []int64
	window   compare.Window
	heal     result.Heal
	lively   result.Verdict
	found    func(*compare.Finding) // is told every difference; may be nil
	most     uint64                 // discordant pairs that are classified; 0 = compare.MostClassified
}

// Evaluate judges o. The result is borrowed until the next Evaluate.
func (v *Evaluator) Evaluate(p *Plan, o *Outcome, detail Detail) *result.Ordering {
	r := &v.result
	r.Ordering, r.Kind, r.Limit, r.Digest = p.label, p.spec.Kind, string(o.Limit), o.Digest
	r.Events, r.Ties, r.Virtual = o.Events, o.Ties, result.MS(o.End)
	r.OutsideAssumptions, r.Absent, r.FirstDifference = p.outside, o.History.Lost, nil
	if len(o.Departures) > 0 && p.needs&peer.BoundedSkew != 0 {
		r.OutsideAssumptions = slices.Concat(p.outside, beyondPromises(o.Departures, detail))
	}
	if len(o.GaveUp) > 0 && p.needs&peer.NoLoss != 0 {
		r.OutsideAssumptions = slices.Concat(r.OutsideAssumptions, givenUp(o, detail))
	}
	r.Vacuous, r.Faults, r.Watch = r.Vacuous[:0], r.Faults[:0], r.Watch[:0]
	r.BeyondBound = r.BeyondBound[:0]
	r.Heal, r.Properties.Liveness = nil, nil
	r.Witnesses, r.Counters = r.Witnesses[:0], r.Counters[:0]
	r.NotComputed, r.Quality.CausalUnknown, r.Mechanisms = r.NotComputed[:0], false, nil
	if v.streamed = o.Streamed != nil; v.streamed {
		v.evaluateStreamed(p, o)
	} else {
		w := v.measured(p, o)
		v.check(o, detail)
		r.Divergence = v.comparer.CompareOrders(o.History, v.checker.Orders(), compare.Options{
			Window: w, Seed: o.Seed, MessagesPerPeer: p.messagesPerPeer,
		})
		r.Quality.TruthInversionsPerMessage = v.comparer.Truth()
		v.times(o, w, detail)
	}
	v.cost(p, o)
	v.phases(o)
	v.surroundings(p, o)
	if p.heal != nil {
		v.liveness(p, o, detail)
	}
	if v.streamed {
		r.Complete = v.completeStreamed(o)
		return r
	}
	r.Complete = v.complete(o)
	if detail == Full {
		v.describe(p, o)
	}
	if v.Mechanisms {
		v.census(p, o)
	}
	return r
}

// measured returns the references of the broadcasts in the scenario's window,
// which is contiguous because references count in order of broadcast.
func (v *Evaluator) measured(p *Plan, o *Outcome) *compare.Window {
	m := p.scenario.Measure
	if m == nil {
		return nil
	}
	b := o.History.Broadcasts
	first := func(t time.Duration) history.Ref {
		if o.DataAt == sim.Never {
			return history.Ref(len(b))
		}
		at := o.DataAt.Add(t)
		i, _ := slices.BinarySearchFunc(b, at, func(b history.Broadcast, at sim.Time) int {
			if b.At < at {
				return -1
			}
			return 1
		})
		return history.Ref(i)
	}
	v.window = compare.Window{From: first(m.From), Until: first(m.Until)}
	return &v.window
}

// complete reports whether every compared log holds every message that a
// correct peer broadcast, and every correct peer submitted.
func (v *Evaluator) complete(o *Outcome) bool {
	h := o.History
	for _, a := range h.Lost {
		if h.Correct(int(a.Peer)) {
			return false
		}
	}
	d := &v.result.Divergence
	if h.Crashed == nil && len(h.Strays) == 0 && d.Duplicates == 0 && d.Messages == len(h.Broadcasts) {
		return d.Deliveries == h.Peers*d.Messages
	}
	return v.allHeld(h)
}

// allHeld compares, log by log, the distinct messages held with those that
// correct peers broadcast.
func (v *Evaluator) allHeld(h *history.History) bool {
	wanted := 0
	for i := range h.Broadcasts {
		if h.Correct(int(h.Broadcasts[i].ID.Sender)) {
			wanted++
		}
	}
	v.sorted = slices.Grow(v.sorted[:0], len(h.Broadcasts))[:len(h.Broadcasts)]
	clear(v.sorted)
	for p := range h.Logs {
		if !h.Correct(p) {
			continue
		}
		held := 0
		for _, ref := range h.Logs[p].Refs {
			if ref != history.NoRef && v.sorted[ref] != int64(p)+1 && h.Correct(int(h.Broadcasts[ref].ID.Sender)) {
				v.sorted[ref] = int64(p) + 1
				held++
			}
		}
		if held != wanted {
			return false
		}
	}
	return true
}

func (v *Evaluator) cost(p *Plan, o *Outcome) {
	c := &v.result.Cost
	c.Packets, c.PacketsPhases, c.PacketsOrdering = o.Cost.Packets(), o.Cost.Phases, o.Cost.Ordering
	c.PacketsAcks, c.PacketsResent, c.PacketsRepeated = o.Cost.Acks, o.Cost.Resent, o.Cost.Repeated
	c.PacketsLost, c.PacketsDuplicated, c.Clamped = o.Net.Lost, o.Net.Duplicated, o.Net.Clamped+o.Clamped
	c.PacketsNoLink, c.PacketsTooBig, c.PacketsCorrupted = o.Net.NoLink, o.Net.TooBig, o.Net.Corrupted
	c.PacketsStalled = o.Net.Stalled
	c.Bytes = o.Cost.Bytes
	c.PacketsPerBroadcast = stats.Ratio{Num: o.Cost.Ordering, Den: uint64(len(o.History.Broadcasts))}
	receives := uint64(0)
	for _, k := range o.Counters {
		c := result.Counter{Name: k.Name, Value: stats.Ratio{Num: uint64(k.Value), Den: 1}}
		switch k.Name {
		case "hlc_receives":
			receives = uint64(k.Value)
		case "hlc_ahead_ns": // shown as a mean over receives
			c.Name, c.Value.Den = "hlc_ahead_ms", receives*1_000_000
		}
		v.result.Counters = append(v.result.Counters, c)
	}
}

func known(t sim.Time) result.NullMS {
	if t == sim.Never {
		return result.NullMS{}
	}
	return result.Millis(t)
}

func (v *Evaluator) phases(o *Outcome) {
	ph := &v.result.Phases
	first, last, closed := sim.Never, sim.Time(-1), sim.Time(-1)
	n := len(o.Opened)
	ph.OpenedAll, ph.Stuck = true, ph.Stuck[:0]
	ph.Handshake, ph.Data, ph.Stop = result.NullMS{}, result.NullMS{}, result.NullMS{}
	ph.Opened, ph.Closed = slices.Grow(ph.Opened[:0], n)[:n], slices.Grow(ph.Closed[:0], n)[:n]
	for p, at := range o.Opened {
		end := o.Closed[p]
		ph.Opened[p], ph.Closed[p] = known(at), known(end)
		first = min(first, at)
		if at == sim.Never {
			ph.OpenedAll = false
		} else {
			last = max(last, at)
		}
		if end != sim.Never {
			closed = max(closed, end)
		}
	}
	if ph.OpenedAll {
		ph.Handshake = result.Millis(last)
	}
	ph.DataAt = known(o.DataAt)
	if b := o.History.Broadcasts; len(b) > 0 {
		sent := b[len(b)-1].At
		ph.Data = result.Millis(sim.Time(sent.Sub(first)))
		if closed >= 0 {
			ph.Stop = result.Millis(sim.Time(closed.Sub(sent)))
		}
	}
	ph.TooEarly, ph.TooLate, ph.Resent = o.TooEarly, o.TooLate, o.Cost.Asked
	for _, s := range o.Stuck {
		ph.Stuck = append(ph.Stuck, result.Stuck{Peer: s.Peer, Phase: s.Phase, WaitingFor: s.WaitingFor, More: s.More})
	}
	ph.GivenUp = ph.GivenUp[:0]
	for _, g := range o.GaveUp {
		ph.GivenUp = giveUp(ph.GivenUp, g)
	}
	for i := range ph.GivenUp {
		g := &ph.GivenUp[i]
		g.More = int(o.GivenUp[g.Peer]) - len(g.By)
	}
}

// giveUp enters g into the list of those given up, by peer; those who gave a
// peer up stand in the order in which they did.
func giveUp(list result.List[result.GivenUp], g GivenUp) result.List[result.GivenUp] {
	i, found := slices.BinarySearchFunc(list, g.Of, func(e result.GivenUp, of peer.ID) int { return cmp.Compare(e.Peer, of) })
	if !found {
		list = slices.Insert(list, i, result.GivenUp{Peer: g.Of})
	}
	list[i].By = append(list[i].By, g.Peer)
	return list
}

// surroundings fills in faults, watches and what made verdicts empty.
func (v *Evaluator) surroundings(p *Plan, o *Outcome) {
	r := &v.result
	if r.Divergence.Deliveries == 0 {
		r.Vacuous = append(r.Vacuous, "no message was delivered")
	}
	for i := range p.scenario.Faults {
		f := &p.scenario.Faults[i]
		r.Faults = append(r.Faults, faultResult(f, o.Struck[i]))
		if o.Struck[i] == 0 {
			r.Vacuous = append(r.Vacuous, idle(f, o.Came[i]))
		}
	}
	for i, met := range o.Changed {
		if met == 0 {
			r.Vacuous = append(r.Vacuous, idleChange(&p.scenario.Network.Changes[i]))
		}
	}
	for _, d := range o.Departures {
		r.BeyondBound = append(r.BeyondBound, result.Departure{
			Peer: d.Peer, At: result.MS(d.At), Error: result.MS(d.Error), Bound: result.MS(d.Bound),
		})
	}
	for _, w := range p.scenario.Watch {
		r.Watch = append(r.Watch, result.Watch{
			Peer: w.Peer, First: w.First.String(), Then: w.Then.String(), Happened: happened(o.History, w),
		})
	}
}

// happened reports whether w.First is in the peer's log with w.Then not before it.
func happened(h *history.History, w scenarios.Watch) bool {
	for _, ref := range h.Logs[w.Peer].Refs {
		if ref == history.NoRef {
			continue
		}
		switch h.Broadcasts[ref].ID {
		case w.Then:
			return false
		case w.First:
			return true
		}
	}
	return false
}
