package run

import (
	"fmt"

	"mpcomm/peer/order"
	"mpcomm/scenarios"
)

// Run makes the history of one seed of scenario s under the ordering of that
// label, with the built-in orderings. The Outcome is the caller's. Sweeps and
// benchmarks compile once and reuse an Engine instead.
func Run(s *scenarios.Scenario, label string, seed uint64) (*Outcome, error) {
	for _, o := range s.Orderings {
		if scenarios.Label(o) != label {
			continue
		}
		p, err := Compile(s, o, order.Builtin())
		if err != nil {
			return nil, err
		}
		e, err := NewEngine(p, Options{})
		if err != nil {
			return nil, err
		}
		return e.Run(seed)
	}
	return nil, fmt.Errorf("scenario %s: no ordering is labelled %q", s.Name, label)
}
