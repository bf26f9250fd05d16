package network

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// draws are the keys of one packet's draws, before receiver and copy.
type draws struct {
	delay, loss, double, reorder, extra, corrupt, straggle, later rng.Key
}

func (n *Network) draws(name rng.Key) draws {
	d := draws{delay: n.keys.delay.With(uint64(name))}
	if n.mask&(loses|doubles|reorders|corrupts|freezes) == 0 {
		return d
	}
	if n.mask&loses != 0 {
		d.loss = n.keys.loss.With(uint64(name))
	}
	if n.mask&doubles != 0 {
		d.double = n.keys.double.With(uint64(name))
	}
	if n.mask&reorders != 0 {
		d.reorder = n.keys.reorder.With(uint64(name))
		d.extra = n.keys.extra.With(uint64(name))
	}
	if n.mask&corrupts != 0 {
		d.corrupt = n.keys.corrupt.With(uint64(name))
	}
	if n.mask&freezes != 0 {
		d.straggle = n.keys.straggle.With(uint64(name))
		d.later = n.keys.later.With(uint64(name))
	}
	return d
}

// word is the last part of a draw's name: receiver and copy.
func word(to Addr, copied uint8) uint64 { return uint64(to) | uint64(copied)<<16 }

// Send decides the fate of one packet from p.From to p.To and appends it to
// out, followed by that of a duplicate if there is one. A packet to its own
// sender goes the way of Self.
func (n *Network) Send(now sim.Time, p Packet, out []Fate) []Fate {
	if p.From == p.To {
		return n.Self(now, p, out)
	}
	n.mustBeAddr(p.From)
	n.mustBeAddr(p.To)
	n.at(now)
	n.counts.Sent++
	l := n.current().between(p.From, p.To)
	lo, hi := n.explicitOf(&p)
	if l.plain && lo == hi && len(n.active) == 0 {
		n.counts.Arriving++
		d := draws{delay: n.keys.delay.With(uint64(p.Name))}
		at := n.inOrder(n.arrival(now, d.delay.Word(word(p.To, 0)), &p, l, &d, 0), &p, l)
		return append(out, Fate{At: at, Ref: p.Ref, To: p.To})
	}
	d := n.draws(p.Name)
	return n.route(now, &p, l, &d, n.takeExplicit(lo, hi, p.To), out)
}

// Broadcast decides the fates of one packet to every peer but p.From and
// appends them to out, by receiver, each followed by that of its duplicate if
// there is one.
func (n *Network) Broadcast(now sim.Time, p Packet, out []Fate) []Fate {
	n.mustBeAddr(p.From)
	n.at(now)
	n.counts.Sent += uint64(n.peers - 1)
	k := n.current()
	var row []uint32
	if k.rows != nil {
		row = k.rows[p.From]
	}
	lo, hi := 0, 0
	if len(n.forced) > 0 {
		lo, hi = n.explicitOf(&p)
	}
	if l := &k.links[classDefault]; row == nil && lo == hi && l.spreads && len(n.active) == 0 && now < calmTime {
		return n.spread(now, &p, l, out)
	}
	return n.oneByOne(now, &p, k, row, lo, hi, out)
}

// oneByOne is Broadcast where packets must be looked at closely; row says which
// links serve the receivers, nil for the default, and lo..hi-1 are the explicit
// delays of the body.
func (n *Network) oneByOne(now sim.Time, p *Packet, k *classes, row []uint32, lo, hi int, out []Fate) []Fate {
	l := &k.links[classDefault]
	d := n.draws(p.Name)
	out = slices.Grow(out, n.peers-1)
	for to := range n.peers {
		if to == int(p.From) {
			continue
		}
		if row != nil {
			l = &k.links[row[to]]
		}
		p.To = Addr(to)
		forced := none
		if lo != hi {
			forced = n.takeExplicit(lo, hi, p.To)
		}
		out = n.route(now, p, l, &d, forced, out)
	}
	return out
}

