package order

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

	"mpcomm/peer"
)

// holdback is the half of the Δ-protocol that receives: every message waits
// until its stamp is wait old by the local clock, and goes in the order of
// keys. Whoever embeds it makes the stamps and arms it at the start.
type holdback struct {
	peer.Base
	wait    time.Duration
	drop    bool // late: drop
	arrival bool // hold: arrival

	queue    queue
	seen     peer.MessageSet // by rank
	greatest key             // of all delivered

	holds    holds           // hold: arrival
	released peer.MessageSet // hold: arrival: what no longer waits for its own hold

	late, disordered, dropped int64
}

const timerHead peer.TimerID = 0

// holdbackParams describes the parameters that newHoldback reads.
func holdbackParams() []Param {
	return []Param{
		{Name: "wait", Type: Duration, Default: "80ms", Doc: "how long a message is held back"},
		{
			Name: "late", Type: Enum, Default: "deliver", Allowed: []string{"deliver", "drop"},
			Doc: "what becomes of a message that comes after its time",
		},
		{
			Name: "hold", Type: Enum, Default: "stamp", Allowed: []string{"stamp", "arrival"},
			Doc: "from when the time is counted",
		},
	}
}

func newHoldback(v Values) holdback {
	return holdback{wait: v.Duration("wait"), drop: v.Enum("late") == "drop", arrival: v.Enum("hold") == "arrival"}
}

// refineHold says what is left of the promises when the time is counted from
// the arrival: nothing bounds how far two holds of one message lie apart.
func refineHold(v Values, g peer.Guarantee, n peer.Need) (peer.Guarantee, peer.Need) {
	if v.Enum("hold") == "arrival" {
		return peer.Agreement, peer.NoLoss | peer.NoCrash
	}
	return g, n
}

// holdbackCost: everybody waits for the same instant, however long the way;
// counted from the arrival the way comes first.
func holdbackCost(v Values, n int, from peer.ID) Cost {
	wait := v.Duration("wait")
	own, other := Delay{Fixed: wait}, Delay{Steps: 1, AtLeast: wait}
	if v.Enum("hold") == "arrival" {
		other = Delay{Steps: 1, Fixed: wait}
	}
	return Cost{Packets: n - 1, Delays: delays(n, from, own, other)}
}

// Start arms the timer again after a restart.
func (o *holdback) Start(_ peer.Instant, out *peer.Effects) { o.arm(out) }

// receive holds a message, the first copy of it, or handles it as late.
func (o *holdback) receive(now peer.Instant, e entry, out *peer.Effects) {
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
func (o *holdback) receiveLate(now peer.Instant, e entry, out *peer.Effects) {
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

func (o *holdback) Expire(now peer.Instant, t peer.TimerID, out *peer.Effects) {
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
func (o *holdback) deliverDue(now peer.Instant, out *peer.Effects) (some bool) {
	for len(o.queue) > 0 && saturatingAdd(o.queue[0].stamp, o.wait) <= int64(now) {
		o.deliver(o.queue.pop(), out)
		some = true
	}
	return some
}

// endHolds ends the holds that are due: each takes with it everything held
// with a smaller key.
func (o *holdback) endHolds(now peer.Instant, out *peer.Effects) {
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

func (o *holdback) deliver(e entry, out *peer.Effects) {
	out.Deliver(e.id())
	if o.greatest.less(e.key) {
		o.greatest = e.key
	}
}

// arm sets the timer for what is due first.
func (o *holdback) arm(out *peer.Effects) {
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

func (o *holdback) Held() int { return len(o.queue) }

// Counters: late messages came after their time, late_disordered of them were
// delivered after one with a greater key, late_dropped were not delivered.
func (o *holdback) Counters(add func(string, int64)) {
	add("late", o.late)
	add("late_disordered", o.disordered)
	add("late_dropped", o.dropped)
}

func (o *holdback) reset(peers int) {
	*o = holdback{
		wait: o.wait, drop: o.drop, arrival: o.arrival,
		queue: o.queue[:0], seen: o.seen,
		greatest: key{stamp: math.MinInt64, sender: -1}, holds: o.holds, released: o.released,
	}
	o.seen.Reset(peers)
	if o.arrival {
		o.holds.reset()
		o.released.Reset(peers)
	}
}

func (o *holdback) clone() holdback {
	c := *o
	c.queue, c.seen = slices.Clone(o.queue), o.seen.Clone()
	c.holds, c.released = o.holds.clone(), o.released.Clone()
	return c
}

func (o *holdback) appendState(b []byte, now peer.Instant) []byte {
	zero := int64(now)
	b = appendStamp(b, o.greatest.stamp, zero)
	b = binary.AppendUvarint(b, uint64(o.greatest.logical))
	b = binary.AppendVarint(b, int64(o.greatest.sender))
	b = binary.AppendUvarint(b, uint64(o.greatest.rank))
	b = o.seen.AppendState(o.queue.appendState(b, zero))
	if o.arrival {
		b = o.released.AppendState(o.holds.appendState(b, zero))
	}
	return b
}

// appendStamp appends a stamp relative to zero; the least of all stands for none.
func appendStamp(b []byte, stamp, zero int64) []byte {
	if stamp == math.MinInt64 {
		return append(b, 0)
	}
	return binary.AppendVarint(append(b, 1), stamp-zero)
}
