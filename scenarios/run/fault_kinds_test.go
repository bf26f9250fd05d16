package run_test

import (
	"fmt"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/scenarios/run"
)

// logTimes writes a log as its messages and when they were delivered, in ms.
func logTimes(h *history.History, p int) string {
	var entries []string
	times := h.TimesOf(peer.ID(p))
	for i, id := range log(h, p) {
		entries = append(entries, fmt.Sprintf("%v@%s", id, times[i].Delivered.AppendMS(nil)))
	}
	return strings.ReplaceAll(strings.Join(entries, " "), ".0", "")
}

// faultCase is a schedule under faults whose logs are known by hand.
type faultCase struct {
	name    string
	peers   int
	sends   string // entries of sends
	more    string // further lines of the file, without faults
	faults  string
	logs    []string // of the first peers; empty = any
	struck  []uint64
	vacuous string // a part of what is vacuous, empty = nothing is
}

// runCase runs a case in order of arrival, with links that take 12 ms.
func runCase(t *testing.T, c *faultCase) {
	t.Helper()
	more := c.more
	if !strings.Contains(more, "orderings") {
		more += "orderings: [naive]\n"
	}
	if !strings.Contains(more, "phases") {
		more += "phases: none\n"
	}
	if !strings.Contains(more, "network") {
		more += "network: {latency: 12ms}\n"
	}
	o, r := judged(t, fmt.Sprintf("version: 1\nname: kinds\npeers: %d\n%sworkload: {sends: [%s]}\nfaults: [%s]\n", c.peers, more, c.sends, c.faults), 1)
	for p, want := range c.logs {
		if got := logTimes(o.History, p); want != "" && got != want {
			t.Errorf("p%d's log is %s\nwant %s", p, got, want)
		}
	}
	if got := fmt.Sprint(o.Struck); got != fmt.Sprint(c.struck) {
		t.Errorf("struck %v, want %v", got, c.struck)
	}
	if got := strings.Join(r.Vacuous, "; "); (got == "") != (c.vacuous == "") || !strings.Contains(got, c.vacuous) {
		t.Errorf("vacuous %q, want %q", got, c.vacuous)
	}
	if o.Limit == run.LimitUntil {
		t.Errorf("the run ends at its limit of time")
	}
}

