package order

import (
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// sequencer lets one peer, the sequencer, give every message its number; all
// deliver in the order of the numbers. The variants differ in who carries the
// body where:
//
//   - ub (unicast, broadcast): the sender sends the body to the sequencer, which
//     sends it with its number to everybody.
//   - bb (broadcast, broadcast): the sender sends the body to everybody, the
//     sequencer sends the number after it.
//   - uub (unicast, unicast, broadcast): the sender sends the body to the
//     sequencer, gets a number back, and sends both to everybody.
//
// The sequencer numbers its own messages as it broadcasts them. The order is
// that in which messages reach the sequencer: on links that keep their order it
// is FIFO and causal as well, on others it need not be. Whoever misses a number
// or a body waits for it for ever: a crash of the sequencer blocks everybody,
// under uub also one of a sender that has a number and has not used it.
//
// Sources: Kaashoek, Tanenbaum, Flynn Hummel and Bal, "An efficient reliable
// broadcast protocol", ACM Operating Systems Review 23(4):5-19, 1989, sections 3
// and 4 (the methods PB and BB); Birman, Schiper and Stephenson, "Lightweight
// causal and atomic group multicast", ACM TOCS 9(3):272-314, 1991, section 6;
// the variants' names, and uub, are of Défago, Schiper and Urbán, ACM CSUR
// 36(4):372-421, 2004, section 4.1.
type sequencer struct {
	peer.Base
	variant string
	at      peer.ID
	self    peer.ID

	given    int64           // the sequencer: the last number it has given
	assigned peer.MessageSet // the sequencer: what it has numbered
	next     int64           // the number that is due here
	bodies   peer.MessageSet // what has come here
	numbered peer.MessageSet // what has its number here
	queue    queue           // numbers that wait for those before them, or for the body
	held     int
}

const (
	unicastBroadcast        = "ub"
	broadcastBroadcast      = "bb"
	unicastUnicastBroadcast = "uub"
)

func sequencerSpec() Spec {
	return Spec{
		Kind: "sequencer", IgnoresEnds: true, Class: "fixed sequencer",
		Doc:        "delivers in the order in which one peer has numbered the messages",
		Paper:      "Kaashoek, Tanenbaum, Flynn Hummel and Bal, ACM OSR 23(4), 1989, sections 3 and 4",
		Packets:    "ub n, bb 2(n-1), uub n+1; of the sequencer n-1",
		Steps:      "2/2, at the sequencer 1, uub 2/3; of the sequencer 0/1",
		Cost:       sequencerCost,
		Guarantees: peer.Total | peer.Agreement,
		Needs:      peer.NoLoss | peer.NoCrash,
		Params: []Param{
			{
				Name: "variant", Type: Enum, Default: broadcastBroadcast,
				Allowed: []string{unicastBroadcast, broadcastBroadcast, unicastUnicastBroadcast},
				Doc:     "who sends the body where: unicast and broadcast, broadcast twice, or unicast twice and broadcast",
			},
			{Name: "at", Type: PeerID, Default: "0", Doc: "the peer that gives the numbers"},
		},
		New: func(v Values) (peer.Ordering, error) {
			return &sequencer{variant: v.Enum("variant"), at: peer.ID(v.Int("at"))}, nil
		},
	}
}

// sequencerCost: the sequencer needs no answer to its own messages, and learns
// the number of another's a step before the rest.
func sequencerCost(v Values, n int, from peer.ID) Cost {
	at := peer.ID(v.Int("at"))
	if from == at {
		return Cost{Packets: n - 1, Delays: delays(n, from, Delay{}, Delay{Steps: 1})}
	}
	own := Delay{Steps: 2}
	var c Cost
	switch v.Enum("variant") {
	case unicastUnicastBroadcast:
		return Cost{Packets: n + 1, Delays: delays(n, from, own, Delay{Steps: 3})}
	case unicastBroadcast:
		c.Packets = n
	default:
		c.Packets = 2 * (n - 1)
	}
	c.Delays = delays(n, from, own, own)
	c.Delays[at] = Delay{Steps: 1}
	return c
}

func (o *sequencer) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	switch {
	case o.self == o.at:
		o.assigned.Add(m.ID.Sender, m.ID.Number)
		p.Stamp, p.Ints = o.number(), 1
		out.ToAll(p)
	case o.variant == broadcastBroadcast:
		out.ToAll(p)
	default:
		o.learnBody(m.ID)
		out.Send(o.at, p)
	}
}

