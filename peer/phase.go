package peer

import "time"

// Phase is where a Machine stands between its first READY and its closed log.
type Phase uint8

// The phases, in order. Draining: this peer has said STOP and waits for the
// others. Stopped: its log is closed; it goes on answering packets.
const (
	Idle Phase = iota
	Handshake
	Data
	Draining
	Stopped
)

var phaseNames = [...]string{"idle", "handshake", "data", "draining", "stopped"}

// String returns the name of the phase.
func (p Phase) String() string { return phaseNames[p] }

// Protocol says how handshake and stop are spoken.
type Protocol uint8

// The protocols of phases.
const (
	// Robust attributes every READY and STOP to its sender, asks again for
	// those that do not come, and keeps early packets for the opening.
	Robust Protocol = iota
	// Classic counts packets, drops what comes too early, and repairs nothing.
	Classic
	// None opens data at once; the host says when a peer has finished.
	None
)

var protocolNames = [...]string{"robust", "classic", "none"}

// String returns the name of the protocol of phases.
func (p Protocol) String() string { return protocolNames[p] }

// Phases holds the protocol of phases and its times, on the local clock.
type Phases struct {
	Protocol Protocol
	Retry    time.Duration // robust: silence before the first question
	Backoff  int64         // robust: factor between questions, 1..16; they are at most MaxRetry apart
	GiveUp   time.Duration // robust: how long a READY is waited for
	StopGap  time.Duration // between being done and STOP
	Drain    time.Duration // silence after which a log closes as it is
}

// MaxRetry bounds the time between two questions of the robust protocol.
const MaxRetry = 8 * time.Second

// DefaultPhases are the times a scenario starts from.
func DefaultPhases() Phases {
	return Phases{Protocol: Robust, Retry: time.Second, Backoff: 2, GiveUp: 20 * time.Second, Drain: 10 * time.Second}
}
