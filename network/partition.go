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
	group    []uint32 // of each peer, from 1; 0 = none, cut from nobody
	hold     bool
	inFlight bool
	lasts    bool
	struck   uint64
}

// heldPacket is a packet that a partition keeps, with the explicit delay it
// has taken.
type heldPacket struct {
	packet Packet
	forced int
}

func compilePartition(p *Partition, peers int) partition {
	c := partition{group: make([]uint32, peers), hold: p.Hold, inFlight: p.DropInFlight}
	for g, members := range p.Groups {
		for _, a := range members {
			c.group[a] = uint32(g + 1)
		}
	}
	return c
}

// separates reports whether the two peers are in different groups.
func (p *partition) separates(a, b Addr) bool {
	ga, gb := p.group[a], p.group[b]
	return ga != gb && ga != 0 && gb != 0
}

// strike asks the partitions that last what becomes of a packet sent now:
// Arrives if none is in its way, Cut if any drops it, else Held. Each one in
// its way has struck it.
func (n *Network) strike(from, to Addr) Verdict {
	v := Arrives
	for _, i := range n.active {
		p := &n.partitions[i]
		if !p.separates(from, to) {
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
		out = n.route(now, p, n.classes.between(p.From, p.To), &d, h.forced, out)
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

// Struck returns how many packets a partition has cut, held or struck in
// flight. A packet that several partitions separate counts for each.
func (n *Network) Struck(partition int) uint64 {
	if partition < 0 || partition >= len(n.partitions) {
		panic(fmt.Sprintf("network: invariant: partition %d of %d", partition, len(n.partitions)))
	}
	return n.partitions[partition].struck
}
