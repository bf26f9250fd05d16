package result

import "mpcomm/reports/stats"

// Mechanisms counts what is wrong with the order of the logs, by why it is: two
// logs that disagree, and causes that do not come first. Each difference has
// exactly one mechanism, the first whose rule applies in the order of the
// fields of [Reasons].
//
// In Disagree all but Missing are pairs of messages that two compared logs hold
// in opposite orders, summed over the pairs of logs: with LeftOut they add up
// to the Kendall distances behind divergence.kendall_distance. Missing are
// messages that one log of a pair holds and the other does not.
//
// In Acausal all but Missing are the messages of quality.causal_violations,
// each judged against the cause sent last that still comes after it in that
// log; Missing are those of quality.causal_gaps.
type Mechanisms struct {
	Disagree Reasons `json:"disagree"`
	Acausal  Reasons `json:"acausal"`
}

// Reasons are counts of differences by mechanism.
type Reasons struct {
	Missing uint64 `json:"missing"`  // a log lacks the message
	Late    uint64 `json:"late"`     // it came after a hold-back had closed
	Skew    uint64 `json:"skew"`     // stamps contradict cause and effect
	Tie     uint64 `json:"tie"`      // equal keys without a tie-break
	FIFO    uint64 `json:"fifo"`     // one sender, the later message first
	Relay   uint64 `json:"relay"`    // cause and effect: the way round was faster
	Race    uint64 `json:"race"`     // concurrent
	LeftOut uint64 `json:"left_out"` // not classified: more than a run is searched for
}

// ReasonNames are the mechanisms in the order in which their rules are tried.
var ReasonNames = [...]string{"missing", "late", "skew", "tie", "fifo", "relay", "race"}

// Of returns the count of the mechanism of that name; nil if there is none.
func (r *Reasons) Of(name string) *uint64 {
	for i, count := range [...]*uint64{&r.Missing, &r.Late, &r.Skew, &r.Tie, &r.FIFO, &r.Relay, &r.Race} {
		if ReasonNames[i] == name {
			return count
		}
	}
	return nil
}

// Ordered is how many differences of order there are, those left out included;
// what is missing is no difference of order.
func (r *Reasons) Ordered() uint64 {
	return r.Late + r.Skew + r.Tie + r.FIFO + r.Relay + r.Race + r.LeftOut
}

// Add adds the counts of another run.
func (r *Reasons) Add(o *Reasons) {
	for _, name := range ReasonNames {
		*r.Of(name) += *o.Of(name)
	}
	r.LeftOut += o.LeftOut
}

// mechanismMoments are those of the counts, as in mechanismPaths.
type mechanismMoments [2 * (len(ReasonNames) + 1)]stats.Moments

// mechanismPaths are the numbers of a run whose mechanisms were counted, in the
// order of their JSON.
var mechanismPaths = func() (paths [len(mechanismMoments{})]string) {
	at := 0
	for _, kind := range [...]string{"disagree", "acausal"} {
		for _, name := range ReasonNames {
			paths[at] = "mechanisms." + kind + "." + name
			at++
		}
		paths[at] = "mechanisms." + kind + ".left_out"
		at++
	}
	return paths
}()

// values are the numbers of mechanismPaths.
func (m *Mechanisms) values() [len(mechanismMoments{})]uint64 {
	d, a := &m.Disagree, &m.Acausal
	return [...]uint64{
		d.Missing, d.Late, d.Skew, d.Tie, d.FIFO, d.Relay, d.Race, d.LeftOut,
		a.Missing, a.Late, a.Skew, a.Tie, a.FIFO, a.Relay, a.Race, a.LeftOut,
	}
}

// addMechanisms enters the counts of one run, if it has any.
func (t *Tally) addMechanisms(m *Mechanisms) {
	if m == nil {
		return
	}
	if t.mechanisms == nil {
		t.mechanisms = new(mechanismMoments)
	}
	for i, n := range m.values() {
		t.mechanisms[i].AddInt(int64(n))
	}
}

// mergeMechanisms enters the counts of the runs of next.
func (t *Tally) mergeMechanisms(next *Tally) {
	if next.mechanisms == nil {
		return
	}
	if t.mechanisms == nil {
		t.mechanisms = new(mechanismMoments)
	}
	for i := range t.mechanisms {
		t.mechanisms[i].Merge(&next.mechanisms[i])
	}
}
