package network

import (
	"fmt"
	"slices"
	"time"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// Network is the links of a group of peers. It is not safe for concurrent use.
// The time handed to its methods must not go back within a run.
type Network struct {
	peers   int
	classes *classes // of the links, under the changes that last; nil = still to be found, by current
	changes *changes // nil = none
	mask    features // of all links

	places int
	place  []uint16        // of each peer; nil = no base
	base   []time.Duration // places x places

	forced     []Explicit // sorted by body, from, to
	used       []bool     // of forced, in this run
	partitions []partition
	active     []int // indexes of the partitions that last, upwards
	strikes    bool  // some partition strikes in flight

	keys    keys
	now     sim.Time // of the last call
	counts  Counts
	senders []sender
	touched []Addr // senders whose rows hold something of this run
	held    []heldPacket
	drawn   []int64 // scratch of spread: a delay for each receiver
}

// features are what some link of a network does.
type features uint16

const (
	loses features = 1 << iota
	doubles
	reorders
	bursts
	corrupts
	correlates
	freezes
)

// keys are the families of draws, one for each purpose.
type keys struct {
	delay, loss, double, reorder, extra, burst, corrupt rng.Key
	knot, stall, straggle, later                        rng.Key
}

// sender is the state of the links that leave one peer. A row has an entry for
// each receiver, made when the peer first needs it.
type sender struct {
	arrived []sim.Time  // latest arrival of what was sent so far; fifo links
	free    []sim.Time  // when the last bit of what was sent so far has left; links with a bandwidth
	bursts  []burstMark // where burst loss stood when last asked
	levels  []levelMark // where correlation stood when last asked
	stalls  []stallMark // the stall that lasts or comes next
	touched bool        // some row holds something of this run
}

// New makes a network. It reports everything that is wrong with c at once.
// Reset begins a run; until then the seed's key is 0.
func New(c Config) (*Network, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	n := &Network{
		peers:   c.Peers,
		forced:  slices.Clone(c.Explicit),
		used:    make([]bool, len(c.Explicit)),
		senders: make([]sender, c.Peers),
		drawn:   make([]int64, max(c.Peers, 1)-1),
	}
	slices.SortFunc(n.forced, compareExplicit)
	n.compileLinks(c)
	n.compilePlaces(&c)
	for i := range c.Partitions {
		n.partitions = append(n.partitions, compilePartition(&c.Partitions[i], c.Peers))
		n.strikes = n.strikes || c.Partitions[i].DropInFlight
	}
	n.Reset(0)
	return n, nil
}

func (n *Network) compileLinks(c Config) {
	still := compileClasses(&c, nil)
	n.classes = &still
	for i := range still.links {
		n.mask |= still.links[i].features()
	}
	if len(c.Changes) == 0 {
		return
	}
	n.changes = &changes{config: c, still: &still, known: make(map[string]*classes), met: make([]uint64, len(c.Changes))}
	// What some set of changes may switch on: a change of order, reordering
	// too, which is off on fifo links.
	n.mask |= reorders
	for i := range c.Changes {
		l := compile(&c.Changes[i].Link, true)
		n.mask |= l.features()
	}
}

func (n *Network) compilePlaces(c *Config) {
	if len(c.Base) == 0 {
		return
	}
	n.places = len(c.Base)
	for _, row := range c.Base {
		n.base = append(n.base, row...)
	}
	if n.place = slices.Clone(c.Place); n.place == nil {
		n.place = make([]uint16, c.Peers)
		for p := range n.place {
			n.place[p] = uint16(p % n.places)
		}
	}
}

// Rename makes root the key of all draws from now on. What was drawn before
// stays: packets under way, the state of a burst or a stall.
func (n *Network) Rename(root rng.Key) {
	n.keys = keys{delay: root.Name("delay")}
	if n.mask&loses != 0 {
		n.keys.loss = root.Name("loss")
	}
	if n.mask&doubles != 0 {
		n.keys.double = root.Name("duplicate")
	}
	if n.mask&reorders != 0 {
		n.keys.reorder, n.keys.extra = root.Name("reorder"), root.Name("reorder-extra")
	}
	if n.mask&bursts != 0 {
		n.keys.burst = root.Name("burst")
	}
	if n.mask&corrupts != 0 {
		n.keys.corrupt = root.Name("corrupt")
	}
	if n.mask&correlates != 0 {
		n.keys.knot = root.Name("knot")
	}
	if n.mask&freezes != 0 {
		n.keys.stall, n.keys.straggle, n.keys.later = root.Name("stall"), root.Name("straggle"), root.Name("straggle-later")
	}
}

// Reset begins a new run on the same memory, with root as the key of the run's
// draws. It allocates nothing and clears only what the last run touched.
func (n *Network) Reset(root rng.Key) {
	n.Rename(root)
	for _, p := range n.touched {
		s := &n.senders[p]
		clear(s.arrived)
		clear(s.free)
		s.forget()
		s.touched = false
	}
	n.touched = n.touched[:0]
	if n.changes != nil {
		n.changes.lasting = n.changes.lasting[:0]
		clear(n.changes.met)
		n.classes = n.changes.still
	}
	n.held = n.held[:0]
	n.active = n.active[:0]
	clear(n.used)
	for i := range n.partitions {
		n.partitions[i].lasts, n.partitions[i].struck = false, 0
	}
	n.now, n.counts = 0, Counts{}
}

// Counts returns what the network has done since its Reset.
func (n *Network) Counts() Counts { return n.counts }

// Peers returns the number of peers.
func (n *Network) Peers() int { return n.peers }

// Parted reports whether some partition lasts, so that packets may be cut or held.
func (n *Network) Parted() bool { return len(n.active) > 0 }

// BaseDelay returns what every packet from one peer to another takes besides
// its draw: the base of their places, or 0 if their link has none.
func (n *Network) BaseDelay(from, to Addr) time.Duration {
	n.mustBeAddr(from)
	n.mustBeAddr(to)
	if n.place == nil || !n.current().between(from, to).based {
		return 0
	}
	return n.base[int(n.place[from])*n.places+int(n.place[to])]
}

// BasePlace returns the base delays from a peer to a place that need not hold a
// peer, and back. It panics if the network has no such place.
func (n *Network) BasePlace(from Addr, row int) (there, back time.Duration) {
	n.mustBeAddr(from)
	if row < 0 || row >= n.places {
		panic(fmt.Sprintf("network: invariant: place %d in a network of %d places", row, n.places))
	}
	at := int(n.place[from])
	return n.base[at*n.places+row], n.base[row*n.places+at]
}

// KeepsOrder reports whether packets from one peer to another never overtake
// each other: those that arrive at one instant do so in the order of sending.
func (n *Network) KeepsOrder(from, to Addr) bool {
	n.mustBeAddr(from)
	n.mustBeAddr(to)
	return n.current().between(from, to).fifo
}

// touch returns the rows of a sender, noted to be cleared by Reset.
func (n *Network) touch(p Addr) *sender {
	s := &n.senders[p]
	if !s.touched {
		s.touched = true
		n.touched = append(n.touched, p)
	}
	return s
}

// arrivals returns a sender's row of latest arrivals.
func (n *Network) arrivals(p Addr) []sim.Time {
	s := n.touch(p)
	if s.arrived == nil {
		s.arrived = make([]sim.Time, n.peers)
	}
	return s.arrived
}

// forget drops what is remembered of processes in time. All of it can be found
// again from the names of draws.
func (s *sender) forget() {
	clear(s.bursts)
	clear(s.levels)
	clear(s.stalls)
}

// levelMarks returns a sender's row of states of correlation.
func (n *Network) levelMarks(p Addr) []levelMark {
	s := n.touch(p)
	if s.levels == nil {
		s.levels = make([]levelMark, n.peers)
	}
	return s.levels
}

// stallMarks returns a sender's row of stalls.
func (n *Network) stallMarks(p Addr) []stallMark {
	s := n.touch(p)
	if s.stalls == nil {
		s.stalls = make([]stallMark, n.peers)
	}
	return s.stalls
}

// burstMarks returns a sender's row of states of burst loss.
func (n *Network) burstMarks(p Addr) []burstMark {
	s := n.touch(p)
	if s.bursts == nil {
		s.bursts = make([]burstMark, n.peers)
	}
	return s.bursts
}

// at moves the network to a time and checks the order of calls, on which the
// state of the links rests.
func (n *Network) at(now sim.Time) {
	if now < n.now {
		panic(fmt.Sprintf("network: invariant: a call at %v after one at %v", now, n.now))
	}
	n.now = now
}
