package order

import (
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// consensus is what a peer of chandra-toueg knows of the instances that are not
// decided here, or decided before an earlier one.
type consensus struct {
	open    ledger[instance]
	polls   polls
	lists   lists
	early   peer.MessageSet // the instances acknowledged in first rounds, counted from 0
	offers  int             // instances with a proposal that waits for bodies
	sorting []ranked        // for a proposal; empty between calls

	rounds, batches int64
}

// instance is one instance of consensus as a peer sees it.
type instance struct {
	round    int32
	stamp    int32 // one more than the round in which value was adopted; 0 = never
	value    int32 // the list adopted, or decided
	offer    int32 // the round's proposal, while bodies are missing
	decided  bool
	answered bool // the round's proposal was acknowledged

	// The coordinator of the round:
	poll     int32 // of estimates, then of acknowledgements
	best     int32 // the greatest stamp of the estimates
	choice   int32 // and its list
	enough   bool  // a majority of estimates has come
	proposed bool
}

// lists are lists of messages, named by their places; free ones are used again.
type lists struct {
	slab [][]int64
	free []int32
}

const noList = -1

func (l *lists) put(words []int64) int32 {
	var i int32
	if n := len(l.free); n > 0 {
		i, l.free = l.free[n-1], l.free[:n-1]
	} else {
		i = int32(len(l.slab))
		l.slab = append(l.slab, nil)
	}
	l.slab[i] = append(l.slab[i][:0], words...)
	return i
}

// drop frees a list, if i is one, and returns the name of none.
func (l *lists) drop(i int32) int32 {
	if i != noList {
		l.free = append(l.free, i)
	}
	return noList
}

func (l *lists) reset() {
	l.free = l.free[:0]
	for i := len(l.slab) - 1; i >= 0; i-- {
		l.free = append(l.free, int32(i))
	}
}

func (l *lists) clone() lists {
	c := lists{slab: make([][]int64, len(l.slab)), free: slices.Clone(l.free)}
	for i, list := range l.slab {
		c.slab[i] = slices.Clone(list)
	}
	return c
}

func (l *lists) appendList(b []byte, i int32) []byte {
	if i == noList {
		return append(b, 0)
	}
	b = binary.AppendUvarint(append(b, 1), uint64(len(l.slab[i])))
	for _, word := range l.slab[i] {
		b = binary.AppendVarint(b, word)
	}
	return b
}

func (c *consensus) reset(peers int) {
	c.open.reset()
	c.polls.reset(peers)
	c.lists.reset()
	c.early.Reset(1)
	c.offers, c.rounds, c.batches = 0, 0, 0
}

func (c *consensus) clone() consensus {
	return consensus{
		open: c.open.clone(), polls: c.polls.clone(), lists: c.lists.clone(), early: c.early.Clone(),
		offers: c.offers, rounds: c.rounds, batches: c.batches,
	}
}

func (c *consensus) appendState(b []byte) []byte {
	b = binary.AppendUvarint(c.early.AppendState(b), uint64(c.open.len()))
	for i := range c.open.len() {
		k, e := c.open.at(i)
		for _, v := range [...]int64{k, int64(e.round), int64(e.stamp), int64(e.best)} {
			b = binary.AppendVarint(b, v)
		}
		b = appendFlags(b, e.decided, e.answered, e.enough, e.proposed)
		for _, list := range [...]int32{e.value, e.offer, e.choice} {
			b = c.lists.appendList(b, list)
		}
		b = c.polls.appendPoll(b, e.poll)
	}
	return b
}

func (o *chandraToueg) coordinator(round int32) peer.ID { return inTurn(o.at, round, o.peers) }

func (o *chandraToueg) majority() int32 { return int32(o.peers/2) + 1 }

// instance returns an instance from the first that is not decided on, nil if it
// is too far ahead.
func (o *chandraToueg) instance(k int64) *instance {
	if k < o.first() || k >= o.first()+window {
		return nil
	}
	i, ok := o.open.find(k)
	if ok {
		_, e := o.open.at(i)
		return e
	}
	return o.open.insert(i, k, instance{value: noList, offer: noList, choice: noList, poll: noPoll})
}

// concerned reports whether an instance may be decided by what is known here:
// then its decision is waited for.
func (o *chandraToueg) concerned(k int64) bool {
	e := o.open.get(k)
	return e != nil && (e.stamp > 0 || e.offer != noList || e.decided)
}

// openConcern reports whether there is such an instance.
func (o *chandraToueg) openConcern() bool {
	for i := range o.open.len() {
		if _, e := o.open.at(i); e.stamp > 0 || e.offer != noList || e.decided {
			return true
		}
	}
	return false
}

// begin starts the next instance when there is something to order and it is this
// peer's part to start it.
func (o *chandraToueg) begin(now peer.Instant, out *peer.Effects) {
	k := o.first()
	e := o.open.get(k)
	if len(o.unordered) > 0 && (e == nil || e.round == 0) {
		switch c := o.coordinator(0); {
		case c == o.self && (e == nil || !e.proposed):
			o.proposeUnordered(k, o.instance(k), out)
			return
		case o.isSuspected(c):
			o.reach(now, k, o.instance(k), o.following(0, o.at, o.peers), out)
			return
		}
	}
	if e != nil {
		o.maybePropose(k, e, out)
	}
}

// proposeUnordered proposes all that is here and not ordered.
func (o *chandraToueg) proposeUnordered(k int64, e *instance, out *peer.Effects) {
	list := o.lists.put(nil)
	o.lists.slab[list] = o.sorted(o.lists.slab[list])
	o.propose(k, e, list, out)
	o.lists.drop(list)
}

// sorted appends the messages that are not ordered, by sender and rank.
func (o *chandraToueg) sorted(words []int64) []int64 {
	o.sorting = append(o.sorting[:0], o.unordered...)
	slices.SortFunc(o.sorting, compareRanked)
	for _, u := range o.sorting {
		words = append(words, packID(u.id))
	}
	o.sorting = o.sorting[:0]
	return words
}

// propose sends a list to all for adoption in the present round.
func (o *chandraToueg) propose(k int64, e *instance, list int32, out *peer.Effects) {
	o.polls.close(e.poll)
	e.poll, e.proposed = o.polls.open(), true
	o.rounds++
	span, words := out.NewWords(len(o.lists.slab[list]))
	copy(words, o.lists.slab[list])
	out.ToAll(peer.Message{
		ID: peer.NoMessage, Kind: peer.KindPropose, Ints: 2, Stamp: k, Aux: int64(e.round), Round: o.name(k, e.round), Words: span,
	})
}

// name tells packets apart: in first rounds there is one of each kind for every
// instance.
func (o *chandraToueg) name(k int64, round int32) int32 {
	if round == 0 {
		return int32(k)
	}
	return o.newName()
}

// copyList keeps a list that has come in a packet; none if it names what the
// group cannot have broadcast.
func (o *chandraToueg) copyList(words []int64) int32 {
	for _, word := range words {
		if id, ok := valueOf(word, o.peers); !ok || id == peer.NoMessage {
			return noList
		}
	}
	return o.lists.put(words)
}

// hasAll reports whether all bodies of a list are here.
func (o *chandraToueg) hasAll(list int32) bool {
	for _, word := range o.lists.slab[list] {
		if id, _ := valueOf(word, o.peers); !o.bodies.Has(id.Sender, id.Number) {
			return false
		}
	}
	return true
}

// askForAll asks a peer for those bodies of a list that are not here.
func (o *chandraToueg) askForAll(words []int64, from peer.ID, out *peer.Effects) {
	if from == o.self {
		return
	}
	for _, word := range words {
		if id, ok := valueOf(word, o.peers); ok && id != peer.NoMessage && !o.bodies.Has(id.Sender, id.Number) {
			out.Send(from, peer.Message{ID: id, Kind: peer.KindRequest, Round: o.newName()})
		}
	}
}

// appendFlags appends up to eight truths as one byte.
func appendFlags(b []byte, flags ...bool) []byte {
	bits := byte(0)
	for i, f := range flags {
		if f {
			bits |= 1 << i
		}
	}
	return append(b, bits)
}
