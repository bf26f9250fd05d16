package history

import "math/bits"

// The bounds within which Orders hold a history.
const (
	MaxOrderedMessages = 64
	MaxOrderedLogs     = 64
)

// Orders hold the logs of a small history in which every log holds every
// broadcast exactly once, so that nothing but their order is left to compare.
// Each log is two square tables of bits, one row a message, packed into words:
// who stands at each position, and who comes before each message. What is asked
// of two logs is then a few operations on words: the messages before which two
// logs hold different sets are the rows in which they differ, and the pairs they
// hold in opposite orders the bits one has and the other has not.
//
// Logs that are equal are one order. The zero value is ready for Load.
type Orders struct {
	messages int
	logs     int
	width    uint     // bits of a row: 8, 16, 32 or 64
	words    int      // of a table
	bottoms  uint64   // the lowest bit of every row of a word
	tops     uint64   // and the highest
	places   []uint64 // by order, then word: row i is the message at position i
	before   []uint64 // by order, then word: row m holds the messages before m
	later    []uint64 // row m holds the messages broadcast after m
	list     []Order
	orderOf  []uint8 // by log
}

// Order is the order of one log or of several.
type Order struct {
	First int // the first peer whose log it is
	Logs  int // how many there are
	Late  int // pairs of messages that it holds the other way round than they were broadcast
}

// Load takes the logs of h and reports whether it could: h must be within the
// bounds, have at least one log and one broadcast, and no log may lack, repeat or
// make up a message or be that of a crashed peer.
func (o *Orders) Load(h *History) bool {
	n := len(h.Broadcasts)
	if n == 0 || n > MaxOrderedMessages || len(h.Logs) == 0 || len(h.Logs) > MaxOrderedLogs ||
		len(h.Logs) != h.Peers || h.Crashed != nil || len(h.Strays) > 0 {
		return false
	}
	o.shape(n, len(h.Logs))
	for p := range h.Logs {
		refs := h.Logs[p].Refs
		if len(refs) != n {
			return false
		}
		if o.words == 1 {
			if !o.enterOne(p, refs) {
				return false
			}
		} else if !o.enter(p, refs) {
			return false
		}
	}
	return true
}

// shape makes room for logs of n messages and forgets those of before.
func (o *Orders) shape(n, logs int) {
	o.list = o.list[:0]
	if o.messages == n && o.logs == logs {
		return
	}
	o.messages, o.logs = n, logs
	o.orderOf = grownTo(o.orderOf, logs)
	width := uint(max(8, 1<<bits.Len(uint(n-1))))
	perWord := int(64 / width)
	o.words = (n + perWord - 1) / perWord
	o.places, o.before = grownTo(o.places, logs*o.words), grownTo(o.before, logs*o.words)
	o.list = grownTo(o.list, logs)[:0]
	if o.width == width && len(o.later) >= o.words {
		return
	}
	o.width, o.bottoms = width, 0
	for at := uint(0); at < 64; at += width {
		o.bottoms |= 1 << at
	}
	o.tops = o.bottoms << (width - 1)
	o.later = grownTo(o.later, o.words)
	clear(o.later)
	for m := range o.words * perWord {
		o.setRow(o.later, uint32(m), ^uint64(0)<<m<<1&(1<<width-1))
	}
}

func grownTo[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n)
	}
	return s[:n]
}

// setRow fills row m of an empty table.
func (o *Orders) setRow(table []uint64, m uint32, row uint64) {
	at := uint(m) * o.width
	table[at/64] |= row << (at % 64)
}

// enterOne enters the log of p when a table is one word.
func (o *Orders) enterOne(p int, refs []Ref) bool {
	places, before, held, any := uint64(0), uint64(0), uint64(0), uint32(0)
	for i, ref := range refs {
		places |= uint64(ref) << (uint(i) * 8 & 63)
		before |= held << (ref * 8 & 63)
		held |= 1 << (ref & 63)
		any |= ref
	}
	if any >= 64 || held != 1<<o.messages-1 {
		return false
	}
	k := len(o.list)
	for known, word := range o.places[:k] {
		if word == places {
			o.join(p, known)
			return true
		}
	}
	o.places[k], o.before[k] = places, before
	o.found(p, bits.OnesCount64(before&o.later[0]))
	return true
}

