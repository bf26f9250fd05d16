package peer

// Kind says what a packet is for. Kinds up to KindLinkAck belong to the
// Machine and its transport, the rest to orderings.
type Kind uint8

// The kinds of packets. A packet's kind is part of its name and so of its
// random draws: Data is the packet that carries a body from the message's own
// sender, under every ordering.
const (
	KindNone     Kind = iota
	KindReady         // handshake: the sender is up
	KindAskReady      // handshake: the sender has not heard READY from the receiver
	KindStop          // stop: the sender broadcasts no more; Aux = how many it broadcast
	KindAskStop       // stop: the sender has not heard STOP from the receiver
	KindLinkAck       // transport: acknowledges Link

	KindData    // a body on its way from its own sender
	KindRelay   // a body sent on by another peer, or again in another role
	KindAck     // acknowledges a message to a group
	KindRequest // asks for a number or a body
	KindNumber  // gives a message its place
	KindVote    // proposes a place for a message
	KindFinal   // decides a place
	KindToken   // the right to number or to send
	KindNull    // says only that its sender has nothing to say
	KindEstimate
	KindPropose
	KindAccept
	KindDecide
	KindCommit
	KindSuspect
	KindUser // the first of the kinds free for orderings of the library's users
)

var kindNames = [...]string{
	KindNone: "none", KindReady: "ready", KindAskReady: "ask-ready", KindStop: "stop", KindAskStop: "ask-stop",
	KindLinkAck: "link-ack", KindData: "data", KindRelay: "relay", KindAck: "ack", KindRequest: "request",
	KindNumber: "number", KindVote: "vote", KindFinal: "final", KindToken: "token", KindNull: "null",
	KindEstimate: "estimate", KindPropose: "propose", KindAccept: "accept", KindDecide: "decide",
	KindCommit: "commit", KindSuspect: "suspect",
}

// String returns the word for k used in journals and errors.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "user" + string(rune('0'+(k-KindUser)%10))
}

// Body reports whether a packet of this kind carries the message's body.
func (k Kind) Body() bool { return k-KindData <= KindRelay-KindData }

// Phase reports whether packets of this kind belong to the handshake or the stop.
func (k Kind) Phase() bool { return k >= KindReady && k <= KindAskStop }

// Handshake reports whether packets of this kind belong to the handshake.
func (k Kind) Handshake() bool { return k-KindReady <= KindAskReady-KindReady }

// Ordering reports whether packets of this kind are the ordering's.
func (k Kind) Ordering() bool { return k > KindLinkAck }

// Span is a stretch of words in the arena of an Effects: a vector, a list of
// message names. The zero Span is empty.
type Span struct{ Offset, Len uint32 }

// Message is one packet as peers see it: a small value without pointers.
//
// A *Message handed to a stage is borrowed until Step returns: copy what you
// keep, its Words included. A packet that is sent on, too, needs words of its
// own: they are released with the last arrival of the packet that owns them.
type Message struct {
	ID      MessageID // the application message it carries or concerns, or NoMessage
	From    ID        // who sent this packet; set by the Machine
	Kind    Kind
	Ints    uint8  // integers of the stamp on the wire besides Words, 8 bytes each
	Attempt uint16 // 0 the first transmission, 1.. the transport's retransmissions
	Round   int32  // serial number of a packet that concerns no message, or a ballot; part of the packet's name
	Link    uint32 // the transport's sequence number on this link, from 1; 0 without a transport
	Stamp   int64  // the ordering's: a clock, a sequence number
	Aux     int64  // the ordering's second integer; the count of a STOP
	Words   Span   // the ordering's vector or list
}
