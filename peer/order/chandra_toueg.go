package order

import (
	"cmp"
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// chandraToueg reduces total order to consensus: while there are messages that
// were received and not ordered, the peers agree on the next batch of them. All
// deliver the batches one after the other, each by sender and rank of broadcast.
//
// Every instance of consensus goes in rounds with a coordinator each, who take
// turns. The coordinator of round 0 proposes at once all that it has received
// and not ordered; whoever gets a proposal adopts and acknowledges it, and with
// the acknowledgements of a majority it is decided. A peer that has waited too
// long leaves the round for the next one that is not a suspected peer's turn. It
// tells the coordinators of both; the new one calls all into the round, and each
// sends its estimate: the proposal it adopted last, with a stamp that says in
// which round. Of a majority of estimates the one with the greatest stamp is
// proposed; if none was adopted, what the coordinator has not ordered itself.
//
// Proposals name the messages, whose bodies come from their senders. A peer
// acknowledges when it has all of them, so that what is decided is with a
// majority and can be had although its sender has crashed: whoever has a body
// relays it when asked. It is asked for on suspicion, in rounds after the first
// at once, and also when a decision names it that later bodies of its sender
// show to be lost. A decision is relayed to those that ask, which are those that
// are still about it, and those that were down.
//
// Batches are not FIFO by themselves: a message that overtakes another of its
// sender on the way to the coordinator may be in an earlier batch.
//
// Sources: Chandra and Toueg, "Unreliable failure detectors for reliable
// distributed systems", JACM 43(2):225-267, 1996, sections 6.2 (consensus) and 7
// (the reduction); that bodies must be here before an acknowledgement: Ekwall
// and Schiper, "Solving atomic broadcast with indirect consensus", DSN 2006.
type chandraToueg struct {
	peer.Base
	suspicion
	at, self peer.ID
	peers    int

	bodies    peer.MessageSet
	arrivals  []arrivals // by sender
	sent      int64      // own broadcasts
	unordered []ranked   // bodies that no decision names, in order of arrival
	held      int

	log       []peer.MessageID // the decided batches, one after the other
	ends      []int            // where in log the batches of instances 1, 2, … end
	ordered   peer.MessageSet  // what is in log
	delivered int              // how much of log is delivered
	watched   int              // delivered+1 if the wait for the next of log has begun
	asked     int              // how much of log was looked through for bodies to ask for
	informer  peer.ID          // who sent the last decision

	consensus
	serial int32
	begun  bool
}

// ranked is a message and how many its sender had broadcast before.
type ranked struct {
	id   peer.MessageID
	rank int64
}

// arrivals is how many bodies of a sender have come, and how many there are up
// to the last one that it sent itself.
type arrivals struct{ come, upTo int64 }

func chandraTouegSpec() Spec {
	return Spec{
		Kind: "chandra-toueg", IgnoresEnds: true, Class: "destinations agreement",
		Doc:        "delivers the batches on which the peers agree by consensus, one after the other",
		Paper:      "Chandra and Toueg, JACM 43(2), 1996, sections 6.2 and 7",
		Packets:    "4(n-1); n-1 and 3(n-1) for a batch",
		Steps:      "4/4, at the coordinator 3; of the coordinator 2/3",
		Cost:       consensusCost(func(n int, _ bool) int { return 4 * (n - 1) }),
		Guarantees: peer.Total | peer.Agreement | peer.Uniform,
		Needs:      peer.NoLoss | peer.MinorityCrash,
		Refine:     refineSuspect,
		Params:     suspectParams("the coordinator of round 0; then they take turns"),
		New: func(v Values) (peer.Ordering, error) {
			s, err := newSuspicion("chandra-toueg", v)
			return &chandraToueg{suspicion: s, at: peer.ID(v.Int("at"))}, err
		},
	}
}

// first is the number of the first instance that is not decided here.
func (o *chandraToueg) first() int64 { return int64(len(o.ends)) + 1 }

// newName names a packet that is not one of a first round.
func (o *chandraToueg) newName() int32 {
	o.serial--
	return o.serial
}

// Start goes on after a restart: whoever was down asks what it has missed.
func (o *chandraToueg) Start(now peer.Instant, out *peer.Effects) {
	if o.begun && o.peers > 1 {
		out.ToOthers(o.question())
		o.again(now)
		o.arm(out)
	}
	o.begun = true
}

// question asks for the decisions that are missing here.
func (o *chandraToueg) question() peer.Message {
	return peer.Message{ID: peer.NoMessage, Kind: peer.KindRequest, Ints: 1, Stamp: o.first(), Round: o.newName()}
}

func (o *chandraToueg) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	p.Aux, p.Ints = o.sent, 1
	o.sent++
	out.ToAll(p)
}

