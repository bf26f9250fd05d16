package peer

// Arrive is Step with an InputArrival of msg, for hosts that hand in little else.
func (m *Machine) Arrive(now Instant, msg *Message, out *Effects) error {
	return m.arrive(now, msg, out)
}

// Broadcast is Step with an InputBroadcast of id.
func (m *Machine) Broadcast(now Instant, id MessageID, out *Effects) error {
	return m.broadcast(now, id, out)
}
