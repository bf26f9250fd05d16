package peer

// TimerID names a timer of one peer: the stage that owns it, and a small
// number of that stage's own choice. A stage uses plain numbers from 0; the
// Machine adds the stage.
type TimerID uint32

// Stages own a range of timers each.
const (
	StageMachine   TimerID = 0 << 30
	StageTransport TimerID = 1 << 30
	StageOrdering  TimerID = 2 << 30
	stageMask      TimerID = 3 << 30
)

// Stage returns the stage that owns t.
func (t TimerID) Stage() TimerID { return t & stageMask }

// Number returns t without its stage.
func (t TimerID) Number() TimerID { return t &^ stageMask }

// Ordering decides when and in which order messages are delivered. It is a
// pure state machine over the local clock: what it sees is in the arguments,
// what it wants is appended to out. Embed Base for the hooks it does not need.
//
// Broadcast sends m, stamped, usually with out.ToAll(*m); m.ID, m.From and
// m.Kind (KindData) are set. Receive gets every packet of the ordering's own
// kinds, the own copies of ToAll included; m is borrowed until it returns.
// Except where an ordering logs arrivals as they are, a body that was already
// received is ignored.
type Ordering interface {
	// Start is called when data opens here, or after a restart: arm timers, make the token.
	Start(now Instant, out *Effects)
	// Broadcast stamps and sends an application's message.
	Broadcast(now Instant, m *Message, out *Effects)
	// Receive takes a packet from m.From.
	Receive(now Instant, m *Message, out *Effects)
	// Expire is called when timer t is due.
	Expire(now Instant, t TimerID, out *Effects)
	// Ended says that from's STOP has come and all it announced was received: its stream is over.
	Ended(now Instant, from ID, out *Effects)
	// Close is called when the log is about to close: offline orderings deliver here.
	Close(now Instant, out *Effects)
	// Held returns how many received messages are neither delivered nor discarded yet.
	Held() int
	// Reset makes the ordering new for peer self of a group, keeping its memory.
	Reset(self ID, peers int)
	// Clone returns an independent copy with the same state.
	Clone() Ordering
	// AppendState appends the state in canonical form, deadlines relative to now.
	AppendState(b []byte, now Instant) []byte
}

// Base has an empty body for every hook that an ordering may leave out.
type Base struct{}

// Start does nothing.
func (Base) Start(Instant, *Effects) {}

// Expire does nothing.
func (Base) Expire(Instant, TimerID, *Effects) {}

// Ended does nothing.
func (Base) Ended(Instant, ID, *Effects) {}

// Close does nothing.
func (Base) Close(Instant, *Effects) {}

// Held returns 0.
func (Base) Held() int { return 0 }

// Seeded is implemented by orderings that need chance, such as a phase of their
// own for a timer. The host calls Seed after every Reset, before Start, with 64
// random bits of this peer's own; an ordering has no other chance.
type Seeded interface {
	Seed(word uint64)
}

// Counting is implemented by orderings and transports that count what they do.
// Names are those of the counters in reports, in a fixed order. They have no dots,
// and none is another one with _lo, _hi, _sd or _n behind it, which a sweep writes
// beside its mean.
type Counting interface {
	Counters(add func(name string, n int64))
}

// Transport acknowledges, retransmits and resequences below phases and
// ordering; it carries the ordering's packets only. One value serves all the
// links of a peer.
type Transport interface {
	// Receive takes a packet from the network and returns those that may go up
	// now, in order. The slice is valid until the next call; words that are not
	// those of m are made by NewWords and released by the Machine.
	Receive(now Instant, m *Message, out *Effects) (ready []Message)
	// Seal numbers and remembers the sends in out.List from index from on. A
	// send to many may be split into one send for each receiver; a copy to this
	// peer itself travels on no link of the transport and stays as it is.
	Seal(now Instant, from int, out *Effects)
	// Expire is called when timer t is due, and for timer 0 after a restart,
	// when all timers are gone: it sets again what it needs.
	Expire(now Instant, t TimerID, out *Effects)
	// Held returns how many packets are held back behind holes.
	Held() int
	// Reset makes the transport new for peer self of a group, keeping its memory.
	Reset(self ID, peers int)
	// Clone returns an independent copy with the same state.
	Clone() Transport
	// AppendState appends the state in canonical form, deadlines relative to now.
	AppendState(b []byte, now Instant) []byte
}

// Reborn is implemented by transports whose links can begin anew. Reborn says,
// after a Reset or to a copy of what was saved, that this peer goes on as
// another life, numbered from 1: it has forgotten what happened on its links
// since, and so its numbers there mean nothing any more.
type Reborn interface {
	Reborn(life uint16)
}

// Guarantee is a set of promises an ordering makes inside its assumptions.
type Guarantee uint8

// The promises.
const (
	FIFO      Guarantee = 1 << iota // a sender's messages in the order of its broadcasts
	Causal                          // causes before their effects
	Total                           // no two logs order two messages differently
	Agreement                       // what one correct peer delivers, all do
	Uniform                         // what any peer delivers, also one that crashes, all correct ones do
)

// Need is a set of assumptions under which an ordering makes its promises.
type Need uint16

// The assumptions.
const (
	FIFOLinks         Need = 1 << iota // packets on one link do not overtake each other
	NoLoss                             // every packet arrives
	NoDuplicates                       // no packet arrives twice
	BoundedDelay                       // delay plus skew stays within the hold-back
	BoundedSkew                        // clocks are within the stated bound of true time
	NoCrash                            // no peer crashes
	MinorityCrash                      // fewer than half of the peers crash
	MonotoneClock                      // no clock steps back
	RepliesOnDelivery                  // applications answer only what was delivered to them
	RepliesOnReceipt                   // applications answer only what has reached the ordering, delivered or not
)
