package network

import (
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// Addr is the place of a peer on the network: 0 to Config.Peers-1.
type Addr uint16

// MaxPeers is the largest number of peers: an Addr has sixteen bits.
const MaxPeers = 1 << 16

// Verdict says what becomes of a packet.
type Verdict uint8

// The verdicts. Every packet gets exactly one, and one more when it was Held
// and is let go.
const (
	Arrives   Verdict = iota // reaches the receiver at Fate.At
	Lost                     // lost at random, or because an Explicit says so
	Full                     // dropped before the link: its queue was full
	Cut                      // dropped by a partition
	Held                     // kept by a partition until it heals
	NoLink                   // dropped before the link: it was down
	TooBig                   // dropped before the link: larger than its MTU
	Corrupted                // damaged on the way: reaches the receiver at Fate.At and is discarded there
)

var verdictNames = [...]string{
	Arrives: "arrives", Lost: "lost", Full: "full", Cut: "cut", Held: "held",
	NoLink: "no-link", TooBig: "too-big", Corrupted: "corrupted",
}

// String returns the verdict's word, such as "arrives".
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "unknown"
}

// Packet is one datagram to be sent.
type Packet struct {
	From, To Addr    // To is ignored by Broadcast and Self
	Name     rng.Key // the packet's identity without receiver and copy; the sender is part of it
	Ref      uint32  // the caller's; copied into fates
	Bytes    int32   // size on the wire; matters only on links with a bandwidth or an MTU; 0 or more
	Body     uint64  // names the message whose body the packet carries, for Explicit; 0 = none
}

// Fate is what becomes of one packet: sixteen bytes without pointers.
type Fate struct {
	At      sim.Time // when it arrives, or is Corrupted there; for every other verdict the time of sending
	Ref     uint32   // from the Packet
	To      Addr
	Verdict Verdict
	Copy    uint8 // 0 the packet itself, 1 its duplicate
}

// Counts says what a network has done since its Reset. At any time
//
//	Sent + Duplicated == Arriving + Lost + Holding
//
// Packets of Self are in none of these, save Clamped.
type Counts struct {
	Sent       uint64 // packets handed in, a broadcast counting once for each receiver
	Duplicated uint64 // copies made on the way
	Arriving   uint64 // fates Arrives, less those that a partition struck in flight
	Lost       uint64 // all that never arrive by the network's doing: Random + Forced + Full + Cut + NoLink + TooBig + Corrupted
	Random     uint64 // part of Lost: lost by the link's loss, plain or in bursts
	Forced     uint64 // part of Lost: an Explicit said so
	Full       uint64 // part of Lost: found the queue full
	Cut        uint64 // part of Lost: sent across a partition, or struck in flight
	NoLink     uint64 // part of Lost: the link was down
	TooBig     uint64 // part of Lost: larger than the link's MTU
	Corrupted  uint64 // part of Lost: damaged on the way, packets and copies
	InFlight   uint64 // part of Cut: struck in flight
	Held       uint64 // packets that a partition has ever held
	Holding    uint64 // packets that a partition holds now
	Stalled    uint64 // packets and copies that a stall of their link froze
	Straggled  uint64 // part of Stalled: came later than the end of the stall
	Reordered  uint64 // packets and copies that waited longer by Link.Reorder
	Clamped    uint64 // negative draws of a delay that became 0
}
