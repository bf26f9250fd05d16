package result

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{"identical=2%", "divergence.identical=0.02"},
		{"divergence.contested=0.05", "divergence.contested=0.05"},
		{"latency_ms=1.5", "cost.latency_ms.mean=1.5"},
		{"identical", "want METRIC=WIDTH"},
		{"=2%", "want METRIC=WIDTH"},
		{"identical=", `width ""; want a number above 0`},
		{"identical=0", `width "0"; want a number above 0`},
		{"identical=NaN", `width "NaN"; want a number above 0`},
		{"contested=inf", `width "inf"; want a number above 0`},
		{"identical=100%", "every share lies in an interval as wide as 1"},
		{"speed=2%", `no share or mean is called "speed"; want one of events, ties`},
		{"speed=0", `no share or mean is called "speed"`},
		{"speed=0", `speed: width "0"; want a number above 0`},
		{"limit=2%", `no share or mean is called "limit"`},
	} {
		to, err := ParseTarget(test.text)
		got := fmt.Sprint(err)
		if err == nil {
			got = to.String()
		}
		if !strings.Contains(got, test.want) {
			t.Errorf("%q: %s; want %s", test.text, got, test.want)
		}
	}
}
