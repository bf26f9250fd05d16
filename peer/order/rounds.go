package order

import (
	"math"
	"slices"

	"mpcomm/peer"
)

// The rounds of chandra-toueg: what becomes of its packets.

// known answers a packet of an instance that is decided here: its sender lacks
// the decision. It reports whether it was one.
func (o *chandraToueg) known(m *peer.Message, out *peer.Effects) bool {
	if m.Stamp < o.first() {
		if m.Stamp > 0 {
			o.tell(m.From, m.Stamp, out)
		}
		return true
	}
	e := o.open.get(m.Stamp)
	if e == nil || !e.decided {
		return false
	}
	if m.From != o.self {
		span, words := out.NewWords(len(o.lists.slab[e.value]))
		copy(words, o.lists.slab[e.value])
		out.Send(m.From, peer.Message{
			ID: peer.NoMessage, Kind: peer.KindDecide, Ints: 2, Stamp: m.Stamp, Aux: relayed, Round: o.newName(), Words: span,
		})
	}
	return true
}

// roundOf checks the number of a round.
func roundOf(word int64, e *instance) (int32, bool) {
	return int32(word), word >= 0 && word < maxRound && word <= int64(e.round)+maxLeap
}

// receiveProposal adopts the proposal of a round that this peer has not left, as
// soon as all bodies are here.
func (o *chandraToueg) receiveProposal(now peer.Instant, m *peer.Message, out *peer.Effects) {
	if m.Words.Len == 0 {
		return
	}
	if m.Aux == 0 && m.From == o.coordinator(0) && o.decidedAs(m.Stamp, out.Words(m.Words)) {
		o.acknowledge(m.Stamp, 0, out)
		return
	}
	if o.known(m, out) {
		return
	}
	e := o.instance(m.Stamp)
	if e == nil {
		return
	}
	round, ok := roundOf(m.Aux, e)
	if !ok || m.From != o.coordinator(round) || round < e.round || round == e.round && (e.answered || e.offer != noList) {
		return
	}
	list := o.copyList(out.Words(m.Words))
	if list == noList {
		return
	}
	if round > e.round {
		o.enter(e, round)
	}
	e.offer = list
	o.offers++
	o.watch(now, m.Stamp, out)
	if !o.maybeAcknowledge(m.Stamp, e, out) && round > 0 {
		o.askForAll(o.lists.slab[list], m.From, out)
	}
}

// maybeAcknowledge adopts a proposal if all its bodies are here.
func (o *chandraToueg) maybeAcknowledge(k int64, e *instance, out *peer.Effects) bool {
	if !o.hasAll(e.offer) {
		return false
	}
	o.lists.drop(e.value)
	e.value, e.offer, e.stamp, e.answered = e.offer, noList, e.round+1, true
	o.offers--
	o.acknowledge(k, e.round, out)
	return true
}

// acknowledge tells the coordinator of a round that its proposal was adopted. In
// first rounds everybody does so once, also when the same decision has overtaken
// the proposal, so that costs are no matter of luck.
func (o *chandraToueg) acknowledge(k int64, round int32, out *peer.Effects) {
	if round > 0 || k <= math.MaxInt32 && o.early.Add(0, int32(k-1)) {
		out.Send(o.coordinator(round), peer.Message{
			ID: peer.NoMessage, Kind: peer.KindAccept, Ints: 2, Stamp: k, Aux: int64(round), Round: o.name(k, round),
		})
	}
}

// decidedAs reports whether an instance is decided here, with this list.
func (o *chandraToueg) decidedAs(k int64, list []int64) bool {
	if k >= o.first() {
		e := o.open.get(k)
		return e != nil && e.decided && slices.Equal(o.lists.slab[e.value], list)
	}
	return k > 0 && slices.EqualFunc(o.batch(k), list, func(id peer.MessageID, word int64) bool { return packID(id) == word })
}

