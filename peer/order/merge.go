package order

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"
	"time"

	"mpcomm/peer"
)

// merge delivers in the order of the senders' stamps, ties by sender: a message
// goes when every other peer's stream of stamps has come as far as its own.
// Peers with nothing to say show how far they are by nulls at a fixed interval;
// this peer's own stream has come as far as its clock shows. A stream that has
// ended holds nobody back.
//
// Links must keep their order, and a silent peer blocks everybody. Stamps are
// readings of the local clock, or of a clock that receiving moves ahead, a
// logical or a hybrid one: then the order is causal as well. What is lost is
// skipped, or detected by counting, as lamport does.
//
// Source: Aguilera and Strom, "Efficient atomic broadcast using deterministic
// merge", PODC 2000, pages 209-218, section 3. For stamp: hlc see Kulkarni,
// Demirbas, Madappa, Avva and Leone, OPODIS 2014, figure 5.
type merge struct {
	peer.Base
	self     peer.ID
	logical  bool          // stamps are those of a logical clock
	interval time.Duration // between nulls, or Never
	clock    hybridClock   // with hybrid stamps: how far the own stream has come

	stamp   int64 // how far the own stream has come: greater stamps follow
	queue   queue
	blocker peer.ID // the first peer that holds the head back; none when nothing waits
	heard           // the others' streams; the own one's end

	broadcasts int64
	nulls      int32
	phase      time.Duration // from Start to the first null
	nextNull   int64
	started    bool
	closed     bool
}

func mergeSpec() Spec {
	return Spec{
		Kind: "merge", Class: "communication history",
		Doc:     "delivers by the senders' stamps when every stream has come that far",
		Paper:   "Aguilera and Strom, PODC 2000, section 3",
		Packets: "n-1 and nulls", Steps: "1 and the longest wait for a stamp",
		Cost:       mergeCost,
		Guarantees: peer.FIFO | peer.Total | peer.Agreement,
		Needs:      peer.FIFOLinks | peer.NoLoss | peer.NoCrash,
		Refine: func(v Values, g peer.Guarantee, n peer.Need) (peer.Guarantee, peer.Need) {
			if v.Enum("stamp") != "clock" {
				g, n = g|peer.Causal, n|peer.RepliesOnReceipt
			}
			if v.Enum("gaps") == "detect" {
				n &^= peer.FIFOLinks // an overtaken message is a hole until it comes
			}
			return g, n
		},
		Params: []Param{
			{Name: "null", Type: Duration, Default: "50ms", Never: true, Doc: "the time between two nulls of a peer"},
			{
				Name: "stamp", Type: Enum, Default: "clock", Allowed: []string{"clock", "lamport", "hlc"},
				Doc: "what messages are stamped with: the local clock, a logical one, or a hybrid logical clock",
			},
			{
				Name: "gaps", Type: Enum, Default: "skip", Allowed: []string{"skip", "detect"},
				Doc: "skip what is lost, as published, or detect the hole and block",
			},
		},
		New: newMerge,
	}
}

// mergeCost: the first null of a peer after the broadcast comes anywhere in an
// interval, and the latest of k such nulls after k/(k+1) of it in the mean. At
// the sender k is n-1, elsewhere n-2, as a peer's own stream needs no null.
// Where stamps are logical nulls come as often, and what they show depends on
// what has been heard; without nulls the delivery waits for others' broadcasts.
func mergeCost(v Values, n int, from peer.ID) Cost {
	c := Cost{Basis: Open, Packets: n - 1}
	interval := v.Duration("null")
	if interval != Never {
		c.Idle = Flow{Packets: n * (n - 1), Every: Delay{Fixed: interval}}
	}
	if n == 1 {
		return Cost{Delays: make([]Delay, 1)}
	}
	if interval == Never || v.Enum("stamp") == "lamport" {
		return c
	}
	latest := func(k int) Delay {
		return Delay{Steps: 1, Fixed: interval - interval/time.Duration(k+1)}
	}
	c.Basis, c.Delays = Mean, delays(n, from, latest(n-1), latest(n-2))
	return c
}

func newMerge(v Values) (peer.Ordering, error) {
	o := &merge{interval: v.Duration("null"), logical: v.Enum("stamp") == "lamport"}
	o.detect, o.hybrid = v.Enum("gaps") == "detect", v.Enum("stamp") == "hlc"
	if o.interval == 0 {
		return nil, errors.New("ordering merge: null: 0s; want a duration above 0s, or none")
	}
	return o, nil
}

