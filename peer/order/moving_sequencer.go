package order

import (
	"encoding/binary"
	"math"
	"slices"

	"mpcomm/peer"
)

// movingSequencer lets a token go round the peers, and whoever holds it number
// what has no number yet. The holder's acknowledgement tells everybody the
// numbers and passes the token to the next peer, which takes it over when it has
// all messages and numbers up to the last one given. The first holder is p0. All
// deliver in the order of the numbers.
//
// The published protocol numbers one message in each acknowledgement, which
// bounds its rate by one message a one-way delay; in a batch go all that the
// holder has. While no message waits for a number the token rests.
//
// A peer that gives a number has all that was numbered before. So when a message
// was numbered in the k-th pass of the token, and the acknowledgement of pass
// k+L has come, L+1 peers one after the other have the message and its number:
// after so many passes it is delivered with resilience L, and no L crashes take
// it away. The paper gives one number a pass and counts numbers; with batches it
// is passes that count peers. While something that has a number is not
// deliverable yet, acknowledgements without numbers keep the token going.
//
// The paper asks again for what is lost (negative acknowledgements) and makes a
// new list of peers when one fails (reformation). Neither is here: losses are
// repaired by a transport below, and the token stops for ever at a peer that
// misses something or is down. What a peer that crashes has sent to some only is
// repaired by nobody. On links that keep their order the delivery is FIFO and
// causal as well.
//
// Source: Chang and Maxemchuk, "Reliable broadcast protocols", ACM TOCS
// 2(3):251-273, 1984, sections 2 and 3.
type movingSequencer struct {
	peer.Base
	all        bool // number everything that waits in one acknowledgement
	resilience int64
	self       peer.ID
	peers      int64

	bodies   peer.MessageSet      // what has come here
	numbered peer.MessageSet      // what has its number here
	heard    peer.MessageSet      // acknowledgements, by sender and round of the token
	waiting  line[peer.MessageID] // bodies in order of arrival; some have been numbered since
	queue    queue                // numbers that wait for those before them, or for the body; rank is the pass
	due      line[passed]         // what has its turn and waits for more passes
	next     int64                // the first number here that misses something
	pass     int64                // the greatest pass that was heard of
	last     int64                // the greatest of those that gave numbers

	given  int64 // the pass that brought the token here, or away
	enough int64 // the number up to which everything has to be here to take it

	passes  int64
	batches int64
	held    int
}

// passed is a message and the pass of the token in which it got its number.
type passed struct {
	id   peer.MessageID
	pass int64
}

// away says that the token is somewhere else.
const away = -1

func movingSequencerSpec() Spec {
	return Spec{
		Kind: "moving-sequencer", IgnoresEnds: true, Class: "moving sequencer",
		Doc:        "delivers in the order of numbers that the peers give in turn",
		Paper:      "Chang and Maxemchuk, ACM TOCS 2(3):251-273, 1984, sections 2 and 3",
		Packets:    "2(n-1), and resilience times n-1",
		Steps:      "2/2, and resilience",
		Cost:       movingSequencerCost,
		Guarantees: peer.Total | peer.Agreement,
		Needs:      peer.NoLoss | peer.NoCrash,
		Refine: func(v Values, g peer.Guarantee, n peer.Need) (peer.Guarantee, peer.Need) {
			if v.Int("resilience") > 0 {
				g |= peer.Uniform // nobody delivers what is not at another peer too
			}
			return g, n
		},
		Params: []Param{
			{
				Name: "batch", Type: Enum, Default: "all", Allowed: []string{"all", "1"},
				Doc: "how many messages get their numbers in one pass of the token: all that wait, or 1 as published",
			},
			{
				Name: "resilience", Type: Int, Default: "0", Max: peer.MaxPeers - 1,
				Doc: "passes of the token that a delivery waits for; so many peers and one hold the message then",
			},
		},
		New: func(v Values) (peer.Ordering, error) {
			return &movingSequencer{all: v.Enum("batch") == "all", resilience: v.Int("resilience")}, nil
		},
	}
}

// movingSequencerCost is that of the first broadcast, which finds the token at
// p0. The last pass that it needs is made by the peer so many turns after p0.
func movingSequencerCost(v Values, n int, from peer.ID) Cost {
	if n == 1 {
		return Cost{Delays: make([]Delay, 1)}
	}
	resilience := int(v.Int("resilience"))
	steps := 2 + resilience
	if from == 0 {
		steps--
	}
	c := Cost{Packets: (2 + resilience) * (n - 1), Delays: delays(n, from, Delay{Steps: steps}, Delay{Steps: steps})}
	c.Delays[resilience%n].Steps--
	return c
}

func (o *movingSequencer) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	out.ToAll(*m)
}

func (o *movingSequencer) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	switch m.Kind {
	case peer.KindData:
		if !o.bodies.Add(m.ID.Sender, m.ID.Number) {
			return
		}
		o.held++
		if !o.numbered.Has(m.ID.Sender, m.ID.Number) {
			o.waiting.push(m.ID)
		}
	case peer.KindToken:
		if !o.acknowledged(m, out) {
			return
		}
	default:
		return
	}
	o.advance()
	o.deliver(out)
	o.number(out)
}

