package run

import (
	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/sim"
)

// Where an ordering only passes messages through it is not asked, and its bodies
// travel without a slot: their events name the broadcast. What does not just pass
// after all is given a slot on its arrival, and goes the way of all packets.

// passOn sends a broadcast of p to the others as it is, and puts it into p's log:
// what becomes of it where the ordering need not be asked.
func (e *Engine) passOn(p int, now sim.Time, id peer.MessageID, ref history.Ref) {
	packet := network.Packet{
		From: network.Addr(p), Name: named(e.src.Label(ref), peer.ID(p), peer.KindData, 0),
		Bytes: e.plan.overhead + e.src.Size(ref), Body: bodyName(id),
	}
	e.sent(packet.Name, peer.KindData, peer.ID(p))
	e.outcome.Cost.countBodies(uint64(e.plan.peers-1), packet.Bytes)
	e.fates = e.net.Broadcast(now, packet, e.fates[:0])
	e.queue(now, passEvent(ref, 0), e.fates)
	e.append(p, now, now, ref)
}

// pass takes the arrival of a body where all that can follow is a delivery, and
// reports whether it was one.
func (e *Engine) pass(now sim.Time, ev event) bool {
	ref, to := ev.ref(), ev.to()
	sender := e.hist.Broadcasts[ref].ID.Sender
	m := &e.machines[to]
	if !m.Pass(peer.Instant(now), sender) && !m.PassCounted(peer.Instant(now), sender) {
		return false
	}
	e.logLen[to]++
	// As append does, in place: this is what most events come to.
	e.digest.Add2(journal.PeerWords(journal.Delivery, now, peer.ID(to), ref))
	e.hist.Stream.AppendAtOnce(now, ref, peer.ID(to))
	return true
}

// passLast is pass for a delivery by which a log may close.
func (e *Engine) passLast(now sim.Time, ev event) bool {
	ref, p := ev.ref(), int(ev.to())
	e.out.Reset()
	if !e.machines[p].PassLast(peer.Instant(now), e.hist.Broadcasts[ref].ID.Sender, &e.out) {
		return false
	}
	e.append(p, now, now, ref)
	e.conclude(p, now, nil)
	return true
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
	i, m := e.bodies[ref], e.body(ref)
	if int(i) >= len(e.slab) || e.slab[i].refs == 0 || e.slab[i].msg != m {
		i = e.hold(&m, ref, e.hist.Broadcasts[ref].At)
		e.bodies[ref] = i
	}
	e.slab[i].refs++
	return arrivalEvent(i, ev.to(), 0)
}
