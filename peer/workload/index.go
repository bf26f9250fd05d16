package workload

import (
	"slices"

	"mpcomm/peer"
	"mpcomm/sim/rng"
)

// The labels of messages do not depend on the seed: they are names.
var (
	plannedRoot = rng.Root(0).Name("planned")
	replyRoot   = rng.Root(0).Name("reply")
)

// index is what a plan means once its names are resolved; it is built when a
// Source meets a plan for the first time.
//
// Planned messages have slots: those of one sender lie side by side, in order
// of their numbers.
type index struct {
	plan    *Plan
	total   int
	reacts  bool
	senders []lane
	labels  []rng.Key // by slot
	numbers []int32   // of explicit schedules, by slot
	slots   []uint32  // of explicit schedules, by entry
	waiting []uint32  // entries with After, by slot of that message, then peer, then entry
	waits   []uint32  // by slot, and one more: where its entries begin in waiting
}

// lane is what the plan says about one peer.
type lane struct {
	reply   rng.Key // labels of its replies are reply.With(label of the message)
	first   uint32  // its first slot
	count   int32   // its slots
	dense   uint32  // count if its numbers are 0..count-1, else 0
	replies int32   // number of its first reply
}

func (x *index) build(p *Plan) {
	*x = index{plan: p, total: p.Total(), reacts: p.Reacts(), senders: make([]lane, p.Peers)}
	for i := range x.senders {
		l := &x.senders[i]
		l.reply = replyRoot.With(uint64(i))
		if p.Sends == nil && (p.Senders == nil || p.Senders[i]) {
			l.count = int32(p.Messages)
		}
	}
	for i := range p.Sends {
		x.senders[p.Sends[i].From].count++
	}
	first := uint32(0)
	for i := range x.senders {
		l := &x.senders[i]
		l.first, l.dense, l.replies = first, uint32(l.count), l.count
		first += uint32(l.count)
	}
	if p.Sends != nil {
		x.number()
		x.wait()
	}
	x.labels = make([]rng.Key, 0, x.total)
	for i := range x.senders {
		l, planned := &x.senders[i], plannedRoot.With(uint64(i))
		for k := range uint32(l.count) {
			number := uint64(k)
			if x.numbers != nil {
				number = uint64(x.numbers[l.first+k])
			}
			x.labels = append(x.labels, planned.With(number))
		}
	}
}

// number gives the entries of an explicit schedule their slots.
func (x *index) number() {
	sends := x.plan.Sends
	order := make([]uint32, len(sends))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return idOf(&sends[a]).Compare(idOf(&sends[b]))
	})
	x.numbers, x.slots = make([]int32, len(sends)), make([]uint32, len(sends))
	for slot, entry := range order {
		x.slots[entry] = uint32(slot)
		x.numbers[slot] = sends[entry].Number
	}
	for i := range x.senders {
		l := &x.senders[i]
		if l.count == 0 {
			continue
		}
		last := x.numbers[l.first+uint32(l.count)-1]
		l.replies = last + 1
		if last != l.count-1 {
			l.dense = 0
		}
	}
}

func idOf(s *Send) peer.MessageID { return peer.MessageID{Sender: s.From, Number: s.Number} }

// wait lists the entries that are sent after others.
func (x *index) wait() {
	sends := x.plan.Sends
	cause := make([]uint32, len(sends))
	for i := range sends {
		if after := sends[i].After; after != peer.NoMessage {
			slot, ok := x.slot(after)
			if !ok {
				panic("workload: a plan that passed Check names an unknown message: " + after.String())
			}
			cause[i] = slot
			x.waiting = append(x.waiting, uint32(i))
		}
	}
	slices.SortFunc(x.waiting, func(a, b uint32) int {
		if cause[a] != cause[b] {
			return int(int64(cause[a]) - int64(cause[b]))
		}
		if sends[a].From != sends[b].From {
			return int(sends[a].From - sends[b].From)
		}
		return int(int64(a) - int64(b))
	})
	x.waits = make([]uint32, len(sends)+1)
	for _, entry := range x.waiting {
		x.waits[cause[entry]+1]++
	}
	for slot := range sends {
		x.waits[slot+1] += x.waits[slot]
	}
}

// slot finds a planned message by its name, which need not exist.
func (x *index) slot(id peer.MessageID) (uint32, bool) {
	if uint(id.Sender) >= uint(len(x.senders)) || id.Number < 0 {
		return 0, false
	}
	l := &x.senders[id.Sender]
	if l.dense == uint32(l.count) {
		return l.first + uint32(id.Number), uint32(id.Number) < l.dense
	}
	i, ok := slices.BinarySearch(x.numbers[l.first:l.first+uint32(l.count)], id.Number)
	return l.first + uint32(i), ok
}

// after returns the entries that wait for the message in a slot.
func (x *index) after(slot uint32) []uint32 {
	if x.waits == nil {
		return nil
	}
	return x.waiting[x.waits[slot]:x.waits[slot+1]]
}
