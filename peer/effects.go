package peer

import "math/bits"

// EffectKind says what a Machine asks of its host.
type EffectKind uint8

// The effects. Their order in the list is the order in which they happen: a
// crash may cut the list after any entry, and a send to many after any packet.
const (
	EffectSend      EffectKind = iota + 1 // Message to the one peer To
	EffectOthers                          // Message to every other peer, in ascending order
	EffectAll                             // as EffectOthers, and to this peer itself by the network
	EffectDeliver                         // ID goes to the end of the log
	EffectDiscard                         // ID was received and will never be delivered here
	EffectTimer                           // wake stage timer Timer when the local clock shows At; Distant disarms
	EffectPhase                           // the Machine is now in phase Phase
	EffectGiveUp                          // To is waited for no more
	EffectPark                            // keep the message at hand and hand it in again when data opens
	EffectTooEarly                        // the packet at hand was dropped: data is not open yet
	EffectTooLate                         // the packet at hand was dropped: data is closed
	EffectRepeated                        // the transport threw away a copy of a packet it has had
	EffectGap                             // the transport holds a packet behind a hole
	EffectImpatient                       // the application has waited in vain for messages as long as a log does
	EffectSubmit                          // the log is closed: send it to the comparison server
)

// Effect is one entry of the list. Which fields matter depends on Kind.
type Effect struct {
	Kind  EffectKind
	Phase Phase
	To    ID
	Index int32 // of the Message, for sends
	Timer TimerID
	ID    MessageID
	At    Instant
}

// Effects is the ordered list of what one Step wants done, in a buffer that
// the host owns and reuses, beside the arena that holds the words of messages.
// The zero value is ready for use.
type Effects struct {
	List     []Effect
	Messages []Message
	arena    Arena
}

// Reset empties the list; the arena keeps what the host has not released.
func (e *Effects) Reset() {
	e.List = e.List[:0]
	e.Messages = e.Messages[:0]
}

// next makes room for one more effect, which the caller fills in. Writing it
// in place spares a copy that the next reader of its fields would wait for.
func (e *Effects) next() *Effect {
	e.List = append(e.List, Effect{})
	return &e.List[len(e.List)-1]
}

// Send sends m to one peer. A peer that sends to itself gets its own copy
// from the Machine at once.
func (e *Effects) Send(to ID, m Message) { e.send(EffectSend, to, m) }

// ToOthers sends m to every other peer.
func (e *Effects) ToOthers(m Message) { e.send(EffectOthers, -1, m) }

// ToAll sends m to every peer, the sender included: the Machine hands the own
// copy back to the stage that sent it, at once or by way of the network as the
// host has set it up, so that no protocol contains code for its own messages.
func (e *Effects) ToAll(m Message) { e.send(EffectAll, -1, m) }

func (e *Effects) send(kind EffectKind, to ID, m Message) {
	f := e.next()
	f.Kind, f.To, f.Index = kind, to, int32(len(e.Messages))
	e.Messages = append(e.Messages, m)
}

// Deliver puts id at the end of this peer's log.
func (e *Effects) Deliver(id MessageID) {
	f := e.next()
	f.Kind, f.ID = EffectDeliver, id
}

// Discard says that id was received and will never be delivered here.
func (e *Effects) Discard(id MessageID) {
	f := e.next()
	f.Kind, f.ID = EffectDiscard, id
}

// SetTimer wakes the calling stage with Expire(t) when the local clock shows
// at, at once if it already does. A timer set again moves; Distant disarms it.
func (e *Effects) SetTimer(t TimerID, at Instant) {
	f := e.next()
	f.Kind, f.Timer, f.At = EffectTimer, t, at
}

// Add appends an effect of another kind.
func (e *Effects) Add(effect Effect) { e.List = append(e.List, effect) }

// NewWords returns n zeroed words for a message that is about to be sent, and
// the span to put into its Words. The slice is valid until the next NewWords.
func (e *Effects) NewWords(n int) (Span, []int64) { return e.arena.New(n) }

// Words returns the words of a span. The slice is valid until the next NewWords.
func (e *Effects) Words(s Span) []int64 { return e.arena.Words(s) }

// Release gives the words of a message back when its last packet has arrived.
func (e *Effects) Release(s Span) { e.arena.Release(s) }

// ResetArena forgets all words.
func (e *Effects) ResetArena() { e.arena.Reset() }

// Arena holds the words of messages in flight, in blocks of powers of two that
// are reused, so that a steady run allocates nothing.
type Arena struct {
	words []int64
	free  [33][]uint32 // by size class: offsets of free blocks
}

// New returns a span of n zeroed words and the words themselves.
func (a *Arena) New(n int) (Span, []int64) {
	if n == 0 {
		return Span{}, nil
	}
	class := bits.Len32(uint32(n - 1))
	var offset uint32
	if list := a.free[class]; len(list) > 0 {
		offset = list[len(list)-1]
		a.free[class] = list[:len(list)-1]
	} else {
		offset = uint32(len(a.words))
		for need := 1 << class; need > 0; {
			chunk := min(need, 1024)
			a.words = append(a.words, zeros[:chunk]...)
			need -= chunk
		}
	}
	s := Span{Offset: offset, Len: uint32(n)}
	w := a.Words(s)
	clear(w)
	return s, w
}

var zeros [1024]int64

// Words returns the words of s.
func (a *Arena) Words(s Span) []int64 { return a.words[s.Offset : s.Offset+s.Len : s.Offset+s.Len] }

// holds reports whether s lies inside the arena.
func (a *Arena) holds(s Span) bool {
	return uint64(s.Offset)+uint64(s.Len) <= uint64(len(a.words))
}

// Release makes the block of s free for another message.
func (a *Arena) Release(s Span) {
	if s.Len > 0 {
		class := bits.Len32(s.Len - 1)
		a.free[class] = append(a.free[class], s.Offset)
	}
}

// Reset makes the whole arena free and keeps its memory.
func (a *Arena) Reset() {
	if len(a.words) == 0 {
		return // no block was ever made
	}
	a.words = a.words[:0]
	for i := range a.free {
		a.free[i] = a.free[i][:0]
	}
}
