package transport

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

	"mpcomm/peer"
)

// outbox keeps the packets that were sent and not acknowledged yet.
type outbox struct {
	unacked   []peerQueue
	letters   []letter
	spare     int32 // free letters
	deadlines []deadline
	armed     peer.Instant // what the timer is set for, or Distant
}

// peerQueue links the unacknowledged packets to one peer, oldest first.
type peerQueue struct{ head, tail int32 }

// letter is one unacknowledged packet. When it is acknowledged it stays until
// its entry among the deadlines comes up, so that nothing must be searched for.
type letter struct {
	parcel
	to   peer.ID
	done bool
	wait time.Duration // from the last transmission to the next
	at   peer.Instant  // when the next is due
}

// deadline is an entry of a binary heap, earliest first, ties by receiver and
// number: places in memory must not decide what is sent first.
type deadline struct {
	at     peer.Instant
	to     peer.ID
	number uint32
	letter int32
}

func (o *outbox) reset(peers int) {
	o.unacked = slices.Grow(o.unacked[:0], peers)[:peers]
	for i := range o.unacked {
		o.unacked[i] = peerQueue{head: -1, tail: -1}
	}
	o.letters, o.deadlines = o.letters[:0], o.deadlines[:0]
	o.spare, o.armed = -1, peer.Distant
}

// keep remembers a packet that has just been sent for the first time.
func (o *outbox) keep(now peer.Instant, to peer.ID, number uint32, m *peer.Message, c Reliable, out *peer.Effects) {
	at := o.spare
	switch {
	case at >= 0:
		o.spare = o.letters[at].next
	case cap(o.letters) > len(o.letters):
		at = int32(len(o.letters))
		o.letters = o.letters[:at+1] // the words of an earlier run are reused
	default:
		at = int32(len(o.letters))
		o.letters = append(o.letters, letter{})
	}
	l := &o.letters[at]
	l.fill(m, out)
	l.message.Link = number
	l.to, l.done, l.wait, l.next = to, false, c.RTO, -1
	l.at = later(now, l.wait)
	q := &o.unacked[to]
	if q.tail < 0 {
		q.head = at
	} else {
		o.letters[q.tail].next = at
	}
	q.tail = at
	o.push(deadline{at: l.at, to: to, number: number, letter: at})
}

// find returns the unacknowledged packet of a number, or -1.
func (o *outbox) find(to peer.ID, number uint32) int32 {
	at := o.unacked[to].head
	for at >= 0 && o.letters[at].message.Link < number {
		at = o.letters[at].next
	}
	if at < 0 || o.letters[at].message.Link != number {
		return -1
	}
	return at
}

// acknowledge forgets a packet. Acknowledgements come nearly in order: the
// walk passes only the packets that are still missing one.
func (o *outbox) acknowledge(to peer.ID, number uint32) {
	q := &o.unacked[to]
	before, at := int32(-1), q.head
	for at >= 0 && o.letters[at].message.Link < number {
		before, at = at, o.letters[at].next
	}
	if at < 0 || o.letters[at].message.Link != number {
		return // acknowledged before
	}
	if before < 0 {
		q.head = o.letters[at].next
	} else {
		o.letters[before].next = o.letters[at].next
	}
	if q.tail == at {
		q.tail = before
	}
	o.letters[at].done = true
}

// renew numbers what is kept for a peer from 1 on, and returns how many there
// are. Deadlines keep the numbers of before, which only decide among equals.
func (o *outbox) renew(to peer.ID) uint32 {
	n := uint32(0)
	for at := o.unacked[to].head; at >= 0; at = o.letters[at].next {
		n++
		o.letters[at].message.Link = n
	}
	return n
}

// resendDue sends again every packet whose time has come, and forgets those
// that were acknowledged meanwhile.
func (o *outbox) resendDue(now peer.Instant, s *sealer, c Reliable, out *peer.Effects) {
	for len(o.deadlines) > 0 {
		d := o.deadlines[0]
		l := &o.letters[d.letter]
		switch {
		case l.done:
			o.pop()
			l.next = o.spare
			o.spare = d.letter
		case l.at > d.at: // sent again meanwhile, on request
			o.pop()
			d.at = l.at
			o.push(d)
		case d.at > now:
			return
		default:
			o.pop()
			o.resend(now, d.letter, s, c, out)
			d.at = l.at
			o.push(d)
		}
	}
}

// resend transmits a packet once more under its next attempt.
func (o *outbox) resend(now peer.Instant, at int32, s *sealer, c Reliable, out *peer.Effects) {
	l := &o.letters[at]
	if l.message.Attempt < math.MaxUint16 {
		l.message.Attempt++
	}
	m := l.unpack(out)
	m.Link = s.wire(l.to, m.Link)
	out.Send(l.to, m)
	if l.wait <= math.MaxInt64/time.Duration(c.Backoff) {
		l.wait *= time.Duration(c.Backoff)
	}
	l.at = later(now, l.wait)
}

// maybeArm sets the timer when something is due earlier than it is set for.
func (o *outbox) maybeArm(out *peer.Effects) {
	if len(o.deadlines) > 0 && o.deadlines[0].at < o.armed {
		o.armed = o.deadlines[0].at
		out.SetTimer(timerRTO, o.armed)
	}
}

// later returns t+d, or Distant if no clock reaches it.
func later(t peer.Instant, d time.Duration) peer.Instant {
	if t > math.MaxInt64-peer.Instant(d) {
		return peer.Distant
	}
	return t + peer.Instant(d)
}

func (d deadline) less(e deadline) bool {
	if d.at != e.at {
		return d.at < e.at
	}
	if d.to != e.to {
		return d.to < e.to
	}
	return d.number < e.number
}

func (o *outbox) push(d deadline) {
	h := append(o.deadlines, d)
	i := len(h) - 1
	for i > 0 && d.less(h[(i-1)/2]) {
		h[i] = h[(i-1)/2]
		i = (i - 1) / 2
	}
	h[i] = d
	o.deadlines = h
}

func (o *outbox) pop() {
	n := len(o.deadlines) - 1
	last := o.deadlines[n]
	h := o.deadlines[:n]
	o.deadlines = h
	if n == 0 {
		return
	}
	i := 0
	for {
		down := 2*i + 1
		if down >= n {
			break
		}
		if down+1 < n && h[down+1].less(h[down]) {
			down++
		}
		if !h[down].less(last) {
			break
		}
		h[i] = h[down]
		i = down
	}
	h[i] = last
}

func (o *outbox) clone() outbox {
	c := *o
	c.unacked, c.deadlines = slices.Clone(o.unacked), slices.Clone(o.deadlines)
	c.letters = slices.Clone(o.letters)
	for i := range c.letters {
		c.letters[i].words = slices.Clone(c.letters[i].words)
	}
	return c
}

func (o *outbox) appendState(b []byte, now peer.Instant) []byte {
	for _, q := range o.unacked {
		for i := q.head; i >= 0; i = o.letters[i].next {
			l := &o.letters[i]
			b = l.parcel.appendState(append(b, 1))
			b = binary.AppendVarint(b, int64(l.wait))
			b = binary.AppendVarint(b, int64(l.at-now))
		}
		b = append(b, 0)
	}
	if o.armed == peer.Distant {
		return append(b, 0)
	}
	return binary.AppendVarint(append(b, 1), int64(o.armed-now))
}
