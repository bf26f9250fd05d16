package transport

import (
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// parcel is a packet that is kept beyond the step in which it was lent: its
// words are copied out of the arena and back when it goes on.
type parcel struct {
	message peer.Message
	words   []int64
	next    int32 // in a list or in the free list, -1 = the last
}

// fill makes p a copy of m, in the memory p already has.
func (p *parcel) fill(m *peer.Message, out *peer.Effects) {
	p.message = *m
	p.message.Words = peer.Span{}
	p.words = append(p.words[:0], out.Words(m.Words)...)
}

// unpack returns the message with its words in the arena again.
func (p *parcel) unpack(out *peer.Effects) peer.Message {
	m := p.message
	if len(p.words) > 0 {
		span, w := out.NewWords(len(p.words))
		copy(w, p.words)
		m.Words = span
	}
	return m
}

func (p *parcel) appendState(b []byte) []byte {
	m := &p.message
	for _, v := range [...]int64{
		int64(m.ID.Sender), int64(m.ID.Number), int64(m.Kind), int64(m.Ints), int64(m.Attempt),
		int64(m.Round), int64(m.Link), m.Stamp, m.Aux, int64(len(p.words)),
	} {
		b = binary.AppendVarint(b, v)
	}
	for _, w := range p.words {
		b = binary.AppendVarint(b, w)
	}
	return b
}

func cloneParcels(list []parcel) []parcel {
	c := slices.Clone(list)
	for i := range c {
		c[i].words = slices.Clone(c[i].words)
	}
	return c
}
