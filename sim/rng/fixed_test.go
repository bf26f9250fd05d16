package rng

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// panicOf is the text of what f panics with, "" if it returns.
func panicOf(f func()) (message string) {
	defer func() {
		if r := recover(); r != nil {
			message = fmt.Sprint(r)
		}
	}()
	f()
	return ""
}

// nearestFixed is the dumb twin: x * 2^32 to the nearest integer, halves away
// from zero.
func nearestFixed(x *big.Rat) *big.Int {
	scaled := new(big.Rat).Mul(new(big.Rat).Abs(x), big.NewRat(1<<32, 1))
	scaled.Add(scaled, big.NewRat(1, 2))
	n := new(big.Int).Quo(scaled.Num(), scaled.Denom())
	if x.Sign() < 0 {
		n.Neg(n)
	}
	return n
}

func TestParseFixed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want Fixed
		text string
	}{
		{"0", 0, "0"},
		{"-0.0", 0, "0"},
		{"1", one, "1"},
		{"+1.50", one + one/2, "1.5"},
		{"-0.25", -one / 4, "-0.25"},
		{"0.1", 429496730, "0.1"},
		{"0.3333333333", 1431655765, "0.3333333333"},
		{"2147483647.9999999998", math.MaxInt64, "2147483647.9999999998"},
		{"-2147483648", math.MinInt64, "-2147483648"},
		{"0.000000000116415321826934814453125", 0, ""},
		{"0.000000000116415322", 1, "0.0000000002"},
		{"0.000000000116415321", 0, "0"},
	} {
		got, err := ParseFixed(c.in)
		if c.text == "" {
			if err == nil {
				t.Errorf("ParseFixed(%q) = %v, want an error", c.in, got)
			}
			continue
		}
		if err != nil || got != c.want || got.String() != c.text {
			t.Errorf("ParseFixed(%q) = %d (%q), %v; want %d (%q)", c.in, int64(got), got, err, int64(c.want), c.text)
		}
	}
}

func TestParseFixedRejects(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", "-", "+", ".", "1.", ".5", "--1", "+-1", "1e3", "0x1", "1,5", " 1", "1_0", "NaN", "Inf",
		"2147483648", "2147483647.9999999999", "-2147483648.0000000002", "99999999999999999999",
	} {
		if got, err := ParseFixed(in); err == nil {
			t.Errorf("ParseFixed(%q) = %v, want an error", in, got)
		} else if !strings.Contains(err.Error(), fixedForms) {
			t.Errorf("ParseFixed(%q): error %q does not say what is allowed", in, err)
		}
	}
}

// TestFixedTextIsShortest: the text reads back, and no shorter decimal does.
func TestFixedTextIsShortest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := Fixed(rapid.Int64().Draw(t, "f"))
		if rapid.Bool().Draw(t, "short") {
			f = FixedRatio(int64(f)%100_000, []int64{1, 10, 1000, 100_000, 3, 7}[rapid.IntRange(0, 5).Draw(t, "den")])
		}
		text := f.String()
		if back, err := ParseFixed(text); err != nil || back != f {
			t.Fatalf("%d prints as %q, which reads as %d, %v", int64(f), text, int64(back), err)
		}
		whole, fraction, point := strings.Cut(text, ".")
		if !point {
			return
		}
		// The two decimals of one digit less around the value.
		scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(fraction)-1)), nil)
		value := new(big.Rat).SetFrac(big.NewInt(int64(f)), big.NewInt(one))
		scaled := new(big.Rat).Mul(value, new(big.Rat).SetInt(scale))
		low := new(big.Int).Div(scaled.Num(), scaled.Denom())
		for range 2 {
			if nearestFixed(new(big.Rat).SetFrac(low, scale)).Cmp(big.NewInt(int64(f))) == 0 {
				t.Fatalf("%d prints as %s.%s, but %v/%v is shorter", int64(f), whole, fraction, low, scale)
			}
			low.Add(low, big.NewInt(1))
		}
	})
}

func TestFixedRatioAgainstRationals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		num := rapid.Int64().Draw(t, "num")
		den := rapid.Int64().Filter(func(d int64) bool { return d != 0 }).Draw(t, "den")
		want := nearestFixed(big.NewRat(num, den))
		var got Fixed
		message := panicOf(func() { got = FixedRatio(num, den) })
		if message == "" != want.IsInt64() {
			t.Fatalf("FixedRatio(%d, %d) panics with %q, want %v", num, den, message, want)
		}
		if message == "" && int64(got) != want.Int64() {
			t.Fatalf("FixedRatio(%d, %d) = %d, want %v", num, den, int64(got), want)
		}
	})
}

func TestFixedConstructorsRefuse(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(){
		"integer too large": func() { FixedInt(1 << 31) },
		"integer too small": func() { FixedInt(-1<<31 - 1) },
		"ratio by zero":     func() { FixedRatio(1, 0) },
		"ratio too large":   func() { FixedRatio(1<<31, 1) },
		"ratio too small":   func() { FixedRatio(math.MinInt64, 1) },
	} {
		if message := panicOf(f); !strings.HasPrefix(message, "rng: fixed-point") {
			t.Errorf("%s: panics with %q", name, message)
		}
	}
	if FixedInt(-1<<31) != math.MinInt64 || FixedRatio(-1<<31, 1) != math.MinInt64 || FixedInt(3) != 3*one {
		t.Error("an integer in range is not what it says")
	}
}

// FuzzParseFixed: what is accepted is the nearest value to what math/big reads.
func FuzzParseFixed(f *testing.F) {
	for _, seed := range []string{"0", "-1.5", "+0.25", "2147483647.9999999998", "1e3", "0.1", "-", "0.000000000116415322"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseFixed(s)
		if err != nil {
			return
		}
		exact, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("ParseFixed(%q) = %v, but math/big cannot read it", s, v)
		}
		if want := nearestFixed(exact); want.Cmp(big.NewInt(int64(v))) != 0 {
			t.Fatalf("ParseFixed(%q) = %d, want %v", s, int64(v), want)
		}
		if back, err := ParseFixed(v.String()); err != nil || back != v {
			t.Fatalf("%q reads as %d, whose text %q reads as %d, %v", s, int64(v), v, int64(back), err)
		}
	})
}
