package run_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mpcomm/peer/order"
	"mpcomm/reports/result"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// aboutTies are the expectations of the library that hold only as ties are
// broken by insertion, with the reason.
var aboutTies = map[string]string{}

// TestLibraryUnderPermutedTies: what the library's scenarios teach does not rest
// on the order in which events of one instant were queued.
func TestLibraryUnderPermutedTies(t *testing.T) {
	t.Parallel()
	failed := map[string]bool{}
	for _, name := range scenarios.Names() {
		s, err := scenarios.Builtin(name)
		if err != nil {
			t.Fatal(err)
		}
		var as [2]*scenarios.Scenario
		for i, ties := range []string{"insertion", "permuted"} {
			if as[i], err = s.With([]scenarios.Setting{{Path: "ties", Value: ties}}); err != nil {
				t.Fatal(err)
			}
		}
		for seed := s.Seed; seed < s.Seed+4; seed++ {
			if len(missesOf(t, as[0], seed)) > 0 {
				continue // what is expected of the scenario's own seed need not hold with others
			}
			for _, miss := range missesOf(t, as[1], seed) {
				failed[name] = true
				if aboutTies[name] == "" {
					t.Errorf("%s, seed %d: %s", name, seed, miss)
				}
			}
		}
	}
	for name, why := range aboutTies {
		if !failed[name] {
			t.Errorf("%s holds under permuted ties, and is listed because %s", name, why)
		}
	}
}

func missesOf(t *testing.T, s *scenarios.Scenario, seed uint64) []string {
	t.Helper()
	var all []string
	for _, o := range s.Orderings {
		p, err := run.Compile(s, o, order.Builtin())
		if err != nil {
			t.Fatal(err)
		}
		misses, _ := run.Judge(s, evaluated(t, p, seed))
		for _, m := range misses {
			all = append(all, m.String())
		}
	}
	return all
}

func evaluated(t *testing.T, p *run.Plan, seed uint64) *result.Ordering {
	t.Helper()
	return (&run.Evaluator{}).Evaluate(p, mustRun(t, engine(t, p, run.Options{}), seed), run.Totals)
}

// logsAs are the logs of a scenario's first ordering as lines.
func logsAs(t *testing.T, text string) ([]string, *run.Outcome) {
	t.Helper()
	p := compile(t, text)
	o := mustRun(t, engine(t, p, run.Options{}), 1)
	var logs []string
	for peer := range o.History.Logs {
		line := ""
		for _, ref := range o.History.Logs[peer].Refs {
			line += o.History.Broadcasts[ref].ID.String() + " "
		}
		logs = append(logs, line)
	}
	return logs, o
}

const tied = `version: 1
name: tied
peers: 6
orderings: [naive]
phases: none
workload: {sends: [%s]}
network: {latency: 10ms, link: %s, self: loopback}
ties: %s
`

// TestTiesByName: on datagram links the order of equal arrivals is that of the
// packets' names. Neither the order of the schedule nor a message less changes
// it, and by insertion both do.
func TestTiesByName(t *testing.T) {
	t.Parallel()
	entries := []string{"{at: 0ms, from: 0, number: 0}", "{at: 0ms, from: 1, number: 0}", "{at: 0ms, from: 2, number: 0}", "{at: 0ms, from: 0, number: 1}"}
	text := func(ties string, order ...int) string {
		var sends []string
		for _, i := range order {
			sends = append(sends, entries[i])
		}
		return fmt.Sprintf(tied, strings.Join(sends, ", "), "datagram", ties)
	}
	plain, o := logsAs(t, text("permuted", 0, 1, 2, 3))
	turned, _ := logsAs(t, text("permuted", 3, 2, 1, 0))
	if !slices.Equal(plain, turned) {
		t.Errorf("logs %q, with the schedule turned round %q", plain, turned)
	}
	fewer, _ := logsAs(t, text("permuted", 0, 2, 3))
	for p, log := range plain {
		if want := strings.Replace(log, "p1#0 ", "", 1); fewer[p] != want {
			t.Errorf("p%d has %q without p1#0, want %q", p, fewer[p], want)
		}
	}
	slices.Sort(plain)
	if len(slices.Compact(plain)) < 3 {
		t.Errorf("equal arrivals are in %d orders at 6 peers, want them drawn for each", len(slices.Compact(plain)))
	}
	one, _ := logsAs(t, text("insertion", 0, 1, 2, 3))
	other, _ := logsAs(t, text("insertion", 3, 2, 1, 0))
	if slices.Equal(one, other) {
		t.Errorf("logs %q by insertion, whatever the order of the schedule", one)
	}
	// 4 sends at one instant are 3 ties; 24 arrivals at another are 23.
	if o.Ties != 26 {
		t.Errorf("%d ties, want 26", o.Ties)
	}
}

// TestTiesOnFIFOLinks: a lot does not make packets of one fifo link overtake.
func TestTiesOnFIFOLinks(t *testing.T) {
	t.Parallel()
	const sends = "{at: 0ms, from: 0}, {at: 0ms, from: 0}, {at: 0ms, from: 1}, {at: 0ms, from: 0}, {at: 0ms, from: 1}"
	logs, _ := logsAs(t, fmt.Sprintf(tied, sends, "fifo", "permuted"))
	for p, log := range logs {
		for _, pair := range [][2]string{{"p0#0", "p0#1"}, {"p0#1", "p0#2"}, {"p1#0", "p1#1"}} {
			if strings.Index(log, pair[0]) > strings.Index(log, pair[1]) {
				t.Errorf("p%d has %q: %s overtook %s on a fifo link", p, log, pair[1], pair[0])
			}
		}
	}
	slices.Sort(logs)
	if len(slices.Compact(logs)) < 2 {
		t.Errorf("all six logs are %q; want links drawn against each other", logs[0])
	}
}

// TestTiesLeaveStaleTimersOut: the questions for READY that all peers would have
// asked at one second were taken back, so nothing happens then.
func TestTiesLeaveStaleTimersOut(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: stale
peers: 3
orderings: [naive]
workload: {sends: [{at: 2s, from: 0}]}
network: {latency: 1ms, links: [{from: [1], latency: 2ms}, {from: [2], latency: 4ms}]}
`
	// READYs arrive at 1, 2 and 4 ms, two at each time: 3 ties. p2 says STOP when
	// it opens at 2 ms, p1 at 4 ms: four arrivals at 6 ms, 3 ties, and after a
	// second two questions for the STOP of p0, 1 tie. The body arrives twice at
	// 2005 ms and the STOP of p0 behind it at the same time: 3 ties.
	if _, o := logsAs(t, text); o.Ties != 10 {
		t.Errorf("%d ties, want 10", o.Ties)
	}
}

// TestTiesAllocateNothing in a later pass.
func TestTiesAllocateNothing(t *testing.T) {
	e := engine(t, compile(t, fmt.Sprintf(tied, "{at: 0ms, from: 0}, {at: 0ms, from: 1}, {at: 0ms, from: 2}", "datagram", "permuted")), run.Options{})
	pass := func() {
		for seed := range uint64(5) {
			mustRun(t, e, seed)
		}
	}
	pass()
	least := testing.AllocsPerRun(1, pass)
	for range 3 {
		least = min(least, testing.AllocsPerRun(1, pass))
	}
	if least != 0 {
		t.Errorf("%v allocations in a later pass, want none", least)
	}
}
