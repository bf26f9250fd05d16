package figure

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Scale says how x is laid out.
type Scale uint8

// The scales of an axis.
const (
	Linear     Scale = iota
	Log              // x > 0, equal ratios at equal distances
	Categories       // x = 0, 1, 2, … with one tick each; points are not joined
)

// Tick is a labelled place on an axis.
type Tick struct {
	Value float64
	Label string
}

// Axis is the x axis.
type Axis struct {
	Label string // what x is, with its unit
	Short string // the same in a title, such as "ratio"
	Unit  string // of values in a title, such as "ms"; empty = none
	Scale Scale
	Rule  float64 // where a vertical reference line stands; 0 = none
	Ticks []Tick  // nil = chosen; must be given with Categories
}

// RatioAxis is the axis on which jitter and rate collapse into one: the spread
// of delays over the gap between sends, with a rule at 1, where delays spread
// as far as sends stand apart.
func RatioAxis() Axis {
	return Axis{Label: "delay spread ÷ gap between sends", Short: "ratio", Scale: Log, Rule: 1}
}

func (a Axis) check(x float64) error {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return fmt.Errorf("x is not finite")
	case a.Scale == Log && x <= 0:
		return fmt.Errorf("x on a log axis: want more than 0")
	case a.Scale == Categories && (x < 0 || x != math.Trunc(x) || int(x) >= len(a.Ticks)):
		return fmt.Errorf("category: want a whole number 0..%d", len(a.Ticks)-1)
	}
	return nil
}

// place is where x stands on the linear axis that is drawn. Log positions are
// computed here, not by the library's own log scale, which misplaces long axis
// labels.
func (a Axis) place(x float64) float64 {
	if a.Scale == Log {
		return math.Log10(x)
	}
	return x
}

// value writes an x for a sentence, with its unit.
func (a Axis) value(x float64) string {
	for _, t := range a.Ticks {
		if t.Value == x {
			return withUnit(t.Label, a.Unit)
		}
	}
	return withUnit(shortNumber(x), a.Unit)
}

func withUnit(number, unit string) string {
	if unit == "" {
		return number
	}
	return number + " " + unit
}

// shortNumber writes x with at most three significant digits and no exponent.
func shortNumber(x float64) string {
	return strconv.FormatFloat(parsed(strconv.FormatFloat(x, 'g', 3, 64)), 'f', -1, 64)
}

// ticks returns the labelled places between lo and hi.
func (a Axis) ticks(lo, hi float64) []Tick {
	switch {
	case a.Ticks != nil:
		return a.Ticks
	case a.Scale == Log:
		return logTicks(lo, hi)
	}
	return linearTicks(lo, hi, 6)
}

// logTicks are those of 1 2 5, 1 3 or 1 times a power of ten that lie in
// lo..hi, the densest set with at most seven.
func logTicks(lo, hi float64) []Tick {
	var ticks []Tick
	for _, mantissas := range []string{"125", "13", "1"} {
		ticks = ticks[:0]
		for exponent := -12; exponent <= 12; exponent++ {
			for _, m := range mantissas {
				v := parsed(fmt.Sprintf("%ce%d", m, exponent))
				if lo <= v && v <= hi {
					ticks = append(ticks, Tick{v, shortNumber(v)})
				}
			}
		}
		if len(ticks) <= 7 {
			break
		}
	}
	if len(ticks) < 2 { // the range falls between two powers
		ticks = []Tick{{lo, shortNumber(lo)}}
		if hi > lo {
			ticks = append(ticks, Tick{hi, shortNumber(hi)})
		}
	}
	return ticks
}

// linearTicks are multiples of 1, 2, 2.5 or 5 times a power of ten in lo..hi, at
// most `most` of them.
func linearTicks(lo, hi float64, most int) []Tick {
	if lo == hi {
		return []Tick{{lo, shortNumber(lo)}}
	}
	for exponent := -12; exponent <= 15; exponent++ {
		for _, m := range []string{"1", "2", "2.5", "5"} {
			step := parsed(m + "e" + strconv.Itoa(exponent))
			first, last := math.Ceil(lo/step), math.Floor(hi/step)
			if last-first+1 > float64(most) {
				continue
			}
			var ticks []Tick
			for k := first; k <= last; k++ {
				v := k * step
				ticks = append(ticks, Tick{v, shortNumber(v)})
			}
			return ticks
		}
	}
	return []Tick{{lo, shortNumber(lo)}, {hi, shortNumber(hi)}}
}

// roundTicks are three to five ticks from 0 to a round number that is not
// less than hi, which must be positive.
func roundTicks(hi float64) []Tick {
	for exponent := -300; exponent <= 300; exponent++ {
		for _, m := range []string{"1", "2", "2.5", "4", "5"} {
			step := parsed(m + "e" + strconv.Itoa(exponent))
			steps := math.Ceil(hi / step)
			if steps > 4 {
				continue
			}
			ticks := []Tick{{0, "0"}}
			for k := 1.0; k <= steps; k++ {
				ticks = append(ticks, Tick{k * step, shortNumber(k * step)})
			}
			return ticks
		}
	}
	return []Tick{{0, "0"}, {hi, shortNumber(hi)}}
}

