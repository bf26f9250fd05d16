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
	peer  uint16
	held  bool // arrivals says when the body arrived; otherwise it came in this instant
	skip  bool
}

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
	since := at - s.last
	s.last = at
	if since>>32 != 0 {
		s.skip(since)
	}
	held := arrived != at
	if held {
		s.arrivals = append(s.arrivals, arrived)
	}
	s.packed = append(s.packed, packed{since: uint32(since), ref: ref, peer: uint16(p), held: held})
}

func (s *Stream) skip(since sim.Time) {
	if since < 0 {
		panic("history: Stream.Append: time runs backwards")
	}
	s.packed = append(s.packed, packed{since: uint32(since >> 32), skip: true})
	s.skips++
}

// Held reports whether some body was not delivered in the instant it arrived.
func (s *Stream) Held() bool { return len(s.arrivals) > 0 }

// All returns the entries in order.
func (s *Stream) All() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		at, arrivals := sim.Time(0), s.arrivals
		for i := range s.packed {
			x := &s.packed[i]
			if x.skip {
				at += sim.Time(x.since) << 32
				continue
			}
			at += sim.Time(x.since)
			arrived := at
			if x.held {
				arrived, arrivals = arrivals[0], arrivals[1:]
			}
			if !yield(Entry{At: at, Arrived: arrived, Ref: x.ref, Peer: peer.ID(x.peer)}) {
				return
			}
		}
	}
}

// Deal appends the reference of every entry to the log of its peer.
func (s *Stream) Deal(logs []Log) {
	for i := range s.packed {
		if x := &s.packed[i]; !x.skip {
			l := &logs[x.peer]
			l.Refs = append(l.Refs, x.ref)
		}
	}
}
