package latency

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mpcomm/sim/rng"
)

const ms = int64(time.Millisecond)

func TestKinds(t *testing.T) {
	t.Parallel()
	want := []Kind{"constant", "uniform", "exponential", "normal", "lognormal", "pareto", "empirical"}
	if got := Kinds(); !slices.Equal(got, want) {
		t.Errorf("Kinds() = %q, want %q", got, want)
	}
	params := map[Kind][]string{
		"": {"value"}, "constant": {"value"}, "uniform": {"min", "max"}, "exponential": {"min", "mean"},
		"normal": {"mean", "sd"}, "lognormal": {"min", "median", "sigma"}, "pareto": {"scale", "shape"},
		"empirical": {"file"}, "gamma": nil,
	}
	for kind, want := range params {
		if got := (Family{Kind: kind}).Params(); !slices.Equal(got, want) {
			t.Errorf("%q takes %q, want %q", kind, got, want)
		}
	}
}

// Every parameter of the table has a place in Family, and a place of its own.
func TestParamsHavePlaces(t *testing.T) {
	t.Parallel()
	var f Family
	for _, kind := range Kinds() {
		for i, p := range kind.Params() {
			switch p.Type {
			case Quantity:
				if f.Quantity(p.Name) == nil || f.Number(p.Name) != nil {
					t.Errorf("%s: %s: want a quantity", kind, p.Name)
					continue
				}
				*f.Quantity(p.Name) = int64(i + 1)
			case Number:
				if f.Number(p.Name) == nil || f.Quantity(p.Name) != nil {
					t.Errorf("%s: %s: want a number", kind, p.Name)
				}
			case File:
				if f.Quantity(p.Name) != nil || f.Number(p.Name) != nil {
					t.Errorf("%s: %s: want neither quantity nor number", kind, p.Name)
				}
			}
			if p.Doc == "" {
				t.Errorf("%s: %s has no doc", kind, p.Name)
			}
		}
		for i, p := range kind.Params() {
			if p.Type == Quantity && *f.Quantity(p.Name) != int64(i+1) {
				t.Errorf("%s: %s shares its place", kind, p.Name)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	one := rng.FixedInt(1)
	tests := []struct {
		name  string
		f     Family
		delay []Fault // of CheckDelay
		plain []Fault // of Check
	}{
		{"zero", Family{}, nil, nil},
		{"negative constant", Family{Kind: Constant, Value: -ms}, []Fault{{"value", "-1ms is negative; want 0 or more"}}, nil},
		{
			"uniform upside down",
			Family{Kind: Uniform, Min: 3 * ms, Max: 2 * ms},
			[]Fault{{"max", "2ms is below min 3ms; want at least min"}},
			[]Fault{{"max", "2ms is below min 3ms; want at least min"}},
		},
		{"uniform point", Family{Kind: Uniform, Min: 3 * ms, Max: 3 * ms}, nil, nil},
		{"uniform around 0", Family{Kind: Uniform, Min: -ms, Max: ms}, []Fault{{"min", "-1ms is negative; want 0 or more"}}, nil},
		{
			"mean below min",
			Family{Kind: Exponential, Min: 20 * ms, Mean: 12 * ms},
			[]Fault{{"mean", "12ms is below min 20ms; want at least min"}},
			[]Fault{{"mean", "12ms is below min 20ms; want at least min"}},
		},
		{
			"negative sd",
			Family{Kind: Normal, Mean: ms, SD: -1},
			[]Fault{{"sd", "-1ns is negative; want 0 or more"}},
			[]Fault{{"sd", "-1ns is negative; want 0 or more"}},
		},
		{"normal below 0", Family{Kind: Normal, Mean: -ms, SD: ms}, []Fault{{"mean", "-1ms is negative; want 0 or more"}}, nil},
		{
			"lognormal",
			Family{Kind: LogNormal, Median: -1, Sigma: -one},
			[]Fault{{"median", "-1ns is negative; want 0 or more"}, {"sigma", "-1 is negative; want 0 or more"}},
			[]Fault{{"median", "-1ns is negative; want 0 or more"}, {"sigma", "-1 is negative; want 0 or more"}},
		},
		{
			"pareto",
			Family{Kind: Pareto, Scale: -1},
			[]Fault{{"scale", "-1ns is negative; want 0 or more"}, {"shape", "0 is not positive; want more than 0"}},
			[]Fault{{"scale", "-1ns is negative; want 0 or more"}, {"shape", "0 is not positive; want more than 0"}},
		},
		{
			"empty sample",
			Family{Kind: Empirical, File: "a.txt"},
			[]Fault{{"file", `"a.txt" holds no value; want one or more`}},
			[]Fault{{"file", `"a.txt" holds no value; want one or more`}},
		},
		{
			"unsorted sample",
			Family{Kind: Empirical, File: "a.txt", Sample: []int64{2, 1}},
			[]Fault{{"file", `"a.txt" is not sorted; want values that rise`}},
			[]Fault{{"file", `"a.txt" is not sorted; want values that rise`}},
		},
		{
			"negative sample",
			Family{Kind: Empirical, File: "a.txt", Sample: []int64{-5, 1}},
			[]Fault{{"file", `"a.txt" holds -5ns; want 0 or more`}},
			nil,
		},
		{
			"unknown",
			Family{Kind: "gamma"},
			[]Fault{{"kind", `"gamma" is unknown; want constant, uniform, exponential, normal, lognormal, pareto, empirical`}},
			[]Fault{{"kind", `"gamma" is unknown; want constant, uniform, exponential, normal, lognormal, pareto, empirical`}},
		},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.plain, tt.f.Check()); diff != "" {
			t.Errorf("%s: Check (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.delay, tt.f.CheckDelay()); diff != "" {
			t.Errorf("%s: CheckDelay (-want +got):\n%s", tt.name, diff)
		}
	}
	bytes := func(v int64) string { return strings.Repeat("B", int(v)) }
	got := Family{Kind: Uniform, Min: 3, Max: 2}.CheckDelayIn(bytes)
	if want := []Fault{{"max", "BB is below min BBB; want at least min"}}; !slices.Equal(got, want) {
		t.Errorf("CheckDelayIn = %v, want %v", got, want)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		f    Family
		want int
	}{
		{"normal at 6 sd", Family{Kind: Normal, Mean: 6 * ms, SD: ms}, 0},
		{"normal below 6 sd", Family{Kind: Normal, Mean: 6*ms - 1, SD: ms}, 1},
		{"normal without spread", Family{Kind: Normal}, 0},
		{"normal with a huge sd", Family{Kind: Normal, Mean: math.MaxInt64, SD: math.MaxInt64}, 1},
		{"pareto of shape 1", Family{Kind: Pareto, Scale: ms, Shape: rng.FixedInt(1)}, 1},
		{"pareto of shape 1.1", Family{Kind: Pareto, Scale: ms, Shape: rng.FixedRatio(11, 10)}, 0},
		{"constant", Family{Value: 1}, 0},
	} {
		if got := tt.f.Warnings(); len(got) != tt.want {
			t.Errorf("%s: warnings %v, want %d", tt.name, got, tt.want)
		}
	}
}

// A family that Check passes compiles, and one that CheckDelay passes is never
// negative unless it is normal.
func TestCheckedFamiliesCompile(t *testing.T) {
	t.Parallel()
	quantity := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3, 3), rapid.Int64Range(0, 1000*ms))
	number := rapid.Custom(func(t *rapid.T) rng.Fixed {
		return rng.Fixed(rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1, 3<<32)).Draw(t, "fixed"))
	})
	rapid.Check(t, func(t *rapid.T) {
		f := Family{Kind: rapid.SampledFrom(Kinds()).Draw(t, "kind")}
		for _, p := range f.Kind.Params() {
			switch p.Type {
			case Quantity:
				*f.Quantity(p.Name) = quantity.Draw(t, p.Name)
			case Number:
				*f.Number(p.Name) = number.Draw(t, p.Name)
			case File:
				f.Sample = rapid.SliceOfN(quantity, 0, 4).Draw(t, "sample")
			}
		}
		if len(f.Check()) > 0 {
			return
		}
		d := f.Dist()
		negative := false
		for _, w := range rapid.SliceOfN(rapid.Uint64(), 1, 20).Draw(t, "words") {
			negative = negative || d.Sample(w) < 0
		}
		if negative && f.Kind != Normal && len(f.CheckDelay()) == 0 {
			t.Fatalf("%+v passes CheckDelay and gives a negative delay", f)
		}
	})
}

func TestDistOfUnknownFamilyPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if r, ok := recover().(string); !ok || !strings.Contains(r, `"gamma"`) {
			t.Errorf("panic %q, want one that names the family", r)
		}
	}()
	Family{Kind: "gamma"}.Dist()
}

// The quantiles that the presets state, within the rounding of sigma to two
// digits.
func TestPresets(t *testing.T) {
	t.Parallel()
	type quantiles struct{ p50, p95, p99 float64 } // ms, beyond the base for wan
	want := []struct {
		name string
		quantiles
		loss, burst float64
	}{
		{"lan", quantiles{0.050, 0.077, 0.104}, 1e-6, 1.5},
		{"datacenter", quantiles{0.135, 0.394, 0.657}, 4e-5, 2},
		{"multi-az", quantiles{0.380, 0.515, 0.621}, 4e-5, 2},
		{"wan", quantiles{1.3, 1.3 + 4.0, 1.3 + 8.4}, 1e-3, 3},
		{"wifi", quantiles{1.50, 19.96, 62.9}, 5e-3, 4},
		{"cellular", quantiles{13.3, 39.2, 66.7}, 6e-4, 3},
		{"sat-leo", quantiles{20.0, 36.3, 50.1}, 1.1e-2, 5},
		{"sat-geo", quantiles{275, 309, 336}, 5e-3, 5},
	}
	all := Presets()
	if len(all) != len(want) {
		t.Fatalf("%d presets, want %d", len(all), len(want))
	}
	for i, w := range want {
		p := all[i]
		if got, ok := PresetByName(w.name); p.Name != w.name || !ok || got.Name != w.name {
			t.Fatalf("preset %d is %q, by name %q: want %q", i, p.Name, got.Name, w.name)
		}
		if p.Doc == "" || p.Evidence == "" || !strings.ContainsAny(p.Evidence, "DVMA") {
			t.Errorf("%s: doc %q, evidence %q: want both, with a mark", p.Name, p.Doc, p.Evidence)
		}
		if faults := append(p.Excess.CheckDelay(), p.ReorderExtra.CheckDelay()...); len(faults) > 0 {
			t.Errorf("%s: %v", p.Name, faults)
		}
		d := p.Excess.Dist()
		for _, q := range []struct{ p, want float64 }{{0.5, w.p50}, {0.95, w.p95}, {0.99, w.p99}} {
			got := float64(int64(p.Base)+d.Sample(uint64(q.p*(1<<63))<<1)) / float64(ms)
			if math.Abs(got/q.want-1) > 0.011 {
				t.Errorf("%s: quantile %g = %.4f ms, want %g", p.Name, q.p, got, q.want)
			}
		}
		// p/(p+r) == share, in integers: p.Num*r.Den*(1/share - 1) == r.Num*p.Den.
		if l := p.Loss; math.Abs(ratio(l.P)/(ratio(l.P)+ratio(l.R))/w.loss-1) > 1e-12 ||
			math.Abs(1/ratio(l.R)/w.burst-1) > 1e-12 || l.Good.Num != 0 || ratio(l.Bad) != 1 || l.Every <= 0 {
			t.Errorf("%s: loss %+v: want a share of %g in bursts of %g slots", p.Name, l, w.loss, w.burst)
		}
	}
	if p, ok := PresetByName("moon"); ok {
		t.Errorf("preset of the moon: %v", p)
	}
	if got := NearestPreset("sat-loe"); got != "sat-leo" {
		t.Errorf("NearestPreset(sat-loe) = %q, want sat-leo", got)
	}
}

func ratio(r rng.Ratio) float64 { return float64(r.Num) / float64(r.Den) }
