package run_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/reports/result"
	"mpcomm/scenarios/run"
	"mpcomm/sim"
)

// judged runs a seed and evaluates it in full.
func judged(tb testing.TB, text string, seed uint64) (*run.Outcome, *result.Ordering) {
	tb.Helper()
	p := compile(tb, text)
	o := mustRun(tb, engine(tb, p, run.Options{DetectNames: true, Explain: true}), seed)
	return o, new(run.Evaluator).Evaluate(p, o, run.Full)
}

// TestPartitions: a partition strikes what is sent across it while it lasts,
// and nothing else.
func TestPartitions(t *testing.T) {
	t.Parallel()
	// p0 and p2 send every 10 ms, 20 packets across the cut in all: at 10, 20, …
	// 50 ms to two others each. It lasts from 25 to 45 ms: 30 and 40 ms fall in it.
	const text = `version: 1
name: cut
peers: 4
orderings: [naive]
phases: none
workload: {messages: 5, gap: 10ms, senders: [0, 2]}
network: {latency: 12ms}
faults: [{at: %s, partition: [[0, 1], [2, 3]], %s}]
`
	for _, tt := range []struct {
		name, at, fault string
		struck          uint64
		vacuous         bool
		missing         int
		delivered       map[string]sim.Time // at p0, in milliseconds
	}{
		{"drop", "25ms", "for: 20ms", 8, false, 8, map[string]sim.Time{"p2#1": 32, "p2#4": 62}},
		{"hold", "25ms", "for: 20ms, mode: hold", 8, false, 0, map[string]sim.Time{"p2#1": 32, "p2#2": 57, "p2#3": 57, "p2#4": 62}},
		{"drop in flight", "25ms", "for: 20ms, in_flight: drop", 12, false, 12, map[string]sim.Time{"p2#0": 22, "p2#4": 62}},
		{"between two sends", "31ms", "for: 1ms", 0, true, 0, map[string]sim.Time{"p2#2": 42}},
		{"after the end", "10s", "for: 20ms", 0, true, 0, map[string]sim.Time{"p2#4": 62}},
		{"for ever", "35ms", "in_flight: pass", 8, false, 8, map[string]sim.Time{"p2#2": 42}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o, r := judged(t, fmt.Sprintf(text, tt.at, tt.fault), 1)
			if o.Struck[0] != tt.struck || r.Faults[0].Struck != tt.struck {
				t.Errorf("struck %d, in the result %d; want %d", o.Struck[0], r.Faults[0].Struck, tt.struck)
			}
			if got := len(r.Vacuous) > 0; got != tt.vacuous {
				t.Errorf("vacuous %q, want any: %t", r.Vacuous, tt.vacuous)
			}
			if r.Divergence.Missing != tt.missing || r.Complete != (tt.missing == 0) {
				t.Errorf("%d missing, complete %t; want %d", r.Divergence.Missing, r.Complete, tt.missing)
			}
			times := o.History.TimesOf(0)
			for name, want := range tt.delivered {
				i := slices.IndexFunc(log(o.History, 0), func(id peer.MessageID) bool { return id.String() == name })
				if i < 0 || times[i].Delivered != want*1_000_000 {
					t.Errorf("p0's log is %v at %v; want %s at %d ms", log(o.History, 0), times, name, want)
				}
			}
		})
	}
}

