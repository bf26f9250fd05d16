package result

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Target is a width that the 95% interval of an estimate shall have in every
// cell under every ordering.
type Target struct {
	Estimate Estimate
	Width    float64 // above 0
}

// ParseTarget reads METRIC=WIDTH, such as identical=2% or
// inversions_per_message=0.05.
func ParseTarget(text string) (Target, error) {
	name, width, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return Target{}, fmt.Errorf("%q: want METRIC=WIDTH, such as identical=2%% or inversions_per_message=0.05", text)
	}
	e, err := FindEstimate(name)
	if err != nil {
		return Target{}, err
	}
	digits, percent := strings.CutSuffix(width, "%")
	w, err := strconv.ParseFloat(digits, 64)
	if percent {
		w /= 100
	}
	if err != nil || !(w > 0) || math.IsInf(w, 0) {
		return Target{}, fmt.Errorf("%s: width %q; want a number above 0, such as 0.05, or a percentage such as 2%%", name, width)
	}
	if e.Share() && w >= 1 {
		return Target{}, fmt.Errorf("%s: width %s; every share lies in an interval as wide as 1, want less", name, width)
	}
	return Target{Estimate: e, Width: w}, nil
}

// String is METRIC=WIDTH, with the whole path.
func (t Target) String() string {
	return t.Estimate.Path() + "=" + strconv.FormatFloat(t.Width, 'g', -1, 64)
}

// Widest returns the line whose interval is the widest, and its width; nil if no
// line has one.
func (t Target) Widest(lines []Cell) (line *Cell, width float64) {
	for i := range lines {
		if w, ok := t.Estimate.Width(&lines[i]); ok && (line == nil || w > width) {
			line, width = &lines[i], w
		}
	}
	return line, width
}
