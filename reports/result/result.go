package result

import (
	"encoding/hex"
	"fmt"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/stats"
)

// Run is what `mpcomm run --json` prints: one seed of one scenario under each
// of its orderings.
type Run struct {
	Scenario     string         `json:"scenario"`
	ScenarioHash string         `json:"scenario_hash"`
	Seed         uint64         `json:"seed"`
	Peers        int            `json:"peers"`
	Swarm        Settings       `json:"swarm,omitempty"` // what the seed drew of the scenario itself
	Runs         List[Ordering] `json:"runs"`
}

// Ordering is one run of one ordering. The engine that fills it may reuse its
// lists for the next run.
type Ordering struct {
	Ordering           string               `json:"ordering"` // the label
	Kind               string               `json:"kind"`
	Digest             Digest               `json:"digest"`
	Events             uint64               `json:"events"`
	Ties               uint64               `json:"ties"`       // events at the same instant as the one before
	Virtual            MS                   `json:"virtual_ms"` // true time at which the run ended
	Limit              string               `json:"limit"`      // "", quiet, until or events
	Complete           bool                 `json:"complete"`
	Absent             List[history.Absent] `json:"absent"`  // peers whose log was not submitted
	Vacuous            List[string]         `json:"vacuous"` // what made a verdict empty
	Properties         Properties           `json:"properties"`
	Witnesses          List[Witness]        `json:"witnesses"` // of the properties that are violated
	OutsideAssumptions List[string]         `json:"outside_assumptions"`
	Divergence         Divergence           `json:"divergence"`
	Quality            Quality              `json:"quality"`
	Cost               Cost                 `json:"cost"`
	Counters           Counters             `json:"counters"`
	Phases             Phases               `json:"phases"`
	Faults             List[Fault]          `json:"faults"`
	Watch              List[Watch]          `json:"watch"`
	BeyondBound        List[Departure]      `json:"beyond_bound"`     // clocks that left the bound promised of them
	Heal               *Heal                `json:"heal,omitempty"`   // only of a scenario that is healed
	FirstDifference    *Difference          `json:"first_difference"` // null when the logs are identical

	// NotComputed names the values that are null, or left out, because the run was
	// too large to keep its logs; empty for a run that kept them.
	NotComputed List[string] `json:"not_computed,omitempty"`

	// Mechanisms are counted only where they were asked for.
	Mechanisms *Mechanisms `json:"mechanisms,omitempty"`
}

// Digest is the digest of a run's history. It prints as 32 hexadecimal digits.
type Digest [16]byte

// String returns the hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText returns the hexadecimal digits.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the hexadecimal digits.
func (d *Digest) UnmarshalText(text []byte) error {
	if n, err := hex.Decode(d[:], text[:min(len(text), 2*len(d))]); err != nil || n != len(d) || len(text) != 2*len(d) {
		return fmt.Errorf("digest %q: want %d hexadecimal digits", text, 2*len(d))
	}
	return nil
}

// Verdict says whether a property held in a run. The zero value is Holds; the
// values are those of the checks in peer/history.
type Verdict uint8

// The verdicts. Unknown: the run ended at a limit before it could be told.
const (
	Holds Verdict = iota
	Violated
	Unknown
)

var verdictNames = [...]string{Holds: "holds", Violated: "violated", Unknown: "unknown"}

// String returns holds, violated or unknown.
func (v Verdict) String() string {
	if int(v) >= len(verdictNames) {
		return fmt.Sprintf("Verdict(%d)", uint8(v))
	}
	return verdictNames[v]
}

// MarshalText returns the name of the verdict.
func (v Verdict) MarshalText() ([]byte, error) {
	if int(v) >= len(verdictNames) {
		panic(fmt.Sprintf("result: %v is no verdict", v))
	}
	return []byte(v.String()), nil
}