// TestCuts: each kind of cut strikes what is sent across it while it lasts, and
// nothing else.
func TestCuts(t *testing.T) {
	t.Parallel()
	all := func(at ...int) string {
		var entries []string
		for _, ms := range at {
			for p := range 5 {
				entries = append(entries, fmt.Sprintf("{at: %dms, from: %d}", ms, p))
			}
		}
		return strings.Join(entries, ", ")
	}
	for _, c := range []faultCase{
		{
			name: "one way", peers: 3, sends: "{at: 10ms, from: 0}, {at: 10ms, from: 1}, {at: 30ms, from: 0}",
			faults: "{at: 5ms, partition: [[0], [1]], one_way: true, for: 20ms}",
			logs:   []string{"p0#0@10 p1#0@22 p0#1@30", "p1#0@10 p0#1@42", "p0#0@22 p1#0@22 p0#1@42"}, struck: []uint64{1},
		},
		{
			name: "ring", peers: 5, sends: all(10), faults: "{at: 5ms, ring: [0, 2, 4, 1], for: 20ms}",
			logs: []string{
				"p0#0@10 p1#0@22 p2#0@22 p3#0@22", "p1#0@10 p0#0@22 p3#0@22 p4#0@22", "p2#0@10 p0#0@22 p3#0@22 p4#0@22",
				"p3#0@10 p0#0@22 p1#0@22 p2#0@22 p4#0@22", "p4#0@10 p1#0@22 p2#0@22 p3#0@22",
			}, struck: []uint64{4},
		},
		{
			name: "isolate", peers: 5, sends: all(10), faults: "{at: 5ms, isolate: [1, 3], for: 20ms, mode: hold}",
			logs: []string{
				"p0#0@10 p2#0@22 p4#0@22 p1#0@37 p3#0@37", "p1#0@10 p0#0@37 p2#0@37 p3#0@37 p4#0@37",
				"p2#0@10 p0#0@22 p4#0@22 p1#0@37 p3#0@37",
			}, struck: []uint64{14},
		},
		{
			name: "bridge", peers: 5, sends: all(10), faults: "{at: 5ms, bridge: 1}",
			logs: []string{
				"p0#0@10 p1#0@22 p2#0@22", "p1#0@10 p0#0@22 p2#0@22 p3#0@22 p4#0@22", "p2#0@10 p0#0@22 p1#0@22",
				"p3#0@10 p1#0@22 p4#0@22", "p4#0@10 p1#0@22 p3#0@22",
			}, struck: []uint64{8},
		},
		{
			// Down from 5 to 15 and from 25 to 30 ms, when it ends.
			name: "flapping", peers: 2, sends: "{at: 10ms, from: 0}, {at: 20ms, from: 0}, {at: 28ms, from: 0}, {at: 31ms, from: 0}, {at: 36ms, from: 0}",
			faults: "{at: 5ms, isolate: 1, down: 10ms, up: 10ms, for: 25ms}",
			logs:   []string{"p0#0@10 p0#1@20 p0#2@28 p0#3@31 p0#4@36", "p0#1@32 p0#3@43 p0#4@48"}, struck: []uint64{2},
		},
		{
			name: "in flight", peers: 2, sends: "{at: 0ms, from: 0}, {at: 10ms, from: 0}, {at: 20ms, from: 0}",
			faults: "{at: 11ms, isolate: 1, for: 5ms, in_flight: drop}",
			logs:   []string{"p0#0@0 p0#1@10 p0#2@20", "p0#1@22 p0#2@32"}, struck: []uint64{1},
		},
		{
			// At 15 ms one is under way; it and the next wait at the end of the
			// link. The one of 23 ms arrives at the release, after them.
			name: "clog", peers: 3, sends: "{at: 10ms, from: 0}, {at: 20ms, from: 0}, {at: 23ms, from: 0}, {at: 23ms, from: 1}, {at: 30ms, from: 0}",
			faults: "{at: 15ms, clog: {from: 0, to: 1}, for: 20ms}",
			logs: []string{
				"p0#0@10 p0#1@20 p0#2@23 p0#3@30 p1#0@35", "p1#0@23 p0#0@35 p0#1@35 p0#2@35 p0#3@42",
				"p0#0@22 p0#1@32 p0#2@35 p1#0@35 p0#3@42",
			}, struck: []uint64{2},
		},
		{
			// The second keeps what the first lets go; a packet that was sent
			// before a cut that strikes what is in flight waits out of its reach.
			name: "two clogs", peers: 2, sends: "{at: 10ms, from: 0}, {at: 30ms, from: 0}",
			faults: "{at: 15ms, clog: {to: 1}, for: 20ms}, {at: 20ms, clog: {}, for: 25ms}, {at: 40ms, isolate: 1, in_flight: drop, for: 10ms}",
			logs:   []string{"p0#0@10 p0#1@30", "p0#0@45 p0#1@45"}, struck: []uint64{1, 2, 0}, vacuous: "isolate p1 at 40ms struck no packet",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			runCase(t, &c)
		})
	}
}

