package result

import (
	"cmp"
	"slices"
	"strconv"

	"mpcomm/reports/stats"
)

// Orderings of one cell run on the same seeds and share their draws, so they are
// compared run by run: the mean of the differences varies less than the
// difference of the means.

// pairedPaths are the numbers of a run that orderings are compared by: what they
// promise, how far the logs are apart, and what it costs. First those that are
// integers or 0 and 1, then quotients, then means of times.
var pairedPaths = [...]string{
	"virtual_ms", "complete",
	"properties.validity", "properties.agreement", "properties.fifo", "properties.causal", "properties.total",
	"divergence.identical", "divergence.positions_differing", "divergence.missing", "quality.causal_violations",
	"cost.packets", "cost.bytes",

	"divergence.contested", "divergence.inversions_per_message", "divergence.kendall_distance",
	"quality.truth_inversions_per_message", "cost.packets_per_broadcast",

	"cost.latency_ms.mean", "cost.latency_self_ms.mean", "cost.hold_ms.mean",
}

var pairedAt = [len(pairedPaths)]int(places(pairedPaths[:]))

// Sample is the numbers of one run that are compared with those of another.
type Sample struct {
	values [len(pairedPaths)]stats.Fixed
	null   uint32 // a bit for each number that is null
}

// Take reads the numbers of a run. As in Tally they are not read through the
// table of columns; a test holds the two together.
func (s *Sample) Take(o *Ordering) {
	p, d, q, c := &o.Properties, &o.Divergence, &o.Quality, &o.Cost
	s.null = 0
	integers := [...]uint64{
		uint64(o.Virtual), one(o.Complete),
		one(p.Validity == Holds), one(p.Agreement == Holds), one(p.FIFO == Holds), one(p.Causal == Holds), one(p.Total == Holds),
		one(d.Identical), uint64(d.PositionsDiffering), uint64(d.Missing), uint64(q.CausalViolations),
		c.Packets, c.Bytes,
	}
	for k, n := range integers {
		s.values[k] = stats.Fixed{Whole: n}
	}
	at := len(integers)
	for _, r := range [...]stats.Ratio{
		d.Contested, d.InversionsPerMessage, d.KendallDistance, q.TruthInversionsPerMessage, c.PacketsPerBroadcast,
		{Num: uint64(c.Latency.Mean.Sum), Den: c.Latency.Mean.Count},
		{Num: uint64(c.LatencySelf.Mean.Sum), Den: c.LatencySelf.Mean.Count},
		{Num: uint64(c.Hold.Mean.Sum), Den: c.Hold.Mean.Count},
	} {
		switch {
		case r.Den == 0:
			s.values[at] = stats.Fixed{}
			s.null |= 1 << at
		case r.Num == 0:
			s.values[at] = stats.Fixed{}
		default:
			s.values[at] = r.Fixed()
		}
		at++
	}
}

// paired sums what the runs of a tally differ by from those of another ordering.
type paired struct {
	versus string
	of     [len(pairedPaths)]pairSums
}

// pairSums are of one number. Those that stand alone, since the other run's is
// null, are no pair.
type pairSums struct{ difference, alone, other stats.Moments }

// Pair enters the run that was added last once more, as one of a pair: own is
// of that run, other of the run of the ordering called versus on the same seed.
// Either every run of a tally is paired, with the same ordering, or none is.
func (t *Tally) Pair(versus string, own, other *Sample) {
	if t.paired == nil {
		t.paired = &paired{versus: versus}
	}
	p := t.paired
	if p.versus == "" {
		p.versus = versus
	}
	if p.versus != versus {
		panic("result: runs paired with those of " + p.versus + " and of " + versus)
	}
	if own.null|other.null == 0 {
		for k := range p.of {
			p.of[k].difference.AddDifference(own.values[k], other.values[k])
		}
		return
	}
	for k := range p.of {
		switch sums := &p.of[k]; {
		case own.null>>k&1 == 0 && other.null>>k&1 == 0:
			sums.difference.AddDifference(own.values[k], other.values[k])
		case own.null>>k&1 == 0:
			sums.alone.AddFixed(own.values[k])
		case other.null>>k&1 == 0:
			sums.other.AddFixed(other.values[k])
		}
	}
}

// mergePairs enters the pairs of next.
func (t *Tally) mergePairs(next *Tally) {
	if next.paired == nil || next.paired.versus == "" {
		return
	}
	if t.paired == nil {
		t.paired = &paired{}
	}
	to := t.paired
	if to.versus == "" {
		to.versus = next.paired.versus
	}
	if to.versus != next.paired.versus {
		panic("result: runs paired with those of " + to.versus + " and of " + next.paired.versus)
	}
	for k := range to.of {
		from := &next.paired.of[k]
		to.of[k].difference.Merge(&from.difference)
		to.of[k].alone.Merge(&from.alone)
		to.of[k].other.Merge(&from.other)
	}
}

