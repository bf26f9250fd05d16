package order

import (
	"cmp"
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// skeen lets the receivers of a message agree on its place: each proposes its
// next logical time, the sender takes the greatest proposal and tells everybody.
// A message is delivered when its place is final and no message that is still
// open here has a smaller one: an open message's place can only grow. Ties go by
// the proposing peer, so that no two places are equal.
//
// A crash between the question and the decision blocks all receivers at that
// message, and one open message holds up all behind it (a convoy). On links that
// keep their order the delivery is FIFO and causal as well.
//
// Source: Birman and Joseph, "Reliable communication in the presence of
// failures", ACM TOCS 5(1):47-76, 1987, section 4.1 (ABCAST), where the protocol
// is credited to D. Skeen.
type skeen struct {
	peer.Base
	self  peer.ID
	peers int

	clock   int64
	seen    peer.MessageSet
	open    []proposal // a slab; free places are linked
	free    int32
	heap    []int32 // places of the slab, smallest place in the order first
	index   index   // from messages to places of the slab
	ballots []ballot
	voters  []uint64 // a bit for every peer, ballot after ballot
	spare   int32    // free ballots are linked
}

// proposal is a message that has been received and not been delivered.
type proposal struct {
	place
	id     peer.MessageID
	at     int32 // in the heap; next of the free ones
	ballot int32 // of an own message whose place is open, else -1
	final  bool
}

// place is a position in the order: a logical time and the peer that proposed it.
type place struct {
	time int64
	by   peer.ID
}

func (p place) compare(o place) int {
	return cmp.Or(cmp.Compare(p.time, o.time), cmp.Compare(p.by, o.by))
}

// ballot counts the proposals for one own message.
type ballot struct {
	greatest place
	missing  int32 // proposals still to come; next of the free ones
}

func skeenSpec() Spec {
	return Spec{
		Kind: "skeen", IgnoresEnds: true, Class: "destinations agreement",
		Doc:        "delivers at the greatest of the logical times that the receivers propose",
		Paper:      "Birman and Joseph, ACM TOCS 5(1):47-76, 1987, section 4.1",
		Packets:    "3(n-1)",
		Steps:      "2/3",
		Cost:       votes(func(n int) int { return 3 * (n - 1) }, 2, 3),
		Guarantees: peer.Total | peer.Agreement,
		Needs:      peer.NoLoss | peer.NoCrash,
		New:        func(Values) (peer.Ordering, error) { return &skeen{}, nil },
	}
}

func (o *skeen) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) { out.ToAll(*m) }

func (o *skeen) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if uint64(m.Stamp) > maxStamp {
		return // no clock of the group shows this
	}
	switch m.Kind {
	case peer.KindData:
		o.propose(m, out)
	case peer.KindVote:
		o.count(m.ID, place{time: m.Stamp, by: m.From}, out)
	case peer.KindFinal:
		if uint64(m.Aux) < uint64(o.peers) && m.From == m.ID.Sender {
			o.finish(m.ID, place{time: m.Stamp, by: peer.ID(m.Aux)}, out)
		}
	}
}

// propose opens a message and tells its sender the next logical time.
func (o *skeen) propose(m *peer.Message, out *peer.Effects) {
	if !o.seen.Add(m.ID.Sender, m.ID.Number) {
		return
	}
	o.clock++
	p := proposal{place: place{time: o.clock, by: o.self}, id: m.ID, ballot: -1}
	if m.ID.Sender == o.self {
		p.ballot = o.newBallot()
	}
	k := o.free
	if k < 0 {
		k = int32(len(o.open))
		o.open = append(o.open, p)
	} else {
		o.free = o.open[k].at
		o.open[k] = p
	}
	o.index.put(m.ID, k)
	o.heap = append(o.heap, k)
	o.up(len(o.heap) - 1)
	if m.ID.Sender == o.self {
		o.count(m.ID, p.place, out)
		return
	}
	out.Send(m.ID.Sender, peer.Message{ID: m.ID, Kind: peer.KindVote, Ints: 1, Stamp: p.time})
}

// count takes a proposal for an own message; with the last the place is final.
func (o *skeen) count(id peer.MessageID, p place, out *peer.Effects) {
	k := o.index.get(id)
	if k < 0 || o.open[k].ballot < 0 {
		return
	}
	b := &o.ballots[o.open[k].ballot]
	word := &o.voters[int(o.open[k].ballot)*o.stride()+int(p.by)/64]
	bit := uint64(1) << (p.by % 64)
	if *word&bit != 0 {
		return // had before
	}
	*word |= bit
	if b.greatest.compare(p) < 0 {
		b.greatest = p
	}
	if b.missing--; b.missing == 0 {
		greatest := b.greatest
		o.dropBallot(o.open[k].ballot)
		o.open[k].ballot = -1
		out.ToAll(peer.Message{ID: id, Kind: peer.KindFinal, Ints: 2, Stamp: greatest.time, Aux: int64(greatest.by)})
	}
}