// Self decides the fate of a peer's own packet to itself, on Config.Loopback
// or on the Override that names the pair. It is in no count save Clamped.
func (n *Network) Self(now sim.Time, p Packet, out []Fate) []Fate {
	n.mustBeAddr(p.From)
	n.at(now)
	p.To = p.From
	counts := n.counts
	d := n.draws(p.Name)
	lo, hi := n.explicitOf(&p)
	out = n.transmit(now, &p, n.current().between(p.From, p.From), &d, n.takeExplicit(lo, hi, p.From), out)
	counts.Clamped = n.counts.Clamped
	n.counts = counts
	return out
}

// route sends a packet unless a partition is in its way.
func (n *Network) route(now sim.Time, p *Packet, l *link, d *draws, forced int, out []Fate) []Fate {
	for _, i := range l.changed {
		n.changes.met[i]++
	}
	if len(n.active) > 0 {
		switch v := n.strike(p.From, p.To); v {
		case Cut:
			n.counts.Lost++
			n.counts.Cut++
			return append(out, Fate{At: now, Ref: p.Ref, To: p.To, Verdict: v})
		case Held:
			n.counts.Held++
			n.counts.Holding++
			n.held = append(n.held, heldPacket{*p, forced})
			return append(out, Fate{At: now, Ref: p.Ref, To: p.To, Verdict: v})
		}
	}
	return n.transmit(now, p, l, d, forced, out)
}

// transmit puts a packet on its link: what it can carry, queue, loss, delay,
// duplication.
func (n *Network) transmit(now sim.Time, p *Packet, l *link, d *draws, forced int, out []Fate) []Fate {
	fate := Fate{At: now, Ref: p.Ref, To: p.To}
	if l.narrow && (l.down || p.Bytes > l.mtu) {
		fate.Verdict = n.refuse(l)
		return append(out, fate)
	}
	leaves := now
	var at sim.Time
	if forced != none {
		e := &n.forced[forced]
		if e.Lost {
			n.counts.Lost++
			n.counts.Forced++
			fate.Verdict = Lost
			return append(out, fate)
		}
		at = now.Add(e.Delay)
	} else {
		if l.bandwidth != 0 {
			if leaves = n.queue(now, p, l); leaves == refused {
				n.counts.Lost++
				n.counts.Full++
				fate.Verdict = Full
				return append(out, fate)
			}
		}
		if l.lossy && n.loses(leaves, p, l, d) {
			n.counts.Lost++
			n.counts.Random++
			fate.Verdict = Lost
			return append(out, fate)
		}
		at = n.travel(leaves, p, l, d, 0)
	}
	fate.At = n.inOrder(at, p, l)
	fate.Verdict = n.landing(p, l, d, 0, forced != none)
	out = append(out, fate)
	if !l.doubles || !l.double.Hit(d.double.Word(word(p.To, 0))) {
		return out
	}
	n.counts.Duplicated++
	fate.At = n.inOrder(n.travel(leaves, p, l, d, 1), p, l)
	fate.Verdict = n.landing(p, l, d, 1, false)
	fate.Copy = 1
	return append(out, fate)
}

// refuse says why a link does not take a packet, and counts it.
func (n *Network) refuse(l *link) Verdict {
	n.counts.Lost++
	if l.down {
		n.counts.NoLink++
		return NoLink
	}
	n.counts.TooBig++
	return TooBig
}

// landing says whether a packet or its copy reaches the receiver whole, and
// counts it. A packet with an explicit delay does.
func (n *Network) landing(p *Packet, l *link, d *draws, copied uint8, whole bool) Verdict {
	if l.corrupts && !whole && l.corrupt.Hit(d.corrupt.Word(word(p.To, copied))) {
		n.counts.Lost++
		n.counts.Corrupted++
		return Corrupted
	}
	n.counts.Arriving++
	return Arrives
}

