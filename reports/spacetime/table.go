package spacetime

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/sim"
)

// The columns of a moment, in characters.
const (
	timeColumn = 10
	mostPeers  = 12 // more are shown only where something happens to them
	logShown   = 4  // entries at the end of a log
)

// table lays the lines of a moment out.
type table struct {
	m       *moment
	peers   []peer.ID
	wide    int // a peer's column
	words   int
	clocks  int
	keys    int
	places  int // decimals of a time
	crossed string
}

func (m *moment) table() *table {
	t := &table{m: m, wide: 4, clocks: len("clock"), keys: len("key"), words: len("event"), crossed: "✗"}
	if m.around.ASCII {
		t.crossed = "x"
	}
	if m.run.Peers <= mostPeers {
		for p := range peer.ID(m.run.Peers) {
			t.peers = append(t.peers, p)
		}
	}
	for _, i := range m.shown {
		l := &m.story[i]
		t.words = max(t.words, utf8.RuneCountInString(l.words))
		for t.places < 3 && int64(l.at)%decimals[t.places] != 0 {
			t.places++
		}
		t.clocks, t.keys = max(t.clocks, len(t.clock(l))), max(t.keys, len(t.key(l)))
		if l.peer != journal.NoPeer && m.run.Peers > mostPeers && !slices.Contains(t.peers, l.peer) {
			t.peers = append(t.peers, l.peer)
		}
	}
	slices.Sort(t.peers)
	for _, p := range t.peers {
		t.wide = max(t.wide, len(p.String())+1)
	}
	return t
}

func (t *table) head() string {
	line := fmt.Sprintf("%*s  ", timeColumn, "true ms")
	for _, p := range t.peers {
		line += fmt.Sprintf("%-*v", t.wide, p)
	}
	return line + fmt.Sprintf(" %-*s  %-*s  %-*s  log", t.words, "event", t.clocks, "clock", t.keys, "key")
}

func (t *table) row(l *line) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%*s  ", timeColumn, t.time(l.at))
	for _, p := range t.peers {
		mark := " "
		if p == l.peer && l.mark != 0 {
			mark = string(l.mark)
		}
		b.WriteString(mark + strings.Repeat(" ", t.wide-1))
	}
	fmt.Fprintf(&b, " %-*s  %-*s  %-*s  %s", t.words, l.words, t.clocks, t.clock(l), t.keys, t.key(l), t.log(l))
	return b.String()
}

// decimals are the nanoseconds that the last of so many decimals of a
// millisecond stands for.
var decimals = [...]int64{1_000_000, 100_000, 10_000, 1_000}

// time is in milliseconds, to the nearest of the last decimal.
func (t *table) time(at sim.Time) string {
	n := (int64(at) + decimals[t.places]/2) / decimals[t.places]
	if t.places == 0 {
		return strconv.FormatInt(n, 10)
	}
	scale := decimals[0] / decimals[t.places]
	return fmt.Sprintf("%d.%0*d", n/scale, t.places, n%scale)
}

func (t *table) clock(l *line) string {
	if l.lamport == 0 {
		return ""
	}
	return fmt.Sprintf("L %d", l.lamport)
}

// key is what the ordering sorts the message by, where it is sent.
func (t *table) key(l *line) string {
	if l.mark != 'S' || l.message == history.NoRef || !t.m.run.Messages[l.message].Key.Known {
		return ""
	}
	return t.m.run.Messages[l.message].Key.String()
}

// log is the end of the log that the event made longer.
func (t *table) log(l *line) string {
	if l.length == 0 {
		return ""
	}
	entries := t.m.run.Hosts[l.peer].Log[:l.length]
	words := []string{l.peer.String() + ":"}
	if len(entries) > logShown {
		words = append(words, t.m.dots())
	}
	for _, e := range entries[max(0, len(entries)-logShown):] {
		words = append(words, e.ID.String())
	}
	if l.wrong {
		words = append(words, t.crossed)
	}
	return strings.Join(words, " ")
}
