package network

import (
	"math/big"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// The twin's processes in time: each begins at time 0 whenever it is asked.

// twinBurst names one process of loss.
type twinBurst struct {
	link [2]Addr
	g    *GilbertElliott
}

// bad walks the chain forwards from its stationary start.
func (w *twin) bad(at sim.Time, p Packet, g *GilbertElliott) bool {
	key := w.root.Name("burst").With(uint64(p.From)<<16 | uint64(p.To))
	of63 := func(r rng.Ratio) *big.Int { // r*2^63, truncated
		if r.Num == 0 {
			return new(big.Int)
		}
		v := new(big.Int).Lsh(new(big.Int).SetUint64(r.Num), 63)
		return v.Div(v, new(big.Int).SetUint64(r.Den))
	}
	word := func(k int64) *big.Int { return new(big.Int).SetUint64(key.Word(uint64(k)) >> 1) }
	up, down := of63(g.P), of63(g.R)
	stationary := new(big.Int).Lsh(up, 63)
	stationary.Div(stationary, new(big.Int).Add(up, down))
	stay := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 63), down)
	of := twinBurst{[2]Addr{p.From, p.To}, g}
	states := w.states[of]
	if states == nil {
		states = []bool{word(0).Cmp(stationary) < 0}
	}
	for k := int64(len(states)); k <= int64(at)/int64(g.Every); k++ {
		if states[k-1] {
			states = append(states, word(k).Cmp(stay) < 0)
		} else {
			states = append(states, word(k).Cmp(up) < 0)
		}
	}
	w.states[of] = states
	return states[int64(at)/int64(g.Every)]
}

// correlated adds up the knots one by one, with roots and products of any
// length.
func (w *twin) correlated(leaves sim.Time, word uint64, p Packet, l Link) uint64 {
	c := l.Correlation
	if c == nil || c.Share.Num == 0 {
		return word
	}
	link := w.root.Name("knot").With(uint64(p.From)<<16 | uint64(p.To))
	phase := new(big.Int).Mul(new(big.Int).SetUint64(link.With(0).Word(0)), big.NewInt(int64(c.Every)))
	phase.Rsh(phase, 64)
	slot := (int64(leaves) + phase.Int64()) / int64(c.Every)
	knots := int64(c.Span / c.Every)
	sum := new(big.Int)
	for k := slot - knots + 1; k <= slot; k++ {
		sum.Add(sum, big.NewInt(int64(rng.ScoreOf(link.Word(uint64(k))))))
	}
	root := func(r *big.Rat) *big.Int { // of r, in units of 2^-32
		x := new(big.Int).Lsh(r.Num(), 64)
		x.Sqrt(x.Div(x, r.Denom()))
		if one := new(big.Int).Lsh(big.NewInt(1), 32); x.Cmp(one) == 0 {
			x.Sub(x, big.NewInt(1)) // as large as the units of the network go
		}
		return x
	}
	share := new(big.Rat).SetFrac(new(big.Int).SetUint64(c.Share.Num), new(big.Int).SetUint64(c.Share.Den))
	own := new(big.Rat).Sub(big.NewRat(1, 1), share)
	sum.Mul(sum, root(share.Quo(share, big.NewRat(knots, 1))))
	mine := big.NewInt(int64(rng.ScoreOf(word)))
	mine.Mul(mine, root(own))
	unit := new(big.Int).Lsh(big.NewInt(1), 32)
	return rng.Score(sum.Quo(sum, unit).Int64() + mine.Quo(mine, unit).Int64()).Word()
}

// stall lists the stalls of the link from time 0 on until one begins after the
// arrival.
func (w *twin) stall(now, at sim.Time, p Packet, l Link, copied uint64) sim.Time {
	s := l.Stalls
	if s == nil {
		return at
	}
	thaw := func(at sim.Time) sim.Time {
		link := w.root.Name("stall").With(uint64(p.From)<<16 | uint64(p.To))
		begins, ends := sim.Time(0), sim.Time(0)
		ahead := 0 // stalls looked at that had not ended at the sending
		for k := uint64(0); begins <= at && ahead <= 1001; k++ {
			if ends > now {
				ahead++
			}
			if begins <= at && at < ends && ahead <= 1001 {
				at = ends
			}
			begins = ends + sim.Time(s.Every.Sample(link.Word(2*k)))
			ends = begins + sim.Time(s.For.Sample(link.Word(2*k+1)))
		}
		return at
	}
	until := thaw(at)
	if until == at {
		return at
	}
	w.counts.Stalled++
	if s.Stragglers.Chance().Hit(w.draw("straggle", p, copied)) {
		w.counts.Straggled++
		until = thaw(until.Add(w.positive(s.Later.Sample(w.draw("straggle-later", p, copied)))))
	}
	return until
}
