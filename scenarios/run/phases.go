package run

import (
	"cmp"
	"slices"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/peer/workload"
	"mpcomm/scenarios"
	"mpcomm/sim"
)

// phase notes a change of phase and reports whether data opened.
func (e *Engine) phase(p int, now sim.Time, to peer.Phase) bool {
	h := &e.hosts[p]
	if e.options.Recorder != nil {
		ev := journal.New(journal.Phase, now, peer.ID(p))
		ev.Value = int64(to)
		e.options.Recorder.Add(ev)
	}
	if e.watches {
		e.observePhase(p, to)
	}
	switch to {
	case peer.Data:
		h.ready = true
		if h.opened == sim.Never {
			h.opened = now
			e.src.Opened(peer.ID(p), now)
		}
		return true
	case peer.Stopped:
		h.closed = now
	}
	return false
}

// open hands in what came too early, lets p broadcast, and sees whether data has begun everywhere.
func (e *Engine) open(p int, now sim.Time) {
	h := &e.hosts[p]
	parked := h.parked
	h.parked = h.parked[:0] // a crash in one of these steps loses what is parked, and these are in hand
	if cap(parked) > mostParked {
		h.parked = nil // it is needed once a run, and there are as many as peers
	}
	for k := 0; k < len(parked); {
		slot, came, next := e.unpark(parked, k)
		k = next
		if !h.down {
			s := &e.slab[slot]
			e.handIn(p, now, came, slot, s.msg.Kind, s.ref)
		}
		e.drop(slot)
	}
	e.begin(now)
	e.consult(p, now)
}

// begin finds T0: every peer that is up and waited for is in Data, and no
// packet of the handshake is under way. From here the times of explicit sends
// and of faults `since: data` count.
func (e *Engine) begin(now sim.Time) {
	if e.outcome.DataAt != sim.Never || e.flying != 0 {
		return
	}
	some := false
	for i := range e.hosts {
		h := &e.hosts[i]
		if h.opened != sim.Never {
			some = true
		} else if (!h.down || h.joining) && h.given == 0 {
			return
		}
	}
	if !some {
		return
	}
	e.outcome.DataAt = now
	if e.plan.untilData {
		e.until = now.Add(time.Duration(e.plan.until))
	}
	e.src.DataBegan(now)
	e.scheduleChanges(now, true)
	e.scheduleHeal(now, true)
	for i := range e.plan.faults {
		if f := &e.plan.faults[i]; f.sinceData && !f.trap && !e.faults[i].absent && !e.healed {
			e.plant(now, i)
		}
	}
	for k := range e.plan.clockChanges {
		c := &e.plan.clockChanges[k]
		e.sched.Schedule(now.Add(c.at.Sub(0)), newEvent(eventClock, uint16(c.peer), uint32(k)))
	}
	e.scheduleSends(now)
}

// scheduleSends queues the explicit schedule in the order of the file, so that
// entries of equal time are made in that order whoever makes them.
func (e *Engine) scheduleSends(now sim.Time) {
	for k := range e.plan.load.Sends {
		if p, at, ok := e.src.Entry(k); ok {
			h := &e.hosts[p]
			h.nextSend = min(h.nextSend, at)
			e.sched.Schedule(at, newEvent(eventSend, uint16(p), 0))
		}
	}
	for p := range e.hosts {
		if e.hosts[p].opened != sim.Never {
			e.consult(p, now)
		}
	}
}

// consult asks p's application when it broadcasts next and whether it has
// finished.
func (e *Engine) consult(p int, now sim.Time) {
	h := &e.hosts[p]
	if !h.ready || h.down || h.finished || h.paused > 0 {
		return
	}
	if h.left {
		if !e.awaitsData() {
			e.finishSender(p, now, (*peer.Machine).Finish)
		}
		return
	}
	if at, ok := e.src.Next(peer.ID(p)); ok {
		at = max(at, now)
		if at < h.nextSend {
			h.nextSend = at
			e.sched.Schedule(at, newEvent(eventSend, uint16(p), 0))
		}
		h.despairs = false
		return
	}
	switch done := e.src.Done(peer.ID(p)); {
	case done && e.awaitsData():
	case done:
		e.finishSender(p, now, (*peer.Machine).Finish)
	case e.plan.load.Sends != nil && e.outcome.DataAt == sim.Never: // its broadcasts have no times yet
	case h.despairs:
		e.finishSender(p, now, (*peer.Machine).Abandon)
	case !h.waiting:
		h.waiting = true
		e.step(p, now, peer.Input{Kind: peer.InputWaiting})
	}
}

