package compare

import "math/bits"

// marks is a set of labels as bits, with counts of stretches of them. Labels of
// two logs that differ locally lie close together, so what is asked of a label's
// neighbourhood is a few words, where sorting would compare again and again.
type marks struct {
	words  []uint64 // a bit a label; a multiple of blockWords
	counts []uint32 // labels of each block
}

// A block is eight words, which a processor counts without a branch.
const (
	blockWords = 8
	blockBits  = 9 // labels of a block are 2^9
)

// mostBlocks is how many blocks beyond its own a label may be compared with on
// the mean; where logs are farther apart sorting is faster.
const mostBlocks = 48

// beyondWord has, for each word of a block, all bits of those after it.
var beyondWord = func() (masks [blockWords][blockWords]uint64) {
	for own := range masks {
		for k := own + 1; k < blockWords; k++ {
			masks[own][k] = ^uint64(0)
		}
	}
	return masks
}()

// clear makes room for labels below limit and empties the set.
func (k *marks) clear(limit int) {
	blocks := (limit + 1<<blockBits - 1) >> blockBits
	if cap(k.counts) < blocks {
		k.words, k.counts = make([]uint64, blocks*blockWords), make([]uint32, blocks)
	}
	k.words, k.counts = k.words[:blocks*blockWords], k.counts[:blocks]
	clear(k.words)
	clear(k.counts)
}

// inversions counts the pairs of seq that stand the wrong way round, different
// labels below limit, and leaves seq as it is: those before each label that are
// above it. It is not ok when they lie too far apart for this to pay.
func (k *marks) inversions(seq []uint32, limit int) (total uint64, ok bool) {
	k.clear(limit)
	top, budget := 0, mostBlocks*len(seq)
	for _, x := range seq {
		b := int(x >> blockBits)
		block := (*[blockWords]uint64)(k.words[b*blockWords:])
		own := x >> 6 & (blockWords - 1)
		beyond := &beyondWord[own]
		above := bits.OnesCount64(block[own]>>(x&63)) +
			bits.OnesCount64(block[1]&beyond[1]) + bits.OnesCount64(block[2]&beyond[2]) +
			bits.OnesCount64(block[3]&beyond[3]) + bits.OnesCount64(block[4]&beyond[4]) +
			bits.OnesCount64(block[5]&beyond[5]) + bits.OnesCount64(block[6]&beyond[6]) +
			bits.OnesCount64(block[7]&beyond[7])
		if b < top {
			if budget -= top - b; budget < 0 {
				return 0, false
			}
			for _, n := range k.counts[b+1 : top+1] {
				above += int(n)
			}
		} else {
			top = b
		}
		total += uint64(above)
		block[own] |= 1 << (x & 63)
		k.counts[b]++
	}
	return total, true
}

// rising returns the length of the longest rising subsequence of seq, different
// labels below limit. The set holds the least ends of rising sequences of length
// 1, 2, 3 and so on, the first row of Schensted's correspondence (Canadian J.
// Math. 13, 1961): each label takes the place of the next above it, if there is
// one.
func (k *marks) rising(seq []uint32, limit int) int {
	k.clear(limit)
	top, length := 0, 0 // top: last block that ever held a label
	for _, x := range seq {
		b, w := int(x>>blockBits), int(x>>6)
		word := k.words[w]
		above := word >> (x & 63) << (x & 63)
		k.words[w] = word | 1<<(x&63)
		k.counts[b]++
		if above == 0 {
			for w++; w&(blockWords-1) != 0 && k.words[w] == 0; w++ {
			}
			if w&(blockWords-1) == 0 {
				next := b + 1
				for next <= top && k.counts[next] == 0 {
					next++
				}
				if next > top {
					top = max(top, b)
					length++
					continue
				}
				for w = next * blockWords; k.words[w] == 0; w++ {
				}
			}
			above = k.words[w]
			b = w / blockWords
		}
		at := above & -above
		k.words[w] &^= at
		k.counts[b]--
	}
	return length
}
