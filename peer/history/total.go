package history

import "slices"

// merger tries to merge logs into one sequence that contains them all.
type merger struct {
	left  []int32  // by reference: views that hold it and have not come to it
	heads []int32  // by reference: 1 + the first of the views that have come to it
	link  []int32  // by view: 1 + the next that has come to the same message
	at    []int32  // by view: how much of it is merged
	ready []uint32 // messages to which all views that hold them have come
	pos   []uint32 // by reference: 1 + position in one log; scratch of the search for a pair
}

// total decides whether no two views order two messages differently. If all
// can be merged into one sequence none do. The converse does not hold: three
// logs may go round in a circle while each two of them agree, so a failed merge
// is followed by a search through the pairs.
func (c *Checker) total() Check {
	if len(c.views) < 2 || c.mergeable() {
		return Check{}
	}
	pos := zeroed(c.merge.pos, len(c.h.Broadcasts))
	c.merge.pos = pos
	for i := range c.views {
		for at, ref := range c.views[i].refs {
			pos[ref] = uint32(at + 1)
		}
		for j := i + 1; j < len(c.views); j++ {
			last, lastRef := uint32(0), NoRef
			for _, ref := range c.views[j].refs {
				here := pos[ref]
				if here == 0 {
					continue
				}
				if here < last {
					return Check{Violated, c.totalWitness(c.views[i].peer, c.views[j].peer, ref, lastRef)}
				}
				last, lastRef = here, ref
			}
		}
		for _, ref := range c.views[i].refs {
			pos[ref] = 0
		}
	}
	return Check{}
}

// mergeable merges the views by taking, again and again, a message that is
// next in every view that holds it and is not past it.
func (c *Checker) mergeable() bool {
	m := &c.merge
	m.left = append(m.left[:0], c.count...)
	m.heads = zeroed(m.heads, len(c.h.Broadcasts))
	m.link = zeroed(m.link, len(c.views))
	m.at = zeroed(m.at, len(c.views))
	m.ready = m.ready[:0]
	rest := 0
	for v := range c.views {
		rest += len(c.views[v].refs)
		m.come(c.views, int32(v))
	}
	for len(m.ready) > 0 {
		ref := m.ready[len(m.ready)-1]
		m.ready = m.ready[:len(m.ready)-1]
		for v := m.heads[ref]; v > 0; {
			following := m.link[v-1]
			m.at[v-1]++
			m.come(c.views, v-1)
			v = following
			rest--
		}
	}
	return rest == 0
}

// come notes the message that is next in a view.
func (m *merger) come(views []view, v int32) {
	refs := views[v].refs
	if int(m.at[v]) == len(refs) {
		return
	}
	ref := refs[m.at[v]]
	m.link[v] = m.heads[ref]
	m.heads[ref] = v + 1
	if m.left[ref]--; m.left[ref] == 0 {
		m.ready = append(m.ready, ref)
	}
}

// truth is the scratch memory of the count of inversions.
type truth struct {
	rank  []uint32 // by reference: place in the order of broadcast
	a, b  []uint32
	pairs []Inversions // by view
	out   []Inversions
}

// inversions counts the pairs of every compared log that are not in order of
// broadcast.
func (c *Checker) inversions() []Inversions {
	t := &c.truth
	t.order(c.h)
	t.pairs, t.out = t.pairs[:0], t.out[:0]
	for i := range c.views {
		refs := c.views[i].refs
		t.a = grown(t.a, len(refs))
		for k, ref := range refs {
			t.a[k] = t.rank[ref]
		}
		t.b = grown(t.b, len(refs))
		t.pairs = append(t.pairs, Inversions{Pairs: sortCounting(t.a, t.b), Length: len(refs)})
	}
	for _, v := range c.viewOf {
		t.out = append(t.out, t.pairs[v])
	}
	return t.out
}

// order ranks broadcasts by time, equal times by sender and then by rank.
func (t *truth) order(h *History) {
	t.rank, t.a = grown(t.rank, len(h.Broadcasts)), grown(t.a, len(h.Broadcasts))
	sorted := t.a
	for ref := range sorted {
		sorted[ref] = Ref(ref)
	}
	for from := 0; from < len(sorted); {
		to := from + 1
		for to < len(sorted) && h.Broadcasts[to].At == h.Broadcasts[from].At {
			to++
		}
		if to-from > 1 {
			slices.SortStableFunc(sorted[from:to], func(a, b Ref) int {
				return int(h.Broadcasts[a].ID.Sender - h.Broadcasts[b].ID.Sender)
			})
		}
		from = to
	}
	for place, ref := range sorted {
		t.rank[ref] = uint32(place)
	}
}

// sortCounting sorts a, with b as scratch, and returns how many pairs were out
// of order.
func sortCounting(a, b []uint32) (inversions int64) {
	if len(a) <= 8 {
		for i := 1; i < len(a); i++ {
			x, j := a[i], i
			for ; j > 0 && a[j-1] > x; j-- {
				a[j] = a[j-1]
			}
			a[j] = x
			inversions += int64(i - j)
		}
		return inversions
	}
	half := len(a) / 2
	inversions = sortCounting(a[:half], b[:half]) + sortCounting(a[half:], b[half:])
	if a[half-1] <= a[half] {
		return inversions
	}
	copy(b, a)
	i, j := 0, half
	for k := range a {
		if j == len(b) || i < half && b[i] <= b[j] {
			a[k] = b[i]
			i++
		} else {
			a[k] = b[j]
			j++
			inversions += int64(half - i)
		}
	}
	return inversions
}
