package clock

import (
	"testing"

	"mpcomm/sim"
	"mpcomm/sim/rng"

	"pgregory.net/rapid"
)

// A line that was taken of a clock shows what the clock showed, after the clock
// has been set to another run.
func TestLineKeepsWhatAClockShowed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cfg := eventful(t)
		root := rng.Root(rapid.Uint64().Draw(t, "seed"))
		want := (&dumb{cfg: &cfg, root: root, p: 2}).readings(lived)
		var c Clock
		c.Set(&cfg, root, 2)
		line := c.Line(lived - 1)
		c.Set(&cfg, rng.Root(0), 2)
		c.Local(lived)
		for at := range want {
			if got := int64(line.Local(sim.Time(at))); got != want[at] {
				t.Fatalf("Local(%d) = %d, want %d", at, got, want[at])
			}
		}
	})
}

func TestLineOfAPerfectClock(t *testing.T) {
	t.Parallel()
	var c Clock
	if l := c.Line(1000); l.Segments != nil || l.Local(77) != 77 {
		t.Fatalf("%+v shows %d at 77", l, l.Local(77))
	}
}