func (o *chandraToueg) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	if uint64(m.Stamp) > maxStamp {
		return // so far nobody counts
	}
	o.hear(m.From)
	switch m.Kind {
	case peer.KindData, peer.KindRelay:
		o.receiveBody(now, m, out)
	case peer.KindPropose:
		o.receiveProposal(now, m, out)
	case peer.KindAccept:
		o.countAcknowledgement(now, m, out)
	case peer.KindDecide:
		o.receiveDecision(now, m, out)
	case peer.KindEstimate:
		o.countEstimate(now, m, out)
	case peer.KindSuspect:
		o.receiveSuspicion(now, m, out)
	case peer.KindRequest:
		o.answer(m, out)
	}
}

// receiveBody takes a body from its own sender, or relayed.
func (o *chandraToueg) receiveBody(now peer.Instant, m *peer.Message, out *peer.Effects) {
	id := m.ID
	if uint64(m.Aux) > peer.MaxNumber || !o.bodies.Add(id.Sender, id.Number) {
		return
	}
	o.held++
	a := &o.arrivals[id.Sender]
	a.come++
	if m.Kind == peer.KindData {
		a.upTo = max(a.upTo, m.Aux+1)
	}
	if !o.ordered.Has(id.Sender, id.Number) {
		o.unordered = append(o.unordered, ranked{id: id, rank: m.Aux})
		o.watch(now, ofMessage(id), out)
	}
	if o.offers > 0 {
		o.acknowledgeOffers(out)
	}
	o.deliver(now, out)
	o.begin(now, out)
}

// deliver hands over what is decided for as long as the bodies are here.
func (o *chandraToueg) deliver(now peer.Instant, out *peer.Effects) {
	for o.delivered < len(o.log) {
		id := o.log[o.delivered]
		if !o.bodies.Has(id.Sender, id.Number) {
			o.await(now, id, out)
			return
		}
		out.Deliver(id)
		o.delivered++
		o.held--
	}
}

// await waits for a body that is due, and asks for it once when it is shown to
// be lost: a later one of its sender has come.
func (o *chandraToueg) await(now peer.Instant, id peer.MessageID, out *peer.Effects) {
	if o.watched <= o.delivered {
		o.watched = o.delivered + 1
		o.watch(now, ofMessage(id), out)
	}
	if a := o.arrivals[id.Sender]; o.asked <= o.delivered && a.come < a.upTo && o.informer != o.self {
		o.askFor(id, out)
	}
}

// askFor asks for a body whoever has sent the last decision.
func (o *chandraToueg) askFor(id peer.MessageID, out *peer.Effects) {
	o.asked = o.delivered + 1
	out.Send(o.informer, peer.Message{ID: id, Kind: peer.KindRequest, Round: o.newName()})
}

// askForMissing asks all others for the bodies that are due and not here. It
// does so for many at once: after a partition there may be one missing of every
// sender, and each suspicion makes the next wait longer.
func (o *chandraToueg) askForMissing(out *peer.Effects) {
	asked := 0
	for i, id := range o.log[o.delivered:] {
		if asked == maxRequests {
			return
		}
		if !o.bodies.Has(id.Sender, id.Number) {
			asked++
			o.asked = max(o.asked, o.delivered+i+1)
			out.ToOthers(peer.Message{ID: id, Kind: peer.KindRequest, Round: o.newName()})
		}
	}
}

// answer tells what it is asked for: a body, or the decisions from one on.
func (o *chandraToueg) answer(m *peer.Message, out *peer.Effects) {
	id := m.ID
	switch {
	case m.From == o.self:
	case id == peer.NoMessage:
		o.tell(m.From, m.Stamp, out)
	case o.bodies.Has(id.Sender, id.Number):
		rank := int64(0) // what is ordered is sorted
		for _, u := range o.unordered {
			if u.id == id {
				rank = u.rank
			}
		}
		out.Send(m.From, peer.Message{ID: id, Kind: peer.KindRelay, Ints: 1, Aux: rank, Round: o.newName()})
	}
}

// tell sends the decisions from one on to a peer that is behind.
func (o *chandraToueg) tell(to peer.ID, from int64, out *peer.Effects) {
	if to == o.self {
		return
	}
	for k := max(from, 1); k < o.first(); k++ {
		out.Send(to, o.decision(k, o.batch(k), out))
	}
}

