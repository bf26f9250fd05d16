package compare

import "math"

// Gone is the displacement of a message that some compared log never holds.
const Gone = math.MaxInt32

// Barcode returns, for each position of the longest of the logs last compared,
// how far the message some log holds there is displaced at most from its
// position in another: 0 where all logs agree, Gone where one never holds it.
// A position at which logs differ is never 0. out is reused.
func (c *Comparer) Barcode(out []int32) []int32 {
	c.layOut()
	longest := 0
	for i := range c.classes {
		longest = max(longest, len(c.classes[i].raw))
	}
	out = out[:0]
	for range longest {
		out = append(out, 0)
	}
	if len(c.classes) < 2 {
		return out
	}
	least, most := make([]int32, c.limit), make([]int32, c.limit)
	for m := range least {
		least[m], most[m] = math.MaxInt32, -1
	}
	token := make([]uint32, c.limit) // class that last held it, from 1
	for i := range c.classes {
		for at, m := range c.classes[i].raw {
			if token[m] != uint32(i)+1 { // a repeat has no place of its own
				token[m] = uint32(i) + 1
				least[m], most[m] = min(least[m], int32(at)), max(most[m], int32(at))
			}
		}
	}
	logs := uint32(len(c.logs))
	first := c.classes[0].raw
	for i := range c.classes {
		for at, m := range c.classes[i].raw {
			d := most[m] - least[m]
			if c.table[m].count < logs {
				d = Gone
			}
			if d == 0 && (at >= len(first) || first[at] != m) {
				d = 1
			}
			out[at] = max(out[at], d)
		}
	}
	// Where logs differ although each message there has one place in all of
	// them, repeats are in play, or a log has ended.
	for i := range c.classes {
		for at := len(c.classes[i].raw); at < longest; at++ {
			out[at] = max(out[at], 1)
		}
	}
	return out
}
