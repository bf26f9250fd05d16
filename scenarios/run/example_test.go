package run_test

import (
	"fmt"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// central sends every message to p0, which sends it on to all: everybody
// delivers in p0's order, as long as links do not reorder and p0 is up.
type central struct{ peer.Base }

func (central) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) { out.Send(0, *m) }

func (central) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	switch m.Kind {
	case peer.KindData:
		relay := *m
		relay.Kind = peer.KindRelay
		out.ToAll(relay)
	case peer.KindRelay:
		out.Deliver(m.ID)
	}
}

func (central) Reset(peer.ID, int)                          {}
func (central) Clone() peer.Ordering                        { return central{} }
func (central) AppendState(b []byte, _ peer.Instant) []byte { return b }

// An ordering of one's own, beside a built-in one, on the same sends and
// delays.
func Example() {
	table, err := order.Builtin().With(order.Spec{
		Kind: "central", New: func(order.Values) (peer.Ordering, error) { return central{}, nil },
	})
	if err != nil {
		panic(err)
	}
	s, err := scenarios.OpenWith("lab", table)
	if err != nil {
		panic(err)
	}
	s, err = s.With([]scenarios.Setting{{Path: "orderings", Value: "[naive, central]"}, {Path: "expect", Value: "{}"}})
	if err != nil {
		panic(err)
	}
	for _, o := range s.Orderings {
		plan, err := run.Compile(s, o, table)
		if err != nil {
			panic(err)
		}
		engine, err := run.NewEngine(plan, run.Options{})
		if err != nil {
			panic(err)
		}
		outcome, err := engine.Run(s.Seed)
		if err != nil {
			panic(err)
		}
		var evaluator run.Evaluator
		r := evaluator.Evaluate(plan, outcome, run.Full)
		fmt.Printf("%s: %d of %d positions differ, %v\n", r.Ordering,
			r.Divergence.PositionsDiffering, r.Divergence.Positions, r.Properties.Total)
	}
	// Output:
	// naive: 600 of 600 positions differ, violated
	// central: 0 of 600 positions differ, holds
}