// Seed sets when in its interval the first null goes.
func (o *merge) Seed(word uint64) {
	if o.interval != Never {
		share, _ := bits.Mul64(word, uint64(o.interval))
		o.phase = time.Duration(share)
	}
}

// Start begins the nulls, and after a restart sets their timer again.
func (o *merge) Start(now peer.Instant, out *peer.Effects) {
	if !o.started {
		o.started = true
		o.nextNull = saturatingAdd(int64(now), o.phase)
	}
	o.arm(out)
}

// put stamps the next packet of the own stream. A hybrid stamp has its logical
// part in the upper half of Aux, above the count of messages.
func (o *merge) put(now peer.Instant, p *peer.Message) {
	p.Aux, p.Ints = o.count(), 1
	if o.detect {
		p.Ints++
	}
	if o.hybrid {
		o.clock.tick(now)
		p.Stamp, p.Aux = o.clock.l, int64(uint64(o.clock.c)<<32|uint64(p.Aux))
		p.Ints++
		return
	}
	o.stamp++
	if !o.logical {
		o.stamp = max(o.stamp, int64(now))
	}
	p.Stamp = o.stamp
}

// take reads the parts of a packet's Aux: the logical part of a hybrid stamp,
// and the count of messages.
func (o *merge) take(m *peer.Message) (logical uint32, count int64) {
	if o.hybrid {
		return uint32(uint64(m.Aux) >> 32), int64(uint32(m.Aux))
	}
	return 0, m.Aux
}

// count is how many messages this peer has broadcast, for those who ask.
func (o *merge) count() int64 {
	if o.detect {
		return o.broadcasts
	}
	return 0
}

func (o *merge) Broadcast(now peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	o.put(now, &p)
	o.broadcasts++
	out.ToAll(p)
}

func (o *merge) sendNull(now peer.Instant, out *peer.Effects) {
	p := peer.Message{ID: peer.NoMessage, Kind: peer.KindNull, Round: o.nulls}
	o.put(now, &p)
	out.ToOthers(p)
	o.nulls++
}

func (o *merge) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	logical, count := o.take(m)
	if m.Stamp > maxStamp || m.Stamp < -maxStamp || uint64(count) > peer.MaxNumber+1 {
		return // no stamp of the group
	}
	switch m.Kind {
	case peer.KindNull:
		if o.hear(now, m.From, m.Stamp, logical, count) && m.From == o.blocker {
			o.deliver(now, out)
		}
	case peer.KindData:
		o.receiveData(now, m, out)
	}
}

// hear notes how far the stream of p has come, and reports false for a hybrid
// stamp that is too far ahead to be believed.
func (o *merge) hear(now peer.Instant, p peer.ID, stamp int64, logical uint32, need int64) bool {
	switch {
	case o.hybrid && p != o.self && !o.clock.hear(now, stamp, logical):
		return false
	case o.logical && stamp > o.stamp:
		o.stamp = stamp
	}
	if o.detect {
		o.believe(p, need, stamp, logical)
	} else {
		o.raise(p, stamp, logical)
	}
	return true
}

func (o *merge) receiveData(now peer.Instant, m *peer.Message, out *peer.Effects) {
	sender, number := m.ID.Sender, m.ID.Number
	logical, rank := o.take(m)
	if o.detect {
		number = int32(rank)
	}
	if rank > peer.MaxNumber || !o.seen.Add(sender, number) {
		return
	}
	if !o.hear(now, sender, m.Stamp, logical, rank+1) {
		out.Discard(m.ID)
		return
	}
	o.queue.push(entry{key: key{stamp: m.Stamp, logical: logical, sender: sender, rank: uint32(rank)}, number: m.ID.Number})
	if o.blocker == nobody {
		o.blocker = 0
	}
	if o.detect {
		o.keepPromises(sender)
	}
	o.deliver(now, out)
}

