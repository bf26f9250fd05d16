package run

import (
	"mpcomm/peer"
	"mpcomm/scenarios"
	"mpcomm/sim"
)

// A host that is paused or slow puts its inputs into a queue. A paused one
// takes none; a slow one takes the first when its service is over, and is then
// busy with the next. When neither is the case any longer, everything that
// still waits is handled at once, in order.

// waiting is one input in a host's queue, and when it came.
type waiting struct {
	at sim.Time
	ev event
}

// stalls reports whether an input of h must wait.
func (h *host) stalls() bool { return h.paused > 0 || h.service > 0 || h.joining }

// listens reports whether an input of h is handled at once.
func (h *host) listens() bool { return !h.down && !h.stalls() }

// wait queues an input of a stalled host.
func (e *Engine) wait(p int, now sim.Time, ev event) {
	h := &e.hosts[p]
	h.backlog = append(h.backlog, waiting{now, ev})
	if ev.kind() != eventAnnounce { // which is the host's word, no input of the peer's
		e.countWait(p)
	}
	e.serve(p, now)
}

// countWait counts an input that waits for the faults that make it: pauses, or
// what makes the host slow when none is on.
func (e *Engine) countWait(p int) {
	for i := range e.plan.faults {
		f := &e.plan.faults[i]
		if f.peer == p && e.faults[i].on && (f.kind == scenarios.FaultPause || f.kind == scenarios.FaultSlow && e.hosts[p].paused == 0) {
			e.outcome.Struck[i]++
		}
	}
}

// serve lets a slow host begin with the first input of its queue, unless it is
// busy or paused.
func (e *Engine) serve(p int, now sim.Time) {
	h := &e.hosts[p]
	if h.service > 0 && h.paused == 0 && h.servedAt == sim.Never && len(h.backlog) > 0 {
		h.servedAt = now.Add(h.service)
		e.sched.Schedule(h.servedAt, newEvent(eventServe, uint16(p), 0))
	}
}

// served ends a step of a slow host.
func (e *Engine) served(now sim.Time, p int) {
	h := &e.hosts[p]
	if h.servedAt != now {
		e.stale()
		return
	}
	h.servedAt = sim.Never
	e.handle(p, now, h.first())
	e.drain(p, now)
}

// first takes the first input out of the queue.
func (h *host) first() waiting {
	w := h.backlog[h.head]
	if h.head++; h.head == len(h.backlog) {
		h.backlog, h.head = h.backlog[:0], 0
	}
	return w
}

// drain handles all that waits at a host that is stalled no longer. The first
// inputs may stall it again.
func (e *Engine) drain(p int, now sim.Time) {
	h := &e.hosts[p]
	for len(h.backlog) > 0 && !h.stalls() && !h.down {
		e.handle(p, now, h.first())
	}
	e.serve(p, now)
	e.consult(p, now)
}

// handle steps the machine with an input that has waited.
func (e *Engine) handle(p int, now sim.Time, w waiting) {
	switch w.ev.kind() {
	case eventArrival:
		s := &e.slab[w.ev.ref()]
		kind := s.msg.Kind
		e.handIn(p, now, w.at, w.ev.ref(), kind, s.ref)
		e.drop(w.ev.ref())
		if kind.Phase() {
			e.begin(now)
		}
	case eventTimer:
		if t := peer.TimerID(w.ev.ref()); e.armed(p, t) == w.at { // else it was moved meanwhile
			e.ring(now, p, t)
		}
	case eventSend:
		if e.due(now, p) {
			e.broadcast(now, p)
		}
	case eventAnnounce:
		from := peer.ID(w.ev.ref())
		e.announce(p, now, from, e.src.Broadcasts(from))
	}
}

// forsake loses what waits at a host that crashes by fault i, and with the
// process all that had paused it.
func (e *Engine) forsake(p int, now sim.Time, i int) {
	h := &e.hosts[p]
	for _, w := range h.backlog[h.head:] {
		e.outcome.Struck[i]++
		if w.ev.kind() == eventArrival {
			e.outcome.Cost.LostToCrash++
			if e.follows {
				e.perished(p, now, w.ev.ref(), false)
			}
			e.drop(w.ev.ref())
		}
	}
	h.backlog, h.head, h.servedAt = h.backlog[:0], 0, sim.Never
	if h.paused == 0 {
		return
	}
	for k := range e.plan.faults {
		if f := &e.plan.faults[k]; f.kind == scenarios.FaultPause && f.peer == p {
			e.faults[k].on, e.faults[k].endsAt = false, sim.Never
		}
	}
	h.paused = 0
	e.recountStalls()
}

// pause stops the process of a peer, and reports whether it is up. What a slow
// one was busy with begins anew when it goes on.
func (e *Engine) pause(i int) bool {
	h := &e.hosts[e.plan.faults[i].peer]
	if h.down {
		return false
	}
	h.paused++
	h.servedAt = sim.Never
	e.recountStalls()
	return true
}

// resume lets a paused peer go on with what has queued up.
func (e *Engine) resume(now sim.Time, i int) {
	p := e.plan.faults[i].peer
	e.hosts[p].paused--
	e.recountStalls()
	e.drain(p, now)
}

// slow makes each step of a peer take a time; of several faults the slowest counts.
func (e *Engine) slow(i int) {
	h := &e.hosts[e.plan.faults[i].peer]
	h.service = max(h.service, e.plan.faults[i].service)
	e.recountStalls()
}

// hasten ends that.
func (e *Engine) hasten(now sim.Time, i int) {
	p := e.plan.faults[i].peer
	h := &e.hosts[p]
	h.service = 0
	for k := range e.plan.faults {
		if f := &e.plan.faults[k]; f.kind == scenarios.FaultSlow && f.peer == p && e.faults[k].on {
			h.service = max(h.service, f.service)
		}
	}
	if h.service == 0 {
		h.servedAt = sim.Never
	}
	e.recountStalls()
	e.drain(p, now)
}

// recountStalls counts the hosts whose inputs must wait.
func (e *Engine) recountStalls() {
	e.stalled = 0
	for p := range e.hosts {
		if e.hosts[p].stalls() {
			e.stalled++
		}
	}
}
