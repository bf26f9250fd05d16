package order_test

import (
	"slices"
	"time"

	"mpcomm/peer"
)

// The orderings once more, slow and obvious, for comparison: whole lists are
// searched where the real ones keep queues. Each can be broken in ways that
// have been published by mistake; the property checks must reject every one.

// held is a message as the twins keep it.
type held struct {
	id    peer.MessageID
	stamp int64
	rank  int64
	at    peer.Instant // arrival
}

type twin struct {
	peer.Base
	self  peer.ID
	flaw  string
	held  []held
	had   map[peer.MessageID]bool
	clock int64
	sent  int64
}

func (o *twin) Reset(self peer.ID, _ int) {
	*o = twin{self: self, flaw: o.flaw, had: map[peer.MessageID]bool{}}
}
func (o *twin) Held() int                                            { return len(o.held) }
func (o *twin) AppendState(b []byte, _ peer.Instant) []byte          { return b }
func (o *twin) Broadcast(peer.Instant, *peer.Message, *peer.Effects) {}

// first returns the place of the held message with the least key; the flaw "no
// tie-break by peer" leaves equal stamps in order of arrival.
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

func (o *twin) deliver(i int, out *peer.Effects) {
	out.Deliver(o.held[i].id)
	o.held = slices.Delete(o.held, i, i+1)
}

// plainFIFO keeps what came early and looks through all of it each time.
type plainFIFO struct {
	twin
	next map[peer.ID]int64
}

func (o *plainFIFO) Reset(self peer.ID, n int) {
	o.twin.Reset(self, n)
	o.next = map[peer.ID]int64{}
}
func (o *plainFIFO) Clone() peer.Ordering { panic("twins are not cloned") }

func (o *plainFIFO) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	p.Aux = o.sent
	o.sent++
	out.ToAll(p)
}

func (o *plainFIFO) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if o.had[m.ID] && o.flaw != "copies are logged" {
		return
	}
	o.had[m.ID] = true
	o.held = append(o.held, held{id: m.ID, rank: m.Aux})
	for i := 0; i < len(o.held); i++ {
		h := o.held[i]
		if h.rank == o.next[h.id.Sender] || h.rank > o.next[h.id.Sender] && o.flaw == "no gap detection" || o.flaw == "copies are logged" {
			o.next[h.id.Sender] = h.rank + 1
			o.deliver(i, out)
			i = -1
			if o.flaw == "no second look" {
				return
			}
		}
	}
}

// plainTimestamp looks through everything at every timer.
type plainTimestamp struct {
	twin
	wait time.Duration
}

func (o *plainTimestamp) Clone() peer.Ordering { panic("twins are not cloned") }

func (o *plainTimestamp) Broadcast(now peer.Instant, m *peer.Message, out *peer.Effects) {
	o.clock = max(o.clock+1, int64(now))
	p := *m
	p.Stamp, p.Aux = o.clock, o.sent
	o.sent++
	out.ToAll(p)
}

func (o *plainTimestamp) due(h held) peer.Instant {
	if o.flaw == "held from arrival" {
		return h.at + peer.Instant(o.wait)
	}
	return peer.Instant(h.stamp) + peer.Instant(o.wait)
}

func (o *plainTimestamp) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	if o.had[m.ID] {
		return
	}
	o.had[m.ID] = true
	o.held = append(o.held, held{id: m.ID, stamp: m.Stamp, rank: m.Aux, at: now})
	if o.flaw == "delivered on arrival" {
		o.deliver(o.first(), out)
		return
	}
	o.Expire(now-1, 0, out)
}

func (o *plainTimestamp) Expire(now peer.Instant, _ peer.TimerID, out *peer.Effects) {
	for len(o.held) > 0 && o.due(o.held[o.first()]) <= now {
		o.deliver(o.first(), out)
	}
	if len(o.held) > 0 {
		out.SetTimer(0, o.due(o.held[o.first()]))
	}
}

// plainLamport asks everybody about the least message after every packet.
type plainLamport struct {
	twin
	last []int64
}

func (o *plainLamport) Clone() peer.Ordering { panic("twins are not cloned") }

func (o *plainLamport) Reset(self peer.ID, n int) {
	o.twin.Reset(self, n)
	o.last = make([]int64, n)
}

func (o *plainLamport) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	o.clock++
	p := *m
	p.Stamp = o.clock
	out.ToAll(p)
}

func (o *plainLamport) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	switch {
	case m.From == o.self || o.flaw == "receiving does not tick":
	case o.flaw == "acknowledges by its old clock" && m.Kind == peer.KindData:
		o.acknowledge(m, out)
		o.clock = max(o.clock, m.Stamp) + 1
	default:
		o.clock = max(o.clock, m.Stamp) + 1
	}
	o.last[m.From] = max(o.last[m.From], m.Stamp)
	if m.Kind == peer.KindData {
		if o.flaw == "own entry not counted" && m.From == o.self {
			out.Deliver(m.ID)
		} else {
			o.held = append(o.held, held{id: m.ID, stamp: m.Stamp})
		}
		if o.flaw != "acknowledges by its old clock" {
			o.acknowledge(m, out)
		}
	} else if o.flaw == "delivers what was acknowledged" {
		for i := range o.held {
			if o.held[i].id == m.ID {
				o.deliver(i, out)
				break
			}
		}
	}
	o.deliverStable(out)
}

func (o *plainLamport) acknowledge(m *peer.Message, out *peer.Effects) {
	if m.From == o.self {
		return
	}
	o.clock++
	o.last[o.self] = o.clock
	out.ToOthers(peer.Message{ID: m.ID, Kind: peer.KindAck, Stamp: o.clock})
}

func (o *plainLamport) deliverStable(out *peer.Effects) {
	for len(o.held) > 0 {
		h := o.held[o.first()]
		for p, stamp := range o.last {
			q := peer.ID(p)
			if q == h.id.Sender || o.flaw == "waits for one acknowledgement" && q != (h.id.Sender+1)%peer.ID(len(o.last)) {
				continue
			}
			if stamp < h.stamp || stamp == h.stamp && q < h.id.Sender {
				return
			}
		}
		o.deliver(o.first(), out)
	}
}
