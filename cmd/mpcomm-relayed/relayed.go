package main

import (
	"mpcomm/peer"
	"mpcomm/peer/order"
)

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
