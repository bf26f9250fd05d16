package network

import (
	"math"
	"slices"
	"testing"
	"time"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// checkKolmogorovSmirnov bounds the largest distance between the distribution
// function of a sample of independent draws and the true one: 1.95 is passed
// once in a thousand samples.
func checkKolmogorovSmirnov(t *testing.T, what string, sample []float64, cdf func(x float64) float64) {
	t.Helper()
	slices.Sort(sample)
	n, distance := float64(len(sample)), 0.0
	for i, x := range sample {
		f := cdf(x)
		distance = max(distance, f-float64(i)/n, float64(i+1)/n-f)
	}
	if d := distance * math.Sqrt(n); d >= 1.95 {
		t.Errorf("%s: Kolmogorov-Smirnov distance %.3f over %d draws, want below 1.95", what, d, len(sample))
	}
}

// overLinks sends one packet over every link at a time and gives the delays by
// sender and receiver: links are independent, packets of one link are not.
func overLinks(n *Network, at sim.Time, name uint64) []float64 {
	var delays []float64
	var out []Fate
	for p := range Addr(n.peers) {
		out = n.Broadcast(at, Packet{From: p, Name: rng.Root(name).With(uint64(p))}, out[:0])
		for _, f := range out {
			delays = append(delays, float64(f.At-at))
		}
	}
	return delays
}

// However strongly delays hang together, each has the distribution of the
// link, without a lump at its minimum.
func TestCorrelatedDelaysKeepTheirDistribution(t *testing.T) {
	t.Parallel()
	const least, mean = 5e6, 20e6
	exponential := func(x float64) float64 { return -math.Expm1(-max(x-least, 0) / (mean - least)) }
	lognormal := func(x float64) float64 { return 0.5 * math.Erfc(-math.Log(max(x, 1)/mean)/0.8/math.Sqrt2) }
	for _, tt := range []struct {
		name   string
		peers  int
		excess rng.Dist
		c      Correlation
		cdf    func(float64) float64
	}{
		{"half, exponential", 1001, rng.Exponential(least, mean), Correlation{rng.Ratio{Num: 1, Den: 2}, time.Second, 100 * time.Millisecond}, exponential},
		{"all of one knot", 400, rng.Exponential(least, mean), Correlation{certainly, time.Second, time.Second}, exponential},
		{"nearly all, lognormal", 400, rng.LogNormal(0, mean, rng.FixedRatio(4, 5)), Correlation{rng.Ratio{Num: 99, Den: 100}, 700, 7}, lognormal},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := mustNew(t, Config{Peers: tt.peers, Default: Link{Datagram: true, Excess: tt.excess, Correlation: &tt.c}})
			checkKolmogorovSmirnov(t, "delays", overLinks(n, sim.Time(3300*time.Millisecond), 1), tt.cdf)
		})
	}
}

// The scores of packets sent a time apart over one link are correlated by
// share*max(0, 1-apart/span), those of two links not at all.
func TestCorrelationIsAsStated(t *testing.T) {
	t.Parallel()
	const median = 1e9 // large, so that the rounding to nanoseconds is nothing
	for _, c := range []Correlation{
		{rng.Ratio{Num: 3, Den: 5}, time.Second, 100 * time.Millisecond},
		{rng.Ratio{Num: 1, Den: 1}, 90 * time.Millisecond, 90 * time.Millisecond},
		{rng.Ratio{Num: 1, Den: 4}, 40 * time.Millisecond, time.Millisecond},
	} {
		n := mustNew(t, Config{Peers: 142, Default: Link{Datagram: true, Excess: rng.LogNormal(0, median, rng.FixedInt(1)), Correlation: &c}})
		scores := func(at time.Duration) []float64 {
			list := overLinks(n, sim.Time(at), uint64(at))
			for i := range list {
				list[i] = math.Log(list[i] / median)
			}
			return list
		}
		product := func(a, b []float64) (mean float64) {
			for i := range a {
				mean += a[i] * b[i] / float64(len(a))
			}
			return mean
		}
		begin := 77 * time.Millisecond // where the first knots have no number above 0
		first := scores(begin)
		links := float64(len(first))
		share := float64(c.Share.Num) / float64(c.Share.Den)
		for _, part := range []float64{0.01, 0.13, 0.5, 0.77, 0.95, 1, 1.5, 3} {
			apart := time.Duration(part * float64(c.Span))
			want := share * max(0, 1-float64(apart)/float64(c.Span))
			got := product(first, scores(begin+apart))
			if z := (got - want) / math.Sqrt((1+want*want)/links); math.Abs(z) > zLimit {
				t.Errorf("%+v: correlation %v apart is %.4f, want %.4f: z = %.2f", c, apart, got, want, z)
			}
		}
		if z := product(first[1:], first) * math.Sqrt(links); math.Abs(z) > zLimit {
			t.Errorf("%+v: neighbouring links are correlated: z = %.2f", c, z)
		}
		if z := (product(first, first) - 1) / math.Sqrt(2/links); math.Abs(z) > zLimit {
			t.Errorf("%+v: the variance of the scores is not 1: z = %.2f", c, z)
		}
	}
}

