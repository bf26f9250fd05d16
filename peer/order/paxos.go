package order

import (
	"encoding/binary"
	"math"
	"slices"

	"mpcomm/peer"
)

// paxos is state machine replication with a leader: messages go to the leader,
// which puts each into the next instance of consensus and sends it to all. What
// a majority has accepted is decided, and the leader says so. All deliver the
// instances in the order of their numbers.
//
// Leaders take turns by ballots, whose numbers grow; that of ballot 0 needs no
// election. A peer that has waited too long for a decision calls the leader of
// the next ballot. That one asks all to join it, which means to accept nothing
// more of earlier ballots, and to tell what they have accepted. From the
// answers of a majority it takes the value of the highest ballot for every
// instance that is open, nothing ("no-op") where none was accepted, and has all
// of it accepted anew in its own ballot: acceptances are counted within one
// ballot only. Whoever joins sends the new leader its own messages that were not
// delivered; a message that gets into two instances is delivered at the first.
// Whoever is behind gets what has been decided since, when it calls, when it
// joins, and when it asks after a restart.
//
// The body travels to the leader and from there with the instance. One that a
// decision names and that later packets of the leader show to be lost is asked
// for at once, a decision only on suspicion. Links that do not keep their order
// reorder messages on their way to the leader, also those of one sender.
//
// Sources: Lamport, "The part-time parliament", ACM TOCS 16(2):133-169, 1998,
// section 3; what goes wrong when leaders change: Ongaro and Ousterhout, "In
// search of an understandable consensus algorithm", USENIX ATC 2014, section 5.4.
type paxos struct {
	peer.Base
	suspicion
	at, self peer.ID
	peers    int

	ballot int32 // joined; nothing of an earlier one is accepted
	told   int32 // the ballot in which the leader was told what is accepted here
	open   ledger[slot]
	log    []peer.MessageID // the values of instances 1, 2, … that are over here
	bodies peer.MessageSet
	logged peer.MessageSet
	early  peer.MessageSet // the instances accepted in ballot 0, counted from 0
	held   int
	own    []int32 // numbers of own messages; the delivered ones are dropped late
	served int     // how many of own are dropped
	serial int32   // names packets that have no name of their own
	begun  bool

	leadership
}

// slot is an instance that is open here: heard of, but not delivered.
type slot struct {
	id       peer.MessageID // the value; NoMessage = a no-op
	ballot   int32          // in which the value was accepted, or noBallot
	poll     int32          // the leader: of those who have accepted in its ballot
	decided  bool
	proposed bool // the leader: in its ballot, by itself
	lacking  bool // the leader: it will be when the body comes
	asked    bool // the body was asked for
}

const (
	noBallot     = -1
	afterBallots = math.MaxInt32 // in the place of a ballot: the value is decided
)

func paxosSpec() Spec {
	return Spec{
		Kind: "paxos", IgnoresEnds: true, Class: "destinations agreement",
		Doc:        "delivers in the order of instances in which a leader has a majority accept the messages",
		Paper:      "Lamport, ACM TOCS 16(2), 1998, section 3",
		Packets:    "3n-2; of the leader 3(n-1)",
		Steps:      "4/4, at the leader 3; of the leader 2/3",
		Cost:       consensusCost(paxosPackets),
		Guarantees: peer.Total | peer.Agreement | peer.Uniform,
		Needs:      peer.NoLoss | peer.MinorityCrash,
		Refine:     refineSuspect,
		Params:     suspectParams("the first leader; then they take turns"),
		New: func(v Values) (peer.Ordering, error) {
			s, err := newSuspicion("paxos", v)
			return &paxos{suspicion: s, at: peer.ID(v.Int("at"))}, err
		},
	}
}

func paxosPackets(n int, own bool) int {
	if own {
		return 3 * (n - 1)
	}
	return 3*n - 2
}

// next is the number of the instance that is due here.
func (o *paxos) next() int64 { return int64(len(o.log)) + 1 }

func (o *paxos) leaderOf(ballot int32) peer.ID { return inTurn(o.at, ballot, o.peers) }

func (o *paxos) leads() bool { return o.leaderOf(o.ballot) == o.self }

// name tells packets apart: none is sent twice in ballot 0.
func (o *paxos) name() int32 {
	if o.ballot == 0 {
		return 0
	}
	return o.newName()
}

func (o *paxos) newName() int32 {
	o.serial++
	return o.serial
}

// Start goes on after a restart: whoever was down asks what it has missed.
func (o *paxos) Start(now peer.Instant, out *peer.Effects) {
	if o.begun && o.peers > 1 {
		out.ToOthers(o.question())
		o.again(now)
		o.arm(out)
	}
	o.begun = true
}

