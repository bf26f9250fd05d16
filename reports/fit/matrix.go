package fit

import (
	"fmt"
	"math"
	"slices"
	"time"

	"mpcomm/network/latency"
	"mpcomm/sim/rng"
)

// MaxSites is the largest matrix that is fitted.
const MaxSites = 2048

// triangleSites bounds the sites whose triples are looked at, all of them.
const triangleSites = 300

// Places is what a matrix of round trips says, and its models.
type Places struct {
	Sites   []string // those between which every pair is measured in one direction at least
	Left    []string // the others
	Pairs   int      // ordered pairs of Sites
	Filled  int      // of Pairs, those taken from the other direction
	Uneven  float64  // median over pairs of the difference of their directions, as a share of their mean
	Detours float64  // share of triples in which two hops are shorter than one

	// Quantiles compare the delays one way of all ordered pairs that were
	// measured with those of the matrix as it is used.
	Quantiles []Quantile

	Geography *Geography // nil if fewer than three sites are cities
	Jitter    *Jitter    // nil without a second matrix
}

// Geography models delays by the distance of cities.
type Geography struct {
	Cities    []string
	Inflation rng.Fixed  // median over pairs of the delay over that of light in fibre along the great circle
	Error     float64    // median over pairs of the model's relative error, either way
	Quantiles []Quantile // over pairs of cities
}

// Jitter models what a delay has beyond its median.
type Jitter struct {
	Family latency.Family
	// Quantiles compare the 90th percentiles of the delays one way, over pairs.
	Quantiles []Quantile
	Lift      time.Duration // how far the model's median lies above the matrix
	Pairs     int           // that have both percentiles
}

