package trace

import (
	"cmp"
	"slices"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/clock"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/reports/compare"
	"mpcomm/reports/result"
	"mpcomm/sim"
)

// Limits bound what is kept of a run.
type Limits struct {
	Events   int  // of the journal; 0 = MostEvents
	Findings int  // listed one by one; 0 = MostFindings
	Protocol bool // keep packets that carry no body too, and events about them

	// Around is the moment that the run is looked at for: the findings whose moment is
	// nearest to it are those listed. 0 = none, and those that begin first are.
	Around sim.Time
}

// The limits of a run of which nothing else is said. An event takes about a
// hundred bytes.
const (
	MostEvents   = 1 << 20
	MostFindings = 10_000
)

// Complete returns the limits with what is not given filled in.
func (l Limits) Complete() Limits {
	if l.Events == 0 {
		l.Events = MostEvents
	}
	if l.Findings == 0 {
		l.Findings = MostFindings
	}
	return l
}

// Source is what a run is made of. What is in it may be borrowed.
type Source struct {
	Head     Head
	History  *history.History
	Result   *result.Ordering
	Events   []journal.Event
	Dropped  int64 // events that the recorder turned away
	Losses   []SourceLoss
	Clocks   []clock.Line // by peer; nil = all are perfect
	Faults   []SourceFault
	Changes  []Band
	Findings []compare.Finding
	Barcode  []int32

	Stamp    func(history.Ref) (compare.Stamp, bool)
	Sentence func(*compare.Finding) string
}

// SourceLoss is a packet with the body of a message that did not get through.
type SourceLoss struct {
	Message history.Ref
	To      peer.ID
	Loss
}

// SourceFault is one fault of the scenario: a band without its times.
type SourceFault struct {
	Kind, Text string
	Peers      []peer.ID
	Groups     [][]peer.ID
}

// Build makes the run of a source; nothing of the source is in it.
func Build(s *Source, limits Limits) *Run {
	limits = limits.Complete()
	r := &Run{Head: s.Head, Result: *s.Result, Events: slices.Clone(s.Events), Barcode: slices.Clone(s.Barcode)}
	r.LeftOut.Events = s.Dropped
	b := builder{Run: r, s: s, limits: limits}
	b.messages()
	b.receipts()
	b.hosts()
	b.walk()
	b.bands()
	b.losses()
	b.findings()
	return r
}

// builder is a run under way.
type builder struct {
	*Run
	s      *Source
	limits Limits
}

func (b *builder) messages() {
	h := b.s.History
	var vectors history.Vectors
	known := vectors.Build(h)
	b.LeftOut.Vectors = !known
	var words []int32 // of all vectors
	if known {
		words = make([]int32, len(h.Broadcasts)*h.Peers)
	}
	b.Messages = make([]Message, len(h.Broadcasts))
	b.numbers = make(map[peer.MessageID]history.Ref, len(h.Broadcasts))
	for m := range h.Broadcasts {
		x := &h.Broadcasts[m]
		message := Message{ID: x.ID, At: x.At, Local: peer.Instant(x.At), Cause: x.Cause, Rank: x.Rank}
		if b.s.Clocks != nil {
			message.Local = b.s.Clocks[x.ID.Sender].Local(x.At)
		}
		if known {
			message.Vector = words[m*h.Peers : (m+1)*h.Peers : (m+1)*h.Peers]
			copy(message.Vector, vectors.Of(history.Ref(m)))
		}
		message.Key.Stamp, message.Key.Known = b.s.Stamp(history.Ref(m))
		b.Messages[m] = message
		b.numbers[x.ID] = history.Ref(m)
	}
	for m, number := range lamport(h) {
		b.Messages[m].Lamport = number
	}
}

// lamport returns the logical time of each broadcast (Lamport, CACM 21(7),
// 1978, section 2), of clocks that tick with a broadcast and with the delivery
// of another's message, and hear of the message that is answered.
func lamport(h *history.History) []int64 {
	numbers := make([]int64, len(h.Broadcasts))
	clocks := make([]int64, h.Peers)
	seen := make([]int32, h.Peers)
	for m := range h.Broadcasts {
		x := &h.Broadcasts[m]
		p := x.ID.Sender
		for _, delivered := range h.Logs[p].Refs[seen[p]:max(seen[p], x.LogLen)] {
			if delivered != history.NoRef && h.Broadcasts[delivered].ID.Sender != p {
				clocks[p] = max(clocks[p], numbers[delivered]) + 1
			}
		}
		seen[p] = max(seen[p], x.LogLen)
		if x.Cause != history.NoRef {
			clocks[p] = max(clocks[p], numbers[x.Cause])
		}
		clocks[p]++
		numbers[m] = clocks[p]
	}
	return numbers
}

// receipts fills in what the history knows: what is logged, and what is one's
// own.
func (b *builder) receipts() {
	h := b.s.History
	b.Receipts = make([]Receipt, len(h.Broadcasts)*h.Peers)
	for i := range b.Receipts {
		b.Receipts[i].Arrived, b.Receipts[i].Delivered = sim.Never, sim.Never
	}
	for m := range b.Messages {
		b.At(history.Ref(m), b.Messages[m].ID.Sender).Arrived = b.Messages[m].At
	}
}

