package peer

// A host need not ask an ordering that only passes messages through. What it does
// instead, and when it may not, is said here.

// maybePass sees whether bodies pass through the Machine from now on: whether
// nothing can follow from one but its delivery.
func (m *Machine) maybePass() {
	m.passes = m.direct && m.c.PassThrough && m.c.IgnoresEnds && !m.c.Loopback && !m.c.Repeats && !m.c.ByReceipt
}

// Pass is Arrive for a body that comes from the message's own sender, without
// words, where the ordering would only deliver it: it notes the delivery, which
// the host appends to the log. It reports false, and has done nothing, where the
// Machine must be asked by Arrive.
func (m *Machine) Pass(now Instant, sender ID) bool {
	if k := m.noted; m.passes && m.deferring && uint(k) < uint(len(m.backlog)) {
		m.backlog[k] = uint16(sender)
		m.noted = k + 1
		m.progress = now
		return true
	}
	return false
}

// PassCounted is Pass where deliveries are counted as they come: in small groups,
// and once every STOP is in. The host tries the one and then the other; apart they
// are small enough for a compiler to put in place. It is false, and nothing done,
// for the delivery that closes the log.
func (m *Machine) PassCounted(now Instant, sender ID) bool {
	if m.passes && !m.deferring && uint(sender) < uint(len(m.tally)) {
		t := &m.tally[sender]
		if t.undelivered < 2 {
			if t.undelivered != 1 || m.outstanding < 2 {
				return false
			}
			m.satisfied(sender)
		}
		t.undelivered--
		t.unreceived--
		m.progress = now
		return true
	}
	return false
}

// PassLast is Pass for the last message that its sender announced, by which the log
// may close: the host appends it, and then does what is in out.
func (m *Machine) PassLast(now Instant, sender ID, out *Effects) bool {
	if !m.passes || m.deferring || uint(sender) >= uint(len(m.tally)) || m.tally[sender].undelivered != 1 {
		return false
	}
	t := &m.tally[sender]
	t.undelivered--
	t.unreceived--
	m.progress = now
	m.satisfied(sender)
	if m.phase == Draining && m.closable() {
		m.close(now, out)
	}
	return true
}

// PassOn is Broadcast where the ordering would only send the message to all and
// deliver it: the host sends a KindData of it to the others, then appends it to
// the log. It reports false, and has done nothing, where the Machine must be
// asked by Broadcast.
func (m *Machine) PassOn(now Instant) bool {
	if m.phase != Data || m.finished || !m.Pass(now, m.c.Self) && !m.PassCounted(now, m.c.Self) {
		return false
	}
	m.broadcasts++
	return true
}
