package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mpcomm/peer"
)

// TriggerEvent is what a trigger counts.
type TriggerEvent uint8

// The events.
const (
	PacketLeaves    TriggerEvent = iota // a packet is handed to the links of Peer, whatever becomes of it
	PacketReaches                       // a packet arrives at the host of Peer, which is up
	MessageDelivery                     // Peer delivers a message
	MessageSent                         // the application of Peer broadcasts a message
	PeerOpens                           // data opens at Peer
	PeerStops                           // Peer says STOP
	PeerCloses                          // the log of Peer closes
	PeerCrashes
	PeerRestarts
)

// AnyPeer stands in a Trigger for whichever peer.
const AnyPeer peer.ID = -1

// Trigger is the nth event of a kind, counted from the beginning of the run.
// The package comment has the grammar of its text.
type Trigger struct {
	Nth     int // from 1
	Event   TriggerEvent
	Packet  peer.Kind      // KindNone = any packet
	Message peer.MessageID // the one it concerns; NoMessage = any, or none at all
	Peer    peer.ID        // or AnyPeer
	Other   peer.ID        // the other end of the packet's link, or AnyPeer
}

// stepNames are what a peer does that has no noun, from PeerOpens on.
var stepNames = []string{"opens", "stops", "closes", "crashes", "restarts"}

const packetNoun, deliveryNoun, broadcastNoun = "packet", "delivery", "broadcast"

// packetNouns are the kinds of packets that a trigger may name.
var packetNouns = func() []string {
	nouns := []string{packetNoun}
	for k := peer.KindReady; k < peer.KindUser; k++ {
		nouns = append(nouns, k.String())
	}
	return nouns
}()

// String writes the trigger so that it reads back as the same.
func (t *Trigger) String() string {
	var b strings.Builder
	if t.Event >= PeerOpens {
		if t.Nth > 1 {
			b.WriteString(ordinal(t.Nth) + " ")
		}
		b.WriteString(peerWord(t.Peer) + " " + stepNames[t.Event-PeerOpens])
		return b.String()
	}
	b.WriteString(ordinal(t.Nth) + " ")
	switch t.Event {
	case MessageDelivery:
		b.WriteString(deliveryNoun)
	case MessageSent:
		b.WriteString(broadcastNoun)
	default:
		b.WriteString(packetNouns[t.Packet])
	}
	if t.Message != peer.NoMessage {
		b.WriteString(" of " + t.Message.String())
	}
	verb, joint := " at ", ""
	switch t.Event {
	case PacketLeaves:
		verb, joint = " leaves ", " for "
	case PacketReaches:
		verb, joint = " reaches ", " from "
	}
	b.WriteString(verb + peerWord(t.Peer))
	if joint != "" && t.Other != AnyPeer {
		b.WriteString(joint + t.Other.String())
	}
	return b.String()
}

func peerWord(p peer.ID) string {
	if p == AnyPeer {
		return "any"
	}
	return p.String()
}

// ordinal is 1st, 2nd, 3rd, 4th, …
func ordinal(n int) string { return strconv.Itoa(n) + suffix(n) }

func suffix(n int) string {
	if n%100/10 != 1 {
		switch n % 10 {
		case 1:
			return "st"
		case 2:
			return "nd"
		case 3:
			return "rd"
		}
	}
	return "th"
}

// ParseTrigger reads a trigger in a group of so many peers. An error names the
// column, from 1, at which the text goes wrong, and what may stand there.
func ParseTrigger(text string, peers int) (*Trigger, error) {
	p := triggerParser{text: text, peers: peers}
	t := &Trigger{Nth: 1, Message: peer.NoMessage, Peer: AnyPeer, Other: AnyPeer}
	p.trigger(t)
	if p.err == nil && p.peek() != "" {
		p.fail("%q is too much; want the end", clip(p.peek()))
	}
	if p.err != nil {
		return nil, p.err
	}
	return t, nil
}

type triggerParser struct {
	text  string
	at    int // of the next word or the space before it
	peers int
	err   error
}

// peek is the next word, empty at the end.
func (p *triggerParser) peek() string {
	rest := p.text[p.at:]
	rest = rest[len(rest)-len(strings.TrimLeft(rest, " ")):]
	word, _, _ := strings.Cut(rest, " ")
	return word
}

func (p *triggerParser) skip() {
	rest := p.text[p.at:]
	p.at += len(rest) - len(strings.TrimLeft(rest, " ")) + len(p.peek())
}

