package history

import (
	"fmt"

	"mpcomm/peer"
)

// MaxCauseWords bounds the memory of the causes of all messages, in words of
// 64 messages each.
const MaxCauseWords = 1 << 26

// span says where the causes of one message are kept: the messages with
// references below 64*from all are causes; bits of the words from `from` until
// before `to`, kept from offset on, say which of the others.
//
// The window is short because messages that everyone has had for a while are
// causes of every new one: its length is about what is in flight at a time, and
// the sets of different messages are joined 64 messages at a step.
type span struct {
	offset   uint32
	from, to uint32
}

// past is a growing set of references: all below 64*full, and the set bits of
// words, which are none from word `to` on.
type past struct {
	words    []uint64
	full, to uint32
}

// causes holds the causes of messages, in references: m' is a cause of m when
// the sender of m had broadcast or delivered m' before it broadcast m, when m
// was sent after m', and transitively.
type causes struct {
	spans []span   // by reference
	arena []uint64 // the windows
	past  []past   // by peer: what its next broadcast follows from
	seen  []int32  // by peer: how much of its log is in past
	limit int      // of the arena, in words; 0 = MaxCauseWords
	full  bool     // the arena is at its limit

	coming []uint64 // in one log: what is still to come
	absent []uint64 // in one log: what never comes
}

// build finds the causes of every broadcast, in order of broadcast. Only the
// part of a log before its peer's last broadcast matters, of which every entry
// is joined once.
func (x *causes) build(h *History) {
	n := len(h.Broadcasts)
	words := (n + 63) / 64
	if cap(x.spans) < n {
		x.spans = make([]span, n)
	}
	x.spans = x.spans[:n]
	x.arena, x.full = x.arena[:0], false
	for len(x.past) < h.Peers {
		x.past = append(x.past, past{})
	}
	x.seen = zeroed(x.seen, h.Peers)
	for p := range h.Peers {
		s := &x.past[p]
		s.words = zeroed(s.words, words)
		s.full, s.to = 0, 0
	}
	for ref := range h.Broadcasts {
		b := &h.Broadcasts[ref]
		p := b.ID.Sender
		s := &x.past[p]
		log := h.Logs[p].Refs
		if int(b.LogLen) > len(log) || b.LogLen < x.seen[p] {
			panic(fmt.Sprintf("history: %s was broadcast after %d deliveries, but there were %d before and there are %d in all",
				b.ID, b.LogLen, x.seen[p], len(log)))
		}
		for _, delivered := range log[x.seen[p]:b.LogLen] {
			x.follow(h, s, delivered, Ref(ref))
		}
		x.seen[p] = b.LogLen
		x.follow(h, s, b.Cause, Ref(ref))
		x.keep(s, Ref(ref))
		s.add(Ref(ref))
	}
}

// follow adds a message and its causes to what ref follows from.
func (x *causes) follow(h *History, s *past, cause, ref Ref) {
	if cause == NoRef {
		return
	}
	if cause >= ref {
		panic(fmt.Sprintf("history: %s follows from %s, which was broadcast later", h.Broadcasts[ref].ID, h.Broadcasts[cause].ID))
	}
	s.add(cause)
	c := &x.spans[cause]
	if c.to <= s.full {
		return
	}
	if c.from > s.full {
		for w := s.full; w < c.from; w++ {
			s.words[w] = ^uint64(0)
		}
		s.full = c.from
	}
	window := x.arena[c.offset : c.offset+c.to-c.from]
	for w := s.full; w < c.to; w++ {
		s.words[w] |= window[w-c.from]
	}
	// Causes lie before the cause itself, so s.to is beyond them already.
	s.advance()
}

func (s *past) add(ref Ref) {
	s.words[ref/64] |= 1 << (ref % 64)
	s.to = max(s.to, ref/64+1)
	s.advance()
}

func (s *past) advance() {
	for s.full < s.to && s.words[s.full] == ^uint64(0) {
		s.full++
	}
}

// keep stores what ref follows from.
func (x *causes) keep(s *past, ref Ref) {
	from, to := s.full, max(s.full, s.to)
	limit := x.limit
	if limit == 0 {
		limit = MaxCauseWords
	}
	if len(x.arena)+int(to-from) > limit {
		x.full = true
		to = from
	}
	x.spans[ref] = span{offset: uint32(len(x.arena)), from: from, to: to}
	x.arena = append(x.arena, s.words[from:to]...)
}

