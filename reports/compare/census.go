package compare

import (
	"slices"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/result"
)

// FindingKind says what is wrong.
type FindingKind uint8

// The kinds of findings. That all logs agree says nothing about causes, and the
// other way round, so the two stay apart.
const (
	Disagree FindingKind = iota // P and Q log A and B in opposite orders, or one lacks A
	Acausal                     // A is a cause of B, and P logs B first, or never A
)

// String returns disagree or acausal.
func (k FindingKind) String() string { return [...]string{"disagree", "acausal"}[k] }

// Finding is one difference with its one mechanism.
type Finding struct {
	Kind FindingKind
	// Of two logs that disagree P logs A first and Q logs B first; of a missing
	// message P logs A, Q never does, and B is history.NoRef. Where causality is
	// broken P logs B before A, or never A, and Q is P.
	P, Q peer.ID
	A, B history.Ref // a number beyond the broadcasts is a message nobody broadcast
	Why  Mechanism
}

// MostClassified is how many discordant pairs a census classifies unless it is
// told otherwise: about a tenth of a second's work.
const MostClassified = 1 << 22

// CensusOptions say how far a census goes.
type CensusOptions struct {
	Seed uint64 // as in the Options of the comparison
	// Receivers are those whose logs are searched for causes after their
	// effects; nil = all compared ones. See history.Quality.
	Receivers []peer.ID
	// Acausal is how many causal violations are left out where the vector clocks
	// do not fit in memory.
	Acausal uint64
	Most    uint64         // discordant pairs to classify; 0 = MostClassified
	Each    func(*Finding) // is told every finding that is counted, and FirstDifference whether it is or not; may be nil
}

// Census finds the mechanism of every difference between the logs last
// compared, and counts. facts may be nil. It takes time proportional to the
// logs of all compared pairs and to the differences, and must be called before
// the history changes.
func (c *Comparer) Census(facts Facts, o CensusOptions) result.Mechanisms {
	c.layOut()
	if facts == nil {
		facts = NoFacts{}
	}
	if o.Most == 0 {
		o.Most = MostClassified
	}
	k := census{c: c, options: o, left: o.Most}
	if !k.prepare(facts) {
		k.countOnly()
		return k.out
	}
	k.disagreements()
	k.acausal()
	c.taken = &k
	return k.out
}

// census is one under way.
type census struct {
	c       *Comparer
	options CensusOptions
	out     result.Mechanisms
	left    uint64 // pairs that may still be classified

	first   Finding // the first difference, if known
	known   bool
	vectors history.Vectors
	places  []int32 // by log and message: where it first stands, from 1; 0 = not there
	late    []bool  // by log and message
	stamps  []stamped
}

// stamped is the key of one message, if it has one.
type stamped struct {
	Stamp
	known bool
}

// prepare makes the tables of what is asked again and again; false if they do
// not fit in memory.
func (k *census) prepare(facts Facts) bool {
	c := k.c
	n := int(c.limit)
	if len(c.logs)*n > history.MaxVectorWords || !k.vectors.Build(c.h) {
		return false
	}
	k.places = make([]int32, len(c.logs)*n)
	k.late = make([]bool, len(c.logs)*n)
	for i, log := range c.logs {
		places := k.placesOf(i)
		for at, m := range log {
			if places[m] == 0 {
				places[m] = int32(at + 1)
			}
		}
		for m := range c.h.Broadcasts {
			_, _, k.late[i*n+m] = facts.Late(c.peers[i], history.Ref(m))
		}
	}
	k.stamps = make([]stamped, len(c.h.Broadcasts))
	for m := range k.stamps {
		k.stamps[m].Stamp, k.stamps[m].known = facts.Stamp(history.Ref(m))
	}
	return true
}

// precedes is causes, of messages in the order of broadcast.
func (c *Comparer) precedes(x, y history.Ref) bool {
	if c.taken != nil {
		return c.taken.vectors.Before(x, y)
	}
	return causes(c.h, x, y)
}

// placeOf returns where m first stands in p's log, from 0; -1 if it does not.
func (c *Comparer) placeOf(p peer.ID, m uint32) int {
	if c.taken != nil {
		if log := indexOf(c.peers, p); log >= 0 {
			return int(c.taken.placesOf(log)[m]) - 1
		}
	}
	return slices.Index(c.h.Logs[p].Refs, m)
}

func (k *census) placesOf(log int) []int32 {
	n := int(k.c.limit)
	return k.places[log*n : log*n+n]
}

// pairsOfLogs calls do for the pairs of logs that a comparison compares.
func (c *Comparer) pairsOfLogs(seed uint64, do func(i, j int)) {
	if len(c.logs) > MaxAllPairs {
		for number := range uint64(DrawnPairs) {
			i, j := c.drawn(seed, number)
			do(i, j)
		}
		return
	}
	for i := range c.logs {
		for j := i + 1; j < len(c.logs); j++ {
			do(i, j)
		}
	}
}

// disagreements goes through the pairs of logs that the comparison compared.
func (k *census) disagreements() {
	k.c.growPairs()
	if k.options.Each != nil {
		k.tellFirst()
		k.absences()
	}
	k.c.pairsOfLogs(k.options.Seed, func(i, j int) {
		if k.c.classOf[i] != k.c.classOf[j] {
			k.pair(i, j)
		}
	})
}

