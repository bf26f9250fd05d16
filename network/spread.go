package network

import (
	"slices"
	"time"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// Where a delay is below calmDelay, its base too, and the time below calmTime,
// no sum overflows and none needs a test.
const (
	calmDelay = 1 << 61
	calmTime  = 1 << 62
)

// calm reports whether every draw is 0 or more and below calmDelay.
func calm(d *rng.Dist) bool {
	least, most, _ := d.MinMax()
	return least >= 0 && most < calmDelay
}

// spread is Broadcast where delays and losses alone decide: tight loops over
// the receivers, one for each thing that l, the link to all of them, does.
// Drawing comes first and on its own, since it costs most and what follows then
// runs on memory that is at hand.
func (n *Network) spread(now sim.Time, p *Packet, l *link, out []Fate) []Fate {
	size, from := len(out), int(p.From)
	drawn := n.drawn
	l.excess.SampleOthers(n.keys.delay.With(uint64(p.Name)), from, drawn)
	if cap(out)-size < len(drawn) {
		out = slices.Grow(out, len(drawn))
	}
	out = out[:size+len(drawn)]
	fates := out[size:]
	if l.ordered && !l.lossy && !(l.based && n.place != nil) {
		fillInOrder(fates, from, now, p.Ref, drawn, n.arrivals(p.From))
		n.counts.Arriving += uint64(len(fates))
		return out
	}
	for i, delay := range drawn {
		fates[i] = Fate{At: now + sim.Time(delay), Ref: p.Ref, To: Addr(rng.Other(i, from))}
	}
	if l.based && n.place != nil {
		addBase(fates, n.place, n.base[int(n.place[from])*n.places:][:n.places])
	}
	var lost uint64
	if l.burst != nil {
		lost = n.loseInBursts(fates, now, p, l.burst)
	} else if l.lossy {
		lost = lose(fates, now, n.keys.loss.With(uint64(p.Name)), l.loss)
	}
	if l.ordered {
		order(fates, n.arrivals(p.From))
	}
	n.counts.Arriving += uint64(len(fates)) - lost
	n.counts.Random += lost
	n.counts.Lost += lost
	return out
}

// fillInOrder makes fates those of all but from: arrivals later than now by what
// was drawn for each, and no earlier than the previous on the same link.
func fillInOrder(fates []Fate, from int, now sim.Time, ref uint32, drawn []int64, previous []sim.Time) {
	drawn = drawn[:len(fates)]
	for i := range fates {
		to := rng.Other(i, from)
		before := &previous[to]
		at := max(now+sim.Time(drawn[i]), *before)
		*before = at
		fates[i] = Fate{At: at, Ref: ref, To: Addr(to)}
	}
}

// addBase adds the base delays of a row to those at the receivers' places.
func addBase(fates []Fate, place []uint16, row []time.Duration) {
	for i := range fates {
		f := &fates[i]
		f.At += sim.Time(row[place[f.To]])
	}
}

// lose takes out what is lost and returns how many that are.
func lose(fates []Fate, now sim.Time, key rng.Key, chance rng.Chance) (lost uint64) {
	for i := range fates {
		if f := &fates[i]; chance.Hit(key.Word(uint64(f.To))) {
			f.At, f.Verdict = now, Lost
			lost++
		}
	}
	return lost
}

// loseInBursts is lose on links that lose in bursts.
func (n *Network) loseInBursts(fates []Fate, now sim.Time, p *Packet, b *burst) (lost uint64) {
	key, slot := n.keys.loss.With(uint64(p.Name)), b.slot(now)
	marks := n.burstMarks(p.From)
	for i := range fates {
		f := &fates[i]
		chance := b.chance(b.isBad(n.keys.burst, p.From, f.To, &marks[f.To], slot))
		if !chance.Never() && chance.Hit(key.Word(uint64(f.To))) {
			f.At, f.Verdict = now, Lost
			lost++
		}
	}
	return lost
}

// order applies the rule of fifo links to a row of previous arrivals, by
// receiver. What is lost leaves no trace there.
func order(fates []Fate, previous []sim.Time) {
	for i := range fates {
		f := &fates[i]
		if f.Verdict != Arrives {
			continue
		}
		before := &previous[f.To]
		f.At = max(f.At, *before)
		*before = f.At
	}
}
