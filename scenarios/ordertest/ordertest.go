// Package ordertest tests implementations of orderings, as testing/fstest tests
// file systems: whoever writes a protocol calls [Test] from go test and learns
// whether it keeps what it promises.
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
//   - that it does nothing else where its Spec says PassThrough;
//   - that no two packets on a link share a name, and so their delay;
//   - that an isolated broadcast costs what the Spec says, in packets and until
//     its delivery at every peer;
//   - that a Clone goes on as the original would have and shares nothing with
//     it, and that AppendState is canonical: equal for the clone, and the same
//     whatever the clocks show.
//
// What the Spec needs is kept: an ordering that needs FIFO links is not given
// others, and one that needs bounded delays gets delays and skews that stay
// within its parameter wait. What it does not need is taken away.
//
// The schedules are the same on every machine and in every call. A failure is
// shrunk to the smallest schedule that still fails and printed in words, as a
// sketch of what happens in it, and as a scenario file.
//
// [Test] takes a constructor, the guarantees and what
// they need; [TestSpec] takes a whole [order.Spec], with the parameters, costs
// and peculiarities that it declares. Check and CheckSpec return the failure
// instead of reporting it.
//
// The package owns schedules and their judgement. It must never look inside an
// ordering: it sees what the interface shows.
package ordertest

import (
	"fmt"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// Test fails t if the orderings that newOrdering makes, a new one at each call,
// break one of the guarantees where the needs are met, or a rule of
// [peer.Ordering]. Without needs the guarantees must hold whatever happens.
func Test(t testing.TB, newOrdering func() peer.Ordering, guarantees peer.Guarantee, needs ...peer.Need) {
	t.Helper()
	if err := Check(newOrdering, guarantees, needs...); err != nil {
		t.Error(err)
	}
}

// Check is Test without a test: it returns what is wrong, nil if nothing is, as
// CheckSpec does.
func Check(newOrdering func() peer.Ordering, guarantees peer.Guarantee, needs ...peer.Need) error {
	spec := order.Spec{Kind: ownKind, Guarantees: guarantees}
	for _, n := range needs {
		spec.Needs |= n
	}
	if newOrdering != nil {
		spec.New = func(order.Values) (peer.Ordering, error) { return newOrdering(), nil }
	}
	return CheckSpec(spec)
}

// ownKind is what scenario files call an ordering that has no Spec.
const ownKind = "own"

// TestSpec fails t if the ordering of spec, with the values given and the
// defaults of its other parameters, breaks a promise of its Spec or a rule of
// [peer.Ordering].
func TestSpec(t testing.TB, spec order.Spec, given ...order.Value) {
	t.Helper()
	if err := CheckSpec(spec, given...); err != nil {
		t.Error(err)
	}
}

// CheckSpec is TestSpec without a test: it returns what is wrong, nil if nothing
// is. What a schedule shows is a [*Failure]; a Spec that cannot be tested is
// another error.
func CheckSpec(spec order.Spec, given ...order.Value) error {
	s, err := newSuite(spec, given)
	if err != nil {
		return err
	}
	c, wrong := s.search()
	switch {
	case wrong != nil:
		tried := s.tried
		small, wrong := s.shrink(c, wrong)
		return s.failure(&small, wrong, tried)
	case s.inside == 0 && s.promises != 0:
		return fmt.Errorf("ordering %s: no schedule keeps its assumptions, so no promise was tested", spec.Kind)
	}
	return nil
}

// Failure is a schedule on which an ordering does something wrong.
type Failure struct {
	Ordering  string // its kind
	Broken    string // the property or the rule that is broken, in a word or two
	Text      string // what was seen
	Schedules int    // how many were tried until one showed it, that one included
	Words     string // the smallest schedule that shows it
	Sketch    string // what happens in it, a column for each peer, a line for each event
	Scenario  string // the same as a file for mpcomm run, with an ordering of this kind in its table
}

// Error is all of the failure in words.
func (f *Failure) Error() string {
	return fmt.Sprintf("ordering %s: %s\n\nThe smallest schedule that shows it: %s\n\n%s\nAs a scenario file:\n\n%s",
		f.Ordering, f.Text, f.Words, f.Sketch, f.Scenario)
}

func (s *suite) failure(c *schedule, wrong *fault, tried int) *Failure {
	file := c.text(s.entry, wrong.expect)
	if s.passing != nil && wrong.expect != "" {
		file = notAsked + file
	}
	return &Failure{
		Ordering: s.spec.Kind, Broken: wrong.kind, Text: wrong.text, Schedules: tried,
		Words: c.words(), Sketch: s.sketch(c), Scenario: file,
	}
}

// notAsked says why a run of the file looks well: the suite asks at every step.
const notAsked = "# Its Spec says PassThrough, so that runs do not ask the ordering. They show what is\n# wrong with it once the Spec does not.\n"
