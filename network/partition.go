package network

import (
	"fmt"
	"slices"

	"mpcomm/sim"
)

// Fault is the beginning of a partition, or its end.
type Fault struct {
	Partition int // index into Config.Partitions
	Heal      bool
}

// partition is a Partition made ready.
type partition struct {
	shape    shape
	place    []uint32 // of each peer, by shape; 0 = cut from nobody
	ring     uint32   // length of the ring
	hold     bool
	clog     bool
	inFlight bool
	lasts    bool
	struck   uint64
}

// shape says what the places of a partition mean.
type shape uint8

const (
	shapeGroups shape = iota // the number of the group, from 1
	shapeOneWay              // placeFrom and placeTo, or both
	shapeRing                // the position on the ring, from 1
)

const placeFrom, placeTo = 1, 2

// heldPacket is a packet that a partition keeps, with the explicit delay it
// has taken.
type heldPacket struct {
	packet Packet
	forced int
}

func compilePartition(p *Partition, peers int) partition {
	c := partition{place: make([]uint32, peers), hold: p.Hold, clog: p.Clog, inFlight: p.DropInFlight}
	switch {
	case p.Ring != nil:
		c.shape, c.ring = shapeRing, uint32(len(p.Ring))
		for i, a := range p.Ring {
			c.place[a] = uint32(i + 1)
		}
	case p.From != nil:
		c.shape = shapeOneWay
		for _, a := range p.From {
			c.place[a] |= placeFrom
		}
		for _, a := range p.To {
			c.place[a] |= placeTo
		}
	}
	for g, members := range p.Groups {
		for _, a := range members {
			c.place[a] = uint32(g + 1)
		}
	}
	return c
}

// separates reports whether the partition is in the way of what the first peer
// sends to the second.
func (p *partition) separates(from, to Addr) bool {
	f, t := p.place[from], p.place[to]
	switch p.shape {
	case shapeOneWay:
		return f&placeFrom != 0 && t&placeTo != 0
	case shapeRing:
		apart := max(f, t) - min(f, t)
		return f != 0 && t != 0 && apart != 1 && apart != p.ring-1
	}
	return f != t && f != 0 && t != 0
}

// strike asks the partitions that last what becomes of a packet sent now:
// Arrives if none is in its way, Cut if any drops it, else Held. Each one in
// its way has struck it.
func (n *Network) strike(from, to Addr) Verdict {
	v := Arrives
	for _, i := range n.active {
		p := &n.partitions[i]
		if p.clog || !p.separates(from, to) {
			continue
		}
		p.struck++
		switch {
		case !p.hold:
			v = Cut
		case v == Arrives:
			v = Held
		}
	}
	return v
}

// Arrive says at the instant of an arrival whether a partition strikes the
// packet in flight: Cut or Arrives. It counts, so it is to be asked once for
// each fate that Arrives; not at all if StrikesInFlight is false. A partition
// strikes what it would cut if it were sent now, whenever it was sent.
func (n *Network) Arrive(now, sent sim.Time, from, to Addr) Verdict {
	n.mustBeAddr(from)
	n.mustBeAddr(to)
	if sent > now {
		panic(fmt.Sprintf("network: invariant: a packet sent at %v arrives at %v", sent, now))
	}
	v := Arrives
	for _, i := range n.active {
		p := &n.partitions[i]
		if p.inFlight && p.separates(from, to) {
			p.struck++
			v = Cut
		}
	}
	if v == Cut {
		n.counts.Arriving--
		n.counts.Lost++
		n.counts.Cut++
		n.counts.InFlight++
	}
	return v
}

// Clog says at the instant of an arrival whether a clog keeps the packet at the
// end of its link. It counts, so it is to be asked once for each arrival; the
// caller keeps the packet and asks Clogged when a clog is released.
func (n *Network) Clog(from, to Addr) bool {
	clogged := false
	for _, i := range n.active {
		if p := &n.partitions[i]; p.clog && p.separates(from, to) {
			p.struck++
			clogged = true
		}
	}
	return clogged
}

// Clogged reports whether a clog that lasts is on the link.
func (n *Network) Clogged(from, to Addr) bool {
	for _, i := range n.active {
		if p := &n.partitions[i]; p.clog && p.separates(from, to) {
			return true
		}
	}
	return false
}

// StrikesInFlight reports whether some partition of the Config drops what is in
// flight; if not, the caller need not ask Arrive.
func (n *Network) StrikesInFlight() bool { return n.strikes }

// Apply begins or heals a partition. At the heal of one that holds packets they
// leave now, in the order in which they were sent and each with its own draws,
// and their fates are appended to out; a packet that another partition holds
// as well stays, and one that another drops is Cut. Apply panics if the
// partition does not exist, begins while it lasts or heals when it does not.
func (n *Network) Apply(now sim.Time, f Fault, out []Fate) []Fate {
	if f.Partition < 0 || f.Partition >= len(n.partitions) {
		panic(fmt.Sprintf("network: invariant: partition %d of %d", f.Partition, len(n.partitions)))
	}
	n.at(now)
	p := &n.partitions[f.Partition]
	if p.lasts != f.Heal {
		panic(fmt.Sprintf("network: invariant: partition %d lasts: %t, on heal: %t", f.Partition, p.lasts, f.Heal))
	}
	p.lasts = !f.Heal
	at, _ := slices.BinarySearch(n.active, f.Partition)
	if !f.Heal {
		n.active = slices.Insert(n.active, at, f.Partition)
		return out
	}
	n.active = slices.Delete(n.active, at, at+1)
	if p.hold {
		out = n.release(now, out)
	}
	return out
}

// release lets go what no partition holds any longer.
func (n *Network) release(now sim.Time, out []Fate) []Fate {
	waiting := n.held
	n.held = n.held[:0] // what stays is moved down in place
	for _, h := range waiting {
		p := &h.packet
		if n.holds(p.From, p.To) {
			n.held = append(n.held, h)
			continue
		}
		n.counts.Holding--
		d := n.draws(p.Name)
		out = n.route(now, p, n.current().between(p.From, p.To), &d, h.forced, out)
	}
	return out
}

// holds reports whether a lasting partition holds what these two send.
func (n *Network) holds(from, to Addr) bool {
	for _, i := range n.active {
		if p := &n.partitions[i]; p.hold && p.separates(from, to) {
			return true
		}
	}
	return false
}

// Struck returns how many packets a partition has cut, held, clogged or struck
// in flight. A packet that several partitions separate counts for each.
func (n *Network) Struck(partition int) uint64 {
	if partition < 0 || partition >= len(n.partitions) {
		panic(fmt.Sprintf("network: invariant: partition %d of %d", partition, len(n.partitions)))
	}
	return n.partitions[partition].struck
}
