package clock

import (
	"math/big"
	"slices"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/sim"
	"mpcomm/sim/rng"

	"pgregory.net/rapid"
)

// twin is the definition, in big integers.
func twin(c *Clock, cfg *Config, t sim.Time) peer.Instant {
	sum := big.NewInt(int64(t))
	drift := new(big.Int).Mul(big.NewInt(int64(t)), big.NewInt(c.Drift()))
	floorDiv(drift, big.NewInt(1_000_000_000))
	sum.Add(sum, drift)
	sum.Add(sum, big.NewInt(int64(c.Offset())))
	left := int64(MaxOffset)
	for _, s := range cfg.Steps {
		by := max(-left, min(int64(s.By), left)) // all together move it by at most that
		if left -= max(by, -by); s.At <= t {
			sum.Add(sum, big.NewInt(by))
		}
	}
	tick := big.NewInt(max(1, int64(cfg.Tick)))
	floorDiv(sum, tick)
	return peer.Instant(sum.Mul(sum, tick).Int64())
}

// floorDiv sets a to floor(a/b), b > 0: big.Int's Euclidean division is that.
func floorDiv(a, b *big.Int) { a.Div(a, b) }

func drawConfig(t *rapid.T, far int64) Config {
	small := rapid.Int64Range(-60, 60)
	return Config{
		Offset: rng.Constant(rapid.OneOf(small, rapid.Int64Range(-far, far)).Draw(t, "offset")),
		Drift:  rng.Constant(rapid.OneOf(rapid.Just(int64(0)), small, rapid.Int64Range(-MaxDrift, MaxDrift)).Draw(t, "drift")),
		Tick:   time.Duration(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(1, 9), rapid.Int64Range(1, far)).Draw(t, "tick")),
		Steps: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Step {
			return Step{
				At: sim.Time(rapid.OneOf(rapid.Int64Range(0, 60), rapid.Int64Range(0, far)).Draw(t, "at")),
				By: time.Duration(rapid.OneOf(small, rapid.Int64Range(-far, far)).Draw(t, "by")),
			}
		}), 0, 4).Draw(t, "steps"),
	}
}

func TestLocalIsItsDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cfg := drawConfig(t, 1<<57)
		var c Clock
		c.Set(&cfg, rng.Root(1), 3)
		for range 8 {
			at := sim.Time(rapid.OneOf(rapid.Int64Range(-100, 100), rapid.Int64Range(-1<<60, 1<<60)).Draw(t, "t"))
			if got, want := c.Local(at), twin(&c, &cfg, at); got != want {
				t.Fatalf("Local(%d) = %d, want %d", at, got, want)
			}
		}
	})
}

func TestWhenIsTheFirstInstantOfAScan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cfg := drawConfig(t, 60)
		var c Clock
		c.Set(&cfg, rng.Root(1), 0)
		from := sim.Time(rapid.Int64Range(0, 80).Draw(t, "from"))
		i := peer.Instant(rapid.Int64Range(-200, 300).Draw(t, "instant"))
		got := c.When(from, i)
		for at := from; at < from+2000; at++ {
			if c.Local(at) >= i {
				if got != at {
					t.Fatalf("When(%d, %d) = %d, but the clock shows %d at %d", from, i, got, c.Local(at), at)
				}
				return
			}
		}
		if got < from+2000 {
			t.Fatalf("When(%d, %d) = %d, but the clock does not show it until %d", from, i, got, from+2000)
		}
	})
}

func TestWhenFarAway(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cfg := drawConfig(t, 1<<50)
		var c Clock
		c.Set(&cfg, rng.Root(1), 0)
		from := sim.Time(rapid.Int64Range(0, 1<<58).Draw(t, "from"))
		i := peer.Instant(rapid.Int64Range(-1<<58, 1<<58).Draw(t, "instant"))
		at := c.When(from, i)
		if at < from {
			t.Fatalf("When(%d, %d) = %d lies before", from, i, at)
		}
		if c.Local(at) < i {
			t.Fatalf("When(%d, %d) = %d, where the clock shows %d", from, i, at, c.Local(at))
		}
		if at > from && c.Local(at-1) >= i {
			t.Fatalf("When(%d, %d) = %d, but it shows %d one nanosecond before", from, i, at, c.Local(at-1))
		}
	})
}

func TestWhenSaturates(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		offset int64
		drift  int64
		from   sim.Time
		i      peer.Instant
		want   sim.Time
	}{
		{"distant, perfect", 0, 0, 5, peer.Distant, sim.Never},
		{"distant, drift", 0, 7, 5, peer.Distant, sim.Never},
		{"never asked", 3, 0, sim.Never, 1, sim.Never},
		{"beyond time, slow clock", 0, -MaxDrift, 0, 1 << 62, sim.Never},
		{"beyond time, late clock", -1 << 60, 0, 0, peer.Distant - 5, sim.Never},
		{"long ago", 1 << 60, 0, 9, -1 << 63, 9},
		{"long ago, slow clock", 1 << 60, -MaxDrift, 9, -1 << 63, 9},
	} {
		cfg := Config{Offset: rng.Constant(test.offset), Drift: rng.Constant(test.drift)}
		var c Clock
		c.Set(&cfg, rng.Root(1), 0)
		if got := c.When(test.from, test.i); got != test.want {
			t.Errorf("%s: When = %d, want %d", test.name, got, test.want)
		}
	}
}

