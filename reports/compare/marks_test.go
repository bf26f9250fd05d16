package compare

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestMarks holds counting by bits to sorting, on orders that are local, far
// apart, and in between, of labels with holes.
func TestMarks(t *testing.T) {
	t.Parallel()
	var k marks
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{0, 1, 2, 63, 64, 65, 500, 512, 513, 3000, 60000}).Draw(t, "labels")
		reach := rapid.SampledFrom([]int{1, 3, 70, 600, 60000}).Draw(t, "reach")
		word := rapid.Uint64().Draw(t, "word") | 1
		next := func(below int) int {
			word = word*6364136223846793005 + 1442695040888963407
			return int(word>>33) % below
		}
		seq := upTo(n)
		for i := range seq {
			j := min(n-1, i+next(reach))
			seq[i], seq[j] = seq[j], seq[i]
		}
		if keep := rapid.IntRange(1, 4).Draw(t, "keep"); keep < 4 { // a part of the labels
			seq = slices.DeleteFunc(seq, func(uint32) bool { return next(4) >= keep })
		}
		want := inversions(slices.Clone(seq), make([]uint32, n))
		if got, ok := k.inversions(seq, n); ok && got != want {
			t.Fatalf("%d inversions by bits, %d by sorting, of %v", got, want, seq)
		}
		rising := longestRising(seq, make([]uint32, n))
		if got := k.rising(seq, n); got != rising {
			t.Fatalf("the longest rising part has %d by bits, %d by patience, of %v", got, rising, seq)
		}
	})
	local, far := upTo(60000), upTo(60000)
	local[0], local[1] = local[1], local[0]
	slices.Reverse(far)
	if got, ok := k.inversions(local, len(local)); !ok || got != 1 {
		t.Errorf("one pair swapped: counted %v, %d inversions", ok, got)
	}
	if _, ok := k.inversions(far, len(far)); ok {
		t.Error("an order from end to start was counted by bits; want it left to sorting")
	}
}

// longestRising returns the length of the longest rising subsequence of seq,
// by patience sorting (Aldous and Diaconis, Bull. AMS 36, 1999). tails is room
// of the same length.
func longestRising(seq, tails []uint32) int {
	n := 0
	for _, x := range seq {
		if n == 0 || tails[n-1] < x {
			tails[n] = x
			n++
			continue
		}
		// The least k with tails[k] >= x lies near the end when disorder is local.
		low, high := 0, n-1
		for step := 1; step < n; step *= 2 {
			if tails[n-1-step] < x {
				low = n - step
				break
			}
			high = n - 1 - step
		}
		for low < high {
			mid := int(uint(low+high) / 2)
			if tails[mid] < x {
				low = mid + 1
			} else {
				high = mid
			}
		}
		tails[low] = x
	}
	return n
}
