package ordertest

import (
	"testing"

	"mpcomm/peer/order"
)

// FirstFailure is CheckSpec without the search for a smaller schedule.
func FirstFailure(spec order.Spec, given ...order.Value) (*Failure, error) {
	s, err := newSuite(spec, given)
	if err != nil {
		return nil, err
	}
	c, wrong := s.search()
	if wrong == nil {
		return nil, nil
	}
	return s.failure(&c, wrong, s.tried), nil
}

// RandomSchedules are the random schedules for an ordering, as scenario files.
func RandomSchedules(tb testing.TB, spec order.Spec) []string {
	tb.Helper()
	s, err := newSuite(spec, nil)
	if err != nil {
		tb.Fatal(err)
	}
	var texts []string
	for seed := range uint64(randomSchedules) {
		c := s.random(seed)
		texts = append(texts, c.text(s.entry, ""))
	}
	return texts
}