// TestPeersUnderFaults: what becomes of the inputs of a peer that pauses, is
// slow, joins late, leaves, or whose clock jumps.
func TestPeersUnderFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []faultCase{
		{
			// Two packets and a broadcast wait from 15 ms on; the clock goes on.
			name: "pause", peers: 2, sends: "{at: 10ms, from: 0}, {at: 13ms, from: 0}, {at: 24ms, from: 1}, {at: 30ms, from: 0}",
			faults: "{at: 15ms, pause: 1, for: 20ms}",
			logs:   []string{"p0#0@10 p0#1@13 p0#2@30 p1#0@47", "p0#0@35 p1#0@35 p0#1@35 p0#2@42"}, struck: []uint64{3},
		},
		{
			name: "pause of one that is down", peers: 2, sends: "{at: 10ms, from: 0}, {at: 30ms, from: 0}",
			faults: "{at: 5ms, crash: 1, for: 20ms}, {at: 15ms, pause: 1, for: 1s}",
			logs:   []string{"p0#0@10 p0#1@30", "p0#1@42"}, struck: []uint64{2, 0}, vacuous: "pause p1 at 15ms struck nothing",
		},
		{
			// What waits is lost with the process, and the new one does not pause.
			name: "crash of one that pauses", peers: 2, sends: "{at: 10ms, from: 0}, {at: 30ms, from: 0}",
			faults: "{at: 15ms, pause: 1, for: 1s}, {at: 25ms, crash: 1, for: 5ms}",
			logs:   []string{"p0#0@10 p0#1@30", "p0#1@42"}, struck: []uint64{1, 2},
		},
		{
			// Held back for 20 ms by the local clock, which a pause does not stop:
			// both timers are due at its end.
			name: "timers of a pause", peers: 2, sends: "{at: 10ms, from: 0}, {at: 15ms, from: 0}, {at: 40ms, from: 0}",
			more:   "orderings: [{kind: timestamp, wait: 20ms}]\n",
			faults: "{at: 25ms, pause: 1, for: 15ms}",
			logs:   []string{"p0#0@30 p0#1@35 p0#2@60", "p0#0@40 p0#1@40 p0#2@60"}, struck: []uint64{2},
		},
		{
			// One after another, 5 ms each: 22+5, +5, and 40+12+5. What waits at
			// 54 ms is handled when the peer is slow no more.
			name: "slow", peers: 2, sends: "{at: 10ms, from: 0}, {at: 10ms, from: 0}, {at: 11ms, from: 0}, {at: 40ms, from: 0}, {at: 41ms, from: 0}",
			faults: "{at: 5ms, slow: 1, service: 5ms, for: 49ms}",
			logs: []string{
				"p0#0@10 p0#1@10 p0#2@11 p0#3@40 p0#4@41", "p0#0@27 p0#1@32 p0#2@37 p0#3@54 p0#4@54",
			}, struck: []uint64{5},
		},
		{
			name: "slow and paused", peers: 2, sends: "{at: 10ms, from: 0}, {at: 11ms, from: 0}",
			faults: "{at: 5ms, slow: 1, service: 5ms, for: 1s}, {at: 24ms, pause: 1, for: 10ms}",
			logs:   []string{"p0#0@10 p0#1@11", "p0#0@39 p0#1@44"}, struck: []uint64{2, 0}, vacuous: "pause p1 at 24ms struck nothing",
		},
		{
			// The READYs of the others are lost. p2 asks for them 70 ms after it
			// has joined, and has them at 144 ms, which is T0.
			name: "late join", peers: 3, sends: "{at: 10ms, from: 0}",
			more:   "phases: {kind: robust, retry: 70ms}\n",
			faults: "{at: 50ms, join: 2}",
			logs:   []string{"p0#0@154", "p0#0@166", "p0#0@166"}, struck: []uint64{3},
		},
		{
			name: "leave", peers: 2, sends: "{at: 10ms, from: 0}, {at: 20ms, from: 1}, {at: 30ms, from: 0}, {at: 40ms, from: 1}",
			more:   "phases: {kind: robust, drain: 1s}\n",
			faults: "{at: 25ms, since: data, leave: 1}",
			logs:   []string{"p0#0@22 p0#1@42 p1#0@44", "p1#0@32 p0#0@34 p0#1@54"}, struck: []uint64{1},
		},
		{
			// A timer for local 30 ms fires at true 25 ms after a jump of 5 ms, and
			// one for local 40 ms at 45 ms after a jump back of 10 ms.
			name: "clock", peers: 2, sends: "{at: 10ms, from: 0}, {at: 20ms, from: 0}",
			more:   "orderings: [{kind: timestamp, wait: 20ms}]\n",
			faults: "{at: 23ms, clock: 1, by: 5ms}, {at: 33ms, clock: 1, by: -10ms}",
			logs:   []string{"p0#0@30 p0#1@40", "p0#0@25 p0#1@45"}, struck: []uint64{1, 1},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			runCase(t, &c)
		})
	}
}

