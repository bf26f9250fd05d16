package stats

import (
	"fmt"
	"math/bits"
	"strconv"
)

// Ratio is an exact non-negative quotient. A ratio of nothing has Den 0; it is
// no number, and prints as null.
type Ratio struct{ Num, Den uint64 }

// Of returns n as a ratio.
func Of(n int) Ratio {
	if n < 0 {
		panic(fmt.Sprintf("stats: a ratio is not negative, got %d", n))
	}
	return Ratio{Num: uint64(n), Den: 1}
}

// Share returns num of den; null when den is 0.
func Share(num, den int) Ratio {
	if num < 0 || den < 0 {
		panic(fmt.Sprintf("stats: a ratio is not negative, got %d/%d", num, den))
	}
	return Ratio{Num: uint64(num), Den: uint64(den)}
}

// Known reports whether r is a number.
func (r Ratio) Known() bool { return r.Den != 0 }

// Float returns the quotient as a float64, and 0 for a ratio of nothing. It is
// the nearest float while both terms are below 2^53, and within one unit in
// the last place of it beyond.
func (r Ratio) Float() float64 {
	if r.Den == 0 {
		return 0
	}
	return float64(r.Num) / float64(r.Den)
}

// Cmp compares two ratios that are known: -1, 0 or +1.
func (r Ratio) Cmp(s Ratio) int {
	if r.Den == 0 || s.Den == 0 {
		panic("stats: a ratio of nothing is compared")
	}
	ah, al := bits.Mul64(r.Num, s.Den)
	bh, bl := bits.Mul64(s.Num, r.Den)
	switch {
	case ah == bh && al == bl:
		return 0
	case ah < bh || ah == bh && al < bl:
		return -1
	}
	return 1
}

// String returns the quotient as JSON has it.
func (r Ratio) String() string { return string(r.appendJSON(nil)) }

// MarshalJSON prints the shortest decimal that reads back as the same float,
// and null for a ratio of nothing.
func (r Ratio) MarshalJSON() ([]byte, error) { return r.appendJSON(nil), nil }

func (r Ratio) appendJSON(b []byte) []byte {
	if r.Den == 0 {
		return append(b, "null"...)
	}
	if r.Num%r.Den == 0 {
		return strconv.AppendUint(b, r.Num/r.Den, 10)
	}
	return AppendFloat(b, r.Float())
}

// AppendFloat appends the shortest decimal that reads back as f, in the form
// JSON has for numbers: an exponent only below 1e-6 and from 1e21 on. f must
// be finite.
func AppendFloat(b []byte, f float64) []byte {
	if f-f != 0 {
		panic(fmt.Sprintf("stats: %v has no place in a report", f))
	}
	abs := f
	if abs < 0 {
		abs = -abs
	}
	if abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		b = strconv.AppendFloat(b, f, 'e', -1, 64)
		// e-09 is written e-9, as everywhere in JSON.
		if n := len(b); n >= 4 && b[n-4] == 'e' && b[n-3] == '-' && b[n-2] == '0' {
			b[n-2] = b[n-1]
			b = b[:n-1]
		}
		return b
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}
