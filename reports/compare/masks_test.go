package compare

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestMasksAgainstSorting: distances by bits are those by merge sort, for many
// long logs with local and with far disorder, whole and in a window.
func TestMasksAgainstSorting(t *testing.T) {
	t.Parallel()
	var c Comparer
	used := 0
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(fewestClasses, 9).Draw(t, "logs")
		m := rapid.IntRange(fewestMessages, 150).Draw(t, "messages")
		far := rapid.SampledFrom([]int{1, 5, m - 1}).Draw(t, "far")
		var logs [][]uint32
		for range n {
			log := upTo(m)
			for range rapid.IntRange(0, 40).Draw(t, "swaps") {
				i := rapid.IntRange(0, m-1).Draw(t, "i")
				j := min(m-1, i+rapid.IntRange(0, far).Draw(t, "by"))
				log[i], log[j] = log[j], log[i]
			}
			logs = append(logs, log)
		}
		h := of(m, logs...)
		opts := Options{Want: rapid.SampledFrom([]Want{Cheap, All}).Draw(t, "want")}
		if rapid.Bool().Draw(t, "windowed") {
			from := rapid.IntRange(0, m).Draw(t, "from")
			opts.Window = &Window{From: uint32(from), Until: uint32(rapid.IntRange(from, m).Draw(t, "until"))}
		}
		d := c.Compare(h, opts)
		if len(c.classes) >= fewestClasses && len(c.masks.spans) == len(c.classes) {
			used++
		}
		tw := newTwin(h, opts.Window)
		total, most := 0, 0
		for i, a := range tw.first {
			for _, b := range tw.first[i+1:] {
				k := tw.kendall(a, b)
				total, most = total+k, max(most, k)
			}
		}
		if int(d.KendallDistance.Num) != total || int(d.KendallMax.N) != most {
			t.Errorf("sum %d, max %d; want %d, %d", d.KendallDistance.Num, d.KendallMax.N, total, most)
		}
	})
	if used == 0 {
		t.Error("no comparison went by masks")
	}
}

// TestMasksGiveWay: beyond their bounds logs are sorted pair by pair, with the
// same result.
func TestMasksGiveWay(t *testing.T) {
	t.Parallel()
	const m = 600
	forth, back, turned := upTo(m), upTo(m), upTo(m)
	slices.Reverse(back)
	slices.Reverse(turned[:m/2])
	swapped := upTo(m)
	swapped[0], swapped[1] = 1, 0
	var c Comparer
	d := c.Compare(of(m, forth, back, turned, swapped), Options{})
	half := m / 2 * (m/2 - 1) / 2
	all := m * (m - 1) / 2
	// forth-back, forth-turned, forth-swapped, back-turned, back-swapped, turned-swapped
	want := all + half + 1 + (all - half) + (all - 1) + (half - 1)
	if int(d.KendallDistance.Num) != want || int(d.KendallMax.N) != all {
		t.Errorf("sum %d, max %d; want %d, %d", d.KendallDistance.Num, d.KendallMax.N, want, all)
	}
	if len(c.masks.spans) == len(c.classes) {
		t.Error("a reversed log went by masks")
	}
}
