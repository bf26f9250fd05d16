package network

import (
	"errors"
	"fmt"
	"math"
	"time"

	"mpcomm/sim/rng"
)

// maxOverrides leaves room for the default and the loopback among the classes
// of links, which a row names by sixteen bits.
const maxOverrides = math.MaxUint16 - 1

// check reports everything that is wrong with c.
func (c *Config) check() error {
	if c.Peers < 1 || c.Peers > MaxPeers {
		// The rest is checked against the number of peers.
		return fmt.Errorf("network: %d peers: want 1..%d", c.Peers, MaxPeers)
	}
	var r faultList
	r.link("default link", &c.Default)
	if c.Loopback != nil {
		r.link("loopback", c.Loopback)
	}
	if len(c.Overrides) > maxOverrides {
		r.add("%d overrides: want at most %d", len(c.Overrides), maxOverrides)
	}
	for i := range c.Overrides {
		o := &c.Overrides[i]
		where := fmt.Sprintf("override %d", i)
		r.link(where, &o.Link)
		r.addrs(where+": from", o.From, c.Peers)
		r.addrs(where+": to", o.To, c.Peers)
	}
	if len(c.Changes) > math.MaxUint16 {
		r.add("%d changes: want at most %d", len(c.Changes), math.MaxUint16)
	}
	for i := range c.Changes {
		r.change(fmt.Sprintf("change %d", i), &c.Changes[i], c.Peers)
	}
	r.places(c)
	r.explicit(c)
	for i := range c.Partitions {
		r.partition(i, &c.Partitions[i], c.Peers)
	}
	return errors.Join(r...)
}

// faultList collects what is wrong, so that all of it is reported at once.
type faultList []error

func (r *faultList) add(format string, args ...any) {
	*r = append(*r, fmt.Errorf("network: "+format, args...))
}

func (r *faultList) ratio(where, name string, p rng.Ratio) {
	if p.Num > p.Den {
		r.add("%s: %s %d/%d: want a probability 0..1", where, name, p.Num, p.Den)
	}
}

func (r *faultList) change(where string, c *Change, peers int) {
	if c.Set == 0 || c.Set >= allProperties {
		r.add("%s: set %#x: want one or more of the properties there are", where, uint16(c.Set))
	}
	// On its own a queue has no bandwidth, but its link may.
	l := c.Link
	if c.Set&SetBandwidth == 0 && l.Queue > 0 {
		l.Bandwidth = 1
	}
	r.link(where, &l)
	r.addrs(where+": from", c.From, peers)
	r.addrs(where+": to", c.To, peers)
}

func (r *faultList) link(where string, l *Link) {
	r.ratio(where, "loss", l.Loss)
	r.ratio(where, "duplicate", l.Duplicate)
	r.ratio(where, "reorder", l.Reorder)
	r.ratio(where, "corrupt", l.Corrupt)
	if l.MTU < 0 {
		r.add("%s: mtu %d bytes: want 0 (no bound) or more", where, l.MTU)
	}
	if l.Bandwidth < 0 {
		r.add("%s: bandwidth %d bit/s: want 0 (none) or more", where, l.Bandwidth)
	}
	if l.Queue < 0 {
		r.add("%s: queue %d bytes: want 0 (no bound) or more", where, l.Queue)
	}
	if l.Queue > 0 && l.Bandwidth == 0 {
		r.add("%s: queue %d bytes without a bandwidth never fills: want a bandwidth above 0, or queue 0", where, l.Queue)
	}
	r.correlation(where+": correlation", l.Correlation)
	r.stalls(where+": stalls", l.Stalls)
	if l.Burst == nil {
		return
	}
	where += ": burst"
	r.ratio(where, "p", l.Burst.P)
	r.ratio(where, "r", l.Burst.R)
	r.ratio(where, "good", l.Burst.Good)
	r.ratio(where, "bad", l.Burst.Bad)
	if l.Burst.P.Num == 0 && l.Burst.R.Num == 0 {
		r.add("%s: p and r are both 0, so that no state is the stationary one: want one above 0", where)
	}
	if l.Burst.Every <= 0 {
		r.add("%s: every %s: want more than 0s", where, l.Burst.Every)
	}
	if l.Loss.Num > 0 {
		r.add("%s: loss %s is set as well: want one of the two", where, l.Loss)
	}
}

func (r *faultList) correlation(where string, c *Correlation) {
	switch {
	case c == nil:
		return
	case c.Every <= 0:
		r.add("%s: every %s: want more than 0s", where, c.Every)
	case c.Span < c.Every || c.Span%c.Every != 0 || c.Span/c.Every > MaxKnots:
		r.add("%s: span %s: want 1..%d times every, %s", where, c.Span, MaxKnots, c.Every)
	}
	r.ratio(where, "share", c.Share)
}

