package clock

import (
	"math"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

const largestZ = 4.5

// moments compares a sample with the mean and variance it should have; the
// variance of the sample variance is that of a normal times (kurtosis-1)/2.
func moments(t *testing.T, what string, sample []float64, mean, variance, kurtosis float64) {
	t.Helper()
	n := float64(len(sample))
	var sum, squares float64
	for _, x := range sample {
		sum += x
		squares += (x - mean) * (x - mean)
	}
	if z := (sum/n - mean) / math.Sqrt(variance/n); math.Abs(z) > largestZ {
		t.Errorf("%s: mean %g, want %g (z %.1f)", what, sum/n, mean, z)
	}
	if z := (squares/n - variance) / (variance * math.Sqrt((kurtosis-1)/n)); math.Abs(z) > largestZ {
		t.Errorf("%s: variance %g, want %g (z %.1f)", what, squares/n, variance, z)
	}
}

// What a clock gains over n intervals has standard deviation sd*every*sqrt(n),
// and what it gains in one stretch says nothing of the next.
func TestWanderIsARandomWalk(t *testing.T) {
	t.Parallel()
	const sd, n, peers = 2000, 25, 20_000
	cfg := Config{Wander: &Wander{Every: time.Second, Rate: rng.Normal(0, sd)}}
	variance := n * (sd * 1.0) * (sd * 1.0) // 1 ppb over 1 s is 1 ns
	var c Clock
	var first, second, product []float64
	for p := range peer.ID(peers) {
		c.Set(&cfg, rng.Root(11), p)
		gain := func(from, to int64) float64 {
			const s = int64(time.Second)
			return float64(int64(c.Local(sim.Time(to*s))) - int64(c.Local(sim.Time(from*s))) - (to-from)*s)
		}
		a, b := gain(0, n), gain(n, 2*n)
		first, second, product = append(first, a), append(second, b), append(product, a*b)
	}
	moments(t, "first stretch", first, 0, variance, 3)
	moments(t, "second stretch", second, 0, variance, 3)
	moments(t, "product of the two", product, 0, variance*variance, 9)
}

// After an exchange a clock errs by half of what the way there takes more than
// the way back, and by the error of the exchange; what it erred by before is
// gone, and the next exchange knows nothing of it.
func TestExchangeLeavesHalfTheAsymmetry(t *testing.T) {
	t.Parallel()
	const there, back, jitter = 30_000_000, 10_000_000, 2_000_000
	for _, slew := range []int64{0, MaxDrift} {
		cfg := Config{
			Offset: rng.Constant(int64(90 * time.Millisecond)),
			Sync: &Sync{
				First: 5, Every: time.Second, Server: Reference, Slew: slew,
				There: Path{Base: 3_000_000, Excess: rng.Exponential(0, there)}, Back: Path{Excess: rng.Exponential(0, back)},
				Error: rng.Normal(0, jitter),
			},
		}
		var c Clock
		var first, second, product []float64
		mean := 1_500_000 + float64(there-back)/2
		for p := range peer.ID(20_000) {
			c.Set(&cfg, rng.Root(12), p)
			off := func(t sim.Time) float64 { return float64(int64(c.Local(t)) - int64(t)) }
			a, b := off(999_999_999), off(1_999_999_999)
			first, second, product = append(first, a), append(second, b), append(product, (a-mean)*(b-mean))
		}
		// Half the difference of two exponentials, plus a normal.
		x, y, z := float64(there*there)/4, float64(back*back)/4, float64(jitter*jitter)
		variance := x + y + z
		fourth := 9*x*x + 9*y*y + 3*z*z + 6*(x*y+x*z+y*z)
		moments(t, "first exchange", first, mean, variance, fourth/variance/variance)
		moments(t, "second exchange", second, mean, variance, fourth/variance/variance)
		moments(t, "product of the two", product, 0, variance*variance, math.Pow(fourth/variance/variance, 2))
	}
}

func TestEitherSideIsAFairCoin(t *testing.T) {
	t.Parallel()
	cfg := Config{Offset: rng.Exponential(0, 1000), Drift: rng.Exponential(0, 1000), Either: true, OffsetMax: 3000}
	var c Clock
	var offset, drift, both, clamped []float64
	for p := range peer.ID(20_000) {
		c.Set(&cfg, rng.Root(13), p)
		sign := func(v int64) float64 { return math.Copysign(1, float64(v)) }
		offset, drift = append(offset, sign(int64(c.Offset()))), append(drift, sign(c.Drift()))
		both = append(both, sign(int64(c.Offset()))*sign(c.Drift()))
		if c.Offset() > 3000 || c.Offset() < -3000 {
			t.Fatalf("p%d is off by %d, beyond its largest", p, c.Offset())
		}
		one := 0.0
		if c.Clamped() {
			one = 1
		}
		clamped = append(clamped, one)
	}
	moments(t, "sign of offset", offset, 0, 1, 3)
	moments(t, "sign of drift", drift, 0, 1, 3)
	moments(t, "both", both, 0, 1, 3)
	share := math.Exp(-3)
	moments(t, "clamped", clamped, share, share*(1-share), (1-3*share*(1-share))/(share*(1-share)))
}

// Far ahead When gives a time to ask again at, which is never late.
func TestWhenFarAheadIsAskedAgain(t *testing.T) {
	t.Parallel()
	cfg := Config{Wander: &Wander{Every: time.Millisecond, Rate: rng.Normal(0, 200_000)}, Tick: 1000}
	var c Clock
	c.Set(&cfg, rng.Root(14), 0)
	const target = peer.Instant(20 * time.Second)
	asked, from := 0, sim.Time(5)
	for c.Local(from) < target {
		next := c.When(from, target)
		if next <= from {
			t.Fatalf("When(%d) = %d goes nowhere", from, next)
		}
		if c.Local(next-1) >= target {
			t.Fatalf("When(%d) = %d is late: it shows %d before", from, next, c.Local(next-1))
		}
		from = next
		asked++
	}
	if asked < 10 || asked > 40 {
		t.Errorf("asked %d times over 20000 changes of rate", asked)
	}
}

func TestRestlessClocksDoNotAllocate(t *testing.T) {
	cfgs := []Config{
		{Offset: rng.Normal(0, 1000), Either: true, Wander: &Wander{Every: time.Millisecond, Rate: rng.Normal(0, 1000)}},
		{
			Drift: rng.Normal(0, 1000), Sync: &Sync{Every: 5 * time.Millisecond, Error: rng.Normal(0, 1000), Slew: 500_000},
			Freezes: []Freeze{{At: 3_000_000, For: time.Millisecond}},
		},
		{Replay: &Replay{Points: []Point{{0, 5}, {1_000_000, -5}, {3_000_000, 7}}, Loop: true}},
	}
	g := make(Group, len(cfgs))
	seed := uint64(0)
	life := func() {
		seed++
		g.Set(cfgs, rng.Root(seed))
		for at := sim.Time(0); at < 50_000_000; at += 777_777 {
			for p := range g {
				g[p].When(at, g[p].Local(at)+1_000_000)
			}
		}
		g.Step(0, 50_000_000, 5)
		g.Freeze(0, Freeze{At: 60_000_000, For: 9})
		g[1].Worst(Bound{Max: 100}, 50_000_000)
	}
	life()
	if n := testing.AllocsPerRun(50, life); n != 0 {
		t.Errorf("%v allocations a run", n)
	}
}
