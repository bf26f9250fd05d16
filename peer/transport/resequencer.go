package transport

import (
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// resequencer lets the packets of each link up in the order of their numbers,
// each once, and keeps those that came before their turn.
type resequencer struct {
	links []way
	slab  []parcel
	free  int32
	held  int
	ready []peer.Message // lent to the Machine until the next packet
}

// way is what this peer knows of the packets from one sender: how many went
// up, and those that wait behind a hole, linked in ascending number.
type way struct {
	passed     uint32
	head, tail int32
}

func (r *resequencer) reset(peers int) {
	*r = resequencer{links: slices.Grow(r.links[:0], peers)[:peers], slab: r.slab[:0], free: -1, ready: r.ready[:0]}
	for i := range r.links {
		r.links[i] = way{head: -1, tail: -1}
	}
}

// fate of a packet at the resequencer.
type fate uint8

const (
	passes fate = iota
	repeats
	waits
)

// accept takes a packet with its number; r.ready then holds what may go up.
func (r *resequencer) accept(m *peer.Message, number uint32, out *peer.Effects) fate {
	r.ready = r.ready[:0]
	l := &r.links[m.From]
	switch {
	case number <= l.passed:
		return repeats
	case number > l.passed+1:
		return r.hold(l, m, number, out)
	}
	r.ready = append(r.ready, *m)
	l.passed++
	for l.head >= 0 && r.slab[l.head].message.Link == l.passed+1 {
		at := l.head
		r.ready = append(r.ready, r.slab[at].unpack(out))
		l.passed++
		l.head = r.slab[at].next
		r.slab[at].next = r.free
		r.free = at
		r.held--
	}
	if l.head < 0 {
		l.tail = -1
	}
	return passes
}

func (r *resequencer) hold(l *way, m *peer.Message, number uint32, out *peer.Effects) fate {
	before, after := int32(-1), l.head
	if l.tail >= 0 && r.slab[l.tail].message.Link < number {
		before, after = l.tail, -1
	}
	for after >= 0 && r.slab[after].message.Link < number {
		before, after = after, r.slab[after].next
	}
	if after >= 0 && r.slab[after].message.Link == number {
		return repeats
	}
	at := r.free
	if at < 0 {
		at = int32(len(r.slab))
		if cap(r.slab) > len(r.slab) {
			r.slab = r.slab[:at+1] // the words of an earlier run are reused
		} else {
			r.slab = append(r.slab, parcel{})
		}
	} else {
		r.free = r.slab[at].next
	}
	r.slab[at].fill(m, out)
	r.slab[at].message.Link, r.slab[at].next = number, after
	if before < 0 {
		l.head = at
	} else {
		r.slab[before].next = at
	}
	if after < 0 {
		l.tail = at
	}
	r.held++
	return waits
}

// renew expects number 1 from a peer again and drops what waits behind a hole.
func (r *resequencer) renew(from peer.ID) {
	l := &r.links[from]
	for l.head >= 0 {
		at := l.head
		l.head = r.slab[at].next
		r.slab[at].next = r.free
		r.free = at
		r.held--
	}
	*l = way{head: -1, tail: -1}
}

func (r *resequencer) clone() resequencer {
	c := *r
	c.links, c.slab, c.ready = slices.Clone(r.links), cloneParcels(r.slab), nil
	return c
}

func (r *resequencer) appendState(b []byte) []byte {
	for _, l := range r.links {
		b = binary.AppendUvarint(b, uint64(l.passed))
		for i := l.head; i >= 0; i = r.slab[i].next {
			b = r.slab[i].appendState(append(b, 1))
		}
		b = append(b, 0)
	}
	return b
}
