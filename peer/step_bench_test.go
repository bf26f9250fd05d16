package peer_test

import (
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// traffic is what p0 of eight gets under an ordering: every message in turn
// from the other seven, or one message and the acknowledgements of the others.
func traffic(kind string) []peer.Message {
	list := make([]peer.Message, 7*1024)
	for i := range list {
		from, round := peer.ID(1+i%7), int32(i/7)
		m := peer.Message{ID: peer.MessageID{Sender: from, Number: round}, From: from, Kind: peer.KindData, Aux: int64(round)}
		if kind == "lamport" {
			m.ID.Sender, m.Stamp = 1, int64(2*i+2)
			if from != 1 {
				m.Kind = peer.KindAck
			}
		}
		list[i] = m
	}
	return list
}

// BenchmarkStep measures one arrival: what the Machine and the ordering cost
// without queue, network and log.
func BenchmarkStep(b *testing.B) {
	for _, kind := range []string{"naive", "fifo", "lamport"} {
		b.Run(kind, func(b *testing.B) {
			spec, _ := order.Builtin().Lookup(kind)
			o, err := spec.Build(nil)
			if err != nil {
				b.Fatal(err)
			}
			c := config(0, 8, peer.None)
			c.Ordering = o
			var m peer.Machine
			var out peer.Effects
			list := traffic(kind)
			b.ReportAllocs()
			for i := range b.N {
				k := i % len(list)
				out.Reset()
				if k == 0 {
					m.Reset(c)
					if err := m.Step(0, peer.Input{Kind: peer.InputStart}, &out); err != nil {
						b.Fatal(err)
					}
				}
				if err := m.Step(peer.Instant(i), peer.Input{Kind: peer.InputArrival, Message: &list[k]}, &out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
