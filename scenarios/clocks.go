package scenarios

import (
	"cmp"
	"slices"
	"time"

	"mpcomm/network/latency"
	"mpcomm/peer"
	"mpcomm/peer/clock"
)

// Clocks are the peers' clocks: a default and exceptions.
type Clocks struct {
	Default Clock
	Peers   []PeerClock // in ascending order of peer
}

// PeerClock is the clock of one peer, resolved against the default.
type PeerClock struct {
	Peer  peer.ID
	Clock Clock
}

// Clock is one peer's clock. Rates are in parts per 10^9.
type Clock struct {
	Preset    string // where some of the others come from, or empty
	Offset    latency.Family
	OffsetMax time.Duration // 0 = none
	Either    bool          // a fair coin says whether Offset and Drift change their sign
	Drift     latency.Family
	Wander    *Wander
	Tick      time.Duration
	Steps     []ClockStep
	Freezes   []ClockFreeze
	Sync      *ClockSync
	Bound     *clock.Bound // the error that the scenario promises not to exceed
	Replay    *ClockReplay
}

// Wander is a rate that changes at each multiple of Every by a normal draw.
type Wander struct {
	SD    int64
	Every time.Duration
}

// ClockStep moves a clock.
type ClockStep struct {
	At        time.Duration
	SinceData bool
	By        time.Duration
}

// ClockFreeze makes a clock stand still.
type ClockFreeze struct {
	At        time.Duration
	SinceData bool
	For       time.Duration
	CatchUp   bool // then it shows what it would have shown; else it goes on from where it stood
}

// SyncWith says whom a clock is set by.
type SyncWith uint8

// What a clock is set by: true time, a server of true time at the comparison
// server's site, another peer.
const (
	SyncReference SyncWith = iota
	SyncServer
	SyncPeer
)

// ClockSync sets a clock right again and again.
type ClockSync struct {
	Every, First time.Duration
	With         SyncWith
	Peer         peer.ID // SyncPeer
	Error        latency.Family
	Slew         int64 // 0 = by steps
}

// ClockReplay makes a clock err as a measured one did.
type ClockReplay struct {
	File           string
	Unit, TimeUnit time.Duration
	At             time.Duration
	Loop           bool
	Points         []clock.Point
}

// Of returns the clock of peer p.
func (c *Clocks) Of(p peer.ID) *Clock {
	i, own := slices.BinarySearchFunc(c.Peers, p, func(c PeerClock, p peer.ID) int { return cmp.Compare(c.Peer, p) })
	if own {
		return &c.Peers[i].Clock
	}
	return &c.Default
}

// Promise returns the largest error that any clock of s may have by what the
// scenario promises. ok is false unless it promises a bound for every clock.
func (s *Scenario) Promise() (most time.Duration, ok bool) {
	consider := func(c *Clock) bool {
		if c.Bound != nil {
			most = max(most, c.Bound.Max)
		}
		return c.Bound != nil
	}
	if len(s.Clocks.Peers) < s.Peers && !consider(&s.Clocks.Default) {
		return 0, false
	}
	for i := range s.Clocks.Peers {
		if !consider(&s.Clocks.Peers[i].Clock) {
			return 0, false
		}
	}
	return most, true
}
