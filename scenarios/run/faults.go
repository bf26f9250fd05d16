package run

import (
	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// strike carries out the beginning (even) or the end (odd) of a fault.
func (e *Engine) strike(now sim.Time, code uint32) {
	i, ends := int(code>>1), code&1 == 1
	f := &e.plan.faults[i]
	e.digest.Add2(journal.FaultWords(now, i, ends))
	if e.options.Recorder != nil {
		ev := journal.New(journal.Fault, now, journal.NoPeer)
		ev.Value, ev.Ends = int64(i), ends
		e.options.Recorder.Add(ev)
	}
	switch {
	case f.partition >= 0:
		e.partition(now, i, ends)
	case ends:
		e.restart(now, i)
	default:
		e.crash(now, i)
	}
}

// partition begins or heals a partition; what a heal lets go gets its fate now.
func (e *Engine) partition(now sim.Time, i int, heal bool) {
	f := &e.plan.faults[i]
	fates := e.net.Apply(now, network.Fault{Partition: f.partition, Heal: heal}, e.fates[:0])
	e.fates = fates
	for first, next := 0, 0; first < len(fates); first = next {
		// A packet held one claim on its slot, its duplicate none: it is born
		// now. The slot must not be freed between them.
		s := &e.slab[fates[first].Ref]
		early := s.msg.Kind == peer.KindReady || s.msg.Kind == peer.KindAskReady
		for ; next < len(fates) && fates[next].Ref == fates[first].Ref; next++ {
			if fates[next].Copy == 0 {
				s.refs--
				if early {
					e.flying--
				}
			}
		}
		e.serial++
		e.schedule(now, fates[first].Ref, fates[first:next])
	}
	if !heal && f.lasts > 0 {
		e.sched.Schedule(now.Add(f.lasts), event{kind: eventFault, ref: uint32(i)<<1 | 1})
	}
}

// crash stops a peer: its timers and its state stop, what it sent travels on,
// and what arrives while it is down is lost.
func (e *Engine) crash(now sim.Time, i int) {
	f := &e.plan.faults[i]
	p := f.peer
	h := &e.hosts[p]
	if h.down {
		return
	}
	h.down, e.anyDown = true, true
	h.culprit = int32(i)
	e.outcome.Struck[i]++
	e.digest.Add2(journal.PeerWords(journal.Crash, now, peer.ID(p), 0))
	e.record(now, journal.Crash, p, peer.NoMessage)
	for s := range h.timers {
		for k := range h.timers[s] {
			h.timers[s][k].at = sim.Never
		}
	}
	for _, early := range h.parked {
		e.drop(early.slot)
	}
	h.parked = h.parked[:0]
	if f.restart != sim.Never {
		e.restarts++
		back := f.restart
		if f.sinceData {
			back = back.Add(e.outcome.DataAt.Sub(0))
		}
		e.sched.Schedule(max(now, back), event{kind: eventFault, ref: uint32(i)<<1 | 1})
	}
	if f.restart == sim.Never || f.loseState {
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
	e.begin(now)
}

// restart brings a crashed peer back, with the state it had or as a new
// incarnation that knows nothing but the number of its broadcasts.
func (e *Engine) restart(now sim.Time, i int) {
	f := &e.plan.faults[i]
	p := f.peer
	h := &e.hosts[p]
	if !h.down {
		return
	}
	h.down = false
	e.restarts--
	e.digest.Add2(journal.PeerWords(journal.Restart, now, peer.ID(p), 0))
	e.record(now, journal.Restart, p, peer.NoMessage)
	if f.loseState {
		h.incarnation++
		c := e.configs[p]
		c.Incarnation = h.incarnation
		c.Broadcasts = e.src.Broadcasts(peer.ID(p))
		e.machines[p].Reset(c)
		e.giveChance(rng.Root(e.outcome.Seed), p, c.Incarnation)
		h.ready, h.finished, h.waiting, h.despairs = false, false, false, false
		e.step(p, now, peer.Input{Kind: peer.InputStart})
	} else {
		e.step(p, now, peer.Input{Kind: peer.InputRestart})
	}
	h.nextSend = sim.Never
	e.consult(p, now)
	e.recount()
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
// as many of the step's packets as the fault lets leave.
func (e *Engine) cutStep(p int, now sim.Time) {
	h := &e.hosts[p]
	i := int(h.trap)
	h.trap = -1
	f := &e.plan.faults[i]
	left, struck := f.sent, false
	for k := range e.out.List {
		ef := &e.out.List[k]
		switch ef.Kind {
		case peer.EffectDeliver:
			if !struck {
				e.deliver(p, now, ef.ID)
				struck = ef.ID == f.atDelivery
			}
		case peer.EffectSend, peer.EffectOthers, peer.EffectAll:
			left -= e.transmit(p, now, ef, left)
		}
	}
	e.strike(now, uint32(i)<<1)
}
