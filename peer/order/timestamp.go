package order

import (
	"encoding/binary"
	"math"

	"mpcomm/peer"
)

// timestamp delivers in the order of the senders' clocks, ties by sender, and
// holds every message back until its stamp is wait old by the local clock: by
// then everything with a smaller stamp has come, if delay plus skew stay within
// wait. What comes later than that is late, and delivered at once or dropped.
//
// With hold: arrival the time is counted from the arrival instead. That is
// another algorithm: it costs delay plus wait, and puts messages the wrong way
// round when their delays differ by more than wait, whatever the stamps say.
//
// Source: Cristian, Aghili, Strong and Dolev, "Atomic broadcast: from simple
// message diffusion to Byzantine agreement", Information and Computation
// 118(1):158-179, 1995, section 4, the Δ-protocol for timing and omission
// failures without its diffusion step.
type timestamp struct {
	holdback
	stamp      int64 // of the last own broadcast
	broadcasts int64
}

func timestampSpec() Spec {
	return Spec{
		Kind: "timestamp", IgnoresEnds: true, Class: "communication history",
		Doc:     "delivers by the senders' clocks, each message held back for a fixed time",
		Paper:   "Cristian, Aghili, Strong and Dolev, Information and Computation 118(1), 1995, section 4",
		Packets: "n-1", Steps: "wait/wait", Cost: holdbackCost,
		Guarantees: peer.FIFO | peer.Causal | peer.Total | peer.Agreement,
		Needs:      peer.BoundedDelay | peer.NoLoss | peer.NoCrash | peer.MonotoneClock | peer.RepliesOnDelivery,
		Refine:     refineHold,
		Loopback:   true,
		Params:     holdbackParams(),
		New:        func(v Values) (peer.Ordering, error) { return &timestamp{holdback: newHoldback(v)}, nil },
	}
}

func (o *timestamp) Broadcast(now peer.Instant, m *peer.Message, out *peer.Effects) {
	o.stamp = max(o.stamp+1, int64(now))
	p := *m
	p.Stamp, p.Aux, p.Ints = o.stamp, o.broadcasts, 1
	o.broadcasts++
	out.ToAll(p)
}

func (o *timestamp) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	if m.Kind != peer.KindData || uint64(m.Aux) > peer.MaxNumber || !o.seen.Add(m.ID.Sender, int32(m.Aux)) {
		return
	}
	o.receive(now, entry{key: key{stamp: m.Stamp, sender: m.ID.Sender, rank: uint32(m.Aux)}, number: m.ID.Number}, out)
}

func (o *timestamp) Reset(_ peer.ID, peers int) {
	o.stamp, o.broadcasts = math.MinInt64, 0
	o.reset(peers)
}

func (o *timestamp) Clone() peer.Ordering {
	c := *o
	c.holdback = o.clone()
	return &c
}

func (o *timestamp) AppendState(b []byte, now peer.Instant) []byte {
	b = appendStamp(b, o.stamp, int64(now))
	return o.appendState(binary.AppendVarint(b, o.broadcasts), now)
}
