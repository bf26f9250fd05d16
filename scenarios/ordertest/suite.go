package ordertest

import (
	"fmt"

	"mpcomm/peer"
	"mpcomm/peer/order"

	"pgregory.net/rapid"
)

const randomSchedules = 250

// suite is one ordering under test.
type suite struct {
	spec       order.Spec
	table      order.Table  // the ordering, asked at every step
	passing    order.Table  // the same as its Spec has it, if that says PassThrough
	probed     order.Table  // the same in a probe
	entry      string       // as a scenario names it
	values     order.Values // of its parameters, complete
	promises   peer.Guarantee
	needs      peer.Need
	unit       int64 // nanoseconds that stand for a millisecond
	clockError int64 // how far off a clock may be, in units, if that is stated; else 0
	generator  *rapid.Generator[schedule]
	heard      []byte // the states that the probes of a run have met
	tried      int    // schedules
	inside     int    // of them inside the assumptions and with deliveries
}

func newSuite(spec order.Spec, given []order.Value) (*suite, error) {
	s := &suite{spec: spec, unit: 1_000_000}
	if spec.PassThrough {
		s.passing = order.Table{spec}
		spec.PassThrough = false
	}
	var err error
	if s.table, err = order.Table(nil).With(spec); err != nil {
		return nil, err
	}
	values, err := spec.Resolve(given)
	if err != nil {
		return nil, err
	}
	s.values = values
	if err := buildable(&spec, given); err != nil {
		return nil, err
	}
	if s.promises, s.needs, err = spec.Promises(given); err != nil {
		return nil, err
	}
	s.entry = "{kind: " + spec.Kind
	for _, v := range given {
		s.entry += fmt.Sprintf(", %s: %s", v.Name, v.Text)
	}
	s.entry += "}"
	if _, ok := values.Text("wait"); ok && s.needs&peer.BoundedDelay != 0 {
		s.unit = min(s.unit, max(1, int64(values.Duration("wait"))/latest))
	}
	s.clockError = clockError(values, s.needs, s.unit)
	s.generator = s.schedules()
	probed := spec
	probed.New = func(v order.Values) (peer.Ordering, error) {
		inner, err := spec.New(v)
		return &probe{inner: inner, heard: &s.heard}, err
	}
	s.probed = order.Table{probed}
	return s, nil
}

// buildable makes one ordering, which must not panic.
func buildable(spec *order.Spec, given []order.Value) (err error) {
	defer func() {
		if what := recover(); what != nil {
			err = fmt.Errorf("ordering %s: New panics: %v", spec.Kind, what)
		}
	}()
	o, err := spec.Build(given)
	if err == nil && o == nil {
		err = fmt.Errorf("ordering %s: New returns neither an ordering nor an error", spec.Kind)
	}
	return err
}

// search tries schedules until one fails, and returns it.
func (s *suite) search() (schedule, *fault) {
	for _, l := range litmus {
		c := s.fit(l)
		if wrong := s.try(&c); wrong != nil {
			return c, wrong
		}
	}
	for seed := range uint64(randomSchedules) {
		c := s.random(seed)
		if wrong := s.try(&c); wrong != nil {
			return c, wrong
		}
	}
	return s.costs()
}

func (s *suite) try(c *schedule) *fault {
	s.tried++
	return s.judge(c)
}
