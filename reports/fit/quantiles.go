package fit

import (
	"math"
	"time"

	"mpcomm/network/latency"
)

// Quantile is one quantile of measurement and model, side by side.
type Quantile struct {
	Percent         float64
	Measured, Model time.Duration
}

// Deviation is how far the model lies above the measurement, as a share of the
// measurement; 0 where both are 0.
func (q Quantile) Deviation() float64 {
	if q.Measured == q.Model {
		return 0
	}
	return float64(q.Model-q.Measured) / float64(q.Measured)
}

// percents are the quantiles of a report.
var percents = []float64{1, 5, 25, 50, 75, 90, 95, 99, 99.9}

// Quantiles compares delays, sorted upwards, with a family. A measured quantile
// is the smallest delay that the given share does not exceed.
func Quantiles(sorted []time.Duration, f latency.Family) []Quantile {
	d := f.Dist()
	return quantiles(sorted, func(p float64) time.Duration {
		return time.Duration(max(0, d.Sample(uint64(p*(1<<53))<<11)))
	})
}

func quantiles(sorted []time.Duration, model func(share float64) time.Duration) []Quantile {
	var all []Quantile
	for _, percent := range percents {
		at := int(math.Ceil(percent*float64(len(sorted))/100-1e-9)) - 1
		all = append(all, Quantile{percent, sorted[min(max(0, at), len(sorted)-1)], model(percent / 100)})
	}
	return all
}

// Largest is the quantile with the greatest deviation, either way.
func Largest(all []Quantile) Quantile {
	most := all[0]
	for _, q := range all {
		if math.Abs(q.Deviation()) > math.Abs(most.Deviation()) {
			most = q
		}
	}
	return most
}