// UnmarshalText reads the name of a verdict.
func (v *Verdict) UnmarshalText(text []byte) error {
	for i, name := range verdictNames {
		if name == string(text) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("verdict %q: want holds, violated or unknown", text)
}

// Properties are the yes/no properties of a broadcast (Hadzilacos and Toueg,
// Cornell TR 94-1425, 1994, section 2).
type Properties struct {
	Integrity Verdict `json:"integrity"` // nothing twice, nothing never broadcast
	Validity  Verdict `json:"validity"`  // broadcast by a correct peer: in some compared log
	Agreement Verdict `json:"agreement"` // in one compared log: in all
	Uniform   Verdict `json:"uniform"`   // in any log, of crashed peers too: in all compared logs
	FIFO      Verdict `json:"fifo"`
	Causal    Verdict `json:"causal"`
	Total     Verdict `json:"total"` // no two compared logs hold two messages in opposite orders

	// Liveness is judged only where the scenario heals everything at a time: all
	// compared logs had every message of a correct peer within a budget after it.
	Liveness *Verdict `json:"liveness,omitempty"`
}

// Witness is the smallest set of deliveries that shows a violation.
type Witness struct {
	Property   string         `json:"property"`
	Deliveries List[Delivery] `json:"deliveries"`
	Text       string         `json:"text"`
	Why        string         `json:"why,omitempty"`     // of causal: the mechanism, as in Difference
	Because    string         `json:"because,omitempty"` // the sentence of that
	Token      string         `json:"token,omitempty"`   // of the first delivery, for `mpcomm show`
}

// Delivery is one entry of a log. Positions count from 1.
type Delivery struct {
	Peer     peer.ID `json:"peer"`
	Position int     `json:"position"`
	Message  string  `json:"message"`
}

// Divergence says how far the compared logs are apart. Every number is exact.
type Divergence struct {
	Identical            bool        `json:"identical"`
	Contested            stats.Ratio `json:"contested"`              // share of the common messages that some two logs order differently
	InversionsPerMessage stats.Ratio `json:"inversions_per_message"` // mean over pairs of Kendall distance / common messages
	KendallDistance      stats.Ratio `json:"kendall_distance"`       // mean over pairs
	KendallMax           NullInt     `json:"kendall_max"`            // largest over pairs
	Footrule             stats.Ratio `json:"footrule"`               // Spearman's, mean over pairs
	Ulam                 stats.Ratio `json:"ulam"`                   // fewest messages to move, mean over pairs
	Pairs                NullInt     `json:"pairs"`                  // pairs of logs behind these means; null without logs
	DistinctLogs         int         `json:"distinct_logs"`
	FirstDifference      NullInt     `json:"first_difference"` // position from 1; null when identical
	CommonPrefix         int         `json:"common_prefix"`
	Positions            int         `json:"positions"` // length of the longest log
	PositionsDiffering   int         `json:"positions_differing"`
	Missing              int         `json:"missing"`
	Duplicates           int         `json:"duplicates"`
	Messages             int         `json:"messages"`   // application broadcasts
	Deliveries           int         `json:"deliveries"` // entries of the compared logs
	PrefixConsistent     bool        `json:"prefix_consistent"`
	RoundsClassic        int         `json:"rounds_classic"` // the lab server's own count
	RoundsFull           int         `json:"rounds_full"`
}

// Quality says how far the logs are from the true order of sending and from
// causality. Counts are of messages, summed over compared logs.
type Quality struct {
	FIFOViolations            int           `json:"fifo_violations"`
	FIFOGaps                  int           `json:"fifo_gaps"`
	CausalViolations          int           `json:"causal_violations"`
	CausalGaps                int           `json:"causal_gaps"`
	CausalReceivers           List[peer.ID] `json:"causal_receivers"` // whose logs were checked; empty = all
	TruthInversionsPerMessage stats.Ratio   `json:"truth_inversions_per_message"`

	CausalUnknown bool `json:"-"` // the numbers about causality mean nothing and print as null
}

// MarshalJSON prints the fields, those that are not known as null.
func (q Quality) MarshalJSON() ([]byte, error) {
	type plain Quality
	if !q.CausalUnknown {
		return appendJSON(nil, plain(q))
	}
	return appendJSON(nil, struct {
		FIFOViolations            int           `json:"fifo_violations"`
		FIFOGaps                  int           `json:"fifo_gaps"`
		CausalViolations          NullInt       `json:"causal_violations"`
		CausalGaps                NullInt       `json:"causal_gaps"`
		CausalReceivers           List[peer.ID] `json:"causal_receivers"`
		TruthInversionsPerMessage stats.Ratio   `json:"truth_inversions_per_message"`
	}{FIFOViolations: q.FIFOViolations, FIFOGaps: q.FIFOGaps, CausalReceivers: q.CausalReceivers, TruthInversionsPerMessage: q.TruthInversionsPerMessage})
}

// Cost is what an ordering asked of the network and of its users' patience.
type Cost struct {
	Packets             uint64      `json:"packets"` // phases + ordering + acks + resent, as handed to links
	PacketsPhases       uint64      `json:"packets_phases"`
	PacketsOrdering     uint64      `json:"packets_ordering"`
	PacketsAcks         uint64      `json:"packets_acks"`
	PacketsResent       uint64      `json:"packets_resent"`
	PacketsLost         uint64      `json:"packets_lost"`
	PacketsNoLink       uint64      `json:"packets_no_link"`   // part of lost: the link was down
	PacketsTooBig       uint64      `json:"packets_too_big"`   // part of lost: larger than the link's MTU
	PacketsCorrupted    uint64      `json:"packets_corrupted"` // part of lost: damaged on the way
	PacketsStalled      uint64      `json:"packets_stalled"`   // arrived later because a stall froze their link
	PacketsDuplicated   uint64      `json:"packets_duplicated"`
	PacketsRepeated     uint64      `json:"packets_repeated"`
	Clamped             uint64      `json:"clamped"` // drawn delays below 0, counted as 0
	Bytes               uint64      `json:"bytes"`
	PacketsPerBroadcast stats.Ratio `json:"packets_per_broadcast"`
	Latency             Times       `json:"latency_ms"`      // broadcast to delivery at other peers
	LatencySelf         Times       `json:"latency_self_ms"` // broadcast to delivery at the sender
	Hold                Times       `json:"hold_ms"`         // first arrival to delivery at other peers
}

// Times sums up durations; all null when there are none.
type Times struct {
	Mean Mean   `json:"mean"`
	P50  NullMS `json:"p50"` // nearest rank
	P99  NullMS `json:"p99"`
	Max  NullMS `json:"max"`
}

// Mean is the mean of Count durations that sum to Sum nanoseconds; it prints
// in milliseconds, and as null when Count is 0.
type Mean struct {
	Sum   int64
	Count uint64
}

// nsPerMS turns a mean in nanoseconds into one in milliseconds.
const nsPerMS = 1_000_000

// MarshalJSON prints milliseconds, or null.
func (m Mean) MarshalJSON() ([]byte, error) { return m.append(nil), nil }

func (m Mean) append(b []byte) []byte {
	abs := uint64(m.Sum)
	if m.Sum < 0 {
		abs = -abs
		b = append(b, '-')
	}
	return append(b, stats.Ratio{Num: abs, Den: m.Count * nsPerMS}.String()...)
}

// Counter is a figure that only some orderings have.
type Counter struct {
	Name  string
	Value stats.Ratio
}

// Counters print as one object, in the order of the list.
type Counters []Counter

// MarshalJSON prints {"late":3,"late_dropped":0}.
func (c Counters) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, counter := range c {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, encode(counter.Name)...), ':')
		b = append(b, counter.Value.String()...)
	}
	return append(b, '}'), nil
}