// A stall by hand: from 100 to 150 ms, from 250 to 300 ms, and so on.
func TestStall(t *testing.T) {
	t.Parallel()
	const m = int64(ms)
	link := Link{Datagram: true, Excess: rng.Constant(5 * m), Stalls: &Stalls{Every: rng.Constant(100 * m), For: rng.Constant(50 * m)}}
	late := link
	late.Stalls = &Stalls{Every: rng.Constant(100 * m), For: rng.Constant(50 * m), Stragglers: certainly, Later: rng.Constant(110 * m)}
	queued := link
	queued.Bandwidth = 8_000_000
	ordered := link
	ordered.Datagram = false
	type sends [][2]sim.Time // time of sending, of arrival
	for _, tt := range []struct {
		name string
		link Link
		want sends
	}{
		{"flush", link, sends{
			{94*ms + 999_999, 99*ms + 999_999},       // just before
			{95 * ms, 150 * ms}, {99 * ms, 150 * ms}, // under way at its beginning
			{100 * ms, 150 * ms}, {145*ms - 1, 150 * ms}, // sent during it
			{145 * ms, 150 * ms}, {146 * ms, 151 * ms}, // comes after its end
			{260 * ms, 300 * ms}, {500 * ms, 505 * ms}, // the next, and none
			{1e6 * ms, 1e6*ms + 50*ms}, {1e6*ms + 99*ms, 1e6*ms + 104*ms}, // far on: 100 and 49 ms into a cycle
		}},
		{"stragglers meet the next stall", late, sends{{94 * ms, 99 * ms}, {96 * ms, 300 * ms}, {147 * ms, 152 * ms}, {295 * ms, 300 * ms}}},
		{"fifo", ordered, sends{{94 * ms, 99 * ms}, {96 * ms, 150 * ms}, {146 * ms, 151 * ms}}},
		{"a queue runs on", queued, sends{{90 * ms, 96 * ms}, {96 * ms, 150 * ms}, {96 * ms, 150 * ms}, {140 * ms, 150 * ms}, {146 * ms, 152 * ms}}},
	} {
		n := mustNew(t, Config{Peers: 2, Default: tt.link, Explicit: []Explicit{{Body: 1, From: 0, To: 1, Delay: 7}}})
		for i, s := range tt.want {
			if got := n.Send(s[0], Packet{From: 0, To: 1, Name: rng.Key(i), Bytes: 1000}, nil); got[0].At != s[1] {
				t.Errorf("%s: packet %d sent at %v arrives at %v, want %v", tt.name, i, s[0], got[0].At, s[1])
			}
		}
		if c := n.Counts(); c.Stalled == 0 || c.Lost != 0 || (c.Straggled > 0) != (tt.link.Stalls == late.Stalls) {
			t.Errorf("%s: counts %+v", tt.name, c)
		}
	}
	// What lies behind a straggler waits on a fifo link, and an explicit delay
	// does not stall.
	late.Datagram = false
	n := mustNew(t, Config{Peers: 2, Default: late, Explicit: []Explicit{{Body: 1, From: 1, To: 0, Delay: 7}}})
	n.Send(96*ms, Packet{From: 0, To: 1}, nil)
	if got := n.Send(160*ms, Packet{From: 0, To: 1, Name: 1}, nil); got[0].At != 300*ms {
		t.Errorf("behind a straggler: %+v, want 300 ms", got)
	}
	if got := n.Send(160*ms, Packet{From: 1, To: 0, Body: 1}, nil); got[0].At != 160*ms+7 {
		t.Errorf("explicit: %+v", got)
	}
}

// With memoryless gaps of mean a and stalls of mean b a link is stalled at time
// t with probability b/(a+b)*(1-exp(-t/a-t/b)), and what is left of a stall is
// as long as a whole one.
func TestStallsInTime(t *testing.T) {
	t.Parallel()
	const a, b = 30e6, 10e6
	stalls := &Stalls{
		Every: rng.Exponential(0, a), For: rng.Exponential(0, b), Stragglers: rng.Ratio{Num: 1, Den: 10}, Later: rng.Constant(1 << 40),
	}
	n := mustNew(t, Config{Peers: 301, Default: Link{Datagram: true, Stalls: stalls}})
	var left []float64
	for i, at := range []float64{2e6, 30e6, 1e9} {
		delays := overLinks(n, sim.Time(at), uint64(i))
		stalled, straggled := uint64(0), uint64(0)
		for _, d := range delays {
			if d > 0 {
				stalled++
			}
			if d >= 1<<40 {
				straggled++
			} else if d > 0 && i == 2 {
				left = append(left, d)
			}
		}
		checkShare(t, "stalled", stalled, uint64(len(delays)), b/(a+b)*-math.Expm1(-at/a-at/b))
		checkShare(t, "stragglers", straggled, stalled, 0.1)
	}
	// A stall's end is a whole nanosecond; so is a delay.
	checkKolmogorovSmirnov(t, "rest of a stall", left, func(x float64) float64 { return -math.Expm1(-x / b) })
	// General distributions keep the share in the long run: mean for over mean
	// cycle. One packet a link at a late time; b and a uniform.
	general := &Stalls{Every: rng.Uniform(10e6, 50e6), For: rng.LogNormal(0, 8e6, rng.FixedRatio(1, 2))}
	n = mustNew(t, Config{Peers: 201, Default: Link{Datagram: true, Stalls: general}})
	stalled := uint64(0)
	delays := overLinks(n, sim.Time(5*time.Second), 9)
	for _, d := range delays {
		if d > 0 {
			stalled++
		}
	}
	mean := 8e6 * math.Exp(0.125)
	checkShare(t, "stalled in the long run", stalled, uint64(len(delays)), mean/(mean+30e6))
}