// parsed reads a decimal: unlike a product of floats, the nearest one on every
// platform.
func parsed(decimal string) float64 {
	v, err := strconv.ParseFloat(decimal, 64)
	if err != nil {
		panic("figure: broken invariant: a decimal of our own does not parse: " + err.Error())
	}
	return v
}

// AxisOf lays out the cells of a grid: the axis and the x of each cell. When a
// single path varies and its values are numbers of one unit, x is that number,
// on a log scale if the largest is at least eight times the smallest;
// otherwise each cell is a category named by the values that vary.
func AxisOf(cells [][]Setting) (Axis, []float64) {
	varying := varyingPaths(cells)
	if len(varying) == 1 {
		if axis, xs, ok := numericAxis(varying[0], cells); ok {
			return axis, xs
		}
	}
	axis := Axis{Label: strings.Join(varying, " · "), Short: "cell", Scale: Categories}
	xs := make([]float64, len(cells))
	for i, cell := range cells {
		var words []string
		for _, path := range varying {
			words = append(words, valueOf(cell, path))
		}
		label := strings.Join(words, " · ")
		at := slices.IndexFunc(axis.Ticks, func(t Tick) bool { return t.Label == label })
		if at < 0 {
			at = len(axis.Ticks)
			axis.Ticks = append(axis.Ticks, Tick{float64(at), label})
		}
		xs[i] = float64(at)
	}
	return axis, xs
}

func valueOf(cell []Setting, path string) string {
	for _, s := range cell {
		if s.Path == path {
			return s.Value
		}
	}
	return "default"
}

// varyingPaths lists the paths with more than one value, in order of
// appearance.
func varyingPaths(cells [][]Setting) []string {
	var paths, varying []string
	for _, cell := range cells {
		for _, s := range cell {
			if !slices.Contains(paths, s.Path) {
				paths = append(paths, s.Path)
			}
		}
	}
	for _, path := range paths {
		for _, cell := range cells[1:] {
			if valueOf(cell, path) != valueOf(cells[0], path) {
				varying = append(varying, path)
				break
			}
		}
	}
	return varying
}

func numericAxis(path string, cells [][]Setting) (Axis, []float64, bool) {
	xs := make([]float64, len(cells))
	unit := ""
	for i, cell := range cells {
		v, u, ok := parseQuantity(valueOf(cell, path))
		if !ok {
			return Axis{}, nil, false
		}
		if v != 0 && u != unit { // a zero needs no unit
			if unit != "" || slices.ContainsFunc(xs[:i], func(x float64) bool { return x != 0 }) {
				return Axis{}, nil, false
			}
			unit = u
		}
		xs[i] = v
	}
	axis := Axis{Label: path, Unit: unit}
	if unit != "" {
		axis.Label = path + ", " + unit
	}
	axis.Short = path[strings.LastIndexByte(path, '.')+1:]
	lo, hi := slices.Min(xs), slices.Max(xs)
	if lo > 0 && hi >= 8*lo {
		axis.Scale = Log
	}
	distinct := slices.Clone(xs)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	if len(distinct) <= 8 && (axis.Scale == Log || evenly(distinct)) {
		for _, x := range distinct {
			axis.Ticks = append(axis.Ticks, Tick{x, shortNumber(x)})
		}
	}
	return axis, xs, true
}

// evenly reports whether labels under sorted xs have room: no two are closer
// than a twelfth of the range.
func evenly(xs []float64) bool {
	for i := 1; i < len(xs); i++ {
		if (xs[i]-xs[i-1])*12 < xs[len(xs)-1]-xs[0] {
			return false
		}
	}
	return true
}

// parseQuantity reads a value as written in a scenario: a duration (in ms), a
// percentage, a rate per second, parts per million or billion, a ratio, or a
// plain number.
func parseQuantity(s string) (value float64, unit string, ok bool) {
	s = strings.Trim(s, `"' `)
	number := func(text string) (float64, bool) {
		v, err := strconv.ParseFloat(text, 64)
		return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	for _, suffix := range []struct{ text, unit string }{{"%", "%"}, {"/s", "per s"}, {"ppm", "ppm"}, {"ppb", "ppb"}} {
		if text, found := strings.CutSuffix(s, suffix.text); found {
			v, ok := number(text)
			return v, suffix.unit, ok
		}
	}
	if num, den, found := strings.Cut(s, "/"); found {
		a, okA := number(num)
		b, okB := number(den)
		return a / b, "", okA && okB && b != 0
	}
	if v, ok := number(s); ok {
		return v, "", true
	}
	if d, err := time.ParseDuration(s); err == nil {
		return float64(d) / 1e6, "ms", true
	}
	return 0, "", false
}
