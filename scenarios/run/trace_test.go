package run_test

import (
	"slices"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/peer/order"
	"mpcomm/reports/trace"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
	"mpcomm/sim"
)

// traced are built-in scenarios that between them have losses, duplicates,
// crashes, pauses, partitions that hold, clogs, late joins, wrong clocks and
// transports that send again.
var traced = []string{
	"minimal", "crash", "partition", "flapping", "pause", "late-join", "skew", "reliable-transport", "heal", "clock-steps-back",
	"questions", "bridge", "one-way", "sequencer-crash",
}

// eachTrace records every ordering of the traced scenarios, made smaller.
func eachTrace(t *testing.T, limits trace.Limits, do func(t *testing.T, r *trace.Run)) {
	t.Helper()
	for _, name := range traced {
		s, err := scenarios.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		s.Workload.Messages = min(s.Workload.Messages, 12)
		for _, o := range s.Orderings {
			p, err := run.Compile(s, o, order.Builtin())
			if err != nil {
				t.Fatal(err)
			}
			t.Run(name+"/"+p.Label(), func(t *testing.T) {
				r, err := run.Trace(p, s.Seed, limits)
				if err != nil {
					t.Fatal(err)
				}
				do(t, r)
			})
		}
	}
}

// TestTraceIsTheJournal holds every receipt, log and band to a second reading of
// the journal, which looks for each message at each peer through all events.
func TestTraceIsTheJournal(t *testing.T) {
	t.Parallel()
	eachTrace(t, trace.Limits{Protocol: true}, func(t *testing.T, r *trace.Run) {
		if r.LeftOut != (trace.LeftOut{}) {
			t.Fatalf("left out: %+v", r.LeftOut)
		}
		broadcasts := 0
		for _, e := range r.Events {
			if e.Kind != journal.Broadcast {
				continue
			}
			if m := r.Messages[broadcasts]; m.ID != e.Message || m.At != e.At || m.Local != r.Hosts[e.Peer].Clock.Local(e.At) {
				t.Fatalf("message %d is %+v, recorded %s", broadcasts, m, journal.Describe(e))
			}
			broadcasts++
		}
		if broadcasts != len(r.Messages) {
			t.Fatalf("%d messages of %d broadcasts", len(r.Messages), broadcasts)
		}
		for p := range peer.ID(r.Peers) {
			checkLog(t, r, p)
			for m := range r.Messages {
				checkReceipt(t, r, history.Ref(m), p)
			}
		}
		checkPackets(t, r)
		checkBands(t, r)
	})
}

// checkLog reads the deliveries of one peer.
func checkLog(t *testing.T, r *trace.Run, p peer.ID) {
	t.Helper()
	var log []peer.MessageID
	var times []sim.Time
	var phases []trace.PhaseAt
	for _, e := range r.Events {
		if e.Peer != p {
			continue
		}
		switch e.Kind {
		case journal.Delivery:
			log, times = append(log, e.Message), append(times, e.At)
		case journal.Phase:
			phases = append(phases, trace.PhaseAt{At: e.At, Phase: peer.Phase(e.Value)})
		}
	}
	h := &r.Hosts[p]
	if len(h.Log) != len(log) || !slices.Equal(h.Phases, phases) {
		t.Fatalf("%v: %d entries and phases %v, recorded %d and %v", p, len(h.Log), h.Phases, len(log), phases)
	}
	for k, e := range h.Log {
		if e.ID != log[k] || e.At != times[k] || e.Message != history.NoRef && r.Messages[e.Message].ID != e.ID {
			t.Fatalf("%v: entry %d is %+v, recorded %v at %v", p, k, e, log[k], times[k])
		}
	}
}

