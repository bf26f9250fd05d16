package history

import (
	"cmp"
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
		ref  int // of a delivery
	}
	var sends []event
	for p := range n {
		at := 0.0
		for range k {
			at += r.ExpFloat64() * gap
			sends = append(sends, event{at: at, peer: p})
		}
	}
	byTime := func(a, b event) int { return cmp.Compare(a.at, b.at) }
	slices.SortFunc(sends, byTime)
	h := &History{Peers: n, Logs: make([]Log, n)}
	ranks := make([]int32, n)
	for _, s := range sends {
		h.Broadcasts = append(h.Broadcasts, Broadcast{
			ID: peer.MessageID{Sender: peer.ID(s.peer), Number: ranks[s.peer]}, At: sim.Time(s.at * 1e6),
			Rank: ranks[s.peer], Cause: NoRef,
		})
		ranks[s.peer]++
	}
	for q := range n {
		var log []event
		for ref, s := range sends {
			at := s.at + r.ExpFloat64()*delay
			if q == s.peer {
				at = s.at
			}
			if sorted {
				at = s.at + 2*delay
			}
			log = append(log, event{at, q, ref})
		}
		slices.SortStableFunc(log, byTime)
		for _, e := range log {
			h.Logs[q].Refs = append(h.Logs[q].Refs, Ref(e.ref))
		}
		for ref, s := range sends {
			if s.peer == q {
				before, _ := slices.BinarySearchFunc(log, s.at, func(e event, at float64) int { return cmp.Compare(e.at, at) })
				h.Broadcasts[ref].LogLen = int32(before)
			}
		}
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
