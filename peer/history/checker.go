package history

import (
	"fmt"
	"slices"

	"mpcomm/peer"
)

// Checker checks histories. It keeps its memory from one to the next, so that
// in a sweep a check without violations allocates nothing. The zero Checker is
// ready for use; it must not be shared by goroutines.
type Checker struct {
	h        *History
	want     Mask
	compared []int  // correct peers
	viewOf   []int  // by place among compared
	views    []view // the different logs of correct peers, as far as noticed
	clean    []Ref  // room for views that had to be freed of repeats and strays

	seen  []uint32 // by reference: the stamp of the last log that holds it
	stamp uint32
	count []int32 // by reference: views that hold it
	lost  []bool  // by reference: in the log of a crashed peer
	next  []int32 // by sender; all zero between its uses, see forget
	owner table   // ranks of senders to references

	causes  causes
	small   small
	ordered ordered
	merge   merger
	truth   truth
}

// view is the log of one or more correct peers without repeats and strays.
type view struct {
	peer      int // the first whose log it is
	refs      []Ref
	logs      int  // how many compared logs are equal to it
	checked   int  // how many of these the causal check counts
	fifo      bool // every sender's messages in order of broadcast, without gaps
	broadcast bool // exactly the first messages of the run, in order of broadcast
}

// Check judges a history. Settled says that nothing more could happen when the
// run ended; otherwise only the violations of integrity, FIFO, causal and total
// order are known, and all else is Unknown. So is what want does not ask for.
//
// The order of broadcasts in a history has to be one in which they happened:
// Check panics on a message that follows from a later one.
func (c *Checker) Check(h *History, settled bool, want Mask) (properties Properties, quality Quality) {
	c.ordered.loaded = want == AllProperties && c.ordered.orders.Load(h)
	if !c.ordered.loaded || !c.checkOrders(h, &properties, &quality) {
		return c.check(h, settled, want)
	}
	if !settled {
		properties.unsettle()
	}
	return properties, quality
}

// check is Check by passes over the logs.
func (c *Checker) check(h *History, settled bool, want Mask) (Properties, Quality) {
	c.h, c.want = h, want
	c.reset()
	var quality Quality
	properties := Properties{
		Integrity: Check{Verdict: Unknown}, Validity: Check{Verdict: Unknown}, Agreement: Check{Verdict: Unknown},
		Uniform: Check{Verdict: Unknown}, FIFO: Check{Verdict: Unknown}, Causal: Check{Verdict: Unknown},
		Total: Check{Verdict: Unknown},
	}
	c.scan(&properties, &quality)
	c.sets(&properties)
	if want&Causal != 0 {
		c.causal(&properties, &quality)
	}
	if want&Total != 0 {
		properties.Total = c.total()
	}
	if want&Truth != 0 {
		quality.Truth = c.inversions()
	}
	if !settled {
		properties.unsettle()
	}
	c.h = nil
	return properties, quality
}

// unsettle takes back what a longer run could have changed.
func (p *Properties) unsettle() {
	p.Validity, p.Agreement, p.Uniform = Check{Verdict: Unknown}, Check{Verdict: Unknown}, Check{Verdict: Unknown}
	for _, check := range [...]*Check{&p.Integrity, &p.FIFO, &p.Causal, &p.Total} {
		if check.Verdict == Holds {
			check.Verdict = Unknown
		}
	}
}

// reset finds the compared logs, and which of them are equal to the first.
func (c *Checker) reset() {
	h := c.h
	if len(h.Logs) != h.Peers || h.Crashed != nil && len(h.Crashed) != h.Peers {
		panic(fmt.Sprintf("history: %d logs and %d marks of crashes for %d peers", len(h.Logs), len(h.Crashed), h.Peers))
	}
	n := len(h.Broadcasts)
	c.seen = grown(c.seen, n)
	c.count = zeroed(c.count, n)
	if c.stamp > 1<<32-1-4*peer.MaxPeers {
		clear(c.seen[:cap(c.seen)])
		c.stamp = 0
	}
	c.compared, c.viewOf, c.views = c.compared[:0], c.viewOf[:0], c.views[:0]
	c.clean = c.clean[:0]
	c.owner.built = false
	for p := range h.Peers {
		if !h.Correct(p) {
			continue
		}
		v := len(c.views)
		if v > 0 && slices.Equal(h.Logs[p].Refs, h.Logs[c.views[0].peer].Refs) {
			v = 0
		} else {
			c.views = append(c.views, view{peer: p})
		}
		c.views[v].logs++
		c.compared = append(c.compared, p)
		c.viewOf = append(c.viewOf, v)
	}
}

// grown returns s with room for n entries, old entries kept.
func grown(s []uint32, n int) []uint32 {
	if n > cap(s) {
		s = append(s[:cap(s)], make([]uint32, n-cap(s))...)
	}
	return s[:n]
}

