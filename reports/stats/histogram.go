package stats

import (
	"fmt"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// MaxRecorded is the largest duration a Histogram tells apart, in nanoseconds:
// 39 hours. Longer ones count as this long.
const MaxRecorded = 1<<47 - 1

// Histogram pools durations of many runs with three significant digits. It
// holds about 300 KB, made at the first record. The zero value is empty.
type Histogram struct {
	counts *hdrhistogram.Histogram
	n      uint64
	max    int64
}

// Record enters a duration in nanoseconds, at least 0.
func (h *Histogram) Record(ns int64) {
	if ns < 0 {
		panic(fmt.Sprintf("stats: a duration of %d ns is recorded", ns))
	}
	if h.counts == nil {
		h.counts = hdrhistogram.New(1, MaxRecorded, 3)
	}
	h.n++
	h.max = max(h.max, ns)
	if err := h.counts.RecordValue(min(ns, MaxRecorded)); err != nil {
		panic("stats: " + err.Error()) // the value is inside the range
	}
}

// Merge enters everything other holds.
func (h *Histogram) Merge(other *Histogram) {
	if other.n == 0 {
		return
	}
	if h.counts == nil {
		h.counts = hdrhistogram.New(1, MaxRecorded, 3)
	}
	h.n += other.n
	h.max = max(h.max, other.max)
	if lost := h.counts.Merge(other.counts); lost != 0 {
		panic(fmt.Sprintf("stats: %d records lost in a merge", lost))
	}
}

// Reset forgets all records and keeps the memory.
func (h *Histogram) Reset() {
	if h.n > 0 {
		h.counts.Reset()
	}
	h.n, h.max = 0, 0
}

// N returns the number of records.
func (h *Histogram) N() uint64 { return h.n }

// Max returns the largest record, exactly; 0 without records.
func (h *Histogram) Max() int64 { return h.max }

// Quantile returns the nearest-rank quantile p, 0..1: the upper end of what is
// not told apart from it, which is less than a thousandth above. There must be
// a record. It counts ranks in integers: the library's own quantiles go
// through a float sum that machines round differently.
func (h *Histogram) Quantile(p Ratio) int64 {
	left := rank(h.n, p)
	for _, bar := range h.counts.Distribution() {
		if uint64(bar.Count) >= left {
			return min(bar.To, h.max)
		}
		left -= uint64(bar.Count)
	}
	panic("stats: a histogram holds fewer records than it counted")
}
