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

func (e *Engine) release(i uint32) {
	e.out.Release(e.slab[i].msg.Words)
	e.free = append(e.free, i)
}
