// Package scenarios is the scenario language: the value that describes a run
// or a sweep, its strict YAML form, its JSON Schema, and the library of
// built-in scenarios.
//
// It owns what a user may write and what each omission means. It must never
// know how a run is executed: scenarios/run and scenarios/sweep take the
// resolved value.
//
// # The language
//
// A scenario is one YAML document, a map. The tables in keys.go say for every
// key what it takes, what its omission means and what it does; decoder, errors,
// JSON Schema, --set and this package's printed form all come from them. Where
// YAML leaves room, the language is strict:
//
//   - Anchors, aliases, merge keys and tags are errors: a value stands where it
//     is read. So are a second document, a key given twice and a key without a
//     value.
//   - Amounts carry a unit, zero too: durations ns us ms s m h, sizes B KiB MiB
//     GiB KB MB GB, bandwidths bit/s kbit/s Mbit/s Gbit/s, drifts ppm ppb. They
//     are decimals, taken exactly; what is finer than the smallest unit is an
//     error. The times of workload.gap may be rates: 50/s is 20ms.
//   - Probabilities are 1/1000, 0.1% or 0.001. Whole numbers are plain digits,
//     without quotes.
//   - A distribution is {kind: ..., parameters}; a bare amount is a constant.
//   - A file that a scenario names is relative to its folder.
//   - In a list of links, later entries win key by key; so do changes over what
//     they change, for as long as they last.
//   - From and to of links and changes are peers, the peers of a site, or those of
//     a group of the file.
//
// # Faults
//
// An entry of faults says what happens (exactly one of partition ring isolate
// bridge clog crash pause slow join leave clock), when, and for how long. When is
// a time (at), the nth of some events (after, plus delay), by chance again and
// again (every), or for a crash the step of a delivery (at_delivery); chance
// makes any of them happen in a share of the runs only. After takes a small
// language:
//
//	event     = [ ordinal ] ( packet | delivery | broadcast | deed )
//	packet    = KIND [ "of" MESSAGE ] ( "leaves" PEER [ "for" PEER ] | "reaches" PEER [ "from" PEER ] )
//	delivery  = "delivery" [ "of" MESSAGE ] "at" PEER | PEER "delivers" MESSAGE
//	broadcast = "broadcast" [ "of" MESSAGE ] "at" PEER | PEER "broadcasts" MESSAGE
//	deed      = PEER ( "opens" | "stops" | "closes" | "crashes" | "restarts" )
//	ordinal   = "1st" | "2nd" | "3rd" | "4th" | ...
//	KIND      = "packet" | "data" | "ack" | "ready" | ... (the kinds of peer.Kind)
//	PEER      = "p0" | "p1" | ... | "any"
//	MESSAGE   = "p0#7"
//
// as in "2nd ack of p0#7 leaves p1", "3rd delivery at p2", "p0 opens". Without an
// ordinal the first is meant. Events are counted from the beginning of the run.
// A send to many is as many packets, counted by receiver; retransmissions and
// duplicates count, own copies do not. A packet leaves when it is handed to its
// link, whatever becomes of it; it reaches a host that is up. The fault strikes
// when the step in which the event happens is over, before anything else, or
// delay later.
//
// What each does to packets, and what is counted when it strikes (struck):
//
//   - Cuts (partition, ring, isolate, bridge) lose what is sent across them while
//     they last (mode: drop) or send it when they heal, each packet with its own
//     delay (mode: hold). What is in flight passes, or with in_flight: drop is lost
//     if it would arrive across the cut. Counted: packets cut, held or struck in
//     flight. One that flaps heals and closes again and again until for is over.
//   - A clog takes nothing away. What arrives on its links, whenever it was sent,
//     waits there; at the release all of it arrives, in the order in which it came.
//     Counted: packets that waited.
//   - A crash loses what arrives while the peer is down and what had not been
//     handled; what the peer has sent travels on. Counted: the crash and those
//     packets. State saved goes on from what ordering, transport and phases were
//     at the last save, while the log stays: what was delivered since may be
//     delivered again. Who comes back with state lost or saved counts among the
//     crashed.
//   - A pause loses nothing: packets, timers and broadcasts wait, and are handled
//     at its end, in order. A slow peer is a queue with a service time. Counted:
//     what waited. The clock goes on, and with it what timers are set for.
//   - Before a join nothing is received. Counted: the join and what was lost by it.
//   - A leave and a clock step are counted once; so is each of a clock that recurs.
//
// # Liveness
//
// Safety is judged of every run; whether anything good happens is no question
// while the faults last. With heal_at everything is repaired at a time: faults end,
// later ones do not begin, crashed peers come back with the state that their fault
// names (kept where it names none), and what is sent from then on is neither lost
// nor damaged, doubled, reordered or stalled. What is under way keeps its arrival;
// explicit delays stay, explicit losses do not happen any more; mtu, bandwidth and
// queue are what the links are, no faults, and stay, and so do clocks.
//
// Liveness then holds if every log of a correct peer has in time every message
// that a correct peer broadcast, or that is in another log of a correct peer. In
// time is at most within after the heal, or after that broadcast or delivery where
// it came later; exactly then counts. Correct is who never lost its state. A
// message is not demanded while its time is not over; liveness is unknown if the
// run ended at a limit before the time that follows the heal was over.
//
// Loss that no protocol could repair is told apart. A message of a peer that
// lost its state is unrecoverable if no host that is up has its body in its present
// life, neither in its ordering nor in its transport: nobody could send it any
// more. Such messages are listed, by the peers that lack them, and not demanded.
// Any other missing message some living host could have sent, and the witness says
// why it is missing: it never left, it was lost on the way and nothing sent it
// again (which a reliable transport does), or it is there and held back.
//
// A sweep's cells take neither expect nor sweep: both speak of the whole.
package scenarios

