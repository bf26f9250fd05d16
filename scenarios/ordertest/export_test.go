package ordertest

import (
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
