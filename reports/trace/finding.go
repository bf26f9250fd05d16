package trace

import (
	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/compare"
	"mpcomm/sim"
)

// The kinds of findings.
const (
	Disagree = compare.Disagree
	Acausal  = compare.Acausal
)

// Finding is one difference: two logs that disagree, or a cause that does not
// come first. Of a missing message B is history.NoRef, where two logs disagree;
// where a log lacks a cause A is the cause.
type Finding struct {
	compare.Finding
	// Where A and B stand in the logs of P and of Q, from 1; 0 = not there. It is
	// the first place where a log repeats a message.
	InP, InQ [2]int32
	At       sim.Time // when it began to be so; of the first difference of the result when that did
	Text     string   // the sentence that says why, with its numbers
}

// Position is the first position in a log that the finding is about, from 1.
func (f *Finding) Position() int32 {
	least := int32(0)
	for _, at := range [...]int32{f.InP[0], f.InP[1], f.InQ[0], f.InQ[1]} {
		if at > 0 && (least == 0 || at < least) {
			least = at
		}
	}
	return least
}

// place fills in where the messages of a finding stand, and its moment.
func (r *Run) place(f *Finding) {
	for i, m := range [2]history.Ref{f.A, f.B} {
		if int(m) < len(r.Messages) {
			f.InP[i], f.InQ[i] = r.At(m, f.P).Position, r.At(m, f.Q).Position
		}
	}
	f.At = r.moment(f)
}

// moment is the earlier of the two entries that cannot be reconciled: P's of A
// and Q's of B; where causality is broken, and of what is missing, the entry of
// the message that is there.
func (r *Run) moment(f *Finding) sim.Time {
	first := func(m history.Ref, p peer.ID) sim.Time {
		if int(m) >= len(r.Messages) {
			return sim.Never
		}
		return r.At(m, p).Delivered
	}
	if f.Kind == Acausal {
		return first(f.B, f.P)
	}
	return min(first(f.A, f.P), first(f.B, f.Q))
}

// Involves reports whether the finding is about message m.
func (f *Finding) Involves(m history.Ref) bool { return f.A == m || f.B == m }
