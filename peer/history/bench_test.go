package history

import (
	"math/rand/v2"
	"slices"
	"testing"

	"mpcomm/peer"
	"mpcomm/sim"
)

func BenchmarkTiny(b *testing.B) {
	for mix, name := range []string{"in-order", "one-differs", "identical"} {
		b.Run(name, func(b *testing.B) {
			h := tinyHistory(b, mix)
			var c Checker
			for range b.N {
				c.Check(h, true, AllProperties)
			}
		})
	}
}

// network builds a history of n peers that broadcast k messages each at random
// times, of which every other peer delivers each after a random delay: naive
// order. With sorted all deliver in one order, at the end of the longest delay.
func network(n, k int, gap, delay float64, sorted bool) *History {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	type event struct {
		at   float64
		peer int
		ref  int // of a delivery, or -1
	}
	var sends []event
	for p := range n {
		at := 0.0
		for range k {
			at += r.ExpFloat64() * gap
			sends = append(sends, event{at, p, -1})
		}
	}
	byTime := func(a, b event) int {
		if a.at < b.at {
			return -1
		}
		return 1
	}
	slices.SortFunc(sends, byTime)
	all := slices.Clone(sends)
	for ref, s := range sends {
		for q := range n {
			at := s.at + r.ExpFloat64()*delay
			if q == s.peer {
				at = s.at
			}
			if sorted {
				at = s.at + 2*delay
			}
			all = append(all, event{at, q, ref})
		}
	}
	slices.SortStableFunc(all, byTime)
	h := &History{Peers: n, Logs: make([]Log, n)}
	ranks := make([]int32, n)
	for _, e := range all {
		log := &h.Logs[e.peer]
		if e.ref >= 0 {
			log.Refs = append(log.Refs, Ref(e.ref))
			continue
		}
		h.Broadcasts = append(h.Broadcasts, Broadcast{
			ID: peer.MessageID{Sender: peer.ID(e.peer), Number: ranks[e.peer]}, At: sim.Time(e.at * 1e6),
			Rank: ranks[e.peer], LogLen: int32(len(log.Refs)), Cause: NoRef,
		})
		ranks[e.peer]++
	}
	return h
}

func BenchmarkCheck(b *testing.B) {
	for _, bench := range []struct {
		name   string
		n, k   int
		sorted bool
		want   Mask
	}{
		{"naive/peers=8", 8, 1000, false, AllProperties},
		{"naive/peers=64", 64, 200, false, AllProperties},
		{"naive/peers=1000", 1000, 10, false, AllProperties},
		{"total/peers=64", 64, 200, true, AllProperties},
		{"naive+truth/peers=64", 64, 200, false, AllProperties | Truth},
	} {
		b.Run(bench.name, func(b *testing.B) {
			h := network(bench.n, bench.k, 50, 20, bench.sorted)
			var c Checker
			b.ResetTimer()
			for range b.N {
				c.Check(h, true, bench.want)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(bench.n*bench.n*bench.k), "ns/delivery")
		})
	}
}
