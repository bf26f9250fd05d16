package peer

// Arrive is Step with an InputArrival of msg, for hosts that hand in little else.
func (m *Machine) Arrive(now Instant, msg *Message, out *Effects) error {
	return m.arrive(now, msg, out)
}
