package order

import (
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// fifo delivers each sender's messages in the order of their broadcasts: a
// message that comes before its predecessor waits for it, for ever if it was
// lost. Other senders' streams go on. Two senders' messages may be delivered
// in different orders at different peers.
//
// The stamp's second integer is the rank of the broadcast at its sender, from 0.
//
// Source: Hadzilacos and Toueg, "A modular approach to fault-tolerant
// broadcasts and related problems", Cornell TR 94-1425, 1994, section 4.2.
type fifo struct {
	peer.Base
	broadcasts int64
	streams    []stream
	waiting    []waiter // a slab; free places are linked from free
	free       int32
	held       int
	gaps       int64
}

// stream is what this peer knows of one sender: the rank it delivers next, and
// those that came too early, linked in ascending rank.
type stream struct {
	next       int64
	head, tail int32
}

type waiter struct {
	rank int64
	id   peer.MessageID
	next int32
}

func fifoSpec() Spec {
	return Spec{
		Kind: "fifo", IgnoresEnds: true, Class: "none",
		Doc:     "delivers each sender's messages in the order of their broadcasts",
		Paper:   "Hadzilacos and Toueg, Cornell TR 94-1425, 1994, section 4.2",
		Packets: "n-1", Steps: "0/1", Cost: direct(Delay{}, Delay{Steps: 1}),
		Guarantees: peer.FIFO, Needs: peer.NoLoss,
		Loopback: true,
		New:      func(Values) (peer.Ordering, error) { return &fifo{}, nil },
	}
}

func (o *fifo) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	p.Aux, p.Ints = o.broadcasts, 1
	o.broadcasts++
	out.ToAll(p)
}

func (o *fifo) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if m.Kind != peer.KindData {
		return
	}
	s := &o.streams[m.ID.Sender]
	switch {
	case m.Aux < s.next: // had before
	case m.Aux > s.next:
		o.hold(s, m)
	default:
		out.Deliver(m.ID)
		s.next++
		for s.head >= 0 && o.waiting[s.head].rank == s.next {
			out.Deliver(o.waiting[s.head].id)
			s.next++
			o.drop(s)
		}
	}
}

// hold keeps a message that came before its predecessor.
func (o *fifo) hold(s *stream, m *peer.Message) {
	link := &s.head
	if s.tail >= 0 && o.waiting[s.tail].rank < m.Aux {
		link = &o.waiting[s.tail].next
	}
	for *link >= 0 && o.waiting[*link].rank < m.Aux {
		link = &o.waiting[*link].next
	}
	if *link >= 0 && o.waiting[*link].rank == m.Aux {
		return // had before
	}
	o.gaps++
	o.held++
	w := waiter{rank: m.Aux, id: m.ID, next: *link}
	at := o.free
	if at < 0 {
		at = int32(len(o.waiting))
		*link = at // before the slab may move
		o.waiting = append(o.waiting, w)
	} else {
		o.free = o.waiting[at].next
		*link = at
		o.waiting[at] = w
	}
	if w.next < 0 {
		s.tail = at
	}
}

// drop forgets the first message that waits in s.
func (o *fifo) drop(s *stream) {
	at := s.head
	s.head = o.waiting[at].next
	if s.head < 0 {
		s.tail = -1
	}
	o.waiting[at].next = o.free
	o.free = at
	o.held--
}

func (o *fifo) Held() int { return o.held }

// Counters: gaps counts the messages that came before their predecessor.
func (o *fifo) Counters(add func(string, int64)) { add("gaps", o.gaps) }

func (o *fifo) Reset(_ peer.ID, peers int) {
	*o = fifo{streams: slices.Grow(o.streams[:0], peers)[:peers], waiting: o.waiting[:0], free: -1}
	for i := range o.streams {
		o.streams[i] = stream{head: -1, tail: -1}
	}
}

func (o *fifo) Clone() peer.Ordering {
	c := *o
	c.streams, c.waiting = slices.Clone(o.streams), slices.Clone(o.waiting)
	return &c
}

func (o *fifo) AppendState(b []byte, _ peer.Instant) []byte {
	b = binary.AppendVarint(b, o.broadcasts)
	for _, s := range o.streams {
		b = binary.AppendVarint(b, s.next)
		for i := s.head; i >= 0; i = o.waiting[i].next {
			b = binary.AppendVarint(b, o.waiting[i].rank+1)
			b = binary.AppendVarint(b, int64(o.waiting[i].id.Number))
		}
		b = append(b, 0)
	}
	return b
}
