package result

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
