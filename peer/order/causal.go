package order

import (
	"cmp"
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// causal delivers a message after all its causes: after everything its sender
// had broadcast or delivered before it. Concurrent messages may be delivered in
// different orders at different peers. Every message carries a vector: how many
// messages of each peer its sender had delivered, and of its own how many it
// had broadcast, this one included. A lost message blocks all its effects.
//
// A message that comes too early waits for one cause at a time: the vector is
// read once from end to end, however often it has to wait, since what was
// delivered stays delivered. When several can go, the one that came first goes.
//
// Source: Birman, Schiper and Stephenson, "Lightweight causal and atomic group
// multicast", ACM TOCS 9(3):272-314, 1991, section 5.1. Vector time: Fidge,
// Australian Computer Science Communications 10(1), 1988, and Mattern, Parallel
// and Distributed Algorithms, 1989.
type causal struct {
	peer.Base
	self       peer.ID
	broadcasts int64
	delivered  []int64         // how many of each peer were delivered here
	seen       peer.MessageSet // by rank of broadcast

	early   []early // a slab; free places are linked from free
	vectors []int32 // of the early ones, one of as many entries as peers for each place
	free    int32
	queues  []earlyQueue // by the peer whose message is waited for
	ready   []int32      // those that may go now, in order of arrival; empty between calls
	gone    int          // how many of ready are delivered
	came    int64        // how many came too early so far
	held    int
}

// early is a message that came before one of its causes.
type early struct {
	came         int64 // the order of arrival
	id           peer.MessageID
	cause        peer.ID // it waits for a message of this peer:
	need         int32   // until so many of its messages were delivered
	before, next int32
}

// earlyQueue links those that wait for one peer's messages, least need first.
type earlyQueue struct{ head, tail int32 }

func causalSpec() Spec {
	return Spec{
		Kind: "causal", IgnoresEnds: true, Class: "none",
		Doc:     "delivers every message after its causes, by vector clocks",
		Paper:   "Birman, Schiper and Stephenson, ACM TOCS 9(3), 1991, section 5.1",
		Packets: "n-1", Steps: "0/1", Cost: direct(Delay{}, Delay{Steps: 1}),
		Guarantees: peer.FIFO | peer.Causal, Needs: peer.NoLoss | peer.RepliesOnDelivery,
		Loopback: true,
		New:      func(Values) (peer.Ordering, error) { return &causal{}, nil },
	}
}

func (o *causal) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	span, vector := out.NewWords(len(o.delivered))
	copy(vector, o.delivered)
	o.broadcasts++
	vector[o.self] = o.broadcasts
	p.Words = span
	out.ToAll(p)
}

func (o *causal) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	n := len(o.delivered)
	if m.Kind != peer.KindData || int(m.Words.Len) != n {
		return
	}
	vector, sender := out.Words(m.Words), m.ID.Sender
	rank := vector[sender] - 1
	if uint64(rank) > peer.MaxNumber || !o.seen.Add(sender, int32(rank)) {
		return
	}
	for k, known := range o.delivered {
		need := vector[k]
		if k == int(sender) {
			need = rank
		}
		if need > known {
			o.hold(m.ID, vector, peer.ID(k))
			return
		}
	}
	o.deliver(m.ID, out)
	for o.gone < len(o.ready) {
		i := o.ready[o.gone]
		o.gone++
		id := o.early[i].id
		o.early[i].next = o.free
		o.free = i
		o.held--
		o.deliver(id, out)
	}
	o.ready, o.gone = o.ready[:0], 0
}

// deliver puts a message into the log and looks who has waited for it.
func (o *causal) deliver(id peer.MessageID, out *peer.Effects) {
	out.Deliver(id)
	o.delivered[id.Sender]++
	q := &o.queues[id.Sender]
	for q.head >= 0 && int64(o.early[q.head].need) <= o.delivered[id.Sender] {
		i := q.head
		q.head = o.early[i].next
		if q.head >= 0 {
			o.early[q.head].before = -1
		} else {
			q.tail = -1
		}
		o.wait(i, id.Sender)
	}
}

