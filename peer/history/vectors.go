package history

import (
	"fmt"

	"mpcomm/peer"
)

// Vectors are the vector clocks of a history's broadcasts: of each message, how
// many messages of each peer are among its causes, itself included. They are
// computed from the history by one who sees everything, never from what a
// protocol stamped. A peer's own broadcasts follow from each other, so these
// numbers say which messages are the causes, and one comparison says whether a
// message is among them.
//
// The clock of a peer takes in what the peer delivers, what it answers, and
// what it broadcasts: the causes of [Checker].
//
// Source: Mattern, "Virtual Time and Global States of Distributed Systems",
// 1989; Fidge, "Timestamps in Message-Passing Systems", 1988.
//
// The zero value is ready for use.
type Vectors struct {
	h     *History
	words []int32 // of all messages, one after another
	peers []int32 // of what each peer knows, likewise
	seen  []int32 // by peer: how much of its log it has taken in
}

// MaxVectorWords bounds the memory of the vector clocks of one history: 256 MiB.
const MaxVectorWords = 1 << 26

// Build computes the vector clocks of h, which must not change while they are
// used. It reports false, and knows nothing, if they do not fit MaxVectorWords.
func (v *Vectors) Build(h *History) bool {
	n := h.Peers
	v.h = nil
	if len(h.Broadcasts)*n > MaxVectorWords || n*n > MaxVectorWords {
		return false
	}
	v.h = h
	v.words = zeroed(v.words, len(h.Broadcasts)*n)
	v.peers = zeroed(v.peers, n*n)
	v.seen = zeroed(v.seen, n)
	for ref := range h.Broadcasts {
		b := &h.Broadcasts[ref]
		p := int(b.ID.Sender)
		own, log := v.peers[p*n:p*n+n], h.Logs[p].Refs
		if int(b.LogLen) > len(log) || b.LogLen < v.seen[p] {
			panic(fmt.Sprintf("history: %s was broadcast after %d deliveries, but there were %d before and there are %d in all",
				b.ID, b.LogLen, v.seen[p], len(log)))
		}
		for _, delivered := range log[v.seen[p]:b.LogLen] {
			v.takeIn(own, delivered, Ref(ref))
		}
		v.seen[p] = b.LogLen
		v.takeIn(own, b.Cause, Ref(ref))
		own[p] = b.Rank + 1
		copy(v.words[ref*n:], own)
	}
	return true
}

// takeIn joins the clock of a cause of ref into what ref's sender knows.
func (v *Vectors) takeIn(own []int32, cause, ref Ref) {
	if cause == NoRef {
		return
	}
	if cause >= ref {
		panic(fmt.Sprintf("history: %s follows from %s, which was broadcast later", v.h.Broadcasts[ref].ID, v.h.Broadcasts[cause].ID))
	}
	for q, count := range v.Of(cause) {
		own[q] = max(own[q], count)
	}
}

// Of returns the clock of m: by peer, how many of its messages are causes of m
// or m itself. It is borrowed until the next Build.
func (v *Vectors) Of(m Ref) []int32 {
	n := v.h.Peers
	return v.words[int(m)*n : int(m)*n+n : int(m)*n+n]
}

// Before reports whether x is a cause of y. No message is a cause of itself.
func (v *Vectors) Before(x, y Ref) bool {
	b := &v.h.Broadcasts[x]
	return x != y && v.Knows(y, b.ID.Sender) > b.Rank
}

// Knows returns how many messages of peer p are causes of m or m itself.
func (v *Vectors) Knows(m Ref, p peer.ID) int32 { return v.words[int(m)*v.h.Peers+int(p)] }