// question asks for the decisions that are missing here.
func (o *paxos) question() peer.Message {
	return peer.Message{ID: peer.NoMessage, Kind: peer.KindRequest, Ints: 1, Stamp: o.next(), Round: o.newName()}
}

func (o *paxos) Broadcast(now peer.Instant, m *peer.Message, out *peer.Effects) {
	o.learnBody(m.ID, out)
	o.own = append(o.own, m.ID.Number)
	o.watch(now, ofMessage(m.ID), out)
	if o.leads() {
		o.requests = append(o.requests, request{id: m.ID, kind: peer.KindData})
		o.proposeRequests(out)
		return
	}
	out.Send(o.leaderOf(o.ballot), *m)
}

func (o *paxos) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	if uint64(m.Stamp) > maxStamp {
		return // so far nobody counts
	}
	o.hear(m.From)
	switch m.Kind {
	case peer.KindData, peer.KindRelay:
		o.learnBody(m.ID, out)
		switch {
		case m.Stamp == 0:
			o.requests = append(o.requests, request{id: m.ID, kind: peer.KindRelay})
			o.proposeRequests(out)
		case m.Aux == afterBallots:
			o.decide(now, m.Stamp, m.ID, out)
		default:
			o.accept(now, m, out)
		}
		o.deliver(out)
	case peer.KindPropose: // a no-op
		if m.ID == peer.NoMessage && m.Stamp > 0 {
			o.accept(now, m, out)
		}
	case peer.KindAccept:
		o.countAcceptance(m, out)
	case peer.KindCommit:
		o.decide(now, m.Stamp, m.ID, out)
		o.deliver(out)
	case peer.KindRequest:
		o.answer(m, out)
	case peer.KindSuspect:
		o.join(now, m, out)
	case peer.KindEstimate:
		o.countJoined(now, m, out)
	}
}

// slot returns an instance from the one that is due on, nil if it is too far
// ahead; a new one is waited for from now on.
func (o *paxos) slot(now peer.Instant, number int64, out *peer.Effects) *slot {
	if number < o.next() || number >= o.next()+window {
		return nil
	}
	i, ok := o.open.find(number)
	if ok {
		_, s := o.open.at(i)
		return s
	}
	o.watch(now, number, out)
	return o.open.insert(i, number, slot{id: peer.NoMessage, ballot: noBallot, poll: noPoll})
}

// accept takes a value for an instance, unless this peer has joined a later
// ballot. What is over here needs no acceptance: its leader is behind.
func (o *paxos) accept(now peer.Instant, m *peer.Message, out *peer.Effects) {
	ballot, ok := o.ballotOf(m.Aux)
	if !ok || m.From != o.leaderOf(ballot) || ballot < o.ballot {
		return
	}
	o.enter(now, ballot, out)
	if m.Stamp < o.next() {
		o.acceptLate(m, ballot, o.log[m.Stamp-1], out)
		return
	}
	s := o.slot(now, m.Stamp, out)
	if s == nil || s.ballot == ballot {
		return
	}
	if s.decided && s.id != m.ID {
		o.acceptLate(m, ballot, s.id, out)
		return
	}
	s.ballot, s.id = ballot, m.ID
	if m.From == o.self {
		s.proposed, s.poll = true, o.polls.open()
	}
	o.acknowledge(m, ballot, out)
	o.askForLost(m, out)
}

// acceptLate answers the leader of an instance that is decided here. In ballot 0
// an acceptance that the same decision has overtaken is given all the same, so
// that costs are no matter of luck; else the leader is behind.
func (o *paxos) acceptLate(m *peer.Message, ballot int32, id peer.MessageID, out *peer.Effects) {
	switch {
	case ballot == 0 && m.ID == id:
		o.acknowledge(m, ballot, out)
	case m.From != o.self:
		out.Send(m.From, o.decision(m.Stamp, id))
	}
}

// acknowledge tells the leader of an acceptance, in ballot 0 once.
func (o *paxos) acknowledge(m *peer.Message, ballot int32, out *peer.Effects) {
	if ballot > 0 || m.Stamp <= math.MaxInt32 && o.early.Add(0, int32(m.Stamp-1)) {
		out.Send(m.From, peer.Message{ID: m.ID, Kind: peer.KindAccept, Ints: 2, Stamp: m.Stamp, Aux: int64(ballot), Round: o.name()})
	}
}

// ballotOf checks the number of a ballot.
func (o *paxos) ballotOf(word int64) (int32, bool) {
	return int32(word), word >= 0 && word < maxRound && word <= int64(o.ballot)+maxLeap
}

