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

	correlation *correlation // nil = none
	stalls      *stalls      // nil = none

	bandwidth uint64 // bits per second; 0 = none
	queue     uint64 // bytes; 0 = no bound
	mtu       int32  // bytes; only if narrow

	plain    bool // a packet's fate is decided by its delay alone
	spreads  bool // ... or by its delay and loss, and no sum overflows
	based    bool // the base of the places is added
	fifo     bool // packets never overtake each other
	ordered  bool // ... and a row of previous arrivals is needed to keep the order
	lossy    bool // loss is not never, or burst is set
	doubles  bool
	reorders bool
	down     bool
	narrow   bool // down, or with an mtu that a packet may exceed
	corrupts bool
	timed    bool // correlation or stalls

	changed []int // the changes that it is under
}

// compile makes l ready. In a network without explicit delays and without
// changes (uneven false) a fifo link with a constant excess that never stalls
// needs no memory of arrivals: its packets cannot overtake, since they leave in
// order.
func compile(l *Link, uneven bool) link {
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
		fifo:      !l.Datagram,
		ordered:   !l.Datagram && (uneven || l.Stalls != nil || !l.Excess.IsConstant()),

		correlation: l.Correlation.compile(),
		stalls:      l.Stalls.compile(),
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
	c.timed = c.correlation != nil || c.stalls != nil
	c.lossy = c.burst != nil || !c.loss.Never()
	c.doubles = !c.double.Never()
	c.reorders = !c.reorder.Never()
	delays := !c.doubles && !c.reorders && c.bandwidth == 0 && !c.narrow && !c.corrupts && !c.timed
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
	if l.correlation != nil {
		f |= correlates
	}
	if l.stalls != nil {
		f |= freezes
	}
	return f
}

// loopback is the way of a peer's own packet to itself: only delay, base and
// order of l.
func (l Link) loopback() Link {
	return Link{Datagram: l.Datagram, NoBase: l.NoBase, Excess: l.Excess}
}
