package network

import (
	"math"
	"slices"
	"time"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// spread is Broadcast where nothing but delays decides: the tight loop.
func (n *Network) spread(now sim.Time, p *Packet, out []Fate) []Fate {
	l := &n.classes.links[classDefault]
	size := len(out)
	out = slices.Grow(out, n.peers-1)[:size+n.peers-1]
	n.counts.Arriving += uint64(n.peers - 1)
	from := int(p.From)
	w := wave{now: int64(now), ref: p.Ref, key: n.keys.delay.With(uint64(p.Name)), excess: &l.excess}
	if l.based && n.place != nil {
		w.place = n.place
		w.base = n.base[int(n.place[from])*n.places:][:n.places]
	}
	if l.ordered {
		s := n.touch(p.From)
		if s.arrived == nil {
			s.arrived = make([]sim.Time, n.peers)
		}
		w.arrived = s.arrived
	}
	w.fill(out[size:size+from], 0)
	w.fill(out[size+from:], from+1)
	n.counts.Clamped += w.clamped
	return out
}

// wave is one broadcast on plain links.
type wave struct {
	now     int64
	ref     uint32
	key     rng.Key
	excess  *rng.Dist
	place   []uint16        // nil = no base
	base    []time.Duration // from the sender's place
	arrived []sim.Time      // of the sender's row; nil = datagram
	clamped uint64
}

// fill writes the fates of the receivers first, first+1 and so on.
func (w *wave) fill(fates []Fate, first int) {
	var arrived []sim.Time
	if w.arrived != nil {
		arrived = w.arrived[first:][:len(fates)]
	}
	for i := range fates {
		to := first + i
		delay := w.excess.Sample(w.key.Word(uint64(to)))
		if delay < 0 {
			w.clamped++
			delay = 0
		}
		if w.place != nil {
			delay = saturated(delay, int64(w.base[w.place[to]]))
		}
		at := w.now + delay
		if at < w.now {
			at = math.MaxInt64
		}
		if arrived != nil {
			at = max(at, int64(arrived[i]))
			arrived[i] = sim.Time(at)
		}
		fates[i] = Fate{At: sim.Time(at), Ref: w.ref, To: Addr(to)}
	}
}
