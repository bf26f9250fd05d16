package history

import (
	"fmt"
	"math/bits"
)

// small holds the causes of messages in a history of up to 64 broadcasts, where
// a set of messages is one word. Sweeps of tiny runs spend most of a check here.
type small struct {
	causes []uint64 // by reference
	past   []uint64 // by peer: what its next broadcast follows from
	seen   []int32  // by peer: how much of its log is in past
}

// maxSmall is the number of broadcasts whose references fit a word.
const maxSmall = 64

// build is that of causes.
func (x *small) build(h *History) {
	x.causes = zeroed(x.causes, len(h.Broadcasts))
	x.past = zeroed(x.past, h.Peers)
	x.seen = zeroed(x.seen, h.Peers)
	causes := x.causes
	for ref := range h.Broadcasts {
		b := &h.Broadcasts[ref]
		p := b.ID.Sender
		log, seen := h.Logs[p].Refs, x.seen[p]
		if b.LogLen < seen || int(b.LogLen) > len(log) {
			panic(fmt.Sprintf("history: %s was broadcast after %d deliveries, but there were %d before and there are %d in all",
				b.ID, b.LogLen, seen, len(log)))
		}
		past, direct := x.past[p], uint64(0)
		for _, delivered := range log[seen:b.LogLen] {
			if delivered != NoRef {
				past |= causes[delivered]
				direct |= 1 << delivered
			}
		}
		if b.Cause != NoRef {
			past |= causes[b.Cause]
			direct |= 1 << b.Cause
		}
		if direct>>ref != 0 {
			later := bits.TrailingZeros64(direct>>ref) + ref
			panic(fmt.Sprintf("history: %s follows from %s, which was broadcast later", b.ID, h.Broadcasts[later].ID))
		}
		causes[ref] = past | direct
		x.past[p] = causes[ref] | 1<<ref
		x.seen[p] = b.LogLen
	}
}

// missed is that of Checker.
func (x *small) missed(h *History, v *view) (violations, gaps, first int) {
	coming := uint64(0)
	for _, ref := range v.refs {
		coming |= 1 << ref
	}
	absent := (1<<len(h.Broadcasts) - 1) &^ coming
	first = -1
	for i, ref := range v.refs {
		causes := x.causes[ref]
		if causes&(coming|absent) != 0 {
			if causes&coming != 0 {
				violations++
			}
			if causes&absent != 0 {
				gaps++
			}
			if first < 0 {
				first = i
			}
		}
		coming &^= 1 << ref
	}
	return violations, gaps, first
}
