package ordertest_test

import (
	"fmt"
	"math"
	"slices"
	"time"

	"mpcomm/peer"
)

// twin is all four orderings in one, slow and obvious, each of which can be
// broken in ways that authors have broken theirs.
type twin struct {
	peer.Base
	kind, flaw string
	self       peer.ID
	peers      int

	clock int64
	sent  int64
	next  []int64 // fifo: rank due, by sender
	last  []int64 // lamport: greatest stamp heard, by peer
	held  []held
	had   []peer.MessageID

	kept *peer.Message // a borrowed message, which must not be kept
}

type held struct {
	id    peer.MessageID
	stamp int64 // lamport's clock, the timestamp, or the rank
}

const wait = 80 * time.Millisecond

// calls is shared by all values with the flaw "counts in a global".
var calls int

func (o *twin) Broadcast(now peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	switch o.kind {
	case "fifo":
		p.Aux = o.sent
		if o.flaw == "takes numbers for ranks" {
			p.Aux = int64(m.ID.Number)
		}
	case "timestamp":
		o.clock = max(o.clock+1, int64(now))
		if o.flaw == "stamps as the clock shows" {
			o.clock = int64(now)
		}
		p.Stamp = o.clock
	case "lamport":
		o.clock++
		p.Stamp = o.clock
	}
	o.sent++
	out.ToAll(p)
	switch o.flaw {
	case "sends twice":
		out.ToOthers(p)
	case "sends more than it needs":
		out.ToOthers(peer.Message{ID: m.ID, Kind: peer.KindUser})
	}
}

func (o *twin) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	if o.flaw == "panics" && o.sent == 2 {
		panic("a case that cannot happen")
	}
	if o.kind == "lamport" && !o.hear(m, out) {
		return
	}
	if o.kind != "naive" && slices.Contains(o.had, m.ID) && o.flaw != "logs copies" {
		return
	}
	o.had = append(o.had, m.ID)
	h := held{id: m.ID, stamp: m.Stamp}
	if o.kind == "naive" && m.Kind == peer.KindUser {
		return
	}
	if o.flaw == "orders by arrival" {
		h.stamp = int64(now)
	}
	if o.flaw == "own entry not counted" && m.From == o.self {
		out.Deliver(m.ID)
		return
	}
	switch o.flaw {
	case "counts in a global":
		if calls++; calls%5 == 0 {
			return
		}
	case "keeps what is borrowed":
		if o.kept != nil {
			out.Deliver(o.kept.ID)
		}
		o.kept = m
		out.SetTimer(7, now+1)
		return
	case "forgets":
		if len(o.had) == 3 {
			return
		}
	case "delivers twice":
		out.Deliver(m.ID)
	case "delivers what nobody sent":
		out.Deliver(peer.MessageID{Sender: m.ID.Sender, Number: m.ID.Number + 1})
	}
	if o.kind == "fifo" {
		h.stamp = m.Aux
	}
	o.held = append(o.held, h)
	o.deliver(now, out)
}

// hear updates Lamport's clock and acknowledges; it reports whether there is a
// new body to hold.
func (o *twin) hear(m *peer.Message, out *peer.Effects) bool {
	early := o.flaw == "acknowledges before it enqueues"
	if early {
		o.acknowledge(m, out)
	}
	if m.From != o.self && o.flaw != "receiving does not tick" {
		o.clock = max(o.clock, m.Stamp) + 1
	}
	o.last[m.From] = max(o.last[m.From], m.Stamp)
	if m.Kind != peer.KindData {
		if i := slices.IndexFunc(o.held, func(h held) bool { return h.id == m.ID }); i >= 0 && o.flaw == "delivers what was acknowledged" {
			out.Deliver(m.ID)
			o.held = slices.Delete(o.held, i, i+1)
		}
		o.deliver(0, out)
		return false
	}
	if !early {
		o.acknowledge(m, out)
	}
	return true
}

// acknowledge tells everybody of another's message, once.
func (o *twin) acknowledge(m *peer.Message, out *peer.Effects) {
	if m.Kind != peer.KindData || m.From == o.self || slices.Contains(o.had, m.ID) {
		return
	}
	o.clock++
	o.last[o.self] = o.clock
	ack := peer.Message{ID: m.ID, Kind: peer.KindAck, Stamp: o.clock}
	if o.flaw == "acknowledges to the sender alone" {
		out.Send(m.From, ack)
		return
	}
	out.ToOthers(ack)
	if o.flaw == "acknowledges twice" {
		ack.Round = 1
		out.ToOthers(ack)
	}
}

func (o *twin) Expire(now peer.Instant, _ peer.TimerID, out *peer.Effects) {
	if o.kept != nil {
		out.Deliver(o.kept.ID)
		o.kept = nil
		return
	}
	if o.flaw == "never rests" {
		out.SetTimer(0, now+1)
	}
	o.deliver(now, out)
}

// first is the place of the least held message.
func (o *twin) first() int {
	best := 0
	for i, h := range o.held {
		b := o.held[best]
		if h.stamp < b.stamp || h.stamp == b.stamp && o.flaw != "no tie-break by peer" && h.id.Compare(b.id) < 0 {
			best = i
		}
	}
	return best
}

