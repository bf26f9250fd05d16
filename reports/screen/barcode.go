package screen

import (
	"math"

	"mpcomm/peer"
	"mpcomm/peer/history"
)

// Missing is the displacement of a message that some compared log never holds.
const Missing = math.MaxInt32

// Barcode says where the compared logs disagree.
type Barcode struct {
	Widest []int32   // by position: 0 = all logs agree, else how far a message there is displaced at most, or Missing
	Peers  []PeerBar // the same for each log, for verbose screens; may be nil
}

// PeerBar is the barcode of one peer's log; it is as long as the longest log.
type PeerBar struct {
	Peer   peer.ID
	Widest []int32
}

// span is where one message stands in the compared logs.
type span struct {
	first, last int // least and largest position
	logs        int // how many logs hold it
}

// PeerBars measures each compared log of h: how far the message at each
// position is displaced at most between the compared logs. Where all logs hold
// the same message it is 0; where a log has ended and others go on, it is what
// they show. A further copy of a message is measured by the first ones.
// Nothing of h is kept; time and memory are proportional to the deliveries.
func PeerBars(h *history.History) []PeerBar {
	logs, who := comparedLogs(h)
	spans := make([]span, len(h.Broadcasts)+len(h.Strays)+1)
	lastSeen := make([]int, len(spans)) // 1 + the last log that held it
	positions := 0
	for i, log := range logs {
		positions = max(positions, len(log))
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
	bars := make([]PeerBar, len(logs))
	for i := range bars {
		bars[i] = PeerBar{Peer: who[i], Widest: make([]int32, positions)}
	}
	for k := range positions {
		if agree(logs, k) {
			continue
		}
		widest := int32(1)
		for i, log := range logs {
			if k < len(log) {
				bars[i].Widest[k] = spans[log[k]].displacement(len(logs))
				widest = max(widest, bars[i].Widest[k])
			}
		}
		for i, log := range logs {
			if k >= len(log) {
				bars[i].Widest[k] = widest
			}
		}
	}
	return bars
}

// displacement is at least 1: it is asked only where logs differ.
func (s span) displacement(logs int) int32 {
	if s.logs < logs {
		return Missing
	}
	return int32(max(1, s.last-s.first))
}

// agree reports whether all logs hold the same message at position k.
func agree(logs [][]int, k int) bool {
	for _, log := range logs {
		if k >= len(log) || k >= len(logs[0]) || log[k] != logs[0][k] {
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

// comparedLogs returns the logs of correct peers as numbers: references, and
// after them one number for each name that nobody broadcast.
func comparedLogs(h *history.History) (logs [][]int, who []peer.ID) {
	names := make(map[peer.MessageID]int)
	strays := make(map[place]int, len(h.Strays))
	for _, s := range h.Strays {
		n, ok := names[s.ID]
		if !ok {
			n = len(names)
			names[s.ID] = n
		}
		strays[place{s.Peer, s.Position}] = n
	}
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
	}
	return logs, who
}
