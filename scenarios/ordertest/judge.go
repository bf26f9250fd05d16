package ordertest

import (
	"bytes"
	"fmt"
	"slices"

	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/reports/result"
	"mpcomm/reports/spacetime"
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
	file  *scenarios.Scenario
	plan  *run.Plan
	seed  uint64
}

func (s *suite) bench(c *schedule) (*bench, error) {
	file, err := scenarios.Parse("schedule.yaml", []byte(c.text(s.entry, "")), nil, s.table)
	if err != nil {
		return nil, err
	}
	b := &bench{suite: s, file: file, seed: c.seed}
	b.plan, err = run.Compile(file, file.Orderings[0], s.table)
	return b, err
}

// probed is the bench with a probe around every ordering and all clocks ahead.
func (b *bench) probed(ahead int64) (*bench, error) {
	file := *b.file
	file.Clocks.Default.Offset.Value += ahead
	file.Clocks.Peers = slices.Clone(file.Clocks.Peers)
	for i := range file.Clocks.Peers {
		file.Clocks.Peers[i].Clock.Offset.Value += ahead
	}
	plan, err := run.Compile(&file, file.Orderings[0], b.suite.probed)
	return &bench{suite: b.suite, file: &file, plan: plan, seed: b.seed}, err
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

// A sketch has so many lines at the most, of so many events.
const (
	sketchLines  = 60
	sketchEvents = 10_000
)

// sketch draws what happens in a schedule, until the ordering panics if it does.
func (s *suite) sketch(c *schedule) string {
	b, err := s.bench(c)
	if err != nil {
		return ""
	}
	var r journal.Recorder
	r.Reset(sketchEvents, 0, -1)
	_, _ = b.once(run.Options{Recorder: &r})
	return spacetime.Text(r.Events(), c.peers, sketchLines)
}

// judge runs a schedule in every way and returns the first thing that is wrong.
func (s *suite) judge(c *schedule) *fault {
	b, err := s.bench(c)
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
	if o, wrong = b.once(run.Options{Poison: true, DetectNames: true}); wrong != nil || o.Digest != digest {
		return b.alone(digest)
	}
	if s.passing != nil {
		if wrong := b.pass(digest); wrong != nil {
			return wrong
		}
	}
	return b.probe(digest)
}

// pass runs the schedule without asking the ordering where its Spec says that it
// only passes messages through.
func (b *bench) pass(digest [16]byte) *fault {
	plan, err := run.Compile(b.file, b.file.Orderings[0], b.suite.passing)
	if err != nil {
		return &fault{kind: "scenario", text: err.Error()}
	}
	passing := &bench{suite: b.suite, file: b.file, plan: plan, seed: b.seed}
	o, wrong := passing.once(run.Options{})
	if wrong == nil && o.Digest != digest {
		wrong = &fault{kind: "pass", text: "its Spec says PassThrough, and it does more than pass messages through: the history is another when it is not asked"}
	}
	return wrong
}

// alone tries one by one what went wrong together.
func (b *bench) alone(digest [16]byte) *fault {
	for _, way := range [...]struct {
		kind, text string
		options    run.Options
	}{
		{"determinism", "a second value makes another history: it depends on more than its inputs", run.Options{}},
		{"borrowed", "it keeps a borrowed message: when messages are overwritten after the call, the history is another", run.Options{Poison: true}},
		{"names", "naming packets changes the history", run.Options{DetectNames: true}},
		{"determinism", "it depends on more than its inputs", run.Options{Poison: true, DetectNames: true}},
	} {
		o, wrong := b.once(way.options)
		switch {
		case wrong != nil && way.options.Poison:
			return &fault{kind: way.kind, text: way.text + ": " + wrong.text}
		case wrong != nil && way.options.DetectNames:
			return &fault{kind: way.kind, text: wrong.text}
		case wrong != nil:
			return wrong
		case o.Digest != digest:
			return &fault{kind: way.kind, text: way.text}
		}
	}
	return &fault{kind: "determinism", text: "it depends on more than its inputs: of several runs with one seed one has another history"}
}

// difference names the first event in which two runs differ, if any does.
func (b *bench) difference() string {
	m, err := run.Verify(b.plan, b.seed)
	if err != nil || m == nil {
		return "two new ones agree"
	}
	return m.String()
}

// ahead is how many units the clocks of a second run are ahead, a multiple of
// all ticks.
const ahead = 1200

// probe runs the schedule with a probe around every ordering, twice: with the
// clocks as they are, and with all of them ahead.
func (b *bench) probe(digest [16]byte) *fault {
	s := b.suite
	var states [2][]byte
	for i := range states {
		probed, err := b.probed(int64(i) * ahead * s.unit)
		if err != nil {
			return &fault{kind: "scenario", text: err.Error()}
		}
		s.heard = s.heard[:0]
		o, wrong := probed.once(run.Options{})
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
	if c.crashes == nil && !c.loses() && !r.Complete {
		return &fault{
			kind: "complete", expect: s.label() + ": {complete: true}",
			text: fmt.Sprintf("no packet is lost and no peer crashes, but the logs lack %d deliveries", r.Divergence.Messages*c.peers-r.Divergence.Deliveries),
		}
	}
	return nil
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