// number gives the next number; the first is 1, so that 0 means none.
func (o *sequencer) number() int64 {
	o.given++
	return o.given
}

func (o *sequencer) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if uint64(m.Stamp) > maxStamp {
		return // so far nobody counts
	}
	switch m.Kind {
	case peer.KindData:
		o.receiveData(m, out)
	case peer.KindRelay:
		if o.variant == unicastBroadcast && m.From == o.at || o.variant == unicastUnicastBroadcast && m.From == m.ID.Sender {
			o.learnBody(m.ID)
			o.learnNumber(m.ID, m.Stamp, out)
		}
	case peer.KindNumber:
		o.receiveNumber(m, out)
	}
}

// receiveData takes a body on its way from its own sender.
func (o *sequencer) receiveData(m *peer.Message, out *peer.Effects) {
	switch {
	case m.ID.Sender == o.at:
		o.learnBody(m.ID)
		o.learnNumber(m.ID, m.Stamp, out)
	case o.self == o.at:
		o.learnBody(m.ID)
		if o.assigned.Add(m.ID.Sender, m.ID.Number) {
			o.assign(m, out)
		}
	case o.variant == broadcastBroadcast:
		o.learnBody(m.ID)
		o.deliver(out)
	}
}

// assign numbers a message and says so to those who have to know.
func (o *sequencer) assign(m *peer.Message, out *peer.Effects) {
	p := peer.Message{ID: m.ID, Kind: peer.KindNumber, Ints: 1, Stamp: o.number()}
	switch o.variant {
	case unicastBroadcast:
		p.Kind = peer.KindRelay
		out.ToAll(p)
	case broadcastBroadcast:
		out.ToAll(p)
	default:
		out.Send(m.ID.Sender, p)
	}
}

// receiveNumber takes a number that comes without a body.
func (o *sequencer) receiveNumber(m *peer.Message, out *peer.Effects) {
	switch {
	case m.From != o.at:
	case o.variant == broadcastBroadcast:
		o.learnNumber(m.ID, m.Stamp, out)
	case o.variant == unicastUnicastBroadcast && m.ID.Sender == o.self && !o.numbered.Has(m.ID.Sender, m.ID.Number):
		out.ToAll(peer.Message{ID: m.ID, Kind: peer.KindRelay, Ints: 1, Stamp: m.Stamp})
	}
}

func (o *sequencer) learnBody(id peer.MessageID) {
	if o.bodies.Add(id.Sender, id.Number) {
		o.held++
	}
}

// learnNumber queues a message at its number and delivers what is due. A
// number below the one that is due was had before.
func (o *sequencer) learnNumber(id peer.MessageID, number int64, out *peer.Effects) {
	if number >= o.next && o.numbered.Add(id.Sender, id.Number) {
		o.queue.push(entry{key: key{stamp: number, sender: id.Sender}, number: id.Number})
		o.deliver(out)
	}
}

// deliver hands over messages for as long as the next number and its body are here.
func (o *sequencer) deliver(out *peer.Effects) {
	for len(o.queue) > 0 && o.queue[0].stamp == o.next && o.bodies.Has(o.queue[0].sender, o.queue[0].number) {
		out.Deliver(o.queue.pop().id())
		o.next++
		o.held--
	}
}

func (o *sequencer) Held() int { return o.held }

func (o *sequencer) Reset(self peer.ID, peers int) {
	*o = sequencer{
		variant: o.variant, at: o.at, self: self, next: 1,
		assigned: o.assigned, bodies: o.bodies, numbered: o.numbered, queue: o.queue[:0],
	}
	o.bodies.Reset(peers)
	o.numbered.Reset(peers)
	if self == o.at {
		o.assigned.Reset(peers)
	}
}

func (o *sequencer) Clone() peer.Ordering {
	c := *o
	c.assigned, c.bodies, c.numbered = o.assigned.Clone(), o.bodies.Clone(), o.numbered.Clone()
	c.queue = slices.Clone(o.queue)
	return &c
}

func (o *sequencer) AppendState(b []byte, _ peer.Instant) []byte {
	b = binary.AppendVarint(binary.AppendVarint(b, o.given), o.next)
	if o.self == o.at {
		b = o.assigned.AppendState(b)
	}
	return o.queue.appendState(o.numbered.AppendState(o.bodies.AppendState(b)), 0)
}
