package run

import (
	"slices"

	"mpcomm/peer/history"
	"mpcomm/reports/compare"
	"mpcomm/reports/result"
	"mpcomm/sim"
)

// Durations are how long something took, over and over, in nanoseconds. Those
// of nothing are only counted where there are many: most orderings hold nothing back.
type Durations struct {
	Zeros uint64
	Above []int64 // the others

	own []int64 // memory for Above
}

func (d *Durations) reset() { d.Zeros, d.Above = 0, d.own[:0] }

// times gathers the durations of deliveries of measured messages.
func (v *Evaluator) times(o *Outcome, w *compare.Window, detail Detail) {
	h := o.History
	v.Latency.reset()
	v.Self.reset()
	v.Hold.reset()
	if !h.Stream.Held() {
		v.delays(h, w)
		v.Hold.Zeros = v.Latency.Zeros + uint64(len(v.Latency.Above))
	} else {
		v.delaysAndHolds(h, w)
	}
	c := &v.result.Cost
	v.sum(&c.Latency, &v.Latency, detail)
	v.sum(&c.LatencySelf, &v.Self, detail)
	v.sum(&c.Hold, &v.Hold, detail)
}

// delays gathers the durations of a run in which nothing was held.
func (v *Evaluator) delays(h *history.History, w *compare.Window) {
	window := compare.Window{Until: history.Ref(len(h.Broadcasts))}
	if w != nil {
		window = *w
	}
	if n := h.Stream.Len() + 1; n > len(v.delayed) {
		v.delayed = make([]int64, n+n/2)
	}
	others, selves := h.Stream.Delays(h.Broadcasts, window.From, window.Until, v.delayed)
	v.Latency.Above = others
	for _, took := range selves {
		v.Self.add(took)
	}
	v.Self.own = v.Self.Above
}

// delaysAndHolds gathers the durations of a run in which some bodies waited.
func (v *Evaluator) delaysAndHolds(h *history.History, w *compare.Window) {
	for d := range h.Stream.All() {
		if d.Ref == history.NoRef || w != nil && (d.Ref < w.From || d.Ref >= w.Until) {
			continue
		}
		b := &h.Broadcasts[d.Ref]
		since := int64(d.At - b.At)
		if b.ID.Sender == d.Peer {
			v.Self.add(since)
			continue
		}
		v.Latency.add(since)
		v.Hold.add(int64(d.At - d.Arrived))
	}
	v.Latency.own, v.Self.own, v.Hold.own = v.Latency.Above, v.Self.Above, v.Hold.Above
}

func (d *Durations) add(ns int64) {
	if ns == 0 {
		d.Zeros++
		return
	}
	d.Above = append(d.Above, ns)
}

// sum adds durations up; the quantiles are nearest-rank and exact.
func (v *Evaluator) sum(t *result.Times, d *Durations, detail Detail) {
	*t = result.Times{}
	n := d.Zeros + uint64(len(d.Above))
	if n == 0 {
		return
	}
	sum, most := int64(0), int64(0)
	for _, x := range d.Above {
		sum += x
		most = max(most, x)
	}
	t.Mean = result.Mean{Sum: sum, Count: n}
	t.Max = result.Millis(sim.Time(most))
	if detail == Full {
		v.sorted = append(v.sorted[:0], d.Above...)
		slices.Sort(v.sorted)
		t.P50 = result.Millis(sim.Time(nearestRank(d.Zeros, v.sorted, 50)))
		t.P99 = result.Millis(sim.Time(nearestRank(d.Zeros, v.sorted, 99)))
	}
}

// nearestRank returns the smallest value that at least percent of the values do
// not exceed: as many zeros, and the sorted ones above.
func nearestRank(zeros uint64, above []int64, percent uint64) int64 {
	rank := ((zeros+uint64(len(above)))*percent + 99) / 100
	if rank <= zeros {
		return 0
	}
	return above[rank-zeros-1]
}
