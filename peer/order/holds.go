package order

import (
	"encoding/binary"
	"slices"
)

// hold says until when, on the local clock, a message waits on its own account.
type hold struct {
	at int64
	key
}

// holds is a list of holds in the order of their ends, equal ends in order of
// insertion. New ones nearly always go to the end.
type holds struct {
	list []hold
	head int
}

func (h *holds) empty() bool  { return h.head == len(h.list) }
func (h *holds) first() *hold { return &h.list[h.head] }

// insert adds a hold and reports whether it is now the first to end.
func (h *holds) insert(x hold) bool {
	i := len(h.list)
	h.list = append(h.list, x)
	for i > h.head && h.list[i-1].at > x.at {
		h.list[i] = h.list[i-1]
		i--
	}
	h.list[i] = x
	return i == h.head
}

func (h *holds) drop() {
	h.head++
	if h.head >= 32 && 2*h.head >= len(h.list) {
		h.list = h.list[:copy(h.list, h.list[h.head:])]
		h.head = 0
	}
}

func (h *holds) reset() { h.list, h.head = h.list[:0], 0 }

func (h *holds) clone() holds { return holds{list: slices.Clone(h.list[h.head:])} }

func (h *holds) appendState(b []byte, zero int64) []byte {
	b = binary.AppendUvarint(b, uint64(len(h.list)-h.head))
	for _, x := range h.list[h.head:] {
		b = binary.AppendVarint(b, x.at-zero)
		b = binary.AppendVarint(b, x.stamp-zero)
		b = binary.AppendUvarint(b, uint64(x.logical))
		b = binary.AppendVarint(b, int64(x.sender))
		b = binary.AppendUvarint(b, uint64(x.rank))
	}
	return b
}
