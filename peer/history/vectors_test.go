package history

import (
	"testing"

	"pgregory.net/rapid"
)

// TestVectorsAreTheCauses holds the vector clocks to the definition of
// causality: reachability in the graph of direct causes, by squaring.
func TestVectorsAreTheCauses(t *testing.T) {
	t.Parallel()
	var v Vectors
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		if !v.Build(h) {
			t.Fatal("too large")
		}
		n := len(h.Broadcasts)
		reaches := make([][]bool, n)
		for y := range h.Broadcasts {
			reaches[y] = make([]bool, n)
			b := &h.Broadcasts[y]
			follow := func(x Ref) {
				if x == NoRef {
					return
				}
				reaches[y][x] = true
				for z, before := range reaches[x] {
					reaches[y][z] = reaches[y][z] || before
				}
			}
			for _, x := range h.Logs[b.ID.Sender].Refs[:b.LogLen] {
				follow(x)
			}
			for x := range h.Broadcasts[:y] {
				if h.Broadcasts[x].ID.Sender == b.ID.Sender {
					follow(Ref(x))
				}
			}
			follow(b.Cause)
		}
		for y := range h.Broadcasts {
			count := make([]int32, h.Peers)
			for x := range h.Broadcasts {
				if reaches[y][x] != v.Before(Ref(x), Ref(y)) {
					t.Fatalf("%v before %v: want %v", h.Broadcasts[x].ID, h.Broadcasts[y].ID, reaches[y][x])
				}
				if reaches[y][x] || x == y {
					count[h.Broadcasts[x].ID.Sender]++
				}
			}
			for p, want := range count {
				if got := v.Of(Ref(y))[p]; got != want {
					t.Fatalf("the clock of %v says %d messages of p%d, want %d", h.Broadcasts[y].ID, got, p, want)
				}
			}
		}
	})
}

func TestVectorsRefuseWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	var v Vectors
	if v.Build(&History{Peers: 1 << 14, Logs: make([]Log, 1<<14)}) {
		t.Fatal("2^28 words are kept")
	}
}
