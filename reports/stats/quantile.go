package stats

import (
	"cmp"
	"fmt"
	"math/bits"
)

// rank returns the nearest rank of quantile p in n values: the least k with
// k/n >= p, from 1.
func rank(n uint64, p Ratio) uint64 {
	if n == 0 || p.Den == 0 || p.Num > p.Den {
		panic(fmt.Sprintf("stats: quantile %d/%d of %d values", p.Num, p.Den, n))
	}
	hi, lo := bits.Mul64(n, p.Num)
	k, rest := bits.Div64(hi, lo, p.Den)
	if rest > 0 {
		k++
	}
	return max(k, 1)
}

// Quantile returns the nearest-rank quantile p, 0..1, of values, which it
// reorders. There must be at least one.
func Quantile[T cmp.Ordered](values []T, p Ratio) T {
	k := int(rank(uint64(len(values)), p)) - 1
	low, high := 0, len(values)-1
	for low < high {
		// Hoare's selection with the median of three as the pivot: order without
		// chance, so the same work every time.
		mid := int(uint(low+high) / 2)
		a, b, c := values[low], values[mid], values[high]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := low, high
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return values[k]
		}
	}
	return values[k]
}

// The quantiles that reports name.
var (
	P50 = Ratio{Num: 1, Den: 2}
	P99 = Ratio{Num: 99, Den: 100}
)
