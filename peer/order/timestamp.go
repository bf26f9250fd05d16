package order

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

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
	peer.Base
	wait    time.Duration
	drop    bool // late: drop
	arrival bool // hold: arrival

	stamp      int64 // of the last own broadcast
	broadcasts int64
	queue      queue
	seen       peer.MessageSet // by rank of broadcast
	greatest   key             // of all delivered

	holds    holds           // hold: arrival
	released peer.MessageSet // hold: arrival: what no longer waits for its own hold

	late, disordered, dropped int64
}

const timerHead peer.TimerID = 0

func timestampSpec() Spec {
	return Spec{
		Kind: "timestamp", IgnoresEnds: true, Class: "communication history",
		Doc:     "delivers by the senders' clocks, each message held back for a fixed time",
		Paper:   "Cristian, Aghili, Strong and Dolev, Information and Computation 118(1), 1995, section 4",
		Packets: "n-1", Steps: "wait/wait",
		Guarantees: peer.FIFO | peer.Causal | peer.Total | peer.Agreement,
		Needs:      peer.BoundedDelay | peer.NoLoss | peer.NoCrash | peer.MonotoneClock | peer.RepliesOnDelivery,
		Refine: func(v Values, g peer.Guarantee, n peer.Need) (peer.Guarantee, peer.Need) {
			if v.Enum("hold") == "arrival" {
				// Nothing bounds how far two holds of one message lie apart.
				return peer.Agreement, peer.NoLoss | peer.NoCrash
			}
			return g, n
		},
		Loopback: true,
		Params: []Param{
			{Name: "wait", Type: Duration, Default: "80ms", Doc: "how long a message is held back"},
			{
				Name: "late", Type: Enum, Default: "deliver", Allowed: []string{"deliver", "drop"},
				Doc: "what becomes of a message that comes after its time",
			},
			{
				Name: "hold", Type: Enum, Default: "stamp", Allowed: []string{"stamp", "arrival"},
				Doc: "from when the time is counted",
			},
		},
		New: func(v Values) (peer.Ordering, error) {
			return &timestamp{
				wait: v.Duration("wait"), drop: v.Enum("late") == "drop", arrival: v.Enum("hold") == "arrival",
			}, nil
		},
	}
}

// Start arms the timer again after a restart.
func (o *timestamp) Start(_ peer.Instant, out *peer.Effects) { o.arm(out) }

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
	e := entry{key: key{stamp: m.Stamp, sender: m.ID.Sender, rank: uint32(m.Aux)}, number: m.ID.Number}
	if o.arrival {
		o.queue.push(e)
		if o.holds.insert(hold{at: saturatingAdd(int64(now), o.wait), key: e.key}) {
			o.arm(out)
		}
		return
	}
	if int64(now) > saturatingAdd(e.stamp, o.wait) {
		o.receiveLate(now, e, out)
		return
	}
	o.queue.push(e)
	if o.queue[0].key == e.key {
		o.arm(out)
	}
}

// receiveLate handles a message whose time is over: after everything due.
func (o *timestamp) receiveLate(now peer.Instant, e entry, out *peer.Effects) {
	o.late++
	if o.deliverDue(now, out) {
		o.arm(out)
	}
	if o.drop {
		o.dropped++
		out.Discard(e.id())
		return
	}
	if e.less(o.greatest) {
		o.disordered++
	}
	o.deliver(e, out)
}

func (o *timestamp) Expire(now peer.Instant, t peer.TimerID, out *peer.Effects) {
	if t != timerHead {
		return
	}
	if o.arrival {
		o.endHolds(now, out)
	} else {
		o.deliverDue(now, out)
	}
	o.arm(out)
}

// deliverDue delivers what has been held back long enough, in order of keys.
func (o *timestamp) deliverDue(now peer.Instant, out *peer.Effects) (some bool) {
	for len(o.queue) > 0 && saturatingAdd(o.queue[0].stamp, o.wait) <= int64(now) {
		o.deliver(o.queue.pop(), out)
		some = true
	}
	return some
}

// endHolds ends the holds that are due: each takes with it everything held
// with a smaller key.
func (o *timestamp) endHolds(now peer.Instant, out *peer.Effects) {
	for !o.holds.empty() {
		h := *o.holds.first()
		gone := o.released.Has(h.sender, int32(h.rank))
		if !gone && h.at > int64(now) {
			return
		}
		o.holds.drop()
		for !gone && len(o.queue) > 0 && !h.less(o.queue[0].key) {
			e := o.queue.pop()
			o.released.Add(e.sender, int32(e.rank))
			o.deliver(e, out)
		}
	}
}

func (o *timestamp) deliver(e entry, out *peer.Effects) {
	out.Deliver(e.id())
	if o.greatest.less(e.key) {
		o.greatest = e.key
	}
}

// arm sets the timer for what is due first.
func (o *timestamp) arm(out *peer.Effects) {
	switch {
	case o.arrival && !o.holds.empty():
		out.SetTimer(timerHead, peer.Instant(o.holds.first().at))
	case !o.arrival && len(o.queue) > 0:
		out.SetTimer(timerHead, peer.Instant(saturatingAdd(o.queue[0].stamp, o.wait)))
	}
}

// saturatingAdd keeps stamps that no clock shows from wrapping round.
func saturatingAdd(stamp int64, d time.Duration) int64 {
	if stamp > math.MaxInt64-int64(d) {
		return math.MaxInt64
	}
	return stamp + int64(d)
}

func (o *timestamp) Held() int { return len(o.queue) }

// Counters: late messages came after their time, late_disordered of them were
// delivered after one with a greater key, late_dropped were not delivered.
func (o *timestamp) Counters(add func(string, int64)) {
	add("late", o.late)
	add("late_disordered", o.disordered)
	add("late_dropped", o.dropped)
}

func (o *timestamp) Reset(_ peer.ID, peers int) {
	*o = timestamp{
		wait: o.wait, drop: o.drop, arrival: o.arrival,
		stamp: math.MinInt64, queue: o.queue[:0], seen: o.seen,
		greatest: key{stamp: math.MinInt64, sender: -1}, holds: o.holds, released: o.released,
	}
	o.seen.Reset(peers)
	if o.arrival {
		o.holds.reset()
		o.released.Reset(peers)
	}
}

func (o *timestamp) Clone() peer.Ordering {
	c := *o
	c.queue, c.seen = slices.Clone(o.queue), o.seen.Clone()
	c.holds, c.released = o.holds.clone(), o.released.Clone()
	return &c
}

func (o *timestamp) AppendState(b []byte, now peer.Instant) []byte {
	zero := int64(now)
	for _, stamp := range [...]int64{o.stamp, o.greatest.stamp} {
		if stamp == math.MinInt64 {
			b = append(b, 0) // no broadcast, no delivery yet
			continue
		}
		b = binary.AppendVarint(append(b, 1), stamp-zero)
	}
	b = binary.AppendVarint(b, int64(o.greatest.sender))
	b = binary.AppendUvarint(b, uint64(o.greatest.rank))
	b = binary.AppendVarint(b, o.broadcasts)
	b = o.seen.AppendState(o.queue.appendState(b, zero))
	if o.arrival {
		b = o.released.AppendState(o.holds.appendState(b, zero))
	}
	return b
}
