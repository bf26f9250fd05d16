package transport

import (
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// sealer numbers this peer's packets on each of its links, from 1.
//
// As long as every send goes to all others, all links are at one number and a
// send to many stays one entry of the list. The first send to a single peer
// ends that: from then on sends to many are split, one for each receiver.
type sealer struct {
	lives
	self    peer.ID
	peers   int
	common  uint32   // sends to all others
	singles []uint32 // sends to one peer only; empty until the first
	scratch []peer.Effect
}

func (s *sealer) reset(self peer.ID, peers int) {
	*s = sealer{lives: s.lives, self: self, peers: peers, singles: s.singles[:0], scratch: s.scratch[:0]}
	s.resetLives()
}

// seal numbers the ordering's sends in out.List from index from on. A copy to
// this peer itself stays unnumbered: it travels on no link of the transport.
func (s *sealer) seal(from int, out *peer.Effects) {
	if s.mustSplit(out.List[from:], out) {
		s.split(from, out)
		return
	}
	for _, e := range out.List[from:] {
		if e.Kind == peer.EffectOthers && s.numbers(e, out) {
			s.common++
			out.Messages[e.Index].Link = link(s.mine, 0, s.common)
		}
	}
}

// last returns the number of the last packet to a peer.
func (s *sealer) last(to peer.ID) uint32 {
	if len(s.singles) == 0 {
		return s.common
	}
	return s.common + s.singles[to]
}

// wire is a number as it travels to a peer.
func (s *sealer) wire(to peer.ID, number uint32) uint32 { return link(s.mine, s.lifeOf(to), number) }

// renew lets the numbers to a peer go on behind those that are kept for it.
func (s *sealer) renew(to peer.ID, kept uint32) {
	s.alone()
	s.singles[to] = kept - s.common // modulo 2^32, as the sum is
}

// alone gives each link a number of its own.
func (s *sealer) alone() {
	if len(s.singles) == 0 {
		s.singles = append(s.singles, make([]uint32, s.peers)...)
	}
}

// numbers reports whether e is a send of the ordering that is not numbered yet.
func (s *sealer) numbers(e peer.Effect, out *peer.Effects) bool {
	m := &out.Messages[e.Index]
	return m.Kind.Ordering() && m.Link == 0
}

func (s *sealer) mustSplit(list []peer.Effect, out *peer.Effects) bool {
	for _, e := range list {
		switch e.Kind {
		case peer.EffectSend, peer.EffectAll:
			if s.numbers(e, out) {
				return true
			}
		case peer.EffectOthers:
			if len(s.singles) > 0 && s.numbers(e, out) {
				return true
			}
		}
	}
	return false
}

// split writes the list anew with one send for each receiver.
func (s *sealer) split(from int, out *peer.Effects) {
	s.alone()
	s.scratch = append(s.scratch[:0], out.List[from:]...)
	out.List = out.List[:from]
	for _, e := range s.scratch {
		switch {
		case e.Kind == peer.EffectSend && e.To != s.self && s.numbers(e, out):
			s.singles[e.To]++
			out.Messages[e.Index].Link = s.wire(e.To, s.last(e.To))
			out.Add(e)
		case (e.Kind == peer.EffectOthers || e.Kind == peer.EffectAll) && s.peers > 1 && s.numbers(e, out):
			s.common++
			s.sendEach(e, out)
		default:
			out.Add(e)
		}
	}
}

// sendEach replaces a send to many by one for each receiver. The first keeps
// the message and its words, the others have words of their own: a message's
// words are released with its last packet.
func (s *sealer) sendEach(e peer.Effect, out *peer.Effects) {
	original := out.Messages[e.Index]
	index := e.Index
	for q := range peer.ID(s.peers) {
		if q == s.self && e.Kind == peer.EffectOthers {
			continue
		}
		if index < 0 {
			m := original
			m.Words = copyWords(original.Words, out)
			index = int32(len(out.Messages))
			out.Messages = append(out.Messages, m)
		}
		if q != s.self {
			out.Messages[index].Link = s.wire(q, s.last(q))
		}
		out.Add(peer.Effect{Kind: peer.EffectSend, To: q, Index: index})
		index = -1
	}
}

func copyWords(s peer.Span, out *peer.Effects) peer.Span {
	if s.Len == 0 {
		return peer.Span{}
	}
	span, w := out.NewWords(int(s.Len))
	copy(w, out.Words(s))
	return span
}

func (s *sealer) clone() sealer {
	c := *s
	c.lives, c.singles, c.scratch = s.cloneLives(), slices.Clone(s.singles), nil
	return c
}

func (s *sealer) appendState(b []byte) []byte {
	b = s.appendLives(b)
	b = binary.AppendUvarint(b, uint64(s.common))
	b = binary.AppendUvarint(b, uint64(len(s.singles)))
	for _, k := range s.singles {
		b = binary.AppendUvarint(b, uint64(k))
	}
	return b
}
