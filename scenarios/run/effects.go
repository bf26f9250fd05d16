package run

import (
	"fmt"
	"math"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/scenarios"
	"mpcomm/sim"
)

// local returns what p's clock shows.
func (e *Engine) local(p int, now sim.Time) peer.Instant {
	if e.clocks != nil {
		return e.shown(p, now)
	}
	return peer.Instant(now)
}

//go:noinline
func (e *Engine) shown(p int, now sim.Time) peer.Instant { return e.clocks[p].Local(now) }

// step runs one machine and carries out what it wants.
func (e *Engine) step(p int, now sim.Time, in peer.Input) {
	if e.saving {
		e.maybeSave(p, now)
	}
	e.out.Reset()
	if err := e.machines[p].Step(e.local(p, now), in, &e.out); err != nil {
		e.fail(p, now, err)
		return
	}
	e.conclude(p, now, in.Message)
}

// conclude is carryOut unless there is nothing to do.
func (e *Engine) conclude(p int, now sim.Time, m *peer.Message) {
	if len(e.out.List) > 0 || e.anyDown || e.recheck || e.plan.reacts {
		e.carryOut(p, now, m)
	}
}

func (e *Engine) fail(p int, now sim.Time, err error) {
	if e.err == nil {
		e.err = fmt.Errorf("run: %s, seed %d, %v at %s ms: %w", e.plan.label, e.outcome.Seed, peer.ID(p), now.AppendMS(nil), err)
	}
}

// carryOut does what a step of p wants, in order; m is the packet at hand.
func (e *Engine) carryOut(p int, now sim.Time, m *peer.Message) {
	if e.anyDown && e.springs(p) {
		e.cutStep(p, now)
		return
	}
	opened := false
	for i := range e.out.List {
		ef := &e.out.List[i]
		switch ef.Kind {
		case peer.EffectDeliver:
			e.deliver(p, now, ef.ID)
		case peer.EffectSend, peer.EffectOthers, peer.EffectAll:
			e.transmit(p, now, ef, math.MaxInt)
		case peer.EffectTimer:
			e.setTimer(p, now, ef.Timer, ef.At)
		case peer.EffectPhase:
			opened = e.phase(p, now, ef.Phase) || opened
		case 0: // taken back by the machine
		default:
			e.minor(p, now, m, ef)
		}
	}
	if opened {
		e.open(p, now)
	}
	if e.recheck {
		e.recheck = false
		e.begin(now)
	}
	if e.plan.reacts {
		e.consult(p, now)
	}
}

// minor carries out the effects that are rare.
func (e *Engine) minor(p int, now sim.Time, m *peer.Message, ef *peer.Effect) {
	h := &e.hosts[p]
	switch ef.Kind {
	case peer.EffectDiscard:
		if ref, ok := e.src.Lookup(ef.ID); ok && e.plan.reacts {
			e.src.Discarded(peer.ID(p), ref)
		}
		e.record(now, journal.Discard, p, ef.ID)
	case peer.EffectGiveUp:
		of := &e.hosts[ef.To]
		if of.given++; of.given <= mostNamed {
			e.outcome.GaveUp = append(e.outcome.GaveUp, GivenUp{Peer: peer.ID(p), Of: ef.To})
		}
		e.recheck = true
	case peer.EffectPark:
		i := e.parking
		e.slab[i].refs++
		h.park(i, e.slab[i].sent, now)
		e.logged = true // the parcel keeps the time of its arrival
	case peer.EffectTooEarly:
		if m.Kind.Body() {
			e.outcome.TooEarly++
			e.refused(p, now, m, Loss{Early: true})
		}
	case peer.EffectTooLate:
		if m.Kind.Body() {
			e.outcome.TooLate++
			e.refused(p, now, m, Loss{Closed: true})
		}
	case peer.EffectRepeated:
		e.outcome.Cost.Repeated++
	case peer.EffectGap:
		e.outcome.Gaps++
	case peer.EffectImpatient:
		h.waiting, h.despairs = false, true
	case peer.EffectSubmit:
		e.submit(p, now)
	}
}

