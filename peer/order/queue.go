package order

import (
	"cmp"
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// key is the place of a message in a total order by stamps: stamp, then its
// logical part if it has one, then sender, then the sender's rank of broadcast.
type key struct {
	stamp   int64
	logical uint32
	sender  peer.ID
	rank    uint32
}

func (k key) less(o key) bool {
	if k.stamp != o.stamp {
		return k.stamp < o.stamp
	}
	if k.logical != o.logical {
		return k.logical < o.logical
	}
	if k.sender != o.sender {
		return k.sender < o.sender
	}
	return k.rank < o.rank
}

func (k key) compare(o key) int {
	return cmp.Or(cmp.Compare(k.stamp, o.stamp), cmp.Compare(k.logical, o.logical), cmp.Compare(k.sender, o.sender), cmp.Compare(k.rank, o.rank))
}

// entry is a message that is held back.
type entry struct {
	key
	number int32
}

func (e entry) id() peer.MessageID { return peer.MessageID{Sender: e.sender, Number: e.number} }

// queue is a binary heap of held messages, least key first.
type queue []entry

func (q *queue) push(e entry) {
	h := append(*q, e)
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !e.less(h[up].key) {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = e
	*q = h
}

func (q *queue) pop() entry {
	h := *q
	top := h[0]
	n := len(h) - 1
	last := h[n]
	h = h[:n]
	*q = h
	if n == 0 {
		return top
	}
	i := 0
	for {
		down := 2*i + 1
		if down >= n {
			break
		}
		if down+1 < n && h[down+1].less(h[down].key) {
			down++
		}
		if !h[down].less(last.key) {
			break
		}
		h[i] = h[down]
		i = down
	}
	h[i] = last
	return top
}

// appendState appends the messages in order of their keys, stamps relative to zero.
func (q queue) appendState(b []byte, zero int64) []byte {
	sorted := slices.Clone(q)
	slices.SortFunc(sorted, func(a, c entry) int { return a.compare(c.key) })
	b = binary.AppendUvarint(b, uint64(len(sorted)))
	for _, e := range sorted {
		b = binary.AppendVarint(b, e.stamp-zero)
		b = binary.AppendUvarint(b, uint64(e.logical))
		b = binary.AppendVarint(b, int64(e.sender))
		b = binary.AppendUvarint(b, uint64(e.rank))
		b = binary.AppendVarint(b, int64(e.number))
	}
	return b
}