// hold is how long a timestamp is held back.
func (o *twin) hold() peer.Instant {
	if o.flaw == "held too short" {
		return peer.Instant(wait / 8)
	}
	return peer.Instant(wait)
}

// due reports whether a held message may be delivered now.
func (o *twin) due(h held, now peer.Instant) bool {
	switch o.kind {
	case "fifo":
		return h.stamp == o.next[h.id.Sender] || o.flaw == "no gap detection" || o.flaw == "logs copies" && h.stamp < o.next[h.id.Sender]
	case "timestamp":
		return now >= peer.Instant(h.stamp)+o.hold() || o.flaw == "not held"
	case "lamport":
		heard := 0
		for p, stamp := range o.last {
			if q := peer.ID(p); q == h.id.Sender || stamp > h.stamp || stamp == h.stamp && q > h.id.Sender {
				heard++
			}
		}
		return heard == o.peers || o.flaw == "waits for one" && heard >= 2 || o.flaw == "does not wait"
	}
	return true
}

func (o *twin) deliver(now peer.Instant, out *peer.Effects) {
	for again := true; again && len(o.held) > 0; {
		again = false
		from, until := o.first(), o.first()+1
		if o.kind == "fifo" {
			from, until = 0, len(o.held)
		}
		for i := from; i < until; i++ {
			if h := o.held[i]; o.due(h, now) {
				out.Deliver(h.id)
				o.held = slices.Delete(o.held, i, i+1)
				if o.kind == "fifo" {
					o.next[h.id.Sender] = h.stamp + 1
				}
				again = o.flaw != "no second look"
				break
			}
		}
	}
	if o.kind == "timestamp" && len(o.held) > 0 {
		out.SetTimer(0, peer.Instant(o.held[o.first()].stamp)+o.hold())
	}
}

func (o *twin) Held() int {
	if o.flaw == "holds less than nothing" {
		return -len(o.held)
	}
	return len(o.held)
}

func (o *twin) Reset(self peer.ID, peers int) {
	if o.flaw == "reset leaves the clock" && o.peers == peers {
		o.sent, o.held, o.had, o.self = 0, nil, nil, self
		o.next, o.last = make([]int64, peers), make([]int64, peers)
		return
	}
	held := o.held[:0]
	*o = twin{kind: o.kind, flaw: o.flaw, self: self, peers: peers, held: held, next: make([]int64, peers), last: make([]int64, peers)}
	if o.kind == "timestamp" {
		o.clock = math.MinInt64 // clocks may show less than nothing
	}
}

func (o *twin) Clone() peer.Ordering {
	c := *o
	c.next, c.last = slices.Clone(o.next), slices.Clone(o.last)
	c.had, c.held = slices.Clone(o.had), slices.Clone(o.held)
	switch o.flaw {
	case "clone shares":
		c.held = o.held
	case "clone forgets":
		c.held = nil
	case "clone is the original":
		return o
	}
	return &c
}

func (o *twin) AppendState(b []byte, now peer.Instant) []byte {
	zero := int64(0)
	if o.kind == "timestamp" && o.flaw != "state shows the clock" {
		zero = int64(now)
	}
	if o.flaw == "state counts how often it was asked" {
		o.sent++
	}
	b = fmt.Appendf(b, "%d %v %v %v", o.sent, o.next, o.last, o.had)
	if o.flaw == "clone forgets" {
		return b
	}
	for _, h := range o.held {
		b = fmt.Appendf(b, " %v:%d", h.id, h.stamp-zero)
	}
	return b
}

func init() {
	for kind, list := range map[string][][2]string{
		"naive": {
			{},
			{"forgets", "lack"},
			{"delivers twice", "integrity"},
			{"delivers what nobody sent", "integrity"},
			{"counts in a global", ""},
			{"keeps what is borrowed", "borrowed"},
			{"sends twice", "one name"},
			{"panics", "cannot happen"},
			{"sends more than it needs", "its Spec says"},
		},
		"fifo": {
			{},
			{"no gap detection", "fifo is violated"},
			{"no second look", "lack"},
			{"logs copies", "integrity"},
			{"clone shares", ""},
			{"clone forgets", "clone"},
			{"clone is the original", ""},
			{"says that it passes messages through", "PassThrough"},
			{"holds less than nothing", "Held is -1"},
			{"state counts how often it was asked", "AppendState"},
			{"takes numbers for ranks", ""},
		},
		"timestamp": {
			{},
			{"no tie-break by peer", "total is violated"},
			{"held too short", "is violated"},
			{"not held", "is violated"},
			{"state shows the clock", "canonical"},
			{"never rests", "does not come to rest"},
			{"orders by arrival", "total is violated"},
			{"stamps as the clock shows", "fifo is violated"},
		},
		"lamport": {
			{},
			{"no tie-break by peer", "total is violated"},
			{"receiving does not tick", ""},
			{"waits for one", "is violated"},
			{"does not wait", "total is violated"},
			{"reset leaves the clock", "another history"},
			{"delivers what was acknowledged", "total is violated"},
			{"acknowledges before it enqueues", ""},
			{"own entry not counted", "total is violated"},
			{"acknowledges to the sender alone", ""},
			{"acknowledges twice", "its Spec says"},
		},
	} {
		register(flaws(kind, nil, func(flaw string) peer.Ordering { return &twin{kind: kind, flaw: flaw} }, list...)...)
	}
}