// acknowledged takes the numbers of an acknowledgement, and the token if it is
// passed to this peer. It reports whether there was anything new.
func (o *movingSequencer) acknowledged(m *peer.Message, out *peer.Effects) bool {
	var single [1]int64
	names := out.Words(m.Words)
	if m.ID != peer.NoMessage {
		single[0] = packID(m.ID)
		names = single[:]
	}
	pass, count := m.Aux, int64(len(names))
	switch {
	case pass < 1 || pass > math.MaxInt32 || (pass-1)%o.peers != int64(m.From):
		return false // it is not its sender's turn
	case m.Stamp < count || m.Stamp > maxStamp:
		return false // so far nobody counts
	}
	for _, name := range names {
		if id := unpackID(name); !id.Valid(int(o.peers)) {
			return false
		}
	}
	if !o.heard.Add(m.From, int32((pass-1)/o.peers)) {
		return false
	}
	for i, name := range names {
		id, number := unpackID(name), m.Stamp-count+1+int64(i)
		if number >= o.next && o.numbered.Add(id.Sender, id.Number) {
			o.queue.push(entry{key: key{stamp: number, sender: id.Sender, rank: uint32(pass)}, number: id.Number})
		}
	}
	o.pass = max(o.pass, pass)
	if count > 0 {
		o.last = max(o.last, pass)
	}
	if pass%o.peers == int64(o.self) {
		o.given, o.enough = pass, m.Stamp
	}
	return true
}

// advance lines up what comes next by its number, for as long as number and
// body are here.
func (o *movingSequencer) advance() {
	for len(o.queue) > 0 && o.queue[0].stamp <= o.next {
		first := o.queue[0]
		if first.stamp == o.next {
			if !o.bodies.Has(first.sender, first.number) {
				return
			}
			o.due.push(passed{first.id(), int64(first.rank)})
			o.next++
		} // else two peers gave one number, which is no work of this protocol
		o.queue.pop()
	}
}

// deliver hands over what has been passed on often enough.
func (o *movingSequencer) deliver(out *peer.Effects) {
	for !o.due.empty() && o.due.first().pass+o.resilience <= o.pass {
		out.Deliver(o.due.first().id)
		o.due.drop()
		o.held--
	}
}

// number gives numbers and passes the token on, if it is here and has a reason
// to go: a message without a number, or one that more peers have to hold.
func (o *movingSequencer) number(out *peer.Effects) {
	if o.given == away || o.next <= o.enough {
		return
	}
	for !o.waiting.empty() && o.hasNumber(*o.waiting.first()) {
		o.waiting.drop()
	}
	if o.waiting.empty() && (o.last == 0 || o.given >= o.last+o.resilience) || o.given == math.MaxInt32 {
		return
	}
	p := peer.Message{ID: peer.NoMessage, Kind: peer.KindToken, Ints: 2, Aux: o.given + 1, Round: int32(o.given + 1), Stamp: o.next - 1}
	switch {
	case o.waiting.empty():
	case o.all:
		p.Stamp += o.list(&p, out)
	default:
		p.ID, p.Round = *o.waiting.first(), 0
		p.Stamp++
	}
	if !o.waiting.empty() {
		o.batches++
	}
	o.passes++
	o.given = away
	out.ToAll(p)
}

// list names in p all messages that wait for a number, and counts them.
func (o *movingSequencer) list(p *peer.Message, out *peer.Effects) int64 {
	count := 0
	for _, id := range o.waiting.rest() {
		if !o.hasNumber(id) {
			count++
		}
	}
	var names []int64
	p.Words, names = out.NewWords(count)
	k := 0
	for _, id := range o.waiting.rest() {
		if !o.hasNumber(id) {
			names[k] = packID(id)
			k++
		}
	}
	return int64(count)
}

func (o *movingSequencer) hasNumber(id peer.MessageID) bool {
	return o.numbered.Has(id.Sender, id.Number)
}

// packID writes the name of a message into one word of a packet.
func packID(id peer.MessageID) int64 { return int64(id.Sender)<<32 | int64(uint32(id.Number)) }

func unpackID(word int64) peer.MessageID {
	return peer.MessageID{Sender: peer.ID(word >> 32), Number: int32(uint32(word))}
}

func (o *movingSequencer) Held() int { return o.held }

// Counters: passes of the token that this peer has made, and those of them that
// gave numbers.
func (o *movingSequencer) Counters(add func(string, int64)) {
	add("token_hops", o.passes)
	add("batches", o.batches)
}

func (o *movingSequencer) Reset(self peer.ID, peers int) {
	*o = movingSequencer{
		all: o.all, resilience: o.resilience, self: self, peers: int64(peers), next: 1, given: away,
		bodies: o.bodies, numbered: o.numbered, heard: o.heard, waiting: o.waiting, queue: o.queue[:0], due: o.due,
	}
	o.bodies.Reset(peers)
	o.numbered.Reset(peers)
	o.heard.Reset(peers)
	o.waiting.reset()
	o.due.reset()
	if self == 0 {
		o.given = 0
	}
}

func (o *movingSequencer) Clone() peer.Ordering {
	c := *o
	c.bodies, c.numbered, c.heard = o.bodies.Clone(), o.numbered.Clone(), o.heard.Clone()
	c.waiting, c.queue, c.due = o.waiting.clone(), slices.Clone(o.queue), o.due.clone()
	return &c
}

func (o *movingSequencer) AppendState(b []byte, _ peer.Instant) []byte {
	for _, v := range [...]int64{o.next, o.pass, o.last, o.given} {
		b = binary.AppendVarint(b, v)
	}
	if o.given != away {
		b = binary.AppendVarint(b, o.enough)
	}
	b = o.heard.AppendState(o.numbered.AppendState(o.bodies.AppendState(b)))
	for _, id := range o.waiting.rest() {
		if !o.hasNumber(id) {
			b = binary.AppendVarint(append(b, 1), packID(id))
		}
	}
	b = append(b, 0)
	for _, d := range o.due.rest() {
		b = binary.AppendVarint(binary.AppendVarint(append(b, 1), packID(d.id)), d.pass)
	}
	return o.queue.appendState(append(b, 0), 0)
}
