package compare

import "math/bits"

// run is the length up to which a sequence is sorted by insertion.
const run = 24

// inversions returns the number of pairs that stood the wrong
// way round: the Kendall distance of two orders when one is labelled by the
// other. aux is room of the same length. Labels are
// distinct; seq is left in any order.
//
// It is a merge sort (Knight, JASA 61, 1966) of runs sorted by insertion that
// merges only where neighbours overlap, so logs that differ locally cost a
// pass over them.
func inversions(seq, aux []uint32) uint64 {
	if total, ok := fewInversions(seq); ok {
		return total
	}
	var total uint64
	for from := 0; from < len(seq); from += run {
		total += insert(seq[from:min(from+run, len(seq))])
	}
	for width := run; width < len(seq); width *= 2 {
		for from := 0; from+width < len(seq); from += 2 * width {
			total += merge(seq[from:min(from+2*width, len(seq))], width, aux)
		}
	}
	return total
}

// fewInversions counts the inversions of different numbers below 64 by their
// bits in one word, and leaves seq as it is; it is not ok when there are others.
func fewInversions(seq []uint32) (total uint64, ok bool) {
	if len(seq) > 64 {
		return 0, false
	}
	seen := uint64(0)
	for _, x := range seq {
		if x > 63 {
			return 0, false
		}
		total += uint64(bits.OnesCount64(seen >> x))
		seen |= 1 << x
	}
	return total, true
}

func insert(seq []uint32) uint64 {
	var total uint64
	for i := 1; i < len(seq); i++ {
		x := seq[i]
		j := i
		for j > 0 && seq[j-1] > x {
			seq[j] = seq[j-1]
			j--
		}
		seq[j] = x
		total += uint64(i - j)
	}
	return total
}

// merge sorts seq, whose parts before and from mid on are sorted, and counts
// the pairs across that stood the wrong way round.
func merge(seq []uint32, mid int, aux []uint32) uint64 {
	if seq[mid-1] < seq[mid] {
		return 0
	}
	// Only what of the left part is above the first of the right one, and what
	// of the right part is below the last of the left one, has to move.
	from := mid - reach(mid, func(back int) bool { return seq[mid-back] > seq[mid] })
	until := mid + reach(len(seq)-mid, func(ahead int) bool { return seq[mid+ahead-1] < seq[mid-1] })
	left := aux[:copy(aux, seq[from:mid])]
	right := seq[mid:until]
	out := seq[from:until]
	var total uint64
	for len(left) > 0 && len(right) > 0 {
		if right[0] < left[0] {
			total += uint64(len(left))
			out[0] = right[0]
			right = right[1:]
		} else {
			out[0] = left[0]
			left = left[1:]
		}
		out = out[1:]
	}
	copy(out, left)
	return total
}

// reach returns the largest k in 1..n for which ok holds, by galloping. ok(1)
// holds, and once it fails it fails on.
func reach(n int, ok func(int) bool) int {
	step := 1
	good := 1
	for good+step <= n && ok(good+step) {
		good += step
		step *= 2
	}
	for step > 0 {
		if good+step <= n && ok(good+step) {
			good += step
		}
		step /= 2
	}
	return good
}

// displacement returns the sum of |seq[i]-i|: Spearman's footrule (Diaconis and
// Graham, JRSS B 39, 1977) when seq is a permutation of 0..len-1.
func displacement(seq []uint32) uint64 {
	var total uint64
	for i, x := range seq {
		d := int64(x) - int64(i)
		total += uint64(max(d, -d))
	}
	return total
}
