package run_test

import (
	"fmt"
	"slices"
	"testing"

	"mpcomm/peer"
	"mpcomm/scenarios/run"
)

// TestStatesOfARestart: what a peer remembers decides what it delivers. p0#0 is
// delivered at 30 ms, p0#1 has arrived at 32 ms, and the crash is at 35 ms.
func TestStatesOfARestart(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ state, log string }{
		{"state: kept", "p0#0@30 p0#1@45 p0#2@80 p2#0@120"},
		{"state: lost", "p0#0@30 p0#2@80"},
		// At 25 ms p0#0 had arrived and was not delivered: it is, once more.
		{"state: saved, save: 25ms", "p0#0@30 p0#0@45 p0#2@80"},
		// At 33 ms p0#1 had arrived.
		{"state: saved, save: 33ms", "p0#0@30 p0#1@45 p0#2@80"},
		// At 32 ms what happens then had not happened yet.
		{"state: saved, save: 32ms", "p0#0@30 p0#2@80"},
		{"state: saved, save: 40ms", "p0#0@30 p0#2@80"},
		{"state: saved, save_deliveries: 1", "p0#0@30 p0#2@80"},
		{"state: saved, save_deliveries: 2", "p0#0@30 p0#2@80"},
		{"state: saved, save_deliveries: 1, save: 35ms", "p0#0@30 p0#1@45 p0#2@80"},
	} {
		t.Run(tt.state, func(t *testing.T) {
			t.Parallel()
			o, _ := judged(t, fmt.Sprintf(`version: 1
name: saved
peers: 3
orderings: [{kind: timestamp, wait: 20ms}]
phases: none
workload: {sends: [{at: 10ms, from: 0}, {at: 20ms, from: 0}, {at: 60ms, from: 0}, {at: 100ms, from: 2}]}
network: {latency: 12ms}
faults: [{at: 35ms, crash: 1, for: 10ms, %s}]
`, tt.state), 1)
			if got := logTimes(o.History, 1); got != tt.log {
				t.Errorf("p1's log is %s, want %s", got, tt.log)
			}
		})
	}
}

// TestRestoredIsAClone: a peer that comes back with what was saved in the instant
// of its crash goes on as one that has kept its state. Delays are constant, since
// its packets have names of their own.
func TestRestoredIsAClone(t *testing.T) {
	t.Parallel()
	for _, ordering := range []string{
		"naive", "fifo", "causal", "{kind: timestamp, wait: 30ms}", "hlc", "lamport", "{kind: lamport, gaps: detect}", "sequencer", "skeen", "moving-sequencer",
	} {
		for seed := range uint64(10) {
			var got [2]string
			for i, state := range []string{"kept", "saved, save: 80ms"} {
				p := compile(t, fmt.Sprintf(`version: 1
name: clone
peers: 4
orderings: [%s]
phases: {kind: robust, retry: 40ms, drain: 400ms}
workload: {messages: 12, gap: {kind: exponential, mean: 12ms}, senders: [0, 2, 3]}
network: {latency: 11ms}
faults: [{at: 80ms, crash: 1, for: 20ms, state: %s}]
`, ordering, state))
				got[i] = logs(mustRun(t, engine(t, p, run.Options{DetectNames: true, Poison: true}), seed))
			}
			if got[0] != got[1] {
				t.Errorf("%s, seed %d: saved\n%s\nkept\n%s", ordering, seed, got[1], got[0])
			}
		}
	}
}

// TestForgottenLinks: over a reliable transport, what is broadcast after a peer
// has come back without its state, or with an old one, reaches everybody.
func TestForgottenLinks(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"lost", "saved, save: 30ms", "saved, save_deliveries: 4"} {
		checked := 0
		for seed := range uint64(30) {
			o, _ := judged(t, fmt.Sprintf(`version: 1
name: links
peers: 4
orderings: [naive]
phases: {kind: robust, retry: 30ms, give_up: 500ms, drain: 500ms}
workload: {messages: 14, gap: {kind: exponential, min: 1ms, mean: 15ms}}
network: {latency: {kind: exponential, mean: 8ms}, duplicate: 1/10, link: datagram, transport: {kind: reliable, rto: 40ms, backoff: 1, nack: true}}
faults: [{at: 60ms, since: data, crash: 1, for: 15ms, state: %s}, {at: 120ms, since: data, crash: 2, for: 5ms, state: %s}]
`, state, state), seed)
			back := o.DataAt.Add(125e6)
			for ref, b := range o.History.Broadcasts {
				if b.At <= back {
					continue
				}
				for p := range 4 {
					if !o.History.Correct(p) && b.At.Add(300e6) > o.End {
						continue // nobody waits for its log, and the run was over
					}
					checked++
					if !slices.Contains(o.History.Logs[p].Refs, uint32(ref)) {
						t.Fatalf("state %s, seed %d: %v, broadcast after the last restart at %v, is not in the log of %v", state, seed, b.ID, back, peer.ID(p))
					}
				}
			}
			if o.Struck[0] == 0 || o.Struck[1] == 0 {
				t.Fatalf("struck %v", o.Struck)
			}
		}
		if checked < 1000 {
			t.Errorf("state %s: only %d deliveries were looked for", state, checked)
		}
	}
}
