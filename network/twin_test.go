package network

import (
	"math/big"
	"slices"
	"time"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// twin is the network as its documentation reads: maps, no fast path, every
// draw hashed for itself, bursts from slot 0 on, queues in exact fractions.
type twin struct {
	c       Config
	root    rng.Key
	latest  map[[2]Addr]sim.Time
	free    map[[2]Addr]sim.Time
	states  map[twinBurst][]bool // bad or not, by slot
	used    map[int]bool
	active  map[int]bool
	lasting map[int]bool // changes
	met     map[int]uint64
	struck  map[int]uint64
	waiting []twinHeld
	counts  Counts
}

type twinHeld struct {
	p      Packet
	forced *Explicit
}

func newTwin(c Config, root rng.Key) *twin {
	return &twin{
		c: c, root: root,
		latest: map[[2]Addr]sim.Time{}, free: map[[2]Addr]sim.Time{},
		states: map[twinBurst][]bool{}, used: map[int]bool{}, active: map[int]bool{}, lasting: map[int]bool{}, met: map[int]uint64{}, struck: map[int]uint64{},
	}
}

func (w *twin) draw(purpose string, p Packet, copied uint64) uint64 {
	return w.root.Name(purpose).With(uint64(p.Name)).Word(uint64(p.To) | copied<<16)
}

func (w *twin) link(p Packet) Link {
	l := w.c.Default
	if p.From == p.To {
		if w.c.Loopback != nil {
			l = *w.c.Loopback
		}
		l = Link{Datagram: l.Datagram, NoBase: l.NoBase, Excess: l.Excess}
	}
	for _, o := range w.c.Overrides {
		from, to := slices.Contains(o.From, p.From), slices.Contains(o.To, p.To)
		if p.From == p.To && !(from && to) {
			continue
		}
		if (from || len(o.From) == 0) && (to || len(o.To) == 0) {
			l = o.Link
		}
	}
	for i, c := range w.c.Changes {
		from, to := slices.Contains(c.From, p.From), slices.Contains(c.To, p.To)
		if !w.lasting[i] || p.From == p.To && !(from && to) {
			continue
		}
		if (from || len(c.From) == 0) && (to || len(c.To) == 0) {
			l = changed(l, c)
		}
	}
	return l
}

// changed takes property by property from the one link or from the other.
func changed(l Link, c Change) Link {
	from := func(p Properties) *Link {
		if c.Set&p != 0 {
			return &c.Link
		}
		return &l
	}
	return Link{
		Excess: from(SetDelay).Excess, NoBase: from(SetDelay).NoBase, Datagram: from(SetOrder).Datagram,
		Loss: from(SetLoss).Loss, Burst: from(SetLoss).Burst, Duplicate: from(SetDuplicate).Duplicate,
		Reorder: from(SetReorder).Reorder, ReorderExtra: from(SetReorder).ReorderExtra,
		Bandwidth: from(SetBandwidth).Bandwidth, Queue: from(SetQueue).Queue, MTU: from(SetMTU).MTU,
		Corrupt: from(SetCorrupt).Corrupt, Down: from(SetDown).Down,
		Correlation: from(SetCorrelation).Correlation, Stalls: from(SetStalls).Stalls,
	}
}

func (w *twin) base(from, to Addr) time.Duration {
	if len(w.c.Base) == 0 {
		return 0
	}
	place := func(p Addr) int {
		if w.c.Place != nil {
			return int(w.c.Place[p])
		}
		return int(p) % len(w.c.Base)
	}
	return w.c.Base[place(from)][place(to)]
}

func (w *twin) separates(i int, a, b Addr) bool {
	ga, gb := -1, -1
	for g, members := range w.c.Partitions[i].Groups {
		if slices.Contains(members, a) {
			ga = g
		}
		if slices.Contains(members, b) {
			gb = g
		}
	}
	return ga >= 0 && gb >= 0 && ga != gb
}

func (w *twin) broadcast(now sim.Time, p Packet) []Fate {
	var fates []Fate
	for to := range w.c.Peers {
		if p.To = Addr(to); p.To != p.From {
			fates = append(fates, w.send(now, p)...)
		}
	}
	return fates
}

func (w *twin) send(now sim.Time, p Packet) []Fate {
	var forced *Explicit
	for i, e := range w.c.Explicit {
		if p.Body != 0 && e.Body == p.Body && e.From == p.From && e.To == p.To && !w.used[i] {
			w.used[i] = true
			forced = &w.c.Explicit[i]
		}
	}
	if p.From == p.To {
		before := w.counts
		fates := w.transmit(now, p, forced)
		before.Clamped = w.counts.Clamped
		w.counts = before
		return fates
	}
	w.counts.Sent++
	return w.route(now, p, forced)
}

func (w *twin) route(now sim.Time, p Packet, forced *Explicit) []Fate {
	for i, c := range w.c.Changes {
		if w.lasting[i] && (len(c.From) == 0 || slices.Contains(c.From, p.From)) && (len(c.To) == 0 || slices.Contains(c.To, p.To)) {
			w.met[i]++
		}
	}
	cut, held := false, false
	for i := range w.active {
		if w.separates(i, p.From, p.To) {
			w.struck[i]++
			cut = cut || !w.c.Partitions[i].Hold
			held = held || w.c.Partitions[i].Hold
		}
	}
	switch {
	case cut:
		w.counts.Lost++
		w.counts.Cut++
		return []Fate{{now, p.Ref, p.To, Cut, 0}}
	case held:
		w.counts.Held++
		w.counts.Holding++
		w.waiting = append(w.waiting, twinHeld{p, forced})
		return []Fate{{now, p.Ref, p.To, Held, 0}}
	}
	return w.transmit(now, p, forced)
}

func (w *twin) transmit(now sim.Time, p Packet, forced *Explicit) []Fate {
	l := w.link(p)
	pair := [2]Addr{p.From, p.To}
	switch {
	case l.Down:
		w.counts.Lost++
		w.counts.NoLink++
		return []Fate{{now, p.Ref, p.To, NoLink, 0}}
	case l.MTU > 0 && int64(p.Bytes) > l.MTU:
		w.counts.Lost++
		w.counts.TooBig++
		return []Fate{{now, p.Ref, p.To, TooBig, 0}}
	}
	leaves := now
	var at sim.Time
	if forced != nil {
		if forced.Lost {
			w.counts.Lost++
			w.counts.Forced++
			return []Fate{{now, p.Ref, p.To, Lost, 0}}
		}
		at = now.Add(forced.Delay)
	} else {
		if l.Bandwidth > 0 {
			if w.full(now, p, l) {
				w.counts.Lost++
				w.counts.Full++
				return []Fate{{now, p.Ref, p.To, Full, 0}}
			}
			leaves = max(now, w.free[pair]).Add(serves(p.Bytes, l.Bandwidth))
			w.free[pair] = leaves
		}
		if w.loses(leaves, p, l) {
			w.counts.Lost++
			w.counts.Random++
			return []Fate{{now, p.Ref, p.To, Lost, 0}}
		}
		at = w.stall(now, leaves.Add(w.delay(leaves, p, l, 0)), p, l, 0)
	}
	inOrder := func(at sim.Time) sim.Time {
		if !l.Datagram {
			at = max(at, w.latest[pair])
			w.latest[pair] = at
		}
		return at
	}
	fates := []Fate{{inOrder(at), p.Ref, p.To, w.lands(p, l, 0, forced), 0}}
	if l.Duplicate.Chance().Hit(w.draw("duplicate", p, 0)) {
		w.counts.Duplicated++
		at := w.stall(now, leaves.Add(w.delay(leaves, p, l, 1)), p, l, 1)
		fates = append(fates, Fate{inOrder(at), p.Ref, p.To, w.lands(p, l, 1, nil), 1})
	}
	return fates
}

func (w *twin) lands(p Packet, l Link, copied uint64, forced *Explicit) Verdict {
	if forced == nil && l.Corrupt.Chance().Hit(w.draw("corrupt", p, copied)) {
		w.counts.Lost++
		w.counts.Corrupted++
		return Corrupted
	}
	w.counts.Arriving++
	return Arrives
}

func (w *twin) positive(draw int64) time.Duration {
	if draw < 0 {
		w.counts.Clamped++
		return 0
	}
	return time.Duration(draw)
}

func (w *twin) delay(leaves sim.Time, p Packet, l Link, copied uint64) time.Duration {
	delay := w.positive(l.Excess.Sample(w.correlated(leaves, w.draw("delay", p, copied), p, l)))
	if l.Datagram && l.Reorder.Chance().Hit(w.draw("reorder", p, copied)) {
		w.counts.Reordered++
		delay += w.positive(l.ReorderExtra.Sample(w.draw("reorder-extra", p, copied)))
	}
	if !l.NoBase {
		delay += w.base(p.From, p.To)
	}
	return delay
}

// serves is bytes*8/bandwidth in nanoseconds, rounded up.
func serves(bytes int32, bandwidth int64) time.Duration {
	need := new(big.Int).Mul(big.NewInt(int64(bytes)), big.NewInt(8e9))
	need.Add(need, big.NewInt(bandwidth-1))
	return time.Duration(need.Div(need, big.NewInt(bandwidth)).Int64())
}

// full compares the bytes not yet sent and those of p with the queue, as
// fractions of a byte.
func (w *twin) full(now sim.Time, p Packet, l Link) bool {
	free := w.free[[2]Addr{p.From, p.To}]
	if l.Queue == 0 || free <= now {
		return false
	}
	bits := new(big.Int).Mul(big.NewInt(int64(free-now)), big.NewInt(l.Bandwidth))
	unsent := new(big.Rat).SetFrac(bits, big.NewInt(8e9))
	unsent.Add(unsent, new(big.Rat).SetInt64(int64(p.Bytes)))
	return unsent.Cmp(new(big.Rat).SetInt64(l.Queue)) > 0
}

func (w *twin) loses(leaves sim.Time, p Packet, l Link) bool {
	chance := l.Loss.Chance()
	if g := l.Burst; g != nil {
		chance = g.Good.Chance()
		if w.bad(leaves, p, g) {
			chance = g.Bad.Chance()
		}
	}
	return chance.Hit(w.draw("loss", p, 0))
}

func (w *twin) arrive(from, to Addr) Verdict {
	v := Arrives
	for i := range w.active {
		if w.c.Partitions[i].DropInFlight && w.separates(i, from, to) {
			w.struck[i]++
			v = Cut
		}
	}
	if v == Cut {
		w.counts.Arriving--
		w.counts.Lost++
		w.counts.Cut++
		w.counts.InFlight++
	}
	return v
}

func (w *twin) apply(now sim.Time, f Fault) []Fate {
	if !f.Heal {
		w.active[f.Partition] = true
		return nil
	}
	delete(w.active, f.Partition)
	if !w.c.Partitions[f.Partition].Hold {
		return nil
	}
	var fates []Fate
	var stay []twinHeld
	for _, h := range w.waiting {
		keep := !w.separates(f.Partition, h.p.From, h.p.To)
		for i := range w.active {
			keep = keep || w.c.Partitions[i].Hold && w.separates(i, h.p.From, h.p.To)
		}
		if keep {
			stay = append(stay, h)
			continue
		}
		w.counts.Holding--
		fates = append(fates, w.route(now, h.p, h.forced)...)
	}
	w.waiting = stay
	return fates
}
