package scenarios

import (
	"encoding/csv"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"mpcomm/network/latency"
	"mpcomm/peer"
	"mpcomm/peer/clock"
	"mpcomm/sim/rng"
)

// clockTable is what the presets of clocks are made from: sizes of offsets in
// us, of rates in ppm. A largest offset of 0 is none. Of truetime only the bound
// is known, which it reaches.
const clockTable = `name,p50,p99,max,freq,freq_p99,wander
perfect,0,0,0,0,0,0
ptp,0.2,1,10,0,0,0.015
ntp-lan,5,30,550,0,0,0.03
ntp-lan-loaded,400,2000,2800,0,0,0.15
ntp-cloud,100,1000,2000,0,0,0.05
ntp-wan,2000,20000,50000,0,0,0.1
truetime,0,7000,7000,0,0,0
unsynchronised,500000,60000000,0,78,500,0.2
`

func TestClockPresetsAreTheTable(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(strings.NewReader(clockTable)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows)-1 != len(ClockPresets()) {
		t.Fatalf("%d presets, want %d", len(ClockPresets()), len(rows)-1)
	}
	for i, row := range rows[1:] {
		p := ClockPresets()[i]
		if p.Name != row[0] || p.Doc == "" || p.Evidence == "" {
			t.Errorf("preset %d is %q with doc %q and evidence %q, want %s with both", i, p.Name, p.Doc, p.Evidence, row[0])
		}
		figure := func(k int) float64 {
			v, err := strconv.ParseFloat(row[k], 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		if p.Name == "truetime" {
			if b := p.Clock.Bound; b == nil || b.Max != time.Duration(figure(3)*1000) || b.Min != time.Millisecond || b.Every != 30*time.Second {
				t.Errorf("truetime promises %+v, want 1ms to %vus each 30s", b, figure(3))
			}
			continue
		}
		quantile := func(f latency.Family, z float64) float64 {
			return float64(f.Median+f.Value) * math.Exp(z*float64(f.Sigma)/(1<<32))
		}
		near := func(what string, got, want, tolerance float64) {
			if math.Abs(got-want) > tolerance*want {
				t.Errorf("%s: %s is %v, want %v", p.Name, what, got, want)
			}
		}
		const z99 = 2.3263478740408408
		near("median offset", quantile(p.Clock.Offset, 0), figure(1)*1000, 0)
		near("p99 of the offset", quantile(p.Clock.Offset, z99), figure(2)*1000, 0.001)
		near("largest offset", float64(p.Clock.OffsetMax), figure(3)*1000, 0)
		near("median drift", quantile(p.Clock.Drift, 0), figure(4)*1000, 0)
		near("p99 of the drift", quantile(p.Clock.Drift, z99), figure(5)*1000, 0.001)
		if w := p.Clock.Wander; w != nil {
			near("median wander", 0.6744897501960817*float64(w.SD), figure(6)*1000, 0.03)
		} else if figure(6) != 0 {
			t.Errorf("%s does not wander", p.Name)
		}
	}
}

// Drawn, half of the offsets are below the median and one in a hundred is above
// p99, half to each side, and none is beyond the largest.
func TestClockPresetsDrawTheirQuantiles(t *testing.T) {
	t.Parallel()
	const peers = 40_000
	for _, preset := range ClockPresets() {
		if preset.Name == "perfect" || preset.Name == "truetime" {
			continue
		}
		p := preset.Clock
		cfg := clock.Config{Offset: p.Offset.Dist(), OffsetMax: p.OffsetMax, Drift: p.Drift.Dist(), Either: p.Either}
		median := time.Duration(p.Offset.Median)
		p99 := time.Duration(float64(median) * math.Exp(2.3263478740408408*float64(p.Offset.Sigma)/(1<<32)))
		var c clock.Clock
		below, above, behind, clamped := 0, 0, 0, 0
		for q := range peer.ID(peers) {
			c.Set(&cfg, rng.Root(21), q)
			size := max(c.Offset(), -c.Offset())
			if size < median || size == median && q%2 == 0 {
				below++
			}
			if size > p99 {
				above++
			}
			if c.Offset() < 0 {
				behind++
			}
			if c.Clamped() {
				clamped++
			}
			if p.OffsetMax > 0 && (size > p.OffsetMax || c.Clamped() != (size == p.OffsetMax)) {
				t.Errorf("%s: p%d is off by %v, clamped: %v", preset.Name, q, c.Offset(), c.Clamped())
			}
		}
		share := func(what string, got int, want float64) {
			if z := (float64(got) - peers*want) / math.Sqrt(peers*want*(1-want)); math.Abs(z) > 4.5 {
				t.Errorf("%s: %d of %d are %s, want a share of %v (z %.1f)", preset.Name, got, peers, what, want, z)
			}
		}
		share("behind", behind, 0.5)
		if median > 1000 { // whole nanoseconds
			share("below the median", below, 0.5)
			share("beyond p99", above, 0.01)
		}
		if p.OffsetMax > 0 {
			z := math.Log(float64(p.OffsetMax)/float64(median)) / (float64(p.Offset.Sigma) / (1 << 32))
			if tail := math.Erfc(z/math.Sqrt2) / 2; tail*peers > 10 {
				share("clamped", clamped, tail)
			} else if clamped > 4 {
				t.Errorf("%s: %d are clamped", preset.Name, clamped)
			}
		}
	}
}

// The clocks of truetime keep their promise at every instant of a day, and come
// near to breaking it.
func TestTruetimeKeepsItsPromise(t *testing.T) {
	t.Parallel()
	preset, _ := ClockPresetByName("truetime")
	p := preset.Clock
	cfg := clock.Config{
		Offset: p.Offset.Dist(), Drift: p.Drift.Dist(),
		Sync: &clock.Sync{First: 30_000_000_000, Every: p.Sync.Every, Server: clock.Reference, Error: p.Sync.Error.Dist()},
	}
	tight := *p.Bound
	tight.Max -= 100 * time.Microsecond
	near := 0
	for q := range peer.ID(300) {
		var c clock.Clock
		c.Set(&cfg, rng.Root(22), q)
		if d, left := c.Worst(*p.Bound, 24*3600*1_000_000_000); left {
			t.Errorf("p%d was off by %v at %v; the promise is %v", q, d.Error, d.At, d.Bound)
		}
		if _, left := c.Worst(tight, 24*3600*1_000_000_000); left {
			near++
		}
	}
	if near == 0 {
		t.Error("no clock came within 100us of the bound")
	}
}

// A preset stands where the file says nothing, an exception is resolved against
// the default, and what is printed reads back as the same.
func TestClockPresetsAreResolved(t *testing.T) {
	t.Parallel()
	const text = `
peers: 6
network: {sites: [paris, oregon], server: finland}
clocks:
  default: {preset: ntp-wan, wander: none, tick: 1us, freeze: [{at: 1s, for: 1ms}]}
  peers:
    "1": {offset: 3ms}
    "2": {preset: perfect, sync: {every: 1s, with: 1, slew: 500ppm}}
    "3": {replay: {file: series.csv}, bound: 7ms}
    "4": {sync: {every: 2s, first: 0s, with: server, error: {kind: normal, mean: 0ms, sd: 1ms}}, wander: {sd: 2ppm}}
    "5": {preset: truetime}
`
	s, err := Parse("x.yaml", []byte(text), FilesIn("testdata"), nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &s.Clocks
	wan, _ := ClockPresetByName("ntp-wan")
	if d := c.Default; d.Offset.Median != wan.Clock.Offset.Median || d.Wander != nil || !d.Either || d.OffsetMax != 50*time.Millisecond || d.Tick != time.Microsecond {
		t.Errorf("default: %+v", d)
	}
	if p := c.Of(1); p.Offset.Value != 3_000_000 || !p.Either || len(p.Freezes) != 1 || p.Preset != "ntp-wan" {
		t.Errorf("p1: %+v", p)
	}
	if p := c.Of(2); p.Either || p.OffsetMax != 0 || p.Sync.Peer != 1 || p.Sync.First != time.Second || p.Tick != time.Microsecond {
		t.Errorf("p2: %+v", p)
	}
	if p := c.Of(3); p.Preset != "" || p.Offset.Median+p.Offset.Value != 0 || p.Either || len(p.Replay.Points) != 3 || p.Replay.Points[1] != (clock.Point{At: 10_000_000_000, Offset: -3000}) {
		t.Errorf("p3: %+v", p)
	}
	if p := c.Of(4); p.Sync.With != SyncServer || p.Sync.First != 0 || p.Wander.Every != time.Second {
		t.Errorf("p4: %+v", p)
	}
	if _, ok := s.Promise(); ok {
		t.Error("a promise for all clocks, although most have none")
	}
	printed := Format(s)
	if strings.Contains(string(printed), "sigma") {
		t.Errorf("what the preset says is printed beside it:\n%s", printed)
	}
	again, err := Parse("x.yaml", printed, FilesIn("testdata"), nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	if string(Format(again)) != string(printed) {
		t.Errorf("printed twice:\n%s\n%s", printed, Format(again))
	}
	for p := range peer.ID(6) {
		a, b := c.Of(p), again.Clocks.Of(p)
		if string(printTree(clockNode(unnamed(a), &Clock{}))) != string(printTree(clockNode(unnamed(b), &Clock{}))) {
			t.Errorf("p%d reads back differently:\n%s", p, printed)
		}
	}
}

// unnamed is a clock that is printed whole.
func unnamed(c *Clock) *Clock {
	whole := *c
	whole.Preset = ""
	return &whole
}

// A sweep over presets is printed as it runs: what the default's preset says is
// not in the way of the others.
func TestSweepOverClockPresetsIsPrinted(t *testing.T) {
	t.Parallel()
	const text = "clocks: {default: {preset: ntp-wan}}\nsweep: {grid: {clocks.default.preset: [ntp-wan, truetime]}}\n"
	s, err := Parse("x.yaml", []byte(text), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("x.yaml", Format(s), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	cell, err := again.With(settings(t, "clocks.default.preset=truetime"))
	if err != nil {
		t.Fatal(err)
	}
	if c := cell.Clocks.Default; c.Bound == nil || c.Wander != nil || c.OffsetMax != 0 {
		t.Errorf("the printed scenario with truetime has %+v", c)
	}
}
