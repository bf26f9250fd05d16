package order

import (
	"encoding/binary"

	"mpcomm/peer"
)

// lamportOffline stamps every message with a logical clock, and delivers all of
// them when the log closes, sorted by stamp, ties by sender: a total order that
// is an extension of causality, for the price of the message itself.
//
// Source: Lamport, "Time, clocks, and the ordering of events in a distributed
// system", CACM 21(7):558-565, 1978, rules IR1 and IR2 and the total order that
// is made of them.
type lamportOffline struct {
	gathering
	self  peer.ID
	clock int64
}

func lamportOfflineSpec() Spec {
	return Spec{
		Kind: "lamport-offline", IgnoresEnds: true, Class: "communication history",
		Doc:     "sorts by logical clocks when everything has come",
		Paper:   "Lamport, CACM 21(7):558-565, 1978",
		Packets: "n-1", Steps: "offline", Cost: directOpen,
		Guarantees: peer.FIFO | peer.Causal | peer.Total | peer.Agreement, Needs: peer.NoLoss | peer.NoCrash | peer.RepliesOnReceipt,
		Offline: true,
		New:     func(Values) (peer.Ordering, error) { return &lamportOffline{}, nil },
	}
}

func (o *lamportOffline) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	o.clock++
	p := *m
	p.Stamp, p.Ints = o.clock, 1
	out.ToAll(p)
}

func (o *lamportOffline) Receive(_ peer.Instant, m *peer.Message, _ *peer.Effects) {
	if uint64(m.Stamp) > maxStamp || !o.fresh(m) {
		return // no clock of the group shows this, or it has come before
	}
	if m.From != o.self {
		o.clock = max(o.clock, m.Stamp) + 1
	}
	o.list = append(o.list, gathered{stamp: m.Stamp, id: m.ID})
}

func (o *lamportOffline) Reset(self peer.ID, peers int) {
	o.self, o.clock = self, 0
	o.reset(peers)
}

func (o *lamportOffline) Clone() peer.Ordering {
	c := *o
	c.gathering = o.clone()
	return &c
}

func (o *lamportOffline) AppendState(b []byte, _ peer.Instant) []byte {
	return o.appendState(binary.AppendVarint(b, o.clock), 0)
}
