package peer

// Finish is Step with an InputFinished: the application has finished, and STOP
// follows after the gap.
func (m *Machine) Finish(now Instant, out *Effects) error {
	if m.phase != Data || m.finished {
		return m.reject("the application has finished; want phase data, once")
	}
	m.finished, m.waiting = true, false
	if m.c.Phases.StopGap > 0 {
		m.stopAt = after(now, m.c.Phases.StopGap)
		m.arm(now, out)
		return nil
	}
	m.becomeDraining(now, out)
	return nil
}

// wait notes that without messages of others the application has nothing more
// to broadcast. What it waits for may be lost, so this takes the patience of a
// log that closes; classic has none, and waits for ever.
func (m *Machine) wait(now Instant, out *Effects) error {
	if m.phase != Data || m.finished {
		return m.reject("the application waits; want phase data, before it has finished")
	}
	if m.c.Phases.Protocol == Classic {
		return nil
	}
	m.waiting = true
	m.progress = max(m.progress, now)
	m.arm(now, out)
	return nil
}

// patience is when a log closes as it is unless something happens before.
func (m *Machine) patience() Instant { return after(m.progress, m.c.Phases.Drain) }

// Abandon is Step with an InputAbandon: a wait of the application ends in vain, and
// the peer says STOP and closes its log as it is.
func (m *Machine) Abandon(now Instant, out *Effects) error {
	if m.phase != Data || m.finished {
		return m.reject("the application waits no longer; want phase data, before it has finished")
	}
	m.finished, m.waiting, m.impatient = true, false, true
	m.becomeDraining(now, out)
	if m.phase == Draining {
		m.close(now, out)
	}
	return nil
}

// becomeDraining says STOP. From here on the peer only waits for the others.
func (m *Machine) becomeDraining(now Instant, out *Effects) {
	m.edge(Data, Draining)
	m.phase = Draining
	m.stopAt = Distant
	out.Add(Effect{Kind: EffectPhase, Phase: Draining})
	protocol := m.c.Phases.Protocol
	if protocol != None && m.c.Peers > 1 {
		stop := m.phasePacket(KindStop, 0)
		stop.Aux = int64(m.broadcasts)
		out.ToOthers(stop)
	}
	m.interval, m.questions, m.asked = m.c.Phases.Retry, 0, now
	m.announce(now, m.c.Self, m.broadcasts, out)
	if m.phase == Draining {
		m.armDraining(out)
	}
}

// hearStop handles a STOP. Robust and classic differ in what they count, and
// classic drops what comes before its opening.
func (m *Machine) hearStop(now Instant, msg *Message, out *Effects) error {
	if msg.Aux < 0 || msg.Aux > MaxNumber+1 {
		return m.reject("%v from %v announces %d messages; want 0..%d", msg.Kind, msg.From, msg.Aux, MaxNumber+1)
	}
	if m.c.Phases.Protocol == Classic && m.phase < Data {
		out.Add(Effect{Kind: EffectTooEarly})
		return nil
	}
	wasFull := m.full
	m.announce(now, msg.From, int32(msg.Aux), out)
	if m.full && !wasFull && m.phase == Draining {
		m.armDraining(out)
	}
	return nil
}

// Announce is Step with an InputAnnounce of q and count: it takes the host's word,
// where there are no packets of phases, that q broadcasts no more.
func (m *Machine) Announce(now Instant, q ID, count int32, out *Effects) error {
	switch {
	case m.c.Phases.Protocol != None:
		return m.reject("an announcement; the phases are %v and STOPs are packets", m.c.Phases.Protocol)
	case uint32(q) >= uint32(m.c.Peers):
		return m.reject("an announcement of unknown peer %v; want p0..p%d", q, m.c.Peers-1)
	case uint32(count) > MaxNumber+1:
		return m.reject("%v announces %d messages; want 0..%d", q, count, MaxNumber+1)
	case q == m.c.Self:
		if m.phase == Idle {
			return m.reject("an announcement of its own before the start")
		}
		if count != m.broadcasts {
			return m.reject("%v announces %d messages after %d broadcasts", q, count, m.broadcasts)
		}
		if m.finished {
			return nil
		}
		return m.Finish(now, out)
	}
	m.announce(now, q, count, out) // a peer may be done before this one is up
	return nil
}

// announce notes that q broadcast count messages and no more, which may be all
// that the close still waits for.
func (m *Machine) announce(now Instant, q ID, count int32, out *Effects) {
	if m.c.Phases.Protocol == Classic {
		m.countStop(now)
	}
	f := m.flags[q]
	if f&flagStopped == 0 {
		m.flags[q] = f | flagStopped
		if m.phase >= Data {
			m.progress = now
		}
		if q != m.c.Self && f&flagGivenUp == 0 {
			m.stopsDue--
		}
		due := int32(0)
		if m.narrow {
			due = m.oweNarrow(q, count)
		} else {
			due = m.tally[q].owe(count, m.c.ByReceipt)
		}
		if due == 0 {
			m.satisfied(q)
		}
		m.maybeEnd(q)
		m.maybeCount()
	}
	if len(m.ended) > 0 {
		m.settle(now, len(out.List), out)
	} else if m.phase == Draining && m.closable() {
		m.close(now, out)
	}
}

// countStop counts a STOP of classic: packets, not senders, so that a duplicate
// counts twice.
func (m *Machine) countStop(now Instant) {
	if m.stops++; m.stops >= m.c.Peers && !m.full {
		m.full, m.direct, m.passes = true, false, false
		m.progress = now
	}
}

// closable reports whether the log has nothing left to wait for.
func (m *Machine) closable() bool {
	if m.c.Phases.Protocol == Classic {
		return m.full && !m.closing && m.held() == 0
	}
	return m.outstanding == 0 && !m.deferring && !m.closing
}

// held counts what the stages below the log still hold. An offline ordering
// holds everything until the close.
func (m *Machine) held() int {
	held := 0
	if !m.c.ByReceipt {
		held = m.c.Ordering.Held()
	}
	if m.c.Transport != nil {
		held += m.c.Transport.Held()
	}
	return held
}

// armDraining sets the timer for the next question or for the end of patience.
// It is not moved at each delivery: when it comes early, it is set again.
func (m *Machine) armDraining(out *Effects) {
	at := m.patience()
	switch m.c.Phases.Protocol {
	case Robust:
		if m.stopsDue > 0 {
			at = min(at, m.questionAt())
		}
	case Classic:
		if !m.full {
			return // classic waits for STOPs for ever
		}
	}
	out.SetTimer(timerPhase, at)
}

func (m *Machine) expireDraining(now Instant, out *Effects) {
	protocol := m.c.Phases.Protocol
	if now >= m.patience() && (protocol != Classic || m.full) {
		m.impatient = true
		m.close(now, out)
		return
	}
	if protocol == Robust && m.stopsDue > 0 && now >= m.questionAt() {
		m.ask(now, KindAskStop, flagStopped, out)
	}
	m.armDraining(out)
}

// close lets the ordering deliver what it has left and ends the log.
func (m *Machine) close(now Instant, out *Effects) {
	m.closing = true
	from := len(out.List)
	m.c.Ordering.Close(now, out)
	m.maybeSettle(now, from, out)
	m.closing = false
	m.becomeStopped(out)
}

func (m *Machine) becomeStopped(out *Effects) {
	m.edge(Draining, Stopped)
	m.phase, m.direct, m.passes = Stopped, false, false
	out.SetTimer(timerPhase, Distant)
	out.Add(Effect{Kind: EffectPhase, Phase: Stopped})
	out.Add(Effect{Kind: EffectSubmit})
}
