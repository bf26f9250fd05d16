package clock

import (
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

func BenchmarkLocal(b *testing.B) {
	for _, bench := range []struct {
		name string
		cfg  Config
	}{
		{"perfect", Config{}},
		{"offset", Config{Offset: rng.Constant(-5)}},
		{"drift", Config{Offset: rng.Constant(-5), Drift: rng.Constant(20_000)}},
		{"wander", Config{Drift: rng.Constant(20_000), Wander: &Wander{Every: time.Second, Rate: rng.Normal(0, 100)}}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			var c Clock
			c.Set(&bench.cfg, rng.Root(1), 0)
			sum := peer.Instant(0)
			for i := range b.N {
				sum += c.Local(sim.Time(i) << 20)
			}
			if sum == 1 {
				b.Log(sum)
			}
		})
	}
}
