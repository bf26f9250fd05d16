package peer

// becomeData opens data: the ordering starts, and learns at once of streams
// that were over before they began.
func (m *Machine) becomeData(now Instant, out *Effects) {
	if m.c.Phases.Protocol == None {
		m.edge(Idle, Data)
	} else {
		m.edge(Handshake, Data)
	}
	m.phase = Data
	m.direct = m.c.Transport == nil
	m.maybePass()
	if m.c.Phases.Protocol == Robust && m.c.Peers > 1 {
		out.SetTimer(timerPhase, Distant)
	}
	out.Add(Effect{Kind: EffectPhase, Phase: Data})
	from := len(out.List)
	m.c.Ordering.Start(now, out)
	if !m.c.IgnoresEnds {
		for q, f := range m.flags {
			if f&flagStopped != 0 {
				m.maybeEnd(ID(q))
			}
		}
	}
	m.maybeSettle(now, from, out)
}

// Arrive is Step with an InputArrival of msg, for hosts that hand in little else: it
// takes a packet from the network.
func (m *Machine) Arrive(now Instant, msg *Message, out *Effects) error {
	if msg == nil {
		return m.reject("an arrival without a message")
	}
	n := uint32(m.c.Peers)
	switch {
	case uint32(msg.From) >= n || msg.From == m.c.Self || msg.Words.Len != 0:
		return m.arriveChecked(now, msg, out)
	case !m.direct || msg.Kind <= KindLinkAck || uint32(msg.ID.Sender) >= n || uint32(msg.ID.Number) > MaxNumber:
		if msg.Kind.Phase() && msg.ID == NoMessage && m.phase != Idle {
			return m.hearPhase(now, msg, out) // nothing else about it could be wrong
		}
		return m.arriveChecked(now, msg, out)
	}
	from := len(out.List)
	body := msg.Kind <= KindRelay
	if body {
		m.received(msg)
	}
	m.c.Ordering.Receive(now, msg, out)
	if !body && len(out.List) == from || m.merelyDelivers(now, from, out) {
		return nil // as after most acknowledgements and bodies, there is nothing to settle
	}
	m.settle(now, from, out)
	return nil
}

// merelyDelivers counts the one delivery that the ordering has just asked for,
// and reports whether that was all and nothing is over by it. Otherwise it
// does nothing.
func (m *Machine) merelyDelivers(now Instant, from int, out *Effects) bool {
	if len(out.List) != from+1 {
		return false
	}
	e := &out.List[from]
	if e.Kind != EffectDeliver || uint(e.ID.Sender) >= uint(len(m.flags)) || uint32(e.ID.Number) > MaxNumber || len(m.ended) > 0 {
		return false
	}
	if m.deferring && m.phase != Stopped {
		m.note(e.ID.Sender)
		m.progress = now
		return true
	}
	if m.phase != Data || m.c.Repeats || m.narrow {
		return false
	}
	t := &m.tally[e.ID.Sender]
	if t.undelivered <= 1 {
		return false
	}
	t.undelivered--
	m.progress = now
	return true
}

// arriveChecked is Arrive for all that is not the plain case.
func (m *Machine) arriveChecked(now Instant, msg *Message, out *Effects) error {
	if err := m.check(msg, out); err != nil {
		return err
	}
	if msg.Kind.Phase() {
		return m.hearPhase(now, msg, out)
	}
	if m.phase == Handshake {
		kind := EffectPark
		if m.c.Phases.Protocol == Classic {
			kind = EffectTooEarly // below the transport: an early packet is not acknowledged
		}
		out.Add(Effect{Kind: kind})
		return nil
	}
	if m.c.Transport == nil || msg.From == m.c.Self {
		from := len(out.List)
		m.receive(now, msg, out)
		m.settle(now, from, out)
		return nil
	}
	from := len(out.List)
	ready := m.c.Transport.Receive(now, msg, out)
	claimTimers(out, from)
	from = len(out.List)
	for i := range ready {
		m.receive(now, &ready[i], out)
	}
	m.settle(now, from, out)
	for i := range ready {
		if ready[i].Words != msg.Words {
			out.Release(ready[i].Words) // made by the transport for a packet it had kept
		}
	}
	return nil
}