// TestTriggers: a fault strikes with the nth event that fits, when its step is
// over, or so much later.
func TestTriggers(t *testing.T) {
	t.Parallel()
	const sends = "{at: 10ms, from: 0}, {at: 20ms, from: 1}, {at: 30ms, from: 0}, {at: 40ms, from: 1}"
	const whole = "p0#0@22 p1#0@32 p0#1@42 p1#1@52"
	for _, c := range []faultCase{
		{
			name: "delivery", faults: "{after: 2nd delivery at p1, isolate: 2, for: 15ms}", // p0#0 at 22 ms, after its own
			logs: []string{"p0#0@10 p0#1@30 p1#0@32 p1#1@52", "", "p0#0@22 p1#0@32 p1#1@52"}, struck: []uint64{1},
		},
		{
			name: "the second packet to leave", faults: "{after: '4th data leaves p0', isolate: 2}", // the last of p0#1, at 30 ms
			logs: []string{"", "", "p0#0@22 p1#0@32 p0#1@42"}, struck: []uint64{1},
		},
		{
			name: "for one receiver", faults: "{after: 2nd data leaves p0 for p1, isolate: 2}",
			logs: []string{"", "", "p0#0@22 p1#0@32 p0#1@42"}, struck: []uint64{1},
		},
		{
			name: "in the instant it reaches", faults: "{after: 'data of p1#0 reaches p2', isolate: 2, in_flight: drop}",
			logs: []string{"", "", "p0#0@22 p1#0@32"}, struck: []uint64{2},
		},
		{
			name: "from one sender", faults: "{after: '2nd data reaches any from p1', delay: 9ms, crash: 2}", // 32 + 9 ms
			logs: []string{"", "", "p0#0@22 p1#0@32"}, struck: []uint64{2},
		},
		{
			name: "of a message", faults: "{after: p2 delivers p0#1, crash: 2}",
			logs: []string{"", "", "p0#0@22 p1#0@32 p0#1@42"}, struck: []uint64{1},
		},
		{
			name: "broadcast", faults: "{after: 2nd broadcast at p1, clog: {to: 2}, for: 30ms}",
			logs: []string{"", "", "p0#0@22 p1#0@32 p0#1@70 p1#1@70"}, struck: []uint64{2},
		},
		{
			name: "a crash that follows a crash", faults: "{at: 25ms, crash: 1}, {after: p1 crashes, crash: 2, for: 10ms}, {after: p2 restarts, isolate: 2}",
			logs: []string{"", "", "p0#0@22 p0#1@42"}, struck: []uint64{2, 2, 0}, vacuous: "isolate p2 after the p2 restarts struck no packet",
		},
		{
			name: "too few", faults: "{after: 3rd delivery of p0#0 at p2, crash: 2}", logs: []string{"", "", whole}, struck: []uint64{0},
			vacuous: "crash p2 after the 3rd delivery of p0#0 at p2 never came",
		},
		{
			name: "opens", faults: "{after: p2 opens, delay: 35ms, isolate: 2}", logs: []string{"", "", "p0#0@22 p1#0@32 p0#1@42"}, struck: []uint64{1},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.peers, c.sends = 3, sends
			runCase(t, &c)
		})
	}
}
