// Package ordertest tests implementations of orderings, as testing/fstest tests
// file systems: whoever writes a protocol calls [Test] from go test and learns
// whether it keeps what its Spec declares.
//
// The suite runs hand-made litmus schedules and a few hundred random ones
// through the simulated host: random delays, overtaking, doubled and lost
// packets, crashes and skewed clocks, as far as the Spec's assumptions allow.
// In every run it checks
//
//   - the declared guarantees, and that nothing is delivered twice or without a
//     broadcast; without faults also that everything is delivered everywhere;
//   - that the ordering comes to rest, returns no error and does not panic;
//   - that two runs are one history, on a used and on a fresh value (Reset);
//   - that nothing is kept of a borrowed message;
//   - that no two packets on a link share a name, and so their delay;
//   - that a Clone goes on as the original would have and shares nothing with
//     it, and that AppendState is canonical: equal for the clone, and the same
//     whatever the clocks show.
//
// What the Spec needs is kept: an ordering that needs FIFO links is not given
// others, and one that needs bounded delays gets delays and skews that stay
// within its parameter wait. What it does not need is taken away.
//
// The schedules are the same on every machine and in every call. A failure is
// shrunk to the smallest schedule that still fails and printed in words and as
// a scenario file.
//
// The package owns schedules and their judgement. It must never look inside an
// ordering: it sees what the interface shows.
package ordertest

import (
	"errors"
	"fmt"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// Test fails t if the ordering of spec, with the values given and the defaults
// of its other parameters, breaks a promise of its Spec or a rule of
// [peer.Ordering].
func Test(t *testing.T, spec order.Spec, given ...order.Value) {
	t.Helper()
	if err := Check(spec, given...); err != nil {
		t.Error(err)
	}
}

// Check is Test without a test: it returns what is wrong, nil if nothing is. The
// error holds the smallest schedule found, in words and as a scenario file.
func Check(spec order.Spec, given ...order.Value) error {
	s, err := newSuite(spec, given)
	if err != nil {
		return err
	}
	for _, c := range litmus {
		if err := s.try(c.schedule(s)); err != nil {
			return err
		}
	}
	for seed := range uint64(randomSchedules) {
		if err := s.try(s.random(seed)); err != nil {
			return err
		}
	}
	return s.vacuous()
}

const randomSchedules = 250

// suite is one ordering under test.
type suite struct {
	spec     order.Spec
	table    order.Table // the ordering as it is
	probed   order.Table // the same in a probe
	entry    string      // as a scenario names it
	promises peer.Guarantee
	needs    peer.Need
	unit     int64  // nanoseconds that stand for a millisecond
	heard    []byte // the states that the probes of a run have met
	inside   int    // schedules inside the assumptions that delivered something
}

func newSuite(spec order.Spec, given []order.Value) (*suite, error) {
	s := &suite{spec: spec, unit: 1_000_000}
	var err error
	if s.table, err = order.Table(nil).With(spec); err != nil {
		return nil, err
	}
	values, err := spec.Resolve(given)
	if err != nil {
		return nil, err
	}
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
		// Delays and skews of up to 40 units stay within the hold-back.
		s.unit = min(s.unit, max(1, int64(values.Duration("wait"))/40))
	}
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

// try judges one schedule and returns the smallest one that fails in its place.
func (s *suite) try(c schedule) error {
	fault := s.judge(&c)
	if fault == nil {
		return nil
	}
	small, fault := s.shrink(c, fault)
	return fmt.Errorf("ordering %s: %s\n\nThe smallest schedule that shows it: %s\n\nAs a scenario file:\n\n%s",
		s.spec.Kind, fault.text, small.words(), small.text(s.entry, fault.expect))
}

// vacuous is an error if no schedule was inside the assumptions: then nothing
// that was promised has been tested.
func (s *suite) vacuous() error {
	if s.inside == 0 && s.promises != 0 {
		return errors.New("ordering " + s.spec.Kind + ": no schedule keeps its assumptions, so no promise was tested")
	}
	return nil
}
