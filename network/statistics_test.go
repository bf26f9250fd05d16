package network

import (
	"math"
	"testing"
	"time"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// zLimit is the bound of all tests of a rate: a correct network fails one in
// 150,000 of them, and seeds are fixed.
const zLimit = 4.5

func checkShare(t *testing.T, what string, hits, trials uint64, p float64) {
	t.Helper()
	n := float64(trials)
	if z := (float64(hits) - n*p) / math.Sqrt(n*p*(1-p)); math.Abs(z) > zLimit {
		t.Errorf("%s: %d of %d, want a share of %g: z = %.2f", what, hits, trials, p, z)
	}
}

func TestRates(t *testing.T) {
	t.Parallel()
	n := mustNew(t, Config{Peers: 20, Default: Link{
		Datagram: true, Excess: rng.Constant(1000),
		Loss: rng.Ratio{Num: 3, Den: 100}, Duplicate: rng.Ratio{Num: 1, Den: 50},
		Reorder: rng.Ratio{Num: 1, Den: 10}, ReorderExtra: rng.Constant(500), Corrupt: rng.Ratio{Num: 1, Den: 25},
	}})
	var out []Fate
	var late uint64
	var both uint64 // lost towards 1 and towards 2
	const broadcasts = 20000
	for i := range broadcasts {
		out = n.Broadcast(0, Packet{From: 0, Name: rng.Key(i)}, out[:0])
		lost := 0
		for _, f := range out {
			if f.At == 1500 {
				late++
			}
			if f.Verdict == Lost && f.To <= 2 {
				lost++
			}
		}
		if lost == 2 {
			both++
		}
	}
	c := n.Counts()
	checkShare(t, "lost", c.Random, c.Sent, 0.03)
	checkShare(t, "doubled", c.Duplicated, c.Sent-c.Random, 0.02)
	checkShare(t, "reordered", c.Reordered, c.Arriving+c.Corrupted, 0.1)
	checkShare(t, "corrupted", c.Corrupted, c.Arriving+c.Corrupted, 0.04)
	checkShare(t, "lost to both of two receivers", both, broadcasts, 0.03*0.03)
	if late != c.Reordered {
		t.Errorf("%d packets came late, %d were counted", late, c.Reordered)
	}
}

// The row GE1: lossless in the good state, 1/2 lost in the bad one, p = 0.02,
// r = 0.3 give 0.5*0.02/0.32 = 0.03125. Links are independent, packets of one
// link are not, so the links are the sample.
func TestGilbertElliottLoss(t *testing.T) {
	t.Parallel()
	const peers, packets, want = 60, 200, 0.03125
	n := mustNew(t, Config{Peers: peers, Default: Link{Burst: &GilbertElliott{
		P: rng.Ratio{Num: 1, Den: 50}, R: rng.Ratio{Num: 3, Den: 10}, Bad: rng.Ratio{Num: 1, Den: 2}, Every: 10 * time.Millisecond,
	}}})
	lost := make([]float64, peers*peers)
	var out []Fate
	for i := range packets {
		for p := range Addr(peers) {
			out = n.Broadcast(sim.Time(i)*7*ms, Packet{From: p, Name: rng.Root(uint64(p)).With(uint64(i))}, out[:0])
			for _, f := range out {
				if f.Verdict == Lost {
					lost[int(p)*peers+int(f.To)]++
				}
			}
		}
	}
	const links = peers * (peers - 1)
	var sum, squares float64
	for _, v := range lost {
		sum += v / packets
		squares += v / packets * v / packets
	}
	mean := sum / links
	sd := math.Sqrt((squares/links - mean*mean) / links)
	if z := (mean - want) / sd; math.Abs(z) > zLimit {
		t.Errorf("share lost %.5f, want %.5f: z = %.2f", mean, want, z)
	}
	// The first slot is stationary too.
	var first uint64
	n.Reset(rng.Root(2))
	for p := range Addr(peers) {
		first += countBad(n, p)
	}
	checkShare(t, "bad at 0", first, links, 0.02/0.32)
}

func countBad(n *Network, p Addr) uint64 {
	b := n.classes.links[classDefault].burst
	var bad uint64
	for to := range Addr(n.peers) {
		var mark burstMark
		if to != p && b.isBad(n.keys.burst, p, to, &mark, 0) {
			bad++
		}
	}
	return bad
}

// Bursts last as long in time, whoever asks how often: bad stretches are
// geometric with mean every/r, good ones every/p, also where p+r is above 1.
func TestBurstsLastInTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ p, r rng.Ratio }{
		{rng.Ratio{Num: 1, Den: 50}, rng.Ratio{Num: 3, Den: 10}},
		{rng.Ratio{Num: 9, Den: 10}, rng.Ratio{Num: 4, Den: 5}},
		{rng.Ratio{Num: 1, Den: 1}, rng.Ratio{Num: 1, Den: 4}},
	} {
		b := (&GilbertElliott{P: tt.p, R: tt.r, Every: time.Millisecond}).compile()
		var mark burstMark
		const slots = 400_000
		stretches, time := [2]float64{}, [2]float64{}
		last := 0
		for k := range sim.Time(slots) {
			state := 0
			if b.isBad(7, 1, 2, &mark, b.slot(k*ms+ms/2)) {
				state = 1
			}
			time[state]++
			if state != last {
				stretches[state]++
			}
			last = state
		}
		for state, leave := range []rng.Ratio{tt.p, tt.r} {
			q := float64(leave.Num) / float64(leave.Den)
			mean, want := time[state]/stretches[state], 1/q
			sd := math.Sqrt(1-q) / q / math.Sqrt(stretches[state])
			if math.Abs(mean-want) > zLimit*sd+2/stretches[state] {
				t.Errorf("p %v r %v: state %d lasts %.4f slots, want %.4f within %.4f", tt.p, tt.r, state, mean, want, zLimit*sd)
			}
		}
	}
}