// causal checks every view for messages delivered without or before a cause.
func (c *Checker) causal(properties *Properties, quality *Quality) {
	c.sample(quality)
	verdict, built := Check{}, false
	for i := range c.views {
		v := &c.views[i]
		// Order of broadcast without gaps respects every cause.
		if v.broadcast || v.checked == 0 {
			continue
		}
		if !built {
			c.findCauses()
			quality.CausalInexact = c.causes.full
			built = true
		}
		violations, gaps, first := c.missed(v)
		quality.CausalViolations += violations * v.checked
		quality.CausalGaps += gaps * v.checked
		if first >= 0 && verdict.Verdict == Holds {
			verdict = Check{Violated, c.causalWitness(v, first)}
		}
	}
	properties.Causal = verdict
}

func (c *Checker) findCauses() {
	c.causes.full = false
	if len(c.h.Broadcasts) <= maxSmall {
		c.small.build(c.h)
	} else {
		c.causes.build(c.h)
	}
}

// missed counts the messages of a log that were delivered before a cause, and
// those of which a cause never comes, and finds the first of either kind, -1
// for none.
func (c *Checker) missed(v *view) (violations, gaps, first int) {
	switch {
	case len(c.h.Broadcasts) <= maxSmall:
		return c.small.missed(c.h, v)
	case c.causes.full:
		return c.causes.missedDirect(c.h, v)
	default:
		return c.causes.missed(c.h, v)
	}
}

// sample says which compared logs the causal check looks at.
func (c *Checker) sample(quality *Quality) {
	if c.h.Peers <= MaxReceivers || len(c.compared) <= MaxReceivers {
		for i := range c.views {
			c.views[i].checked = c.views[i].logs
		}
		return
	}
	// A list of its own for every check: results are kept and compared.
	receivers := make([]peer.ID, 0, MaxReceivers)
	for i := range MaxReceivers {
		k := i * len(c.compared) / MaxReceivers
		c.views[c.viewOf[k]].checked++
		receivers = append(receivers, peer.ID(c.compared[k]))
	}
	quality.CausalReceivers = receivers
}

// missed is that of Checker.
func (x *causes) missed(h *History, v *view) (violations, gaps, first int) {
	n := len(h.Broadcasts)
	words := uint32(n+63) / 64
	x.coming, x.absent = zeroed(x.coming, int(words)), zeroed(x.absent, int(words))
	coming, absent := x.coming, x.absent
	for _, ref := range v.refs {
		coming[ref/64] |= 1 << (ref % 64)
	}
	for w := range absent {
		absent[w] = ^coming[w]
	}
	if n%64 != 0 {
		absent[words-1] &= 1<<(n%64) - 1
	}
	firstAbsent, firstComing := uint32(0), uint32(0)
	for firstAbsent < words && absent[firstAbsent] == 0 {
		firstAbsent++
	}
	first = -1
	for i, ref := range v.refs {
		for firstComing < words && coming[firstComing] == 0 {
			firstComing++
		}
		s := &x.spans[ref]
		early, gap := firstComing < s.from, firstAbsent < s.from
		window := x.arena[s.offset : s.offset+s.to-s.from]
		for k, causes := range window {
			w := s.from + uint32(k)
			early = early || causes&coming[w] != 0
			gap = gap || causes&absent[w] != 0
		}
		if early {
			violations++
		}
		if gap {
			gaps++
		}
		if first < 0 && (early || gap) {
			first = i
		}
		coming[ref/64] &^= 1 << (ref % 64)
	}
	return violations, gaps, first
}

// missedDirect is missed for direct causes alone. Its time is that of a pass
// through all logs for every log, its memory a position for each message.
//
// A log in which every message comes after its direct causes has every message
// after all its causes, so whether there is a first is exact.
func (x *causes) missedDirect(h *History, v *view) (violations, gaps, first int) {
	// Positions count from 1; 0 says that a message never comes.
	pos := make([]int32, len(h.Broadcasts))
	for i, ref := range v.refs {
		pos[ref] = int32(i + 1)
	}
	// What the next broadcast of each peer follows from: the last position of
	// what comes, and whether something does not.
	type direct struct {
		seen, last int32
		gap        bool
	}
	peers := make([]direct, h.Peers)
	first = -1
	for ref := range h.Broadcasts {
		b := &h.Broadcasts[ref]
		d := &peers[b.ID.Sender]
		note := func(cause Ref) {
			if cause != NoRef {
				d.last, d.gap = max(d.last, pos[cause]), d.gap || pos[cause] == 0
			}
		}
		for _, cause := range h.Logs[b.ID.Sender].Refs[d.seen:b.LogLen] {
			note(cause)
		}
		d.seen = b.LogLen
		note(b.Cause)
		if here := pos[ref]; here > 0 {
			early := d.last > here
			if early {
				violations++
			}
			if d.gap {
				gaps++
			}
			if (early || d.gap) && (first < 0 || int(here-1) < first) {
				first = int(here - 1)
			}
		}
		note(Ref(ref))
	}
	return violations, gaps, first
}
