package run_test

import (
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// twofold delivers a message when its body has come twice: everybody sends on
// what comes from its sender.
type twofold struct {
	peer.Base
	had map[peer.MessageID]int
}

func (o *twofold) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) { out.ToAll(*m) }

func (o *twofold) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if m.Kind == peer.KindData {
		relay := *m
		relay.Kind = peer.KindRelay
		out.ToOthers(relay)
	}
	if o.had[m.ID]++; o.had[m.ID] == 2 {
		out.Deliver(m.ID)
	}
}

func (o *twofold) Reset(peer.ID, int)                          { o.had = map[peer.MessageID]int{} }
func (o *twofold) Clone() peer.Ordering                        { panic("not cloned") }
func (o *twofold) AppendState(b []byte, _ peer.Instant) []byte { return b }

// TestHeldSinceTheFirstCopy: hold_ms counts from the first arrival of a body,
// whichever of its copies an ordering delivers upon.
func TestHeldSinceTheFirstCopy(t *testing.T) {
	t.Parallel()
	table, err := order.Builtin().With(order.Spec{
		Kind: "twofold", New: func(order.Values) (peer.Ordering, error) { return &twofold{}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Parse("relays.yaml", []byte(`version: 1
name: relays
peers: 3
orderings: [twofold]
phases: none
workload: {sends: [{at: 0ms, from: 0}]}
network: {latency: 10ms, delays: [{message: "p0#0", to: 2, delay: 25ms}]}
`), nil, table)
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Compile(s, s.Orderings[0], table)
	if err != nil {
		t.Fatal(err)
	}
	// p1 has the body and p0's relay of it at 10 ms, and sends it on. p2 has that
	// at 20 ms, and at 25 ms the body itself, upon which it delivers.
	o := mustRun(t, engine(t, p, run.Options{}), 1)
	held := map[peer.ID]float64{}
	for d := range o.History.Stream.All() {
		held[d.Peer] = float64(d.At-d.Arrived) / 1e6
	}
	if len(held) != 3 || held[1] != 0 || held[2] != 5 {
		t.Errorf("held for %v ms; want p1 0, p2 5", held)
	}
}
