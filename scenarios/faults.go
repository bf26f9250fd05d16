package scenarios

import (
	"fmt"
	"strings"
	"time"

	"mpcomm/network/latency"
	"mpcomm/peer"
	"mpcomm/sim/rng"
)

// FaultKind says what a fault does.
type FaultKind uint8

// The faults.
const (
	FaultPartition FaultKind = iota // Groups are cut from each other, or the first from the second only
	FaultRing                       // each peer of Ring reaches only its neighbours there
	FaultIsolate                    // each of Alone is cut from everybody else
	FaultBridge                     // two halves, and Peer reaches both
	FaultClog                       // what arrives from From at To waits for the release
	FaultCrash                      // Peer loses its timers, its steps and perhaps its state
	FaultPause                      // Peer takes no step: packets and timers queue up
	FaultSlow                       // each step of Peer takes Service
	FaultJoin                       // Peer powers on only now
	FaultLeave                      // Peer broadcasts no more and says STOP
	FaultClock                      // the clock of Peer jumps by By
)

// faultWords are the keys that name the kinds, by kind.
var faultWords = [...]string{
	"partition", "ring", "isolate", "bridge", "clog", "crash", "pause", "slow", "join", "leave", "clock",
}

// String returns the key that names the kind.
func (k FaultKind) String() string { return faultWords[k] }

// Cuts reports whether the fault is one of links and not of a peer.
func (k FaultKind) Cuts() bool { return k <= FaultClog }

// FaultState says what a peer knows when it comes back from a crash.
type FaultState uint8

// The states after a restart.
const (
	StateKept  FaultState = iota // everything, as on a disk that is never behind
	StateLost                    // nothing but how many messages it has broadcast
	StateSaved                   // what it had saved last
)

var stateWords = [...]string{"kept", "lost", "saved"}

// String returns the word of the language.
func (s FaultState) String() string { return stateWords[s] }

// Fault is one entry of faults: what happens, when, and for how long.
type Fault struct {
	Kind FaultKind
	Name string // as written; empty = none

	// When: at a time, after an event, in the step of a delivery, or by chance.
	At         time.Duration
	SinceData  bool           // At counts from T0
	After      *Trigger       // the event it follows, Delay later
	Delay      time.Duration  // after After
	AtDelivery peer.MessageID // crash: NoMessage unless it strikes in that step
	Sent       int            // packets of that step that still leave
	Chance     *rng.Ratio     // that it happens in a run at all; nil = it does
	Every      *latency.Family

	// How long: For 0 = to the end. A partition that flaps is down for Down and
	// up for Up, again and again, as long as it lasts.
	For, Down, Up time.Duration

	// Cuts.
	Groups       [][]peer.ID // partition
	OneWay       bool        // only from the first group to the second
	Ring         []peer.ID
	Alone        []peer.ID // isolate
	From, To     []peer.ID // clog; nil = every peer
	Hold         bool      // held until it heals instead of lost
	DropInFlight bool

	// Faults of one peer; of a bridge the one that reaches both halves.
	Peer           peer.ID
	Restart        time.Duration // crash: when it comes back, counted as At; 0 = never, or after For
	State          FaultState
	Save           time.Duration // saved: at each multiple of it, true time; 0 = not by time
	SaveDeliveries int           // saved: after each step that completes so many deliveries; 0 = not by them
	Service        time.Duration // slow
	By             time.Duration // clock
}

// Returns reports whether the peer of a crash comes back.
func (f *Fault) Returns() bool { return f.Restart > 0 || f.For > 0 }

// Sides returns the groups that a cut separates, for the kinds that have
// groups: of a partition, of an isolation and of a bridge.
func (f *Fault) Sides(peers int) [][]peer.ID {
	switch f.Kind {
	case FaultPartition:
		return f.Groups
	case FaultIsolate:
		var groups [][]peer.ID
		rest := []peer.ID{}
		alone := make([]bool, peers)
		for _, p := range f.Alone {
			groups = append(groups, []peer.ID{p})
			alone[p] = true
		}
		for p := range peer.ID(peers) {
			if !alone[p] {
				rest = append(rest, p)
			}
		}
		if len(rest) > 0 {
			groups = append(groups, rest)
		}
		return groups
	case FaultBridge:
		var all []peer.ID
		for p := range peer.ID(peers) {
			if p != f.Peer {
				all = append(all, p)
			}
		}
		half := len(all) / 2
		return [][]peer.ID{all[:half], all[half:]}
	}
	return nil
}

// Title names the fault: as the file does, or by what it does to whom. Draws of
// chance are named by it.
func (f *Fault) Title() string {
	if f.Name != "" {
		return f.Name
	}
	switch f.Kind {
	case FaultPartition:
		var groups []string
		for _, g := range f.Groups {
			groups = append(groups, listPeers(g))
		}
		if f.OneWay {
			return "partition " + strings.Join(groups, " > ")
		}
		return "partition " + strings.Join(groups, " | ")
	case FaultRing:
		return "ring " + listPeers(f.Ring)
	case FaultIsolate:
		return "isolate " + listPeers(f.Alone)
	case FaultClog:
		return "clog " + listPeers(f.From) + " > " + listPeers(f.To)
	}
	return f.Kind.String() + " " + f.Peer.String()
}

// listPeers writes a list of peers in a title; nil is every peer.
func listPeers(list []peer.ID) string {
	if list == nil {
		return "all"
	}
	var names []string
	for _, p := range list {
		names = append(names, p.String())
	}
	return strings.Join(names, " ")
}

// When says in words when the fault is to strike.
func (f *Fault) When() string {
	since := ""
	if f.SinceData {
		since = " since data"
	}
	switch {
	case f.AtDelivery != peer.NoMessage:
		return fmt.Sprintf("at the delivery of %v", f.AtDelivery)
	case f.After != nil && f.Delay > 0:
		return fmt.Sprintf("%v after the %v", f.Delay, f.After)
	case f.After != nil:
		return fmt.Sprintf("after the %v", f.After)
	case f.Every != nil:
		return fmt.Sprintf("now and then from %v%s", f.At, since)
	}
	return fmt.Sprintf("at %v%s", f.At, since)
}
