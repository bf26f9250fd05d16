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

func (d *Durations) reset() { d.Zeros, d.Above = 0, nil }

// times gathers the durations of deliveries of measured messages.
func (v *Evaluator) times(o *Outcome, w *compare.Window, detail Detail) {
	h := o.History
	from, until := history.Ref(0), history.Ref(len(h.Broadcasts))
	if w != nil {
		from, until = w.From, w.Until
	}
	if n := h.Stream.Len() + 1; n > len(v.delayed) {
		v.delayed = make([]int64, n+n/2)
	}
	others, selves := h.Stream.Delays(h.Broadcasts, from, until, v.delayed)
	v.Latency = Durations{Above: others}
	v.Self.above(selves)
	v.Hold.own = h.Stream.Holds(h.Broadcasts, from, until, v.Hold.own[:0])
	v.Hold.Above, v.Hold.Zeros = v.Hold.own, uint64(len(others)-len(v.Hold.own))
	c := &v.result.Cost
	v.sum(&c.Latency, &v.Latency, detail)
	v.sum(&c.LatencySelf, &v.Self, detail)
	v.sum(&c.Hold, &v.Hold, detail)
}

// above takes durations of which many may be of nothing.
func (d *Durations) above(ns []int64) {
	d.own = d.own[:0]
	for _, took := range ns {
		if took != 0 {
			d.own = append(d.own, took)
		}
	}
	d.Above, d.Zeros = d.own, uint64(len(ns)-len(d.own))
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
