package compare

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/peer/history"
	"mpcomm/reports/stats"
)

// TestRelabelledPeers: metrics of sets of logs do not depend on which peer is
// which.
func TestRelabelledPeers(t *testing.T) {
	t.Parallel()
	var c Comparer
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 8)
		h.Strays = nil
		for p := range h.Logs {
			h.Logs[p].Refs = slices.DeleteFunc(h.Logs[p].Refs, func(x uint32) bool { return x == history.NoRef })
		}
		before := c.Compare(h, Options{})
		shuffled := *h
		shuffled.Logs = rapid.Permutation(h.Logs).Draw(t, "peers")
		for i := range shuffled.Broadcasts {
			shuffled.Broadcasts[i].At += 1000
		}
		after := c.Compare(&shuffled, Options{})
		got, want := printed(&after, stats.Ratio{}), printed(&before, stats.Ratio{})
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%s = %s after relabelling, was %s", name, got[name], want[name])
			}
		}
	})
}

func TestInversionsAgainstTwin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 200).Draw(t, "n")
		seq := upTo(n)
		if rapid.Bool().Draw(t, "shuffle") {
			seq = rapid.Permutation(seq).Draw(t, "seq")
		} else {
			for range rapid.IntRange(0, 20).Draw(t, "swaps") {
				if n > 1 {
					i := rapid.IntRange(0, n-2).Draw(t, "i")
					j := min(n-1, i+rapid.IntRange(1, 60).Draw(t, "by"))
					seq[i], seq[j] = seq[j], seq[i]
				}
			}
		}
		want := uint64(0)
		lis := make([]int, n)
		best := 0
		for i, x := range seq {
			lis[i] = 1
			for j, y := range seq[:i] {
				if y > x {
					want++
				} else {
					lis[i] = max(lis[i], lis[j]+1)
				}
			}
			best = max(best, lis[i])
		}
		if got := longestRising(seq, make([]uint32, n)); got != best {
			t.Errorf("longest rising %d, want %d: %v", got, best, seq)
		}
		if got := inversions(slices.Clone(seq), make([]uint32, n)); got != want {
			t.Errorf("inversions %d, want %d: %v", got, want, seq)
		}
	})
}
