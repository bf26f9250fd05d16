package history

import "fmt"

// table finds the messages of a sender by rank.
type table struct {
	built bool
	first []int32 // by sender, and one more: where its messages begin in refs
	refs  []uint32
}

// ranks returns the references of a sender's broadcasts in order.
func (c *Checker) ranks(sender int) []Ref {
	t := &c.owner
	if !t.built {
		t.build(c.h)
	}
	return t.refs[t.first[sender]:t.first[sender+1]]
}

func (t *table) build(h *History) {
	t.built = true
	t.first = zeroed(t.first, h.Peers+1)
	t.refs = grown(t.refs, len(h.Broadcasts))
	for i := range h.Broadcasts {
		t.first[h.Broadcasts[i].ID.Sender+1]++
	}
	for p := range h.Peers {
		t.first[p+1] += t.first[p]
	}
	for i := range t.refs {
		t.refs[i] = NoRef
	}
	for ref := range h.Broadcasts {
		b := &h.Broadcasts[ref]
		from, to := t.first[b.ID.Sender], t.first[b.ID.Sender+1]
		if b.Rank < 0 || b.Rank >= to-from || t.refs[from+b.Rank] != NoRef || b.Rank > 0 && t.refs[from+b.Rank-1] == NoRef {
			panic(fmt.Sprintf("history: %s has rank %d, which is not its place among the broadcasts of its sender", b.ID, b.Rank))
		}
		t.refs[from+b.Rank] = Ref(ref)
	}
}

// fifoOf counts, in a log that is not in FIFO order, the messages that others
// of their sender overtook and those behind a gap. It is called while the log's
// stamp is the latest.
func (c *Checker) fifoOf(v *view, witness bool) (violations, gaps int, w *Witness) {
	broadcasts := c.h.Broadcasts
	// Next is first 1 + the largest rank so far. When the sender is met again
	// it becomes -1 - the first rank that never comes, if one below does not.
	next := c.bySender()
	for _, ref := range v.refs {
		b := &broadcasts[ref]
		if n := &next[b.ID.Sender]; b.Rank < *n {
			violations++
		} else {
			*n = b.Rank + 1
		}
	}
	for _, ref := range v.refs {
		b := &broadcasts[ref]
		n := &next[b.ID.Sender]
		if *n > 0 {
			*n = -1 - c.firstAbsent(int(b.ID.Sender), *n)
		}
		if b.Rank > -1-*n {
			gaps++
		}
	}
	c.forget(v.refs)
	if witness && c.want&Witnesses != 0 {
		w = c.fifoWitness(v)
	}
	return violations, gaps, w
}

// firstAbsent returns the first of a sender's ranks below limit that the log
// scanned last does not hold, or limit.
func (c *Checker) firstAbsent(sender int, limit int32) int32 {
	for rank, ref := range c.ranks(sender)[:limit] {
		if c.seen[ref] != c.stamp {
			return int32(rank)
		}
	}
	return limit
}