func (r *faultList) stalls(where string, s *Stalls) {
	if s == nil {
		return
	}
	if median := s.Every.Sample(1 << 63); median < int64(MinStallGap) {
		r.add("%s: every has a median of %s: want %s or more", where, time.Duration(median), MinStallGap)
	}
	if s.Every.CanBeNegative() || s.For.CanBeNegative() {
		r.add("%s: every or for may be negative: want distributions that are not", where)
	}
	r.ratio(where, "stragglers", s.Stragglers)
}

func (r *faultList) addrs(where string, list []Addr, peers int) {
	for _, a := range list {
		if int(a) >= peers {
			r.add("%s: peer %d: want 0..%d", where, a, peers-1)
		}
	}
}

func (r *faultList) places(c *Config) {
	rows := len(c.Base)
	if rows > MaxPeers {
		r.add("base: %d places: want at most %d", rows, MaxPeers)
	}
	for i, row := range c.Base {
		if len(row) != rows {
			r.add("base: row %d has %d columns: want %d, one for each place", i, len(row), rows)
		}
		for j, d := range row {
			if d < 0 {
				r.add("base: delay %s from place %d to place %d: want 0s or more", d, i, j)
			}
		}
	}
	switch {
	case c.Place == nil:
		return
	case len(c.Place) != c.Peers:
		r.add("place: %d entries: want %d, one for each peer", len(c.Place), c.Peers)
	case rows == 0:
		r.add("place: given without a base: want both or none")
	}
	for p, at := range c.Place {
		if rows > 0 && int(at) >= rows {
			r.add("place: peer %d at place %d: want 0..%d", p, at, rows-1)
		}
	}
}

func (r *faultList) explicit(c *Config) {
	type name struct {
		body     uint64
		from, to Addr
	}
	seen := make(map[name]int, len(c.Explicit))
	for i, e := range c.Explicit {
		where := fmt.Sprintf("explicit delay %d", i)
		if e.Body == 0 {
			r.add("%s: body 0: want the name of a message's body", where)
		}
		r.addrs(where+": from", []Addr{e.From}, c.Peers)
		r.addrs(where+": to", []Addr{e.To}, c.Peers)
		if e.Delay < 0 {
			r.add("%s: delay %s: want 0s or more", where, e.Delay)
		}
		if j, ok := seen[name{e.Body, e.From, e.To}]; ok {
			r.add("%s: same message, from and to as explicit delay %d: want one of the two", where, j)
		}
		seen[name{e.Body, e.From, e.To}] = i
	}
}

func (r *faultList) partition(i int, p *Partition, peers int) {
	where := fmt.Sprintf("partition %d", i)
	if p.Clog && (p.Hold || p.DropInFlight) {
		r.add("%s: a clog that holds or drops: want none of both", where)
	}
	switch {
	case p.Ring != nil:
		if p.Groups != nil || p.From != nil || p.To != nil {
			r.add("%s: more than one of groups, from and ring: want one", where)
		}
		r.once(where+": ring", p.Ring, peers)
		if len(p.Ring) < 4 {
			r.add("%s: ring of %d: want 4 peers or more, fewer are all neighbours", where, len(p.Ring))
		}
		return
	case p.From != nil || p.To != nil:
		if p.Groups != nil {
			r.add("%s: more than one of groups, from and ring: want one", where)
		}
		if len(p.From) == 0 || len(p.To) == 0 {
			r.add("%s: from %d peers to %d: want one or more on either side", where, len(p.From), len(p.To))
		}
		r.once(where+": from", p.From, peers)
		r.once(where+": to", p.To, peers)
		return
	}
	if len(p.Groups) < 2 || len(p.Groups) > peers {
		r.add("%s: %d groups: want 2..%d, the number of peers", where, len(p.Groups), max(peers, 2))
	}
	group := make([]int, peers)
	for g, members := range p.Groups {
		at := fmt.Sprintf("%s: group %d", where, g)
		if len(members) == 0 {
			r.add("%s: empty: want one peer or more", at)
		}
		r.addrs(at, members, peers)
		for _, a := range members {
			if int(a) >= peers {
				continue
			}
			if other := group[a]; other != 0 {
				r.add("%s: peer %d is in group %d as well: want each peer once", at, a, other-1)
			}
			group[a] = g + 1
		}
	}
}

// once checks a list of peers in which each may stand once.
func (r *faultList) once(where string, list []Addr, peers int) {
	r.addrs(where, list, peers)
	seen := make([]bool, peers)
	for _, a := range list {
		if int(a) >= peers {
			continue
		}
		if seen[a] {
			r.add("%s: peer %d is named twice: want each peer once", where, a)
		}
		seen[a] = true
	}
}

// mustBeAddr panics on an address that no peer has: the caller's counting of
// peers is broken, and a fate for nobody would be lost silently.
func (n *Network) mustBeAddr(a Addr) {
	if int(a) >= n.peers {
		panic(fmt.Sprintf("network: invariant: address %d in a network of %d peers", a, n.peers))
	}
}
