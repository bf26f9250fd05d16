package transport

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"mpcomm/peer"
)

// Reliable holds the parameters of the reliable transport.
type Reliable struct {
	// RTO is the time, on the sender's clock, from the last transmission of a
	// packet to its next, unless it was acknowledged; above 0.
	RTO time.Duration
	// Backoff multiplies that time at each retransmission, 1..16; 1 = always RTO.
	Backoff int
	// NACK lets a receiver ask at once for the packets of a hole it notices,
	// instead of leaving them to the RTO. It pays where packets do not overtake
	// each other; elsewhere it takes every overtaken packet for a lost one.
	NACK bool
}

// DefaultReliable holds the parameters a scenario starts from.
func DefaultReliable() Reliable { return Reliable{RTO: 200 * time.Millisecond, Backoff: 2} }

// NewReliable returns a transport that acknowledges every data packet each
// time it comes, sends again what was not acknowledged, for ever, and lets the
// packets of a link up once and in order.
//
// Source: the stubborn and perfect links of Guerraoui and Rodrigues,
// "Introduction to Reliable Distributed Programming", Springer 2006, section
// 2.4, made quiet by acknowledgements; positive acknowledgement with
// retransmission as in Postel, RFC 793, 1981, section 1.5.
func NewReliable(c Reliable) (peer.Transport, error) {
	if c.RTO <= 0 {
		return nil, fmt.Errorf("transport reliable: rto %v; want a duration above 0s, such as 200ms", c.RTO)
	}
	if c.Backoff < 1 || c.Backoff > 16 {
		return nil, fmt.Errorf("transport reliable: backoff %d; want 1..16", c.Backoff)
	}
	return &reliable{c: c}, nil
}

// reliable keeps every packet it has sent until it is acknowledged. Each has a
// deadline of its own, counted from its own last transmission; one timer waits
// for the earliest of all.
type reliable struct {
	c Reliable
	sealer
	resequencer
	outbox
	acks  ackCounts
	nacks []uint32 // by sender: the greatest number seen; only with NACK
}

const timerRTO peer.TimerID = 0

func (t *reliable) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) []peer.Message {
	if m.Link > math.MaxInt32 {
		return nil // no link of the group carries so many
	}
	if m.Kind == peer.KindLinkAck {
		t.hear(now, m, out)
		return nil
	}
	if unclearLife(t.lifeOf(m.From), senderLife(m.Link)) {
		t.askLife(m.From, m.Link, out)
		return nil
	}
	t.meetLife(m.From, completeLife(t.lifeOf(m.From), senderLife(m.Link)))
	if senderLife(m.Link) != uint32(t.lifeOf(m.From)&lifeMask) {
		out.Add(peer.Effect{Kind: peer.EffectRepeated}) // of a life that is over: nobody waits for an answer
		return nil
	}
	number := complete(t.links[m.From].passed+1, m.Link)
	fate := repeats // numbered for a former life of this peer; the answer says so
	t.ready = t.ready[:0]
	if known := receiverLife(m.Link) == uint32(t.mine&lifeMask); known {
		fate = t.accept(m, number, out)
	}
	before := uint16(0)
	if fate == repeats {
		before = t.acks.again(m.From, m.Link, len(t.links))
		out.Add(peer.Effect{Kind: peer.EffectRepeated})
	}
	// An acknowledgement is named by the packet it concerns and by how often
	// that was acknowledged before, so that no two share a name.
	out.Send(m.From, peer.Message{
		ID: peer.NoMessage, From: t.self, Kind: peer.KindLinkAck,
		Link: m.Link, Round: int32(m.Link), Attempt: before, Aux: int64(t.mine),
	})
	if t.c.NACK && receiverLife(m.Link) == uint32(t.mine&lifeMask) {
		t.askForHole(m.From, number, out)
	}
	return t.ready
}

// hear takes an acknowledgement, a question for a packet that is missing, or a
// question for a life or its answer. One for packets of other lives says only
// that there is a new one.
func (t *reliable) hear(now peer.Instant, m *peer.Message, out *peer.Effects) {
	t.meetLife(m.From, uint16(m.Aux))
	if m.Round < 0 && m.Attempt > 0 {
		if m.Attempt < answersLife {
			t.tellLife(m.From, m.Link, out)
		}
		return
	}
	number := complete(t.last(m.From), m.Link)
	switch {
	case m.Link != t.wire(m.From, number):
	case m.Round < 0:
		t.resendNow(now, m.From, number, out)
	default:
		t.acknowledge(m.From, number)
	}
}

// meetLife begins both ways of a link anew if its other end has begun another life.
func (t *reliable) meetLife(q peer.ID, life uint16) {
	if t.meet(q, life, t.peers) {
		t.renewLink(q)
	}
}

func (t *reliable) renewLink(q peer.ID) {
	t.sealer.renew(q, t.outbox.renew(q))
	t.resequencer.renew(q)
	if t.c.NACK {
		t.nacks[q] = 0
	}
}

