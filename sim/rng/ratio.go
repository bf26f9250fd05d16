package rng

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Ratio is a probability as the exact fraction Num/Den, with Num <= Den. The
// zero value is the probability 0.
type Ratio struct{ Num, Den uint64 }

// ParseRatio reads a probability from 0 to 1 written as a fraction ("1/1000"),
// a percentage ("0.1%", "3%") or a decimal ("0", "1", "0.25"). Decimals are
// taken exactly. The result is in lowest terms.
func ParseRatio(s string) (Ratio, error) {
	r, ok := parseRatio(s)
	if !ok {
		return Ratio{}, fmt.Errorf("probability %q: want a fraction like 1/1000, a percentage like 0.1%% "+
			"or a decimal like 0.25, at most 19 digits a number, from 0 to 1", s)
	}
	if r.Num > r.Den {
		return Ratio{}, fmt.Errorf("probability %q: want 0..1 (0%%..100%%)", s)
	}
	return r.reduced(), nil
}

func parseRatio(s string) (Ratio, bool) {
	if num, den, found := strings.Cut(s, "/"); found {
		n, okNum := parseDigits(num)
		d, okDen := parseDigits(den)
		return Ratio{n, d}, okNum && okDen && d > 0
	}
	s, percent := strings.CutSuffix(s, "%")
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || point && fraction == "" {
		return Ratio{}, false
	}
	// Trailing zeros carry no value and would only use up digits.
	fraction = strings.TrimRight(fraction, "0")
	num, ok := parseDigits(whole + fraction)
	scale := len(fraction)
	if percent {
		scale += 2
	}
	if !ok || scale > 19 {
		return Ratio{}, false
	}
	return Ratio{num, powerOfTen(scale)}, true
}

// parseDigits reads one to nineteen decimal digits, leading zeros aside, and
// nothing else: no sign, no underscore, no space.
func parseDigits(s string) (uint64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	if s = strings.TrimLeft(s, "0"); len(s) > 19 {
		return 0, false
	}
	var n uint64
	for _, c := range []byte(s) {
		n = n*10 + uint64(c-'0')
	}
	return n, true
}

// powerOfTen is 10^n for n from 0 to 19.
func powerOfTen(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

// reduced is the ratio in lowest terms; every zero probability is 0/1.
func (r Ratio) reduced() Ratio {
	a, b := r.Num, r.Den
	for b != 0 {
		a, b = b, a%b
	}
	if r.Num == 0 {
		return Ratio{0, 1}
	}
	return Ratio{r.Num / a, r.Den / a}
}

// String is the canonical form: lowest terms, "0" and "1" without a bar. It
// reads back as an equal probability.
func (r Ratio) String() string {
	r = r.reduced()
	if r.Den == 1 {
		return strconv.FormatUint(r.Num, 10)
	}
	return strconv.FormatUint(r.Num, 10) + "/" + strconv.FormatUint(r.Den, 10)
}

// Chance compiles the ratio for the hot path. It panics if the ratio is above 1
// or has a zero denominator under a numerator that is not zero: such a value
// cannot have come out of [ParseRatio].
func (r Ratio) Chance() Chance {
	switch {
	case r.Num == 0:
		return Chance{}
	case r.Num > r.Den:
		panic(fmt.Sprintf("rng: ratio %d/%d: want 0..1", r.Num, r.Den))
	case r.Num == r.Den:
		return Chance{last: math.MaxUint64, some: true}
	}
	// Num/Den < 1 and Den < 2^64, so the quotient lies in 1..2^64-1.
	below, _ := bits.Div64(r.Num, 0, r.Den)
	return Chance{last: below - 1, some: true}
}

// Chance is a compiled probability: whether an event of probability p happens
// is a comparison of one word. It is exact up to a truncation below 2^-64, and
// monotone: a word that hits at p hits at every larger p. The zero value never
// hits.
type Chance struct {
	last uint64 // the largest word that hits, if any does
	some bool
}

// Hit reports whether the event drawn by this word happens: for no word if the
// ratio is 0, for every word if it is 1.
func (c Chance) Hit(word uint64) bool { return word <= c.last && c.some }

// Never reports whether the probability is 0, so that the caller may save the
// word.
func (c Chance) Never() bool { return !c.some }
