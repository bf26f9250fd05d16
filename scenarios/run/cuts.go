package run

import (
	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/scenarios"
	"mpcomm/sim"
)

// sever puts a cut or a clog in the way.
func (e *Engine) sever(now sim.Time, i int) {
	f := &e.plan.faults[i]
	e.fates = e.net.Apply(now, network.Fault{Partition: f.cut}, e.fates[:0])
	e.faults[i].closed = true
	if f.kind == scenarios.FaultClog {
		e.clogs++
	}
}

// heal takes a cut or a clog away. What was held at its sender gets its fate
// now; what was kept at the end of a link arrives now, in the order in which it
// came there.
func (e *Engine) heal(now sim.Time, i int) {
	f := &e.plan.faults[i]
	e.faults[i].closed = false
	fates := e.net.Apply(now, network.Fault{Partition: f.cut, Heal: true}, e.fates[:0])
	e.fates = fates
	for first, next := 0, 0; first < len(fates); first = next {
		// A packet held one claim on its slot, its duplicate none: it is born
		// now. The slot must not be freed between them.
		s := &e.slab[fates[first].Ref]
		early := s.msg.Kind.Handshake()
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
	if f.kind == scenarios.FaultClog {
		e.clogs--
		e.unclog(now)
	}
}

// flip lets a cut that flaps go, or closes it again.
func (e *Engine) flip(now sim.Time, i int) {
	f, s := &e.plan.faults[i], &e.faults[i]
	e.mark(now, i, s.closed)
	next := f.down
	if s.closed {
		e.heal(now, i)
		next = f.up
	} else {
		e.sever(now, i)
	}
	e.queueFlip(now.Add(next), i)
}

// clog keeps a packet that arrives on a clogged link, and reports whether it
// did.
func (e *Engine) clog(now sim.Time, ev event) bool {
	from, to := network.Addr(e.slab[ev.ref()].msg.From), network.Addr(ev.to())
	if from == to || !e.net.Clog(from, to) {
		return false
	}
	e.clogged = append(e.clogged, ev)
	e.digest.Add2(journal.FateWords(now, peer.ID(to), uint8(network.Held), ev.copy(), 0))
	return true
}

// unclog lets arrive what no clog keeps any longer. A packet at the end of its
// link is not struck again by what strikes packets in flight.
func (e *Engine) unclog(now sim.Time) {
	kept := 0
	for k := 0; k < len(e.clogged); k++ {
		ev := e.clogged[k]
		if e.net.Clogged(network.Addr(e.slab[ev.ref()].msg.From), network.Addr(ev.to())) {
			e.clogged[kept] = ev
			kept++
			continue
		}
		e.land(now, ev, false)
	}
	e.clogged = e.clogged[:kept]
}
