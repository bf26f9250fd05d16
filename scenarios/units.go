package scenarios

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// unit is one unit of a quantity and its worth in the quantity's base.
type unit struct {
	name  string
	worth uint64
}

// quantity is a kind of number with a unit: a duration in ns, a size in bytes,
// a bandwidth in bit/s, a drift in parts per 10^9. Units stand from large to
// small; the first that divides a value prints it.
type quantity struct {
	name    string
	example string
	base    string // name of the smallest unit, for errors
	units   []unit
	alias   []unit // accepted, never printed
}

var (
	durations = quantity{
		"duration", "20ms", "ns",
		[]unit{{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}},
		[]unit{{"h", 3600e9}, {"m", 60e9}, {"µs", 1e3}, {"μs", 1e3}},
	}
	sizes = quantity{
		"size", "100B", "B",
		[]unit{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}},
		[]unit{{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"kB", 1e3}},
	}
	bandwidths = quantity{
		"bandwidth", "100Mbit/s", "bit/s",
		[]unit{{"Gbit/s", 1e9}, {"Mbit/s", 1e6}, {"kbit/s", 1e3}, {"bit/s", 1}},
		[]unit{{"Kbit/s", 1e3}},
	}
	drifts = quantity{
		"drift", "20ppm", "ppb",
		[]unit{{"ppm", 1e3}, {"ppb", 1}},
		nil,
	}
)

// unitNames lists what may follow the number.
func (q *quantity) unitNames() string {
	var names []string
	for i := len(q.units) - 1; i >= 0; i-- {
		names = append(names, q.units[i].name)
	}
	for _, u := range q.alias {
		if u.name != "µs" && u.name != "μs" { // two spellings of us that few keyboards have
			names = append(names, u.name)
		}
	}
	return strings.Join(names, " ")
}

// want is what an error offers instead.
func (q *quantity) want() string {
	return fmt.Sprintf("want a %s such as %s (units: %s)", q.name, q.example, q.unitNames())
}

// parse reads an exact multiple of the base unit: an optional sign, digits with
// an optional decimal point, and a unit.
func (q *quantity) parse(s string) (int64, error) {
	number, unitName := splitNumber(s)
	if number == "" {
		return 0, fmt.Errorf("%q is no %s; %s", clip(s), q.name, q.want())
	}
	if unitName == "" {
		return 0, fmt.Errorf("missing unit after %s; %s", clip(s), q.want())
	}
	for _, units := range [][]unit{q.units, q.alias} {
		for _, u := range units {
			if u.name == unitName {
				return q.scale(s, number, u.worth)
			}
		}
	}
	return 0, fmt.Errorf("unknown unit %q; %s", clip(unitName), q.want())
}

// splitNumber cuts s into a decimal number and what follows it. The number is
// empty when s does not start with one.
func splitNumber(s string) (number, rest string) {
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	start, points := i, 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.') {
		if s[i] == '.' {
			points++
		}
		i++
	}
	if points > 1 || s[start:i] == "" || s[start] == '.' || s[i-1] == '.' {
		return "", s
	}
	return s[:i], s[i:]
}

// scale is number times worth, exactly, or an error.
func (q *quantity) scale(s, number string, worth uint64) (int64, error) {
	digits, negative := strings.CutPrefix(number, "-")
	digits = strings.TrimPrefix(digits, "+")
	whole, fraction, _ := strings.Cut(digits, ".")
	fraction = strings.TrimRight(fraction, "0")
	tooLarge := func() error { return fmt.Errorf("%s is too large; want at most %s", clip(s), q.print(math.MaxInt64)) }
	w, err := strconv.ParseUint(whole, 10, 64)
	if err != nil {
		return 0, tooLarge()
	}
	hi, total := bits.Mul64(w, worth)
	if hi != 0 || total > math.MaxInt64 {
		return 0, tooLarge()
	}
	// Below 10^-18 of the largest unit there is no multiple of the base left.
	part, ten := uint64(0), uint64(1)
	for _, c := range fraction {
		if ten >= 1e18 {
			return 0, fmt.Errorf("%s is finer than 1%s", clip(s), q.base)
		}
		part, ten = part*10+uint64(c-'0'), ten*10
	}
	hi, lo := bits.Mul64(part, worth)
	quotient, rest := bits.Div64(hi, lo, ten)
	if rest != 0 {
		return 0, fmt.Errorf("%s is finer than 1%s; want a whole number of %s", clip(s), q.base, q.base)
	}
	if total += quotient; total > math.MaxInt64 {
		return 0, tooLarge()
	}
	if negative {
		return -int64(total), nil
	}
	return int64(total), nil
}

// print writes v in the largest unit that divides it; parse reads it back.
func (q *quantity) print(v int64) string {
	if v == 0 {
		// Of a zero every unit says the same; the usual one reads best.
		zero := "0" + strings.TrimLeft(q.example, "0123456789")
		return zero
	}
	for _, u := range q.units {
		if v%int64(u.worth) == 0 {
			return strconv.FormatInt(v/int64(u.worth), 10) + u.name
		}
	}
	return strconv.FormatInt(v, 10) + q.base
}

// parsePeriod reads a duration, or a rate such as 50/s that stands for its
// period, rounded to the nearest nanosecond: 20ms.
func parsePeriod(s string) (int64, error) {
	number, unitName := splitNumber(s)
	per, isRate := strings.CutPrefix(unitName, "/")
	if number == "" || !isRate {
		return durations.parse(s)
	}
	span, err := durations.parse("1" + per)
	if err != nil {
		return 0, fmt.Errorf("unknown rate %q; want a rate such as 50/s or a duration such as 20ms", clip(s))
	}
	// The rate in units of 10^-6 per span, so that 0.5/s is exact.
	rate, err := (&quantity{name: "rate", example: "50", base: "u", units: []unit{{"u", 1e6}}}).scale(s, number, 1e6)
	if err != nil || rate <= 0 {
		return 0, fmt.Errorf("rate %q; want a number above 0 with at most 6 decimals, such as 50/s", clip(s))
	}
	hi, lo := bits.Mul64(uint64(span), 1e6)
	lo, carry := bits.Add64(lo, uint64(rate)/2, 0)
	if hi += carry; hi >= uint64(rate) {
		return 0, fmt.Errorf("rate %q is too small; its period exceeds %s", clip(s), durations.print(math.MaxInt64))
	}
	period, _ := bits.Div64(hi, lo, uint64(rate))
	if period > math.MaxInt64 {
		return 0, fmt.Errorf("rate %q is too small; its period exceeds %s", clip(s), durations.print(math.MaxInt64))
	}
	return int64(period), nil
}