// Phases says when peers opened and closed, in true time.
type Phases struct {
	Opened    List[NullMS]  `json:"opened_ms"`    // by peer; null = never
	Handshake NullMS        `json:"handshake_ms"` // the last opening; null if one never opened
	DataAt    NullMS        `json:"data_at_ms"`   // T0
	OpenedAll bool          `json:"opened_all"`
	Data      NullMS        `json:"data_ms"`   // first opening to last broadcast
	Stop      NullMS        `json:"stop_ms"`   // last broadcast to last close
	Closed    List[NullMS]  `json:"closed_ms"` // by peer; null = never
	TooEarly  uint64        `json:"too_early"` // data packets dropped before the opening
	TooLate   uint64        `json:"too_late"`  // data packets dropped after the last stop
	Resent    uint64        `json:"resent"`    // questions and repeated answers of the phases
	Stuck     List[Stuck]   `json:"stuck"`
	GivenUp   List[GivenUp] `json:"given_up"`
}

// Stuck is a peer that waited in vain, and whom it waited for: the first of them,
// and how many more.
type Stuck struct {
	Peer       peer.ID       `json:"peer"`
	Phase      string        `json:"phase"`
	WaitingFor List[peer.ID] `json:"waiting_for"`
	More       int           `json:"more,omitempty"`
}