// acknowledgeOffers looks at the proposals that wait for bodies.
func (o *chandraToueg) acknowledgeOffers(out *peer.Effects) {
	for i := range o.open.len() {
		if k, e := o.open.at(i); e.offer != noList {
			o.maybeAcknowledge(k, e, out)
		}
	}
}

// countAcknowledgement decides with those of a majority.
func (o *chandraToueg) countAcknowledgement(now peer.Instant, m *peer.Message, out *peer.Effects) {
	e := o.open.get(m.Stamp)
	if e == nil || e.decided || !e.proposed || !e.answered || m.Aux != int64(e.round) || o.polls.count(e.poll, m.From) != o.majority() {
		return
	}
	o.batches++
	span, words := out.NewWords(len(o.lists.slab[e.value]))
	copy(words, o.lists.slab[e.value])
	out.ToOthers(peer.Message{
		ID: peer.NoMessage, Kind: peer.KindDecide, Ints: 1, Stamp: m.Stamp, Round: o.name(m.Stamp, e.round), Words: span,
	})
	o.decide(e)
	o.advance(now, out)
}

// decide ends an instance with its value.
func (o *chandraToueg) decide(e *instance) {
	e.decided = true
	o.enter(e, e.round)
}

// receiveDecision takes a decision from its coordinator, or relayed.
func (o *chandraToueg) receiveDecision(now peer.Instant, m *peer.Message, out *peer.Effects) {
	e := o.instance(m.Stamp)
	if e == nil || e.decided || m.Words.Len == 0 {
		return
	}
	list := o.copyList(out.Words(m.Words))
	if list == noList {
		return
	}
	o.lists.drop(e.value)
	e.value = list
	o.decide(e)
	o.informer = m.From
	o.advance(now, out)
	if m.Stamp >= o.first() {
		o.watch(now, m.Stamp, out)
	}
	if m.Aux == relayed && o.delivered < len(o.log) && o.asked <= o.delivered && m.From != o.self {
		o.askFor(o.log[o.delivered], out)
	}
}

// advance puts the batches that are due into the log.
func (o *chandraToueg) advance(now peer.Instant, out *peer.Effects) {
	some := false
	for o.open.len() > 0 {
		k, e := o.open.at(0)
		if k != o.first() || !e.decided {
			break
		}
		for _, word := range o.lists.slab[e.value] {
			if id, _ := valueOf(word, o.peers); o.ordered.Add(id.Sender, id.Number) {
				o.log = append(o.log, id)
			}
		}
		o.ends = append(o.ends, len(o.log))
		o.lists.drop(e.value)
		o.open.drop()
		some = true
	}
	if !some {
		return
	}
	o.progress()
	rest := o.unordered[:0]
	for _, u := range o.unordered {
		if !o.ordered.Has(u.id.Sender, u.id.Number) {
			rest = append(rest, u)
		}
	}
	o.unordered = rest
	o.deliver(now, out)
	o.begin(now, out)
}

// enter begins a round of an instance with nothing known of it.
func (o *chandraToueg) enter(e *instance, round int32) {
	if e.offer != noList {
		o.offers--
	}
	e.round, e.answered, e.proposed, e.enough, e.best = round, false, false, false, 0
	e.offer, e.choice, e.poll = o.lists.drop(e.offer), o.lists.drop(e.choice), o.polls.close(e.poll)
	if !e.decided && round > 0 && o.coordinator(round) == o.self {
		e.poll = o.polls.open()
	}
}

// leaveRound suspects the coordinator of the first open instance and turns to
// the next one.
func (o *chandraToueg) leaveRound(now peer.Instant, out *peer.Effects) {
	k := o.first()
	e := o.instance(k)
	suspected := o.coordinator(e.round)
	o.suspect(suspected, o.self)
	round := o.following(e.round, o.at, o.peers)
	if suspected != o.self && o.coordinator(round) != o.self { // else it is called with the others
		out.Send(suspected, o.suspicionOf(k, round))
	}
	o.reach(now, k, e, round, out)
}