// checkReceipt looks for one message at one peer.
func checkReceipt(t *testing.T, r *trace.Run, m history.Ref, p peer.ID) {
	t.Helper()
	id := r.Messages[m].ID
	x := r.At(m, p)
	var arrivals []sim.Time
	delivered, position, length := sim.Never, int32(0), int32(0)
	lost := 0
	for _, e := range r.Events {
		switch {
		case e.Kind == journal.Delivery && e.Peer == p:
			length++
			if e.Message == id && position == 0 {
				delivered, position = e.At, length
			}
		case e.Message != id || !e.Packet.Body():
		case e.Kind == journal.Arrival && e.Peer == p && e.Other != p && e.Verdict == 0:
			arrivals = append(arrivals, e.At)
		case e.Kind == journal.Arrival && e.Peer == p && e.Verdict != 0,
			e.Kind == journal.Fate && e.Other == p && e.Verdict != 0 && e.Verdict != 4:
			lost++
		}
	}
	if x.Delivered != delivered || x.Position != position || !slices.Equal(x.Arrivals, arrivals) {
		t.Fatalf("%v at %v: %+v, recorded at position %d at %v, arrivals %v", id, p, x, position, delivered, arrivals)
	}
	if id.Sender != p && len(arrivals) > 0 && x.Position > 0 && x.Arrived != arrivals[0] {
		t.Fatalf("%v at %v arrived at %v, recorded %v", id, p, x.Arrived, arrivals[0])
	}
	known := 0
	for _, l := range x.Lost {
		switch l.Verdict {
		case "early", "closed", "held": // the host refused it, or it is still held
		default:
			known++
		}
		if l.Why == "" {
			t.Fatalf("%v at %v: %+v says no reason", id, p, l)
		}
	}
	// The journal records one more fate for each packet that a fault strikes in
	// flight; a paused host that crashes forgets what waits without a record.
	if known < lost {
		t.Fatalf("%v at %v: %d losses in %+v, recorded %d", id, p, known, x.Lost, lost)
	}
}

// checkPackets counts packets by what became of them.
func checkPackets(t *testing.T, r *trace.Run) {
	t.Helper()
	fates, held, arrivals, lostThere := 0, 0, 0, 0
	for _, e := range r.Events {
		switch {
		case e.Kind == journal.Fate:
			fates++
			if e.Verdict == 4 {
				held++
			}
		case e.Kind == journal.Arrival && e.Verdict == 0:
			arrivals++
		case e.Kind == journal.Arrival:
			lostThere++
		}
	}
	arrived, under, still := 0, 0, 0
	for i, p := range r.Packets {
		switch {
		case p.At != sim.Never && p.At < p.Sent, i > 0 && p.Sent < r.Packets[i-1].Sent:
			t.Fatalf("packet %d: %+v", i, p)
		case p.Fate == 4:
			still++
		case p.At == sim.Never:
			under++
		case p.Fate == 0:
			arrived++
		}
	}
	if arrived != arrivals {
		t.Fatalf("%d packets arrived, recorded %d", arrived, arrivals)
	}
	// A packet that was held and let go has two fates, a duplicate made then one.
	if n := len(r.Packets); n > fates || n < fates-held+still {
		t.Fatalf("%d packets of %d fates, %d of them held and %d to the end", n, fates, held, still)
	}
}

// checkBands holds beginnings and ends to the journal.
func checkBands(t *testing.T, r *trace.Run) {
	t.Helper()
	begun, down := 0, 0
	for _, e := range r.Events {
		at := func(b trace.Band) bool { return b.From == e.At && b.Place == int(e.Value) }
		switch {
		case e.Kind == journal.Fault && !e.Ends:
			begun++
			if !slices.ContainsFunc(r.Faults, at) {
				t.Fatalf("no band for %s in %+v", journal.Describe(e), r.Faults)
			}
		case e.Kind == journal.Fault:
			ends := func(b trace.Band) bool { return b.Until == e.At && b.Place == int(e.Value) }
			if !slices.ContainsFunc(r.Faults, ends) {
				t.Fatalf("no band for %s in %+v", journal.Describe(e), r.Faults)
			}
		case e.Kind == journal.Crash:
			down++
		}
	}
	bands := 0
	for _, b := range r.Faults {
		if b.Kind != "change" {
			bands++
		}
		if b.Until < b.From || b.Text == "" {
			t.Fatalf("band %+v", b)
		}
	}
	crashed := 0
	for _, h := range r.Hosts {
		for _, b := range h.Down {
			if b.Kind == "crash" {
				crashed++
			}
		}
	}
	if bands != begun || crashed != down {
		t.Fatalf("%d bands of %d faults, %d crashes of %d", bands, begun, crashed, down)
	}
}