// GivenUp is a peer whose READY never came, and who opened without it: the first
// of them, and how many more.
type GivenUp struct {
	Peer peer.ID       `json:"peer"`
	By   List[peer.ID] `json:"by"`
	More int           `json:"more,omitempty"`
}

// Departure is a clock that was further from true time than the scenario
// promises, at an instant at which it was so by most.
type Departure struct {
	Peer  peer.ID `json:"peer"`
	At    MS      `json:"at_ms"`    // true time
	Error MS      `json:"error_ms"` // ahead of true time; negative = behind
	Bound MS      `json:"bound_ms"` // what was promised for that instant
}

// Fault is one fault as the scenario words it, and what it struck.
type Fault struct {
	Name           string      `json:"name,omitempty"`
	At             string      `json:"at,omitempty"`
	Since          string      `json:"since,omitempty"`
	After          string      `json:"after,omitempty"`
	Delay          string      `json:"delay,omitempty"`
	Every          string      `json:"every,omitempty"`
	Chance         string      `json:"chance,omitempty"`
	Partition      [][]peer.ID `json:"partition,omitempty"`
	OneWay         bool        `json:"one_way,omitempty"`
	Ring           []peer.ID   `json:"ring,omitempty"`
	Isolate        []peer.ID   `json:"isolate,omitempty"`
	Bridge         *peer.ID    `json:"bridge,omitempty"`
	Clog           *Clog       `json:"clog,omitempty"`
	For            string      `json:"for,omitempty"`
	Down           string      `json:"down,omitempty"`
	Up             string      `json:"up,omitempty"`
	Mode           string      `json:"mode,omitempty"`
	InFlight       string      `json:"in_flight,omitempty"`
	Crash          *peer.ID    `json:"crash,omitempty"`
	AtDelivery     string      `json:"at_delivery,omitempty"`
	Sent           *int        `json:"sent,omitempty"`
	Restart        string      `json:"restart,omitempty"`
	State          string      `json:"state,omitempty"`
	Save           string      `json:"save,omitempty"`
	SaveDeliveries *int        `json:"save_deliveries,omitempty"`
	Pause          *peer.ID    `json:"pause,omitempty"`
	Slow           *peer.ID    `json:"slow,omitempty"`
	Service        string      `json:"service,omitempty"`
	Join           *peer.ID    `json:"join,omitempty"`
	Leave          *peer.ID    `json:"leave,omitempty"`
	Clock          *peer.ID    `json:"clock,omitempty"`
	By             string      `json:"by,omitempty"`
	Struck         uint64      `json:"struck"` // packets, steps or inputs it touched
}

// Clog is the links of a clog; empty = every peer.
type Clog struct {
	From []peer.ID `json:"from,omitempty"`
	To   []peer.ID `json:"to,omitempty"`
}

// Heal is the time from which on nothing was broken in a run, and what no
// protocol could have repaired then.
type Heal struct {
	At            NullMS              `json:"at_ms"` // null = the run ended before
	Within        MS                  `json:"within_ms"`
	Unrecoverable List[Unrecoverable] `json:"unrecoverable"`
}

// Unrecoverable is a message whose body no living host had any more, and a
// correct peer that lacks it.
type Unrecoverable struct {
	Message string  `json:"message"`
	Peer    peer.ID `json:"peer"`
	Why     string  `json:"why"`
}

// Watch is one question of the scenario: is First in Peer's log with Then not
// before it?
type Watch struct {
	Peer     peer.ID `json:"peer"`
	First    string  `json:"first"`
	Then     string  `json:"then"`
	Happened bool    `json:"happened"`
}

// Difference is the first position at which not all compared logs hold the
// same message: the lowest-numbered compared peer, and the lowest-numbered one
// whose entry there differs.
type Difference struct {
	Position int        `json:"position"` // from 1
	Peers    [2]peer.ID `json:"peers"`
	Messages [2]*string `json:"messages"` // their entries; null where a log has ended
	Why      string     `json:"why"`      // missing late skew tie fifo relay race
	Text     string     `json:"text"`
	At       NullMS     `json:"at_ms"`           // when the first of these entries was made; null where no times are known
	Token    string     `json:"token,omitempty"` // names that moment for `mpcomm show`
}