// TestCrashInsideAStep: p0 crashes in the step in which it delivers its own
// message, after 0..3 packets of it have left: whoever they are for has it.
func TestCrashInsideAStep(t *testing.T) {
	t.Parallel()
	for sent, want := range []struct{ agreement, uniform result.Verdict }{
		{result.Holds, result.Violated}, {result.Violated, result.Violated}, {result.Violated, result.Violated}, {result.Holds, result.Holds},
	} {
		o, r := judged(t, fmt.Sprintf(`version: 1
name: step
peers: 4
orderings: [naive]
phases: {kind: robust, retry: 50ms, drain: 1s}
workload: {sends: [{at: 5ms, from: 0}, {at: 50ms, from: 2}]}
network: {latency: 10ms}
faults: [{crash: 0, at_delivery: "p0#0", sent: %d}]
`, sent), 1)
		for p := range 4 {
			has := slices.Contains(log(o.History, p), message(0, 0))
			if has != (p <= sent) {
				t.Errorf("sent %d: p%d has p0#0: %t", sent, p, has)
			}
		}
		if r.Properties.Agreement != want.agreement || r.Properties.Uniform != want.uniform || r.Properties.Integrity != result.Holds {
			t.Errorf("sent %d: agreement %v, uniform %v; want %v, %v", sent, r.Properties.Agreement, r.Properties.Uniform, want.agreement, want.uniform)
		}
		if len(r.Absent) != 1 || r.Absent[0].Peer != 0 || r.Absent[0].Why != "crashed" || o.Struck[0] == 0 {
			t.Errorf("sent %d: absent %v, struck %d", sent, r.Absent, o.Struck[0])
		}
		if o.Limit != run.LimitNone {
			t.Errorf("sent %d: the run ends at %q", sent, o.Limit)
		}
	}
	o, r := judged(t, `version: 1
name: never
peers: 3
orderings: [naive]
workload: {sends: [{at: 5ms, from: 0}]}
network: {latency: 10ms, delays: [{message: "p0#0", to: 1, lost: true}]}
phases: {kind: robust, drain: 1s}
faults: [{crash: 1, at_delivery: "p0#0", sent: 0}]
`, 1)
	if o.Struck[0] != 0 || len(r.Vacuous) != 1 || !strings.Contains(r.Vacuous[0], "p0#0") || r.Faults[0].Struck != 0 {
		t.Errorf("a crash at a delivery that never comes: struck %d, vacuous %q", o.Struck[0], r.Vacuous)
	}
}

// TestCrashWhileOpening: a peer that opens late has in hand what came before, one
// packet after the other, and crashes in the middle of it. What it has handled is
// not lost again, nor does a packet of others end up in its place.
func TestCrashWhileOpening(t *testing.T) {
	t.Parallel()
	amid := 0
	for seed := uint64(1000); seed < 1300; seed++ {
		o, r := judged(t, `version: 1
name: opening
peers: 3
orderings: [naive]
phases: {kind: robust, drain: 1s}
workload: {messages: 3, gap: {kind: exponential, mean: 5ms}}
network: {latency: {kind: exponential, min: 0ms, mean: 20ms}, transport: {kind: reliable, rto: 200ms}}
faults: [{crash: 1, at_delivery: "p2#1", sent: 1}]
`, seed)
		if r.Properties.Integrity != result.Holds || o.Limit != run.LimitNone {
			t.Fatalf("seed %d: integrity %v, limit %q", seed, r.Properties.Integrity, o.Limit)
		}
		entries := log(o.History, 1)
		last := len(entries) - 1
		if entries[last] != message(2, 1) {
			t.Fatalf("seed %d: p1 delivers %v and crashes at p2#1", seed, entries)
		}
		if last > 0 && o.History.TimesOf(1)[last].Delivered == o.History.TimesOf(1)[last-1].Delivered {
			amid++
		}
	}
	if amid < 10 {
		t.Errorf("p1 was about to open in %d runs only", amid)
	}
}

