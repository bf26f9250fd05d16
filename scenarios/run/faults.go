package run

import (
	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/scenarios"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// edge is what an event of a fault is about.
type edge uint8

const (
	edgeStrike edge = iota // it strikes
	edgeEnd                // it ends, unless it was ended before
	edgeFlip               // a cut that flaps lets go or closes again
	edgeEvery              // a fault that recurs strikes once more
)

// faultState is where a fault stands in a run.
type faultState struct {
	absent  bool // chance has left it out
	on      bool // it has struck and not ended
	closed  bool // of a cut: it is in the way now
	struck  bool // it has struck at all
	strikes uint64
	seen    int      // events that its trigger has counted
	endsAt  sim.Time // when its end is queued, or Never
	flipAt  sim.Time // when its next flip is queued, or Never

	saved      *peer.Machine // of a crash: what was saved last, or nil
	savedMark  uint32        // the last mark in it of a body, if bodies are followed
	saveSlot   int64         // multiples of the time between saves that have passed
	deliveries int32         // multiples of the deliveries between saves
}

// draw is the family of one fault's draws of one purpose, named by the fault.
func (e *Engine) draw(i int, purpose string) rng.Key {
	return e.root.Name("fault").Name(e.plan.faults[i].title).Name(purpose)
}

// resetFaults decides by chance which faults this run has. A draw is named by
// the fault, so that no other entry of the file touches it.
func (e *Engine) resetFaults() {
	e.faults = e.faults[:0]
	e.clogged, e.pending = e.clogged[:0], e.pending[:0]
	e.clogs, e.stalled, e.recurring = 0, 0, 0
	e.reborn, e.saving, e.watches = false, false, false
	for i := range e.plan.faults {
		f := &e.plan.faults[i]
		s := faultState{endsAt: sim.Never, flipAt: sim.Never}
		if f.chance != nil {
			s.absent = !f.chance.Chance().Hit(e.draw(i, "chance").Word(0))
		}
		if !s.absent {
			e.watches = e.watches || f.after != nil
			e.saving = e.saving || f.state == scenarios.StateSaved
		}
		e.faults = append(e.faults, s)
	}
}

// announceFaults strikes the faults of time zero and queues or sets up those
// that count from the beginning of the run.
func (e *Engine) announceFaults() {
	for i := range e.plan.faults {
		f := &e.plan.faults[i]
		if e.faults[i].absent {
			continue
		}
		if f.kind == scenarios.FaultJoin && (f.after != nil || f.at > 0) {
			e.keepOut(i)
		}
		switch {
		case f.trap:
			e.hosts[f.peer].trap = int32(i)
			e.anyDown = true
		case f.after != nil || f.sinceData:
		default:
			e.plant(0, i)
		}
	}
}

// plant queues the first strike of a fault whose times count from origin.
func (e *Engine) plant(origin sim.Time, i int) {
	f := &e.plan.faults[i]
	at := origin.Add(f.at.Sub(0))
	switch {
	case f.recurs:
		e.recur(at, i)
	case at == 0 && !f.sinceData: // before the machines start
		e.strike(0, i)
	default:
		e.sched.Schedule(at, faultEvent(i, edgeStrike))
	}
}

// recur queues the next strike of a fault that recurs.
func (e *Engine) recur(after sim.Time, i int) {
	f, s := &e.plan.faults[i], &e.faults[i]
	gap := max(f.every.Sample(e.draw(i, "every").Word(s.strikes)), 1)
	s.strikes++
	e.recurring++
	e.sched.Schedule(sim.Time(min(int64(after)+gap, int64(sim.Never)-1)), faultEvent(i, edgeEvery))
}

// fault handles an event of a fault. It reports whether the run goes on: it
// does not when nothing but faults that recur is left to happen.
func (e *Engine) fault(now sim.Time, i int, what edge) bool {
	s := &e.faults[i]
	switch what {
	case edgeStrike:
		if e.healed {
			e.stale()
			return true
		}
		e.strike(now, i)
	case edgeEnd:
		if s.endsAt != now {
			e.stale() // it was ended before
			return true
		}
		e.endFault(now, i)
	case edgeFlip:
		e.recurring--
		if s.flipAt != now || !s.on {
			e.stale()
			return true
		}
		if e.idle() {
			return false
		}
		e.flip(now, i)
	case edgeEvery:
		e.recurring--
		if e.healed {
			e.stale()
			return true
		}
		if e.idle() {
			return false
		}
		e.recur(now, i)
		if !s.on {
			e.strike(now, i)
		}
	}
	return true
}

// idle reports whether only strikes of recurring faults are queued and nothing
// waits for one of them to end.
func (e *Engine) idle() bool {
	if e.queued() > e.recurring || e.plan.revives || len(e.clogged) > 0 || e.net.Counts().Holding > 0 {
		return false
	}
	for p := range e.hosts {
		if h := &e.hosts[p]; len(h.backlog) > 0 || h.joining {
			return false
		}
	}
	return true
}

// mark notes an edge of a fault in digest and journal.
func (e *Engine) mark(now sim.Time, i int, ends bool) {
	e.digest.Add2(journal.FaultWords(now, i, ends))
	if e.options.Recorder != nil {
		ev := journal.New(journal.Fault, now, journal.NoPeer)
		ev.Value, ev.Ends = int64(i), ends
		e.options.Recorder.Add(ev)
	}
}

// strike carries out a fault.
func (e *Engine) strike(now sim.Time, i int) {
	f, s := &e.plan.faults[i], &e.faults[i]
	e.mark(now, i, false)
	s.struck = true
	switch f.kind {
	case scenarios.FaultCrash: // it sets its own end, since a peer may be down already
		e.crash(now, i)
		return
	case scenarios.FaultPause:
		if !e.pause(i) {
			return
		}
	case scenarios.FaultSlow:
		e.slow(i)
	case scenarios.FaultJoin:
		e.join(now, i)
		return
	case scenarios.FaultLeave:
		e.leave(now, i)
		return
	case scenarios.FaultClock:
		e.jump(now, i)
		return
	default:
		e.sever(now, i)
		if f.down > 0 {
			e.queueFlip(now.Add(f.down), i)
		}
	}
	s.on = true
	if f.lasts > 0 {
		e.queueEnd(now.Add(f.lasts), i)
	}
}

func (e *Engine) queueEnd(at sim.Time, i int) {
	e.faults[i].endsAt = at
	e.sched.Schedule(at, faultEvent(i, edgeEnd))
}

func (e *Engine) queueFlip(at sim.Time, i int) {
	e.faults[i].flipAt = at
	e.recurring++
	e.sched.Schedule(at, faultEvent(i, edgeFlip))
}

// endFault ends a fault that lasts: it heals a cut, releases a clog, restarts a
// crashed peer, resumes a paused one, lets a slow one go at full speed. Of a
// fault that does not last, or not any more, it does nothing; an end that is
// queued finds that it came too late. Whatever repairs a run calls it for every
// fault.
func (e *Engine) endFault(now sim.Time, i int) {
	f, s := &e.plan.faults[i], &e.faults[i]
	if !s.on {
		return
	}
	e.mark(now, i, true)
	s.on, s.endsAt, s.flipAt = false, sim.Never, sim.Never
	switch {
	case f.kind == scenarios.FaultCrash:
		e.restart(now, i)
	case f.kind == scenarios.FaultPause:
		e.resume(now, i)
	case f.kind == scenarios.FaultSlow:
		e.hasten(now, i)
	case s.closed:
		e.heal(now, i)
	}
}
