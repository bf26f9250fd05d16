// Package history holds what a run leaves behind for judgement: the table of
// broadcasts, one log per peer and the comparison server's intake, and the
// yes/no checks of the properties of a broadcast, each with a witness.
//
// It must never know a protocol's own clocks or stamps: causality is
// reconstructed from what was broadcast and delivered, in recorded order.
package history

import (
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
// Times is nil where no times are known.
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

// Correct reports whether p's log is among those compared: p never crashed,
// or came back with its state.
func (h *History) Correct(p int) bool { return h.Crashed == nil || !h.Crashed[p] }
