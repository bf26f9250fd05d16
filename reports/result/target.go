package result

import (
	"errors"
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
	to, metric, width := ReadTarget(text)
	if err := errors.Join(metric, width); err != nil {
		return Target{}, err
	}
	return to, nil
}

// ReadTarget is ParseTarget with what is wrong with the metric, or with the form
// of the whole, and what is wrong with the width.
func ReadTarget(text string) (to Target, metric, width error) {
	name, digits, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return to, fmt.Errorf("%q: want METRIC=WIDTH, such as identical=2%% or inversions_per_message=0.05", text), nil
	}
	to.Estimate, metric = FindEstimate(name)
	number, percent := strings.CutSuffix(digits, "%")
	w, err := strconv.ParseFloat(number, 64)
	if percent {
		w /= 100
	}
	switch to.Width = w; {
	case err != nil || !(w > 0) || math.IsInf(w, 0):
		width = fmt.Errorf("%s: width %q; want a number above 0, such as 0.05, or a percentage such as 2%%", name, digits)
	case metric == nil && to.Estimate.Share() && w >= 1:
		width = fmt.Errorf("%s: width %s; every share lies in an interval as wide as 1, want less", name, digits)
	}
	return to, metric, width
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
