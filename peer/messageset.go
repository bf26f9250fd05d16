package peer

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// MessageSet is a set of (sender, number) pairs for telling first copies from
// later ones. Per sender it costs eight bytes as long as numbers come roughly
// in order: everything below a base is in the set, and a window of bits says
// what is in just above it. What lies further ahead is kept in pages.
//
// The zero value is empty and knows no senders; call Reset first.
type MessageSet struct {
	windows []window
	heads   []int32 // first page of each sender, -1 = none; nil until a page is needed
	pages   []page
}

const windowBits = 32

type window struct {
	base uint32 // every number below is in the set
	mask uint32 // bit i: base+i is in the set; bit 0 is always clear
}

const pageBits = 512

// page holds pageBits numbers from block*pageBits on. A sender's pages are
// linked in descending order: the numbers that come next are near the newest.
type page struct {
	block uint32
	next  int32
	bits  [pageBits / 64]uint64
}

// Reset empties the set for a group of n senders, keeping its memory.
func (s *MessageSet) Reset(n int) {
	s.windows = slices.Grow(s.windows[:0], n)[:n]
	clear(s.windows)
	s.heads = s.heads[:0]
	s.pages = s.pages[:0]
}

// Add puts number k of a sender into the set and reports whether it was new.
// The sender must be one of the group and k must not be negative.
func (s *MessageSet) Add(sender ID, k int32) bool {
	w := &s.windows[sender]
	d := uint32(k) - w.base
	if d == 0 {
		s.slide(sender, w)
		return true
	}
	if d < windowBits {
		old := w.mask
		w.mask |= 1 << d
		return w.mask != old
	}
	if uint32(k) < w.base {
		return false
	}
	if k < 0 {
		panic("peer: MessageSet: a number is negative")
	}
	return s.addFar(sender, uint32(k))
}

// Has reports whether number k of a sender is in the set.
func (s *MessageSet) Has(sender ID, k int32) bool {
	w := s.windows[sender]
	switch d := uint32(k) - w.base; {
	case uint32(k) < w.base:
		return true
	case d < windowBits:
		return w.mask&(1<<d) != 0
	default:
		return s.hasFar(sender, uint32(k))
	}
}

// Below returns the smallest number of a sender that is not in the set: all
// before it are.
func (s *MessageSet) Below(sender ID) int32 { return int32(s.windows[sender].base) }

// slide moves the window past its base, which has just come in, and past all
// that already waits behind it.
func (s *MessageSet) slide(sender ID, w *window) {
	w.mask |= 1
	for w.mask&1 != 0 {
		t := uint32(bits.TrailingZeros32(^w.mask))
		far := w.base + windowBits
		w.base += t
		w.mask = uint32(uint64(w.mask) >> t)
		if len(s.heads) == 0 || s.heads[sender] < 0 {
			continue
		}
		for i := range t {
			if s.hasFar(sender, far+i) {
				w.mask |= 1 << (windowBits - t + i)
			}
		}
	}
}

func (s *MessageSet) hasFar(sender ID, k uint32) bool {
	if len(s.heads) == 0 {
		return false
	}
	for i := s.heads[sender]; i >= 0; i = s.pages[i].next {
		if p := &s.pages[i]; p.block <= k/pageBits {
			return p.block == k/pageBits && p.bits[k%pageBits/64]&(1<<(k%64)) != 0
		}
	}
	return false
}

func (s *MessageSet) addFar(sender ID, k uint32) bool {
	if len(s.heads) == 0 {
		s.heads = slices.Grow(s.heads, len(s.windows))[:len(s.windows)]
		for i := range s.heads {
			s.heads[i] = -1
		}
	}
	link := &s.heads[sender]
	for *link >= 0 && s.pages[*link].block > k/pageBits {
		link = &s.pages[*link].next
	}
	if *link < 0 || s.pages[*link].block != k/pageBits {
		fresh := page{block: k / pageBits, next: *link}
		*link = int32(len(s.pages))
		s.pages = append(s.pages, fresh) // link may point into the old array: it is not used again
		fresh.bits[k%pageBits/64] = 1 << (k % 64)
		s.pages[len(s.pages)-1] = fresh
		return true
	}
	word := &s.pages[*link].bits[k%pageBits/64]
	old := *word
	*word |= 1 << (k % 64)
	return *word != old
}

// Clone returns an independent copy.
func (s *MessageSet) Clone() MessageSet {
	return MessageSet{windows: slices.Clone(s.windows), heads: slices.Clone(s.heads), pages: slices.Clone(s.pages)}
}

// AppendState appends the members in canonical form: equal sets give equal bytes.
func (s *MessageSet) AppendState(b []byte) []byte {
	for sender, w := range s.windows {
		b = binary.AppendUvarint(b, uint64(w.base))
		b = binary.AppendUvarint(b, uint64(w.mask))
		b = s.appendFar(b, ID(sender), w.base+windowBits)
	}
	return b
}

// appendFar appends the numbers of one sender from k on, ended by a zero.
func (s *MessageSet) appendFar(b []byte, sender ID, k uint32) []byte {
	if len(s.heads) > 0 {
		for i := s.heads[sender]; i >= 0; i = s.pages[i].next {
			p := &s.pages[i]
			for j := pageBits - 1; j >= 0; j-- {
				number := p.block*pageBits + uint32(j)
				if number >= k && p.bits[j/64]&(1<<(j%64)) != 0 {
					b = binary.AppendUvarint(b, uint64(number))
				}
			}
		}
	}
	return append(b, 0)
}