// A step back postpones a timer that would have fired after it, and only that.
func TestStepBackPostpones(t *testing.T) {
	t.Parallel()
	var c Clock
	c.Set(&Config{}, rng.Root(1), 0)
	if !c.Perfect() {
		t.Fatal("a clock without offset, drift, tick and steps must be perfect")
	}
	c.Step(100, -30)
	if c.Perfect() {
		t.Error("a stepped clock is perfect")
	}
	for _, w := range []struct {
		from sim.Time
		i    peer.Instant
		want sim.Time
	}{{0, 99, 99}, {0, 100, 130}, {100, 99, 129}, {110, 50, 110}} {
		if got := c.When(w.from, w.i); got != w.want {
			t.Errorf("When(%d, %d) = %d, want %d", w.from, w.i, got, w.want)
		}
	}
}

// The least drift counts from the first nanosecond on, rounded down.
func TestLeastDrift(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		drift int64
		at    sim.Time
		want  peer.Instant
	}{
		{-1, 1, 0},
		{-1, 1_000_000_000, 999_999_999},
		{-1, 1_000_000_001, 999_999_999},
		{1, 999_999_999, 999_999_999},
		{1, 1_000_000_000, 1_000_000_001},
		{1, -1, -2},
		{1, -1_000_000_000, -1_000_000_001},
	} {
		var c Clock
		c.Set(&Config{Drift: rng.Constant(test.drift)}, rng.Root(1), 0)
		if got := c.Local(test.at); got != test.want {
			t.Errorf("drift %d: Local(%d) = %d, want %d", test.drift, test.at, got, test.want)
		}
	}
}

func TestStepsInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cfg := drawConfig(t, 60)
		var a, b Clock
		a.Set(&cfg, rng.Root(1), 0)
		mixed := cfg
		mixed.Steps = rapid.Permutation(slices.Clone(cfg.Steps)).Draw(t, "order")
		b.Set(&mixed, rng.Root(1), 0)
		for at := sim.Time(0); at < 70; at++ {
			if a.Local(at) != b.Local(at) {
				t.Fatalf("at %d: %d and %d", at, a.Local(at), b.Local(at))
			}
		}
	})
}

func TestDrawsAreNamedByPeerAndBounded(t *testing.T) {
	t.Parallel()
	cfg := Config{Offset: rng.Normal(0, 10_000_000), Drift: rng.Normal(0, 20_000)}
	var c, again Clock
	seen := map[time.Duration]bool{}
	for p := range peer.ID(50) {
		c.Set(&cfg, rng.Root(7), p)
		again.Set(&cfg, rng.Root(7), p)
		if c.Offset() != again.Offset() || c.Drift() != again.Drift() {
			t.Fatalf("p%d: two draws of one name differ", p)
		}
		seen[c.Offset()] = true
	}
	if len(seen) != 50 {
		t.Errorf("50 peers share offsets: %d different", len(seen))
	}
	c.Set(&Config{Offset: rng.Constant(-1 << 62), Drift: rng.Constant(1 << 40)}, rng.Root(7), 0)
	if c.Offset() != -MaxOffset || c.Drift() != MaxDrift {
		t.Errorf("offset %d, drift %d: want the bounds", c.Offset(), c.Drift())
	}
}

func TestCheckNamesEveryFault(t *testing.T) {
	t.Parallel()
	bad := Config{Tick: -1, Steps: []Step{{At: -1}, {At: 1, By: 1 << 61}}}
	want := "clock: tick -1ns: want 0..1h\n" +
		"clock: step 0: at -0.000001ms: want a time of the run, 0 or later\n" +
		"clock: step 1: by 640511h56m49.213693952s: want -100000h0m0s..100000h0m0s"
	err := bad.Check()
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	good := Config{Tick: time.Millisecond, Steps: []Step{{At: 0, By: -time.Hour}}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
}

func TestSetDoesNotAllocate(t *testing.T) {
	cfg := Config{Offset: rng.Normal(0, 1000), Drift: rng.Normal(0, 1000), Steps: []Step{{At: 5, By: 1}, {At: 2, By: 1}}}
	var c Clock
	c.Set(&cfg, rng.Root(1), 0)
	seed := uint64(0)
	if n := testing.AllocsPerRun(100, func() {
		seed++
		c.Set(&cfg, rng.Root(seed), 1)
		c.When(0, c.Local(sim.Time(seed)))
	}); n != 0 {
		t.Errorf("%v allocations a run", n)
	}
}
