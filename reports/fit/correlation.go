package fit

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Correlation is Spearman's rank correlation of each delay with the next, in
// the order in which they were measured: ranks, because one stall would decide
// any other. It is 0 for fewer than three delays, or if all are alike.
func Correlation(delays []time.Duration) float64 {
	if len(delays) < 3 {
		return 0
	}
	ranks := ranksOf(delays)
	x, y := ranks[:len(ranks)-1], ranks[1:]
	n := float64(len(x))
	var mx, my float64
	for i := range x {
		mx, my = mx+x[i]/n, my+y[i]/n
	}
	var xx, yy, xy float64
	for i := range x {
		xx, yy, xy = xx+(x[i]-mx)*(x[i]-mx), yy+(y[i]-my)*(y[i]-my), xy+(x[i]-mx)*(y[i]-my)
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}

// ranksOf gives each value its place in the order, and those alike the mean of
// their places.
func ranksOf(values []time.Duration) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	ranks := make([]float64, len(values))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && values[order[j]] == values[order[i]] {
			j++
		}
		for _, at := range order[i:j] {
			ranks[at] = float64(i+j-1) / 2
		}
		i = j
	}
	return ranks
}
