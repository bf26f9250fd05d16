package latency

import "strconv"

// didYouMean is the end of an error about an unknown name: the nearest of the
// known ones, or nothing if none is near.
func didYouMean(name string, known []string) string {
	if near := nearest(name, known); near != "" {
		return "; did you mean " + strconv.Quote(near) + "?"
	}
	return ""
}

// nearest is the known name with the smallest edit distance, the first of
// several, or "" if more than a third of the name would have to change.
func nearest(name string, known []string) string {
	best, limit := "", max(1, len(name)/3)+1
	for _, k := range known {
		if d := editDistance(name, k, limit); d < limit {
			best, limit = k, d
		}
	}
	return best
}

// editDistance counts the insertions, deletions, changes and swaps of
// neighbouring bytes that lead from a to b, or returns limit if there are at
// least that many (the optimal string alignment distance).
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}
