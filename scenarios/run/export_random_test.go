package run_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/peer/journal"
	"mpcomm/reports/export"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// exportParts are lines that a random scenario has or has not.
var exportParts = struct{ network, faults []string }{
	network: []string{
		"link: datagram", "loss: 1/5", "duplicate: 1/4", "corrupt: 1/10", "self: loopback", "bandwidth: 20kbit/s", "mtu: 90B",
		"transport: {kind: reliable, rto: 30ms}", "transport: fifo",
	},
	faults: []string{
		"{at: 20ms, partition: [[0], [1]], for: 30ms, mode: hold}", "{at: 10ms, isolate: 1, for: 40ms, in_flight: drop}",
		"{at: 30ms, crash: 1, for: 20ms}", "{at: 25ms, crash: 0, restart: 60ms, state: lost}", "{at: 40ms, crash: 1}",
		"{at: 15ms, clog: {to: 0}, for: 25ms}", "{at: 20ms, pause: 0, for: 30ms}", "{at: 20ms, join: 1}", "{at: 30ms, clock: 0, by: -10ms}",
	},
}

// drawExportable draws a small scenario in which much may go wrong.
func drawExportable(t *rapid.T) string {
	some := func(of []string, name string) []string {
		var drawn []string
		for _, line := range of {
			key, _, _ := strings.Cut(line, ":")
			taken := false
			for _, other := range drawn {
				taken = taken || strings.HasPrefix(other, key+":")
			}
			if rapid.IntRange(0, 2).Draw(t, name) == 0 && (!taken || name == "fault") {
				drawn = append(drawn, line)
			}
		}
		return drawn
	}
	orderings := []string{
		"naive", "fifo", "causal", "lamport", "timestamp", "{kind: timestamp, wait: 5ms, late: drop}", "{kind: timestamp, hold: arrival}", "sequencer", "{kind: sequencer, variant: bb}",
		"token", "skeen", "merge", "hlc", "lamport-offline", "moving-sequencer", "paxos", "chandra-toueg", "commit-wait",
	}
	workload := "{messages: " + rapid.SampledFrom([]string{"1", "2", "4"}).Draw(t, "messages") + ", gap: {kind: exponential, mean: 10ms}" +
		rapid.SampledFrom([]string{"", ", replies: {probability: 1/2, delay: 2ms, on: arrival}", ", replies: {probability: 1/2, delay: 2ms}"}).Draw(t, "replies") + "}"
	return fmt.Sprintf("version: 1\nname: random\nseed: %d\npeers: %d\norderings: [%s]\nphases: %s\nworkload: %s\nnetwork:\n  latency: {kind: exponential, mean: 8ms}\n%sfaults: [%s]\nlimits: {until: 500ms}\n",
		rapid.Uint64Range(1, 1000).Draw(t, "seed"), rapid.IntRange(2, 4).Draw(t, "peers"), rapid.SampledFrom(orderings).Draw(t, "ordering"),
		rapid.SampledFrom([]string{"robust", "classic", "none"}).Draw(t, "phases"), workload,
		strings.Join(append([]string{""}, some(exportParts.network, "network")...), "\n  ")+"\n", strings.Join(some(exportParts.faults, "fault"), ", "))
}

// TestExportsAreWhole holds every format of random runs to readers that know
// nothing of how they are written.
func TestExportsAreWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := drawExportable(t)
		s, err := scenarios.Parse("random.yaml", []byte(text), nil, nil)
		if err != nil {
			t.Skip(err) // some lines do not go together
		}
		r, o := exportable(t, s, s.Orderings[0], s.Seed)
		checkEveryExport(t, r, o)
	})
}

// checkEveryExport writes a run in every format, twice, and reads it back.
func checkEveryExport(t tester, r *export.Run, o *run.Outcome) {
	t.Helper()
	lines := checkJSONL(t, exported(t, "jsonl", r), r)
	checkCSV(t, exported(t, "csv", r), lines, r)
	checkShiViz(t, exported(t, "shiviz", r), lines, r)
	checkPerfetto(t, exported(t, "perfetto", r), lines, r)
	if len(r.History.Broadcasts) <= export.MermaidMessages {
		checkMermaid(t, exported(t, "mermaid", r), lines, r)
	}
	checkPCAPNG(t, exported(t, "pcapng", r), lines, r, o)
	for _, f := range export.Formats() {
		if f.Name == "mermaid" && len(r.History.Broadcasts) > export.MermaidMessages {
			continue
		}
		if a, b := exported(t, f.Name, r), exported(t, f.Name, r); !bytes.Equal(a, b) {
			t.Errorf("%s: the same run is written in two ways", f.Name)
		}
	}
}

// everything is a scenario in which all that a journal can tell happens.
const everything = `version: 1
name: everything
seed: 3
peers: 3
orderings: [{kind: timestamp, wait: 5ms, late: drop}]
workload: {messages: 6, gap: {kind: exponential, mean: 10ms}}
network: {latency: {kind: exponential, mean: 8ms}, link: datagram, loss: 1/6, duplicate: 1/4, corrupt: 1/8}
faults:
  - {at: 20ms, partition: [[0], [1, 2]], for: 30ms, mode: hold}
  - {at: 55ms, isolate: 1, for: 20ms}
  - {at: 30ms, crash: 2, restart: 60ms, state: kept}
limits: {until: 2s}
`

// TestExportsOfTheLibrary reads back the runs of scenarios in which all that can
// befall a packet does.
func TestExportsOfTheLibrary(t *testing.T) {
	t.Parallel()
	list := []*scenarios.Scenario{parse(t, everything)}
	for _, name := range []string{"minimal", "crash", "partition", "flapping", "reliable-transport", "late-join", "loss-classic-hangs", "questions"} {
		s, err := scenarios.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		s.Workload.Messages = min(s.Workload.Messages, 6)
		list = append(list, s)
	}
	seen := map[string]int{}
	for _, s := range list {
		for _, ordering := range s.Orderings {
			r, o := exportable(t, s, ordering, s.Seed)
			tally(seen, r.Events)
			checkEveryExport(t, r, o)
		}
	}
	for _, what := range []string{
		"broadcast", "fate", "arrival", "delivery", "discard", "timer", "phase", "fault", "crash", "restart", "submit",
		"lost", "held", "cut", "corrupted", "copy",
	} {
		if seen[what] == 0 {
			t.Errorf("no %s in any run: %v", what, seen)
		}
	}
}

// tally counts events by what they are and by what became of packets.
func tally(seen map[string]int, events []journal.Event) {
	for _, e := range events {
		seen[e.Kind.String()]++
		if e.Kind == journal.Fate {
			seen[journal.VerdictName(e.Verdict)]++
		}
		if e.Copy > 0 {
			seen["copy"]++
		}
	}
}
