package stats

import (
	"fmt"
	"math/bits"
)

// MaxRecorded is the largest duration a Histogram tells apart, in nanoseconds:
// 39 hours. Longer ones count as this long.
const MaxRecorded = 1<<47 - 1

// Histogram pools durations of many runs with three significant digits, in
// the buckets of HdrHistogram (Tene, 2012): values below 2,048 one by one, then
// 1,024 buckets for each doubling. Doublings take memory when they are first
// met, so the tallies of short stretches of runs stay small. The zero value is
// empty.
type Histogram struct {
	pages [pages]*[perPage]uint64
	n     uint64
	max   int64
}

const (
	pageBits = 10
	perPage  = 1 << pageBits
	pages    = 47 - pageBits + 1
)

// bucket returns the number of v's bucket, and how many low bits it drops.
func bucket(v uint64) (number, dropped int) {
	dropped = max(bits.Len64(v)-pageBits-1, 0)
	return dropped<<pageBits + int(v>>dropped), dropped
}

// Record enters a duration in nanoseconds, at least 0.
func (h *Histogram) Record(ns int64) {
	if ns < 0 {
		panic(fmt.Sprintf("stats: a duration of %d ns is recorded", ns))
	}
	h.n++
	h.max = max(h.max, ns)
	number, _ := bucket(uint64(min(ns, MaxRecorded)))
	page := h.pages[number>>pageBits]
	if page == nil {
		page = new([perPage]uint64)
		h.pages[number>>pageBits] = page
	}
	page[number%perPage]++
}

// RecordAll enters several durations.
func (h *Histogram) RecordAll(ns []int64) {
	most, known := h.max, uint64(0)
	for _, v := range ns {
		// A bit that is always there spares the question of how many there are.
		dropped := uint(bits.Len64(uint64(v)|1<<pageBits) - pageBits - 1)
		number := dropped<<pageBits + uint(uint64(v)>>(dropped&63))
		if number>>pageBits >= pages || h.pages[number>>pageBits] == nil {
			h.Record(v) // the first of its page, beyond all pages, or negative
			continue
		}
		most = max(most, v)
		known++
		h.pages[number>>pageBits][number%perPage]++
	}
	h.n += known
	h.max = max(h.max, most)
}

// RecordZeros enters n durations of 0.
func (h *Histogram) RecordZeros(n uint64) {
	if n == 0 {
		return
	}
	h.Record(0)
	h.pages[0][0] += n - 1
	h.n += n - 1
}

// Merge enters everything other holds.
func (h *Histogram) Merge(other *Histogram) {
	h.n += other.n
	h.max = max(h.max, other.max)
	for i, from := range other.pages {
		switch {
		case from == nil:
		case h.pages[i] == nil:
			copied := *from
			h.pages[i] = &copied
		default:
			to := h.pages[i]
			for k, count := range from {
				to[k] += count
			}
		}
	}
}

// Reset forgets all records and keeps the memory.
func (h *Histogram) Reset() {
	for _, page := range h.pages {
		if page != nil {
			clear(page[:])
		}
	}
	h.n, h.max = 0, 0
}

// N returns the number of records.
func (h *Histogram) N() uint64 { return h.n }

// Max returns the largest record, exactly; 0 without records.
func (h *Histogram) Max() int64 { return h.max }

// Quantile returns the nearest-rank quantile p, 0..1: the upper end of what is
// not told apart from it, which is less than a thousandth above. There must be
// a record.
func (h *Histogram) Quantile(p Ratio) int64 {
	_, top := h.ends(h.at(p))
	return top
}

// at returns the bucket of the nearest-rank quantile p.
func (h *Histogram) at(p Ratio) int {
	left := rank(h.n, p)
	for i, page := range h.pages {
		if page == nil {
			continue
		}
		for k, count := range page {
			if count < left {
				left -= count
				continue
			}
			return i*perPage + k
		}
	}
	panic("stats: a histogram holds fewer records than it counted")
}

// ends returns the least and the largest value of a bucket that may have been
// recorded.
func (h *Histogram) ends(bucket int) (least, largest int64) {
	dropped := max(bucket>>pageBits-1, 0)
	first := uint64(bucket - dropped<<pageBits)
	least, largest = int64(first<<dropped), int64((first+1)<<dropped-1)
	if largest == MaxRecorded {
		return least, h.max
	}
	return least, min(largest, h.max)
}
