package peer

// MakeNarrow makes a new Machine that notes deliveries keep its tallies narrow, as
// those of large groups do, and reports whether they are now.
func (m *Machine) MakeNarrow() bool {
	m.narrow = m.deferring
	return m.narrow
}

// Narrow reports whether the tallies are narrow.
func (m *Machine) Narrow() bool { return m.narrow }

// The groups of tests are small, and are to note deliveries all the same.
func init() { crowd = 2 }
