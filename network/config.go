package network

import (
	"time"

	"mpcomm/sim/rng"
)

// Link describes one class of directed links.
//
// A packet's delay is the base delay of its places plus a draw of Excess. On a
// link that is not Datagram a packet arrives no earlier than any packet sent
// before it on the same directed link, duplicates included; lost packets leave
// no trace, and packets that arrive together keep the order of sending.
type Link struct {
	Datagram bool // each packet's delay is its own: packets may overtake
	NoBase   bool // Excess is the whole delay, the base of the places is not added

	// Excess is the delay beyond the base, in nanoseconds. A negative draw
	// becomes 0 and is counted as Clamped.
	Excess rng.Dist

	// Loss is the share of packets lost, each by a draw of its own. Burst
	// makes losses come in bursts; at most one of the two may be set.
	Loss  rng.Ratio
	Burst *GilbertElliott

	// Duplicate is the share of packets that arrive twice, of those that are
	// not lost. The copy leaves with the packet, is neither lost nor doubled
	// again, and has a delay of its own.
	Duplicate rng.Ratio

	// Reorder is the share of packets whose delay grows by a draw of
	// ReorderExtra, in nanoseconds. Neither acts unless Datagram is set.
	Reorder      rng.Ratio
	ReorderExtra rng.Dist

	// Correlation ties the delays of a link together in time; nil = each is a
	// draw of its own. Stalls freeze it now and then; nil = never.
	Correlation *Correlation
	Stalls      *Stalls

	// Bandwidth in bits per second; 0 = a packet takes no time to send.
	// Packets of one directed link are sent one after the other, each taking
	// Bytes*8/Bandwidth, rounded up to a nanosecond; the delay begins when the
	// last bit has left.
	Bandwidth int64

	// Queue in bytes bounds what waits before a link with a Bandwidth; 0 = no
	// bound. A packet that finds the link idle is taken whatever its size;
	// otherwise it is dropped (Full) when its bytes and those not yet sent,
	// the rest of the packet being sent included, exceed Queue together.
	Queue int64

	// Down: the link carries nothing; what is sent is dropped at once (NoLink).
	Down bool

	// MTU in bytes is the largest packet that the link carries; 0 = no bound. A
	// larger one is dropped at once, not cut in pieces (TooBig).
	MTU int64

	// Corrupt is the share of packets damaged on the way, of those that are
	// not lost. A damaged packet takes its place in the queue and in the order
	// of a fifo link, reaches the receiver at Fate.At, fails its checksum there
	// and is discarded: the receiver never sees it. A duplicate is damaged by a
	// draw of its own.
	Corrupt rng.Ratio
}

// GilbertElliott is loss in bursts: each directed link is in a good or in a
// bad state, and a packet is lost with the probability of the state in which
// it leaves its sender. The state changes in time, not from packet to packet:
// at each multiple of Every it goes from good to bad with probability P and
// from bad to good with probability R. At time 0 it is bad with the stationary
// probability P/(P+R). The share of packets lost is thus
// (R*Good + P*Bad)/(P+R), and a bad stretch lasts Every/R on average.
//
// Source: E. O. Elliott, "Estimates of error rates for codes on burst-noise
// channels", Bell System Technical Journal 42(5), 1963.
type GilbertElliott struct {
	P, R      rng.Ratio // changes of state at each slot; not both 0
	Good, Bad rng.Ratio // probability that a packet is lost, by state
	Every     time.Duration
}

// Explicit sets the delay of one packet: the first that carries this body from
// From to To in a run. It replaces base, draw and reordering, and the packet
// is neither lost nor damaged at random and does not wait in a queue; a fifo
// link still keeps its rule, a partition still cuts, a link that is down or too
// narrow for the packet still drops it, and the packet may still be doubled.
type Explicit struct {
	Body     uint64 // of Packet.Body; not 0
	From, To Addr
	Delay    time.Duration // from sending to arrival; 0 or more
	Lost     bool          // the packet is lost, Delay does not matter
}

// Override gives other links to the pairs From x To. Where several name a
// pair, the last one stands.
type Override struct {
	From, To []Addr // empty = all peers
	Link     Link   // replaces Config.Default whole; the way p to p only if both lists name p
}

// Partition is a cut through the group, or a clog of links. Exactly one of
// Groups, From and Ring gives its shape. While it lasts, what is sent across it
// is dropped, or with Hold kept and sent when it heals. Several may last at
// once; a packet is dropped if any of them drops it.
//
// A Clog touches no packet that is sent: it keeps what arrives, whenever it was
// sent, at the end of its link until it is released. See Network.Clog.
type Partition struct {
	// Groups, two or more and disjoint, are cut from each other. Peers in none
	// of them are cut from nobody.
	Groups [][]Addr
	// From and To cut one way: what a peer of From sends to a peer of To. The
	// lists may share peers; both hold one peer or more.
	From, To []Addr
	// Ring lets each of four or more peers reach only the one before it and the
	// one after it, the last beside the first. Peers not in it are cut from nobody.
	Ring []Addr

	Hold         bool // keep what is sent across and send it at the heal
	DropInFlight bool // what would arrive across it while it lasts is dropped too
	Clog         bool // keep what arrives until the release; neither Hold nor DropInFlight
}

// Config describes a network. New keeps parts of it: it must not be changed
// afterwards.
type Config struct {
	Peers     int // 1..65536
	Default   Link
	Overrides []Override // at most 65534
	Changes   []Change   // named by index in Network.Change; at most 65535

	// Base[r][s] is the one-way delay from place r to place s that every
	// packet takes besides its draw, 0 or more; nil = none. Peers at one place
	// use the diagonal, and so does the way from a peer to itself.
	Base [][]time.Duration
	// Place[p] is the place of peer p; nil puts peer p at p mod len(Base).
	Place []uint16

	// Loopback is the way of a peer's own packet to itself, nil = as Default.
	// Only its delay, its base and its order count: all else acts there only if
	// an Override names the pair.
	Loopback *Link

	Explicit   []Explicit  // at most one for each (Body, From, To)
	Partitions []Partition // named by index in Fault and Struck
}