// finish gives an open message its place and delivers what is first and final.
func (o *skeen) finish(id peer.MessageID, final place, out *peer.Effects) {
	k := o.index.get(id)
	if k < 0 || o.open[k].final || final.compare(o.open[k].place) < 0 {
		return // delivered, a copy, or a decision below this peer's own proposal
	}
	o.clock = max(o.clock, final.time)
	p := &o.open[k]
	p.place, p.final = final, true
	o.down(int(p.at))
	for len(o.heap) > 0 && o.open[o.heap[0]].final {
		first := o.heap[0]
		out.Deliver(o.open[first].id)
		o.index.remove(o.open[first].id)
		last := len(o.heap) - 1
		o.heap[0] = o.heap[last]
		o.heap = o.heap[:last]
		if last > 0 {
			o.down(0)
		}
		o.open[first].at = o.free
		o.free = first
	}
}

func (o *skeen) stride() int { return (o.peers + 63) / 64 }

func (o *skeen) newBallot() int32 {
	b := o.spare
	if b < 0 {
		b = int32(len(o.ballots))
		o.ballots = append(o.ballots, ballot{})
		for range o.stride() {
			o.voters = append(o.voters, 0)
		}
	} else {
		o.spare = o.ballots[b].missing
		clear(o.voters[int(b)*o.stride() : int(b+1)*o.stride()])
	}
	o.ballots[b] = ballot{missing: int32(o.peers)}
	return b
}

func (o *skeen) dropBallot(b int32) {
	o.ballots[b].missing = o.spare
	o.spare = b
}

func (o *skeen) less(a, b int32) bool {
	p, q := &o.open[a], &o.open[b]
	c := p.compare(q.place)
	return c < 0 || c == 0 && p.id.Compare(q.id) < 0
}

// up and down move the entry at i of the heap to where it belongs.
func (o *skeen) up(i int) {
	k := o.heap[i]
	for i > 0 && o.less(k, o.heap[(i-1)/2]) {
		o.heap[i] = o.heap[(i-1)/2]
		o.open[o.heap[i]].at = int32(i)
		i = (i - 1) / 2
	}
	o.heap[i] = k
	o.open[k].at = int32(i)
}

func (o *skeen) down(i int) {
	k := o.heap[i]
	for {
		child := 2*i + 1
		if child >= len(o.heap) {
			break
		}
		if child+1 < len(o.heap) && o.less(o.heap[child+1], o.heap[child]) {
			child++
		}
		if !o.less(o.heap[child], k) {
			break
		}
		o.heap[i] = o.heap[child]
		o.open[o.heap[i]].at = int32(i)
		i = child
	}
	o.heap[i] = k
	o.open[k].at = int32(i)
}

func (o *skeen) Held() int { return len(o.heap) }

func (o *skeen) Reset(self peer.ID, peers int) {
	*o = skeen{
		self: self, peers: peers, seen: o.seen, open: o.open[:0], free: -1, heap: o.heap[:0], index: o.index,
		ballots: o.ballots[:0], voters: o.voters[:0], spare: -1,
	}
	o.seen.Reset(peers)
	o.index.reset()
}

func (o *skeen) Clone() peer.Ordering {
	c := *o
	c.seen, c.open, c.heap, c.index = o.seen.Clone(), slices.Clone(o.open), slices.Clone(o.heap), o.index.clone()
	c.ballots, c.voters = slices.Clone(o.ballots), slices.Clone(o.voters)
	return &c
}

func (o *skeen) AppendState(b []byte, _ peer.Instant) []byte {
	b = o.seen.AppendState(binary.AppendVarint(b, o.clock))
	sorted := slices.Clone(o.heap)
	slices.SortFunc(sorted, func(p, q int32) int { return o.open[p].id.Compare(o.open[q].id) })
	b = binary.AppendUvarint(b, uint64(len(sorted)))
	for _, k := range sorted {
		p := &o.open[k]
		for _, v := range [...]int64{int64(p.id.Sender), int64(p.id.Number), p.time, int64(p.by)} {
			b = binary.AppendVarint(b, v)
		}
		switch {
		case p.final:
			b = append(b, 2)
		case p.ballot < 0:
			b = append(b, 1)
		default:
			b = append(b, 0)
			g := o.ballots[p.ballot].greatest
			b = binary.AppendVarint(binary.AppendVarint(b, g.time), int64(g.by))
			for _, word := range o.voters[int(p.ballot)*o.stride() : int(p.ballot+1)*o.stride()] {
				b = binary.AppendUvarint(b, word)
			}
		}
	}
	return b
}
