package run

import (
	"time"

	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/scenarios"
	"mpcomm/sim"
)

// crash stops a peer: its timers and its state stop, what it sent travels on,
// and what arrives while it is down is lost, as is what it had not handled yet.
func (e *Engine) crash(now sim.Time, i int) {
	f, s := &e.plan.faults[i], &e.faults[i]
	p := f.peer
	h := &e.hosts[p]
	if h.down {
		return
	}
	e.maybeSave(p, now)
	h.down, e.anyDown = true, true
	h.culprit = int32(i)
	s.on = true
	e.outcome.Struck[i]++
	e.digest.Add2(journal.PeerWords(journal.Crash, now, peer.ID(p), 0))
	e.record(now, journal.Crash, p, peer.NoMessage)
	for s := range h.timers {
		for k := range h.timers[s] {
			h.timers[s][k].at = sim.Never
		}
	}
	for k := 0; k < len(h.parked); {
		slot, _, next := e.unpark(h.parked, k)
		k = next
		if e.follows {
			e.perished(p, now, slot, true)
		}
		e.drop(slot)
	}
	h.parked = h.parked[:0]
	e.forsake(p, now, i)
	if f.returns() {
		e.restarts++
	}
	if f.ends() {
		back := now.Add(f.lasts)
		if f.restart != sim.Never {
			back = f.restart
			if f.sinceData {
				back = back.Add(e.outcome.DataAt.Sub(0))
			}
		}
		e.queueEnd(max(now, back), i)
	}
	if !f.returns() || f.state != scenarios.StateKept {
		e.strikeOff(p)
	}
	e.observe(scenarios.PeerCrashes, p, peer.NoMessage)
	e.begin(now)
}

// strikeOff counts a peer among those that crashed: its log is compared no more.
func (e *Engine) strikeOff(p int) {
	h := &e.hosts[p]
	if h.crashed {
		return
	}
	h.crashed = true
	if e.hist.Crashed == nil {
		e.hist.Crashed = e.crashedMem
		clear(e.hist.Crashed)
	}
	e.hist.Crashed[p] = true
	if !h.arrived {
		e.settled++
	}
}

// restart brings a crashed peer back: with the state it had, as it was saved
// last, or as a new incarnation that knows nothing but the number of its
// broadcasts. One that was not to come back has kept its state, and is correct
// again.
func (e *Engine) restart(now sim.Time, i int) {
	f := &e.plan.faults[i]
	p := f.peer
	h := &e.hosts[p]
	if !h.down || int(h.culprit) != i {
		return
	}
	h.down = false
	switch {
	case f.returns():
		e.restarts--
	case f.state == scenarios.StateKept && h.lives == 0:
		h.crashed, e.hist.Crashed[p] = false, false
		if !h.arrived {
			e.settled--
		}
	}
	e.digest.Add2(journal.PeerWords(journal.Restart, now, peer.ID(p), 0))
	e.record(now, journal.Restart, p, peer.NoMessage)
	e.observe(scenarios.PeerRestarts, p, peer.NoMessage)
	switch {
	case f.state == scenarios.StateKept:
		e.step(p, now, peer.Input{Kind: peer.InputRestart})
	case f.state == scenarios.StateSaved && e.faults[i].saved != nil:
		if e.follows {
			e.forget(p, e.faults[i].savedMark)
		}
		e.restore(p, now, e.faults[i].saved)
	default:
		e.reincarnate(p, now)
	}
	h.nextSend = sim.Never
	e.consult(p, now)
	e.recount()
}

// reincarnate starts the peer anew.
func (e *Engine) reincarnate(p int, now sim.Time) {
	h := &e.hosts[p]
	if e.follows {
		e.forget(p, 0)
	}
	c := e.configs[p]
	c.Incarnation, c.Broadcasts = e.nextLife(p), e.src.Broadcasts(peer.ID(p))
	e.machines[p].Reset(c)
	e.giveChance(e.root, p, c.Incarnation)
	h.ready, h.finished, h.waiting, h.despairs = false, false, false, false
	e.step(p, now, peer.Input{Kind: peer.InputStart})
}

// restore brings back what was saved, as a new incarnation: it may send again
// what it has sent before, under names of its own.
func (e *Engine) restore(p int, now sim.Time, saved *peer.Machine) {
	h := &e.hosts[p]
	m := &e.machines[p]
	m.Restore(saved, e.nextLife(p), e.src.Broadcasts(peer.ID(p)))
	e.configs[p].Ordering, e.configs[p].Transport = m.Stages()
	h.ready, h.finished, h.waiting, h.despairs = m.Phase() >= peer.Data, m.Finished(), false, false
	kind := peer.InputRestart
	if m.Phase() == peer.Idle {
		kind = peer.InputStart
	}
	e.step(p, now, peer.Input{Kind: kind})
}

