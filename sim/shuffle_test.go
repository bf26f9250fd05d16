package sim

import (
	"testing"

	"pgregory.net/rapid"
)

// shuffleTwin searches all pending events for the least (time, rank, sequence).
type shuffleTwin struct {
	queue []entry[uint64] // in order of scheduling
	rank  func(Time, uint64) uint64
}

func (w *shuffleTwin) next() (Time, uint64, bool) {
	if len(w.queue) == 0 {
		return 0, 0, false
	}
	least := 0
	for i, x := range w.queue {
		y := w.queue[least]
		if x.at < y.at || x.at == y.at && w.rank(x.at, x.e) < w.rank(y.at, y.e) {
			least = i
		}
	}
	x := w.queue[least]
	w.queue = append(w.queue[:least:least], w.queue[least+1:]...)
	return x.at, x.e, true
}

// TestShuffleAgainstTwin: programs of pushes, also at the present instant, and
// pops come out as the twin says, whatever the ranks: none equal, many equal, all.
func TestShuffleAgainstTwin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kinds := uint64(rapid.SampledFrom([]int{1, 3, 1 << 40}).Draw(t, "ranks"))
		rank := func(at Time, e uint64) uint64 { return word(e^uint64(at)<<32) % kinds }
		var s Scheduler[uint64]
		x, w := NewShuffle(&s, rank), shuffleTwin{rank: rank}
		now, id := Time(0), uint64(0)
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "push") {
				at := now + Time(rapid.IntRange(0, 3).Draw(t, "later"))
				s.Schedule(at, id)
				w.queue = append(w.queue, entry[uint64]{at, id})
				id++
				continue
			}
			at, e, ok := x.Next()
			wantAt, want, wantOK := w.next()
			if ok != wantOK || ok && (at != wantAt || e != want) {
				t.Fatalf("Next() = %d, #%d, %t; want %d, #%d, %t", at, e, ok, wantAt, want, wantOK)
			}
			now = max(now, at)
		}
		s.Reset()
		x.Reset()
		if _, _, ok := x.Next(); ok {
			t.Fatal("an event is left after Reset")
		}
	})
}

// TestShufflePermutes: with ranks drawn from a name every order of three events
// of one instant is as frequent as any other, and used memory allocates nothing.
func TestShufflePermutes(t *testing.T) {
	const rounds = 6000
	var s Scheduler[uint64]
	seed := uint64(0)
	x := NewShuffle(&s, func(_ Time, e uint64) uint64 { return word(seed<<8 | e) })
	seen := map[[3]uint64]int{}
	for seed = range uint64(rounds) {
		s.Reset()
		x.Reset()
		for e := range uint64(3) {
			s.Schedule(5, e)
		}
		var order [3]uint64
		for i := range order {
			_, order[i], _ = x.Next()
		}
		seen[order]++
	}
	// Binomial with n = 6000 and p = 1/6: sd 28.9, four and a half of them 130.
	for order, n := range seen {
		if n < rounds/6-130 || n > rounds/6+130 {
			t.Errorf("the order %v came %d times of %d, want about %d", order, n, rounds, rounds/6)
		}
	}
	if len(seen) != 6 {
		t.Errorf("%d orders of three events, want 6", len(seen))
	}
	if n := testing.AllocsPerRun(10, func() {
		for e := range uint64(100) {
			s.Schedule(s.Now(), e)
		}
		for range 100 {
			x.Next()
		}
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
