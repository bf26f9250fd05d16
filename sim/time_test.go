package sim

import (
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTimeText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		t      Time
		ms     string
		string string
	}{
		{0, "0", "0.0ms"},
		{1, "0.000001", "0.000001ms"},
		{-1, "-0.000001", "-0.000001ms"},
		{231_000_000, "231", "231.0ms"},
		{-1_500_000, "-1.5", "-1.5ms"},
		{1_000_010, "1.00001", "1.00001ms"},
		{Never, "9223372036854.775807", "never"},
		{math.MinInt64, "-9223372036854.775808", "-9223372036854.775808ms"},
	} {
		if got := string(tc.t.AppendMS([]byte("x="))); got != "x="+tc.ms {
			t.Errorf("Time(%d).AppendMS = %q, want %q", int64(tc.t), got, "x="+tc.ms)
		}
		if got := tc.t.String(); got != tc.string {
			t.Errorf("Time(%d).String() = %q, want %q", int64(tc.t), got, tc.string)
		}
	}
}

func TestAppendMSIsExactAndShortest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ns := rapid.Int64().Draw(t, "ns")
		got := string(Time(ns).AppendMS(nil))
		value, ok := new(big.Rat).SetString(got)
		if !ok {
			t.Fatalf("AppendMS(%d) = %q, not a decimal", ns, got)
		}
		if want := big.NewRat(ns, 1_000_000); value.Cmp(want) != 0 {
			t.Fatalf("AppendMS(%d) = %q, want exactly %s", ns, got, want)
		}
		if strings.Contains(got, ".") && (strings.HasSuffix(got, "0") || strings.HasSuffix(got, ".")) {
			t.Fatalf("AppendMS(%d) = %q is not the shortest", ns, got)
		}
	})
}

func TestTimeAddSubSaturate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		t    Time
		d    time.Duration
		want Time
	}{
		{0, 5, 5},
		{5, -7, -2},
		{Never, -5, Never},
		{Never, 5, Never},
		{Never - 1, 1, Never},
		{Never - 1, 2, Never},
		{1, math.MaxInt64, Never},
		{-1, math.MaxInt64, Never - 1},
		{0, math.MinInt64, math.MinInt64},
	} {
		if got := tc.t.Add(tc.d); got != tc.want {
			t.Errorf("Time(%d).Add(%d) = %d, want %d", int64(tc.t), int64(tc.d), int64(got), int64(tc.want))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		want := new(big.Int).Sub(big.NewInt(a), big.NewInt(b))
		if !want.IsInt64() {
			want.SetInt64(math.MaxInt64)
			if a < b {
				want.SetInt64(math.MinInt64)
			}
		}
		if got := Time(a).Sub(Time(b)); int64(got) != want.Int64() {
			t.Fatalf("Time(%d).Sub(%d) = %d, want %s", a, b, int64(got), want)
		}
	})
}

func TestTimeAddBelowTheLeastPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("adding below the least Time did not panic")
		}
	}()
	Time(-2).Add(math.MinInt64)
}