// zeroed returns n zeros in the memory of s.
func zeroed[T int32 | uint32 | uint64 | bool | sender](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// scan goes once through every log: it takes out repeats and strays, counts
// who holds what, and looks at FIFO order.
func (c *Checker) scan(properties *Properties, quality *Quality) {
	integrity, fifo := Check{}, Check{}
	for i := range c.views {
		v := &c.views[i]
		if whole := c.scanLog(v); !whole && integrity.Verdict == Holds {
			integrity = Check{Violated, c.integrityWitness(v.peer)}
		}
		if !v.fifo && c.want&FIFO != 0 {
			violations, gaps, witness := c.fifoOf(v, fifo.Verdict == Holds)
			quality.FIFOViolations += violations * v.logs
			quality.FIFOGaps += gaps * v.logs
			if fifo.Verdict == Holds {
				fifo = Check{Violated, witness}
			}
		}
	}
	if c.h.Crashed != nil {
		c.lost = zeroed(c.lost, len(c.h.Broadcasts))
		for p := range c.h.Peers {
			if c.h.Correct(p) {
				continue
			}
			if whole := c.scanCrashed(p); !whole && integrity.Verdict == Holds {
				integrity = Check{Violated, c.integrityWitness(p)}
			}
		}
	}
	if c.want&Integrity != 0 {
		properties.Integrity = integrity
	}
	if c.want&FIFO != 0 {
		properties.FIFO = fifo
	}
}

// scanLog fills in a view and reports whether its log has no repeats or strays.
func (c *Checker) scanLog(v *view) bool {
	raw := c.h.Logs[v.peer].Refs
	broadcasts := c.h.Broadcasts
	c.stamp++
	stamp, seen, count := c.stamp, c.seen, c.count
	next := c.bySender()
	fifo, inOrder, whole := true, true, true
	for i, ref := range raw {
		if ref >= Ref(len(broadcasts)) || seen[ref] == stamp {
			if ref != NoRef && ref >= Ref(len(broadcasts)) {
				panic(fmt.Sprintf("history: log of p%d holds reference %d of %d broadcasts", v.peer, ref, len(broadcasts)))
			}
			whole = false
			continue
		}
		seen[ref] = stamp
		count[ref]++
		b := &broadcasts[ref]
		n := &next[b.ID.Sender]
		fifo = fifo && *n == b.Rank
		inOrder = inOrder && ref == Ref(i)
		*n++
	}
	c.forget(raw)
	v.refs, v.fifo, v.broadcast = raw, fifo, inOrder && whole
	if !whole {
		c.freed(v, raw)
	}
	return whole
}

// bySender returns a zero for every sender.
func (c *Checker) bySender() []int32 {
	if cap(c.next) < c.h.Peers {
		c.next = make([]int32, c.h.Peers)
	}
	c.next = c.next[:c.h.Peers]
	return c.next
}

// forget makes next zero again for the senders of a log: in a large group with
// short logs that is far less than all.
func (c *Checker) forget(refs []Ref) {
	if len(refs) > c.h.Peers {
		clear(c.next)
		return
	}
	for _, ref := range refs {
		if ref != NoRef {
			c.next[c.h.Broadcasts[ref].ID.Sender] = 0
		}
	}
}

// freed gives the view a copy of its log without repeats and strays.
func (c *Checker) freed(v *view, raw []Ref) {
	c.stamp++
	from := len(c.clean)
	for _, ref := range raw {
		if ref != NoRef && c.seen[ref] != c.stamp {
			c.seen[ref] = c.stamp
			c.clean = append(c.clean, ref)
		}
	}
	// A later append may move the rest of clean, never what this slice holds.
	v.refs = c.clean[from:len(c.clean):len(c.clean)]
}

// scanCrashed notes what a crashed peer delivered.
func (c *Checker) scanCrashed(p int) (whole bool) {
	c.stamp++
	whole = true
	for _, ref := range c.h.Logs[p].Refs {
		if ref == NoRef || c.seen[ref] == c.stamp {
			whole = false
			continue
		}
		c.seen[ref] = c.stamp
		c.lost[ref] = true
	}
	return whole
}

// sets decides the properties that are about which messages are where.
func (c *Checker) sets(properties *Properties) {
	if c.want&(Validity|Agreement|Uniform) == 0 {
		return
	}
	validity, agreement, uniform := Check{}, Check{}, Check{}
	all := int32(len(c.views))
	for ref, held := range c.count {
		if held == all && all > 0 {
			continue
		}
		if held > 0 && agreement.Verdict == Holds {
			agreement = Check{Violated, c.agreementWitness(Ref(ref), false)}
		}
		if crashed := c.h.Crashed != nil && c.lost[ref]; (held > 0 || crashed) && all > 0 && uniform.Verdict == Holds {
			uniform = Check{Violated, c.agreementWitness(Ref(ref), held == 0)}
		}
		if held == 0 && validity.Verdict == Holds && c.h.Correct(int(c.h.Broadcasts[ref].ID.Sender)) {
			validity = Check{Violated, c.validityWitness(Ref(ref))}
		}
	}
	if c.want&Validity != 0 {
		properties.Validity = validity
	}
	if c.want&Agreement != 0 {
		properties.Agreement = agreement
	}
	if c.want&Uniform != 0 {
		properties.Uniform = uniform
	}
}
