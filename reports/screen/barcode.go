package screen

import (
	"math"

	"mpcomm/peer"
	"mpcomm/peer/history"
)

// Missing is the displacement of a message that another log does not hold,
// and of a position at which one log has ended and another has not.
const Missing = math.MaxInt

// Barcode says where the compared logs disagree: at each log position how far
// a message there stands from its place in the other logs.
type Barcode struct {
	Widest []int     // by position: 0 = all peers agree, else the largest displacement of any peer's message
	Peers  []PeerBar // one per compared log, if asked for
}

// PeerBar is the barcode of one peer's log; it is as long as the longest log.
type PeerBar struct {
	Peer   peer.ID
	Widest []int
}

// span is where one message stands in the compared logs.
type span struct {
	first, last int // least and largest position
	logs        int // how many logs hold it
}

// NewBarcode measures the compared logs of h; nothing of h is kept. A position
// has displacement 0 exactly when every compared log holds the same message
// there. Further copies of a message in a log are measured against its first
// entries. It takes time and memory proportional to the deliveries.
func NewBarcode(h *history.History, byPeer bool) Barcode {
	var logs [][]int // of message numbers: references, strays after them
	var who []peer.ID
	strays := strayNumbers(h)
	positions := 0
	for p := range h.Logs {
		if !h.Correct(p) {
			continue
		}
		log := make([]int, len(h.Logs[p].Refs))
		for k, ref := range h.Logs[p].Refs {
			log[k] = int(ref)
			if ref == history.NoRef {
				log[k] = len(h.Broadcasts) + strays[place{peer.ID(p), k}]
			}
		}
		logs, who = append(logs, log), append(who, peer.ID(p))
		positions = max(positions, len(log))
	}
	spans := make([]span, len(h.Broadcasts)+len(h.Strays)+1)
	lastSeen := make([]int, len(spans)) // 1 + the last log that held it
	for i, log := range logs {
		for k, m := range log {
			if lastSeen[m] == i+1 {
				continue
			}
			lastSeen[m] = i + 1
			s := &spans[m]
			if s.logs == 0 {
				s.first, s.last = k, k
			}
			s.first, s.last = min(s.first, k), max(s.last, k)
			s.logs++
		}
	}
	code := Barcode{Widest: make([]int, positions)}
	if byPeer {
		for _, p := range who {
			code.Peers = append(code.Peers, PeerBar{Peer: p, Widest: make([]int, positions)})
		}
	}
	for k := range positions {
		if agree(logs, k) {
			continue
		}
		for i, log := range logs {
			d := displacement(log, k, spans, len(logs))
			code.Widest[k] = max(code.Widest[k], d)
			if byPeer {
				code.Peers[i].Widest[k] = d
			}
		}
	}
	return code
}

// displacement is how far log's entry at k stands from the same message in any
// other log, at least 1: it is asked only where logs differ.
func displacement(log []int, k int, spans []span, logs int) int {
	if k >= len(log) {
		return Missing
	}
	s := spans[log[k]]
	if s.logs < logs {
		return Missing
	}
	return max(1, k-s.first, s.last-k)
}

// agree reports whether all logs hold the same message at position k.
func agree(logs [][]int, k int) bool {
	for _, log := range logs {
		if k >= len(log) || log[k] != logs[0][k] {
			return false
		}
	}
	return true
}

// place is one entry of a log.
type place struct {
	peer     peer.ID
	position int
}

// strayNumbers numbers the messages that nobody broadcast, from 0, by name.
func strayNumbers(h *history.History) map[place]int {
	if len(h.Strays) == 0 {
		return nil
	}
	names := make(map[peer.MessageID]int)
	numbers := make(map[place]int, len(h.Strays))
	for _, s := range h.Strays {
		n, ok := names[s.ID]
		if !ok {
			n = len(names)
			names[s.ID] = n
		}
		numbers[place{s.Peer, s.Position}] = n
	}
	return numbers
}