// TestCrashedPeer: a crash strikes what reaches the peer while it is down; what
// it had sent travels on, and the others finish without it.
func TestCrashedPeer(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: down
peers: 3
orderings: [naive]
phases: {kind: robust, retry: 50ms, give_up: 1s, drain: 1s}
workload: {sends: [{at: 0ms, from: 0}, {at: 5ms, from: 1}, {at: 30ms, from: 1}, {at: 50ms, from: 0}]}
network: {latency: 10ms}
faults: [{at: 2ms, since: data, crash: 0%s}]
`
	o, r := judged(t, fmt.Sprintf(text, ""), 1)
	if got := log(o.History, 1); !slices.Equal(got, []peer.MessageID{message(1, 0), message(0, 0), message(1, 1)}) {
		t.Errorf("p1's log is %v; p0#0 was sent before the crash", got)
	}
	if !o.History.Crashed[0] || o.History.Correct(0) || r.Absent[0].Why != "crashed" {
		t.Errorf("p0 is not crashed: %v, absent %v", o.History.Crashed, r.Absent)
	}
	// The step itself, then two bodies and what the others ask and say.
	if o.Struck[0] < 3 || o.Cost.LostToCrash != o.Struck[0]-1 {
		t.Errorf("struck %d, lost to the crash %d", o.Struck[0], o.Cost.LostToCrash)
	}
	if o.Limit != run.LimitNone || len(o.Stuck) != 2 || !slices.Equal(o.Stuck[0].WaitingFor, []peer.ID{0}) {
		t.Errorf("limit %q, stuck %v; want p1 and p2 to have waited for p0's STOP", o.Limit, o.Stuck)
	}

	o, r = judged(t, fmt.Sprintf(text, ", restart: 20ms"), 1)
	if got := log(o.History, 0); !slices.Equal(got, []peer.MessageID{message(0, 0), message(1, 1), message(0, 1)}) || !o.History.Correct(0) {
		t.Errorf("with its state: p0's log is %v, correct %t; p1#0 came while it was down", got, o.History.Correct(0))
	}
	if r.Complete || r.Properties.Integrity != result.Holds || r.Properties.Agreement != result.Violated {
		t.Errorf("with its state: complete %t, integrity %v, agreement %v", r.Complete, r.Properties.Integrity, r.Properties.Agreement)
	}
}

// TestRestarts: whatever a peer remembers, the host breaks no integrity: no
// message has two bodies and no two packets one name.
func TestRestarts(t *testing.T) {
	t.Parallel()
	for _, ordering := range []string{"fifo", "timestamp", "lamport", "{kind: lamport, gaps: detect}"} {
		for _, state := range []string{"kept", "lost"} {
			for seed := range uint64(40) {
				text := fmt.Sprintf(`version: 1
name: back
peers: 4
orderings: [%s]
phases: {kind: robust, retry: 50ms, give_up: 500ms, drain: 500ms}
workload: {messages: 6, gap: {kind: exponential, min: 0ms, mean: 10ms}}
network: {latency: {kind: exponential, min: 0ms, mean: 10ms}}
faults:
  - {at: 20ms, since: data, crash: 1, restart: 45ms, state: %s}
  - {at: 60ms, since: data, crash: 1, restart: 70ms, state: %s}
limits: {until: 2m}
`, ordering, state, state)
				o, r := judged(t, text, seed)
				if r.Properties.Integrity != result.Holds {
					t.Fatalf("%s, %s, seed %d: integrity %v %v", ordering, state, seed, r.Properties.Integrity, r.Witnesses)
				}
				if o.History.Correct(1) != (state == "kept") {
					t.Fatalf("%s, %s: p1 is correct: %t", ordering, state, o.History.Correct(1))
				}
				second := o.End > o.DataAt+60_000_000 // else the run was over
				if o.Struck[0] == 0 || second && o.Struck[1] == 0 {
					t.Fatalf("%s, %s, seed %d: struck %v", ordering, state, seed, o.Struck)
				}
				ids := map[peer.MessageID]bool{}
				for _, b := range o.History.Broadcasts {
					if ids[b.ID] {
						t.Fatalf("%s, %s, seed %d: two broadcasts are called %v", ordering, state, seed, b.ID)
					}
					ids[b.ID] = true
				}
			}
		}
	}
}

// TestFaultsAreInTheJournal: crash and restart are events of their own.
func TestFaultsAreInTheJournal(t *testing.T) {
	t.Parallel()
	_, events := recorded(t, `version: 1
name: journal
peers: 2
orderings: [naive]
phases: none
workload: {messages: 4, gap: 10ms}
network: {latency: 3ms}
faults: [{at: 15ms, crash: 1, restart: 35ms}]
`, 1)
	var got []string
	for _, e := range events {
		if e.Kind == journal.Crash || e.Kind == journal.Restart {
			got = append(got, fmt.Sprintf("%v %v %v", e.At, e.Peer, e.Kind))
		}
	}
	if want := []string{"15.0ms p1 crash", "35.0ms p1 restart"}; !slices.Equal(got, want) {
		t.Errorf("journal %q, want %q", got, want)
	}
}
