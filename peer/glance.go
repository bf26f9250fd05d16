package peer

// Glance and Glimpse read what Arrive will read, so that it is at hand by then,
// and return a number without meaning; they change nothing. Glance reads the
// Machine, and Glimpse, after it, what the Machine keeps elsewhere about a packet
// from q, one of the group, with a body or without.
func (m *Machine) Glance() int32 { return int32(m.phase) + m.missing + int32(m.c.Phases.Protocol) }

// Glimpse belongs to Glance.
func (m *Machine) Glimpse(q ID, body bool) int32 {
	if at := int(m.noted); body && m.deferring && at < len(m.backlog) {
		return int32(m.backlog[at])
	}
	return int32(m.flags[q])
}
