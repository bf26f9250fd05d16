package rng

import (
	"math"
	"math/big"
	"math/bits"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseRatio(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want Ratio
		text string
	}{
		{"0", Ratio{0, 1}, "0"},
		{"1", Ratio{1, 1}, "1"},
		{"0/5", Ratio{0, 1}, "0"},
		{"5/5", Ratio{1, 1}, "1"},
		{"1/1000", Ratio{1, 1000}, "1/1000"},
		{"2/1000", Ratio{1, 500}, "1/500"},
		{"0.1%", Ratio{1, 1000}, "1/1000"},
		{"3%", Ratio{3, 100}, "3/100"},
		{"100%", Ratio{1, 1}, "1"},
		{"0%", Ratio{0, 1}, "0"},
		{"0.25", Ratio{1, 4}, "1/4"},
		{"1.000", Ratio{1, 1}, "1"},
		{"00.50", Ratio{1, 2}, "1/2"},
		{"0.000000000000000001", Ratio{1, 1_000_000_000_000_000_000}, "1/1000000000000000000"},
		{"0.2500000000000000000000000", Ratio{1, 4}, "1/4"},
		{"1/9999999999999999999", Ratio{1, 9_999_999_999_999_999_999}, "1/9999999999999999999"},
	} {
		got, err := ParseRatio(c.in)
		if err != nil || got != c.want || got.String() != c.text {
			t.Errorf("ParseRatio(%q) = %v (%q), %v; want %v (%q)", c.in, got, got.String(), err, c.want, c.text)
		}
	}
}

func TestParseRatioRejects(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", " ", "x", "-1", "+1", "1.5", "2", "101%", "3/2", "1/0", "0/0", "1/", "/2", "1/2/3", "1/2%", ".5", "1.",
		"1e-3", "0,5", "0x1", "1_0/20", " 1", "1 /2", "%", "0.1%%", "NaN", "1/99999999999999999999", "0.00000000000000000001",
	} {
		if got, err := ParseRatio(in); err == nil {
			t.Errorf("ParseRatio(%q) = %v, want an error", in, got)
		} else if !strings.Contains(err.Error(), "want ") || !strings.Contains(err.Error(), "0") {
			t.Errorf("ParseRatio(%q): error %q does not say what is allowed", in, err)
		}
	}
}

func TestRatioZeroValue(t *testing.T) {
	t.Parallel()
	var r Ratio
	if c := r.Chance(); r.String() != "0" || !c.Never() || c.Hit(0) {
		t.Errorf("the zero ratio is %q and hits: %v", r, c.Hit(0))
	}
}

func TestChanceIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		den := rapid.Uint64Min(1).Draw(t, "den")
		num := rapid.Uint64Range(0, den).Draw(t, "num")
		word := rapid.Uint64().Draw(t, "word")
		// Half of the words lie at the threshold itself.
		if num < den && rapid.Bool().Draw(t, "near") {
			below, _ := bits.Div64(num, 0, den)
			word = below + word%5 - 2
		}
		// Hit exactly if (word+1)/2^64 <= num/den, so that the share of words
		// that hit is the ratio, rounded down.
		lhs := new(big.Int).Mul(new(big.Int).Add(new(big.Int).SetUint64(word), big.NewInt(1)), new(big.Int).SetUint64(den))
		rhs := new(big.Int).Lsh(new(big.Int).SetUint64(num), 64)
		c := Ratio{num, den}.Chance()
		if got, want := c.Hit(word), lhs.Cmp(rhs) <= 0; got != want {
			t.Fatalf("Ratio{%d, %d} hit by %#x: %v, want %v", num, den, word, got, want)
		}
		if c.Never() != (num == 0) {
			t.Fatalf("Ratio{%d, %d} never: %v", num, den, c.Never())
		}
	})
}

func TestChanceOfOneAlwaysHits(t *testing.T) {
	t.Parallel()
	c := Ratio{3, 3}.Chance()
	for _, w := range []uint64{0, 1, 1 << 63, math.MaxUint64} {
		if !c.Hit(w) {
			t.Errorf("probability 1 is not hit by %#x", w)
		}
	}
	if c = (Ratio{math.MaxUint64 - 1, math.MaxUint64}).Chance(); c.Hit(math.MaxUint64) || !c.Hit(math.MaxUint64-2) {
		t.Error("a probability just below 1 misses the wrong words")
	}
}

func TestChanceRefusesBrokenRatios(t *testing.T) {
	t.Parallel()
	for _, r := range []Ratio{{2, 1}, {1, 0}} {
		if message := panicOf(func() { r.Chance() }); !strings.Contains(message, "rng: ratio") {
			t.Errorf("Ratio%v.Chance() panics with %q", r, message)
		}
	}
}

func TestChanceHitsItsShare(t *testing.T) {
	t.Parallel()
	const n = 1_000_000
	for _, text := range []string{"1/1000", "1/4", "1/2", "99.9%"} {
		r, err := ParseRatio(text)
		if err != nil {
			t.Fatal(err)
		}
		p, c, k, hits := float64(r.Num)/float64(r.Den), r.Chance(), Root(1).Name("hit"), 0
		for i := range uint64(n) {
			if c.Hit(k.Word(i)) {
				hits++
			}
		}
		if z := (float64(hits) - n*p) / math.Sqrt(n*p*(1-p)); math.Abs(z) > 4.5 {
			t.Errorf("probability %s: %d hits of %d, z = %.2f", text, hits, n, z)
		}
	}
}

// FuzzParseRatio: what is accepted is what math/big reads, lies in 0..1, and
// comes back from its text.
func FuzzParseRatio(f *testing.F) {
	for _, seed := range []string{"1/1000", "0.1%", "3%", "0", "1", "0.25", "1e3", "-1/2", "١/٢", "7/9999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRatio(s)
		if err != nil {
			return
		}
		number, percent := strings.CutSuffix(s, "%")
		want, ok := new(big.Rat).SetString(number)
		if !ok {
			t.Fatalf("ParseRatio(%q) = %v, but math/big cannot read it", s, r)
		}
		if percent {
			want.Quo(want, big.NewRat(100, 1))
		}
		got := new(big.Rat).SetFrac(new(big.Int).SetUint64(r.Num), new(big.Int).SetUint64(r.Den))
		if got.Cmp(want) != 0 || r.Num > r.Den {
			t.Fatalf("ParseRatio(%q) = %v, want %v", s, r, want)
		}
		if again, err := ParseRatio(r.String()); err != nil || again != r {
			t.Fatalf("%q reads as %v, whose text %q reads as %v, %v", s, r, r.String(), again, err)
		}
	})
}