// TestTraceIsTheSameAgain: a trace depends on nothing but plan and seed, and
// leaves nothing behind in either.
func TestTraceIsTheSameAgain(t *testing.T) {
	t.Parallel()
	s, err := scenarios.Open("crash")
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Compile(s, s.Orderings[0], order.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	a, errA := run.Trace(p, 7, trace.Limits{})
	other, errOther := run.Trace(p, 8, trace.Limits{})
	b, errB := run.Trace(p, 7, trace.Limits{})
	if errA != nil || errB != nil || errOther != nil {
		t.Fatal(errA, errB, errOther)
	}
	if a.Result.Digest != b.Result.Digest || !slices.Equal(a.Events, b.Events) || !slices.Equal(a.Findings, b.Findings) ||
		!slices.Equal(a.Packets, b.Packets) {
		t.Fatal("two traces of one run differ")
	}
	if a.Result.Digest == other.Result.Digest {
		t.Fatal("two seeds make one history")
	}
}

// shortLab is the lab under its first ordering, with ten messages of each peer.
func shortLab(t *testing.T) *run.Plan {
	t.Helper()
	s, err := scenarios.Open("lab")
	if err != nil {
		t.Fatal(err)
	}
	s.Workload.Messages = 10
	p, err := run.Compile(s, s.Orderings[0], order.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestTraceSaysWhatIsLeftOut: with a limit of events the logs stay whole, and
// what is lacking is counted.
func TestTraceSaysWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	p := shortLab(t)
	whole, err := run.Trace(p, 1, trace.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	cut, err := run.Trace(p, 1, trace.Limits{Events: 100, Findings: 3})
	if err != nil {
		t.Fatal(err)
	}
	if cut.LeftOut.Events != int64(len(whole.Events)-100) || len(whole.Findings) <= 3 ||
		cut.LeftOut.Findings != uint64(len(whole.Findings)-3) || len(cut.Findings) != 3 {
		t.Fatalf("left out: %+v of %d events and %d findings", cut.LeftOut, len(whole.Events), len(whole.Findings))
	}
	for p := range whole.Hosts {
		if !slices.Equal(whole.Hosts[p].Log, cut.Hosts[p].Log) {
			t.Fatalf("the log of p%d differs", p)
		}
	}
}

// TestTraceAroundAMoment: with a limit of findings those of a moment are kept which
// none of the others is nearer to, causes after effects as well.
func TestTraceAroundAMoment(t *testing.T) {
	t.Parallel()
	p := shortLab(t)
	whole, err := run.Trace(p, 4, trace.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []sim.Time{whole.End / 3, whole.Findings[len(whole.Findings)-1].At} {
		cut, err := run.Trace(p, 4, trace.Limits{Findings: 3, Around: at})
		if err != nil {
			t.Fatal(err)
		}
		var apart []time.Duration
		for i := range whole.Findings {
			apart = append(apart, whole.Findings[i].At.Sub(at).Abs())
		}
		slices.Sort(apart)
		if !cut.LeftOut.Around || len(cut.Findings) != 3 {
			t.Fatalf("%d findings, left out %+v; want 3", len(cut.Findings), cut.LeftOut)
		}
		for i := range cut.Findings {
			f := &cut.Findings[i]
			if f.At.Sub(at).Abs() > apart[2] || !slices.Contains(whole.Findings, *f) {
				t.Errorf("around %v: %+v is kept; the third nearest is %v apart", at, *f, apart[2])
			}
		}
	}
}

// TestFirstFindingIsTheFirstDifference: what the screen names first, the token of
// it leads to, and the report opens at; whatever limits leave out.
func TestFirstFindingIsTheFirstDifference(t *testing.T) {
	t.Parallel()
	found := 0
	eachTrace(t, trace.Limits{Findings: 1}, func(t *testing.T, r *trace.Run) {
		d := r.Result.FirstDifference
		if d == nil {
			return
		}
		found++
		if len(r.Findings) == 0 {
			t.Fatalf("no finding, but a first difference: %s", d.Text)
		}
		f := &r.Findings[0]
		if f.Kind != trace.Disagree || f.Text != d.Text || r.Token(f).String() != d.Token {
			t.Errorf("the first finding is %v %s: %s\nthe first difference is %s: %s", f.Kind, r.Token(f), f.Text, d.Token, d.Text)
		}
	})
	if found < len(traced)/2 {
		t.Fatalf("%d first differences in %d scenarios", found, len(traced))
	}
}
