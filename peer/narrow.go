package peer

import "slices"

// In a group of thousands there are as many tallies as pairs of peers, and most
// senders have broadcast a few messages. Where only deliveries are counted, a
// large group keeps its tallies in the upper bits of the flags: before the STOP
// of a sender how many of its messages were delivered, from then on how many are
// still to be. The first number that does not fit makes them wide.

// narrowFrom is the size of a group from which tallies begin narrow.
const narrowFrom = 512

// The part of a flag that is a tally.
const (
	narrowOne  = flagsEnd
	narrowMask = ^flag(0) &^ (flagsEnd - 1)
	narrowMost = int32(narrowMask / narrowOne)
)

// startTallies makes wide tallies, of which nothing is known.
func (m *Machine) startTallies() {
	n := len(m.flags)
	m.tally = slices.Grow(m.tally[:0], n)[:n]
	for i := range m.tally {
		m.tally[i] = tally{undelivered: unannounced, unreceived: unannounced}
	}
}

// widen gives every sender a tally of its own.
func (m *Machine) widen() {
	m.startTallies()
	for q := range m.flags {
		left := m.undelivered(ID(q))
		m.tally[q].undelivered = left
		m.flags[q] &^= narrowMask
		if left == 0 {
			m.flags[q] |= flagEnded // of which an ordering need not be told that keeps narrow ones
		}
	}
	m.narrow = false
}

// undelivered returns how many messages of q are still to be delivered, or less
// than unannounced by how many were.
func (m *Machine) undelivered(q ID) int32 {
	if !m.narrow {
		return m.tally[q].undelivered
	}
	f := m.flags[q]
	n := int32(f / narrowOne)
	if f&flagStopped == 0 {
		n = unannounced - n
	}
	return n
}

// countNarrow is count while tallies are narrow, as they may be no longer when it
// is done.
func (m *Machine) countNarrow() {
	for _, q := range m.backlog[:m.noted] {
		if m.tick(ID(q)) {
			m.allGone(ID(q))
		}
	}
	m.noted = 0
}

// tick counts a delivery of a message of q and reports whether it was the last
// that was announced.
func (m *Machine) tick(q ID) bool {
	if m.narrow {
		return m.tickNarrow(q)
	}
	t := &m.tally[q]
	t.undelivered--
	return t.undelivered == 0
}

func (m *Machine) tickNarrow(q ID) bool {
	switch f := m.flags[q]; {
	case f&flagStopped != 0 && f&narrowMask != 0:
		m.flags[q] = f - narrowOne
		return f&narrowMask == narrowOne
	case f&flagStopped == 0 && f&narrowMask != narrowMask:
		m.flags[q] = f + narrowOne
		return false
	}
	m.widen()
	return m.tick(q)
}

// owe notes that all count messages of a sender were announced, and returns how
// many of them the close waits for: those still to be received, or delivered.
func (t *tally) owe(count int32, byReceipt bool) int32 {
	// More than announced can only be logged by an ordering that repeats itself.
	t.undelivered = max(0, t.undelivered-unannounced+count)
	t.unreceived = max(0, t.unreceived-unannounced+count)
	if byReceipt {
		return t.unreceived
	}
	return t.undelivered
}

// oweNarrow is that of a tally while tallies are narrow, as they may be no longer
// when it is done. The STOP of q has just come.
func (m *Machine) oweNarrow(q ID, count int32) int32 {
	delivered := int32(m.flags[q] / narrowOne)
	if due := max(0, count-delivered); due <= narrowMost {
		m.flags[q] = m.flags[q]&^narrowMask | flag(due)*narrowOne
		return due
	}
	m.flags[q] &^= flagStopped // under which the number would mean what is due
	m.widen()
	m.flags[q] |= flagStopped
	return m.tally[q].owe(count, m.c.ByReceipt)
}
