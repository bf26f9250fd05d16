package ordertest_test

import (
	"fmt"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/scenarios/ordertest"
)

// relayed is an ordering of one's own: everybody sends to p0, and p0 sends on to
// all what it gets. Where links keep their order, so do all logs.
type relayed struct{ peer.Base }

func (o relayed) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) { out.Send(0, *m) }

func (o relayed) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if m.Kind == peer.KindRelay {
		out.Deliver(m.ID)
		return
	}
	onward := *m // m is borrowed
	onward.Kind = peer.KindRelay
	out.ToAll(onward)
}

func (o relayed) Reset(peer.ID, int)                          {}
func (o relayed) Clone() peer.Ordering                        { return o }
func (o relayed) AppendState(b []byte, _ peer.Instant) []byte { return b }

var relayedSpec = order.Spec{
	Kind:       "relayed",
	Class:      "fixed sequencer",
	Doc:        "sends everything by way of p0",
	Packets:    "n; of p0 n-1",
	Steps:      "2/2; of p0 0/1",
	Guarantees: peer.FIFO | peer.Causal | peer.Total | peer.Agreement,
	Needs:      peer.FIFOLinks | peer.NoLoss | peer.NoDuplicates | peer.NoCrash | peer.RepliesOnDelivery,
	New:        func(order.Values) (peer.Ordering, error) { return relayed{}, nil },
}

// In a test of one's own the call is ordertest.TestSpec(t, relayedSpec).
func Example() {
	fmt.Println("wrong:", ordertest.CheckSpec(relayedSpec))

	careless := relayedSpec
	careless.Needs &^= peer.FIFOLinks
	fmt.Println("wrong without FIFO links:", ordertest.CheckSpec(careless) != nil)
	// Output:
	// wrong: <nil>
	// wrong without FIFO links: true
}
