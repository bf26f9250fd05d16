package run

import (
	"fmt"

	"mpcomm/peer/history"
	"mpcomm/reports/compare"
	"mpcomm/reports/result"
	"mpcomm/scenarios"
	"mpcomm/sim"
)

// Streamed is what is left of a run whose logs were not kept: every delivery was
// looked at once, when it happened.
type Streamed struct {
	pass                history.Pass
	counts              []int32 // planned broadcasts of each peer
	latency, self, hold spread
}

// spread sums up durations.
type spread struct {
	sum, most int64
	count     uint64
}

func (s *spread) add(ns int64) {
	s.sum += ns
	s.most = max(s.most, ns)
	s.count++
}

func (s *spread) times() result.Times {
	if s.count == 0 {
		return result.Times{}
	}
	return result.Times{Mean: result.Mean{Sum: s.sum, Count: s.count}, Max: result.Millis(sim.Time(s.most))}
}

// notStreamed are the values that a streamed run leaves out; they are null.
var notStreamed = []string{
	"divergence.inversions_per_message", "divergence.kendall_distance", "divergence.kendall_max", "divergence.footrule",
	"divergence.ulam", "divergence.pairs", "quality.truth_inversions_per_message",
	"cost.latency_ms.p50", "cost.latency_ms.p99", "cost.latency_self_ms.p50", "cost.latency_self_ms.p99",
	"cost.hold_ms.p50", "cost.hold_ms.p99", "first_difference",
}

// Streamable says why runs of the plan cannot be streamed, nil if they can.
func (p *Plan) Streamable() error {
	s := p.scenario
	var why string
	switch {
	case s.Workload.Replies != nil:
		why = "how many replies there will be is not known beforehand"
	case s.Measure != nil:
		why = "measure is about a part of the logs"
	case len(s.Watch) > 0:
		why = "watch looks for messages in a log"
	case s.Heal != nil:
		why = "what a healed run delivers is looked up in its logs"
	}
	for i := range s.Faults {
		if s.Faults[i].Kind == scenarios.FaultCrash {
			why = "the logs of peers that crash are taken out again"
		}
	}
	if why == "" {
		return nil
	}
	return fmt.Errorf("ordering %s: the run needs its logs: %s", p.label, why)
}

// newStreamed makes what a streamed run of the plan needs.
func newStreamed(p *Plan) (*Streamed, error) {
	if err := p.Streamable(); err != nil {
		return nil, err
	}
	x := &Streamed{counts: make([]int32, p.peers)}
	for q := range x.counts {
		if p.load.Sends == nil && (p.load.Senders == nil || p.load.Senders[q]) {
			x.counts[q] = int32(p.load.Messages)
		}
	}
	for i := range p.load.Sends {
		x.counts[p.load.Sends[i].From]++
	}
	return x, nil
}

func (x *Streamed) reset(p *Plan) {
	x.pass.Reset(x.counts, max(0, p.messagesPerPeer-1))
	x.latency, x.self, x.hold = spread{}, spread{}, spread{}
}

// flushFrom is how many deliveries are gathered before they are looked at.
const flushFrom = 1 << 12

// flush looks at the deliveries that were gathered and forgets them.
func (e *Engine) flush() {
	h, x := &e.hist, e.outcome.Streamed
	if len(h.Strays) > 0 {
		if e.err == nil {
			e.err = fmt.Errorf("run: %s, seed %d: %v delivered %v, which nobody broadcast: to compare such logs they have to be kept",
				e.plan.label, e.outcome.Seed, h.Strays[0].Peer, h.Strays[0].ID)
		}
		h.Stream.Reset()
		return
	}
	x.pass.Take(&h.Stream, h.Broadcasts)
	for d := range h.Stream.All() {
		b := &h.Broadcasts[d.Ref]
		since := int64(d.At - b.At)
		if b.ID.Sender == d.Peer {
			x.self.add(since)
			continue
		}
		x.latency.add(since)
		x.hold.add(int64(d.At - d.Arrived))
	}
	h.Stream.Reset()
}

// evaluateStreamed fills in what Evaluate takes from logs elsewhere.
func (v *Evaluator) evaluateStreamed(p *Plan, o *Outcome) {
	r, x := &v.result, o.Streamed
	properties, quality, known := x.pass.Check(o.Limit.Settled())
	v.properties(&properties, &quality)
	r.Quality.CausalUnknown = !known
	r.Quality.TruthInversionsPerMessage.Num, r.Quality.TruthInversionsPerMessage.Den = 0, 0
	r.Divergence = compare.ComparePass(o.History, &x.pass, p.messagesPerPeer)
	r.NotComputed = append(r.NotComputed[:0], notStreamed...)
	if r.Divergence.Contested.Den == 0 {
		r.NotComputed = append(r.NotComputed, "divergence.contested")
	}
	if v.Mechanisms {
		r.NotComputed = append(r.NotComputed, "mechanisms")
	}
	if !known {
		r.NotComputed = append(r.NotComputed, "properties.causal", "quality.causal_violations", "quality.causal_gaps")
	}
	c := &r.Cost
	c.Latency, c.LatencySelf, c.Hold = x.latency.times(), x.self.times(), x.hold.times()
	v.Latency.reset()
	v.Self.reset()
	v.Hold.reset()
}

// completeStreamed reports whether every log holds every broadcast.
func (v *Evaluator) completeStreamed(o *Outcome) bool {
	_, all, _ := o.Streamed.pass.Sets()
	return len(o.History.Lost) == 0 && all == len(o.History.Broadcasts)
}
