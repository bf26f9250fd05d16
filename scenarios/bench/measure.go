package bench

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// Spread is how a number came out over the repetitions. Best is the fastest,
// Worst the slowest.
type Spread struct {
	Best   float64 `json:"best"`
	Median float64 `json:"median"`
	Worst  float64 `json:"worst"`
}

// Measurement is what came of one workload. The JSON names are stable.
type Measurement struct {
	Name        string   `json:"name"`
	Unit        string   `json:"unit"`
	Workers     int      `json:"workers"`
	Repetitions int      `json:"repetitions"`
	Units       uint64   `json:"units_per_repetition"`
	NS          Spread   `json:"ns_per_unit"`
	PerSecond   Spread   `json:"units_per_s"`
	Events      *Spread  `json:"events_per_s"`            // of the queue; null of a sweep, which does not count them
	PacketNS    *Spread  `json:"ns_per_packet"`           // handed to a link, phases included; null where there are none
	LiveBytes   *float64 `json:"live_bytes_per_delivery"` // null where nothing is delivered
}

// The bounds of the repetitions.
const (
	wanted   = 3 // even beyond the time, up to twice as long
	mostMade = 10_000
)

// Measure opens a workload and repeats it until the time is over, at least once,
// and three times if that takes no more than twice the time. What comes before
// the first repetition, growing memory and tuning the queue, counts against the
// time but is not measured. The error is that of a run that could not be made,
// or the cause for which ctx ended.
func Measure(ctx context.Context, w Workload, limit time.Duration) (*Measurement, error) {
	return measure(ctx, w, limit, time.Now)
}

func measure(ctx context.Context, w Workload, limit time.Duration, now func() time.Time) (*Measurement, error) {
	begin := now()
	l, err := w.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.Name, err)
	}
	more := func(made int) bool {
		spent := now().Sub(begin)
		return made == 0 || made < wanted && spent < 2*limit || made < mostMade && spent < limit
	}
	var took []time.Duration
	var each done
	for more(len(took)) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		from := now()
		d, err := l.once()
		// Not even a clock that stands still makes the speed infinite.
		took = append(took, max(1, now().Sub(from)))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.Name, err)
		}
		each = d
	}
	m := &Measurement{Name: w.Name, Unit: w.Unit, Workers: w.Workers, Repetitions: len(took), Units: each.units}
	m.NS, m.PerSecond = spreads(took, each.units)
	if each.events > 0 {
		_, perSecond := spreads(took, each.events)
		m.Events = &perSecond
	}
	if each.packets > 0 {
		ns, _ := spreads(took, each.packets)
		m.PacketNS = &ns
	}
	if !math.IsNaN(l.live) {
		m.LiveBytes = &l.live
	}
	return m, nil
}

// spreads turns times of n units each into nanoseconds for one and units a
// second.
func spreads(took []time.Duration, n uint64) (ns, perSecond Spread) {
	sorted := slices.Sorted(slices.Values(took))
	k := len(sorted)
	median := (float64(sorted[(k-1)/2]) + float64(sorted[k/2])) / 2
	per := func(t float64) float64 { return t / float64(n) }
	ns = Spread{Best: per(float64(sorted[0])), Median: per(median), Worst: per(float64(sorted[k-1]))}
	return ns, Spread{Best: 1e9 / ns.Best, Median: 1e9 / ns.Median, Worst: 1e9 / ns.Worst}
}