// Reborn begins all links anew.
func (t *reliable) Reborn(life uint16) {
	t.mine = life
	t.acks.reset()
	for q := range peer.ID(t.peers) {
		t.renewLink(q)
	}
}

// maxNACKs bounds how many packets of one hole are asked for at once.
const maxNACKs = 64

// askForHole asks for the packets between the greatest number seen so far and
// this. Each number is asked for at most once, when its hole is noticed.
func (t *reliable) askForHole(from peer.ID, number uint32, out *peer.Effects) {
	seen := t.nacks[from]
	if number <= seen {
		return
	}
	t.nacks[from] = number
	for k := max(seen+1, number-min(number, maxNACKs)); k < number; k++ {
		carried := link(t.lifeOf(from), t.mine, k)
		out.Send(from, peer.Message{
			ID: peer.NoMessage, From: t.self, Kind: peer.KindLinkAck, Link: carried, Round: -int32(carried), Aux: int64(t.mine),
		})
	}
}

// answersLife and more are the attempts of answers to a question for a life;
// below are those of questions, and 0 is a question for a packet.
const answersLife = 1 << 15

// answerCount keeps the count of answers apart from that of acknowledgements:
// no number on a link has this bit.
const answerCount = 1 << 31

// askLife asks a peer for its life in full: the bits on a packet leave it open.
// The packet is thrown away; if it is of a new life it will be sent again.
func (t *reliable) askLife(to peer.ID, carried uint32, out *peer.Effects) {
	out.Add(peer.Effect{Kind: peer.EffectRepeated})
	asked := min(t.acks.again(to, carried, len(t.links)), answersLife-1)
	out.Send(to, peer.Message{
		ID: peer.NoMessage, From: t.self, Kind: peer.KindLinkAck, Link: carried, Round: -int32(carried), Attempt: asked, Aux: int64(t.mine),
	})
}

// tellLife answers askLife: every acknowledgement carries its sender's life.
func (t *reliable) tellLife(to peer.ID, carried uint32, out *peer.Effects) {
	told := min(t.acks.again(to, carried|answerCount, len(t.links)), answersLife-1)
	out.Send(to, peer.Message{
		ID: peer.NoMessage, From: t.self, Kind: peer.KindLinkAck, Link: carried, Round: -int32(carried), Attempt: answersLife + told, Aux: int64(t.mine),
	})
}

// resendNow sends a packet again because its receiver misses it.
func (t *reliable) resendNow(now peer.Instant, to peer.ID, number uint32, out *peer.Effects) {
	if at := t.find(to, number); at >= 0 {
		t.resend(now, at, &t.sealer, t.c, out)
	}
}

func (t *reliable) Seal(now peer.Instant, from int, out *peer.Effects) {
	t.seal(from, out)
	until := len(out.List)
	kept := false
	for i := from; i < until; i++ {
		e := out.List[i]
		if e.Kind != peer.EffectSend && e.Kind != peer.EffectOthers {
			continue
		}
		m := &out.Messages[e.Index]
		if m.Link == 0 || !m.Kind.Ordering() {
			continue
		}
		kept = true
		if e.Kind == peer.EffectSend {
			t.keep(now, e.To, complete(t.last(e.To), m.Link), m, t.c, out)
			continue
		}
		for q := range peer.ID(t.peers) {
			if q != t.self {
				t.keep(now, q, complete(t.last(q), m.Link), m, t.c, out)
			}
		}
	}
	if kept {
		t.maybeArm(out)
	}
}

// Expire sends again what is due. The timer may come early, because what it
// was set for has been acknowledged; then it is only set again.
func (t *reliable) Expire(now peer.Instant, timer peer.TimerID, out *peer.Effects) {
	if timer != timerRTO {
		return
	}
	t.resendDue(now, &t.sealer, t.c, out)
	t.armed = peer.Distant
	t.maybeArm(out)
}

func (t *reliable) Held() int { return t.held }

func (t *reliable) Reset(self peer.ID, peers int) {
	t.sealer.reset(self, peers)
	t.resequencer.reset(peers)
	t.outbox.reset(peers)
	t.acks.reset()
	if t.c.NACK {
		t.nacks = append(t.nacks[:0], make([]uint32, peers)...)
	}
}

func (t *reliable) Clone() peer.Transport {
	c := &reliable{
		c: t.c, sealer: t.sealer.clone(), resequencer: t.resequencer.clone(), outbox: t.outbox.clone(), acks: t.acks.clone(),
	}
	c.nacks = append(c.nacks, t.nacks...)
	return c
}

func (t *reliable) AppendState(b []byte, now peer.Instant) []byte {
	b = t.resequencer.appendState(t.sealer.appendState(b))
	b = t.acks.appendState(t.outbox.appendState(b, now))
	for _, seen := range t.nacks {
		b = binary.AppendUvarint(b, uint64(seen))
	}
	return b
}