// Matrix fits places to a matrix of median round trips. p90, which may be nil,
// is a matrix of their 90th percentiles, with the same names. Both are changed:
// what was not measured is filled in.
//
// Sites that lack a pair are left out, always the one that lacks most. The
// jitter is exponential, of one mean for all links: the median over pairs of
// (p90-p50)/ln 5 one way, as the 90th percentile of an exponential lies mean x
// ln 5 above its median.
func Matrix(m, p90 *latency.Matrix) (*Places, error) {
	if len(m.Names) > MaxSites {
		return nil, fmt.Errorf("%d sites; want at most %d", len(m.Names), MaxSites)
	}
	rows, left := connected(m)
	if len(rows) < 2 {
		return nil, fmt.Errorf("no two of the %d sites have a round trip between them; want a matrix with some", len(m.Names))
	}
	p := &Places{Left: left}
	for _, i := range rows {
		p.Sites = append(p.Sites, m.Names[i])
	}
	var measured []time.Duration
	var uneven []float64
	for _, i := range rows {
		for _, j := range rows {
			if i == j {
				continue
			}
			p.Pairs++
			if !m.Known(i, j) {
				p.Filled++
				continue
			}
			measured = append(measured, m.OneWay[i][j])
			if a, b := m.OneWay[i][j], m.OneWay[j][i]; i < j && m.Known(j, i) && a+b > 0 {
				uneven = append(uneven, 2*math.Abs(float64(a-b))/float64(a+b))
			}
		}
	}
	p.Uneven = median(uneven)
	if err := m.Complete(rows); err != nil {
		return nil, err // connected has made sure that there is none
	}
	used := offDiagonal(m, rows)
	slices.Sort(measured)
	slices.Sort(used)
	p.Quantiles = quantiles(measured, func(share float64) time.Duration { return atShare(used, share) })
	p.Detours = detours(m, rows)
	p.Geography = geography(m, rows)
	if p90 != nil {
		var err error
		if p.Jitter, err = jitter(m, p90, rows); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// connected are the rows left when the row that lacks most pairs goes until
// none is lacking.
func connected(m *latency.Matrix) (rows []int, left []string) {
	lacking := make([]int, len(m.Names))
	gap := func(i, j int) bool { return i != j && !m.Known(i, j) && !m.Known(j, i) }
	for i := range lacking {
		rows = append(rows, i)
		for j := range lacking {
			if gap(i, j) {
				lacking[i]++
			}
		}
	}
	for {
		worst := 0
		for k, i := range rows {
			if lacking[i] > lacking[rows[worst]] {
				worst = k
			}
		}
		gone := rows[worst]
		if lacking[gone] == 0 {
			return rows, left
		}
		rows = slices.Delete(rows, worst, worst+1)
		left = append(left, m.Names[gone])
		for _, i := range rows {
			if gap(i, gone) {
				lacking[i]--
			}
		}
	}
}

func offDiagonal(m *latency.Matrix, rows []int) (all []time.Duration) {
	for _, i := range rows {
		for _, j := range rows {
			if i != j {
				all = append(all, m.OneWay[i][j])
			}
		}
	}
	return all
}

// atShare is the smallest value that the share does not exceed.
func atShare(sorted []time.Duration, share float64) time.Duration {
	at := int(math.Ceil(share*float64(len(sorted))-1e-9)) - 1
	return sorted[min(max(0, at), len(sorted)-1)]
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// detours looks at all triples of the first sites.
func detours(m *latency.Matrix, rows []int) float64 {
	rows = rows[:min(len(rows), triangleSites)]
	shorter, all := 0, 0
	for _, i := range rows {
		for _, j := range rows {
			for _, k := range rows {
				if i == j || j == k || i == k {
					continue
				}
				all++
				if m.OneWay[i][k]+m.OneWay[k][j] < m.OneWay[i][j] {
					shorter++
				}
			}
		}
	}
	if all == 0 {
		return 0
	}
	return float64(shorter) / float64(all)
}

// geography fits the inflation of the sites that are cities.
func geography(m *latency.Matrix, rows []int) *Geography {
	g := &Geography{}
	var cities []latency.City
	var at []int
	for _, i := range rows {
		if c, ok := latency.Lookup(m.Names[i]); ok {
			cities, at, g.Cities = append(cities, c), append(at, i), append(g.Cities, c.Name)
		}
	}
	if len(cities) < 3 {
		return nil
	}
	var measured []time.Duration
	var light, factors []float64
	for a := range cities {
		for b := range cities {
			// Millimetres over 200 a nanosecond.
			if ns := float64(latency.Distance(cities[a], cities[b])) / 200; ns > 0 {
				delay := m.OneWay[at[a]][at[b]]
				measured, light = append(measured, delay), append(light, ns)
				factors = append(factors, float64(delay)/ns)
			}
		}
	}
	g.Inflation = min(max(fixed(median(factors)), latency.MinInflation), latency.MaxInflation)
	var model []time.Duration
	var errs []float64
	for k, ns := range light {
		model = append(model, time.Duration(math.Round(ns*number(g.Inflation))))
		if measured[k] > 0 {
			errs = append(errs, math.Abs(float64(model[k])/float64(measured[k])-1))
		}
	}
	g.Error = median(errs)
	slices.Sort(measured)
	slices.Sort(model)
	g.Quantiles = quantiles(measured, func(share float64) time.Duration { return atShare(model, share) })
	return g
}

// jitter fits one exponential to the distances of two percentiles.
func jitter(m, p90 *latency.Matrix, rows []int) (*Jitter, error) {
	row := make(map[string]int, len(p90.Names))
	for i, name := range p90.Names {
		row[name] = i
	}
	var means []float64
	var base, upper []time.Duration
	for _, i := range rows {
		for _, j := range rows {
			a, okA := row[m.Names[i]]
			b, okB := row[m.Names[j]]
			if i == j || !okA || !okB || !p90.Known(a, b) {
				continue
			}
			above := p90.OneWay[a][b] - m.OneWay[i][j]
			if above < 0 {
				return nil, fmt.Errorf("%s to %s: the 90th percentile is below the median; want the two matrices in this order",
					m.Names[i], m.Names[j])
			}
			means = append(means, float64(above)/math.Log(5))
			base, upper = append(base, m.OneWay[i][j]), append(upper, p90.OneWay[a][b])
		}
	}
	if len(means) == 0 {
		return nil, fmt.Errorf("no pair of sites has both percentiles; want matrices with the same names")
	}
	mean := time.Duration(median(means)).Round(time.Microsecond)
	g := &Jitter{
		Family: latency.Family{Kind: latency.Exponential, Mean: int64(mean)}, Pairs: len(means),
		Lift: time.Duration(float64(mean) * math.Ln2),
	}
	for i := range base {
		base[i] += time.Duration(float64(mean) * math.Log(10))
	}
	slices.Sort(base)
	slices.Sort(upper)
	g.Quantiles = quantiles(upper, func(share float64) time.Duration { return atShare(base, share) })
	return g, nil
}
