package history

import "mpcomm/peer"

// Verdict is the answer to whether a property holds in a run.
type Verdict uint8

// The verdicts. Unknown: the run reached a limit first, or nobody asked.
const (
	Holds Verdict = iota
	Violated
	Unknown
)

var verdictNames = [...]string{"holds", "violated", "unknown"}

// String returns the word for v in reports.
func (v Verdict) String() string { return verdictNames[v] }

// Delivery is one entry of a log. Position counts from 1.
type Delivery struct {
	Peer     peer.ID
	Position int
	ID       peer.MessageID
}

// Witness is the smallest set of deliveries that shows a violation, which is
// empty where the violation is that nothing was delivered, and a sentence.
type Witness struct {
	Deliveries []Delivery
	Text       string
}

// Check is a verdict. Witness is nil unless the property is violated and
// witnesses were asked for.
type Check struct {
	Verdict Verdict
	Witness *Witness
}

// Properties are the verdicts of one run about the compared logs, those of
// correct peers. Messages that were never broadcast concern Integrity alone,
// and of a message delivered twice the others see the first delivery.
type Properties struct {
	Integrity Check // nothing is delivered twice or without a broadcast, at crashed peers neither
	Validity  Check // what a correct peer broadcasts is in some compared log
	Agreement Check // what is in one compared log is in all
	Uniform   Check // what is in any log, crashed peers' included, is in all compared ones
	FIFO      Check // at each delivery all earlier messages of its sender are in that log
	Causal    Check // at each delivery all its causes are in that log
	Total     Check // no two compared logs hold two messages in opposite orders
}

// Quality says how far the compared logs are from order of broadcast and from
// causality. Counts are of messages, summed over the logs.
type Quality struct {
	FIFOViolations   int // delivered after a later one of the same sender
	FIFOGaps         int // delivered though an earlier one of its sender never comes
	CausalViolations int // delivered before a cause that comes later
	CausalGaps       int // delivered though a cause never comes

	// CausalReceivers are the peers whose logs the causal check looked at, nil
	// for all compared ones. CausalInexact is true when the causes of all
	// messages would not fit MaxCauseWords: then the counts miss messages that
	// lack only causes of causes. The verdict is exact all the same.
	CausalReceivers []peer.ID
	CausalInexact   bool

	// Truth holds the inversions of each compared log, in order of peers; it
	// is nil unless asked for and valid until the next Check.
	Truth []Inversions
}

// Inversions counts the pairs of messages that a log holds in the opposite
// order of their broadcasts; among equal times the lower sender comes first.
type Inversions struct {
	Pairs  int64
	Length int // of the log, without repeats
}

// Mask selects what to check.
type Mask uint16

// The parts of a check. Witnesses makes violated properties carry one.
const (
	Integrity Mask = 1 << iota
	Validity
	Agreement
	Uniform
	FIFO
	Causal
	Total
	Truth
	Witnesses

	AllProperties = Integrity | Validity | Agreement | Uniform | FIFO | Causal | Total
)

// MaxReceivers is the number of peers up to which the causal check looks at
// every compared log. In larger groups it looks at as many, evenly spread over
// the compared ones.
const MaxReceivers = 128
