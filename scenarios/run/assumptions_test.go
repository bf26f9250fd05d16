package run_test

import (
	"fmt"
	"strings"
	"testing"

	"mpcomm/scenarios/run"
)

// TestFaultsOutsideAssumptions: what no ordering can make good is said, also
// where a transport makes good most of it.
func TestFaultsOutsideAssumptions(t *testing.T) {
	t.Parallel()
	const reliable = "transport: {kind: reliable, rto: 50ms}"
	for _, k := range []struct{ ordering, phases, network, faults, want string }{
		{"lamport", "none", reliable, "{at: 10ms, partition: [[0], [1]], for: 50ms}", ""},
		{"lamport", "none", reliable, "{at: 10ms, isolate: 2, down: 20ms, up: 20ms}", ""},
		{"lamport", "none", reliable, "{at: 10ms, partition: [[0], [1]]}", "partition p0 | p1 at 10ms never ends"},
		{"lamport", "none", "", "{at: 10ms, partition: [[0], [1]], mode: hold, for: 50ms}", ""},
		{"lamport", "none", "", "{at: 10ms, bridge: 2, mode: hold}", "bridge p2 at 10ms never ends"},
		{"lamport", "none", "", "{at: 10ms, clog: {from: 0}}", "clog p0 > all at 10ms never ends"},
		{"naive", "none", "", "{at: 10ms, clog: {from: 0}}", ""},
		{"lamport", "none", "", "{at: 10ms, pause: 0, for: 50ms}", ""},
		{"lamport", "none", "", "{at: 10ms, pause: 0}", "p0 pauses for good"},
		{"paxos", "none", "", "{at: 10ms, pause: 0}", "p0 pauses for good"},
		{"paxos", "none", "", "{at: 10ms, crash: 0}, {at: 20ms, crash: 1, for: 1ms}, {at: 40ms, crash: 1}", "2 of 4 peers crash"},
		{"paxos", "none", "", "{at: 10ms, crash: 0}, {at: 20ms, crash: 1}, {at: 30ms, crash: 2, for: 1ms}", "3 of 4 peers crash"},
		{"timestamp", "none", "", "{at: 10ms, crash: 3, for: 5ms}", "p3 crashes"},
		{"timestamp", "none", reliable, "", ""},
		{"timestamp", "none", reliable, "{at: 10ms, isolate: 1, for: 5ms}", "delay has no bound and wait is 80ms"},
		{"timestamp", "none", reliable + ", corrupt: 1/100", "", "delay has no bound and wait is 80ms"},
		{"timestamp", "none", reliable, "{at: 30ms, join: 3}", "delay has no bound and wait is 80ms"},
		{"timestamp", "robust", reliable, "{at: 30ms, join: 3}", ""},
		{"lamport", "classic", reliable, "", "classic phases drop what comes before a peer opens or after it has closed"},
		{"naive", "classic", "", "", ""},
		{"lamport", "{kind: robust, retry: 100ms, give_up: 1s, drain: 1s}", reliable, "{at: 2s, join: 3}", "p3 was given up in the handshake"},
		{"lamport", "{kind: robust, retry: 100ms, give_up: 1s, drain: 1s}", reliable, "{at: 0ms, crash: 3}", "p3 crashes"},
		{"naive", "{kind: robust, retry: 100ms, give_up: 1s, drain: 1s}", reliable, "{at: 2s, join: 3}", ""},
	} {
		network := "latency: 5ms, link: fifo"
		if k.network != "" {
			network += ", " + k.network
		}
		p := compile(t, fmt.Sprintf(`version: 1
name: outside
peers: 4
orderings: [%s]
phases: %s
workload: {messages: 3, gap: 10ms}
network: {%s}
faults: [%s]
limits: {until: 20s}
`, k.ordering, k.phases, network, k.faults))
		o := mustRun(t, engine(t, p, run.Options{}), 1)
		var v run.Evaluator
		if got := strings.Join(v.Evaluate(p, o, run.Full).OutsideAssumptions, "; "); got != k.want {
			t.Errorf("%s with phases %s, %s and %s is outside %q, want %q", k.ordering, k.phases, k.network, k.faults, got, k.want)
		}
		swept := strings.Join(v.Evaluate(p, o, run.Totals).OutsideAssumptions, "; ")
		if want := strings.Replace(k.want, "p3 was given", "a peer was given", 1); swept != want {
			t.Errorf("%s with phases %s, %s and %s: a sweep is told %q, want %q", k.ordering, k.phases, k.network, k.faults, swept, want)
		}
	}
}
