package rng

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Fixed is a number in Q32.32 fixed point: the value is the integer divided by
// 2^32, from -2^31 up to but without 2^31. It carries the shape parameters of
// distributions, which have no unit.
type Fixed int64

const one = 1 << 32 // 1 as a Fixed

// fixedForms is what ParseFixed accepts, for its errors.
const fixedForms = "want a decimal like 0.5, at most 18 digits after the point, above -2147483648 and below 2147483648"

// FixedInt is the integer n. It panics if n is outside -2^31..2^31-1.
func FixedInt(n int64) Fixed {
	if n < math.MinInt32 || n > math.MaxInt32 {
		panic(fmt.Sprintf("rng: fixed-point integer %d: want -2147483648..2147483647", n))
	}
	return Fixed(n * one)
}

// FixedRatio is num/den rounded to the nearest multiple of 2^-32, halves away
// from zero. It panics if den is zero or the quotient outside the range of
// Fixed.
func FixedRatio(num, den int64) Fixed {
	if den == 0 {
		panic("rng: fixed-point ratio with denominator 0")
	}
	n, d := magnitude(num), magnitude(den)
	whole, rest := n/d, n%d
	if whole > 1<<31 {
		panic(fmt.Sprintf("rng: fixed-point ratio %d/%d: want a value from -2^31 to 2^31", num, den))
	}
	f, ok := signed(whole<<32+roundedQuotient(rest, one, d), (num < 0) != (den < 0))
	if !ok {
		panic(fmt.Sprintf("rng: fixed-point ratio %d/%d: want a value from -2^31 to 2^31", num, den))
	}
	return f
}

// ParseFixed reads a decimal number, optionally signed, and rounds it to the
// nearest multiple of 2^-32, halves away from zero. Every output of
// [Fixed.String] reads back as the same value.
func ParseFixed(s string) (Fixed, error) {
	digits, negative := strings.CutPrefix(s, "-")
	if !negative {
		digits, _ = strings.CutPrefix(s, "+")
	}
	whole, fraction, point := strings.Cut(digits, ".")
	if point && fraction == "" {
		return 0, fmt.Errorf("number %q: %s", s, fixedForms)
	}
	fraction = strings.TrimRight(fraction, "0")
	integer, ok := parseDigits(whole)
	var part uint64
	if ok && fraction != "" {
		part, ok = parseDigits(fraction)
	}
	if !ok || integer > 1<<31 || len(fraction) > 18 {
		return 0, fmt.Errorf("number %q: %s", s, fixedForms)
	}
	f, ok := signed(integer<<32+roundedQuotient(part, one, powerOfTen(len(fraction))), negative)
	if !ok {
		return 0, fmt.Errorf("number %q: %s", s, fixedForms)
	}
	return f, nil
}

// String is the shortest decimal that reads back as the same value, the one
// nearest to it if several are equally short.
func (f Fixed) String() string {
	m := magnitude(int64(f))
	fraction := m % one
	text := strconv.FormatUint(m/one, 10)
	if f < 0 {
		text = "-" + text
	}
	if fraction == 0 {
		return text
	}
	// 2^-32 is above 10^-10, so ten digits always do.
	for n := 1; ; n++ {
		scale := powerOfTen(n)
		digits := roundedQuotient(fraction, scale, one)
		if roundedQuotient(digits, one, scale) == fraction {
			tail := strconv.FormatUint(digits, 10)
			return text + "." + strings.Repeat("0", n-len(tail)) + tail
		}
	}
}

// roundedQuotient is a*b/c to the nearest integer, halves up. The quotient must
// fit a word, which it does here because a <= c or the product is small.
func roundedQuotient(a, b, c uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	// For an odd c the truncated c/2 is right too: no rest is ever half of it.
	lo, carry := bits.Add64(lo, c/2, 0)
	q, _ := bits.Div64(hi+carry, lo, c)
	return q
}

// magnitude is |n|, right also for the most negative number.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// signed puts a sign on a magnitude in units of 2^-32, and reports whether the
// result fits.
func signed(m uint64, negative bool) (Fixed, bool) {
	if negative {
		return Fixed(-m), m <= 1<<63
	}
	return Fixed(m), m < 1<<63
}
