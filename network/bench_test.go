package network

import (
	"testing"
	"time"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// benchmarkBroadcast reports the cost of one receiver of a broadcast among 64
// peers; every peer sends in turn, as in a run.
func benchmarkBroadcast(b *testing.B, c Config) {
	c.Peers = 64
	n := mustNew(b, c)
	out := make([]Fate, 0, 2*c.Peers)
	b.ReportAllocs()
	for i := range b.N {
		out = n.Broadcast(sim.Time(i)*1000, Packet{From: Addr(i % c.Peers), Name: rng.Key(i), Bytes: 100, Ref: 7}, out[:0])
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.Peers-1), "ns/receiver")
}

func exponential20() rng.Dist { return rng.Exponential(0, int64(20*time.Millisecond)) }

func BenchmarkBroadcast(b *testing.B) {
	b.Run("plain", func(b *testing.B) {
		benchmarkBroadcast(b, Config{Default: Link{Datagram: true, Excess: exponential20()}})
	})
	b.Run("fifo", func(b *testing.B) {
		benchmarkBroadcast(b, Config{Default: Link{Excess: exponential20()}})
	})
	b.Run("constant", func(b *testing.B) {
		benchmarkBroadcast(b, Config{Default: Link{Excess: rng.Constant(1000)}})
	})
	b.Run("places", func(b *testing.B) {
		benchmarkBroadcast(b, Config{Default: Link{Excess: exponential20()}, Base: threePlaces()})
	})
	b.Run("loss", func(b *testing.B) {
		benchmarkBroadcast(b, Config{Default: Link{Excess: exponential20(), Loss: rng.Ratio{Num: 1, Den: 100}}})
	})
	b.Run("bursts", func(b *testing.B) {
		benchmarkBroadcast(b, Config{Default: Link{Excess: exponential20(), Burst: everything().Default.Burst}})
	})
	b.Run("everything", func(b *testing.B) { benchmarkBroadcast(b, everything()) })
}

func threePlaces() [][]time.Duration {
	return [][]time.Duration{
		{0, 10 * time.Millisecond, 50 * time.Millisecond},
		{11 * time.Millisecond, 0, 40 * time.Millisecond},
		{52 * time.Millisecond, 41 * time.Millisecond, time.Millisecond},
	}
}

// everything switches on whatever a link can do, and lets one row of
// overrides, a partition nobody is in and a change stand by.
func everything() Config {
	link := Link{
		Datagram: true, Excess: exponential20(),
		Burst: &GilbertElliott{
			P: rng.Ratio{Num: 1, Den: 50}, R: rng.Ratio{Num: 3, Den: 10}, Bad: rng.Ratio{Num: 1, Den: 2},
			Every: 10 * time.Millisecond,
		},
		Duplicate: rng.Ratio{Num: 1, Den: 100},
		Reorder:   rng.Ratio{Num: 1, Den: 100}, ReorderExtra: exponential20(),
		Bandwidth: 1_000_000_000, Queue: 65536, MTU: 65536, Corrupt: rng.Ratio{Num: 1, Den: 100},
		Correlation: &Correlation{Share: rng.Ratio{Num: 1, Den: 2}, Span: time.Second, Every: 100 * time.Millisecond},
		Stalls: &Stalls{
			Every: rng.Exponential(0, int64(time.Second)), For: rng.Exponential(0, int64(200*time.Millisecond)),
			Stragglers: rng.Ratio{Num: 1, Den: 20}, Later: exponential20(),
		},
	}
	other := link
	other.Datagram = false
	return Config{
		Default: link, Base: threePlaces(),
		Overrides:  []Override{{To: []Addr{3, 4}, Link: other}},
		Explicit:   []Explicit{{Body: 1, From: 0, To: 1}},
		Partitions: []Partition{{Groups: [][]Addr{{0}, {1}}}},
		Changes:    []Change{{To: []Addr{2}, Set: SetDelay | SetOrder, Link: Link{Excess: exponential20()}}},
	}
}

func BenchmarkSend(b *testing.B) {
	plain := Link{Excess: exponential20()}
	burst := everything().Default.Burst
	correlation := everything().Default.Correlation
	for _, tt := range []struct {
		name string
		link Link
	}{
		{"plain", plain},
		{"bursty", Link{Excess: plain.Excess, Burst: burst}},
		{"correlated", Link{Excess: plain.Excess, Correlation: correlation}},
		{"stalling", Link{Excess: plain.Excess, Stalls: everything().Default.Stalls}},
		{"bursty-correlated-limited", Link{
			Excess: plain.Excess, Burst: burst, Correlation: correlation, Bandwidth: 100_000_000, Queue: 65536,
		}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			n := mustNew(b, Config{Peers: 64, Default: tt.link})
			out := make([]Fate, 0, 2)
			b.ReportAllocs()
			for i := range b.N {
				p := Packet{From: Addr(i & 63), To: Addr(i >> 6 & 63), Name: rng.Key(i), Bytes: 1000}
				out = n.Send(sim.Time(i)*1000, p, out[:0])
			}
		})
	}
}

// BenchmarkReset is what a sweep of tiny runs pays for the network between two
// of them.
func BenchmarkReset(b *testing.B) {
	n := mustNew(b, Config{Peers: 4, Default: Link{Excess: exponential20()}})
	out := make([]Fate, 0, 4)
	for i := range b.N {
		n.Reset(rng.Root(uint64(i)))
		for p := range Addr(4) {
			out = n.Broadcast(0, Packet{From: p, Name: rng.Key(p)}, out[:0])
		}
	}
}

func mustNew(t testing.TB, c Config) *Network {
	t.Helper()
	n, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	n.Reset(rng.Root(1))
	return n
}