// enter does the same for tables of several words.
func (o *Orders) enter(p int, refs []Ref) bool {
	k := len(o.list)
	places, before := o.table(o.places, k), o.table(o.before, k)
	clear(places)
	for i, ref := range refs {
		if ref >= Ref(o.messages) {
			return false
		}
		o.setRow(places, uint32(i), uint64(ref))
	}
	for known := range o.list {
		if equalWords(places, o.table(o.places, known)) {
			o.join(p, known)
			return true
		}
	}
	clear(before)
	held := uint64(0)
	for _, ref := range refs {
		o.setRow(before, ref, held)
		held |= 1 << ref
	}
	if bits.OnesCount64(held) != o.messages {
		return false
	}
	late := 0
	for i, w := range before {
		late += bits.OnesCount64(w & o.later[i])
	}
	o.found(p, late)
	return true
}

// join says that the log of p has an order that is known.
func (o *Orders) join(p, known int) {
	o.orderOf[p] = uint8(known)
	o.list[known].Logs++
}

// found says that the log of p has the order whose tables were just filled in.
func (o *Orders) found(p, late int) {
	o.orderOf[p] = uint8(len(o.list))
	o.list = append(o.list, Order{First: p, Logs: 1, Late: late})
}

func equalWords(a, b []uint64) bool {
	b = b[:len(a)]
	for i, w := range a {
		if w != b[i] {
			return false
		}
	}
	return true
}

// table returns the table of order k among tables.
func (o *Orders) table(tables []uint64, k int) []uint64 {
	return tables[k*o.words : (k+1)*o.words : (k+1)*o.words]
}

// rows counts the rows of a word that are not empty: in which a carry, or the
// highest bit itself, reaches the highest bit.
func (o *Orders) rows(word uint64) int {
	return bits.OnesCount64((word&^o.tops + (o.tops - o.bottoms) | word) & o.tops)
}

// Messages returns how many messages there are, at least 1.
func (o *Orders) Messages() int { return o.messages }

// Logs returns how many logs there are, at least 1.
func (o *Orders) Logs() int { return o.logs }

// List returns the different orders, by first peer. It is valid until the next
// Load.
func (o *Orders) List() []Order { return o.list }

// Of returns the number in List of the order of p's log.
func (o *Orders) Of(p int) int { return int(o.orderOf[p]) }

// Inversions counts the pairs of messages that orders a and b hold in opposite
// orders: their Kendall distance.
func (o *Orders) Inversions(a, b int) int {
	if o.words == 1 {
		return bits.OnesCount64(o.before[a] &^ o.before[b])
	}
	x, y := o.table(o.before, a), o.table(o.before, b)
	total := 0
	for i, w := range x {
		total += bits.OnesCount64(w &^ y[i])
	}
	return total
}

// Contested counts the messages before which not all logs hold the same set.
func (o *Orders) Contested() int { return o.differing(o.before) }

// Differing counts the positions at which not all logs hold the same message.
func (o *Orders) Differing() int { return o.differing(o.places) }

func (o *Orders) differing(tables []uint64) int {
	total := 0
	for i := range o.words {
		differ := uint64(0)
		for k := 1; k < len(o.list); k++ {
			differ |= tables[k*o.words+i] ^ tables[i]
		}
		total += o.rows(differ)
	}
	return total
}

// CommonPrefix returns the number of positions before the first at which not all
// logs hold the same message.
func (o *Orders) CommonPrefix() int {
	for i := range o.words {
		differ := uint64(0)
		for k := 1; k < len(o.list); k++ {
			differ |= o.places[k*o.words+i] ^ o.places[i]
		}
		if differ != 0 {
			return (i*64 + bits.TrailingZeros64(differ)) / int(o.width)
		}
	}
	return o.messages
}

// DifferingFrom counts the positions among the first `until` at which not all
// logs of others hold the same message as that of p; until is at most Messages.
func (o *Orders) DifferingFrom(p int, others []int32, until int) int {
	own := o.table(o.places, o.Of(p))
	total := 0
	for i, w := range own {
		left := until*int(o.width) - i*64
		if left <= 0 {
			break
		}
		differ := uint64(0)
		for _, q := range others {
			differ |= o.places[o.Of(int(q))*o.words+i] ^ w
		}
		if left < 64 {
			differ &= 1<<left - 1
		}
		total += o.rows(differ)
	}
	return total
}
