package run_test

import (
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/peer/order"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// trial is one run of the golden list.
type trial struct {
	name  string
	of    string // scenario
	plan  *run.Plan
	seeds [2]uint64
}

// inline are scenarios that bring together what the library shows one by one.
var inline = []string{
	`version: 1
name: everything
peers: 5
orderings: [naive, fifo, {kind: timestamp, wait: 60ms}, lamport, {kind: lamport, gaps: detect}]
workload:
  messages: 12
  gap: {kind: exponential, min: 1ms, mean: 9ms}
  replies: {probability: 1/3, delay: {kind: uniform, min: 0ms, max: 4ms}, depth: 2}
  size: {kind: exponential, mean: 700B}
network:
  latency: {kind: pareto, scale: 4ms, shape: 1.5}
  link: datagram
  reorder: {share: 5%, extra: {kind: exponential, min: 0ms, mean: 30ms}}
  loss: {kind: gilbert-elliott, p: 1/50, r: 3/10, every: 10ms, good: 0, bad: 1/2}
  duplicate: 1/20
  bandwidth: 20Mbit/s
  overhead: 40B
  transport: {kind: reliable, rto: 90ms}
clocks: {default: {offset: {kind: normal, mean: 0ms, sd: 7ms}, drift: 30ppm, tick: 1us}, peers: {"3": {step: [{at: 150ms, by: -20ms}]}}}
faults:
  - {at: 30ms, since: data, partition: [[0, 1], [2, 3, 4]], for: 40ms, mode: hold}
  - {at: 100ms, since: data, crash: 4, restart: 160ms}
`,
	`version: 1
name: raw
peers: 6
orderings: [naive, fifo, {kind: timestamp, wait: 30ms, late: drop}, {kind: timestamp, wait: 30ms, hold: arrival}, lamport]
phases: classic
workload: {messages: 10, gap: {kind: uniform, min: 5ms, max: 25ms}}
network:
  preset: wifi
  self: loopback
clocks: {default: {offset: {kind: uniform, min: -10ms, max: 10ms}}}
`,
	`version: 1
name: bare
peers: 7
orderings: [naive, lamport]
phases: none
workload: {messages: 8, gap: {kind: lognormal, min: 1ms, median: 6ms, sigma: 0.7}, senders: [0, 2, 5]}
network: {sites: [montreal, paris, delhi], latency: {kind: lognormal, min: 0ms, median: 2ms, sigma: 1}, server: paris}
`,
	`version: 1
name: failover
peers: 5
orderings: [{kind: chandra-toueg, suspect: 70ms}, {kind: paxos, suspect: 70ms, at: 1}]
workload: {messages: 10, gap: {kind: exponential, min: 0ms, mean: 12ms}}
network: {latency: {kind: exponential, min: 1ms, mean: 9ms}, link: datagram, duplicate: 1/30}
faults:
  - {at: 60ms, since: data, crash: 1}
  - {at: 90ms, since: data, partition: [[0], [2, 3, 4]], for: 50ms, mode: hold}
`,
	`version: 1
name: turns
peers: 5
orderings: [moving-sequencer, {kind: moving-sequencer, batch: 1, resilience: 2}, token, {kind: token, deliver: safe, hold: 2ms, retransmit: token}]
workload: {messages: 9, gap: {kind: exponential, min: 0ms, mean: 12ms}, replies: {probability: 1/4, delay: 1ms}}
network: {latency: {kind: exponential, min: 1ms, mean: 15ms}, duplicate: 1/10, loss: 1/300}
phases: {kind: robust, retry: 200ms, drain: 1s}
clocks: {default: {offset: {kind: normal, mean: 0ms, sd: 5ms}}}
`,
	`version: 1
name: mishaps
peers: 6
orderings: [naive, {kind: timestamp, wait: 60ms}, lamport, merge, sequencer]
phases: {kind: robust, retry: 50ms, drain: 1s}
workload: {messages: 14, gap: {kind: exponential, mean: 12ms}}
network: {latency: {kind: exponential, min: 1ms, mean: 8ms}}
faults:
  - {every: {kind: exponential, mean: 60ms}, partition: [[0], [1, 2]], one_way: true, for: 20ms}
  - {at: 40ms, since: data, ring: [0, 1, 2, 3, 4, 5], for: 60ms, down: 15ms, up: 10ms, in_flight: drop}
  - {after: 20th data reaches any, delay: 3ms, clog: {to: [2, 3]}, for: 30ms}
  - {at: 20ms, since: data, chance: 1/2, bridge: 5, mode: hold, for: 30ms}
  - {every: {kind: uniform, min: 30ms, max: 90ms}, pause: 1, for: 12ms}
  - {after: p2 opens, slow: 2, service: 400us, for: 80ms}
  - {at: 8ms, join: 3}
  - {after: 9th broadcast at p4, leave: 4}
  - {at: 90ms, since: data, clock: 0, by: -15ms}
  - {at: 110ms, since: data, crash: 5, for: 25ms, state: saved, save_deliveries: 7}
`,
}

// trials are all scenarios of the library and the inline ones, each under all
// its orderings.
func trials(tb testing.TB) []trial {
	tb.Helper()
	var list []trial
	add := func(s *scenarios.Scenario) {
		for _, o := range s.Orderings {
			p, err := run.Compile(s, o, order.Builtin())
			if err != nil {
				tb.Fatal(err)
			}
			list = append(list, trial{of: s.Name, name: s.Name + "/" + scenarios.FolderName(p.Label()), plan: p, seeds: [2]uint64{s.Seed, s.Seed + 1000}})
		}
	}
	for _, name := range scenarios.Names() {
		s, err := scenarios.Builtin(name)
		if err != nil {
			tb.Fatal(err)
		}
		add(s)
	}
	for _, text := range inline {
		add(parse(tb, text))
	}
	return list
}

func digest(o *run.Outcome) string { return hex.EncodeToString(o.Digest[:]) }

// TestDigests holds the histories of a list of runs to a golden file: the same
// on every platform, on a fresh engine and on one that has run other seeds,
// whatever is watched, and whatever becomes of borrowed messages.
func TestDigests(t *testing.T) {
	t.Parallel()
	file := filepath.Join("testdata", "digests.golden")
	golden := map[string]string{}
	if data, err := os.ReadFile(file); err == nil {
		for line := range strings.Lines(string(data)) {
			name, sum, _ := strings.Cut(strings.TrimSpace(line), " ")
			golden[name] = sum
		}
	} else if !*update {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, tr := range trials(t) {
		got := [2]string{}
		for i, seed := range tr.seeds {
			got[i] = digest(mustRun(t, engine(t, tr.plan, run.Options{}), seed))
			name := fmt.Sprintf("%s@%d", tr.name, seed)
			fmt.Fprintf(&lines, "%s %s\n", name, got[i])
			if !*update && golden[name] != got[i] {
				t.Errorf("%s: digest %s, want %s; if histories were meant to change, run the test with -update", name, got[i], golden[name])
			}
		}
		for _, o := range []run.Options{{}, {Poison: true}, {DetectNames: true}, {Explain: true, Recorder: new(journal.Recorder)}} {
			e := engine(t, tr.plan, o)
			for _, i := range []int{0, 0, 1, 0} {
				if d := digest(mustRun(t, e, tr.seeds[i])); d != got[i] {
					t.Errorf("%s@%d: digest %s on a used engine with %+v, want %s", tr.name, tr.seeds[i], d, o, got[i])
				}
			}
		}
		if got[0] == got[1] && !constant[tr.of] {
			t.Errorf("%s: two seeds have one history", tr.name)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(lines.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if n := strings.Count(lines.String(), "\n"); n != len(golden) {
		t.Errorf("%d runs, %d in the golden file; run the test with -update", n, len(golden))
	}
}

// constant are the scenarios in which nothing is drawn, so that all seeds have
// one history.
var constant = map[string]bool{
	"clock-freezes": true, "clock-steps-back": true, "commit-wait": true, "commit-wait-lies": true, "concurrent": true,
	"late-drop": true, "minimal": true, "skew": true, "sync-asymmetry": true, "pause": true, "sequencer-crash": true,
	"bufferbloat": true, "route-change": true,
}

// moody is an ordering that breaks the rules: it counts its calls in a
// variable that all peers share, and swallows one message because of it.
type moody struct {
	peer.Base
	calls  *int
	unwell int
}

func (o *moody) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) { out.ToAll(*m) }

func (o *moody) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if *o.calls++; *o.calls != o.unwell {
		out.Deliver(m.ID)
	}
}
func (o *moody) Reset(peer.ID, int)                          {}
func (o *moody) Clone() peer.Ordering                        { return o }
func (o *moody) AppendState(b []byte, _ peer.Instant) []byte { return b }
func moodySpec(calls *int, unwell int) order.Spec {
	return order.Spec{Kind: "moody", New: func(order.Values) (peer.Ordering, error) {
		return &moody{calls: calls, unwell: unwell}, nil
	}}
}

// TestVerifyFindsTheFirstDifference plants an ordering whose fifth call, over
// both executions, goes another way: the own copy of p1#0 in the first one.
func TestVerifyFindsTheFirstDifference(t *testing.T) {
	t.Parallel()
	calls := 0
	table, err := order.Builtin().With(moodySpec(&calls, 5))
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Parse("moody.yaml", []byte(`version: 1
name: moody
peers: 2
orderings: [moody]
workload: {sends: [{at: 0ms, from: 0}, {at: 50ms, from: 1}]}
network: {latency: 10ms}
`), nil, table)
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Compile(s, s.Orderings[0], table)
	if err != nil {
		t.Fatal(err)
	}
	m, err := run.Verify(p, 1)
	if err != nil || m == nil {
		t.Fatalf("Verify: %v, %v; want a mismatch", m, err)
	}
	if at := string(m.At.AppendMS(nil)); at != "60.000000" && at != "60" {
		t.Errorf("they part at %s ms, want 60 (opened at 10, sent 50 later)", at)
	}
	text := m.String()
	if !strings.Contains(text, "run 2: ") || !strings.Contains(text, "p1#0") || len(m.First) > 0 && m.First[0].Kind == journal.Delivery {
		t.Errorf("the mismatch does not name the delivery of p1#0:\n%s", text)
	}
	if len(m.Second) == 0 || m.Second[0].Kind != journal.Delivery || m.Second[0].Message != message(1, 0) || m.Second[0].Peer != 1 {
		t.Errorf("the second execution's first difference is not p1's delivery of p1#0:\n%s", text)
	}
	if _, led, _ := strings.Cut(text, "what led to it, the nearest first:\n"); led != ledToMoody {
		t.Errorf("what led to it:\n%swant\n%s", led, ledToMoody)
	}
}

// ledToMoody is the causal past of p1's broadcast of p1#0: p0's message and its
// end reached p1 before, and p0 had sent them when p1's READY had come.
const ledToMoody = `  event 6: 60ms p1 broadcast p1#0
  event 5: 20ms p1 arrival stop from p0
  event 4: 20ms p1 delivery p0#0
  event 4: 20ms p1 arrival data p0#0 from p0
  event 3: 10ms p0 fate stop to p1: arrives at 20ms
  event 3: 10ms p0 phase draining
  event 3: 10ms p0 delivery p0#0
  event 3: 10ms p0 fate data p0#0 to p1: arrives at 20ms
  event 3: 10ms p0 broadcast p0#0
  event 2: 10ms p0 phase data
  event 2: 10ms p0 arrival ready from p1
  event 1: 10ms p1 phase data
  event 1: 10ms p1 arrival ready from p0
  event 0: 0ms p1 fate ready to p0: arrives at 10ms
  event 0: 0ms p1 phase handshake
  event 0: 0ms p0 fate ready to p1: arrives at 10ms
  event 0: 0ms p0 phase handshake
`

// TestVerify finds nothing in the real orderings.
func TestVerify(t *testing.T) {
	t.Parallel()
	for _, tr := range trials(t) {
		if m, err := run.Verify(tr.plan, tr.seeds[0]); err != nil || m != nil {
			t.Errorf("%s: %v %v", tr.name, m, err)
		}
	}
}

// TestNoAllocations: the second pass over a list of seeds allocates nothing,
// evaluation included. Not parallel: the count is of the whole process.
func TestNoAllocations(t *testing.T) {
	const shape = `version: 1
name: steady
peers: 6
orderings: [%s]
phases: robust
workload: {messages: 30, gap: {kind: exponential, min: 0ms, mean: 20ms}}
network: {link: %s, latency: {kind: exponential, min: 0ms, mean: 20ms}, %s}
clocks: {default: {offset: {kind: normal, mean: 0ms, sd: %s}}}
`
	for _, ordering := range []string{"naive", "fifo", "causal", "commit-wait", "hlc", "{kind: hlc, hold: arrival}", "lamport-offline", "timestamp-offline", "{kind: timestamp-offline, stamp: hlc}", "timestamp", "{kind: timestamp, hold: arrival}", "lamport", "{kind: lamport, gaps: detect}", "{kind: sequencer, variant: ub}", "sequencer", "{kind: sequencer, variant: uub}", "skeen", "token", "{kind: token, deliver: safe, retransmit: token}", "moving-sequencer", "{kind: moving-sequencer, batch: 1, resilience: 2}", "merge", "{kind: merge, stamp: lamport, gaps: detect}", "{kind: merge, stamp: hlc, gaps: detect}"} {
		for _, c := range []struct{ name, link, network, skew string }{
			{"plain", "fifo", "loss: 0", "0ms"},
			{"skewed", "fifo", "self: loopback", "5ms"},
			{"doubled", "datagram", "duplicate: 1/10, transport: {kind: reliable}", "0ms"},
		} {
			e := engine(t, compile(t, fmt.Sprintf(shape, ordering, c.link, c.network, c.skew)), run.Options{})
			pass := func() {
				for seed := range uint64(6) {
					mustRun(t, e, seed)
				}
			}
			pass()
			// The runtime itself may allocate now and then; what a run allocates
			// shows in every pass.
			least := testing.AllocsPerRun(1, pass)
			for range 3 {
				if least > 0 {
					least = min(least, testing.AllocsPerRun(1, pass))
				}
			}
			if least != 0 {
				t.Errorf("%s, %s: %v allocations in a later pass, want none", ordering, c.name, least)
			}
		}
	}
}

// TestOneProcessor: the scheduler of the language has no say in a history. Not
// parallel: the setting is of the whole process.
func TestOneProcessor(t *testing.T) {
	list := trials(t)[:6]
	var want []string
	for _, tr := range list {
		want = append(want, digest(mustRun(t, engine(t, tr.plan, run.Options{}), tr.seeds[0])))
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for i, tr := range list {
		if got := digest(mustRun(t, engine(t, tr.plan, run.Options{}), tr.seeds[0])); got != want[i] {
			t.Errorf("%s: digest %s on one processor, want %s", tr.name, got, want[i])
		}
	}
}
