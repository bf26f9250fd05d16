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
