package order

import "mpcomm/peer"

// naive delivers every message when its packet arrives: no coordination at
// all. It promises nothing, blocks on nothing, and shows every loss, overtaking
// and duplicate of the network in the log.
//
// Source: the zeroth rung of Hadzilacos and Toueg, "A modular approach to
// fault-tolerant broadcasts and related problems", Cornell TR 94-1425, 1994,
// section 3: best-effort dissemination without an order.
type naive struct{ peer.Base }

func naiveSpec() Spec {
	return Spec{
		Kind: "naive", IgnoresEnds: true, PassThrough: true, Class: "none",
		Doc:     "delivers in order of arrival, without any coordination",
		Paper:   "Hadzilacos and Toueg, Cornell TR 94-1425, 1994, section 3",
		Packets: "n-1", Steps: "0/1", Cost: direct(Delay{}, Delay{Steps: 1}),
		Loopback: true, Repeats: true,
		New: func(Values) (peer.Ordering, error) { return &naive{}, nil },
	}
}

func (o *naive) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) { out.ToAll(*m) }

func (o *naive) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if m.Kind == peer.KindData {
		out.Deliver(m.ID)
	}
}

func (o *naive) Reset(peer.ID, int) {}

func (o *naive) Clone() peer.Ordering { return &naive{} }

func (o *naive) AppendState(b []byte, _ peer.Instant) []byte { return b }