// suspicionOf says that the rounds of an instance before one are over.
func (o *chandraToueg) suspicionOf(k int64, round int32) peer.Message {
	return peer.Message{ID: peer.NoMessage, Kind: peer.KindSuspect, Ints: 2, Stamp: k, Aux: int64(round), Round: o.newName()}
}

// reach goes on to a later round: its coordinator gets this peer's estimate. If
// that is this peer itself, it calls all others into the round.
func (o *chandraToueg) reach(now peer.Instant, k int64, e *instance, round int32, out *peer.Effects) {
	o.enter(e, round)
	o.again(now)
	list := o.lists.put(nil)
	words := append(o.lists.slab[list], int64(e.stamp))
	if e.stamp > 0 {
		words = append(words, o.lists.slab[e.value]...)
	} else if k == o.first() {
		words = o.sorted(words)
	}
	o.lists.slab[list] = words
	span, estimate := out.NewWords(len(words))
	copy(estimate, words)
	o.lists.drop(list)
	c := o.coordinator(round)
	if c == o.self {
		out.ToOthers(o.suspicionOf(k, round))
	}
	out.Send(c, peer.Message{
		ID: peer.NoMessage, Kind: peer.KindEstimate, Ints: 2, Stamp: k, Aux: int64(round), Round: o.newName(), Words: span,
	})
}

// receiveSuspicion follows a peer that has left a round.
func (o *chandraToueg) receiveSuspicion(now peer.Instant, m *peer.Message, out *peer.Effects) {
	if o.known(m, out) {
		return
	}
	if e := o.instance(m.Stamp); e != nil {
		if round, ok := roundOf(m.Aux, e); ok && round > e.round {
			o.reach(now, m.Stamp, e, round, out)
		}
		o.catchUp(m, out)
	}
}

// catchUp asks a peer that is in a later instance for the decisions in between.
func (o *chandraToueg) catchUp(m *peer.Message, out *peer.Effects) {
	if m.Stamp > o.first() && m.From != o.self {
		out.Send(m.From, o.question())
	}
}

// countEstimate collects the estimates of a round of this peer's. With those of
// a majority it knows every value that may have been decided.
func (o *chandraToueg) countEstimate(now peer.Instant, m *peer.Message, out *peer.Effects) {
	if m.Words.Len == 0 || o.known(m, out) {
		return
	}
	e := o.instance(m.Stamp)
	if e == nil {
		return
	}
	round, ok := roundOf(m.Aux, e)
	if !ok || round == 0 || o.coordinator(round) != o.self || round < e.round {
		return
	}
	words := out.Words(m.Words)
	stamp := words[0]
	list := o.copyList(words[1:])
	if list == noList || stamp < 0 || stamp > int64(round) || stamp > 0 && len(words) == 1 {
		o.lists.drop(list)
		return
	}
	if round > e.round {
		o.reach(now, m.Stamp, e, round, out)
	}
	o.catchUp(m, out)
	count := int32(0)
	if !e.proposed {
		count = o.polls.count(e.poll, m.From)
	}
	if count == 0 {
		o.lists.drop(list)
		return
	}
	e.enough = count >= o.majority()
	o.askForAll(o.lists.slab[list], m.From, out)
	if int32(stamp) > e.best {
		o.lists.drop(e.choice)
		e.best, e.choice = int32(stamp), list
	} else {
		o.lists.drop(list)
	}
	o.maybePropose(m.Stamp, e, out)
}

// maybePropose proposes in a round after the first, when a majority of estimates
// is in: the one that was adopted last, once its bodies are here, and when
// none was adopted all that is not ordered.
func (o *chandraToueg) maybePropose(k int64, e *instance, out *peer.Effects) {
	switch {
	case !e.enough || e.proposed || e.decided:
	case e.best > 0:
		if o.hasAll(e.choice) {
			o.propose(k, e, e.choice, out)
		}
	case k == o.first() && len(o.unordered) > 0:
		o.proposeUnordered(k, e, out)
	}
}