// take skips the next word if it is this one.
func (p *triggerParser) take(word string) bool {
	if p.err != nil || p.peek() != word {
		return false
	}
	p.skip()
	return true
}

// fail keeps the first error, at the next word.
func (p *triggerParser) fail(format string, args ...any) {
	if p.err != nil {
		return
	}
	rest := p.text[p.at:]
	at := p.at + len(rest) - len(strings.TrimLeft(rest, " "))
	p.err = fmt.Errorf("column %d: %s", utf8.RuneCountInString(p.text[:at])+1, fmt.Sprintf(format, args...))
}

// found describes the next word in an error.
func (p *triggerParser) found() string {
	if w := p.peek(); w != "" {
		return fmt.Sprintf("%q", clip(w))
	}
	return "the end"
}

func (p *triggerParser) trigger(t *Trigger) {
	p.ordinal(t)
	word := p.peek()
	switch {
	case word == deliveryNoun || word == broadcastNoun:
		p.skip()
		t.Event = MessageDelivery
		if word == broadcastNoun {
			t.Event = MessageSent
		}
		p.concern(t)
		if !p.take("at") {
			p.fail("got %s; want of MESSAGE, or at PEER", p.found())
			return
		}
		t.Peer = p.peer()
	case isPeerWord(word):
		t.Peer = p.peer()
		p.deed(t)
	default:
		p.packet(t, word)
	}
}

func (p *triggerParser) ordinal(t *Trigger) {
	word := p.peek()
	if word == "" || word[0] < '0' || word[0] > '9' {
		return
	}
	digits := strings.TrimRight(word, "stndrh")
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 1 || word != ordinal(int(n)) {
		p.fail("%q is no ordinal; want 1st, 2nd, 3rd and so on", clip(word))
		return
	}
	t.Nth = int(n)
	p.skip()
}

func isPeerWord(word string) bool {
	return word == "any" || len(word) > 1 && word[0] == 'p' && word[1] >= '0' && word[1] <= '9'
}

func (p *triggerParser) peer() peer.ID {
	if p.take("any") {
		return AnyPeer
	}
	word := p.peek()
	id, err := peer.ParseMessageID(word + "#0")
	switch {
	case !isPeerWord(word) || err != nil:
		p.fail("got %s; want a peer such as p2, or any", p.found())
	case int(id.Sender) >= p.peers:
		p.fail("there is no %s; peers are p0..p%d", word, p.peers-1)
	default:
		p.skip()
	}
	return id.Sender
}

func (p *triggerParser) message() peer.MessageID {
	word := p.peek()
	id, err := peer.ParseMessageID(word)
	switch {
	case err != nil:
		p.fail("got %s; want a message such as p0#7", p.found())
	case int(id.Sender) >= p.peers:
		p.fail("%s has no sender; peers are p0..p%d", word, p.peers-1)
	default:
		p.skip()
	}
	return id
}

// concern reads "of MESSAGE" if it is there.
func (p *triggerParser) concern(t *Trigger) {
	if p.take("of") {
		t.Message = p.message()
	}
}

// deed is what follows a peer that does something.
func (p *triggerParser) deed(t *Trigger) {
	word := p.peek()
	if i := slices.Index(stepNames, word); i >= 0 {
		t.Event = PeerOpens + TriggerEvent(i)
		p.skip()
		return
	}
	switch word {
	case "delivers":
		t.Event = MessageDelivery
	case "broadcasts":
		t.Event = MessageSent
	default:
		p.fail("got %s; want one of delivers broadcasts %s", p.found(), strings.Join(stepNames, " "))
		return
	}
	p.skip()
	t.Message = p.message()
}

func (p *triggerParser) packet(t *Trigger, word string) {
	k := slices.Index(packetNouns, word)
	if k < 0 {
		nouns := append([]string{deliveryNoun, broadcastNoun}, packetNouns...)
		p.fail("got %s%s; want a peer such as p2, or one of %s", p.found(), didYouMean(word, nouns), strings.Join(nouns, " "))
		return
	}
	t.Packet = peer.Kind(k)
	p.skip()
	p.concern(t)
	var joint string
	switch {
	case p.take("leaves"):
		t.Event, joint = PacketLeaves, "for"
	case p.take("reaches"):
		t.Event, joint = PacketReaches, "from"
	default:
		p.fail("got %s; want of MESSAGE, leaves PEER or reaches PEER", p.found())
		return
	}
	t.Peer = p.peer()
	if p.take(joint) {
		t.Other = p.peer()
	}
}
