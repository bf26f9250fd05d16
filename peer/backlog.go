package peer

// A log cannot close before the last STOP is in, and an ordering that does
// nothing at the end of a stream need not be told of it at once. Until then
// what was delivered is only noted, in a list, and counted by sender a few
// hundred at a time: in a large group the counts of all peers together are far
// more than a cache holds, while the end of a list is at hand.

// backlogLen is how many deliveries are noted before they are counted.
const backlogLen = 512

// crowd is from how many peers on that pays: their counts fill half a kilobyte.
// It is changed by tests alone.
var crowd = 64

// defers reports whether a new Machine may begin by noting deliveries.
func (m *Machine) defers() bool {
	c := &m.c
	return c.Peers >= crowd && c.IgnoresEnds && !c.Repeats && !c.ByReceipt && c.Phases.Protocol != Classic && m.stopsDue > 0
}

// note enters a delivery or a discard of a message of q.
func (m *Machine) note(q ID) {
	if int(m.noted) == len(m.backlog) {
		m.count()
		if m.backlog == nil {
			m.backlog = make([]uint16, backlogLen)
		}
	}
	m.backlog[m.noted] = uint16(q)
	m.noted++
}

// count counts what was noted.
func (m *Machine) count() {
	if m.narrow {
		m.countNarrow()
		return
	}
	for _, q := range m.backlog[:m.noted] {
		t := &m.tally[q]
		if t.undelivered--; t.undelivered == 0 {
			m.allGone(ID(q))
		}
	}
	m.noted = 0
}

// maybeCount counts from now on each delivery when it comes, if every STOP that
// is waited for is in.
func (m *Machine) maybeCount() {
	if m.deferring && m.stopsDue == 0 {
		m.count()
		m.deferring = false
	}
}
