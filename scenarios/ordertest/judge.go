package ordertest

import (
	"bytes"
	"fmt"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/reports/result"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// fault is what a schedule shows to be wrong.
type fault struct {
	kind   string // what a smaller schedule must show as well
	text   string
	expect string // in the scenario language, if it can be said there
}

// bench is a schedule made ready to run.
type bench struct {
	suite *suite
	plan  *run.Plan
	seed  uint64
}

func (s *suite) bench(c *schedule, table order.Table) (*bench, error) {
	file, err := scenarios.Parse("schedule.yaml", []byte(c.text(s.entry, "")), nil, table)
	if err != nil {
		return nil, err
	}
	plan, err := run.Compile(file, file.Orderings[0], table)
	if err != nil {
		return nil, err
	}
	return &bench{suite: s, plan: plan, seed: c.seed}, nil
}

// attempt runs a seed on an engine; a panic of the ordering becomes a fault.
func attempt(e *run.Engine, seed uint64) (o *run.Outcome, wrong *fault) {
	defer func() {
		switch what := recover().(type) {
		case nil:
		case broken:
			wrong = &fault{kind: "state", text: string(what)}
		default:
			wrong = &fault{kind: "panic", text: fmt.Sprintf("it panics: %v", what)}
		}
	}()
	o, err := e.Run(seed)
	if err != nil {
		return nil, &fault{kind: "error", text: err.Error()}
	}
	return o, nil
}

// once runs the bench on a fresh engine.
func (b *bench) once(options run.Options) (*run.Outcome, *fault) {
	e, err := run.NewEngine(b.plan, options)
	if err != nil {
		return nil, &fault{kind: "build", text: err.Error()}
	}
	return attempt(e, b.seed)
}

// judge runs a schedule in every way and returns the first thing that is wrong.
func (s *suite) judge(c *schedule) *fault {
	b, err := s.bench(c, s.table)
	if err != nil {
		return &fault{kind: "scenario", text: err.Error()}
	}
	e, err := run.NewEngine(b.plan, run.Options{})
	if err != nil {
		return &fault{kind: "build", text: err.Error()}
	}
	o, wrong := attempt(e, b.seed)
	if wrong != nil {
		return wrong
	}
	if wrong := s.promised(c, b.plan, o); wrong != nil {
		return wrong
	}
	digest := o.Digest
	if _, wrong = attempt(e, b.seed+1); wrong != nil {
		return wrong
	}
	if o, wrong = attempt(e, b.seed); wrong != nil {
		return wrong
	}
	if o.Digest != digest {
		return &fault{kind: "reset", text: "a value that was used before and Reset makes another history than a new one: " + b.difference()}
	}
	if wrong := b.same("a second value makes another history: it depends on more than its inputs", digest, run.Options{}); wrong != nil {
		return wrong
	}
	if wrong := b.same("it keeps a borrowed message: when messages are overwritten after the call, the history is another", digest, run.Options{Poison: true}); wrong != nil {
		return wrong
	}
	if wrong := b.same("naming packets changes the history", digest, run.Options{DetectNames: true}); wrong != nil {
		return wrong
	}
	return s.probe(c, digest)
}

// difference names the first event in which two runs differ, if any does.
func (b *bench) difference() string {
	m, err := run.Verify(b.plan, b.seed)
	if err != nil || m == nil {
		return "two new ones agree"
	}
	return m.String()
}

func (b *bench) same(text string, digest [16]byte, options run.Options) *fault {
	o, wrong := b.once(options)
	if wrong != nil && options.Poison {
		wrong = &fault{kind: "same", text: text + ": " + wrong.text}
	}
	if wrong != nil {
		return wrong
	}
	if o.Digest != digest {
		return &fault{kind: "same", text: text}
	}
	return nil
}

// probe runs the schedule with a probe around every ordering, twice: with the
// clocks as they are, and with all of them a thousand units ahead.
func (s *suite) probe(c *schedule, digest [16]byte) *fault {
	var states [2][]byte
	for i := range states {
		shifted := *c
		shifted.shift = int64(i) * 1000
		b, err := s.bench(&shifted, s.probed)
		if err != nil {
			return &fault{kind: "scenario", text: err.Error()}
		}
		s.heard = s.heard[:0]
		o, wrong := b.once(run.Options{})
		if wrong != nil {
			return wrong
		}
		if i == 0 && o.Digest != digest {
			return &fault{kind: "clone", text: "a Clone does not go on as the original: with a clone in its place at every call, the history is another"}
		}
		states[i] = append([]byte(nil), s.heard...)
	}
	if !bytes.Equal(states[0], states[1]) {
		return &fault{kind: "canonical", text: "AppendState is not canonical: with all clocks ahead by the same amount it differs; count times from now"}
	}
	return nil
}

// promised checks what the Spec declares.
func (s *suite) promised(c *schedule, p *run.Plan, o *run.Outcome) *fault {
	var v run.Evaluator
	r := v.Evaluate(p, o, run.Full)
	if !o.Limit.Settled() {
		return &fault{kind: "rest", text: fmt.Sprintf("it does not come to rest: the run ended at its limit of %s", map[run.Limit]string{run.LimitUntil: "time", run.LimitEvents: "events"}[o.Limit]), expect: s.label() + ": {limit: none}"}
	}
	if wrong := s.violated(r, "integrity", r.Properties.Integrity); wrong != nil && !(s.spec.Repeats && c.duplicate > 0) {
		return wrong
	}
	if len(r.OutsideAssumptions) > 0 {
		return nil
	}
	if r.Divergence.Deliveries > 0 {
		s.inside++
	}
	for _, promise := range [...]struct {
		guarantee peer.Guarantee
		name      string
		verdict   result.Verdict
	}{
		{peer.FIFO, "fifo", r.Properties.FIFO},
		{peer.Causal, "causal", r.Properties.Causal},
		{peer.Total, "total", r.Properties.Total},
		{peer.Agreement, "agreement", r.Properties.Agreement},
		{peer.Uniform, "uniform", r.Properties.Uniform},
	} {
		if s.promises&promise.guarantee == 0 {
			continue
		}
		if wrong := s.violated(r, promise.name, promise.verdict); wrong != nil {
			return wrong
		}
	}
	if c.crash == nil && !c.loses() && !r.Complete {
		return &fault{
			kind: "complete", expect: s.label() + ": {complete: true}",
			text: fmt.Sprintf("no packet is lost and no peer crashes, but the logs lack %d deliveries", r.Divergence.Messages*c.peers-r.Divergence.Deliveries),
		}
	}
	return nil
}

// loses reports whether a body may be lost for good.
func (c *schedule) loses() bool {
	lost := c.loss > 0
	for _, d := range c.delays {
		lost = lost || d.lost
	}
	return lost && !c.reliable
}

func (s *suite) violated(r *result.Ordering, name string, v result.Verdict) *fault {
	if v != result.Violated {
		return nil
	}
	text := name + " is violated"
	for _, w := range r.Witnesses {
		if w.Property == name {
			text += ": " + w.Text
		}
	}
	return &fault{kind: name, text: text, expect: s.label() + ": {" + name + ": holds}"}
}

// label is what expectations call the ordering; its kind is enough where it is
// the only one.
func (s *suite) label() string { return s.spec.Kind }
