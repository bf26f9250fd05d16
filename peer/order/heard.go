package order

import (
	"encoding/binary"
	"math"
	"slices"

	"mpcomm/peer"
)

// heard is what a peer has heard of the streams of stamps: how far each has
// come. A stream's stamps grow, so that nothing at or below the last one can
// still come, on links that keep their order.
//
// With detect a stamp says how many messages its peer had broadcast by then,
// and is believed when all of those were received.
type heard struct {
	detect   bool
	hybrid   bool     // stamps have a logical part
	last     []int64  // greatest stamp believed of each peer
	counts   []uint32 // hybrid: its logical part
	seen     peer.MessageSet
	promises [][]promise // detect: stamps that wait for a hole to be filled
	gaps     int64
}

// promise is a stamp to be believed when need messages of its sender are in.
type promise struct {
	need    int32
	logical uint32
	stamp   int64
}

// silent is how far a stream has come that was never heard, over how far one
// has come that has ended.
const (
	silent = math.MinInt64
	over   = math.MaxInt64
)

// raise lets the stream of p come as far as a stamp, if it is not there yet.
func (h *heard) raise(p peer.ID, stamp int64, logical uint32) {
	if stamp < h.last[p] || stamp == h.last[p] && (!h.hybrid || logical <= h.counts[p]) {
		return
	}
	h.last[p] = stamp
	if h.hybrid {
		h.counts[p] = logical
	}
}

// reached reports whether the stream of p has come as far as a key.
func (h *heard) reached(p int, k *key) bool {
	return h.last[p] > k.stamp || h.last[p] == k.stamp && (!h.hybrid || h.counts[p] >= k.logical)
}

// believe takes a stamp of p for good when need messages of p are in, and
// keeps it until then.
func (h *heard) believe(p peer.ID, need, stamp int64, logical uint32) {
	if int64(h.seen.Below(p)) >= need {
		h.raise(p, stamp, logical)
		return
	}
	if need > peer.MaxNumber+1 {
		return // no rank of the group
	}
	h.gaps++
	waiting := h.promises[p]
	for i := len(waiting) - 1; i >= 0; i-- {
		if w := &waiting[i]; w.need == int32(need) {
			if stamp > w.stamp || stamp == w.stamp && logical > w.logical {
				w.stamp, w.logical = stamp, logical
			}
			return
		}
	}
	h.promises[p] = append(waiting, promise{need: int32(need), stamp: stamp, logical: logical})
}

// keepPromises believes what waited for the messages of p that are in by now.
func (h *heard) keepPromises(p peer.ID) {
	kept := h.promises[p][:0]
	for _, w := range h.promises[p] {
		if h.seen.Below(p) >= w.need {
			h.raise(p, w.stamp, w.logical)
		} else {
			kept = append(kept, w)
		}
	}
	h.promises[p] = kept
}

// reset forgets everything but keeps the memory; all streams begin at least.
func (h *heard) reset(peers int, least int64) {
	*h = heard{
		detect: h.detect, hybrid: h.hybrid, last: slices.Grow(h.last[:0], peers)[:peers], counts: h.counts, seen: h.seen,
		promises: h.promises[:cap(h.promises)],
	}
	if h.hybrid {
		h.counts = slices.Grow(h.counts[:0], peers)[:peers]
		clear(h.counts)
	}
	for p := range h.last {
		h.last[p] = least
	}
	h.seen.Reset(peers)
	if h.detect {
		for len(h.promises) < peers {
			h.promises = append(h.promises, nil)
		}
		h.promises = h.promises[:peers]
		for p := range h.promises {
			h.promises[p] = h.promises[p][:0]
		}
	}
}

func (h *heard) clone() heard {
	c := *h
	c.last, c.counts, c.seen = slices.Clone(h.last), slices.Clone(h.counts), h.seen.Clone()
	c.promises = make([][]promise, len(h.promises))
	for p := range h.promises {
		c.promises[p] = slices.Clone(h.promises[p])
	}
	return c
}

// appendState appends the state, stamps relative to zero.
func (h *heard) appendState(b []byte, zero int64) []byte {
	for _, stamp := range h.last {
		b = appendReading(b, stamp, zero)
	}
	for _, logical := range h.counts {
		b = binary.AppendUvarint(b, uint64(logical))
	}
	b = h.seen.AppendState(b)
	for _, waiting := range h.promises {
		sorted := slices.Clone(waiting)
		slices.SortFunc(sorted, func(a, c promise) int { return int(a.need) - int(c.need) })
		b = binary.AppendUvarint(b, uint64(len(sorted)))
		for _, w := range sorted {
			b = binary.AppendVarint(binary.AppendVarint(b, int64(w.need)), w.stamp-zero)
			if h.hybrid {
				b = binary.AppendUvarint(b, uint64(w.logical))
			}
		}
	}
	return b
}

// appendReading appends a stamp relative to zero, or that there is none.
func appendReading(b []byte, stamp, zero int64) []byte {
	switch stamp {
	case silent:
		return append(b, 0)
	case over:
		return append(b, 2)
	}
	return binary.AppendVarint(append(b, 1), stamp-zero)
}
