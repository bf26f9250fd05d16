package workload

import (
	"fmt"
	"math"
	"time"

	"mpcomm/peer"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// Message is one broadcast as the application hands it to its peer.
type Message struct {
	ID    peer.MessageID
	Label rng.Key // its identity in the names of random draws
	Ref   uint32  // 0, 1, 2, ... in order of broadcast
	Cause uint32  // the message it answers or was sent after, or NoRef
	Size  int32   // bytes of the body
}

// Source carries out a plan in one run. Call Reset before first use; after
// that it is a pure function of the plan, the root key and the calls.
type Source struct {
	index
	peers []sender
	table []uint32  // by slot: reference + 1 of the broadcast, 0 before it
	label []rng.Key // by reference
	facts []fact    // by reference; only when the plan reacts

	gap, start, at, delay, size rng.Key
	answer, pause               rng.Key // replies: whether, and after how long
	chance                      rng.Chance
	replies                     uint32 // how many were made due, for the order of equals
	clamped                     uint64
	bytes                       int32 // of every body, unless sized
	sized                       bool  // sizes are drawn
	began                       bool
}

// fact is what reactions need to know about a broadcast.
type fact struct {
	slot   uint32 // of a planned message, else NoRef
	sender peer.ID
	depth  int32 // 0 planned, 1 a reply to it, ...
}

// sender is the state of one peer.
type sender struct {
	next    sim.Time // when the next of Messages is due; sim.Never without one
	gap     rng.Key
	made    int32 // planned messages broadcast
	left    int32 // planned messages that can still be broadcast
	owed    int32 // replies that can still become due
	count   int32 // broadcasts
	opened  bool
	queue   queue    // what is due of sends and replies
	answers []uint32 // references of its replies, in order
	seen    []uint64 // two bits a reference: arrived, delivered or discarded here
}

// Reset starts a run with the draws that descend from root. Memory is kept;
// the names in a plan are resolved when the source meets it for the first time.
func (s *Source) Reset(plan *Plan, root rng.Key) {
	if s.plan != plan {
		s.build(plan)
		s.table = make([]uint32, s.total)
	} else {
		clear(s.table)
	}
	if cap(s.peers) < plan.Peers {
		s.peers = append(s.peers[:cap(s.peers)], make([]sender, plan.Peers-cap(s.peers))...)
	}
	s.peers = s.peers[:plan.Peers]
	s.label, s.facts = s.label[:0], s.facts[:0]
	s.clamped, s.replies, s.began = 0, 0, false

	s.name(root.Name("workload"))
	s.sized = !plan.Size.IsConstant()
	s.bytes = clampSize(plan.Size.Sample(0))
	for i := range s.peers {
		x := &s.peers[i]
		x.next, x.made, x.left, x.owed, x.count, x.opened = sim.Never, 0, s.senders[i].count, 0, 0, false
		x.queue, x.answers, x.seen = x.queue[:0], x.answers[:0], x.seen[:0]
	}
	if r := plan.Replies; r != nil {
		s.chance = r.Probability.Chance()
		s.owe()
	}
}

// name gives the purposes of draws their keys. They are numbered rather than
// spelled, for a run may be as short as eight broadcasts.
func (s *Source) name(family rng.Key) {
	s.gap, s.start, s.size = family.With(0), family.With(1), family.With(2)
	if s.plan.Sends != nil {
		s.at, s.delay = family.With(3), family.With(4)
	}
	if s.plan.Replies != nil {
		s.answer, s.pause = family.With(5), family.With(6)
	}
}

// Rename makes root the key of all draws from now on. A message whose gap was
// drawn before keeps its time.
func (s *Source) Rename(root rng.Key) {
	s.name(root.Name("workload"))
	for p := range s.peers {
		s.peers[p].gap = s.gap.With(uint64(p))
	}
}

// Opened says that data is open at p. Its plan of messages and gaps begins.
func (s *Source) Opened(p peer.ID, at sim.Time) {
	x := &s.peers[p]
	if x.opened {
		panic(fmt.Sprintf("workload: %s opened twice", p))
	}
	x.opened = true
	if s.plan.Sends == nil && x.left > 0 {
		x.gap = s.gap.With(uint64(p))
		x.next = at.Add(s.clamp(s.plan.Start.Sample(s.start.Word(uint64(p)))))
		x.next = x.next.Add(s.clamp(s.plan.Gap.Sample(x.gap.Word(0))))
	}
}

// DataBegan says that data is open everywhere: the schedule of sends counts
// from here. Nothing of it is due before.
func (s *Source) DataBegan(at sim.Time) {
	if s.began {
		panic("workload: data began twice")
	}
	s.began = true
	for i := range s.plan.Sends {
		e := &s.plan.Sends[i]
		if e.After == peer.NoMessage {
			wait := s.clamp(e.At.Sample(s.at.Word(uint64(s.planned(uint32(i))))))
			s.peers[e.From].queue.push(due{at: at.Add(wait), order: uint32(i), cause: NoRef, entry: int32(i)})
		}
	}
}

// clamp turns a drawn time into one that does not run backwards.
func (s *Source) clamp(d int64) time.Duration {
	if d < 0 {
		s.clamped++
		return 0
	}
	return time.Duration(d)
}

// Next returns when p's next broadcast is due, as far as is known now. The
// time may lie in the past when the peer opened or restarted after it.
func (s *Source) Next(p peer.ID) (at sim.Time, ok bool) {
	x := &s.peers[p]
	at = x.next
	if len(x.queue) > 0 && x.queue[0].at < at {
		at = x.queue[0].at
	}
	return at, at != sim.Never && x.opened
}

// Take makes p's next broadcast and returns it. There must be one.
func (s *Source) Take(p peer.ID) Message {
	x := &s.peers[p]
	if len(x.queue) > 0 && x.queue[0].at < x.next {
		return s.takeQueued(p, x)
	}
	if x.next == sim.Never {
		panic(fmt.Sprintf("workload: %s has nothing to broadcast", p))
	}
	slot := s.senders[p].first + uint32(x.made)
	id, label := peer.MessageID{Sender: p, Number: x.made}, s.labels[slot]
	ref := s.add(x, label)
	s.table[slot] = ref + 1
	if s.reacts {
		s.facts = append(s.facts, fact{slot: slot, sender: p})
	}
	x.made++
	if x.left--; x.left > 0 {
		x.next = x.next.Add(s.clamp(s.plan.Gap.Sample(x.gap.Word(uint64(x.made)))))
	} else {
		x.next = sim.Never
	}
	return Message{ID: id, Label: label, Ref: ref, Cause: NoRef, Size: s.Size(ref)}
}

func (s *Source) takeQueued(p peer.ID, x *sender) Message {
	d := x.queue.pop()
	l := &s.senders[p]
	if d.entry >= 0 {
		e := &s.plan.Sends[d.entry]
		slot := s.slots[d.entry]
		ref := s.add(x, s.labels[slot])
		s.table[slot] = ref + 1
		if s.reacts {
			s.facts = append(s.facts, fact{slot: slot, sender: p})
		}
		x.made++
		x.left--
		return Message{ID: idOf(e), Label: s.labels[slot], Ref: ref, Cause: d.cause, Size: s.Size(ref)}
	}
	number, label := l.replies+int32(len(x.answers)), l.reply.With(uint64(s.label[d.cause]))
	ref := s.add(x, label)
	x.answers = append(x.answers, ref)
	s.facts = append(s.facts, fact{slot: NoRef, sender: p, depth: s.facts[d.cause].depth + 1})
	return Message{ID: peer.MessageID{Sender: p, Number: number}, Label: label, Ref: ref, Cause: d.cause, Size: s.Size(ref)}
}

// add gives a broadcast its reference.
func (s *Source) add(x *sender, label rng.Key) (ref uint32) {
	ref = uint32(len(s.label))
	s.label = append(s.label, label)
	x.count++
	return ref
}

// planned returns the label of an entry's message.
func (s *Source) planned(entry uint32) rng.Key { return s.labels[s.slots[entry]] }

// Done reports whether no broadcast of p can come any more.
func (s *Source) Done(p peer.ID) bool {
	x := &s.peers[p]
	return x.left == 0 && x.owed == 0 && len(x.queue) == 0
}

// Made reports whether all planned sends of p have been made or have lost
// their cause, whatever replies may still come.
func (s *Source) Made(p peer.ID) bool { return s.peers[p].left == 0 }

// Reacts reports whether the plan wants to hear of deliveries and arrivals.
func (s *Source) Reacts() bool { return s.reacts }

// Lookup returns the reference of a broadcast by the name of its message, and
// whether that message has been broadcast.
func (s *Source) Lookup(id peer.MessageID) (ref uint32, ok bool) {
	if uint(id.Sender) < uint(len(s.senders)) {
		if l := &s.senders[id.Sender]; uint32(id.Number) < l.dense {
			v := s.table[l.first+uint32(id.Number)]
			return v - 1, v != 0
		}
	}
	return s.lookup(id)
}

func (s *Source) lookup(id peer.MessageID) (uint32, bool) {
	if uint(id.Sender) >= uint(len(s.senders)) || id.Number < 0 {
		return NoRef, false
	}
	answers := s.peers[id.Sender].answers
	if i := int(id.Number) - int(s.senders[id.Sender].replies); i >= 0 {
		if i < len(answers) {
			return answers[i], true
		}
		return NoRef, false
	}
	if slot, ok := s.slot(id); ok {
		return s.table[slot] - 1, s.table[slot] != 0
	}
	return NoRef, false
}

// Label returns the identity of a broadcast in the names of random draws.
func (s *Source) Label(ref uint32) rng.Key { return s.label[ref] }

// Size returns the bytes of a broadcast's body.
func (s *Source) Size(ref uint32) int32 {
	if !s.sized {
		return s.bytes
	}
	return clampSize(s.plan.Size.Sample(s.size.Word(uint64(s.label[ref]))))
}

func clampSize(bytes int64) int32 { return int32(max(0, min(bytes, math.MaxInt32))) }

// Broadcasts returns how many messages p has broadcast.
func (s *Source) Broadcasts(p peer.ID) int32 { return s.peers[p].count }

// Count returns how many messages have been broadcast.
func (s *Source) Count() int { return len(s.label) }

// Total returns how many messages are planned; known is false when replies may
// come on top.
func (s *Source) Total() (n int, known bool) { return s.total, s.plan.Replies == nil }

// Clamped returns how many drawn times were negative and counted as 0.
func (s *Source) Clamped() uint64 { return s.clamped }

// Entry returns who sends entry i of an explicit schedule, and when it is due
// by itself; ok is false for entries that wait for a message or for the data
// phase. A host that wakes peers for all entries in this order keeps the order
// of the plan among equal times, across peers too.
func (s *Source) Entry(i int) (p peer.ID, at sim.Time, ok bool) {
	e := &s.plan.Sends[i]
	if s.began && e.After == peer.NoMessage {
		for _, d := range s.peers[e.From].queue {
			if d.entry == int32(i) {
				return e.From, d.at, true
			}
		}
	}
	return e.From, sim.Never, false
}