// nextLife begins one more incarnation of a peer.
func (e *Engine) nextLife(p int) uint16 {
	e.hosts[p].lives++
	e.reborn = true
	return e.hosts[p].lives
}

// maybeSave saves the state of a peer if its time has come since the last input.
// Between inputs nothing changes, so that what is saved before the next one is
// what there was at the time, or at the end of the step that completed the
// deliveries. At a time's own instant it is saved before what happens then.
func (e *Engine) maybeSave(p int, now sim.Time) {
	if !e.saving || e.hosts[p].down {
		return
	}
	for i := range e.plan.faults {
		f, s := &e.plan.faults[i], &e.faults[i]
		if f.state != scenarios.StateSaved || f.peer != p || s.absent {
			continue
		}
		due := false
		if f.save > 0 {
			slot := int64(now) / int64(f.save)
			due = slot > s.saveSlot
			s.saveSlot = slot
		}
		if f.saveDeliveries > 0 {
			times := e.logLen[p] / int32(f.saveDeliveries)
			due = due || times > s.deliveries
			s.deliveries = times
		}
		if due {
			s.savedMark = e.marks
			s.saved = e.machines[p].Clone()
		}
	}
}

// recount sees whether any host is down or has a trap set.
func (e *Engine) recount() {
	e.anyDown = false
	for p := range e.hosts {
		if e.hosts[p].down || e.hosts[p].trap >= 0 {
			e.anyDown = true
		}
	}
}

// lostToCrash reports whether a packet that reaches p finds it down.
func (e *Engine) lostToCrash(p int) bool {
	h := &e.hosts[p]
	if h.down {
		e.outcome.Struck[h.culprit]++
		e.outcome.Cost.LostToCrash++
	}
	return h.down
}

// springs reports whether the step at hand delivers the message at which a
// crash of p is set.
func (e *Engine) springs(p int) bool {
	trap := e.hosts[p].trap
	if trap < 0 {
		return false
	}
	for i := range e.out.List {
		if ef := &e.out.List[i]; ef.Kind == peer.EffectDeliver && ef.ID == e.plan.faults[trap].atDelivery {
			return true
		}
	}
	return false
}

// cutStep carries out a step up to the delivery at which p crashes, with only
// as many of the step's packets as the fault lets leave. The log of a peer that
// comes back with its state is a part of that: it has the later deliveries of the
// step as well, which the ordering would not make again.
func (e *Engine) cutStep(p int, now sim.Time) {
	h := &e.hosts[p]
	i := int(h.trap)
	h.trap = -1
	f := &e.plan.faults[i]
	left, struck := f.sent, false
	keeps := f.returns() && f.state == scenarios.StateKept
	for k := range e.out.List {
		ef := &e.out.List[k]
		switch ef.Kind {
		case peer.EffectDeliver:
			if !struck || keeps {
				e.deliver(p, now, ef.ID)
				struck = struck || ef.ID == f.atDelivery
			}
		case peer.EffectSend, peer.EffectOthers, peer.EffectAll:
			left -= e.transmit(p, now, ef, left)
		}
	}
	e.strike(now, i)
}

// keepOut keeps a peer from starting until it joins.
func (e *Engine) keepOut(i int) {
	h := &e.hosts[e.plan.faults[i].peer]
	h.down, h.joining, h.culprit = true, true, int32(i)
	e.anyDown = true
}

// join powers a peer on. What reached it before is lost.
func (e *Engine) join(now sim.Time, i int) {
	p := e.plan.faults[i].peer
	h := &e.hosts[p]
	e.outcome.Struck[i]++
	if !h.joining {
		return // at time zero, with all the others
	}
	h.down, h.joining = false, false
	e.recount()
	e.step(p, now, peer.Input{Kind: peer.InputStart})
	e.drain(p, now)
	e.begin(now)
}

// leave makes a peer's application fall silent: it says STOP, unless it has.
func (e *Engine) leave(now sim.Time, i int) {
	p := e.plan.faults[i].peer
	h := &e.hosts[p]
	if h.left || h.finished {
		return
	}
	h.left = true
	e.outcome.Struck[i]++
	e.consult(p, now)
}

// maxJumps bounds how far a clock may be moved by faults altogether.
const maxJumps = 50_000 * time.Hour

// jump moves a clock, and the timers with it.
func (e *Engine) jump(now sim.Time, i int) {
	f := &e.plan.faults[i]
	h := &e.hosts[f.peer]
	if total := h.jumped + f.by; f.by != 0 && total >= -maxJumps && total <= maxJumps {
		h.jumped = total
		e.outcome.Struck[i]++
		e.changeClock(now, f.peer, &clockChange{by: f.by})
	}
}
