package workload

import (
	"slices"

	"mpcomm/peer"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// firstReply orders replies behind all entries of a schedule at equal times.
const firstReply = 1 << 31

// Arrived says that the body of a broadcast first reached p's host. Repeats
// are ignored.
func (s *Source) Arrived(p peer.ID, ref uint32, at sim.Time) {
	if s.see(p, ref, 0) {
		s.react(p, ref, at, true)
	}
}

// Delivered says that p delivered a broadcast. Repeats are ignored. For an
// ordering that delivers nothing before the end the host calls it on arrival.
func (s *Source) Delivered(p peer.ID, ref uint32, at sim.Time) {
	if s.see(p, ref, 1) {
		s.react(p, ref, at, false)
	}
}

// Discarded says that p received a broadcast and will never deliver it: what
// waited for its delivery will not happen, nor what could only follow from that.
func (s *Source) Discarded(p peer.ID, ref uint32) {
	if !s.see(p, ref, 1) {
		return
	}
	f := s.facts[ref]
	for _, entry := range s.entriesOf(p, f.slot) {
		if e := &s.plan.Sends[entry]; !e.OnArrival {
			s.peers[p].left--
			s.cancel(p, s.planned(entry), s.slots[entry], 0)
		}
	}
	if r := s.plan.Replies; r != nil && !r.OnArrival && s.answers(p, f) {
		if label := s.senders[p].reply.With(uint64(s.label[ref])); s.hits(label) {
			s.peers[p].owed--
			s.cancel(p, label, NoRef, f.depth+1)
		}
	}
}

// see notes an arrival (0) or a delivery or discard (1) and reports whether it
// is the first.
func (s *Source) see(p peer.ID, ref, what uint32) bool {
	if !s.reacts {
		return false
	}
	x := &s.peers[p]
	bit := 2*ref + what
	word := int(bit / 64)
	for word >= len(x.seen) {
		x.seen = append(x.seen, 0)
	}
	mask := uint64(1) << (bit % 64)
	first := x.seen[word]&mask == 0
	x.seen[word] |= mask
	return first
}

// react makes due what p sends upon the arrival or delivery of a broadcast.
func (s *Source) react(p peer.ID, ref uint32, at sim.Time, arrival bool) {
	f := s.facts[ref]
	for _, entry := range s.entriesOf(p, f.slot) {
		if e := &s.plan.Sends[entry]; e.OnArrival == arrival {
			wait := s.clamp(e.Delay.Sample(s.delay.Word(uint64(s.planned(entry)))))
			s.peers[p].queue.push(due{at: at.Add(wait), order: entry, cause: ref, entry: int32(entry)})
		}
	}
	r := s.plan.Replies
	if r == nil || r.OnArrival != arrival || !s.answers(p, f) {
		return
	}
	label := s.senders[p].reply.With(uint64(s.label[ref]))
	if !s.hits(label) {
		return
	}
	wait := s.clamp(r.Delay.Sample(s.pause.Word(uint64(label))))
	x := &s.peers[p]
	x.owed--
	x.queue.push(due{at: at.Add(wait), order: firstReply + s.replies, cause: ref, entry: -1})
	s.replies++
}

// entriesOf returns p's entries that are sent after the message in a slot.
func (s *Source) entriesOf(p peer.ID, slot uint32) []uint32 {
	if slot == NoRef || s.waits == nil {
		return nil
	}
	all := s.after(slot)
	from, found := slices.BinarySearchFunc(all, p, func(entry uint32, p peer.ID) int {
		return int(s.plan.Sends[entry].From - p)
	})
	if !found {
		return nil
	}
	to := from
	for to < len(all) && s.plan.Sends[all[to]].From == p {
		to++
	}
	return all[from:to]
}

// answers reports whether a broadcast is one that p answers if its draw says so.
func (s *Source) answers(p peer.ID, f fact) bool {
	return f.sender != p && int(f.depth) < s.plan.Replies.Depth
}

// hits is the draw that decides about a reply.
func (s *Source) hits(label rng.Key) bool { return s.chance.Hit(s.answer.Word(uint64(label))) }

// owe counts for every peer the replies it may come to make.
func (s *Source) owe() {
	if s.chance.Never() {
		return
	}
	for p := range s.senders {
		l := &s.senders[p]
		for i := range uint32(l.count) {
			s.follow(peer.ID(p), s.labels[l.first+i], 0, 1)
		}
	}
}

// follow adds change to the debts that hang on a message of a depth: those of
// its direct answers, and of the answers to these.
func (s *Source) follow(from peer.ID, label rng.Key, depth, change int32) {
	if int(depth) >= s.plan.Replies.Depth {
		return
	}
	for q := range s.peers {
		if peer.ID(q) == from {
			continue
		}
		if reply := s.senders[q].reply.With(uint64(label)); s.hits(reply) {
			s.peers[q].owed += change
			s.follow(peer.ID(q), reply, depth+1, change)
		}
	}
}

// cancel settles all that could only follow from a message that will never be
// broadcast.
func (s *Source) cancel(from peer.ID, label rng.Key, slot uint32, depth int32) {
	if s.plan.Replies != nil && !s.chance.Never() {
		s.follow(from, label, depth, -1)
	}
	if slot == NoRef {
		return
	}
	for _, entry := range s.after(slot) {
		e := &s.plan.Sends[entry]
		s.peers[e.From].left--
		s.cancel(e.From, s.planned(entry), s.slots[entry], 0)
	}
}
