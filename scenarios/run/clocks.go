package run

import (
	"fmt"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/clock"
	"mpcomm/peer/order"
	"mpcomm/scenarios"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// clockChange is a step of a clock or, with a freeze that lasts, a freeze.
type clockChange struct {
	peer   int
	at     sim.Time
	by     time.Duration
	freeze clock.Freeze // its At is not used
}

// compileClocks resolves every peer's clock; what happens at times that count
// from T0 is kept for the engine.
func (p *Plan) compileClocks() {
	s := p.scenario
	links := linkFinder{s: s}
	p.clocks = make([]clock.Config, p.peers)
	p.perfectClocks = true
	for i := range p.clocks {
		c := s.Clocks.Of(peer.ID(i))
		p.clocks[i] = p.compileClock(i, c, &links)
		p.perfectClocks = p.perfectClocks && p.clocks[i].Perfect()
		if c.Bound != nil && p.bounds == nil {
			p.bounds = make([]*clock.Bound, p.peers)
		}
		if c.Bound != nil {
			p.bounds[i] = c.Bound
		}
	}
	for _, c := range p.clockChanges {
		p.perfectClocks = p.perfectClocks && c.by == 0 && c.freeze.For == 0
	}
}

func (p *Plan) compileClock(i int, c *scenarios.Clock, links *linkFinder) clock.Config {
	out := clock.Config{
		Offset: c.Offset.Dist(), OffsetMax: c.OffsetMax, Drift: c.Drift.Dist(), Either: c.Either, Tick: c.Tick,
	}
	for _, s := range c.Steps {
		if s.SinceData {
			p.clockChanges = append(p.clockChanges, clockChange{peer: i, at: sim.Time(s.At), by: s.By})
		} else {
			out.Steps = append(out.Steps, clock.Step{At: sim.Time(s.At), By: s.By})
		}
	}
	for _, f := range c.Freezes {
		freeze := clock.Freeze{At: sim.Time(f.At), For: f.For, CatchUp: f.CatchUp}
		if f.SinceData {
			p.clockChanges = append(p.clockChanges, clockChange{peer: i, at: sim.Time(f.At), freeze: freeze})
		} else {
			out.Freezes = append(out.Freezes, freeze)
		}
	}
	if w := c.Wander; w != nil {
		out.Wander = &clock.Wander{Every: w.Every, Rate: rng.Normal(0, w.SD)}
	}
	if r := c.Replay; r != nil {
		out.Replay = &clock.Replay{Points: r.Points, At: sim.Time(r.At), Loop: r.Loop}
	}
	if s := c.Sync; s != nil {
		out.Sync = &clock.Sync{
			First: sim.Time(s.First), Every: s.Every, Server: clock.Reference, Error: s.Error.Dist(), Slew: s.Slew,
		}
		switch s.With {
		case scenarios.SyncServer:
			out.Sync.There, out.Sync.Back = links.server(i)
		case scenarios.SyncPeer:
			out.Sync.Server = s.Peer
			out.Sync.There, out.Sync.Back = links.path(peer.ID(i), s.Peer), links.path(s.Peer, peer.ID(i))
		}
	}
	return out
}

// linkFinder knows how long the ways between peers take by themselves: base and
// excess of the links as they stand at the beginning of a run. Queues, losses
// and what changes later do not touch the exchanges of clocks.
type linkFinder struct {
	s         *scenarios.Scenario
	overrides []scenarios.ResolvedOverride // once found
	found     bool
}

func (f *linkFinder) path(from, to peer.ID) clock.Path {
	if !f.found {
		f.overrides, f.found = f.s.Overrides(), true
	}
	link := f.s.Link()
	for i := range f.overrides {
		o := &f.overrides[i]
		if includes(o.From, from) && includes(o.To, to) {
			link = o.Link
		}
	}
	path := clock.Path{Excess: link.Excess.Dist()}
	if place, base := f.s.BaseMatrix(); base != nil && !link.NoBase {
		path.Base = base[place[from]][place[to]]
	}
	return path
}

// server is the way of peer i to the comparison server and back.
func (f *linkFinder) server(i int) (there, back clock.Path) {
	excess := f.s.Link().Excess.Dist()
	there, back = clock.Path{Excess: excess}, clock.Path{Excess: excess}
	if trips, err := f.s.ServerDelays(); err == nil { // the language has seen to that
		there.Base, back.Base = trips[i].There, trips[i].Back
	}
	return there, back
}

// includes reports whether a list of peers, nil = every peer, holds p.
func includes(list []peer.ID, p peer.ID) bool {
	for _, q := range list {
		if q == p {
			return true
		}
	}
	return list == nil
}

// promisedEpsilon adds to what is given of an ordering that needs to know the
// error of the clocks the largest one that the scenario promises, unless the
// ordering is told another.
func (p *Plan) promisedEpsilon(given []order.Value) []order.Value {
	promise, ok := p.scenario.Promise()
	if !ok {
		return given
	}
	for _, v := range given {
		if v.Name == "epsilon" {
			return given
		}
	}
	for i := range p.spec.Params {
		if p.spec.Params[i].Name == "epsilon" {
			return append(given, order.Value{Name: "epsilon", Text: fmt.Sprintf("%dns", promise)})
		}
	}
	return given
}

// changeClock makes a step or a freeze of p's clock happen now.
func (e *Engine) changeClock(now sim.Time, p int, c *clockChange) {
	if c.freeze.For > 0 {
		freeze := c.freeze
		freeze.At = now
		e.clocks.Freeze(peer.ID(p), freeze)
	} else {
		e.clocks.Step(peer.ID(p), now, c.by)
	}
	e.rearm(p, now)
	for q := range e.clocks {
		if e.clocks.Follows(peer.ID(q), peer.ID(p)) {
			e.rearm(q, now)
		}
	}
}

// rearm computes anew when the timers of p fire.
func (e *Engine) rearm(p int, now sim.Time) {
	for stage := range e.hosts[p].timers {
		table := e.hosts[p].timers[stage]
		for k := range table {
			if table[k].at != sim.Never {
				e.setTimer(p, now, peer.TimerID(stage)<<30|peer.TimerID(k), table[k].local)
			}
		}
	}
}

// Departure is a clock that left the bound that the scenario promises of it,
// where it was furthest beyond.
type Departure struct {
	Peer peer.ID
	clock.Departure
}

// judgeClocks compares the clocks with what is promised of them until the run
// ended, and counts offsets that were drawn beyond their bound.
func (e *Engine) judgeClocks() {
	o := &e.outcome
	for i := range e.clocks {
		if e.clocks[i].Clamped() {
			o.Clamped++
		}
		if e.plan.bounds == nil || e.plan.bounds[i] == nil {
			continue
		}
		if d, left := e.clocks[i].Worst(*e.plan.bounds[i], o.End); left {
			o.Departures = append(o.Departures, Departure{peer.ID(i), d})
		}
	}
}

// beyondPromises says which clocks were further from true time than the
// scenario promises. A sweep, which collects what its runs were outside of, is
// told without figures.
func beyondPromises(departures []Departure, detail Detail) []string {
	if detail == Totals {
		return []string{"a clock leaves the bound that the scenario promises"}
	}
	var all []string
	for i, d := range departures {
		if i == maxDepartures {
			return append(all, fmt.Sprintf("the clocks of %d more peers left their bounds", len(departures)-i))
		}
		all = append(all, fmt.Sprintf("the clock of %v was %s ms off at %s ms; the scenario promises %s ms", d.Peer,
			sim.Time(max(d.Error, -d.Error)).AppendMS(nil), d.At.AppendMS(nil), sim.Time(d.Bound).AppendMS(nil)))
	}
	return all
}

// maxDepartures is how many clocks a result names, and peers given up.
const maxDepartures = 8
