package latency

import (
	"errors"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// maxFraction is how many digits after the point a number may have.
const maxFraction = 18

var (
	errDecimal = errors.New("want a decimal number, such as 12 or 0.25")
	errDigits  = errors.New("want at most 18 digits after the point")
	errRange   = errors.New("is out of range; want less than 292 years in size")
)

// ParseDecimal reads a decimal number of units and returns it in nanoseconds,
// or whatever the unit counts, rounded to the nearest, halves away from 0. It
// goes through no float, so that the file's digits mean the same everywhere.
func ParseDecimal(s string, unit time.Duration) (int64, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if whole+fraction == "" || point && fraction == "" || !allDigits(whole) || !allDigits(fraction) {
		return 0, errDecimal
	}
	if len(fraction) > maxFraction {
		return 0, errDigits
	}
	var units, parts, scale uint64 = 0, 0, 1
	var err error
	if whole != "" {
		if units, err = strconv.ParseUint(whole, 10, 64); err != nil {
			return 0, errRange
		}
	}
	for _, d := range []byte(fraction) {
		parts = parts*10 + uint64(d-'0')
		scale *= 10
	}
	hi, v := bits.Mul64(units, uint64(unit))
	// parts < scale, so the quotient is at most unit.
	high, low := bits.Mul64(parts, uint64(unit))
	part, rest := bits.Div64(high, low, scale)
	if rest >= scale-rest {
		part++
	}
	v, carry := bits.Add64(v, part, 0)
	if hi+carry != 0 || v > math.MaxInt64 {
		return 0, errRange
	}
	if negative {
		return -int64(v), nil
	}
	return int64(v), nil
}

func allDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// mustBeUnit panics on a unit that is none.
func mustBeUnit(unit time.Duration) {
	if unit <= 0 {
		panic("latency: invariant: unit " + unit.String() + " is not positive")
	}
}
