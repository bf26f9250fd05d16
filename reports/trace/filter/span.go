package filter

import (
	"math"
	"strconv"
	"strings"
)

// unit is what one of a number as written counts: a millisecond in nanoseconds.
const unit = 1_000_000

// span is an interval of numbers, both ends included.
type span struct{ low, high int64 }

func (s span) holds(n int64) bool { return s.low <= n && n <= s.high }

// parseSpan reads 200-300, 200-, -300, >50, <=5 or a single value, each number
// with the suffix or without it.
func parseSpan(text, suffix string) (span, bool) {
	all := span{math.MinInt64, math.MaxInt64}
	for _, sign := range [...]string{">=", "<=", ">", "<"} {
		rest, bounded := strings.CutPrefix(text, sign)
		if !bounded {
			continue
		}
		n, ok := parseNumber(rest, suffix)
		switch sign {
		case ">=":
			all.low = n
		case "<=":
			all.high = n
		case ">":
			all.low = n + 1
		default:
			all.high = n - 1
		}
		return all, ok
	}
	low, high, ranges := strings.Cut(text, "-")
	if !ranges {
		n, ok := parseNumber(text, suffix)
		return span{n, n}, ok
	}
	okLow, okHigh := true, true
	if low != "" {
		all.low, okLow = parseNumber(low, suffix)
	}
	if high != "" {
		all.high, okHigh = parseNumber(high, suffix)
	}
	return all, okLow && okHigh && low+high != ""
}

// parseNumber reads a decimal of at most twelve digits before the point and takes
// what is beyond the sixth after it for nothing.
func parseNumber(text, suffix string) (int64, bool) {
	if suffix != "" {
		text = strings.TrimSuffix(text, suffix)
	}
	whole, decimals, point := strings.Cut(text, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	if !digits(whole) || point && !digits(decimals) || len(whole) > 12 {
		return 0, false
	}
	n, _ := strconv.ParseInt(whole, 10, 64)
	fraction, _ := strconv.ParseInt((decimals + "000000")[:6], 10, 64)
	return n*unit + fraction, true
}