// awaitsData reports whether peers without a scheduled broadcast wait for T0
// before they say STOP. Classic peers do: their STOP would be dropped by those
// that are still in the handshake.
func (e *Engine) awaitsData() bool {
	return e.plan.phases.Protocol == peer.Classic && e.plan.load.Sends != nil && e.outcome.DataAt == sim.Never
}

// send lets the application at p make one broadcast that is due.
func (e *Engine) send(now sim.Time, p int) {
	if !e.due(now, p) {
		e.stale()
		return
	}
	if e.stalled > 0 && e.hosts[p].stalls() {
		e.wait(p, now, newEvent(eventSend, uint16(p), 0))
		return
	}
	e.broadcast(now, p)
}

// due reports whether the application at p has a broadcast to make now.
func (e *Engine) due(now sim.Time, p int) bool {
	h := &e.hosts[p]
	at, ok := e.src.Next(peer.ID(p))
	return ok && at <= now && !h.down && h.ready && !h.finished && !h.left
}

// broadcast makes the broadcast that is due.
func (e *Engine) broadcast(now sim.Time, p int) {
	if e.saving {
		e.maybeSave(p, now)
	}
	m := e.src.Take(peer.ID(p))
	e.hist.Broadcasts = append(e.hist.Broadcasts, history.Broadcast{
		ID: m.ID, At: now, Rank: e.src.Broadcasts(peer.ID(p)) - 1, LogLen: e.logLen[p], Cause: m.Cause,
	})
	e.digest.Add3(journal.BroadcastWords(now, peer.ID(p), m.Ref, m.ID.Number, m.Size))
	if e.options.Recorder != nil {
		e.record(now, journal.Broadcast, p, m.ID)
	}
	if e.watches {
		e.observe(scenarios.MessageSent, p, m.ID)
	}
	if e.follows {
		e.follow(m.Ref)
		e.took(p, m.Ref, now)
	}
	if e.passes && !e.anyDown && !e.net.Parted() && e.machines[p].PassOn(peer.Instant(now)) {
		e.passOn(p, now, m.ID, m.Ref)
	} else {
		e.sendOut(p, now, &m)
	}
	if e.plan.reactsToArrival && !e.plan.loopback { // the own message is there from the broadcast on
		e.src.Arrived(peer.ID(p), m.Ref, now)
	}
	e.hosts[p].nextSend = sim.Never
	e.consult(p, now)
}

// sendOut hands p's machine a broadcast and carries out what it wants.
func (e *Engine) sendOut(p int, now sim.Time, m *workload.Message) {
	e.atHand, e.handID, e.handAt, e.logged = m.Ref, m.ID, now, false
	e.out.Reset()
	if err := e.machines[p].Broadcast(e.local(p, now), m.ID, &e.out); err != nil {
		e.fail(p, now, err)
	} else {
		e.carryOut(p, now, nil)
	}
	e.putDown()
}

// turn is a method of a machine that takes one of the inputs of every life.
type turn func(m *peer.Machine, now peer.Instant, out *peer.Effects) error

// tell is step with the input that the turn takes.
func (e *Engine) tell(p int, now sim.Time, what turn) {
	if e.saving {
		e.maybeSave(p, now)
	}
	e.out.Reset()
	if err := what(&e.machines[p], e.local(p, now), &e.out); err != nil {
		e.fail(p, now, err)
		return
	}
	e.conclude(p, now, nil)
}

