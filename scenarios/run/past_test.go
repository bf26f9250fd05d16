package run

import (
	"fmt"
	"slices"
	"testing"

	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/peer/order"
	"mpcomm/scenarios"
)

// recorded is everything that a run of a scenario records.
func recorded(t *testing.T, text string, seed uint64) []journal.Event {
	t.Helper()
	s, err := scenarios.Parse("past.yaml", []byte(text), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Compile(s, s.Orderings[0], order.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	recorder := &journal.Recorder{}
	recorder.Reset(1<<20, 0, -1)
	e, err := NewEngine(p, Options{Recorder: recorder})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Run(seed); err != nil {
		t.Fatal(err)
	}
	return recorder.Events()
}

// slowPast finds a causal past by its definition: everything from which a path
// leads to the peer's next event, by the order of events at one peer and from
// sendings to arrivals. Sendings count only if their packets arrived in it.
func slowPast(events []journal.Event, at peer.ID) []journal.Event {
	in := make([]bool, len(events))
	lost := func(e *journal.Event) bool { return e.Kind == journal.Arrival && e.Verdict != uint8(network.Arrives) }
	for changed := true; changed; {
		changed = false
		for i := range events {
			e := &events[i]
			if in[i] || lost(e) {
				continue
			}
			leads := e.Kind == journal.Fault
			if e.Kind == journal.Fate {
				for k := i; k < len(events); k++ {
					a := &events[k]
					leads = leads || in[k] && a.Kind == journal.Arrival && a.Peer == e.Other && a.Other == e.Peer && a.At == e.Arrival &&
						a.Message == e.Message && a.Packet == e.Packet && a.Round == e.Round && a.Attempt == e.Attempt && a.Copy == e.Copy
				}
			} else {
				leads = leads || e.Peer == at
				for k := i + 1; k < len(events); k++ {
					leads = leads || in[k] && events[k].Peer == e.Peer
				}
			}
			if leads {
				in[i], changed = true, true
			}
		}
	}
	var all []journal.Event
	for i := range slices.Backward(events) {
		if in[i] {
			all = append(all, events[i])
		}
	}
	return all
}

// The pass backwards finds what the definition does, in runs with losses,
// duplicates, overtaking, relays, retransmissions and crashes.
func TestPastAgainstItsDefinition(t *testing.T) {
	t.Parallel()
	for _, ordering := range []string{"naive", "lamport", "skeen", "{kind: sequencer, variant: uub}"} {
		for seed := range uint64(3) {
			events := recorded(t, fmt.Sprintf(`version: 1
name: past
peers: 4
orderings: [%s]
phases: none
workload: {messages: 3, gap: {kind: exponential, mean: 20ms}}
network:
  link: datagram
  latency: {kind: exponential, mean: 20ms}
  loss: 1/10
  duplicate: 1/10
  self: loopback
  transport: {kind: reliable, rto: 60ms}
faults:
  - {crash: 3, at: 50ms}
limits: {until: 400ms}
`, ordering), seed)
			if len(events) < 100 {
				t.Fatalf("%d events; the test is empty", len(events))
			}
			for target := 7; target < min(len(events), 260); target += 31 {
				before := events[:target]
				at := events[target].Peer
				if at == journal.NoPeer {
					continue
				}
				var p past
				p.add(1, before)
				got, more, kept := p.of([]peer.ID{at}, len(before))
				want := slowPast(before, at)
				if !slices.EqualFunc(got, want, func(h Happening, e journal.Event) bool { return h.Event == e }) || more != 0 || kept != 0 {
					t.Fatalf("%s, seed %d, event %d: %d happenings, want %d", ordering, seed, target, len(got), len(want))
				}
				few, rest, _ := p.of([]peer.ID{at}, 2)
				if len(few) != min(2, len(want)) || len(few)+rest != len(want) {
					t.Fatalf("%d shown and %d more, want %d together", len(few), rest, len(want))
				}
			}
		}
	}
}

// What is too old to be kept is said to be.
func TestPastIsBounded(t *testing.T) {
	t.Parallel()
	var p past
	events := make([]journal.Event, 1000)
	for i := range events {
		events[i] = journal.New(journal.Timer, 0, 0)
	}
	const added = 600
	for n := range uint64(added) {
		p.add(n, events)
	}
	shown, more, kept := p.of([]peer.ID{0}, pastShown)
	if len(p.records) > 2*pastWindow || len(shown) != pastShown || shown[0].Number != added-1 || kept == 0 || kept != p.records[0].Number {
		t.Errorf("%d records, %d shown, %d more, kept from %d", len(p.records), len(shown), more, kept)
	}
	if len(shown)+more != len(p.records) {
		t.Errorf("%d shown and %d more of %d", len(shown), more, len(p.records))
	}
}