// tellFirst tells of the two messages at which the logs part first: their logs
// may not be among the pairs drawn, or lie beyond what is classified. It is not
// counted here, so that the counts stay those of the pairs compared. A message
// that one of the logs lacks is told with the other absences.
func (k *census) tellFirst() {
	c := k.c
	if len(c.classes) < 2 {
		return
	}
	at, other := c.parting()
	a, b := c.entryAt(0, at), c.entryAt(other, at)
	if a == ended || b == ended || k.placesOf(other)[a] == 0 || k.placesOf(0)[b] == 0 {
		return
	}
	if k.placesOf(0)[a] != int32(at)+1 || k.placesOf(other)[b] != int32(at)+1 {
		return // one of them stands there once more
	}
	k.first, k.known = Finding{Disagree, c.peers[0], c.peers[other], a, b, k.mechanism(a, b, 0, other)}, true
	k.options.Each(&k.first)
}

// told reports whether a finding is the first difference, from either side.
func (k *census) told(f *Finding) bool {
	g := &k.first
	return k.known && f.Kind == Disagree && (*f == *g || f.P == g.Q && f.Q == g.P && f.A == g.B && f.B == g.A)
}

// pair classifies the discordant pairs of two logs. Those are what an insertion
// sort moves past each other.
func (k *census) pair(i, j int) {
	c := k.c
	a, b := k.placesOf(i), &c.classes[c.classOf[j]]
	perm := c.perm[:0]
	both := 0
	for _, m := range b.list {
		if a[m] > 0 {
			perm = append(perm, m)
			if c.counts(m) {
				both++
			}
		}
	}
	k.out.Disagree.Missing += uint64(b.inside - both + c.classes[c.classOf[i]].inside - both)
	for at := 1; at < len(perm); at++ {
		y := perm[at]
		to := at
		for to > 0 && a[perm[to-1]] > a[y] {
			x := perm[to-1]
			perm[to] = x
			to--
			if !c.counts(min(x, y)) {
				continue
			}
			if k.left == 0 {
				// What is sorted so far has no discordant pair left.
				perm[to] = y
				k.out.Disagree.LeftOut += 1 + k.discordant(a, perm)
				return
			}
			k.left--
			why := k.mechanism(x, y, i, j)
			k.enter(Finding{Disagree, c.peers[i], c.peers[j], y, x, why})
		}
		perm[to] = y
	}
}

// discordant counts the discordant pairs of messages in a list whose other log
// has them at the given places.
func (k *census) discordant(places []int32, list []uint32) uint64 {
	above := func(least uint32) uint64 {
		seq := k.c.lifted[:0]
		for _, m := range list {
			if m >= least {
				seq = append(seq, uint32(places[m]))
			}
		}
		return inversions(seq, k.c.scratch)
	}
	if !k.c.narrow {
		return above(0)
	}
	return above(k.c.window.From) - above(k.c.window.Until)
}

// mechanism is the rule of Classify for two messages that the logs i and j hold
// in opposite orders; j may be i.
func (k *census) mechanism(x, y uint32, i, j int) Mechanism {
	if x > y {
		x, y = y, x
	}
	all := k.c.h.Broadcasts
	n := int(k.c.limit)
	if k.late[i*n+int(x)] || k.late[i*n+int(y)] || k.late[j*n+int(x)] || k.late[j*n+int(y)] {
		return Late
	}
	if int(y) >= len(all) {
		return Race
	}
	related := k.vectors.Before(x, y)
	if sx, sy := &k.stamps[x], &k.stamps[y]; sx.known && sy.known {
		switch {
		case related && sy.Value < sx.Value:
			return Skew
		case sx.Value == sy.Value && !sx.Decides && !sy.Decides:
			return Tie
		}
	}
	switch {
	case all[x].ID.Sender == all[y].ID.Sender:
		return FIFO
	case related:
		return Relay
	}
	return Race
}

// enter counts a finding and tells of it.
func (k *census) enter(f Finding) {
	reasons := &k.out.Disagree
	if f.Kind == Acausal {
		reasons = &k.out.Acausal
	}
	*reasons.Of(string(f.Why))++
	if k.options.Each != nil && !k.told(&f) {
		k.options.Each(&f)
	}
}

// absences tells of every message that a log lacks and another holds, against
// the lowest-numbered peer that holds it.
func (k *census) absences() {
	c := k.c
	for m := range c.limit {
		holder := -1
		for i := range c.logs {
			if k.placesOf(i)[m] > 0 {
				holder = i
				break
			}
		}
		if holder < 0 || !c.counts(m) {
			continue
		}
		for i := range c.logs {
			if k.placesOf(i)[m] == 0 {
				k.options.Each(&Finding{Disagree, c.peers[holder], c.peers[i], m, history.NoRef, Missing})
			}
		}
	}
}

// countOnly leaves out everything, and says how much.
func (k *census) countOnly() {
	c := k.c
	c.growPairs()
	places := make([]int32, c.limit)
	c.pairsOfLogs(k.options.Seed, func(i, j int) {
		a, b := &c.classes[c.classOf[i]], &c.classes[c.classOf[j]]
		clear(places)
		for at, m := range a.list {
			places[m] = int32(at + 1)
		}
		perm, both := c.perm[:0], 0
		for _, m := range b.list {
			if places[m] > 0 {
				perm = append(perm, m)
				if c.counts(m) {
					both++
				}
			}
		}
		k.out.Disagree.Missing += uint64(b.inside - both + a.inside - both)
		k.out.Disagree.LeftOut += k.discordant(places, perm)
	})
	k.out.Acausal.LeftOut = k.options.Acausal
}
