package compare

import "math/bits"

// Many long logs that differ locally are not sorted pair by pair. Each is
// compared with the first log only: the pairs of messages that it has the
// other way round, of which a local disorder leaves a few per message, are
// numbered as they are met and become bits. The Kendall distance of two logs
// is then the number of bits in which they differ.

// masks are the inverted pairs of each class against the first class.
type masks struct {
	numbers []uint32 // of pair (first label, distance of labels), valid from base on
	base    uint32
	met     []uint32 // numbers, by the class at hand
	words   []uint64 // bits of all classes
	spans   []span   // of each class in words
}

type span struct{ from, to int }

// The bounds within which masks pay: enough logs and messages to share the
// work, and few enough inversions.
const (
	fewestClasses  = 4
	fewestMessages = 64
	mostNumbers    = 1 << 24 // entries of the table of pairs
	mostPerMessage = 64      // inversions of one log against the first
	mostPairs      = 256     // numbered, per message
	mostWords      = 1 << 22 // of bits, in all
)

// fillMasks prepares the Kendall distances of all pairs of classes and reports
// whether it could: all logs must hold the same messages. Of drawn pairs there
// are too few for the bits of so many logs to pay.
func (c *Comparer) fillMasks() bool {
	if len(c.logs) > MaxAllPairs || len(c.classes) < fewestClasses || c.commonAt < fewestMessages {
		return false
	}
	for i := range c.classes {
		if len(c.classes[i].list) != c.commonAt {
			return false
		}
	}
	for at, m := range c.classes[0].list {
		c.table[m].pos = uint32(at)
	}
	most := 0 // places by which a message is displaced
	for i := 1; i < len(c.classes); i++ {
		for at, m := range c.classes[i].list {
			d := int(c.table[m].pos) - at
			most = max(most, d, -d)
		}
	}
	// Two labels that stand the wrong way round are less than the displacements
	// of both apart.
	width := 2*most + 1
	if width > mostNumbers/c.commonAt {
		return false
	}
	return c.numberPairs(width)
}

func (c *Comparer) numberPairs(width int) bool {
	k := &c.masks
	n := c.commonAt
	if len(k.numbers) < n*width {
		k.numbers = make([]uint32, n*width)
		k.base = 1
	}
	if k.base >= 1<<31 {
		clear(k.numbers)
		k.base = 1
	}
	k.words, k.spans = k.words[:0], append(k.spans[:0], span{})
	pairs := uint32(0)
	for i := 1; i < len(c.classes); i++ {
		perm := c.perm[:0]
		for _, m := range c.classes[i].list {
			perm = append(perm, c.table[m].pos)
		}
		var ok bool
		pairs, ok = c.meet(perm, width, pairs)
		if !ok || int(pairs) > mostPairs*n || len(k.words)+int(pairs)/64 > mostWords {
			k.base += pairs
			return false
		}
		k.addBits(int(pairs))
	}
	k.base += pairs
	return true
}

// meet sorts perm by insertion and lists the numbers of the pairs that stand
// the wrong way round, giving new ones to those not met before. With a window
// only pairs whose first-sent message is inside are listed.
func (c *Comparer) meet(perm []uint32, width int, pairs uint32) (uint32, bool) {
	k := &c.masks
	k.met = k.met[:0]
	labels := c.classes[0].list
	budget := mostPerMessage * len(perm)
	for i, x := range perm {
		j := i
		row := k.numbers[int(x)*width : (int(x)+1)*width]
		for j > 0 && perm[j-1] > x {
			y := perm[j-1]
			perm[j] = y
			j--
			if c.narrow && !c.counts(min(labels[x], labels[y])) {
				continue
			}
			number := row[y-x]
			if number < k.base {
				number = k.base + pairs
				pairs++
				row[y-x] = number
			}
			k.met = append(k.met, number-k.base)
		}
		perm[j] = x
		if budget -= i - j; budget < 0 {
			return pairs, false
		}
	}
	return pairs, true
}

// addBits makes the bits of the next class from the numbers it met.
func (k *masks) addBits(pairs int) {
	from := len(k.words)
	for range (pairs + 63) / 64 {
		k.words = append(k.words, 0)
	}
	bitset := k.words[from:]
	for _, number := range k.met {
		bitset[number>>6] |= 1 << (number & 63)
	}
	k.spans = append(k.spans, span{from: from, to: len(k.words)})
}

// distance counts the bits in which two classes differ. A class knows only of
// the pairs that were numbered up to it; it has none of the others.
func (k *masks) distance(a, b uint32) uint64 {
	x := k.words[k.spans[a].from:k.spans[a].to]
	y := k.words[k.spans[b].from:k.spans[b].to]
	if len(x) > len(y) {
		x, y = y, x
	}
	total := 0
	tail := y[len(x):]
	y = y[:len(x)]
	for i, w := range x {
		total += bits.OnesCount64(w ^ y[i])
	}
	for _, w := range tail {
		total += bits.OnesCount64(w)
	}
	return uint64(total)
}