// deliver hands over the head of the queue for as long as every stream has come
// up to it. The streams before the blocker have, and also up to a smaller head
// that takes its place.
func (o *merge) deliver(now peer.Instant, out *peer.Effects) {
	for len(o.queue) > 0 {
		head := &o.queue[0]
		p := int(o.blocker)
		for p < len(o.last) && (o.reached(p, &head.key) || peer.ID(p) == o.self && o.reach(now, head.stamp)) {
			p++
		}
		if p < len(o.last) {
			o.blocker = peer.ID(p)
			if o.blocker == o.self {
				o.arm(out)
			}
			return
		}
		out.Deliver(head.id())
		o.queue.pop()
		o.blocker = 0
	}
	o.blocker = nobody
}

// reach reports whether the own stream has come up to a stamp. Once it has, the
// next own stamp is greater, also when the clock steps back. A hybrid clock has
// come past whatever was received.
func (o *merge) reach(now peer.Instant, stamp int64) bool {
	if o.hybrid {
		return true
	}
	if !o.logical && int64(now) < stamp && o.stamp < stamp {
		return false
	}
	o.stamp = max(o.stamp, stamp)
	return true
}

func (o *merge) Expire(now peer.Instant, t peer.TimerID, out *peer.Effects) {
	if t != timerHead {
		return
	}
	if o.speaks() && int64(now) >= o.nextNull {
		o.sendNull(now, out)
		if o.nextNull = saturatingAdd(o.nextNull, o.interval); o.nextNull <= int64(now) {
			o.nextNull = saturatingAdd(int64(now), o.interval)
		}
	}
	if o.blocker == o.self {
		o.deliver(now, out)
	}
	o.arm(out)
}

// speaks reports whether this peer sends nulls.
func (o *merge) speaks() bool {
	return o.started && !o.closed && o.interval != Never && len(o.last) > 1
}

// arm sets the timer for the next null, or for the instant at which the own
// clock reaches the head of the queue.
func (o *merge) arm(out *peer.Effects) {
	at := int64(peer.Distant)
	if o.speaks() {
		at = o.nextNull
	}
	if o.blocker == o.self && len(o.queue) > 0 {
		at = min(at, o.queue[0].stamp)
	}
	if peer.Instant(at) != peer.Distant {
		out.SetTimer(timerHead, peer.Instant(at))
	}
}

// Ended takes a stream for having come to its end.
func (o *merge) Ended(now peer.Instant, from peer.ID, out *peer.Effects) {
	o.last[from] = over
	o.deliver(now, out)
}

// Close says a last time how far the own stream has come, past all that was
// delivered here, so that nobody waits for a peer that sends no more nulls.
func (o *merge) Close(now peer.Instant, out *peer.Effects) {
	if o.speaks() {
		o.sendNull(now, out)
	}
	o.closed = true
}

func (o *merge) Held() int { return len(o.queue) }

// Counters: nulls that this peer has sent; gaps counts the stamps that came
// while a message of their sender was missing.
func (o *merge) Counters(add func(string, int64)) {
	if o.detect {
		add("gaps", o.gaps)
	}
	add("nulls", int64(o.nulls))
	if o.hybrid {
		o.clock.counters(add)
	}
}

func (o *merge) Reset(self peer.ID, peers int) {
	*o = merge{
		self: self, logical: o.logical, interval: o.interval, stamp: -maxStamp,
		queue: o.queue[:0], blocker: nobody, heard: o.heard,
	}
	if o.logical {
		o.stamp = 0
	}
	o.clock.reset()
	o.heard.reset(peers, silent)
}

func (o *merge) Clone() peer.Ordering {
	c := *o
	c.queue, c.heard = slices.Clone(o.queue), o.heard.clone()
	return &c
}

func (o *merge) AppendState(b []byte, now peer.Instant) []byte {
	zero := int64(now)
	if o.logical {
		zero = 0
	}
	own := o.stamp
	if own == -maxStamp {
		own = silent
	}
	b = appendReading(b, own, zero)
	if o.hybrid {
		b = o.clock.appendState(b, now)
	}
	b = binary.AppendVarint(binary.AppendVarint(b, o.broadcasts), int64(o.nulls))
	flags := byte(0)
	if o.started {
		flags |= 1
	}
	if o.closed {
		flags |= 2
	}
	b = append(b, flags)
	if o.started {
		b = binary.AppendVarint(b, o.nextNull-int64(now))
	} else {
		b = binary.AppendVarint(b, int64(o.phase))
	}
	return o.heard.appendState(o.queue.appendState(b, zero), zero)
}