import (
	"math"
	"time"

	"mpcomm/network/latency"
	"mpcomm/peer"
	"mpcomm/sim/rng"
)

// Scenario is one experiment, resolved: every default is filled in, every
// reference checked. Printing it gives a file that runs identically.
type Scenario struct {
	Name      string
	Doc       string
	Seed      uint64
	Peers     int
	Orderings []Ordering
	Phases    peer.Phases
	Workload  Workload
	Network   Network
	Clocks    Clocks
	Faults    []Fault
	Heal      *Heal // nil = never
	Permuted  bool  // events of one instant come in an order drawn from the seed
	Limits    Limits
	Measure   *Window
	Watch     []Watch
	Expect    []Expectation
	Swarm     []Draw // what each seed draws; see Scenario.Draw
	Sweep     *Sweep

	extreme []*Scenario // see Extremes
	source  source
}

// Ordering is one protocol to run, with its parameters as written.
type Ordering struct {
	Kind   string
	Name   string // the label, if the file gives one
	Params []Param
}

// Param is one parameter of an ordering as written, in the file's order.
type Param struct{ Name, Value string }

// Workload says when applications broadcast.
type Workload struct {
	Messages int            // per sender; 0 with Sends
	Gap      latency.Family // between a peer's broadcasts
	Start    latency.Family // before the first gap
	Senders  []peer.ID      // nil = every peer
	Sends    []Send         // an explicit schedule instead of Messages and Gap
	Replies  *Replies
	Size     latency.Family // bytes of a body
}

// Send is one entry of an explicit schedule: at a time since T0, or after a
// message was delivered (or, OnArrival, has reached the host) at From.
type Send struct {
	From      peer.ID
	Number    int32 // the message's number, from the entry or its place among From's entries
	At        latency.Family
	After     peer.MessageID // NoMessage when At counts
	Delay     latency.Family
	OnArrival bool
}

// Replies makes peers answer each other's messages.
type Replies struct {
	Probability rng.Ratio
	Delay       latency.Family
	OnArrival   bool
	Depth       int
}

// SelfMode says when a peer's own message reaches its own ordering.
type SelfMode uint8

// The modes of self: Ordered is accepted and means Immediate.
const (
	SelfImmediate SelfMode = iota
	SelfLoopback           // a draw of the links' own distribution
	SelfFamily             // a draw of SelfDelay
	SelfOrdered
)

// Network describes links, sites and what befalls packets.
type Network struct {
	Latency     latency.Family // excess over the base: the file's, the matrix's, the preset's or the default
	Preset      string
	Sites       []string
	Inflation   rng.Fixed
	Matrix      *Matrix
	Server      string // site of the comparison server, or empty
	Self        SelfMode
	SelfDelay   latency.Family
	Datagram    bool
	Reorder     *Reorder // nil = none; acts on datagram links only
	Loss        Loss
	Duplicate   rng.Ratio
	Overhead    int64 // bytes a packet adds to its body
	Bandwidth   int64 // bits per second, 0 = unlimited
	Queue       int64 // bytes, 0 = unlimited
	MTU         int64 // bytes, 0 = unlimited
	Corrupt     rng.Ratio
	Correlation *Correlation // nil = each delay is a draw of its own
	Stalls      *Stalls      // nil = never
	Transport   Transport
	Links       []LinkOverride
	Changes     []LinkChange
	Delays      []Delay
	base        *latency.Matrix // of the rows that peers sit at, then the server's; nil = no base
}

