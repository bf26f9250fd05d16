package order

import "mpcomm/peer"

// This file is how a peer gets what packets that were lost would have brought:
// bodies and decisions are asked for, and told again by whoever has them.

// askForLost asks the leader for the body of the instance that is due and
// decided, when the leader's packets for later ones have come.
func (o *paxos) askForLost(m *peer.Message, out *peer.Effects) {
	number, s := o.open.at(0)
	if number == o.next() && number < m.Stamp && s.decided && !s.asked && !o.has(s.id) {
		s.asked = true
		out.Send(m.From, peer.Message{ID: s.id, Kind: peer.KindRequest, Round: o.newName()})
	}
}

// answer tells what it is asked for: a body, or what was decided from an
// instance on.
func (o *paxos) answer(m *peer.Message, out *peer.Effects) {
	if m.ID == peer.NoMessage {
		o.tell(m.From, m.Stamp, out)
	} else if m.From != o.self && o.bodies.Has(m.ID.Sender, m.ID.Number) {
		out.Send(m.From, peer.Message{ID: m.ID, Kind: peer.KindRelay, Round: o.newName()})
	}
}

// tell sends what is over here, from an instance on, to a peer that is behind.
func (o *paxos) tell(to peer.ID, from int64, out *peer.Effects) {
	if to == o.self {
		return
	}
	for number := max(from, 1); number < o.next(); number++ {
		out.Send(to, o.decision(number, o.log[number-1]))
	}
}

// decision is the packet that relays one, with the body if that is here.
func (o *paxos) decision(number int64, id peer.MessageID) peer.Message {
	p := peer.Message{ID: id, Kind: peer.KindRelay, Ints: 2, Stamp: number, Aux: afterBallots, Round: o.newName()}
	if id == peer.NoMessage || !o.has(id) {
		p.Kind, p.Ints, p.Aux = peer.KindCommit, 1, 0
	}
	return p
}