// The row Q1 and its kin: arrivals of rate 1/2 per millisecond and services of
// mean 1 ms wait rate*E(S^2)/(2(1-load)) on average (Pollaczek and Khinchine),
// 1 ms if services are exponential (M/M/1), half that if they are all the same,
// more the more they vary. Runs are independent, packets of one run are not, so
// the runs are the sample; each is looked at after a warm-up.
func TestQueueIsMG1(t *testing.T) {
	t.Parallel()
	const packets, skip, links = 260, 60, 600
	// Sizes in thousandths of a byte, whose rounding to bytes is nothing then.
	sigma := 0.8
	lognormal := math.Round(1e6 * math.Exp(-sigma*sigma/2)) // the median where the mean is 1e6
	for _, tt := range []struct {
		name   string
		size   rng.Dist
		square float64 // E(S^2) in square milliseconds
	}{
		{"M/M/1", rng.Exponential(0, 1e6), 2},
		{"M/D/1", rng.Constant(1e6), 1},
		{"M/U/1", rng.Uniform(0, 2e6), 4. / 3},
		{"lognormal", rng.LogNormal(0, int64(lognormal), rng.FixedRatio(4, 5)), math.Exp(sigma * sigma)},
	} {
		n := mustNew(t, Config{Peers: 2, Default: Link{Bandwidth: 8_000_000}})
		gap := rng.Exponential(0, int64(2*time.Millisecond))
		gaps, sizes := rng.Root(5).Name("gap"), rng.Root(5).Name("size")
		var sum, squares float64
		var out []Fate
		for link := range uint64(links) {
			n.Reset(0)
			now, total := sim.Time(0), 0.0
			for i := range uint64(packets) {
				now += sim.Time(gap.Sample(gaps.With(link).Word(i)))
				bytes := (tt.size.Sample(sizes.With(link).Word(i)) + 500) / 1000
				out = n.Send(now, Packet{From: 0, To: 1, Name: rng.Key(i), Bytes: int32(bytes)}, out[:0])
				if i >= skip {
					total += float64(out[0].At - now)
				}
			}
			mean := total / (packets - skip) / 1e6
			sum += mean
			squares += mean * mean
		}
		mean, want := sum/links, 1+0.5*tt.square/2/0.5
		sd := math.Sqrt((squares/links - mean*mean) / links)
		if z := (mean - want) / sd; math.Abs(z) > zLimit {
			t.Errorf("%s: mean wait and service %.4f ms, want %.4f: z = %.2f", tt.name, mean, want, z)
		}
	}
}

// Delays of different receivers, copies, purposes and seeds are unrelated; so
// are those of neighbouring names.
func TestDrawsAreIndependent(t *testing.T) {
	t.Parallel()
	c := Config{Peers: 3, Default: Link{Datagram: true, Excess: rng.Uniform(0, 1<<40), Duplicate: rng.Ratio{Num: 1, Den: 1}}}
	a, b := mustNew(t, c), mustNew(t, c)
	b.Reset(rng.Root(2))
	const packets = 20000
	columns := make([][]float64, 6)
	for i := range packets {
		p := Packet{From: 0, Name: rng.Key(i)}
		fates := append(a.Broadcast(0, p, nil), b.Broadcast(0, p, nil)[:1]...)
		p.Name++
		fates = append(fates, a.Broadcast(0, p, nil)[0])
		for k, f := range fates {
			columns[k] = append(columns[k], float64(f.At)/(1<<40)-0.5)
		}
	}
	for i := range columns {
		for j := range i {
			var sum float64
			for k := range packets {
				sum += columns[i][k] * columns[j][k]
			}
			if z := sum * 12 / math.Sqrt(packets); math.Abs(z) > zLimit {
				t.Errorf("columns %d and %d are correlated: z = %.2f", i, j, z)
			}
		}
	}
}
