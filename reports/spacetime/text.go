package spacetime

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"mpcomm/peer"
	"mpcomm/peer/journal"
)

// The sizes of a text, in characters.
const (
	textWidth  = 79 // of a line, for up to sixteen peers
	timeWidth  = 11
	leastWidth = 4 // of a peer's column
	mostWidth  = 20
)

// Text draws events as lines of text, one a line in the order in which they
// happened, with a column for each of the peers 0..peers-1:
//
//	p0#0 !    the application broadcasts p0#0
//	> p0#0    its body arrives, "again" if it is a duplicate or was sent again;
//	          of other packets kind and sender are named
//	= 1 p0#0  it is delivered at position 1 of the log
//	- p0#0    it is discarded
//	x p0#0    a packet is lost, of those that a peer sends
//	X         the peer crashes, O it comes back
//	|         it is up, : it is down
//
// Phases, timers and the sending of packets that arrive are left out, and
// arrivals of packets that concern no message are summed up. After most lines
// the rest is counted; most <= 0 draws everything.
//
// Up to five peers fit within 79 characters, as long as no packet is named
// beyond them; text runs over the columns beside it where it has to.
func Text(events []journal.Event, peers, most int) string {
	d := drawing{peers: peers, down: make([]bool, peers), logged: make([]int, peers), most: most}
	d.width = min(mostWidth, max(leastWidth, (textWidth-timeWidth)/max(1, peers)))
	d.head()
	for i, e := range events {
		d.event(e, i+1 < len(events) && events[i+1].At == e.At && (events[i+1].Kind == journal.Crash || events[i+1].Kind == journal.Restart))
	}
	d.sum()
	if d.hidden > 0 {
		fmt.Fprintf(&d.b, "and %s\n", count(d.hidden, "more line", "more lines"))
	}
	return d.b.String()
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// drawing is a text under way.
type drawing struct {
	b      strings.Builder
	peers  int
	width  int
	down   []bool
	logged []int // length of each log
	lines  int
	most   int
	hidden int

	idle     int    // arrivals of packets that concern no message, not drawn yet
	idleKind string // of them
}

func (d *drawing) head() {
	line := strings.Repeat(" ", timeWidth)
	for p := range d.peers {
		line += fmt.Sprintf("%-*v", d.width, peer.ID(p))
	}
	d.b.WriteString(strings.TrimRight(line, " ") + "\n")
}

func (d *drawing) event(e journal.Event, struck bool) {
	if int(e.Peer) >= d.peers {
		return
	}
	switch e.Kind {
	case journal.Broadcast:
		d.mark(e, '!', e.Message.String())
	case journal.Arrival:
		d.arrival(e)
	case journal.Delivery:
		d.logged[e.Peer]++
		d.mark(e, '=', fmt.Sprintf("%d %v", d.logged[e.Peer], e.Message))
	case journal.Discard:
		d.mark(e, '-', e.Message.String())
	case journal.Fate:
		if e.Verdict != 0 && !e.Packet.Phase() {
			d.mark(e, 'x', fmt.Sprintf("%s to %v: %s", packet(e), e.Other, journal.VerdictName(e.Verdict)))
		}
	case journal.Crash:
		d.down[e.Peer] = true
		d.mark(e, 'X', "crashes")
	case journal.Restart:
		d.down[e.Peer] = false
		d.mark(e, 'O', "comes back")
	case journal.Heal:
		d.sum()
		d.put(stamp(e) + " everything is repaired")
	case journal.Fault:
		if !struck { // else the peer's own line says it
			d.fault(e)
		}
	}
}

// packet names one: a body by its message alone.
func packet(e journal.Event) string {
	switch {
	case e.Message == peer.NoMessage:
		return e.Packet.String()
	case e.Packet == peer.KindData:
		return e.Message.String()
	}
	return e.Packet.String() + " " + e.Message.String()
}

func (d *drawing) arrival(e journal.Event) {
	switch {
	case e.Packet.Phase() || e.Packet == peer.KindLinkAck || e.Other == e.Peer:
	case e.Message == peer.NoMessage:
		if kind := e.Packet.String(); kind != d.idleKind {
			d.sum()
			d.idleKind = kind
		}
		d.idle++
	case e.Packet == peer.KindData:
		d.mark(e, '>', e.Message.String()+again(e))
	default:
		d.mark(e, '>', fmt.Sprintf("%s of %v%s", packet(e), e.Other, again(e)))
	}
}

// again tells a copy from its first.
func again(e journal.Event) string {
	if e.Copy > 0 || e.Attempt > 0 {
		return " again"
	}
	return ""
}

// sum writes one line for the packets that concern no message.
func (d *drawing) sum() {
	if d.idle > 0 {
		d.put(fmt.Sprintf("%*s%s", timeWidth, "", count(d.idle, d.idleKind+" arrives", d.idleKind+"s arrive")))
	}
	d.idle = 0
}

func (d *drawing) fault(e journal.Event) {
	d.sum()
	what := "begins"
	if e.Ends {
		what = "ends"
	}
	d.put(fmt.Sprintf("%s fault %d %s", stamp(e), e.Value, what))
}

// stamp is the time of an event, right-aligned, in milliseconds.
func stamp(e journal.Event) string {
	return fmt.Sprintf("%*sms", timeWidth-3, e.At.AppendMS(nil))
}

// mark writes a line with a sign at the peer's column and words beside it, on
// the left if there is no room on the right.
func (d *drawing) mark(e journal.Event, sign rune, words string) {
	d.sum()
	line := []rune(strings.Repeat(" ", timeWidth+d.width*d.peers))
	copy(line, []rune(stamp(e)))
	for p := range d.peers {
		line[timeWidth+p*d.width] = '|'
		if d.down[p] {
			line[timeWidth+p*d.width] = ':'
		}
	}
	at, n := timeWidth+int(e.Peer)*d.width, utf8.RuneCountInString(words)
	line[at] = sign
	if from := at - 1 - n; at+2+n > max(len(line), textWidth) && from >= timeWidth {
		copy(line[from:], []rune(words))
		if from > timeWidth {
			line[from-1] = ' '
		}
	} else {
		for len(line) < at+3+n {
			line = append(line, ' ')
		}
		copy(line[at+2:], []rune(words))
		line[at+2+n] = ' '
	}
	d.put(strings.TrimRight(string(line), " "))
}

func (d *drawing) put(line string) {
	if d.most > 0 && d.lines >= d.most {
		d.hidden++
		return
	}
	d.lines++
	d.b.WriteString(line + "\n")
}
