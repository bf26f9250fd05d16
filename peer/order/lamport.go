package order

import (
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// lamport delivers in the order of logical clocks, ties by peer. Every message
// is acknowledged by every receiver to everybody, and a message is delivered
// when each peer has been heard with a greater stamp: then nothing smaller can
// still come. It needs links that do not overtake; any crash blocks it.
//
// A lost message leaves no trace in what the clocks promise: as published
// (gaps: skip) the others are delivered without it. With gaps: detect each
// message carries the rank of its broadcast, and each acknowledgement how many
// messages its sender had broadcast by then; a stamp is believed when all of
// those were received, so that a hole blocks instead of being skipped.
//
// Source: Lamport, "Time, clocks, and the ordering of events in a distributed
// system", CACM 21(7):558-565, 1978, the mutual exclusion algorithm (rules 1
// to 5) used for messages instead of requests.
type lamport struct {
	peer.Base
	self peer.ID

	clock   int64
	queue   queue
	blocker peer.ID // the first peer that holds the head back; none when nothing waits
	heard           // greatest stamps, this peer's included

	broadcasts int64
}

const nobody peer.ID = -1

// maxStamp keeps clocks far from overflow; no run ticks so often.
const maxStamp = 1 << 62

func lamportSpec() Spec {
	return Spec{
		Kind: "lamport", IgnoresEnds: true, Class: "communication history",
		Doc:     "delivers by logical clocks when everybody has been heard past a message",
		Paper:   "Lamport, CACM 21(7):558-565, 1978",
		Packets: "n(n-1)", Steps: "2/2", Cost: votes(func(n int) int { return n * (n - 1) }, 2, 2),
		Guarantees: peer.FIFO | peer.Causal | peer.Total | peer.Agreement | peer.Uniform,
		Needs:      peer.FIFOLinks | peer.NoLoss | peer.NoCrash | peer.RepliesOnReceipt,
		Refine: func(v Values, g peer.Guarantee, n peer.Need) (peer.Guarantee, peer.Need) {
			if v.Enum("gaps") == "detect" {
				n &^= peer.FIFOLinks // an overtaken message is a hole until it comes
			}
			return g, n
		},
		Params: []Param{{
			Name: "gaps", Type: Enum, Default: "skip", Allowed: []string{"skip", "detect"},
			Doc: "skip what is lost, as published, or detect the hole and block",
		}},
		New: func(v Values) (peer.Ordering, error) {
			return &lamport{heard: heard{detect: v.Enum("gaps") == "detect"}}, nil
		},
	}
}

func (o *lamport) ints() uint8 {
	if o.detect {
		return 2
	}
	return 1
}

// count is how many messages this peer has broadcast, for those who ask.
func (o *lamport) count() int64 {
	if o.detect {
		return o.broadcasts
	}
	return 0
}

func (o *lamport) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	o.clock++
	p := *m
	p.Stamp, p.Aux, p.Ints = o.clock, o.count(), o.ints()
	o.broadcasts++
	out.ToAll(p)
}

func (o *lamport) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if uint64(m.Stamp) > maxStamp {
		return // no clock of the group shows this
	}
	switch m.Kind {
	case peer.KindAck:
		o.clock = max(o.clock, m.Stamp) + 1
		if o.detect {
			o.believe(m.From, m.Aux, m.Stamp, 0)
			o.deliver(out)
			return
		}
		if m.Stamp > o.last[m.From] {
			o.last[m.From] = m.Stamp
		}
		if m.From == o.blocker {
			o.deliver(out)
		}
	case peer.KindData:
		o.receiveData(m, out)
	}
}

// receiveData queues a message and acknowledges it to everybody. The own copy
// was stamped by this very clock and needs neither tick nor acknowledgement.
func (o *lamport) receiveData(m *peer.Message, out *peer.Effects) {
	if uint64(m.Aux) > peer.MaxNumber {
		return // no rank of the group
	}
	sender, number := m.ID.Sender, m.ID.Number
	if o.detect {
		number = int32(m.Aux)
	}
	if !o.seen.Add(sender, number) {
		return
	}
	o.queue.push(entry{key: key{stamp: m.Stamp, sender: sender, rank: uint32(m.Aux)}, number: m.ID.Number})
	if o.blocker == nobody {
		o.blocker = 0
	}
	if m.From != o.self {
		o.clock = max(o.clock, m.Stamp) + 2 // one tick to receive, one to send
		out.ToOthers(peer.Message{ID: m.ID, Kind: peer.KindAck, Ints: o.ints(), Stamp: o.clock, Aux: o.count()})
		o.last[o.self] = o.clock
	}
	if o.detect {
		o.believe(sender, m.Aux+1, m.Stamp, 0)
		o.keepPromises(sender)
	} else {
		o.last[sender] = max(o.last[sender], m.Stamp)
	}
	o.deliver(out)
}

// deliver hands over the head of the queue for as long as every peer has been
// heard past it. The peers before the blocker are known to be past the head,
// and stay so when a smaller one takes its place: each head costs one walk over
// the peers, however many acknowledgements it takes.
func (o *lamport) deliver(out *peer.Effects) {
	for len(o.queue) > 0 {
		head := &o.queue[0]
		p, stamp, sender := int(o.blocker), head.stamp, int(head.sender)
		for p < len(o.last) && (o.last[p] > stamp || o.last[p] == stamp && p >= sender) {
			p++
		}
		if p < len(o.last) {
			o.blocker = peer.ID(p)
			return
		}
		out.Deliver(head.id())
		o.queue.pop()
		o.blocker = 0
	}
	o.blocker = nobody
}

func (o *lamport) Held() int { return len(o.queue) }

// Counters: gaps counts the stamps that came while a message of their sender
// was missing.
func (o *lamport) Counters(add func(string, int64)) {
	if o.detect {
		add("gaps", o.gaps)
	}
}

func (o *lamport) Reset(self peer.ID, peers int) {
	*o = lamport{self: self, blocker: nobody, queue: o.queue[:0], heard: o.heard}
	o.heard.reset(peers, 0)
}

func (o *lamport) Clone() peer.Ordering {
	c := *o
	c.queue, c.heard = slices.Clone(o.queue), o.heard.clone()
	return &c
}

func (o *lamport) AppendState(b []byte, _ peer.Instant) []byte {
	b = binary.AppendVarint(b, o.clock)
	b = binary.AppendVarint(b, o.broadcasts)
	return o.heard.appendState(o.queue.appendState(b, 0), 0)
}