// travel is when a packet that leaves at a time would arrive if it were alone
// on its link.
func (n *Network) travel(leaves sim.Time, p *Packet, l *link, d *draws, copied uint8) sim.Time {
	name := word(p.To, copied)
	drawn := d.delay.Word(name)
	if !l.timed {
		return n.arrival(leaves, drawn, p, l, d, copied)
	}
	if c := l.correlation; c != nil {
		marks := n.levelMarks(p.From)
		drawn = c.correlate(drawn, c.level(n.keys.knot, p.From, p.To, &marks[p.To], leaves))
	}
	at := n.arrival(leaves, drawn, p, l, d, copied)
	if l.stalls != nil {
		at = n.stalled(at, p, l, d, name)
	}
	return at
}

// arrival is travel where a word has been drawn for the delay and the link does
// not stall.
func (n *Network) arrival(leaves sim.Time, drawn uint64, p *Packet, l *link, d *draws, copied uint8) sim.Time {
	name := word(p.To, copied)
	delay := n.clamped(l.excess.Sample(drawn))
	if l.reorders && l.reorder.Hit(d.reorder.Word(name)) {
		n.counts.Reordered++
		delay = saturated(delay, n.clamped(l.extra.Sample(d.extra.Word(name))))
	}
	if l.based && n.place != nil {
		delay = saturated(delay, int64(n.base[int(n.place[p.From])*n.places+int(n.place[p.To])]))
	}
	return sim.Time(saturated(int64(leaves), delay))
}

// clamped is a drawn delay, or 0 for a negative draw, counted.
func (n *Network) clamped(draw int64) int64 {
	if draw < 0 {
		n.counts.Clamped++
		return 0
	}
	return draw
}

// saturated adds a delay, 0 or more, to a time or a delay, 0 or more.
func saturated(t, d int64) int64 {
	if sum := t + d; sum >= t {
		return sum
	}
	return math.MaxInt64
}

// inOrder applies the rule of fifo links: no packet arrives before one that was
// sent earlier on its directed link.
func (n *Network) inOrder(at sim.Time, p *Packet, l *link) sim.Time {
	if !l.ordered {
		return at
	}
	previous := &n.arrivals(p.From)[p.To]
	*previous = max(*previous, at)
	return *previous
}

// loses reports whether the link loses a packet that leaves at a time.
func (n *Network) loses(leaves sim.Time, p *Packet, l *link, d *draws) bool {
	chance := l.loss
	if b := l.burst; b != nil {
		mark := &n.burstMarks(p.From)[p.To]
		chance = b.chance(b.isBad(n.keys.burst, p.From, p.To, mark, b.slot(leaves)))
	}
	return chance.Hit(d.loss.Word(word(p.To, 0)))
}

// refused is what queue returns for a packet that found the queue full.
const refused sim.Time = -1

// queue puts a packet into the queue of its link and returns when its last bit
// has left.
func (n *Network) queue(now sim.Time, p *Packet, l *link) sim.Time {
	if p.Bytes < 0 {
		panic(fmt.Sprintf("network: invariant: packet of %d bytes", p.Bytes))
	}
	s := n.touch(p.From)
	if s.free == nil {
		s.free = make([]sim.Time, n.peers)
	}
	begins := max(now, s.free[p.To])
	if l.queue != 0 && begins > now {
		// What is not yet sent, in units of a bit per second times a
		// nanosecond: exact, and the comparison needs no division.
		hi, lo := bits.Mul64(uint64(begins-now), l.bandwidth)
		var carry uint64
		lo, carry = bits.Add64(lo, uint64(p.Bytes)*byteNanos, 0)
		limitHi, limitLo := bits.Mul64(l.queue, byteNanos)
		if hi += carry; hi > limitHi || hi == limitHi && lo > limitLo {
			return refused
		}
	}
	// At most 2^31 bytes of 8e9 bit-nanoseconds, which fits.
	need := uint64(p.Bytes) * byteNanos
	serve := need / l.bandwidth
	if serve*l.bandwidth != need {
		serve++
	}
	leaves := sim.Time(saturated(int64(begins), int64(min(serve, uint64(sim.Never)))))
	s.free[p.To] = leaves
	return leaves
}

// byteNanos is a byte in bits, times a second in nanoseconds.
const byteNanos = 8 * 1_000_000_000
