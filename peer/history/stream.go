package history

import (
	"iter"

	"mpcomm/peer"
	"mpcomm/sim"
)

// Entry is one delivery at one peer.
type Entry struct {
	At      sim.Time // of the delivery
	Arrived sim.Time // when a packet with the body first reached the host
	Ref     Ref
	Peer    peer.ID
}

// Stream is the deliveries of all peers in order of time. It is written from
// end to end, which costs a processor far less than the ends of many logs, and
// packed: twelve bytes an entry, eight more where a body had to wait.
type Stream struct {
	packed   []packed
	arrivals []sim.Time // of the entries that are held, in order
	last     sim.Time
	skips    int
}

// packed is an entry, or, as a skip, a stretch of time before the next.
type packed struct {
	since uint32 // nanoseconds after the entry before; of a skip, in units of 2^32
	ref   Ref
	who   uint32 // the peer, with isHeld or isSkip
}

const (
	isHeld = 1 << 16 // arrivals says when the body arrived; otherwise it came in this instant
	isSkip = 1 << 17
)

func (x *packed) held() bool    { return x.who&isHeld != 0 }
func (x *packed) skip() bool    { return x.who&isSkip != 0 }
func (x *packed) peer() peer.ID { return peer.ID(uint16(x.who)) }

// Reset empties the stream and keeps its memory.
func (s *Stream) Reset() {
	s.packed, s.arrivals, s.last, s.skips = s.packed[:0], s.arrivals[:0], 0, 0
}

// Grow makes room for n entries in an empty stream.
func (s *Stream) Grow(n int) {
	if cap(s.packed) < n {
		s.packed = make([]packed, 0, n)
	}
}

// Len returns the number of entries.
func (s *Stream) Len() int { return len(s.packed) - s.skips }

// Append adds a delivery, no earlier than the last, of a body that arrived no
// later.
func (s *Stream) Append(at, arrived sim.Time, ref Ref, p peer.ID) {
	s.AppendAtOnce(at, ref, p)
	if arrived != at {
		s.arrivals = append(s.arrivals, arrived)
		s.packed[len(s.packed)-1].who |= isHeld
	}
}

// AppendAtOnce adds a delivery, no earlier than the last, of a body that arrived
// in the same instant.
func (s *Stream) AppendAtOnce(at sim.Time, ref Ref, p peer.ID) {
	since := at - s.last
	s.last = at
	if since>>32 != 0 {
		s.skip(since)
	}
	s.packed = append(s.packed, packed{since: uint32(since), ref: ref, who: uint32(uint16(p))})
}

func (s *Stream) skip(since sim.Time) {
	if since < 0 {
		panic("history: Stream.Append: time runs backwards")
	}
	s.packed = append(s.packed, packed{since: uint32(since >> 32), who: isSkip})
	s.skips++
}

// All returns the entries in order.
func (s *Stream) All() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		at, arrivals := sim.Time(0), s.arrivals
		for i := range s.packed {
			x := &s.packed[i]
			if x.skip() {
				at += sim.Time(x.since) << 32
				continue
			}
			at += sim.Time(x.since)
			arrived := at
			if x.held() {
				arrived, arrivals = arrivals[0], arrivals[1:]
			}
			if !yield(Entry{At: at, Arrived: arrived, Ref: x.ref, Peer: x.peer()}) {
				return
			}
		}
	}
}

// Delays returns how long after its broadcast each entry whose reference is in
// [from, until) came: those at other peers than the sender, in order, and those at
// the sender, the last first; both lie in scratch, of at least Len()+1.
//
// Whether an entry is at the sender is as good as random, so it is not branched on:
// every time is written next to both lists, and stays where the next does not
// overwrite it.
func (s *Stream) Delays(broadcasts []Broadcast, from, until Ref, scratch []int64) (others, selves []int64) {
	window := broadcasts[min(from, Ref(len(broadcasts))):min(until, Ref(len(broadcasts)))]
	entries := s.packed
	at := sim.Time(0)
	a, b := 0, len(scratch)-1
	for i := range entries {
		x := entries[i]
		if x.skip() {
			at += sim.Time(x.since) << 32
			continue
		}
		at += sim.Time(x.since)
		k := uint(x.ref - from)
		if k >= uint(len(window)) { // NoRef is in none
			continue
		}
		sent := &window[k]
		took := int64(at - sent.At)
		scratch[a], scratch[b] = took, took
		self := 0
		if sent.ID.Sender == x.peer() {
			self = 1
		}
		a += 1 - self
		b -= self
	}
	return scratch[:a:a], scratch[b+1:]
}

// Holds appends to out how long bodies had been there that did not come in the
// instant of their delivery, in order: those of entries at other peers than the
// sender whose reference is in [from, until).
func (s *Stream) Holds(broadcasts []Broadcast, from, until Ref, out []int64) []int64 {
	at, arrivals := sim.Time(0), s.arrivals
	for i := 0; len(arrivals) > 0; i++ {
		x := &s.packed[i]
		if x.skip() {
			at += sim.Time(x.since) << 32
			continue
		}
		at += sim.Time(x.since)
		if !x.held() {
			continue
		}
		if x.ref-from < until-from && broadcasts[x.ref].ID.Sender != x.peer() { // NoRef is in none
			out = append(out, int64(at-arrivals[0]))
		}
		arrivals = arrivals[1:]
	}
	return out
}

// Deal writes the references of all entries into logs, which holds the logs of
// the peers one after another: that of p begins at next[p] and is as long as p has
// entries. Afterwards next[p] is where it ends.
func (s *Stream) Deal(logs []Ref, next []int) {
	entries := s.packed
	for i := range entries {
		x := &entries[i]
		if x.skip() {
			continue
		}
		k := &next[x.peer()]
		logs[*k] = x.ref
		*k++
	}
}