// Matrix names a file of measured round trips and holds what was read.
type Matrix struct {
	File   string
	Unit   time.Duration
	Jitter *latency.Family
	Data   *latency.Matrix
}

// Reorder makes a share of the packets of datagram links wait longer.
type Reorder struct {
	Share rng.Ratio
	Extra latency.Family
}

// Loss is a plain probability, or a Gilbert-Elliott process in time.
type Loss struct {
	Ratio  rng.Ratio
	Bursts *Bursts
}

// Bursts are the parameters of a Gilbert-Elliott process on each link.
type Bursts struct {
	P, R      rng.Ratio // good to bad, bad to good, at each multiple of Every
	Every     time.Duration
	Good, Bad rng.Ratio // probability of loss in each state
}

// Correlation ties the delays of a link together in time.
type Correlation struct {
	Share       rng.Ratio
	Span, Every time.Duration
}

// Stalls freeze links now and then.
type Stalls struct {
	Every, For, Later latency.Family
	Stragglers        rng.Ratio
}

// Transport is the stage below the ordering.
type Transport struct {
	Kind    string // none, fifo, reliable
	RTO     time.Duration
	Backoff int64
	NACK    bool
}

// LinkOverride replaces properties of the directed links From x To; nil = all.
type LinkOverride struct {
	From, To    []peer.ID
	Down        *bool
	Latency     *latency.Family
	Datagram    *bool
	Loss        *Loss
	Duplicate   *rng.Ratio
	Reorder     *Reorder
	Bandwidth   *int64
	Queue       *int64
	MTU         *int64
	Corrupt     *rng.Ratio
	Correlation *Correlation // the zero value for none
	Stalls      *Stalls      // the zero value for none
}

// LinkChange replaces properties of links for a time.
type LinkChange struct {
	At        time.Duration
	SinceData bool
	For       time.Duration // 0 = to the end
	Links     LinkOverride
}

// Delay is an explicit fate of the first packet that carries Message's body
// from From to To.
type Delay struct {
	Message peer.MessageID
	From    peer.ID // the message's sender unless given
	To      peer.ID
	Delay   time.Duration
	Lost    bool
}

// Heal is the time from which on nothing is broken any more, and how soon
// messages must then reach every log.
type Heal struct {
	At        time.Duration
	SinceData bool // At counts from T0
	Within    time.Duration
}

// Limits end a run that does not end by itself.
type Limits struct {
	Until     time.Duration
	SinceData bool   // Until counts from T0
	Events    uint64 // 0 = none
}

// Forever is the end of a window that has none.
const Forever time.Duration = math.MaxInt64

// Window restricts measurement to messages broadcast in it, counted from T0:
// From <= time < Until.
type Window struct{ From, Until time.Duration }

// Watch asks whether First is in Peer's log with Then not before it.
type Watch struct {
	Peer        peer.ID
	First, Then peer.MessageID
}

// Expectation is what one ordering is expected to do. Empty fields expect nothing.
type Expectation struct {
	Ordering        string // label
	Logs            string // identical or differ
	Complete        *bool
	Properties      []PropertyExpectation
	Limit           *string // "", quiet, until, events
	Stuck           []peer.ID
	StuckGiven      bool
	FirstDifference *int
	Happened        []bool

	written string // how the file names the ordering
}

// PropertyExpectation expects a property to hold or to be violated.
type PropertyExpectation struct {
	Property string // integrity validity agreement uniform fifo causal total liveness
	Want     string // holds or violated
}

// Runs is how many seeds a sweep takes for each cell: the file's number, or the
// default when it has no sweep, or one whose number is a budget.
func (s *Scenario) Runs() int {
	if s.Sweep != nil && s.Sweep.Precision == "" {
		return s.Sweep.Runs
	}
	d := decoder{}
	r := record{d: &d, o: &sweepObject}
	return int(r.integer("runs"))
}

// Sweep repeats the scenario over seeds and a grid of parameters.
type Sweep struct {
	Runs      int    // with Precision the most that are spent
	Grid      []Axis // in the file's order; the first varies slowest
	Precision string // METRIC=WIDTH, as result.ParseTarget reads it; "" = Runs runs, however wide the intervals are
}

// The budget of a sweep with a precision, in runs of every cell and ordering:
// when the file gives none, and the least that it may give.
const (
	DefaultBudget = 100_000
	LeastBudget   = 200
)

// Axis is one path of the scenario and the values it takes, as written.
type Axis struct {
	Path   string
	Values []string
}