// refused keeps why a machine took no notice of a body.
func (e *Engine) refused(p int, now sim.Time, m *peer.Message, why Loss) {
	if ref, ok := e.src.Lookup(m.ID); ok {
		why.Ref, why.From, why.To, why.At = ref, m.From, peer.ID(p), now
		e.lose(why)
		e.refusal = e.follows
	}
}

// deliver appends a message to p's log.
func (e *Engine) deliver(p int, now sim.Time, id peer.MessageID) {
	ref, ok := e.refOf(id)
	if !ok {
		e.hist.Strays = append(e.hist.Strays, history.Stray{Peer: peer.ID(p), Position: int(e.logLen[p]), ID: id})
		ref = history.NoRef
	}
	arrived := now
	if ok {
		if ref == e.atHand {
			arrived, e.logged = e.handAt, true
		} else {
			arrived = e.arrivalOf(p, now, ref)
		}
	}
	e.append(p, now, arrived, ref)
	if e.plan.reacts && ok {
		e.src.Delivered(peer.ID(p), ref, now)
	}
	if e.options.Recorder != nil {
		e.record(now, journal.Delivery, p, id)
	}
	if e.watches {
		e.observe(scenarios.MessageDelivery, p, id)
	}
}

// append writes an entry of p's log. Entries of all peers go into one stream in
// order of time, which the processor writes without waiting; the logs of single
// peers are made from it when the run is over.
func (e *Engine) append(p int, now, arrived sim.Time, ref history.Ref) {
	e.digest.Add2(journal.PeerWords(journal.Delivery, now, peer.ID(p), ref))
	e.logLen[p]++
	e.hist.Stream.Append(now, arrived, ref, peer.ID(p))
}

// setTimer enters a timer into the host's table and queues its event.
func (e *Engine) setTimer(p int, now sim.Time, t peer.TimerID, at peer.Instant) {
	table := &e.hosts[p].timers[t>>30]
	k := int(t.Number())
	for k >= len(*table) {
		*table = append(*table, timer{at: sim.Never})
	}
	entry := &(*table)[k]
	entry.local = at
	entry.at = sim.Never
	if at == peer.Distant {
		return
	}
	if e.clocks == nil {
		entry.at = max(now, sim.Time(at))
	} else {
		entry.at = e.clocks[p].When(now, at)
	}
	if entry.at != sim.Never {
		e.sched.Schedule(entry.at, newEvent(eventTimer, uint16(p), uint32(t)))
	}
}

// expire steps the machine if the timer's event is not stale.
func (e *Engine) expire(now sim.Time, ev event) {
	h := &e.hosts[ev.to()]
	t := peer.TimerID(ev.ref())
	table := h.timers[t>>30]
	k := int(t.Number())
	if k >= len(table) || table[k].at != now || h.down {
		e.stale()
		return
	}
	if e.clocks != nil && e.clocks[ev.to()].Local(now) < table[k].local { // too far ahead to know when it was set
		e.stale()
		e.setTimer(int(ev.to()), now, t, table[k].local)
		return
	}
	if e.stalled > 0 && h.stalls() {
		e.wait(int(ev.to()), now, ev)
		return
	}
	e.ring(now, int(ev.to()), t)
}

// armed returns when the timer is to go off, or Never.
func (e *Engine) armed(p int, t peer.TimerID) sim.Time {
	if table := e.hosts[p].timers[t>>30]; int(t.Number()) < len(table) {
		return table[t.Number()].at
	}
	return sim.Never
}

// ring steps the machine with a timer that has gone off.
func (e *Engine) ring(now sim.Time, p int, t peer.TimerID) {
	entry := &e.hosts[p].timers[t>>30][t.Number()]
	entry.at = sim.Never
	if e.options.Recorder != nil {
		ev := journal.New(journal.Timer, now, peer.ID(p))
		ev.Value = int64(entry.local)
		e.options.Recorder.Add(ev)
	}
	e.step(p, now, peer.Input{Kind: peer.InputTimer, Timer: t})
}

func (e *Engine) record(now sim.Time, kind journal.Kind, p int, id peer.MessageID) {
	if e.options.Recorder != nil {
		ev := journal.New(kind, now, peer.ID(p))
		ev.Message = id
		e.options.Recorder.Add(ev)
	}
}