// batch is what was decided in an instance.
func (o *chandraToueg) batch(k int64) []peer.MessageID {
	from := 0
	if k > 1 {
		from = o.ends[k-2]
	}
	return o.log[from:o.ends[k-1]]
}

// decision is the packet that relays one.
func (o *chandraToueg) decision(k int64, batch []peer.MessageID, out *peer.Effects) peer.Message {
	span, words := out.NewWords(len(batch))
	for i, id := range batch {
		words[i] = packID(id)
	}
	return peer.Message{ID: peer.NoMessage, Kind: peer.KindDecide, Ints: 2, Stamp: k, Aux: relayed, Round: o.newName(), Words: span}
}

// relayed marks a decision that does not come from its coordinator.
const relayed = 1

// over reports whether a wait is over.
func (o *chandraToueg) over(what int64) bool {
	if what >= 0 {
		return what < o.first() || !o.concerned(what)
	}
	id, _ := valueOf(-1-what, o.peers)
	return o.bodies.Has(id.Sender, id.Number) && o.ordered.Has(id.Sender, id.Number)
}

func (o *chandraToueg) Expire(now peer.Instant, t peer.TimerID, out *peer.Effects) {
	if t != timerSuspect || !o.armed {
		return
	}
	for o.waiting() && o.over(o.oldest()) {
		o.suspicion.over()
	}
	if o.waiting() && int64(now) >= o.due() {
		o.again(now)
		o.askForMissing(out)
		if len(o.unordered) > 0 || o.openConcern() {
			o.leaveRound(now, out)
		}
	}
	o.arm(out)
}

func (o *chandraToueg) Held() int { return o.held }

// Counters: rounds in which something was proposed, batches that were decided,
// each counted by its coordinator.
func (o *chandraToueg) Counters(add func(string, int64)) {
	add("rounds", o.rounds)
	add("batches", o.batches)
}

func (o *chandraToueg) Reset(self peer.ID, peers int) {
	*o = chandraToueg{
		suspicion: o.suspicion, at: o.at, self: self, peers: peers, bodies: o.bodies,
		arrivals: slices.Grow(o.arrivals[:0], peers)[:peers], unordered: o.unordered[:0],
		log: o.log[:0], ends: o.ends[:0], ordered: o.ordered, informer: self, consensus: o.consensus,
	}
	o.suspicion.reset(peers)
	o.bodies.Reset(peers)
	clear(o.arrivals)
	o.ordered.Reset(peers)
	o.consensus.reset(peers)
}

func (o *chandraToueg) Clone() peer.Ordering {
	c := *o
	c.suspicion, c.bodies, c.ordered = o.suspicion.clone(), o.bodies.Clone(), o.ordered.Clone()
	c.arrivals, c.unordered = slices.Clone(o.arrivals), slices.Clone(o.unordered)
	c.log, c.ends, c.consensus = slices.Clone(o.log), slices.Clone(o.ends), o.consensus.clone()
	return &c
}

func (o *chandraToueg) AppendState(b []byte, now peer.Instant) []byte {
	b = o.ordered.AppendState(o.bodies.AppendState(appendFlags(b, o.begun)))
	for _, a := range o.arrivals {
		b = binary.AppendVarint(binary.AppendVarint(b, a.come), a.upTo)
	}
	b = binary.AppendUvarint(b, uint64(len(o.unordered)))
	waiting := slices.SortedFunc(slices.Values(o.unordered), compareRanked)
	for _, u := range waiting {
		b = binary.AppendVarint(binary.AppendVarint(b, packID(u.id)), u.rank)
	}
	b = binary.AppendUvarint(b, uint64(len(o.ends)))
	for _, end := range o.ends {
		b = binary.AppendUvarint(b, uint64(end))
	}
	for _, id := range o.log {
		b = binary.AppendVarint(b, packID(id))
	}
	for _, v := range [...]int64{o.sent, int64(o.delivered), int64(o.watched), int64(o.asked), int64(o.informer), int64(o.serial)} {
		b = binary.AppendVarint(b, v)
	}
	return o.suspicion.appendState(o.consensus.appendState(b), now, o.over)
}

// compareRanked sorts by sender, then by rank of broadcast.
func compareRanked(a, b ranked) int {
	return cmp.Or(cmp.Compare(a.id.Sender, b.id.Sender), cmp.Compare(a.rank, b.rank), cmp.Compare(a.id.Number, b.id.Number))
}
