package order

import (
	"encoding/binary"
	"math"
	"time"

	"mpcomm/peer"
)

// hlc delivers in the order of hybrid logical clocks and holds every message
// back as timestamp does. A stamp (l, c) follows the local clock as closely as
// causality allows: l is the greatest reading heard of, c counts what happened
// while it stood still. So an effect is never ordered before its cause, however
// the clocks are set; ties go by sender.
//
// Source: Kulkarni, Demirbas, Madappa, Avva and Leone, "Logical physical clocks
// and consistent snapshots in globally distributed databases", OPODIS 2014,
// figure 5 (the clock) and section 6 (stamps too far ahead). The hold-back is
// that of Cristian, Aghili, Strong and Dolev, Information and Computation
// 118(1), 1995, section 4.
type hlc struct {
	holdback
	self  peer.ID
	clock hybridClock
}

func hlcSpec() Spec {
	return Spec{
		Kind: "hlc", IgnoresEnds: true, Class: "communication history",
		Doc:     "delivers by hybrid logical clocks, each message held back for a fixed time",
		Paper:   "Kulkarni, Demirbas, Madappa, Avva and Leone, OPODIS 2014, figure 5",
		Packets: "n-1", Steps: "wait/wait", Cost: holdbackCost,
		Guarantees: peer.FIFO | peer.Causal | peer.Total | peer.Agreement,
		Needs:      peer.BoundedDelay | peer.NoLoss | peer.NoCrash | peer.RepliesOnReceipt,
		Refine:     refineHold,
		Loopback:   true,
		Params:     holdbackParams(),
		New:        func(v Values) (peer.Ordering, error) { return &hlc{holdback: newHoldback(v)}, nil },
	}
}

func (o *hlc) Broadcast(now peer.Instant, m *peer.Message, out *peer.Effects) {
	o.clock.tick(now)
	p := *m
	p.Stamp, p.Aux, p.Ints = o.clock.l, int64(o.clock.c), 2
	out.ToAll(p)
}

// Receive tells copies apart by the message's number: a sender's stamps differ,
// so its rank of broadcast decides nothing.
func (o *hlc) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	if m.Kind != peer.KindData || uint64(m.Aux) > math.MaxUint32 || !o.seen.Add(m.ID.Sender, m.ID.Number) {
		return
	}
	if m.From != o.self && !o.clock.hear(now, m.Stamp, uint32(m.Aux)) {
		out.Discard(m.ID)
		return
	}
	k := key{stamp: m.Stamp, logical: uint32(m.Aux), sender: m.ID.Sender, rank: uint32(m.ID.Number)}
	o.receive(now, entry{key: k, number: m.ID.Number}, out)
}

// Counters adds those of the clock to those of the hold-back.
func (o *hlc) Counters(add func(string, int64)) {
	o.holdback.Counters(add)
	o.clock.counters(add)
}

func (o *hlc) Reset(self peer.ID, peers int) {
	o.self = self
	o.clock.reset()
	o.reset(peers)
}

func (o *hlc) Clone() peer.Ordering {
	c := *o
	c.holdback = o.clone()
	return &c
}

func (o *hlc) AppendState(b []byte, now peer.Instant) []byte {
	return o.appendState(o.clock.appendState(b, now), now)
}

// hybridClock is a hybrid logical clock: l never falls behind the local clock
// nor behind a stamp that was heard.
type hybridClock struct {
	l int64
	c uint32

	receives, ahead, rejected int64
	aheadBy                   int64 // sum of l minus local clock over receives, in nanoseconds
}

// maxAhead is how far a stamp may be ahead of the local clock: one peer whose
// clock shows next year must not drag all others there.
const maxAhead = time.Minute

// tick advances the clock for a broadcast.
func (h *hybridClock) tick(now peer.Instant) {
	if pt := int64(now); pt > h.l {
		h.l, h.c = pt, 0
	} else {
		h.count(h.c)
	}
}

// hear advances the clock past a stamp that has arrived, or reports false if
// the stamp is too far ahead to be believed.
func (h *hybridClock) hear(now peer.Instant, l int64, c uint32) bool {
	pt := int64(now)
	if l > saturatingAdd(pt, maxAhead) {
		h.rejected++
		return false
	}
	switch {
	case pt > h.l && pt > l:
		h.l, h.c = pt, 0
	case l > h.l:
		h.l = l
		h.count(c)
	case l == h.l:
		h.count(max(h.c, c))
	default:
		h.count(h.c)
	}
	h.receives++
	if h.l > pt {
		h.ahead++
		h.aheadBy += h.l - pt
	}
	return true
}

// count makes c one more than last; a full count moves l on instead.
func (h *hybridClock) count(last uint32) {
	if h.c = last + 1; h.c == 0 {
		h.l++
	}
}

// counters: hlc_receives counts stamps heard, hlc_ahead those after which l was
// ahead of the local clock, hlc_ahead_ns by how much in all; hlc_rejected
// counts stamps that were not believed.
func (h *hybridClock) counters(add func(string, int64)) {
	add("hlc_receives", h.receives)
	add("hlc_ahead", h.ahead)
	add("hlc_ahead_ns", h.aheadBy)
	add("hlc_rejected", h.rejected)
}

func (h *hybridClock) reset() { *h = hybridClock{l: math.MinInt64} }

func (h *hybridClock) appendState(b []byte, now peer.Instant) []byte {
	return binary.AppendUvarint(appendStamp(b, h.l, int64(now)), uint64(h.c))
}
