package figure

import (
	"fmt"
	"slices"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/sim"
)

// RunFacts says which run a figure of logs is about.
type RunFacts struct {
	Scenario string
	Peers    int
	Seed     uint64
	Command  string // repeats the figure
}

// Logs are the logs of one run under one ordering.
type Logs struct {
	Ordering, Kind string
	Peers          [][]Delivery // by peer, in order of the log
	Names          []string     // by message
	Sent           []sim.Time   // by message
}

// Delivery is one entry of a log.
type Delivery struct {
	Message int // place in the order of broadcasting
	At      sim.Time
}

// LogsOf copies the logs out of a history, which may be borrowed.
func LogsOf(h *history.History, ordering, kind string) Logs {
	l := Logs{Ordering: ordering, Kind: kind}
	for i := range h.Broadcasts {
		l.Names = append(l.Names, h.Broadcasts[i].ID.String())
		l.Sent = append(l.Sent, h.Broadcasts[i].At)
	}
	for p := range h.Logs {
		times := h.TimesOf(peer.ID(p))
		var log []Delivery
		for k, m := range h.Logs[p].Refs {
			if int(m) < len(l.Names) { // what nobody broadcast has no place
				log = append(log, Delivery{int(m), times[k].Delivered})
			}
		}
		l.Peers = append(l.Peers, log)
	}
	return l
}

// longest is the number of positions of the longest log.
func (l *Logs) longest() int {
	n := 0
	for _, log := range l.Peers {
		n = max(n, len(log))
	}
	return n
}

// differAt reports whether peers hold different messages at position k, from 0.
// A log that has ended differs from one that has not.
func (l *Logs) differAt(k int) bool {
	for _, log := range l.Peers[1:] {
		if (k < len(log)) != (k < len(l.Peers[0])) || k < len(log) && log[k].Message != l.Peers[0][k].Message {
			return true
		}
	}
	return false
}

// differing counts the positions at which peers hold different messages.
func (l *Logs) differing() int {
	n := 0
	for k := range l.longest() {
		if l.differAt(k) {
			n++
		}
	}
	return n
}

// facts begin the caption of a figure of one run.
func (r RunFacts) facts() string {
	return fmt.Sprintf("%s: %s, seed %d.", r.Scenario, count(uint64(r.Peers), "peer"), r.Seed)
}

// looksOfLogs gives each ordering its look.
func looksOfLogs(all []Logs) []look {
	var kinds []string
	for _, l := range all {
		kinds = append(kinds, l.Kind)
	}
	return looksOf(kinds)
}

// checkLogs refuses what no picture of logs can show.
func checkLogs(all []Logs) error {
	if len(all) == 0 || slices.ContainsFunc(all, func(l Logs) bool { return len(l.Peers) < 2 || l.longest() == 0 }) {
		return fmt.Errorf("the run has no two logs with messages to compare")
	}
	return nil
}
