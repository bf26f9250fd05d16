package run

import (
	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/scenarios"
	"mpcomm/sim"
)

// observe counts an event at p for the faults that wait for one of its kind.
func (e *Engine) observe(what scenarios.TriggerEvent, p int, id peer.MessageID) {
	if !e.watches {
		return
	}
	for i := range e.plan.faults {
		t := e.plan.faults[i].after
		if t != nil && t.Event == what && (t.Peer == scenarios.AnyPeer || int(t.Peer) == p) && (t.Message == peer.NoMessage || t.Message == id) {
			e.count(i)
		}
	}
}

// observePhase counts the phases that have a name among the events.
func (e *Engine) observePhase(p int, phase peer.Phase) {
	switch phase {
	case peer.Data:
		e.observe(scenarios.PeerOpens, p, peer.NoMessage)
	case peer.Draining:
		e.observe(scenarios.PeerStops, p, peer.NoMessage)
	case peer.Stopped:
		e.observe(scenarios.PeerCloses, p, peer.NoMessage)
	}
}

// observePacket counts a packet that leaves or reaches a peer.
func (e *Engine) observePacket(what scenarios.TriggerEvent, m *peer.Message, from, to peer.ID) {
	here, there := from, to
	if what == scenarios.PacketReaches {
		here, there = to, from
	}
	if from == to {
		return
	}
	for i := range e.plan.faults {
		t := e.plan.faults[i].after
		if t != nil && t.Event == what && (t.Packet == peer.KindNone || t.Packet == m.Kind) &&
			(t.Message == peer.NoMessage || t.Message == m.ID) &&
			(t.Peer == scenarios.AnyPeer || t.Peer == here) && (t.Other == scenarios.AnyPeer || t.Other == there) {
			e.count(i)
		}
	}
}

// observeFates counts the packets of one send, by receiver.
func (e *Engine) observeFates(m *peer.Message, fates []network.Fate) {
	for k := range fates {
		if fates[k].Copy == 0 {
			e.observePacket(scenarios.PacketLeaves, m, m.From, peer.ID(fates[k].To))
		}
	}
}

// count notes one event that fault i waits for; with the nth it is to strike.
func (e *Engine) count(i int) {
	s := &e.faults[i]
	if s.seen++; s.seen == e.plan.faults[i].after.Nth && !s.absent {
		e.pending = append(e.pending, int32(i))
	}
}

// strikePending strikes with the faults whose event happened in the event of
// the queue that is over now, or queues them. A strike may bring on another.
func (e *Engine) strikePending(now sim.Time) {
	for k := 0; k < len(e.pending); k++ {
		i := int(e.pending[k])
		if delay := e.plan.faults[i].delay; delay > 0 {
			e.sched.Schedule(now.Add(delay), faultEvent(i, edgeStrike))
		} else {
			e.strike(now, i)
		}
	}
	e.pending = e.pending[:0]
}