// hold keeps a message that came before a cause, the first of which is cause's.
func (o *causal) hold(id peer.MessageID, vector []int64, cause peer.ID) {
	n := len(o.delivered)
	i := o.free
	if i >= 0 {
		o.free = o.early[i].next
	} else {
		i = int32(len(o.early))
		o.early = append(o.early, early{})
		o.vectors = slices.Grow(o.vectors, n)[:len(o.vectors)+n]
	}
	o.early[i] = early{came: o.came, id: id}
	o.came++
	o.held++
	needs := o.needs(i)
	for k, need := range vector {
		needs[k] = int32(min(need, peer.MaxNumber+1)) // more than any peer can broadcast: waits for ever
	}
	needs[id.Sender]--
	o.wait(i, cause)
}

// needs returns how many messages of each peer must be delivered before i.
func (o *causal) needs(i int32) []int32 {
	n := len(o.delivered)
	return o.vectors[int(i)*n : (int(i)+1)*n]
}

// wait lets i wait for its first missing cause, from peer p's on; the causes of
// the peers before are there. If none is missing, i is ready.
func (o *causal) wait(i int32, p peer.ID) {
	e := &o.early[i]
	needs := o.needs(i)
	for k := int(p); k < len(needs); k++ {
		if int64(needs[k]) > o.delivered[k] {
			e.cause, e.need = peer.ID(k), needs[k]
			o.enqueue(i)
			return
		}
	}
	at := len(o.ready)
	o.ready = append(o.ready, i)
	for at > o.gone && o.early[o.ready[at-1]].came > e.came {
		o.ready[at] = o.ready[at-1]
		at--
	}
	o.ready[at] = i
}

// enqueue puts i behind those that need no more messages of the same peer. Who
// comes later mostly needs more, so the search begins at the end.
func (o *causal) enqueue(i int32) {
	e := &o.early[i]
	q := &o.queues[e.cause]
	e.before, e.next = q.tail, -1
	for e.before >= 0 && o.early[e.before].need > e.need {
		e.next = e.before
		e.before = o.early[e.before].before
	}
	if e.before >= 0 {
		o.early[e.before].next = i
	} else {
		q.head = i
	}
	if e.next >= 0 {
		o.early[e.next].before = i
	} else {
		q.tail = i
	}
}

func (o *causal) Held() int { return o.held }

// Counters: gaps counts the messages that came before one of their causes.
func (o *causal) Counters(add func(string, int64)) { add("gaps", o.came) }

func (o *causal) Reset(self peer.ID, peers int) {
	*o = causal{
		self: self, delivered: slices.Grow(o.delivered[:0], peers)[:peers], seen: o.seen,
		early: o.early[:0], vectors: o.vectors[:0], free: -1,
		queues: slices.Grow(o.queues[:0], peers)[:peers], ready: o.ready[:0],
	}
	clear(o.delivered)
	o.seen.Reset(peers)
	for p := range o.queues {
		o.queues[p] = earlyQueue{head: -1, tail: -1}
	}
}

func (o *causal) Clone() peer.Ordering {
	c := *o
	c.delivered, c.seen = slices.Clone(o.delivered), o.seen.Clone()
	c.early, c.vectors = slices.Clone(o.early), slices.Clone(o.vectors)
	c.queues, c.ready = slices.Clone(o.queues), nil
	return &c
}

// AppendState appends those that wait in their order of arrival, which decides
// between them later; for what they wait now follows from the rest.
func (o *causal) AppendState(b []byte, _ peer.Instant) []byte {
	b = binary.AppendVarint(b, o.broadcasts)
	for _, k := range o.delivered {
		b = binary.AppendVarint(b, k)
	}
	var waiting []int32
	for _, q := range o.queues {
		for i := q.head; i >= 0; i = o.early[i].next {
			waiting = append(waiting, i)
		}
	}
	slices.SortFunc(waiting, func(i, j int32) int { return cmp.Compare(o.early[i].came, o.early[j].came) })
	for _, i := range waiting {
		b = binary.AppendVarint(b, int64(o.early[i].id.Sender))
		b = binary.AppendVarint(b, int64(o.early[i].id.Number))
		for _, need := range o.needs(i) {
			b = binary.AppendVarint(b, int64(need))
		}
	}
	return o.seen.AppendState(b)
}
