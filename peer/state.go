package peer

import (
	"encoding/binary"
	"slices"
	"time"
)

// Clone returns an independent copy of the Machine, its ordering and its
// transport: given the same inputs, both go the same way.
func (m *Machine) Clone() *Machine {
	m.count()
	c := *m
	c.c.Ordering = m.c.Ordering.Clone()
	if m.c.Transport != nil {
		c.c.Transport = m.c.Transport.Clone()
	}
	c.tally = slices.Clone(m.tally)
	c.flags = slices.Clone(m.flags)
	c.answers = [2][]int32{slices.Clone(m.answers[0]), slices.Clone(m.answers[1])}
	c.own, c.ended, c.backlog = nil, nil, nil // empty between steps, and now
	c.bodies, c.delivered = m.bodies.Clone(), m.delivered.Clone()
	return &c
}

// Restore makes m a copy of a saved Machine that goes on as another life of its
// peer: its packets of phases and the links of its transport begin anew, and its
// STOP announces the broadcasts made since it was saved as well. The saved one
// stays as it is. The host follows up with InputRestart, or with InputStart if
// the peer had not been started.
func (m *Machine) Restore(saved *Machine, life uint16, broadcasts int32) {
	*m = *saved.Clone()
	m.c.Incarnation, m.c.Broadcasts, m.broadcasts = life, broadcasts, broadcasts
	m.beginLife()
}

// beginLife tells the transport which life of its peer this is.
func (m *Machine) beginLife() {
	if t, ok := m.c.Transport.(Reborn); ok && m.c.Incarnation > 0 {
		t.Reborn(m.c.Incarnation)
	}
}

// AppendState appends the state in canonical form: two Machines of one Config
// that will answer every further input alike, times counted from now, append
// the same bytes.
func (m *Machine) AppendState(b []byte, now Instant) []byte {
	m.count()
	b = append(b, byte(m.phase), bit(m.finished)|bit(m.full)<<1|bit(m.impatient)<<2|bit(m.waiting)<<3)
	for _, v := range [...]int64{int64(m.broadcasts), int64(m.ready), int64(m.stops), int64(m.questions), int64(m.interval / time.Nanosecond)} {
		b = binary.AppendVarint(b, v)
	}
	for _, at := range [...]Instant{m.progress, m.asked, m.giveUpAt, m.stopAt} {
		if at == Distant {
			b = append(b, 0)
			continue
		}
		b = binary.AppendVarint(append(b, 1), int64(at-now))
	}
	looked := !m.c.IgnoresEnds || m.c.ByReceipt // else nobody ever looks at what was received, or ended
	for q, f := range m.flags {
		if f &^= narrowMask; !looked {
			f &^= flagEnded
		}
		b = append(b, byte(f))
		b = binary.AppendVarint(b, int64(m.undelivered(ID(q))))
		if looked {
			b = binary.AppendVarint(b, int64(m.tally[q].unreceived))
		}
	}
	for _, answers := range m.answers {
		b = binary.AppendUvarint(b, uint64(len(answers)))
		for _, k := range answers {
			b = binary.AppendUvarint(b, uint64(k))
		}
	}
	if m.c.Repeats {
		b = m.delivered.AppendState(m.bodies.AppendState(b))
	}
	b = m.c.Ordering.AppendState(b, now)
	if m.c.Transport != nil {
		b = m.c.Transport.AppendState(b, now)
	}
	return b
}

func bit(v bool) byte {
	if v {
		return 1
	}
	return 0
}
