package spacetime_test

import (
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/reports/compare"
	"mpcomm/reports/result"
	"mpcomm/reports/spacetime"
	"mpcomm/reports/trace"
	"mpcomm/reports/trace/filter"
	"mpcomm/sim"
)

// ours is an event of message p0#n at a peer, at a number of mseconds.
func ours(k journal.Kind, after sim.Time, p peer.ID, n int32) journal.Event {
	return at(k, after*ms, p, message(0, n))
}

// body is an event about the body of p0#n on its way between two peers.
func body(k journal.Kind, after sim.Time, p, other peer.ID, n int32, verdict uint8) journal.Event {
	e := ours(k, after, p, n)
	e.Other, e.Packet, e.Verdict, e.Arrival = other, peer.KindData, verdict, sim.Never
	return e
}

// eventful is a run in which everything happens that a moment draws: p0 sends
// p0#0, which p1 has to hold and p2 never gets, and p0#1, which p2 logs; p1
// logs the two the other way round.
func eventful() *trace.Run {
	h := &history.History{
		Peers: 3,
		Broadcasts: []history.Broadcast{
			{ID: peer.MessageID{Sender: 0, Number: 0}, At: 10 * ms, Cause: history.NoRef},
			{ID: peer.MessageID{Sender: 0, Number: 1}, At: 20 * ms, Cause: history.NoRef, Rank: 1, LogLen: 1},
		},
		Logs: []history.Log{
			{Refs: []history.Ref{0, 1}, Times: []history.Times{{Delivered: 10 * ms, Arrived: 10 * ms}, {Delivered: 20 * ms, Arrived: 20 * ms}}},
			{Refs: []history.Ref{1, 0}, Times: []history.Times{{Delivered: 30 * ms, Arrived: 30 * ms}, {Delivered: 60 * ms, Arrived: 15 * ms}}},
			{Refs: []history.Ref{1}, Times: []history.Times{{Delivered: 31 * ms, Arrived: 31 * ms}}},
		},
		Crashed: []bool{false, false, true},
	}
	again := body(journal.Arrival, 33, 1, 0, 1, 0)
	again.Copy = 1
	token := journal.New(journal.Arrival, 32*ms, 1)
	token.Other, token.Packet = 2, peer.KindToken
	phase := journal.New(journal.Phase, 5*ms, 1)
	phase.Value = int64(peer.Data)
	begins, ends := journal.New(journal.Fault, 8*ms, journal.NoPeer), journal.New(journal.Fault, 25*ms, journal.NoPeer)
	ends.Ends = true
	jump := journal.New(journal.Fault, 9*ms, journal.NoPeer)
	jump.Value = 1
	return trace.Build(&trace.Source{
		Head:    trace.Head{Scenario: "eventful", Seed: 3, Ordering: "made up", Peers: 3, End: 100 * ms},
		History: h, Result: &result.Ordering{},
		Faults: []trace.SourceFault{{Kind: "partition", Text: "partition p0 | p2", Peers: []peer.ID{0, 2}}, {Kind: "clock", Text: "clock p1", Peers: []peer.ID{1}}},
		Events: []journal.Event{
			phase, begins, jump,
			ours(journal.Broadcast, 10, 0, 0), body(journal.Fate, 10, 0, 2, 0, 3), ours(journal.Delivery, 10, 0, 0),
			body(journal.Arrival, 15, 1, 0, 0, 0),
			ours(journal.Broadcast, 20, 0, 1), ours(journal.Delivery, 20, 0, 1), ends,
			body(journal.Arrival, 30, 1, 0, 1, 0), ours(journal.Delivery, 30, 1, 1),
			body(journal.Arrival, 31, 2, 0, 1, 0), ours(journal.Delivery, 31, 2, 1),
			token, again, ours(journal.Discard, 33, 1, 1),
			journal.New(journal.Crash, 40*ms, 2), body(journal.Arrival, 45, 2, 0, 1, 1), journal.New(journal.Restart, 50*ms, 2),
			ours(journal.Delivery, 60, 1, 0), journal.New(journal.Heal, 70*ms, journal.NoPeer),
		},
		Stamp: func(m history.Ref) (compare.Stamp, bool) {
			return compare.Stamp{Value: int64(m) * int64(time.Millisecond), Clock: true}, true
		},
		Findings: []compare.Finding{{Kind: compare.Disagree, P: 0, Q: 1, A: 0, B: 1, Why: compare.FIFO}},
		Sentence: func(*compare.Finding) string { return "p1 had them in that order and logged them the other way round." },
	}, trace.Limits{Protocol: true})
}

