package barcode

import (
	"mpcomm/peer"
	"mpcomm/peer/history"
)

// The size of a strip.
const (
	mostColumns = 248 // more positions than these share columns
	mostRows    = 16  // more peers than these are not all shown
)

// Strip is the logs of one ordering, folded into columns of positions.
type Strip struct {
	Ordering, Kind string
	Positions      int    // length of the longest compared log
	Per            int    // positions in a column
	Differ         []bool // by column: whether compared logs differ at one of its positions
	Differing      int    // positions at which they do
	Compared       int    // logs
	Rows           []Row  // of the first compared peers
}

// Row is one log: by column, by how many places a message in it stands before
// its place in the true order of sending at most, and behind it.
type Row struct {
	Peer        peer.ID
	Early, Late []int32
}

// Of measures the compared logs of h. A message's place is that among the
// messages of the same log in the order of their broadcasts; an entry that
// nobody broadcast, or that repeats another, has none. Nothing of h is kept;
// the time is proportional to the deliveries.
func Of(ordering, kind string, h *history.History) Strip {
	s := Strip{Ordering: ordering, Kind: kind, Per: 1}
	var who []int
	for p := range h.Logs {
		if h.Correct(p) {
			who = append(who, p)
			s.Positions = max(s.Positions, len(h.Logs[p].Refs))
		}
	}
	s.Compared = len(who)
	s.Per = max(1, (s.Positions+mostColumns-1)/mostColumns)
	columns := (s.Positions + s.Per - 1) / s.Per
	s.Differ = make([]bool, columns)
	s.compare(h, who)
	places := make([]int32, len(h.Broadcasts))
	for _, p := range who[:min(len(who), mostRows)] {
		r := Row{Peer: peer.ID(p), Early: make([]int32, columns), Late: make([]int32, columns)}
		r.measure(h.Logs[p].Refs, places, s.Per)
		s.Rows = append(s.Rows, r)
	}
	return s
}

// compare marks the positions at which logs differ.
func (s *Strip) compare(h *history.History, who []int) {
	if len(who) == 0 {
		return
	}
	names := strays(h)
	first := h.Logs[who[0]].Refs
	for k := range s.Positions {
		for _, p := range who[1:] {
			log := h.Logs[p].Refs
			if k < len(log) && k < len(first) && log[k] == first[k] &&
				(log[k] != history.NoRef || names[entry{p, k}] == names[entry{who[0], k}]) {
				continue
			}
			if k >= len(log) && k >= len(first) {
				continue // both have ended; another log has not, and tells
			}
			s.Differ[k/s.Per] = true
			s.Differing++
			break
		}
	}
}

// entry is one place in one log.
type entry struct{ peer, position int }

// strays are the names of the messages that nobody broadcast.
func strays(h *history.History) map[entry]peer.MessageID {
	names := make(map[entry]peer.MessageID, len(h.Strays))
	for _, s := range h.Strays {
		names[entry{int(s.Peer), s.Position}] = s.ID
	}
	return names
}

// measure fills in a row. places has room for every message of the run.
func (r *Row) measure(log []history.Ref, places []int32, per int) {
	const absent, held = -1, 0
	for i := range places {
		places[i] = absent
	}
	for _, m := range log {
		if m != history.NoRef {
			places[m] = held
		}
	}
	next := int32(0)
	for i := range places {
		if places[i] == held {
			places[i] = next
			next++
		}
	}
	position := int32(0)
	for k, m := range log {
		if m == history.NoRef || places[m] == absent {
			continue
		}
		shift := position - places[m]
		places[m] = absent // a repeat has no place
		position++
		r.Early[k/per], r.Late[k/per] = max(r.Early[k/per], -shift), max(r.Late[k/per], shift)
	}
}
