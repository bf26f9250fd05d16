package run

import (
	"fmt"
	"slices"

	"mpcomm/peer"
	"mpcomm/peer/clock"
	"mpcomm/peer/journal"
	"mpcomm/reports/compare"
	"mpcomm/reports/trace"
	"mpcomm/scenarios"
	"mpcomm/sim"
)

// Trace makes the run of one seed once more, records and judges it, and returns
// it as values that are the caller's.
func Trace(p *Plan, seed uint64, limits trace.Limits) (*trace.Run, error) {
	limits = limits.Complete()
	var recorder journal.Recorder
	recorder.Reset(limits.Events, 0, -1)
	if !limits.Protocol {
		recorder.Keep(bodies)
	}
	e, err := NewEngine(p, Options{Recorder: &recorder, Explain: true})
	if err != nil {
		return nil, err
	}
	o, err := e.Run(seed)
	if err != nil {
		return nil, err
	}
	v := &Evaluator{Mechanisms: true, most: mostFound}
	facts := newFacts(p, o)
	s := trace.Source{
		Head: trace.Head{
			Scenario: p.scenario.Name, Hash: scenarios.Hash(p.scenario), Seed: seed, Ordering: p.label, Kind: p.spec.Kind,
			Peers: p.peers, DataAt: o.DataAt, End: o.End, Healed: sim.Never,
		},
		History: o.History, Events: recorder.Events(), Dropped: recorder.Dropped(), Stamp: facts.Stamp,
		Sentence: func(f *compare.Finding) string { return v.comparer.Sentence(f, facts) },
	}
	v.found = func(f *compare.Finding) { s.Findings = append(s.Findings, *f) }
	s.Result = v.Evaluate(p, o, Full)
	s.Barcode = v.comparer.Barcode(nil)
	for i := range o.Losses {
		l := &o.Losses[i]
		s.Losses = append(s.Losses, trace.SourceLoss{
			Message: l.Ref, To: l.To, Loss: trace.Loss{At: l.At, From: l.From, Verdict: l.verdict(), Why: l.String()},
		})
	}
	s.Clocks = o.lines()
	for i := range p.scenario.Faults {
		s.Faults = append(s.Faults, p.faultBand(&p.scenario.Faults[i]))
	}
	s.Changes = p.changeBands(o)
	return trace.Build(&s, limits), nil
}

// bodies leaves out what happens to packets without a body.
func bodies(e *journal.Event) bool { return e.Packet == peer.KindNone || e.Packet.Body() }

// mostFound bounds the discordant pairs that a trace looks at, sixty megabytes
// of them.
const mostFound = 1 << 20

// verdict is one word for what became of the packet.
func (l *Loss) verdict() string {
	switch {
	case l.Early:
		return "early"
	case l.Closed:
		return "closed"
	case l.Crash:
		return "down"
	}
	return l.Verdict.String()
}

// lines are what the clocks showed until the run ended; nil when all are
// perfect.
func (o *Outcome) lines() []clock.Line {
	if o.clocks == nil {
		return nil
	}
	lines := make([]clock.Line, len(o.clocks))
	for p := range lines {
		lines[p] = o.clocks[p].Line(o.End)
	}
	return lines
}

// faultBand says whom a fault touches, and how.
func (p *Plan) faultBand(f *scenarios.Fault) trace.SourceFault {
	out := trace.SourceFault{Kind: f.Kind.String(), Text: f.Title()}
	switch f.Kind {
	case scenarios.FaultPartition, scenarios.FaultIsolate, scenarios.FaultBridge:
		out.Groups = f.Sides(p.peers)
		for _, side := range out.Groups {
			out.Peers = append(out.Peers, side...)
		}
	case scenarios.FaultRing:
		out.Peers = slices.Clone(f.Ring)
	case scenarios.FaultClog:
		for q := range peer.ID(p.peers) {
			if includes(f.From, q) || includes(f.To, q) {
				out.Peers = append(out.Peers, q)
			}
		}
	default:
		out.Peers = []peer.ID{f.Peer}
	}
	slices.Sort(out.Peers)
	return out
}

// changeBands are the changes of links that began before the run ended. No
// event stands for them: their times are known beforehand.
func (p *Plan) changeBands(o *Outcome) []trace.Band {
	var bands []trace.Band
	for i := range p.scenario.Network.Changes {
		c := &p.scenario.Network.Changes[i]
		from := sim.Time(c.At)
		if c.SinceData {
			if o.DataAt == sim.Never {
				continue
			}
			from = o.DataAt.Add(c.At)
		}
		if from > o.End {
			continue
		}
		band := trace.Band{From: from, Until: o.End, Kind: "change", Place: i, Text: fmt.Sprintf("links of %s change", ends(&c.Links))}
		if c.For > 0 {
			band.Until = min(o.End, from.Add(c.For))
		}
		for q := range peer.ID(p.peers) {
			if includes(c.Links.From, q) || includes(c.Links.To, q) {
				band.Peers = append(band.Peers, q)
			}
		}
		bands = append(bands, band)
	}
	return bands
}

// ends names the two ends of some links.
func ends(l *scenarios.LinkOverride) string {
	name := func(list []peer.ID) string {
		if list == nil {
			return "all"
		}
		return fmt.Sprint(list)
	}
	return name(l.From) + " > " + name(l.To)
}
