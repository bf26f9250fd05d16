package sim

import "testing"

// hop is an event of the size the simulation uses: eight bytes, no pointers.
type hop struct {
	to  uint32
	aux uint32
}

// BenchmarkBurst: every thousandth event begets a thousand, as a broadcast
// does among a thousand peers.
func BenchmarkBurst(b *testing.B) {
	var s Scheduler[hop]
	n := uint64(0)
	s.Schedule(0, hop{})
	b.ReportAllocs()
	for range b.N {
		now, e, _ := s.Next()
		if e.aux == 0 { // the broadcast, and its successor among the packets
			for i := range uint32(1000) {
				n++
				s.Schedule(now+exponential(word(n), 20_000_000), hop{to: i, aux: min(i, 1)})
			}
		}
	}
}

// BenchmarkBimodal: packets of 50 us beside timers of 1 s.
func BenchmarkBimodal(b *testing.B) {
	var s Scheduler[hop]
	for i := range uint64(10_000) {
		s.Schedule(exponential(word(i), 50_000), hop{})
	}
	n := uint64(1) << 40
	step := func() {
		now, e, _ := s.Next()
		n++
		w := word(n)
		if w%16 == 0 {
			s.Schedule(now+1_000_000_000, e)
			return
		}
		s.Schedule(now+exponential(w, 50_000), e)
	}
	for range 200_000 {
		step()
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		step()
	}
}

// BenchmarkTiny: runs of 60 events with 30 pending and gaps of milliseconds,
// on one scheduler: what a sweep of tiny runs asks for.
func BenchmarkTiny(b *testing.B) {
	var s Scheduler[hop]
	n := uint64(0)
	b.ReportAllocs()
	for i := 0; i < b.N; {
		s.Reset()
		for range 30 {
			n++
			s.Schedule(exponential(word(n), 20_000_000), hop{})
		}
		for k := 0; k < 60 && i < b.N; k++ {
			now, e, _ := s.Next()
			if k < 30 {
				n++
				s.Schedule(now+exponential(word(n), 20_000_000), e)
			}
			i++
		}
	}
}
