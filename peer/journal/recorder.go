package journal

import (
	"mpcomm/peer"
	"mpcomm/sim"
)

// NoPeer stands in Event.Peer and Event.Other where no peer is concerned.
const NoPeer peer.ID = -1

// Event is one thing that happened. It holds no pointers. Which fields matter
// depends on Kind; build events with [New] so that the others say "none".
type Event struct {
	At      sim.Time       // true time at which it happened
	Arrival sim.Time       // of a fate: when the packet arrives, or is found corrupted; sim.Never if it does not
	Value   int64          // of a timer: the local time it was set for; of a phase: its number; of a fault: its place in the scenario
	Message peer.MessageID // the message concerned, or peer.NoMessage
	Peer    peer.ID        // where it happened, or NoPeer
	Other   peer.ID        // the other end of a packet's link, or NoPeer; of one sent, NoPeer = all others
	Round   int32          // of the packet
	Size    int32          // bytes of a broadcast's body
	Attempt uint16         // of the packet
	Kind    Kind
	Packet  peer.Kind // of the packet, or peer.KindNone
	Copy    uint8     // 0 the packet, 1 its duplicate
	Verdict uint8     // of a fate: 0 arrives, 1 lost, 2 full, 3 cut, 4 held, 5 no-link, 6 too-big, 7 corrupted
	Ends    bool      // of a fault: it ends
}

// New returns an event at a peer that concerns no message and no packet.
func New(k Kind, at sim.Time, p peer.ID) Event {
	return Event{Kind: k, At: at, Peer: p, Other: NoPeer, Message: peer.NoMessage}
}

// Recorder keeps the events of a run whose number, counted from 0, lies in a
// window, up to a largest count: a run is repeated to record the neighbourhood
// of a difference without keeping all the rest.
type Recorder struct {
	events []Event
	next   int64 // number of the next event
	from   int64
	to     int64
	limit  int
	full   int64 // events in the window that the limit turned away
	keep   func(*Event) bool
}

// Keep makes the recording that was started leave out the events of which keep
// says false; they are counted, but never as dropped.
func (r *Recorder) Keep(keep func(*Event) bool) { r.keep = keep }

// Reset starts a recording of at most limit events, those numbered from `from`
// until before `to`; a negative `to` leaves the window open. The memory is kept.
func (r *Recorder) Reset(limit int, from, to int64) {
	if to < 0 {
		to = 1<<63 - 1
	}
	*r = Recorder{events: r.events[:0], from: from, to: to, limit: limit}
}

// Add records e if it is in the window.
func (r *Recorder) Add(e Event) {
	n := r.next
	r.next++
	if n < r.from || n >= r.to || r.keep != nil && !r.keep(&e) {
		return
	}
	if len(r.events) >= r.limit {
		r.full++
		return
	}
	r.events = append(r.events, e)
}

// Events returns what was recorded. The slice is valid until the next Reset.
func (r *Recorder) Events() []Event { return r.events }

// Count returns how many events there were, recorded or not.
func (r *Recorder) Count() int64 { return r.next }

// Dropped returns how many events of the window were not kept because the
// recording had reached its limit.
func (r *Recorder) Dropped() int64 { return r.full }

// FirstDifference returns the index of the first event in which two recordings
// differ, and whether there is one. A recording that ends early differs at its
// length.
func FirstDifference(a, b []Event) (int, bool) {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i, true
		}
	}
	return n, len(a) != len(b)
}
