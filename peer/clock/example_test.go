package clock_test

import (
	"fmt"
	"time"

	"mpcomm/peer/clock"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// A clock that is 3ms ahead, gains 20ms a second and is set back by 80ms at 2s.
func Example() {
	cfg := clock.Config{
		Offset: rng.Constant(int64(3 * time.Millisecond)),
		Drift:  rng.Constant(20_000_000),
		Steps:  []clock.Step{{At: sim.Time(2 * time.Second), By: -80 * time.Millisecond}},
	}
	var c clock.Clock
	c.Set(&cfg, rng.Root(1), 0)
	for _, t := range []time.Duration{0, time.Second, 2*time.Second - 1, 2 * time.Second} {
		fmt.Println("true", t, "local", time.Duration(c.Local(sim.Time(t))))
	}
	fmt.Println("it shows 2s at", c.When(0, 2_000_000_000))
	// Output:
	// true 0s local 3ms
	// true 1s local 1.023s
	// true 1.999999999s local 2.042999998s
	// true 2s local 1.963s
	// it shows 2s at 1957.843138ms
}

// A clock that is 5ms fast asks a server over a path that takes 9ms there and
// 1ms back: the 4ms that it is fast then no exchange can see. A promise of 3ms
// is broken, by most before the first exchange.
func ExampleClock_Worst() {
	cfgs := []clock.Config{{
		Offset: rng.Constant(int64(5 * time.Millisecond)),
		Sync: &clock.Sync{
			First: sim.Time(time.Second), Every: time.Second, Server: clock.Reference,
			There: clock.Path{Base: 9 * time.Millisecond}, Back: clock.Path{Base: time.Millisecond},
		},
	}}
	g := make(clock.Group, 1)
	g.Set(cfgs, rng.Root(1))
	for _, t := range []time.Duration{0, time.Second, time.Minute} {
		fmt.Println("true", t, "local", time.Duration(g[0].Local(sim.Time(t))))
	}
	worst, left := g[0].Worst(clock.Bound{Max: 3 * time.Millisecond}, sim.Time(time.Minute))
	fmt.Println("left:", left, "at", worst.At, "by", worst.Beyond())
	// Output:
	// true 0s local 5ms
	// true 1s local 1.004s
	// true 1m0s local 1m0.004s
	// left: true at 0.0ms by 2ms
}
