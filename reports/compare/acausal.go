package compare

import (
	"slices"

	"mpcomm/peer/history"
)

// acausal goes through the logs whose causality is judged and finds every
// message that a log holds before, or without, one of its causes.
func (k *census) acausal() {
	c := k.c
	senders := newStreams(c.h)
	for i, p := range c.peers {
		if k.options.Receivers == nil || slices.Contains(k.options.Receivers, p) {
			k.acausalIn(i, senders)
		}
	}
}

// streams are the broadcasts of each sender in order.
type streams struct {
	refs [][]history.Ref // by sender and rank
	// In the log at hand, by sender and number of its first broadcasts: the last
	// place that one of them has, and whether one has none.
	last   [][]int32
	absent [][]history.Ref // the last of them that has none, or history.NoRef
}

func newStreams(h *history.History) *streams {
	s := &streams{refs: make([][]history.Ref, h.Peers), last: make([][]int32, h.Peers), absent: make([][]history.Ref, h.Peers)}
	for m := range h.Broadcasts {
		p := h.Broadcasts[m].ID.Sender
		s.refs[p] = append(s.refs[p], history.Ref(m))
	}
	for p, refs := range s.refs {
		s.last[p] = make([]int32, len(refs)+1)
		s.absent[p] = make([]history.Ref, len(refs)+1)
		s.absent[p][0] = history.NoRef
	}
	return s
}

// read takes in the places of one log.
func (s *streams) read(places []int32) {
	for p, refs := range s.refs {
		for rank, m := range refs {
			s.last[p][rank+1] = max(s.last[p][rank], places[m])
			s.absent[p][rank+1] = s.absent[p][rank]
			if places[m] == 0 {
				s.absent[p][rank+1] = m
			}
		}
	}
}

// acausalIn judges each message of log i against the cause sent last that
// comes after it, and against the one sent last that never comes.
func (k *census) acausalIn(i int, s *streams) {
	c := k.c
	places := k.placesOf(i)
	s.read(places)
	for at, b := range c.logs[i] {
		if int(b) >= len(c.h.Broadcasts) || places[b] != int32(at+1) {
			continue // a stray, or a repeat
		}
		after, never := history.NoRef, history.NoRef
		sender := c.h.Broadcasts[b].ID.Sender
		for p, count := range k.vectors.Of(b) {
			if p == int(sender) {
				count-- // itself
			}
			if m := s.absent[p][count]; m != history.NoRef && (never == history.NoRef || m > never) {
				never = m
			}
			if s.last[p][count] <= int32(at+1) {
				continue
			}
			rank := count - 1
			for places[s.refs[p][rank]] <= int32(at+1) {
				rank--
			}
			if m := s.refs[p][rank]; after == history.NoRef || m > after {
				after = m
			}
		}
		p := c.peers[i]
		if after != history.NoRef {
			k.enter(Finding{Acausal, p, p, after, b, k.mechanism(after, b, i, i)})
		}
		if never != history.NoRef {
			k.enter(Finding{Acausal, p, p, never, b, Missing})
		}
	}
}
