package result

import (
	"slices"
	"strconv"
	"strings"

	"mpcomm/reports/stats"
)

// Columns returns the paths of the numbers that every run has, in the order of
// its JSON.
func Columns() []string {
	var paths []string
	for i := range columns {
		if columns[i].get != nil {
			paths = append(paths, columns[i].path)
		}
	}
	return append(paths, "limit", "digest")
}

// Values returns the numbers of one run in the order of Columns: flags as 0 or
// 1, times in milliseconds, and empty where a number is null.
func Values(o *Ordering) []string {
	values := make([]string, 0, len(columns))
	for i := range columns {
		c := &columns[i]
		if c.get == nil {
			continue
		}
		num, den := c.get(o)
		switch {
		case den == 0:
			values = append(values, "")
		case c.form == millis:
			values = append(values, string(Mean{Sum: num, Count: den}.append(nil)))
		case den == 1:
			values = append(values, strconv.FormatInt(num, 10))
		default:
			values = append(values, stats.Ratio{Num: uint64(num), Den: den}.String())
		}
	}
	return append(values, o.Limit, o.Digest.String())
}

// Whole reports whether the number at path is an integer in every run that has
// it; those of flags are 0 or 1.
func Whole(path string) bool {
	for i := range columns {
		if columns[i].path == path {
			return columns[i].form == share || slices.Contains(integerPaths[:], path)
		}
	}
	return strings.HasPrefix(path, "faults.") || strings.HasPrefix(path, "watch.") ||
		strings.HasPrefix(path, "properties.liveness") || path == "heal.unrecoverable"
}
