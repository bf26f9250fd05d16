package trace

import (
	"time"

	"mpcomm/peer"
	"mpcomm/peer/clock"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/reports/compare"
	"mpcomm/reports/result"
	"mpcomm/sim"
)

// Run is one recorded run of one ordering. Nothing in it is borrowed.
type Run struct {
	Head
	Result   result.Ordering // the verdict, as in `mpcomm run --json`
	Messages []Message       // by number of broadcast, which is their order in true time
	Receipts []Receipt       // of message m at peer p: entry m*Peers+p, see At
	Hosts    []Host          // by peer
	Faults   []Band          // what befell links and peers, in order of beginning
	Packets  []Packet        // in order of sending: those with bodies, others if asked for
	Events   []journal.Event // all that was recorded, in order
	Findings []Finding       // two logs against each other, the first difference of the result and then by position; then causes after effects
	Barcode  []int32         // by position: see compare.Comparer.Barcode
	LeftOut  LeftOut

	numbers map[peer.MessageID]history.Ref
}

// Head names a run and says how to have it again.
type Head struct {
	Scenario string
	Hash     string // of the scenario
	Seed     uint64
	Ordering string // the label
	Kind     string
	Peers    int
	Command  string   // that makes this run again; empty where nobody has filled it in
	DataAt   sim.Time // when data had begun everywhere; sim.Never = it did not
	End      sim.Time // true time at which the run ended
	Healed   sim.Time // from when on nothing was broken; sim.Never = no such time
}

// Message is one broadcast of an application.
type Message struct {
	ID    peer.MessageID
	At    sim.Time     // true time of the broadcast
	Local peer.Instant // what the sender's clock showed then
	// Lamport is the number that a logical clock would have given the message
	// (Lamport, CACM 21(7), 1978, section 2): one that ticks with every broadcast
	// and every delivery of another's message, told by one who sees everything.
	Lamport int64
	// Vector is its vector clock, told likewise: by peer, how many of its
	// messages are causes, itself included. Nil where the clocks of all messages
	// would not fit in memory; see history.Vectors.
	Vector []int32
	Key    Key         // what the ordering sorted it by, as far as it is known
	Cause  history.Ref // the message it answers, or history.NoRef
	Rank   int32       // how many messages its sender had broadcast before
}

// Key is what an ordering sorts a message by.
type Key struct {
	compare.Stamp
	Known bool
}

// String returns the key in words: milliseconds of a clock, a logical time, or
// "-" where nothing is known.
func (k Key) String() string {
	if !k.Known {
		return "-"
	}
	return k.Stamp.String()
}

// Receipt is what became of one message at one peer.
type Receipt struct {
	Arrivals  []sim.Time // of packets with its body, in order, those sent again and doubled too
	Arrived   sim.Time   // the first of them, of a peer's own message its broadcast; sim.Never = it did not
	Delivered sim.Time   // into the log; sim.Never = never
	Position  int32      // in the log, from 1; 0 = not in it
	Lost      []Loss     // packets with its body that did not get through
}

// Held is how long the message waited at the host before it was delivered; 0
// if it never was.
func (r *Receipt) Held() time.Duration {
	if r.Delivered == sim.Never || r.Arrived == sim.Never {
		return 0
	}
	return r.Delivered.Sub(r.Arrived)
}

// Loss is a packet with a body that did not get through.
type Loss struct {
	At      sim.Time // when it was sent, or reached a host that took no notice
	From    peer.ID
	Verdict string // lost full cut held no-link too-big corrupted, or down early closed: the host's
	Why     string // in words, as the end of a sentence
}

// Host is one peer with what is only its own.
type Host struct {
	Phases    []PhaseAt
	Down      []Band // its crashes; Faults has them too where a fault of the scenario made them
	Clock     clock.Line
	Log       []Entry
	Correct   bool     // its log is among those compared
	Submitted sim.Time // when its log reached the comparison server; sim.Never = it did not
	Absent    string   // then why: crashed, stuck or limit
}

// Offset is how far the host's clock was ahead of true time.
func (h *Host) Offset(at sim.Time) time.Duration {
	return time.Duration(int64(h.Clock.Local(at)) - int64(at))
}

// PhaseAt is the beginning of a phase.
type PhaseAt struct {
	At    sim.Time
	Phase peer.Phase
}

// Entry is one entry of a log.
type Entry struct {
	Message history.Ref // or history.NoRef, of a message that nobody broadcast
	ID      peer.MessageID
	At      sim.Time // when it was delivered
	Arrived sim.Time // when its body first reached the host
}

// Band is something that lasts, or happens, to some peers or links.
type Band struct {
	From, Until sim.Time // the end of the run where it did not end before
	Kind        string   // the scenario's word: partition, crash, ...; change = of links
	Text        string   // what it is, in words
	Peers       []peer.ID
	Groups      [][]peer.ID // the sides of a cut, or nil
	Place       int         // in the scenario's list of faults, or of changes; -1 = in none
}

// Packet is one packet to one receiver.
type Packet struct {
	Sent     sim.Time
	At       sim.Time    // when it reached the host, or was lost; sim.Never = neither until the end
	Message  history.Ref // the message it carries or concerns, or history.NoRef
	From, To peer.ID
	Round    int32
	Attempt  uint16 // 0 = first transmission
	Kind     peer.Kind
	Fate     uint8 // see journal.VerdictName; 0 = it arrived, or is under way at the end
	Copy     uint8 // 1 = a duplicate
}

// At returns what became of message m at p.
func (r *Run) At(m history.Ref, p peer.ID) *Receipt { return &r.Receipts[int(m)*r.Peers+int(p)] }

// Before reports whether x is a cause of y, as far as the vector clocks are
// known.
func (r *Run) Before(x, y history.Ref) bool {
	a, b := &r.Messages[x], &r.Messages[y]
	return x != y && b.Vector != nil && b.Vector[a.ID.Sender] > a.Rank
}

// Find returns the number of a message.
func (r *Run) Find(id peer.MessageID) (history.Ref, bool) {
	m, ok := r.numbers[id]
	return m, ok
}

// Shift is by how many places entry k of p's log, counted from 0, stands behind
// its place in the true order of sending; below 0 = before it. An entry that
// nobody broadcast has none.
func (r *Run) Shift(p peer.ID, k int) (places int, ok bool) {
	e := &r.Hosts[p].Log[k]
	return k - int(e.Message), e.Message != history.NoRef
}
