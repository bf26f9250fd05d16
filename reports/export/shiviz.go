package export

import (
	"fmt"
	"slices"
	"strconv"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
)

// shivizParser is the expression by which ShiViz reads what follows.
const shivizParser = `(?<ms>\S*) (?<host>\S*) (?<clock>{.*}) (?<event>.*)`

// mostClockWords bounds the numbers in the clocks of a file; each takes ten
// bytes or so.
const mostClockWords = 1 << 28

// writeShiViz writes broadcasts and deliveries with vector clocks (Fidge,
// Proceedings of the 11th Australian Computer Science Conference, 1988; Mattern,
// Virtual time and global states of distributed systems, 1989): a host counts
// its events, and takes over the clocks of what it hears of.
func writeShiViz(w *writer, r *Run) error {
	h := r.History
	n := len(h.Broadcasts)
	for p := range h.Logs {
		n += len(h.Logs[p].Refs)
	}
	if n > mostClockWords/max(1, h.Peers) {
		return unfit("%d events with clocks of %d peers; want at most %d numbers in all: fewer messages or peers", n, h.Peers, mostClockWords)
	}
	w.printf("%s\n\n", shivizParser)
	v := vectors{now: make([][]int32, h.Peers), sent: make([][]int32, 0, len(h.Broadcasts))}
	for p := range v.now {
		v.now[p] = make([]int32, h.Peers)
	}
	d := newDiary(h)
	for i := range r.Events {
		e := &r.Events[i]
		words := ""
		switch e.Kind {
		case journal.Broadcast:
			ref := d.broadcast(e)
			words = "broadcasts " + e.Message.String()
			if cause := h.Broadcasts[ref].Cause; cause != history.NoRef {
				v.hear(e.Peer, cause)
				words += " after " + h.Broadcasts[cause].ID.String()
			}
			v.tick(e.Peer)
			v.sent = append(v.sent, slices.Clone(v.now[e.Peer]))
		case journal.Delivery:
			x := d.delivery(e)
			v.hear(e.Peer, x.ref)
			v.tick(e.Peer)
			words = fmt.Sprintf("delivers %v at position %d", e.Message, x.position)
		case journal.Crash:
			v.tick(e.Peer)
			words = "crashes"
		case journal.Restart:
			v.tick(e.Peer)
			words = "comes back"
		default:
			continue
		}
		w.printf("%s %v %s %s\n", ms(e.At), e.Peer, v.text(w, e.Peer), words)
	}
	return nil
}

// vectors are the clocks of all peers, and those that messages carried.
type vectors struct {
	now  [][]int32
	sent [][]int32 // by reference of the broadcast
}

func (v *vectors) tick(p peer.ID) { v.now[p][p]++ }

// hear takes over the clock of a broadcast; of one that nobody made there is
// none.
func (v *vectors) hear(p peer.ID, ref history.Ref) {
	if ref == history.NoRef {
		return
	}
	own := v.now[p]
	for q, count := range v.sent[ref] {
		own[q] = max(own[q], count)
	}
}

// text is the clock of p as JSON, without the peers that it has not heard of.
func (v *vectors) text(w *writer, p peer.ID) []byte {
	b := append(w.scratch[:0], '{')
	for q, count := range v.now[p] {
		if count == 0 {
			continue
		}
		if len(b) > 1 {
			b = append(b, ", "...)
		}
		b = append(strconv.AppendInt(append(b, `"p`...), int64(q), 10), `": `...)
		b = strconv.AppendInt(b, int64(count), 10)
	}
	w.scratch = append(b, '}')
	return w.scratch
}
