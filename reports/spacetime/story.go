package spacetime

import (
	"fmt"
	"strings"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// line is one event of a story.
type line struct {
	at       sim.Time
	peer     peer.ID // in whose column it stands, or journal.NoPeer
	receiver peer.ID // of the message; of a broadcast its sender
	message  history.Ref
	mark     rune
	words    string
	lamport  int64 // what a logical clock shows after it; 0 = it did not tick
	length   int   // of the log after it; 0 = it made no log longer
	wrong    bool  // the message stands the wrong way round from here on
}

// told is a message at a peer.
type told struct {
	message history.Ref
	peer    peer.ID
}

// teller makes the story of a run from its journal.
type teller struct {
	run    *trace.Run
	story  []line
	clocks []int64
	logged []int
	latest map[told]int // the last line about a message at a peer
	wrong  map[told]bool
}

// tell puts all that was recorded into lines. What happens at one peer with one
// message in one instant is one line.
func tell(r *trace.Run) []line {
	t := teller{
		run: r, clocks: make([]int64, r.Peers), logged: make([]int, r.Peers), latest: map[told]int{}, wrong: culprits(r),
	}
	for i := range r.Events {
		t.event(&r.Events[i])
	}
	return t.story
}

// culprits are the messages that stand behind one that was broadcast later, or
// behind an effect, where another log or causality has it otherwise.
func culprits(r *trace.Run) map[told]bool {
	all := map[told]bool{}
	for i := range r.Findings {
		f := &r.Findings[i]
		switch {
		case f.Why == "missing":
		case f.Kind == trace.Acausal, f.B < f.A:
			if f.Kind == trace.Acausal {
				all[told{f.A, f.P}] = true
			} else {
				all[told{f.B, f.P}] = true // P logs A first, which was sent later
			}
		default:
			all[told{f.A, f.Q}] = true
		}
	}
	return all
}

func (t *teller) event(e *journal.Event) {
	m, known := t.run.Find(e.Message)
	if !known {
		m = history.NoRef
	}
	l := line{at: e.At, peer: e.Peer, receiver: e.Peer, message: m}
	switch e.Kind {
	case journal.Broadcast:
		l.mark, l.words = 'S', fmt.Sprintf("%v sends %v", e.Peer, e.Message)
		t.clocks[e.Peer] = t.run.Messages[m].Lamport
		l.lamport = t.clocks[e.Peer]
		t.note(l)
	case journal.Arrival:
		t.arrival(e, l)
	case journal.Delivery:
		t.delivery(e, l)
	case journal.Discard:
		l.mark, l.words = '-', fmt.Sprintf("%v discards %v", e.Peer, e.Message)
		t.note(l)
	case journal.Fate:
		if e.Verdict != 0 && (e.Packet.Body() || e.Message == peer.NoMessage || e.Packet.Ordering()) {
			l.mark, l.receiver = 'x', e.Other
			l.words = fmt.Sprintf("%s to %v: %s", packet(*e), e.Other, journal.VerdictName(e.Verdict))
			t.story = append(t.story, l)
		}
	default:
		t.surroundings(e, l)
	}
}

// note adds a line about a message at a peer.
func (t *teller) note(l line) {
	t.latest[told{l.message, l.receiver}] = len(t.story)
	t.story = append(t.story, l)
}

func (t *teller) arrival(e *journal.Event, l line) {
	switch {
	case e.Other == e.Peer && e.Packet.Body(): // the own copy
		return
	case e.Verdict != 0:
		l.mark, l.words = 'x', fmt.Sprintf("%s from %v does not get through", packet(*e), e.Other)
		t.story = append(t.story, l)
	case !e.Packet.Body():
		l.mark, l.words = '.', fmt.Sprintf("%v gets %s from %v", e.Peer, packet(*e), e.Other)
		t.story = append(t.story, l)
	case l.message == history.NoRef:
	default:
		took := e.At.Sub(t.run.Messages[l.message].At)
		l.mark, l.words = 'r', fmt.Sprintf("%v gets %v%s  %s", e.Peer, e.Message, again(*e), span(took.Nanoseconds()))
		t.note(l)
	}
}

// delivery makes the line of the arrival or the broadcast that brought it about
// one of the delivery too, if that was in the same instant.
func (t *teller) delivery(e *journal.Event, l line) {
	t.logged[e.Peer]++
	at := &l
	own := false
	if k, ok := t.latest[told{l.message, e.Peer}]; ok && t.story[k].at == e.At && t.story[k].length == 0 && l.message != history.NoRef {
		at = &t.story[k]
		own = at.mark == 'S'
	}
	switch {
	case at == &l:
		l.mark, l.words = 'D', fmt.Sprintf("%v logs %v", e.Peer, e.Message)
		if l.message != history.NoRef {
			if x := t.run.At(l.message, e.Peer); x.Held() > 0 {
				l.words += "  held " + span(x.Held().Nanoseconds())
			}
		}
	case own:
		at.words += fmt.Sprintf(" (own log: position %d)", t.logged[e.Peer])
	default:
		at.mark = 'R'
	}
	at.length = t.logged[e.Peer]
	if l.message != history.NoRef {
		if t.run.Messages[l.message].ID.Sender != e.Peer {
			t.clocks[e.Peer] = max(t.clocks[e.Peer], t.run.Messages[l.message].Lamport) + 1
		}
		if at.wrong = t.wrong[told{l.message, e.Peer}]; at.wrong {
			at.words += "  <- swapped"
		}
	}
	at.lamport = t.clocks[e.Peer]
	if at == &l {
		t.note(l)
	}
}

// surroundings are phases, faults and crashes.
func (t *teller) surroundings(e *journal.Event, l line) {
	switch e.Kind {
	case journal.Phase:
		l.mark, l.words = '.', fmt.Sprintf("%v enters %v", e.Peer, peer.Phase(e.Value))
	case journal.Crash:
		l.mark, l.words = 'X', fmt.Sprintf("%v crashes", e.Peer)
	case journal.Restart:
		l.mark, l.words = 'O', fmt.Sprintf("%v comes back", e.Peer)
	case journal.Heal:
		l.words = "everything is repaired"
	case journal.Fault:
		for i := range t.run.Faults {
			if b := &t.run.Faults[i]; b.Place == int(e.Value) && b.Kind != "change" {
				if b.Kind == "crash" { // the peer's own line says it
					return
				}
				l.words = b.Text + " begins"
				if b.Until == b.From {
					l.words = b.Text
				}
				break
			}
		}
		if e.Ends {
			l.words = strings.TrimSuffix(l.words, "begins") + "ends"
		}
	default:
		return
	}
	t.story = append(t.story, l)
}

// span words nanoseconds as milliseconds, to a tenth from ten on and to a
// microsecond below.
func span(ns int64) string {
	unit := int64(1_000)
	if ns >= 10_000_000 {
		unit = 100_000
	}
	return string(sim.Time((ns+unit/2)/unit*unit).AppendMS(nil)) + " ms"
}