// Versus is what a line of a sweep differs by from that of another ordering of
// its cell, run by run on the same seeds.
type Versus struct {
	Ordering    string
	Differences []PairedDifference // in the order of a run's JSON
}

// PairedDifference is the mean over pairs of runs of one number less the other
// ordering's.
type PairedDifference struct {
	Path       string
	N          uint64         // pairs in which both have the number
	Mean       float64        // valid from one pair on
	Interval   stats.Interval // valid where Bounded
	Bounded    bool
	Saved      float64 // share of the variance that the pairing saves, at most 1; valid where SavedKnown
	SavedKnown bool
}

// Versus compares the runs of t with those of other, which they were paired
// with. Shares of runs get the interval of Newcombe, means that of Student over
// the differences of pairs.
func (t *Tally) Versus(other *Tally) *Versus {
	if t.paired == nil || t.paired.versus == "" {
		return nil
	}
	if t.paired.versus != other.label || t.runs != other.runs {
		panic("result: runs of " + t.label + " are compared with others than they were paired with")
	}
	t.settle()
	other.settle()
	v := &Versus{Ordering: other.label}
	for _, k := range pairedOrder {
		v.Differences = append(v.Differences, t.difference(other, k))
	}
	return v
}

// pairedOrder is the order of a run's JSON.
var pairedOrder = func() []int {
	var order []int
	for k := range pairedAt {
		order = append(order, k)
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(pairedAt[a], pairedAt[b]) })
	return order
}()

func (t *Tally) difference(other *Tally, k int) PairedDifference {
	sums := &t.paired.of[k]
	column := &columns[pairedAt[k]]
	scale := int64(1)
	if column.form == millis {
		scale = nsPerMS
	}
	s := sums.difference.Summary(scale)
	d := PairedDifference{Path: column.path, N: s.N, Mean: s.Mean}
	if s.N == 0 {
		return d
	}
	own, others := t.numbers[pairedAt[k]].Without(&sums.alone), other.numbers[pairedAt[k]].Without(&sums.other)
	d.Saved, d.SavedKnown = stats.Saved(&sums.difference, &own, &others)
	switch {
	case column.form == share:
		d.Interval, d.Bounded = sharesInterval(s.N, &sums.difference, &own, &others), true
	case s.N > 1:
		d.Interval, d.Bounded = s.Interval, true
	}
	return d
}

// sharesInterval makes the table of two answers from what moments keep: a
// difference is 1, 0 or -1, so its squares count the pairs that differ.
func sharesInterval(n uint64, difference, own, other *stats.Moments) stats.Interval {
	yes, no := uint64(own.Whole()), uint64(other.Whole())
	apart := difference.Squares()
	first := uint64(int64(apart)+difference.Whole()) / 2
	second := apart - first
	both := yes - first
	if both+second != no {
		panic("result: shares of pairs that do not add up")
	}
	return stats.Newcombe(both, first, second, n-both-first-second)
}

// append prints {"ordering":"naive","divergence":{"identical":0.4, …}}.
func (v *Versus) append(b []byte) []byte {
	var c Cell
	c.put("ordering", string(encode(v.Ordering)))
	n := uint64(0)
	for i := range v.Differences {
		n = max(n, v.Differences[i].N)
	}
	c.put("pairs", strconv.FormatUint(n, 10))
	for i := range v.Differences {
		d := &v.Differences[i]
		texts := d.Texts()
		for k, suffix := range [...]string{"", "_lo", "_hi", "_saved"} {
			c.put(d.Path+suffix, orNull(texts[k]))
		}
		if d.N < n {
			c.put(d.Path+"_n", strconv.FormatUint(d.N, 10))
		}
	}
	return append(c.appendFields(append(b, '{')), '}')
}

func orNull(text string) string {
	if text == "" {
		return "null"
	}
	return text
}

// Texts are the difference, the ends of its interval and the share saved, as
// JSON has them; empty where one is null.
func (d *PairedDifference) Texts() [4]string {
	var texts [4]string
	if d.N > 0 {
		texts[0] = float(d.Mean)
	}
	if d.Bounded {
		texts[1], texts[2] = float(d.Interval.Lo), float(d.Interval.Hi)
	}
	if d.SavedKnown {
		texts[3] = float(d.Saved)
	}
	return texts
}
