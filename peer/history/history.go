// Package history holds what a run leaves behind for judgement: the table of
// broadcasts, one log per peer and the comparison server's intake, and the
// yes/no checks of the properties of a broadcast, each with a witness.
//
// It must never know a protocol's own clocks or stamps: causality is
// reconstructed from what was broadcast and delivered, in recorded order.
package history

import (
	"slices"

	"mpcomm/peer"
	"mpcomm/sim"
)

// Ref is the index of a broadcast in History.Broadcasts.
type Ref = uint32

// NoRef marks the absence of a broadcast: a cause that is none, or a log entry
// for a message that was never broadcast.
const NoRef Ref = 1<<32 - 1

// Broadcast is one message that an application asked its peer to broadcast.
type Broadcast struct {
	ID     peer.MessageID
	At     sim.Time // true time of the request
	Rank   int32    // how many messages the sender had broadcast before
	LogLen int32    // how many messages the sender had delivered before
	Cause  Ref      // the message it answers or was sent after, or NoRef
}

// Log is the sequence of deliveries at one peer. The slices are parallel;
// Times is empty where no times are known, or where nobody has asked for them
// yet: see History.TimesOf.
type Log struct {
	Refs  []Ref
	Times []Times
}

// Times says when one entry of a log came about; sim.Never where not known.
type Times struct {
	Delivered sim.Time // the message entered the log
	Arrived   sim.Time // a packet with its body first reached the host
}

// History is what happened in one run, as far as it can be judged. It is
// borrowed from the engine that made it until that engine's next run.
type History struct {
	Peers      int
	Broadcasts []Broadcast // in order of broadcast
	Logs       []Log       // of every peer
	Stream     Stream      // the same entries in order of time; empty where times are not known
	Crashed    []bool      // peers that crashed and lost their state; nil when none did
	Lost       []Absent    // peers that did not submit their log, and why
	Submitted  []peer.ID   // in the order in which the logs reached the comparison server
	Strays     []Stray     // log entries with NoRef: messages nobody broadcast
}

// Absent names a peer that did not submit its log.
type Absent struct {
	Peer peer.ID `json:"peer"`
	Why  string  `json:"why"` // crashed, stuck or limit
}

// Stray is a delivery of a message that was never broadcast.
type Stray struct {
	Peer     peer.ID
	Position int // in the log, from 0
	ID       peer.MessageID
}

// TimesOf returns the times of p's log, beside its Refs; empty where they are
// not known. The first call lays out those of all peers.
func (h *History) TimesOf(p peer.ID) []Times {
	if l := &h.Logs[p]; len(l.Times) == 0 && len(l.Refs) > 0 && h.Stream.Len() > 0 {
		h.layOutTimes()
	}
	return h.Logs[p].Times
}

func (h *History) layOutTimes() {
	for i := range h.Logs {
		h.Logs[i].Times = slices.Grow(h.Logs[i].Times[:0], len(h.Logs[i].Refs))
	}
	for e := range h.Stream.All() {
		l := &h.Logs[e.Peer]
		l.Times = append(l.Times, Times{Delivered: e.At, Arrived: e.Arrived})
	}
}

// Correct reports whether p's log is among those compared: p never crashed,
// or came back with its state.
func (h *History) Correct(p int) bool { return h.Crashed == nil || !h.Crashed[p] }
