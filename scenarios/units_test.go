package scenarios

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestQuantities(t *testing.T) {
	t.Parallel()
	tests := []struct {
		q    *quantity
		text string
		want int64
	}{
		{&durations, "0ms", 0},
		{&durations, "20ms", 20e6},
		{&durations, "1.5s", 1500e6},
		{&durations, "0.000001ms", 1},
		{&durations, "+3us", 3000},
		{&durations, "3µs", 3000},
		{&durations, "3μs", 3000},
		{&durations, "-25ms", -25e6},
		{&durations, "2m", 120e9},
		{&durations, "0.5h", 1800e9},
		{&durations, "9223372036854775807ns", math.MaxInt64},
		{&durations, "9223372036.854775807s", math.MaxInt64},
		{&durations, "007ms", 7e6},
		{&durations, "1.50000000000000000000ms", 1500e3},
		{&sizes, "64KiB", 65536},
		{&sizes, "1MB", 1e6},
		{&sizes, "0.5KiB", 512},
		{&bandwidths, "100Mbit/s", 100e6},
		{&bandwidths, "2.5Gbit/s", 2500e6},
		{&drifts, "20ppm", 20000},
		{&drifts, "-0.5ppm", -500},
		{&drifts, "7ppb", 7},
	}
	for _, tt := range tests {
		if got, err := tt.q.parse(tt.text); err != nil || got != tt.want {
			t.Errorf("%s %q = %d, %v; want %d", tt.q.name, tt.text, got, err, tt.want)
		}
	}
}

func TestQuantitiesRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "5", "0", "ms", "5 ms", "5MS", "1e3ms", ".5ms", "5.ms", "1..5ms", "--5ms", "5ms5ms", "1h30m", "0.1ns", "0x5ms", "1_000ms",
		"9223372036854775808ns", "9223372036.854775808s", "99999999999999999999999h", "0.00000000000000000000000001s", "nan", "infs", "½ms",
	} {
		if got, err := durations.parse(text); err == nil {
			t.Errorf("%q reads as %dns; want an error", text, got)
		}
	}
}

// What print writes, parse reads; and a decimal is exact or refused.
func TestQuantitiesAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		q := rapid.SampledFrom([]*quantity{&durations, &sizes, &bandwidths, &drifts}).Draw(rt, "quantity")
		v := rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(rt, "value")
		if got, err := q.parse(q.print(v)); err != nil || got != v {
			rt.Fatalf("%d prints as %s, reads as %d, %v", v, q.print(v), got, err)
		}
		digits := rapid.StringMatching(`[0-9]{1,12}(\.[0-9]{1,12})?`).Draw(rt, "number")
		u := rapid.SampledFrom(q.units).Draw(rt, "unit")
		exact, _ := new(big.Rat).SetString(digits)
		exact.Mul(exact, new(big.Rat).SetUint64(u.worth))
		got, err := q.parse(digits + u.name)
		fits := exact.IsInt() && exact.Num().IsInt64()
		if fits != (err == nil) || fits && exact.Num().Int64() != got {
			rt.Fatalf("%s%s = %d, %v; exactly %s", digits, u.name, got, err, exact)
		}
	})
}

func TestRates(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want int64
	}{
		{"50/s", 20e6},
		{"0.5/s", 2e9},
		{"3/s", 333333333},
		{"1.5/s", 666666667},
		{"10/ms", 100e3},
		{"6/m", 10e9},
		{"20ms", 20e6},
	}
	for _, tt := range tests {
		if got, err := parsePeriod(tt.text); err != nil || got != tt.want {
			t.Errorf("%q = %d, %v; want %d", tt.text, got, err, tt.want)
		}
	}
	for _, text := range []string{"0/s", "-1/s", "50/", "50/fortnight", "/s", "0.0000001/s", "1e9/s", "99999999999999/s"} {
		if got, err := parsePeriod(text); err == nil {
			t.Errorf("%q reads as %dns; want an error", text, got)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	words := []string{"latency", "loss", "link", "links", "lamport", "peers"}
	tests := []struct{ word, want string }{
		{"latncy", "latency"},
		{"Latency", "latency"},
		{"lnik", "link"},
		{"lamprot", "lamport"},
		{"xyz", ""},
		{"", ""},
		{"pears", "peers"},
	}
	for _, tt := range tests {
		if got := nearest(tt.word, words); got != tt.want {
			t.Errorf("nearest(%q) = %q; want %q", tt.word, got, tt.want)
		}
	}
}

// A long or a wide line keeps its caret under the column.
func TestExcerpt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		source string
		col    int
	}{
		{"peers: 0", 8},
		{"\tpeers: 0", 9},
		{strings.Repeat("é", 300) + "X" + strings.Repeat("y", 300), 301},
		{strings.Repeat("a", 99) + "X", 100},
	}
	for _, tt := range tests {
		line, indent := excerpt(tt.source, tt.col)
		want := []rune(tt.source)[tt.col-1]
		shown, at := []rune(line), len([]rune(indent))
		if len(shown) > maxExcerpt || at >= len(shown) || shown[at] != want {
			t.Errorf("%.20q column %d: caret at %d of %q; want under %q", tt.source, tt.col, at, line, want)
		}
	}
}
