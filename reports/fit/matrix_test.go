package fit

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"mpcomm/network/latency"
	"mpcomm/sim/rng"
)

func matrix(t *testing.T, text string) *latency.Matrix {
	t.Helper()
	m, err := latency.ReadMatrix(strings.NewReader(text), time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Round trips made from cities by an inflation give that inflation back.
func TestInflationIsRecovered(t *testing.T) {
	t.Parallel()
	cities := []string{"london", "tokyo", "sydney", "sao-paulo", "mumbai", "frankfurt"}
	key := rng.Root(3).Name("places")
	var b strings.Builder
	b.WriteString("site," + strings.Join(cities, ",") + "\n")
	for i, from := range cities {
		b.WriteString(from)
		for j, to := range cities {
			a, okA := latency.Lookup(from)
			c, okC := latency.Lookup(to)
			if !okA || !okC {
				t.Fatalf("no city %s or %s", from, to)
			}
			// 2 x distance / (200 km per ms) x 1.8, give or take a tenth.
			noise := 0.9 + 0.2*float64(key.With(uint64(i)).Word(uint64(j))>>11)/(1<<53)
			fmt.Fprintf(&b, ",%.3f", float64(latency.Distance(a, c))/1e8*1.8*noise)
		}
		b.WriteString("\n")
	}
	p, err := Matrix(matrix(t, b.String()), nil)
	if err != nil {
		t.Fatal(err)
	}
	g := p.Geography
	if g == nil || len(g.Cities) != 6 || math.Abs(number(g.Inflation)-1.8) > 0.06 || g.Error > 0.1 || g.Error < 0.01 {
		t.Errorf("geography %+v, want an inflation of 1.8 that is off by up to a tenth", g)
	}
	if p.Uneven < 0.01 || p.Uneven > 0.2 || p.Filled != 0 || p.Pairs != 30 || p.Left != nil {
		t.Errorf("%+v", p)
	}
	for _, q := range p.Quantiles {
		if q.Deviation() != 0 {
			t.Errorf("the matrix deviates from itself: %+v", q)
		}
	}
}

// A jitter of a known mean is found from medians and 90th percentiles.
func TestJitterIsRecovered(t *testing.T) {
	t.Parallel()
	const mean = 4.0 // ms one way
	upper := func(median float64) float64 { return median + 2*mean*math.Log(5) }
	p50 := "site,a,b,c\na,,20,30\nb,20,,44\nc,30,44,\n"
	p90 := fmt.Sprintf("site,c,a,b\nc,,%g,%g\na,%g,,%g\nb,%g,%g,\n", upper(30), upper(44), upper(30), upper(20), upper(44), upper(20))
	p, err := Matrix(matrix(t, p50), matrix(t, p90))
	if err != nil {
		t.Fatal(err)
	}
	j := p.Jitter
	if j.Family.Kind != latency.Exponential || j.Family.Mean != 4*ms || j.Pairs != 6 {
		t.Errorf("jitter %+v, want exponential with a mean of 4 ms", j)
	}
	if want := time.Duration(2_772_588); j.Lift != want {
		t.Errorf("lift %v, want %v", j.Lift, want)
	}
	// The base stays at the median, so the model lies above by the lift.
	for _, q := range j.Quantiles {
		if d := q.Model - q.Measured - j.Lift; d.Abs() > time.Microsecond {
			t.Errorf("%+v: off by %v beyond the lift", q, d)
		}
	}
	if _, err := Matrix(matrix(t, p90), matrix(t, p50)); err == nil || !strings.Contains(err.Error(), "the 90th percentile is below the median") {
		t.Errorf("the wrong order: %v", err)
	}
	if _, err := Matrix(matrix(t, p50), matrix(t, "site,x,y\nx,,1\ny,1,\n")); err == nil || !strings.Contains(err.Error(), "no pair of sites has both") {
		t.Errorf("other sites: %v", err)
	}
}

// Cells that are missing are filled from the other direction, and sites without
// a pair go, those that lack most first.
func TestMatrixWithHoles(t *testing.T) {
	t.Parallel()
	p, err := Matrix(matrix(t, "site,a,b,c,d\na,,10,14,\nb,,,6,\nc,14,6,,9\nd,,,9,\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Sites, " ") + "/" + strings.Join(p.Left, " "); got != "a b c/d" || p.Filled != 1 || p.Pairs != 6 {
		t.Errorf("%s, %+v", got, p)
	}
	p, err = Matrix(matrix(t, "site,a,b,c\na,,100,20\nb,100,,30\nc,20,30,\n"), nil)
	if err != nil || math.Abs(p.Detours-2.0/6) > 1e-12 {
		t.Errorf("detours %+v, %v; want a third", p, err)
	}
	if _, err := Matrix(matrix(t, "site,a,b\na,,\nb,,\n"), nil); err == nil || !strings.Contains(err.Error(), "no two of the 2 sites") {
		t.Errorf("an empty matrix: %v", err)
	}
}
