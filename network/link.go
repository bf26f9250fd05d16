package network

import (
	"math"

	"mpcomm/sim/rng"
)

// link is a Link made ready for the hot path.
type link struct {
	excess  rng.Dist
	extra   rng.Dist
	loss    rng.Chance
	double  rng.Chance
	reorder rng.Chance
	corrupt rng.Chance
	burst   *burst // nil = none

	bandwidth uint64 // bits per second; 0 = none
	queue     uint64 // bytes; 0 = no bound
	mtu       int32  // bytes; only if narrow

	plain    bool // a packet's fate is decided by its delay alone
	spreads  bool // ... or by its delay and loss, and no sum overflows
	based    bool // the base of the places is added
	ordered  bool // a row of previous arrivals is needed to keep the order
	lossy    bool // loss is not never, or burst is set
	doubles  bool
	reorders bool
	down     bool
	narrow   bool // down, or with an mtu that a packet may exceed
	corrupts bool
}

// compile makes l ready. In a network without explicit delays (forced false) a
// fifo link with a constant excess needs no memory of arrivals: its packets
// cannot overtake, since they leave in order.
func compile(l *Link, forced bool) link {
	c := link{
		excess:    l.Excess,
		loss:      l.Loss.Chance(),
		double:    l.Duplicate.Chance(),
		corrupt:   l.Corrupt.Chance(),
		down:      l.Down,
		mtu:       math.MaxInt32,
		bandwidth: uint64(l.Bandwidth),
		queue:     uint64(l.Queue),
		based:     !l.NoBase,
		ordered:   !l.Datagram && (forced || !l.Excess.IsConstant()),
	}
	if l.Datagram {
		c.extra, c.reorder = l.ReorderExtra, l.Reorder.Chance()
	}
	if l.Burst != nil {
		b := l.Burst.compile()
		c.burst = &b
	}
	if l.MTU > 0 && l.MTU < math.MaxInt32 {
		c.mtu = int32(l.MTU)
	}
	c.narrow = c.down || c.mtu < math.MaxInt32
	c.corrupts = !c.corrupt.Never()
	c.lossy = c.burst != nil || !c.loss.Never()
	c.doubles = !c.double.Never()
	c.reorders = !c.reorder.Never()
	delays := !c.doubles && !c.reorders && c.bandwidth == 0 && !c.narrow && !c.corrupts
	c.plain = delays && !c.lossy
	c.spreads = delays && calm(&c.excess)
	return c
}

// features are those of the link for which a Network needs keys.
func (l *link) features() features {
	var f features
	if l.lossy {
		f |= loses
	}
	if l.doubles {
		f |= doubles
	}
	if l.reorders {
		f |= reorders
	}
	if l.burst != nil {
		f |= bursts
	}
	if l.corrupts {
		f |= corrupts
	}
	return f
}

// loopback is the way of a peer's own packet to itself: only delay, base and
// order of l.
func (l Link) loopback() Link {
	return Link{Datagram: l.Datagram, NoBase: l.NoBase, Excess: l.Excess}
}

// classes says which link serves which pair of peers.
type classes struct {
	links []link     // 0 = default, 1 = loopback, 2.. = overrides
	rows  [][]uint16 // rows[from][to] = index into links; nil, or a nil row, = 0 everywhere
	self  []uint16   // self[p] = index of the way p to p; nil = 1 everywhere
}

const (
	classDefault  = 0
	classLoopback = 1
	classFirst    = 2 // of the overrides
)

func compileClasses(c *Config) classes {
	forced := len(c.Explicit) > 0
	own := c.Default
	if c.Loopback != nil {
		own = *c.Loopback
	}
	own = own.loopback()
	k := classes{links: make([]link, 0, classFirst+len(c.Overrides))}
	k.links = append(k.links, compile(&c.Default, forced), compile(&own, forced))
	for i := range c.Overrides {
		k.links = append(k.links, compile(&c.Overrides[i].Link, forced))
	}
	k.assign(c)
	return k
}

// assign fills rows and self. Senders that the same overrides name share one
// row, so that a rule about a receiver does not cost a matrix.
func (k *classes) assign(c *Config) {
	if len(c.Overrides) == 0 {
		return
	}
	k.rows = make([][]uint16, c.Peers)
	named := make([][]byte, c.Peers) // the overrides that name a sender, two bytes each
	for i := range c.Overrides {
		o := &c.Overrides[i]
		each(o.From, c.Peers, func(p int) { named[p] = append(named[p], byte(i>>8), byte(i)) })
		k.assignSelf(i, o, c.Peers)
	}
	shared := make(map[string][]uint16)
	for p, list := range named {
		if len(list) == 0 {
			continue
		}
		row, ok := shared[string(list)]
		if !ok {
			row = make([]uint16, c.Peers)
			for j := 0; j < len(list); j += 2 {
				i := int(list[j])<<8 | int(list[j+1])
				each(c.Overrides[i].To, c.Peers, func(q int) { row[q] = uint16(classFirst + i) })
			}
			shared[string(list)] = row
		}
		k.rows[p] = row
	}
}

// assignSelf gives override i to the ways p to p that it names in both lists.
func (k *classes) assignSelf(i int, o *Override, peers int) {
	if len(o.From) == 0 || len(o.To) == 0 {
		return
	}
	both := make([]bool, peers)
	for _, p := range o.From {
		both[p] = true
	}
	for _, p := range o.To {
		if !both[p] {
			continue
		}
		if k.self == nil {
			k.self = make([]uint16, peers)
			for q := range k.self {
				k.self[q] = classLoopback
			}
		}
		k.self[p] = uint16(classFirst + i)
	}
}

// each calls f for every peer of the list, an empty list meaning all.
func each(list []Addr, peers int, f func(p int)) {
	if len(list) == 0 {
		for p := range peers {
			f(p)
		}
	}
	for _, p := range list {
		f(int(p))
	}
}

// between is the link that serves from and to, which may be the same peer.
func (k *classes) between(from, to Addr) *link {
	switch {
	case from == to && k.self == nil:
		return &k.links[classLoopback]
	case from == to:
		return &k.links[k.self[from]]
	case k.rows == nil || k.rows[from] == nil:
		return &k.links[classDefault]
	}
	return &k.links[k.rows[from][to]]
}
