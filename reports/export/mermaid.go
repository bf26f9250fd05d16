package export

import (
	"fmt"
	"strings"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
)

const mermaidBegins = "sequenceDiagram\n"

// The bounds of a diagram: messages, and the characters that Mermaid takes by
// default (maxTextSize).
const (
	MermaidMessages = 50
	mermaidText     = 50_000
)

// writeMermaid writes a sequence diagram. Its arrows are level, so that each is
// drawn when it arrives; what the picture cannot show is said in it.
func writeMermaid(w *writer, r *Run) error {
	h := r.History
	if n := len(h.Broadcasts); n > MermaidMessages {
		return unfit("%d messages; want at most %d, or another format", n, MermaidMessages)
	}
	m := sequence{diary: newDiary(h), came: map[history.Ref]map[peer.ID]bool{}}
	m.b.WriteString(mermaidBegins)
	m.line("%%%% %s", r.title())
	for p := range h.Peers {
		m.line("participant %v", peer.ID(p))
	}
	over := "p0"
	if h.Peers > 1 {
		over += fmt.Sprintf(",%v", peer.ID(h.Peers-1))
	}
	m.line("Note over %s: Mermaid cannot show overtaking: an arrow stands where it arrives", over)
	for i := range r.Events {
		m.event(&r.Events[i])
	}
	if m.b.Len() > mermaidText {
		return unfit("the diagram of %d messages among %d peers has %d characters; want at most %d, the limit of Mermaid, or another format",
			len(h.Broadcasts), h.Peers, m.b.Len(), mermaidText)
	}
	_, err := w.WriteString(m.b.String())
	return err
}

// sequence is a diagram under way.
type sequence struct {
	b     strings.Builder
	diary *diary
	came  map[history.Ref]map[peer.ID]bool // bodies that reached a peer
}

func (m *sequence) line(format string, args ...any) { fmt.Fprintf(&m.b, "    "+format+"\n", args...) }

// entity writes a message's name: # by itself would begin a comment.
func entity(id peer.MessageID) string { return strings.Replace(id.String(), "#", "#35;", 1) }

func (m *sequence) note(e *journal.Event, words string) {
	m.line("Note over %v: %s ms: %s", e.Peer, ms(e.At), words)
}

func (m *sequence) event(e *journal.Event) {
	switch e.Kind {
	case journal.Broadcast:
		m.diary.broadcast(e)
		m.note(e, "broadcasts "+entity(e.Message))
	case journal.Fate:
		if word := journal.VerdictName(e.Verdict); e.Packet.Body() && word != "arrives" {
			m.arrow("-x", e.Peer, e.Other, e, word)
		}
	case journal.Arrival:
		if !e.Packet.Body() || e.Peer == e.Other {
			return
		}
		switch {
		case e.Verdict != 0:
			m.arrow("-x", e.Other, e.Peer, e, "lost on arrival")
		case m.again(e):
			m.arrow("--)", e.Other, e.Peer, e, "again")
		default:
			m.arrow("-)", e.Other, e.Peer, e, "")
		}
	case journal.Delivery:
		x := m.diary.delivery(e)
		m.note(e, fmt.Sprintf("delivers %s at position %d", entity(e.Message), x.position))
	case journal.Discard:
		m.note(e, "discards "+entity(e.Message))
	case journal.Crash:
		m.note(e, "crashes")
	case journal.Restart:
		m.note(e, "comes back")
	}
}

// again notes that a body reached a peer, and reports whether it had before.
func (m *sequence) again(e *journal.Event) bool {
	ref, ok := m.diary.refs[e.Message]
	if !ok {
		return false
	}
	if m.came[ref] == nil {
		m.came[ref] = map[peer.ID]bool{}
	}
	before := m.came[ref][e.Peer]
	m.came[ref][e.Peer] = true
	return before
}

func (m *sequence) arrow(arrow string, from, to peer.ID, e *journal.Event, words string) {
	if words != "" {
		words = " " + words
	}
	m.line("%v%s%v: %s ms: %s%s", from, arrow, to, ms(e.At), entity(e.Message), words)
}
