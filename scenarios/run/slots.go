package run

import (
	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/sim"
)

// slot holds one packet body in flight, shared by all its receivers. It fills
// one cache line.
type slot struct {
	msg  peer.Message
	refs int32       // packets still under way, and parked copies
	ref  history.Ref // the broadcast it concerns, or NoRef
	sent sim.Time
}

// hold takes a slot of the slab for a packet body.
func (e *Engine) hold(m *peer.Message, ref history.Ref, now sim.Time) uint32 {
	if k := len(e.free); k > 0 {
		i := e.free[k-1]
		e.free = e.free[:k-1]
		e.slab[i] = slot{msg: *m, ref: ref, sent: now}
		return i
	}
	e.slab = append(e.slab, slot{msg: *m, ref: ref, sent: now})
	return uint32(len(e.slab) - 1)
}

// drop gives up one claim on a slot and frees it with the last.
func (e *Engine) drop(i uint32) {
	s := &e.slab[i]
	s.refs--
	if s.refs == 0 {
		e.release(i)
	}
}

// body is the packet that carries broadcast ref from its own sender to all, as
// it is where an ordering only passes messages through.
func (e *Engine) body(ref history.Ref) peer.Message {
	id := e.hist.Broadcasts[ref].ID
	return peer.Message{ID: id, From: id.Sender, Kind: peer.KindData}
}

// embody turns the arrival of a body that has no slot into one of a packet that
// has: where it does not just pass. Those that wait for data to open are many in a
// large group, so that all of one broadcast share a slot as long as some wait.
func (e *Engine) embody(ev event) event {
	ref := ev.ref()
	for int(ref) >= len(e.bodies) {
		e.bodies = append(e.bodies, 0)
	}
	i := e.bodies[ref]
	if int(i) >= len(e.slab) || e.slab[i].refs == 0 || e.slab[i].ref != ref || e.slab[i].msg != e.body(ref) {
		m := e.body(ref)
		i = e.hold(&m, ref, e.hist.Broadcasts[ref].At)
		e.bodies[ref] = i
	}
	e.slab[i].refs++
	return arrivalEvent(i, ev.to(), 0)
}

func (e *Engine) release(i uint32) {
	e.out.Release(e.slab[i].msg.Words)
	e.free = append(e.free, i)
}