func TestMomentGolden(t *testing.T) {
	t.Parallel()
	r := eventful()
	const moment = 10_000_000
	f, err := filter.Parse("to:p1 -msg:p0#1")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, a := range []spacetime.Scope{
		{At: moment, Lines: 0},
		{At: 99 * moment, Lines: 0, ASCII: true},
		{At: moment, Lines: 4},
		{At: moment, Lines: 4, ASCII: true, Width: 60},
		{At: moment, Filter: f.On(r)},
	} {
		all.WriteString(spacetime.Moment(r, a) + "\n")
	}
	const path = "testdata/moment.txt"
	if *update {
		if err := os.WriteFile(path, []byte(all.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := all.String(); got != string(want) {
		t.Errorf("%s differs; -update rewrites it:\n%s", path, got)
	}
}

// TestMomentKeepsItsBounds: lines are as many and as long as asked for, every
// event is drawn where nothing is left out, and ASCII is ASCII.
func TestMomentKeepsItsBounds(t *testing.T) {
	t.Parallel()
	r := eventful()
	whole := spacetime.Moment(r, spacetime.Scope{At: 5_000_000_000, ASCII: true})
	for _, word := range []string{
		"p1 enters data", "partition p0 | p2 begins", "partition p0 | p2 ends", "clock p1", "p0 sends p0#0 (own log: position 1)",
		"p0#0 to p2: cut", "p1 gets p0#0  5 ms", "p1 logs p0#0  held 45 ms", "p1 gets p0#1 again  13 ms", "p1 discards p0#1",
		"p1 gets token from p2", "p2 crashes", "p0#1 from p0 does not get through", "p2 comes back", "everything is repaired",
		"18 of 18 events",
	} {
		if !strings.Contains(whole, word) {
			t.Errorf("no %q in\n%s", word, whole)
		}
	}
	for _, c := range whole {
		if c >= utf8.RuneSelf {
			t.Fatalf("%q is not ASCII", c)
		}
	}
	for lines := 1; lines < 18; lines++ {
		for _, width := range []int{40, 57, 80} {
			text := spacetime.Moment(r, spacetime.Scope{At: 10_000_000, Lines: lines, Width: width})
			table := strings.Split(strings.SplitN(text, "\n\n", 3)[1], "\n")
			drawn := 0
			for _, l := range table[1:] {
				if !strings.HasSuffix(strings.TrimSpace(l), "…") || len(strings.TrimSpace(l)) > len("…") {
					drawn++
				}
				if utf8.RuneCountInString(l) > width {
					t.Errorf("%d columns: %q", utf8.RuneCountInString(l), l)
				}
			}
			if drawn > lines {
				t.Errorf("%d events, want at most %d:\n%s", drawn, lines, text)
			}
		}
	}
}

func TestManyPeersShareFewColumns(t *testing.T) {
	t.Parallel()
	r := eventful()
	r.Peers = 40 // of which three do anything
	text := spacetime.Moment(r, spacetime.Scope{At: 5_000_000_000})
	if head := strings.Split(strings.SplitN(text, "\n\n", 3)[1], "\n")[0]; !strings.Contains(head, "p0  p1  p2   event") {
		t.Errorf("%q", head)
	}
}