// check refuses packets that no correct peer sends.
func (m *Machine) check(msg *Message, out *Effects) error {
	switch {
	case m.phase == Idle:
		return m.reject("%v from %v before the start", msg.Kind, msg.From)
	case msg.From < 0 || int(msg.From) >= m.c.Peers:
		return m.reject("%v from unknown peer %v; want p0..p%d", msg.Kind, msg.From, m.c.Peers-1)
	case msg.Kind == KindNone:
		return m.reject("a packet without a kind from %v", msg.From)
	case msg.From == m.c.Self && !(m.c.Loopback && msg.Kind.Ordering()):
		return m.reject("%v from this peer itself; own copies do not come by the network", msg.Kind)
	case msg.ID != NoMessage && !msg.ID.Valid(m.c.Peers):
		return m.reject("%v from %v concerns unknown message %v; want senders p0..p%d and numbers 0..%d",
			msg.Kind, msg.From, msg.ID, m.c.Peers-1, MaxNumber)
	case msg.Kind.Body() && msg.ID == NoMessage:
		return m.reject("%v from %v carries no message", msg.Kind, msg.From)
	case !out.arena.holds(msg.Words):
		return m.reject("%v from %v has words outside the arena", msg.Kind, msg.From)
	case msg.Kind == KindLinkAck && m.c.Transport == nil:
		return m.reject("%v from %v; there is no transport", msg.Kind, msg.From)
	case m.c.Transport != nil && !msg.Kind.Phase() && msg.From != m.c.Self && msg.Link == 0:
		return m.reject("%v from %v has no number of its link", msg.Kind, msg.From)
	}
	return nil
}

// receive counts a packet and hands it to the ordering.
func (m *Machine) receive(now Instant, msg *Message, out *Effects) {
	if msg.Kind.Body() {
		if m.full {
			out.Add(Effect{Kind: EffectTooLate})
			return
		}
		m.received(msg)
	}
	m.c.Ordering.Receive(now, msg, out)
}

// received counts a body. A body's own packet comes once to each peer, relays
// come as often as they please: those count only where repeats are told apart.
func (m *Machine) received(msg *Message) {
	if m.deferring || m.narrow {
		return // nobody asks before deliveries are counted, and then of those
	}
	if m.c.Repeats {
		if !m.bodies.Add(msg.ID.Sender, msg.ID.Number) {
			return
		}
	} else if msg.Kind != KindData {
		return
	}
	t := &m.tally[msg.ID.Sender]
	if t.unreceived--; t.unreceived == 0 {
		m.maybeEnd(msg.ID.Sender)
		if m.c.ByReceipt {
			m.satisfied(msg.ID.Sender)
		}
	}
}

// allGone says that the last announced message of sender q was delivered or discarded.
func (m *Machine) allGone(q ID) {
	m.maybeEnd(q)
	if !m.c.ByReceipt {
		m.satisfied(q)
	}
}

// left returns how many messages of q the close waits for; it is never zero
// before q's STOP.
func (m *Machine) left(q ID) int32 {
	if m.c.ByReceipt {
		return m.tally[q].unreceived
	}
	return m.undelivered(q)
}

// satisfied says that the close waits for nothing more of q.
func (m *Machine) satisfied(q ID) {
	if m.flags[q]&flagGivenUp == 0 {
		m.outstanding--
	}
}

// maybeEnd tells the ordering, once, that q's stream is over. What was
// delivered was received, whatever packet brought it.
func (m *Machine) maybeEnd(q ID) {
	if m.c.IgnoresEnds {
		return // it need not know
	}
	t := m.tally[q]
	if (t.unreceived == 0 || t.undelivered == 0) && m.flags[q]&flagEnded == 0 && m.phase >= Data {
		m.flags[q] |= flagEnded
		m.ended = append(m.ended, q)
	}
}

// Broadcast is Step with an InputBroadcast of id: it sends an application's message.
func (m *Machine) Broadcast(now Instant, id MessageID, out *Effects) error {
	if m.phase != Data || m.finished {
		return m.reject("broadcast of %v; want phase data, before the application has finished", id)
	}
	if !id.Valid(m.c.Peers) || id.Sender != m.c.Self {
		return m.reject("broadcast of %v; want sender %v and number 0..%d", id, m.c.Self, MaxNumber)
	}
	m.broadcasts++
	m.outgoing = Message{ID: id, From: m.c.Self, Kind: KindData}
	from := len(out.List)
	m.c.Ordering.Broadcast(now, &m.outgoing, out)
	if m.direct && !m.c.Loopback && len(out.List) == from+1 && out.List[from].Kind == EffectAll {
		// The usual broadcast: to all, and the own copy comes back at once.
		e := &out.List[from]
		e.Kind = EffectOthers
		p := &out.Messages[e.Index]
		m.signMessage(p)
		m.lent = *p
		m.receiveOwn(now, out)
		if from++; len(out.List) == from && len(m.ended) == 0 || m.merelyDelivers(now, from, out) {
			return nil
		}
	}
	m.settle(now, from, out)
	return nil
}

