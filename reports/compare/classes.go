package compare

import "slices"

// fewLogs is how many logs are compared with each other directly; more are
// first told apart by a hash.
const fewLogs = 8

// classify groups identical logs.
func (c *Comparer) classify() {
	c.classes, c.classOf = c.classes[:0], c.classOf[:0]
	if len(c.logs) > fewLogs {
		c.classifyMany()
		return
	}
	for _, log := range c.logs {
		at := 0
		for at < len(c.classes) && !slices.Equal(c.classes[at].raw, log) {
			at++
		}
		c.join(at, log)
	}
}

// join puts log into class at, which may be a new one.
func (c *Comparer) join(at int, log []uint32) {
	if at == len(c.classes) {
		c.classes = append(c.classes, class{raw: log})
	}
	c.classes[at].weight++
	c.classOf = append(c.classOf, uint32(at))
}

// classifyMany does the same through a table of hashes with linear probing;
// logs of equal hash are compared in full.
func (c *Comparer) classifyMany() {
	size := 16
	for size < 2*len(c.logs) {
		size *= 2
	}
	if cap(c.slots) < size {
		c.slots = make([]uint32, size)
	}
	c.slots = c.slots[:size]
	clear(c.slots)
	c.hashes = c.hashes[:0] // of each class
	for _, log := range c.logs {
		h := hash(log)
		slot := h & uint64(size-1)
		for {
			k := c.slots[slot]
			if k == 0 {
				c.slots[slot] = uint32(len(c.classes)) + 1
				c.hashes = append(c.hashes, h)
				c.join(len(c.classes), log)
				break
			}
			if c.hashes[k-1] == h && slices.Equal(c.classes[k-1].raw, log) {
				c.join(int(k-1), log)
				break
			}
			slot = (slot + 1) & uint64(size-1)
		}
	}
}

func hash(log []uint32) uint64 {
	h := uint64(len(log)) + 1
	for _, m := range log {
		h = (h ^ uint64(m)) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return h ^ h>>32
}

// prefixes measures the raw logs position by position.
func (c *Comparer) prefixes(d *Divergence) {
	if len(c.classes) == 0 {
		return
	}
	first := c.classes[0].raw
	shortest, longest := first, first
	d.CommonPrefix = len(first)
	for _, k := range c.classes[1:] {
		if len(k.raw) < len(shortest) {
			shortest = k.raw
		}
		if len(k.raw) > len(longest) {
			longest = k.raw
		}
		d.CommonPrefix = commonPrefix(first[:d.CommonPrefix], k.raw)
	}
	d.Positions = len(longest)
	if d.Identical {
		return
	}
	d.FirstDifference.N, d.FirstDifference.Known = int64(d.CommonPrefix)+1, true
	d.PositionsDiffering = len(longest) - len(shortest) + c.differing(d.CommonPrefix, len(shortest))
	for _, k := range c.classes {
		if commonPrefix(k.raw, longest) < len(k.raw) {
			d.PrefixConsistent = false
			break
		}
	}
}

func commonPrefix(a, b []uint32) int {
	n := min(len(a), len(b))
	a, b = a[:n], b[:n]
	for i, x := range a {
		if b[i] != x {
			return i
		}
	}
	return n
}

// differing counts the positions from..until-1, which every log has, at which
// not all hold the same message.
func (c *Comparer) differing(from, until int) int {
	n := until - from
	if n <= 0 {
		return 0
	}
	first := c.classes[0].raw[from:until]
	differ := 0
	if len(c.classes) <= fewLogs {
		for i, x := range first {
			for k := 1; k < len(c.classes); k++ {
				if c.classes[k].raw[from+i] != x {
					differ++
					break
				}
			}
		}
		return differ
	}
	c.growFlags(n)
	flags := c.flags[:n]
	clear(flags)
	for _, k := range c.classes[1:] {
		for i, y := range k.raw[from:until] {
			if first[i] != y {
				flags[i] = 1
			}
		}
	}
	for _, f := range flags {
		differ += int(f)
	}
	return differ
}