func (b *builder) hosts() {
	h := b.s.History
	b.Hosts = make([]Host, h.Peers)
	for p := range b.Hosts {
		host := &b.Hosts[p]
		host.Correct, host.Submitted = h.Correct(p), sim.Never
		if b.s.Clocks != nil {
			host.Clock = b.s.Clocks[p]
		}
		times := h.TimesOf(peer.ID(p))
		for k, m := range h.Logs[p].Refs {
			e := Entry{Message: m, ID: peer.NoMessage, At: sim.Never, Arrived: sim.Never}
			if k < len(times) {
				e.At, e.Arrived = times[k].Delivered, times[k].Arrived
			}
			if m != history.NoRef {
				e.ID = h.Broadcasts[m].ID
				if x := b.At(m, peer.ID(p)); x.Position == 0 {
					x.Position, x.Delivered, x.Arrived = int32(k+1), e.At, e.Arrived
				}
			}
			host.Log = append(host.Log, e)
		}
	}
	for _, s := range h.Strays {
		b.Hosts[s.Peer].Log[s.Position].ID = s.ID
	}
	for _, a := range h.Lost {
		b.Hosts[a.Peer].Absent = a.Why
	}
}

// losses deals out what did not get through. A packet that a partition held and
// let go is no loss where the message came after all.
func (b *builder) losses() {
	for i := range b.s.Losses {
		l := &b.s.Losses[i]
		if int(l.Message) >= len(b.Messages) {
			continue
		}
		x := b.At(l.Message, l.To)
		if l.Verdict == journal.VerdictName(verdictHeld) && x.Arrived != sim.Never {
			continue
		}
		x.Lost = append(x.Lost, l.Loss)
	}
	for i := range b.Receipts {
		slices.SortStableFunc(b.Receipts[i].Lost, func(x, y Loss) int { return cmp.Compare(x.At, y.At) })
	}
}

// rank is where a finding stands among those of a run.
type rank struct {
	kind     compare.FindingKind
	later    int // 0 = the first difference of the result
	position int32
	number   int
	apart    time.Duration // from the moment that the run is looked at for
}

func (x rank) compare(y rank) int {
	return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.later, y.later), cmp.Compare(x.position, y.position), cmp.Compare(x.number, y.number))
}

// findings words as many as the limit lets in: of two logs the first difference
// of the result, then those that begin first, then causes after effects likewise;
// of a moment those that are nearest to it, in the same order.
func (b *builder) findings() {
	first := b.firstDifference()
	ranks := make([]rank, len(b.s.Findings))
	for i, f := range b.s.Findings {
		out := Finding{Finding: f}
		b.place(&out)
		ranks[i] = rank{f.Kind, 1, out.Position(), i, out.At.Sub(b.limits.Around).Abs()}
		if i == first {
			ranks[i].later = 0
		}
	}
	slices.SortFunc(ranks, rank.compare)
	if most := b.limits.Findings; len(ranks) > most {
		b.LeftOut.Findings, b.LeftOut.Around = uint64(len(ranks)-most), b.limits.Around > 0
		if b.LeftOut.Around {
			slices.SortStableFunc(ranks, func(x, y rank) int { return cmp.Compare(x.apart, y.apart) })
			slices.SortFunc(ranks[:most], rank.compare)
		}
		ranks = ranks[:most]
	}
	b.Findings = make([]Finding, len(ranks))
	for i, r := range ranks {
		f := &b.Findings[i]
		f.Finding = b.s.Findings[r.number]
		b.place(f)
		if r.number == first && b.Result.FirstDifference.At.Known {
			f.At = sim.Time(b.Result.FirstDifference.At.MS) // which its token names
		}
		f.Text = b.s.Sentence(&f.Finding)
	}
	if m := b.Result.Mechanisms; m != nil {
		b.LeftOut.Findings += m.Disagree.LeftOut + m.Acausal.LeftOut
	}
}

// firstDifference is the number of the finding that is the first difference of
// the result; -1 if there is none, or its two logs were not compared.
func (b *builder) firstDifference() int {
	d := b.Result.FirstDifference
	if d == nil {
		return -1
	}
	held := func(m history.Ref, k int) bool {
		return int(m) < len(b.Messages) && d.Messages[k] != nil && b.Messages[m].ID.String() == *d.Messages[k]
	}
	for p, q := 0, 1; p < 2; p, q = p+1, q-1 { // what the second log lacks is told before what the first one does
		at := slices.IndexFunc(b.s.Findings, func(f compare.Finding) bool {
			return f.Kind == Disagree && string(f.Why) == d.Why && f.P == d.Peers[p] && f.Q == d.Peers[q] &&
				held(f.A, p) && (f.B == history.NoRef || held(f.B, q))
		})
		if at >= 0 {
			return at
		}
	}
	return -1
}
