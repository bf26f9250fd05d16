package cli

import (
	"math"
	"strings"
	"testing"

	"mpcomm/network/latency"
	"mpcomm/reports/figure"
	"mpcomm/scenarios"
)

func TestSpreadAndGap(t *testing.T) {
	t.Parallel()
	s, err := scenarios.Parse("x.yaml", []byte("version: 1\nname: x\nworkload: {messages: 2, gap: {kind: uniform, min: 10ms, max: 30ms}}\n"+
		"network: {latency: {kind: normal, mean: 100ms, sd: 7ms}}\n"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := float64(spreadOf(s)); math.Abs(got-7e6) > 10 {
		t.Errorf("a normal delay with sd 7 ms spreads %v ns; want its sd", got)
	}
	if got := gapOf(s); got != 20_000_000 {
		t.Errorf("gaps uniform from 10 to 30 ms are %d ns; want their mean", got)
	}
	s.Workload.Gap = latency.Family{Kind: latency.Constant, Value: 5}
	if got := gapOf(s); got != 5 {
		t.Errorf("a constant gap of 5 ns is %d", got)
	}
}

func TestLayoutFallsBackToTheGrid(t *testing.T) {
	t.Parallel()
	s, err := scenarios.Builtin("lab")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path   string
		values [2]string
		ratio  bool
	}{
		{"network.latency.median", [2]string{"1ms", "10ms"}, true},
		{"workload.gap", [2]string{"1ms", "10ms"}, true},
		{"network.latency.median", [2]string{"0ms", "10ms"}, false}, // no spread at all
		{"workload.messages", [2]string{"1", "10"}, false},
		{"peers", [2]string{"2", "4"}, false},
	} {
		var cells [][]figure.Setting
		for _, v := range c.values {
			cells = append(cells, []figure.Setting{{Path: c.path, Value: v}})
		}
		swept, err := s.With([]scenarios.Setting{{Path: "sweep.grid", Value: "{" + c.path + ": [" + strings.Join(c.values[:], ", ") + "]}"}})
		if err != nil {
			t.Fatal(err)
		}
		w := &campaign{request: &request{scenario: swept}}
		axis, xs := figure.ByRatio(w.ratios())(cells)
		if got := axis.Label == figure.RatioAxis().Label; got != c.ratio || len(xs) != 2 {
			t.Errorf("%s %v: axis %q at %v; want a ratio: %t", c.path, c.values, axis.Label, xs, c.ratio)
		}
	}
}