// finishSender tells the machine that its application has finished, or has
// waited in vain. Without a protocol of phases the host announces it to every peer.
func (e *Engine) finishSender(p int, now sim.Time, how turn) {
	e.hosts[p].finished = true
	e.tell(p, now, how)
	if e.plan.phases.Protocol != peer.None {
		return
	}
	count := e.src.Broadcasts(peer.ID(p))
	for q := range e.machines {
		switch {
		case (e.anyDown || e.stalled > 0) && !e.hosts[q].listens():
			if h := &e.hosts[q]; h.joining || !h.down {
				e.wait(q, now, newEvent(eventAnnounce, uint16(q), uint32(p)))
			}
		case q != p: // itself it has told already
			e.announce(q, now, peer.ID(p), count)
		}
	}
}

// announce tells the machine at q that p broadcasts no more.
func (e *Engine) announce(q int, now sim.Time, p peer.ID, count int32) {
	if e.saving {
		e.maybeSave(q, now)
	}
	e.out.Reset()
	if err := e.machines[q].Announce(e.local(q, now), p, count, &e.out); err != nil {
		e.fail(q, now, err)
		return
	}
	e.conclude(q, now, nil)
}

// submit sends p's closed log to the comparison server: three one-way delays
// on a connection of its own, or no time without a server.
func (e *Engine) submit(p int, now sim.Time) {
	e.note(p)
	if e.plan.submission == nil {
		e.submitted(p, now)
		return
	}
	e.sched.Schedule(now.Add(e.plan.submission[p]), newEvent(eventSubmit, uint16(p), 0))
}

// submitted is the arrival of p's log at the comparison server.
func (e *Engine) submitted(p int, now sim.Time) {
	h := &e.hosts[p]
	if !h.arrived {
		e.record(now, journal.Submit, p, peer.NoMessage)
		h.arrived = true
		e.hist.Submitted = append(e.hist.Submitted, peer.ID(p))
		if !h.crashed {
			e.settled++
		}
	}
}

// note keeps whom a machine that closes its log was still waiting for.
func (e *Engine) note(p int) {
	phase, waiting := e.machines[p].Waiting(e.outcome.waiting[:0])
	e.outcome.waiting = waiting
	if len(waiting) > 0 {
		named := waiting[:min(len(waiting), mostNamed)]
		e.outcome.Stuck = append(e.outcome.Stuck, Stuck{Peer: peer.ID(p), Phase: stuckIn(phase), WaitingFor: slices.Clone(named), More: len(waiting) - len(named)})
	}
}

// stuckIn is the word for a phase in which a peer waits, as in handshake_ms,
// data_ms and stop_ms.
func stuckIn(phase peer.Phase) string {
	if phase > peer.Data {
		return "stop"
	}
	return phase.String()
}

// finish turns the state of the hosts into the outcome.
func (e *Engine) finish() {
	o := &e.outcome
	for p := range e.hosts {
		h := &e.hosts[p]
		o.Opened[p], o.Closed[p], o.GivenUp[p] = h.opened, h.closed, h.given
		if h.arrived {
			continue
		}
		why := "stuck"
		switch {
		case h.joining:
		case h.crashed || h.down:
			why = "crashed"
		case o.Limit == LimitUntil || o.Limit == LimitEvents:
			why = "limit"
		}
		e.hist.Lost = append(e.hist.Lost, history.Absent{Peer: peer.ID(p), Why: why})
		if h.closed == sim.Never && (why == "stuck" || why == "limit" && e.machines[p].Phase() != peer.Data) {
			e.note(p)
		}
	}
	slices.SortStableFunc(o.Stuck, func(a, b Stuck) int { return cmp.Compare(a.Peer, b.Peer) })
	o.Digest = e.digest.Sum()
	o.Net = e.net.Counts()
	for i := range e.plan.changes {
		o.Changed = append(o.Changed, e.net.Changed(i))
	}
	for i := range e.plan.faults {
		if f := &e.plan.faults[i]; f.kind.Cuts() {
			o.Struck[i] = e.net.Struck(f.cut)
		}
		if e.faults[i].absent {
			o.Came[i] = Omitted
		} else if e.faults[i].struck {
			o.Came[i] = Struck
		}
	}
	if e.plan.heal != nil {
		e.judgeLiveness()
	}
	e.collectCounters()
	e.judgeClocks()
}