// decide notes that an instance has its value.
func (o *paxos) decide(now peer.Instant, number int64, id peer.MessageID, out *peer.Effects) {
	s := o.slot(now, number, out)
	if s == nil || s.decided {
		return
	}
	s.decided, s.id = true, id
	if s.proposed { // its leader learns from a peer where it was decided before
		o.announce(number, s, out)
	}
}

// has reports whether the body of a value is here; a no-op needs none.
func (o *paxos) has(id peer.MessageID) bool {
	return id == peer.NoMessage || o.bodies.Has(id.Sender, id.Number)
}

func (o *paxos) learnBody(id peer.MessageID, out *peer.Effects) {
	if o.bodies.Add(id.Sender, id.Number) {
		o.held++
		if o.lacks > 0 {
			o.proposeLacking(id, out)
		}
	}
}

// deliver hands over the instances that are due, for as long as they are
// decided and their bodies are here.
func (o *paxos) deliver(out *peer.Effects) {
	for o.open.len() > 0 {
		number, s := o.open.at(0)
		if number != o.next() || !s.decided || !o.has(s.id) {
			break
		}
		id := s.id
		o.polls.close(s.poll)
		o.open.drop()
		o.log = append(o.log, id)
		o.progress()
		if id != peer.NoMessage {
			o.assigned.remove(id)
			if o.logged.Add(id.Sender, id.Number) {
				out.Deliver(id)
				o.held--
			}
		}
	}
	o.proposeRequests(out)
}

// over reports whether a wait is over.
func (o *paxos) over(what int64) bool {
	if what >= 0 {
		return what < o.next()
	}
	id, _ := valueOf(-1-what, o.peers)
	return o.logged.Has(id.Sender, id.Number)
}

func (o *paxos) Expire(now peer.Instant, t peer.TimerID, out *peer.Effects) {
	if t != timerSuspect || !o.armed {
		return
	}
	for o.waiting() && o.over(o.oldest()) {
		o.suspicion.over()
	}
	if o.waiting() && int64(now) >= o.due() {
		o.callNext(now, out)
	}
	o.arm(out)
}

func (o *paxos) Held() int { return o.held }

// Counters: rounds are the ballots that a leader has called.
func (o *paxos) Counters(add func(string, int64)) { add("rounds", o.rounds) }

func (o *paxos) Reset(self peer.ID, peers int) {
	*o = paxos{
		suspicion: o.suspicion, at: o.at, self: self, peers: peers, open: o.open, log: o.log[:0],
		bodies: o.bodies, logged: o.logged, early: o.early, own: o.own[:0], leadership: o.leadership,
	}
	o.suspicion.reset(peers)
	o.open.reset()
	o.bodies.Reset(peers)
	o.logged.Reset(peers)
	o.early.Reset(1)
	o.leadership.reset(peers, self == inTurn(o.at, 0, peers))
}

func (o *paxos) Clone() peer.Ordering {
	c := *o
	c.suspicion, c.open, c.log = o.suspicion.clone(), o.open.clone(), slices.Clone(o.log)
	c.bodies, c.logged, c.own = o.bodies.Clone(), o.logged.Clone(), slices.Clone(o.own)
	c.early, c.leadership = o.early.Clone(), o.leadership.clone()
	return &c
}

func (o *paxos) AppendState(b []byte, now peer.Instant) []byte {
	b = binary.AppendVarint(binary.AppendVarint(b, int64(o.ballot)), int64(o.told))
	b = binary.AppendVarint(b, int64(o.serial))
	b = appendFlags(b, o.begun, o.prepared)
	b = binary.AppendUvarint(b, uint64(len(o.log)))
	for _, id := range o.log {
		b = binary.AppendVarint(b, packID(id))
	}
	b = o.early.AppendState(o.logged.AppendState(o.bodies.AppendState(b)))
	for _, number := range o.own[o.served:] {
		if !o.logged.Has(o.self, number) {
			b = binary.AppendVarint(b, int64(number))
		}
	}
	b = binary.AppendUvarint(append(b, 0xff), uint64(o.open.len()))
	for i := range o.open.len() {
		number, s := o.open.at(i)
		for _, v := range [...]int64{number, packID(s.id), int64(s.ballot)} {
			b = binary.AppendVarint(b, v)
		}
		b = o.polls.appendPoll(appendFlags(b, s.decided, s.proposed, s.lacking, s.asked), s.poll)
	}
	return o.suspicion.appendState(o.leadership.appendState(b), now, o.over)
}
