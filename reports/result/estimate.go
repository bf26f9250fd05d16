package result

import (
	"fmt"
	"slices"
	"strings"

	"mpcomm/reports/stats"
)

// Estimate is a share or a mean of a line of a sweep.
type Estimate struct{ column int }

// FindEstimate returns the estimate of that path, such as
// divergence.identical; a part behind a dot, such as identical, will do where
// only one path ends in it.
func FindEstimate(name string) (Estimate, error) {
	var found []int
	for i := range columns {
		switch {
		case columns[i].get == nil:
		case columns[i].path == name:
			return Estimate{i}, nil
		case strings.HasSuffix(columns[i].path, "."+name), strings.HasSuffix(columns[i].path, "."+name+".mean"):
			found = append(found, i)
		}
	}
	switch len(found) {
	case 1:
		return Estimate{found[0]}, nil
	case 0:
		return Estimate{}, fmt.Errorf("no share or mean is called %q; want one of %s", name, strings.Join(estimatePaths(), ", "))
	}
	var paths []string
	for _, i := range found {
		paths = append(paths, columns[i].path)
	}
	return Estimate{}, fmt.Errorf("%q may be %s; want the whole path", name, strings.Join(paths, " or "))
}

func estimatePaths() []string {
	var paths []string
	for i := range columns {
		if columns[i].get != nil {
			paths = append(paths, columns[i].path)
		}
	}
	return slices.Clip(paths)
}

// Path returns where the estimate stands in a line.
func (e Estimate) Path() string { return columns[e.column].path }

// Share reports whether it is a share of runs, and not a mean.
func (e Estimate) Share() bool { return columns[e.column].form == share }

// Of returns the mean, over the runs of the tally, of the number; of a share it
// is the share. Times are in milliseconds.
func (e Estimate) Of(t *Tally) stats.Summary {
	t.settle()
	scale := int64(1)
	if columns[e.column].form == millis {
		scale = nsPerMS
	}
	return t.numbers[e.column].Summary(scale)
}

// Width returns how wide the interval of the estimate is; not ok where it has
// none.
func (e Estimate) Width(line *Cell) (width float64, ok bool) {
	lo, okLo := line.Number(e.Path() + "_lo")
	hi, okHi := line.Number(e.Path() + "_hi")
	return hi - lo, okLo && okHi
}
