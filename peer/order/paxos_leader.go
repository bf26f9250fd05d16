package order

import (
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// leadership is what a peer of paxos knows as a leader, and how it becomes one.
type leadership struct {
	prepared bool      // a majority has joined the ballot; ballot 0 needs none
	joined   int32     // poll of those who have joined, until they are a majority
	given    int64     // the last instance given out
	assigned index     // messages in open instances of this ballot
	requests []request // messages that have no instance yet
	lacks    int       // instances that wait for a body
	polls    polls
	rounds   int64
}

// request is a message to be ordered: an own one is sent to all as data, its
// first copy, all else is relayed.
type request struct {
	id   peer.MessageID
	kind peer.Kind
}

func (l *leadership) reset(peers int, leads bool) {
	*l = leadership{prepared: leads, joined: noPoll, assigned: l.assigned, requests: l.requests[:0], polls: l.polls}
	l.assigned.reset()
	l.polls.reset(peers)
}

func (l *leadership) clone() leadership {
	c := *l
	c.assigned, c.requests, c.polls = l.assigned.clone(), slices.Clone(l.requests), l.polls.clone()
	return c
}

// appendState appends the state; what is assigned follows from open instances.
func (l *leadership) appendState(b []byte) []byte {
	b = binary.AppendVarint(b, l.given)
	b = binary.AppendUvarint(b, uint64(len(l.requests)))
	for _, r := range l.requests {
		b = binary.AppendVarint(append(b, byte(r.kind)), packID(r.id))
	}
	return l.polls.appendPoll(b, l.joined)
}

// majority is how many peers are more than half of them.
func (o *paxos) majority() int32 { return int32(o.peers/2) + 1 }

// proposeRequests gives instances to the messages that have none, as many as
// fit into half a window: the others may be behind by the other half.
func (o *paxos) proposeRequests(out *peer.Effects) {
	if !o.prepared || len(o.requests) == 0 {
		o.forgetRequests()
		return
	}
	n := 0
	for n < len(o.requests) && o.given < o.next()+window/2 {
		r := o.requests[n]
		n++
		if o.logged.Has(r.id.Sender, r.id.Number) || o.assigned.get(r.id) >= 0 {
			continue // delivered, or under way: asked for again
		}
		o.given++
		o.assigned.put(r.id, 0)
		o.propose(o.given, r.id, r.kind, out)
	}
	o.requests = o.requests[:copy(o.requests, o.requests[n:])]
}

// forgetRequests drops what has been delivered in the ballots of others, when
// it has become much.
func (o *paxos) forgetRequests() {
	if n := len(o.requests); n < 16 || n&(n-1) != 0 {
		return
	}
	o.requests = slices.DeleteFunc(o.requests, func(r request) bool { return o.logged.Has(r.id.Sender, r.id.Number) })
}

// propose sends a value to all for acceptance in this ballot.
func (o *paxos) propose(number int64, id peer.MessageID, kind peer.Kind, out *peer.Effects) {
	if id == peer.NoMessage {
		kind = peer.KindPropose
	}
	out.ToAll(peer.Message{ID: id, Kind: kind, Ints: 2, Stamp: number, Aux: int64(o.ballot), Round: o.name()})
}

// countAcceptance counts those who have accepted in this ballot, and only them:
// that an older ballot's value is everywhere does not make it decided.
func (o *paxos) countAcceptance(m *peer.Message, out *peer.Effects) {
	s := o.open.get(m.Stamp)
	if s == nil || m.Aux != int64(o.ballot) || !s.proposed || s.poll == noPoll {
		return
	}
	if o.polls.count(s.poll, m.From) == o.majority() {
		s.decided = true
		o.announce(m.Stamp, s, out)
		o.deliver(out)
	}
}

// announce says that an instance of this leader's is decided.
func (o *paxos) announce(number int64, s *slot, out *peer.Effects) {
	s.poll, s.proposed = o.polls.close(s.poll), false
	out.ToOthers(peer.Message{ID: s.id, Kind: peer.KindCommit, Ints: 1, Stamp: number, Round: o.name()})
}

// callNext suspects the leader and turns to the next one.
func (o *paxos) callNext(now peer.Instant, out *peer.Effects) {
	o.suspect(o.leaderOf(o.ballot), o.self)
	ballot := o.following(o.ballot, o.at, o.peers)
	leader := o.leaderOf(ballot)
	if leader == o.self {
		o.lead(now, ballot, out)
		return
	}
	out.Send(leader, o.suspectPacket(ballot))
	o.enter(now, ballot, out)
}

// lead begins a ballot of this peer's own: everybody is asked to join.
func (o *paxos) lead(now peer.Instant, ballot int32, out *peer.Effects) {
	o.enter(now, ballot, out)
	o.rounds++
	o.joined = o.polls.open()
	out.ToAll(o.suspectPacket(ballot))
}

// enter joins a later ballot: what this peer was about as a leader is over, all
// waits begin anew, and its own messages go to the new leader.
func (o *paxos) enter(now peer.Instant, ballot int32, out *peer.Effects) {
	if ballot == o.ballot {
		return
	}
	o.ballot, o.prepared, o.lacks = ballot, false, 0
	o.joined = o.polls.close(o.joined)
	o.assigned.reset()
	for i := range o.open.len() {
		_, s := o.open.at(i)
		s.poll, s.proposed, s.lacking = o.polls.close(s.poll), false, false
	}
	o.again(now)
	for o.served < len(o.own) && o.logged.Has(o.self, o.own[o.served]) {
		o.served++
	}
	for _, number := range o.own[o.served:] {
		id := peer.MessageID{Sender: o.self, Number: number}
		switch {
		case o.logged.Has(o.self, number):
		case o.leads():
			o.requests = append(o.requests, request{id: id, kind: peer.KindRelay})
		default:
			out.Send(o.leaderOf(ballot), peer.Message{ID: id, Kind: peer.KindRelay, Round: o.newName()})
		}
	}
}

// join answers the leader of a ballot, becomes it when a peer calls, or learns
// from a peer which ballot the others are in.
func (o *paxos) join(now peer.Instant, m *peer.Message, out *peer.Effects) {
	ballot, ok := o.ballotOf(m.Aux)
	if !ok {
		return
	}
	leader := o.leaderOf(ballot)
	switch {
	case ballot < o.ballot:
		o.tell(m.From, m.Stamp, out)
		out.Send(m.From, o.suspectPacket(o.ballot))
	case m.From == leader && ballot > o.told:
		o.enter(now, ballot, out)
		o.told = ballot
		span := o.accepted(max(m.Stamp, 1), out)
		out.Send(leader, peer.Message{
			ID: peer.NoMessage, Kind: peer.KindEstimate, Ints: 2, Stamp: o.next(), Aux: int64(ballot), Round: o.newName(), Words: span,
		})
	case m.From == leader: // a copy
	case leader == o.self:
		o.tell(m.From, m.Stamp, out)
		if ballot > o.ballot {
			o.lead(now, ballot, out)
		}
	default:
		o.tell(m.From, m.Stamp, out)
		o.enter(now, ballot, out)
	}
}

// suspectPacket says that the ballots before one are over, and how far its
// sender has come: to the leader it is a call, from the leader the question who
// joins.
func (o *paxos) suspectPacket(ballot int32) peer.Message {
	return peer.Message{ID: peer.NoMessage, Kind: peer.KindSuspect, Ints: 2, Stamp: o.next(), Aux: int64(ballot), Round: o.newName()}
}

// accepted lists what was accepted or decided here from an instance on: its
// number, the ballot and the value.
func (o *paxos) accepted(from int64, out *peer.Effects) peer.Span {
	count := max(0, o.next()-from)
	first, _ := o.open.find(from)
	for i := first; i < o.open.len(); i++ {
		if _, s := o.open.at(i); s.decided || s.ballot != noBallot {
			count++
		}
	}
	span, words := out.NewWords(int(3 * count))
	list := words[:0]
	for number := from; number < o.next(); number++ {
		list = append(list, number, afterBallots, packID(o.log[number-1]))
	}
	for i := first; i < o.open.len(); i++ {
		number, s := o.open.at(i)
		if s.decided {
			list = append(list, number, afterBallots, packID(s.id))
		} else if s.ballot != noBallot {
			list = append(list, number, int64(s.ballot), packID(s.id))
		}
	}
	return span
}

// countJoined takes what a peer has accepted. With a majority the leader knows
// everything that may have been decided.
func (o *paxos) countJoined(now peer.Instant, m *peer.Message, out *peer.Effects) {
	if !o.leads() || m.Aux != int64(o.ballot) || !o.prepared && o.joined == noPoll {
		return
	}
	if o.prepared { // enough have joined, and this one may be behind
		o.tell(m.From, m.Stamp, out)
		return
	}
	if !o.adopt(now, out.Words(m.Words), out) {
		out.Send(m.From, o.question())
		return
	}
	if count := o.polls.count(o.joined, m.From); count != 0 {
		o.tell(m.From, m.Stamp, out)
		if count == o.majority() {
			o.becomeLeader(now, out)
		}
	}
}

// adopt takes over, instance by instance, the value of the highest ballot. A
// value that others have accepted in a ballot may count as accepted here: there
// is no other value in that ballot, and nobody counts this peer for it. It
// reports false if some instance is too far ahead: who does not know what was
// accepted there cannot lead, as it would give the instance another value.
func (o *paxos) adopt(now peer.Instant, words []int64, out *peer.Effects) bool {
	all := true
	for ; len(words) >= 3; words = words[3:] {
		id, ok := valueOf(words[2], o.peers)
		if !ok || words[1] < 0 || words[1] >= int64(o.ballot) && words[1] != afterBallots {
			continue
		}
		s := o.slot(now, words[0], out)
		switch {
		case s == nil:
			all = all && words[0] < o.next()
		case s.decided:
		case words[1] == afterBallots:
			s.decided, s.id = true, id
		case words[1] > int64(s.ballot):
			s.ballot, s.id = int32(words[1]), id
		}
	}
	return all
}

// becomeLeader finishes what earlier leaders have begun: what is decided is
// relayed, what was accepted is proposed again, and holes become no-ops.
func (o *paxos) becomeLeader(now peer.Instant, out *peer.Effects) {
	o.prepared, o.joined = true, o.polls.close(o.joined)
	o.given = int64(len(o.log))
	if n := o.open.len(); n > 0 {
		o.given, _ = o.open.at(n - 1)
	}
	for number := o.next(); number <= o.given; number++ {
		s := o.slot(now, number, out)
		if s.id != peer.NoMessage && o.assigned.get(s.id) < 0 {
			o.assigned.put(s.id, 0)
		}
		if !o.has(s.id) {
			s.lacking = true
			o.lacks++
			out.ToOthers(peer.Message{ID: s.id, Kind: peer.KindRequest, Round: o.newName()})
			continue
		}
		o.finish(number, s, out)
	}
	o.deliver(out)
}

// finish proposes what was accepted in an earlier ballot, and relays what is
// decided.
func (o *paxos) finish(number int64, s *slot, out *peer.Effects) {
	if s.decided {
		out.ToOthers(o.decision(number, s.id))
		return
	}
	o.propose(number, s.id, peer.KindRelay, out)
}

// proposeLacking finishes the instances that have waited for a body.
func (o *paxos) proposeLacking(id peer.MessageID, out *peer.Effects) {
	for i := range o.open.len() {
		if number, s := o.open.at(i); s.lacking && s.id == id {
			s.lacking = false
			o.lacks--
			o.finish(number, s, out)
		}
	}
}
