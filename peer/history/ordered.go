package history

import "math/bits"

// ordered judges what is left to judge of Orders: messages that came before
// their causes or after later ones of their sender. Sweeps of tiny runs spend
// their checks here.
type ordered struct {
	orders  Orders
	loaded  bool
	senders []sender
	behind  []uint64 // row m holds the later messages of m's sender
	needs   []uint64 // row m holds the causes of m
}

// sender is what is known of a peer from the broadcasts so far.
type sender struct {
	own uint64 // its messages
	had uint64 // what it had delivered when it last broadcast
}

// Orders returns the orders of the logs last checked, and nil when they have
// none or the check went another way. They are valid until the next Check.
func (c *Checker) Orders() *Orders {
	if !c.ordered.loaded {
		return nil
	}
	return &c.ordered.orders
}

// checkOrders is Check for a history whose logs are Orders: nothing is missing,
// repeated or made up, so only three properties can be violated, the total order
// as soon as two logs differ. It is not ok when a rank is not the place of a
// message among those of its sender.
func (c *Checker) checkOrders(h *History, properties *Properties, quality *Quality) (ok bool) {
	x := &c.ordered
	o := &x.orders
	built := false
	for k := range o.list {
		if o.list[k].Late == 0 {
			continue // order of broadcast respects every cause
		}
		if !built {
			if !x.relate(h, &c.small) {
				return false
			}
			built = true
		}
		overtaken, early := x.judge(k)
		quality.FIFOViolations += overtaken * o.list[k].Logs
		quality.CausalViolations += early * o.list[k].Logs
	}
	if quality.FIFOViolations > 0 {
		properties.FIFO.Verdict = Violated
	}
	if quality.CausalViolations > 0 {
		properties.Causal.Verdict = Violated
	}
	if len(o.list) > 1 {
		properties.Total.Verdict = Violated
	}
	return true
}

// relate lays out what the broadcasts alone say of their messages. It is not ok
// when a rank is not the place of a message among those of its sender.
func (x *ordered) relate(h *History, causes *small) bool {
	o := &x.orders
	x.behind, x.needs = zeroed(x.behind, o.words), zeroed(x.needs, o.words)
	if o.words == 1 && x.relateOne(h) {
		return true
	}
	x.senders = zeroed(x.senders, h.Peers)
	for ref := range h.Broadcasts {
		b := &h.Broadcasts[ref]
		s := &x.senders[b.ID.Sender]
		if int(b.Rank) != bits.OnesCount64(s.own) {
			return false
		}
		s.own |= 1 << ref
	}
	causes.build(h)
	for ref := range h.Broadcasts {
		own := x.senders[h.Broadcasts[ref].ID.Sender].own
		o.setRow(x.behind, uint32(ref), own&^(2<<ref-1))
		o.setRow(x.needs, uint32(ref), causes.causes[ref])
	}
	return true
}

// relateOne is relate when a table is one word. It is not ok either when the
// history is none that can have happened.
func (x *ordered) relateOne(h *History) bool {
	o := &x.orders
	x.senders = zeroed(x.senders, h.Peers)
	needs, earlier, wrong := uint64(0), uint64(0), uint64(0)
	for ref := range h.Broadcasts {
		b := &h.Broadcasts[ref]
		s := &x.senders[b.ID.Sender]
		if uint(b.LogLen) >= uint(o.messages) || b.Cause != NoRef && b.Cause >= Ref(ref) || int(b.Rank) != bits.OnesCount64(s.own) {
			return false
		}
		// What the sender had delivered comes before the next entry of its log.
		k := o.orderOf[b.ID.Sender]
		next := o.places[k] >> (b.LogLen * 8 & 63) & 0xff
		delivered := o.before[k] >> (next * 8 & 63) & 0xff
		row := delivered | s.own
		if b.Cause != NoRef {
			row |= 1 << (b.Cause & 63)
		}
		wrong |= row>>(ref&63) | s.had&^delivered
		needs |= row << (ref * 8 & 63)
		earlier |= s.own << (ref * 8 & 63)
		s.own |= 1 << (ref & 63)
		s.had = delivered
	}
	if wrong != 0 {
		return false
	}
	x.needs[0], x.behind[0] = closed(needs), transposed(earlier)
	return true
}

// transposed makes the rows of a word its columns, by exchanging ever larger
// squares beside the diagonal (Warren, Hacker's Delight, 7-3).
func transposed(rows uint64) uint64 {
	moved := (rows ^ rows>>7) & 0x00aa00aa00aa00aa
	rows ^= moved ^ moved<<7
	moved = (rows ^ rows>>14) & 0x0000cccc0000cccc
	rows ^= moved ^ moved<<14
	moved = (rows ^ rows>>28) & 0x00000000f0f0f0f0
	return rows ^ moved ^ moved<<28
}

// closed adds to every row of a word the rows of what it holds. Rows hold
// only what is above them, so each is whole by the time it is added (Warshall,
// JACM 9(1), 1962).
func closed(rows uint64) uint64 {
	const column = 0x0101010101010101
	for m := range 8 {
		holders := rows >> m & column
		rows |= (holders<<8 - holders) & (rows >> (m * 8) & 0xff * column)
	}
	return rows
}

// judge counts the messages of order k that a later one of their sender
// overtook, and those before a cause.
func (x *ordered) judge(k int) (overtaken, early int) {
	o := &x.orders
	for i := range o.words {
		w := o.before[k*o.words+i]
		overtaken += o.rows(w & x.behind[i])
		early += o.rows(x.needs[i] &^ w)
	}
	return overtaken, early
}
