package peer

import "time"

// Start is Step with an InputStart: it powers the peer on. Protocol none opens data
// at once, the others say READY.
func (m *Machine) Start(now Instant, out *Effects) error {
	if m.phase != Idle {
		return m.reject("a second start")
	}
	m.progress, m.asked = now, now
	if m.c.Phases.Protocol == None {
		m.becomeData(now, out)
	} else {
		m.becomeHandshake(now, out)
	}
	return nil
}

func (m *Machine) becomeHandshake(now Instant, out *Effects) {
	m.edge(Idle, Handshake)
	m.phase = Handshake
	out.Add(Effect{Kind: EffectPhase, Phase: Handshake})
	m.flags[m.c.Self] |= flagReady // the own READY counts at once
	m.ready = 1
	if m.c.Peers > 1 {
		out.ToOthers(m.phasePacket(KindReady, 0))
	} else {
		m.becomeData(now, out)
		return
	}
	if m.c.Phases.Protocol == Robust {
		m.interval = m.c.Phases.Retry
		m.giveUpAt = after(now, m.c.Phases.GiveUp)
		m.arm(now, out)
	}
}

// edge panics unless the Machine is in phase from: no phase is entered twice
// and none is skipped.
func (m *Machine) edge(from, to Phase) {
	if m.phase != from {
		panic("peer: " + m.c.Self.String() + " goes from " + m.phase.String() + " to " + to.String())
	}
}

// phasePacket makes a packet of the phases. Its Round is its serial number on
// the link, above those of all earlier lives of this peer.
func (m *Machine) phasePacket(kind Kind, serial int32) Message {
	life := int32(m.c.Incarnation&0x7fff) << 16
	return Message{ID: NoMessage, From: m.c.Self, Kind: kind, Round: life + serial}
}

// hearReady notes a READY from q. Classic counts packets, robust counts peers.
func (m *Machine) hearReady(now Instant, q ID, out *Effects) {
	fresh := m.flags[q]&flagReady == 0
	m.flags[q] |= flagReady
	if m.phase != Handshake {
		return
	}
	if m.c.Phases.Protocol == Classic {
		if m.ready++; m.ready >= m.c.Peers {
			m.becomeData(now, out)
		}
		return
	}
	if fresh {
		if m.missing--; m.missing == 0 {
			m.becomeData(now, out)
		}
	}
}

func (m *Machine) expireHandshake(now Instant, out *Effects) {
	if m.c.Phases.Protocol != Robust {
		return
	}
	if now >= m.giveUpAt {
		m.giveUp(out)
		m.becomeData(now, out)
		return
	}
	if now >= m.questionAt() {
		m.ask(now, KindAskReady, flagReady, out)
	}
	m.arm(now, out)
}

// giveUp stops waiting for whoever has not said READY.
func (m *Machine) giveUp(out *Effects) {
	for q, f := range m.flags {
		if f&flagReady != 0 {
			continue
		}
		if m.left(ID(q)) != 0 {
			m.outstanding--
		}
		if f&flagStopped == 0 {
			m.stopsDue--
		}
		m.flags[q] |= flagGivenUp
		out.Add(Effect{Kind: EffectGiveUp, To: ID(q)})
	}
	m.missing = 0
	m.maybeCount()
}

// questionAt is when the next round of questions is due: one interval after
// the last round, and after the last sign of progress.
func (m *Machine) questionAt() Instant {
	return after(max(m.asked, m.progress), m.interval)
}

// ask sends a question to every peer that lacks the flag and was not given up,
// and makes the next interval longer.
func (m *Machine) ask(now Instant, kind Kind, lacks flag, out *Effects) {
	m.questions++
	for q, f := range m.flags {
		if ID(q) != m.c.Self && f&(lacks|flagGivenUp) == 0 {
			out.Send(ID(q), m.phasePacket(kind, m.questions))
		}
	}
	m.asked = now
	if m.interval < MaxRetry {
		m.interval = min(m.interval*time.Duration(m.c.Phases.Backoff), MaxRetry)
	}
}

// answer repeats this peer's READY or STOP to q. Answers are counted for each
// peer, so that no two on one link share a name.
func (m *Machine) answer(q ID, kind Kind, out *Effects) {
	which := 0
	if kind == KindStop {
		which = 1
	}
	if len(m.answers[which]) == 0 {
		m.answers[which] = append(m.answers[which], make([]int32, m.c.Peers)...)
	}
	m.answers[which][q]++
	m.resent++
	p := m.phasePacket(kind, m.answers[which][q])
	if kind == KindStop {
		p.Aux = int64(m.broadcasts)
	}
	out.Send(q, p)
}

// hearPhase handles a packet of the phases from another peer.
func (m *Machine) hearPhase(now Instant, msg *Message, out *Effects) error {
	protocol := m.c.Phases.Protocol
	if protocol == None {
		return m.reject("%v from %v; without phases there are no packets of phases", msg.Kind, msg.From)
	}
	switch msg.Kind {
	case KindReady:
		m.hearReady(now, msg.From, out)
	case KindStop:
		return m.hearStop(now, msg, out)
	case KindAskReady, KindAskStop:
		if protocol == Classic {
			return m.reject("%v from %v; classic phases ask nothing", msg.Kind, msg.From)
		}
		if msg.Kind == KindAskReady {
			m.answer(msg.From, KindReady, out)
		} else if m.phase >= Draining {
			m.answer(msg.From, KindStop, out)
		}
	}
	return nil
}
