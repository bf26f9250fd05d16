package workload

import (
	"errors"
	"fmt"
	"math/bits"

	"mpcomm/peer"
	"mpcomm/sim/rng"
)

// MaxDepth is the longest chain of replies to replies.
const MaxDepth = 8

// MaxMessages bounds the planned messages of a run, and the replies that may
// be expected to follow from them.
const MaxMessages = 1 << 27

// NoRef marks the absence of a broadcast where a reference is expected.
const NoRef uint32 = 1<<32 - 1

// Plan is a workload. It is shared by runs and must not change once a Source
// has been reset with it.
type Plan struct {
	Peers int // 1..peer.MaxPeers

	// Messages per sender: the k-th, from 0, is broadcast at the sender's own
	// opening + Start + Gap_0 + ... + Gap_k, in true time. A negative draw counts as 0.
	Messages int
	Gap      rng.Dist // ns
	Start    rng.Dist // ns, drawn once for each sender
	Senders  []bool   // who broadcasts, by peer; nil = every peer

	// Sends is an explicit schedule instead of Messages and Gap.
	Sends []Send

	Replies *Replies // nil = nobody answers
	Size    rng.Dist // bytes of a body; a negative draw counts as 0
}

// Send is one entry of an explicit schedule. Entries of one peer that are due
// at the same time go in the order of the plan.
type Send struct {
	From   peer.ID
	Number int32    // of the message, unique among its sender's: its name
	At     rng.Dist // ns since data began everywhere, drawn once a run; only when After is NoMessage

	// After sends the message when From has delivered this one (with OnArrival:
	// when its body first reaches From's host), plus Delay. NoMessage = none.
	After     peer.MessageID
	Delay     rng.Dist // ns
	OnArrival bool
}

// Replies makes every peer answer each message of the others with a
// probability, decided by each peer's own draw for each message.
type Replies struct {
	Probability rng.Ratio
	Delay       rng.Dist // ns between delivery (with OnArrival: first arrival) and reply
	OnArrival   bool
	Depth       int // 1 = only planned messages are answered; up to MaxDepth
}

// Total returns the number of planned messages, replies aside.
func (p *Plan) Total() int {
	if p.Sends != nil {
		return len(p.Sends)
	}
	return p.Messages * p.senders()
}

func (p *Plan) senders() int {
	if p.Senders == nil {
		return p.Peers
	}
	n := 0
	for _, sends := range p.Senders {
		if sends {
			n++
		}
	}
	return n
}

// Reacts reports whether deliveries or arrivals can cause broadcasts.
func (p *Plan) Reacts() bool {
	if p.Replies != nil {
		return true
	}
	for i := range p.Sends {
		if p.Sends[i].After != peer.NoMessage {
			return true
		}
	}
	return false
}

// Check reports everything that is wrong with the plan.
func (p *Plan) Check() error {
	if p.Peers < 1 || p.Peers > peer.MaxPeers {
		return fmt.Errorf("workload: %d peers: want 1..%d", p.Peers, peer.MaxPeers)
	}
	var errs []error
	if p.Messages < 0 || p.Messages > peer.MaxNumber {
		errs = append(errs, fmt.Errorf("workload: messages %d: want 0..%d", p.Messages, peer.MaxNumber))
	}
	if p.Sends != nil && p.Messages != 0 {
		errs = append(errs, errors.New("workload: messages and sends exclude each other: give one of them"))
	}
	if p.Senders != nil && len(p.Senders) != p.Peers {
		errs = append(errs, fmt.Errorf("workload: senders for %d peers: want %d, one for each", len(p.Senders), p.Peers))
	}
	if len(errs) == 0 && p.Sends == nil && int64(p.Messages)*int64(p.senders()) > MaxMessages {
		errs = append(errs, fmt.Errorf("workload: %d messages of %d senders: want at most %d in all",
			p.Messages, p.senders(), MaxMessages))
	}
	errs = append(errs, p.checkSends()...)
	return errors.Join(append(errs, p.checkReplies())...)
}

// checkSends finds entries with unknown peers, numbers given twice, and
// causes that do not exist or go round in a circle.
func (p *Plan) checkSends() []error {
	var errs []error
	entries := make(map[peer.MessageID]int, len(p.Sends))
	for i := range p.Sends {
		s := &p.Sends[i]
		id := peer.MessageID{Sender: s.From, Number: s.Number}
		if !id.Valid(p.Peers) {
			errs = append(errs, fmt.Errorf("workload: send %d: %s: want a peer 0..%d and a number 0..%d",
				i, id, p.Peers-1, peer.MaxNumber))
			continue
		}
		if first, twice := entries[id]; twice {
			errs = append(errs, fmt.Errorf("workload: send %d: number %d of p%d is taken by send %d: give another number",
				i, s.Number, s.From, first))
			continue
		}
		entries[id] = i
	}
	for i := range p.Sends {
		after := p.Sends[i].After
		if _, known := entries[after]; after != peer.NoMessage && !known {
			errs = append(errs, fmt.Errorf("workload: send %d: after %s: no entry of the schedule has this name", i, after))
		}
	}
	if len(errs) > 0 {
		return errs
	}
	// Every entry waits for at most one other, so a walk along the causes that
	// is longer than the schedule goes round; each entry is walked once.
	walked := make([]int, len(p.Sends))
	for i := range p.Sends {
		for j := i; walked[j] == 0; {
			walked[j] = i + 1
			after := p.Sends[j].After
			if after == peer.NoMessage {
				break
			}
			if j = entries[after]; walked[j] == i+1 {
				errs = append(errs, fmt.Errorf("workload: send %d: waits for itself by way of after %s", j, p.Sends[j].After))
			}
		}
	}
	return errs
}

func (p *Plan) checkReplies() error {
	r := p.Replies
	if r == nil {
		return nil
	}
	if r.Depth < 1 || r.Depth > MaxDepth {
		return fmt.Errorf("workload: replies: depth %d: want 1..%d", r.Depth, MaxDepth)
	}
	if r.Probability.Den == 0 && r.Probability.Num != 0 || r.Probability.Num > r.Probability.Den {
		return fmt.Errorf("workload: replies: probability %d/%d: want 0..1", r.Probability.Num, r.Probability.Den)
	}
	if p.Messages < 0 || p.Messages > MaxMessages {
		return nil // reported already
	}
	// The number expected is a geometric sum; every term is rounded up.
	expected, term := uint64(0), uint64(p.Total())
	for range r.Depth {
		term = scaled(term, uint64(p.Peers-1), r.Probability)
		if expected += term; expected > MaxMessages {
			return fmt.Errorf("workload: replies: more than %d are to be expected: "+
				"want a lower probability (now %s) or depth (now %d)", MaxMessages, r.Probability, r.Depth)
		}
	}
	return nil
}

// scaled returns ceil(term * others * probability), at most MaxMessages+1.
func scaled(term, others uint64, r rng.Ratio) uint64 {
	if r.Num == 0 || term == 0 || others == 0 {
		return 0
	}
	// term <= 2^44 and others < 2^16: the product fits.
	hi, lo := bits.Mul64(term*others, r.Num)
	if hi >= r.Den {
		return MaxMessages + 1
	}
	q, rem := bits.Div64(hi, lo, r.Den)
	if rem > 0 {
		q++
	}
	return min(q, MaxMessages+1)
}