// maybeSettle is settle unless the ordering has asked for nothing and is to be told
// nothing. It closes no log then.
func (m *Machine) maybeSettle(now Instant, from int, out *Effects) {
	if len(out.List) > from || len(m.ended) > 0 {
		m.settle(now, from, out)
	}
}

// settle goes once over what the ordering has just asked for, from index from
// on: it signs the sends, hands own copies back, counts deliveries, and closes
// the log when nothing is left to wait for.
func (m *Machine) settle(now Instant, from int, out *Effects) {
	for i := from; ; {
		for ; i < len(out.List); i++ {
			switch e := &out.List[i]; e.Kind {
			case EffectDeliver, EffectDiscard:
				sender := e.ID.Sender
				if uint(sender) >= uint(len(m.flags)) || uint32(e.ID.Number) > MaxNumber {
					panic("peer: the ordering delivers " + e.ID.String() + ", which no peer of the group can broadcast")
				}
				if m.phase == Stopped {
					e.Kind = 0 // the log is closed
					continue
				}
				m.progress = now
				if m.c.Repeats && !m.delivered.Add(sender, e.ID.Number) {
					continue
				}
				if m.deferring {
					m.note(sender)
					continue
				}
				if m.tick(sender) {
					m.allGone(sender)
				}
			case EffectSend, EffectOthers, EffectAll:
				m.sign(e, out)
			case EffectTimer:
				e.Timer |= StageOrdering
			}
		}
		if len(m.own)|len(m.ended) == 0 {
			break
		}
		m.feedBack(now, out)
	}
	if m.c.Transport != nil && len(out.List) > from {
		m.c.Transport.Seal(now, from, out)
		claimTimers(out, from)
	}
	if m.phase == Draining && m.closable() {
		m.close(now, out)
	}
}

// sign makes a send of the ordering this peer's own, and takes out the copy
// that this peer sends to itself.
func (m *Machine) sign(e *Effect, out *Effects) {
	m.signMessage(&out.Messages[e.Index])
	switch {
	case e.Kind == EffectAll && !m.c.Loopback:
		e.Kind = EffectOthers
		m.own = append(m.own, ownCopy{index: e.Index})
	case e.Kind == EffectSend && e.To == m.c.Self:
		e.Kind = 0
		m.own = append(m.own, ownCopy{index: e.Index, release: true})
	case e.Kind == EffectSend && uint32(e.To) >= uint32(m.c.Peers):
		panic("peer: the ordering sends to " + e.To.String() + ", which is not of the group")
	}
}

// signMessage makes a message of the ordering this peer's own.
func (m *Machine) signMessage(p *Message) {
	p.From = m.c.Self
	p.Link, p.Attempt = 0, 0
	if p.Kind <= KindLinkAck {
		panic("peer: the ordering sends " + p.Kind.String() + ", a kind that is not an ordering's")
	}
}

// receiveOwn hands the ordering the own copy in m.lent, which is no part of the
// effects: what the ordering sends now may move their messages.
func (m *Machine) receiveOwn(now Instant, out *Effects) {
	if m.lent.Kind.Body() {
		m.received(&m.lent)
	}
	m.c.Ordering.Receive(now, &m.lent, out)
}

// feedBack hands the ordering its next own copy or ended stream. There must be one.
func (m *Machine) feedBack(now Instant, out *Effects) {
	if len(m.own) > 0 {
		own := m.own[0]
		copy(m.own, m.own[1:])
		m.own = m.own[:len(m.own)-1]
		m.lent = out.Messages[own.index]
		m.receiveOwn(now, out)
		if own.release {
			out.Release(m.lent.Words)
		}
		return
	}
	q := m.ended[0]
	copy(m.ended, m.ended[1:])
	m.ended = m.ended[:len(m.ended)-1]
	m.c.Ordering.Ended(now, q, out)
}

// claimTimers marks as the transport's the timers from index from on that no
// stage has claimed yet.
func claimTimers(out *Effects, from int) {
	for i := from; i < len(out.List); i++ {
		if e := &out.List[i]; e.Kind == EffectTimer && e.Timer.Stage() == 0 {
			e.Timer |= StageTransport
		}
	}
}
