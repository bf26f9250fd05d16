package spacetime_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/reports/spacetime"
	"mpcomm/sim"
)

var update = flag.Bool("update", false, "rewrite golden files")

const ms = sim.Time(1_000_000)

func message(p peer.ID, k int32) peer.MessageID { return peer.MessageID{Sender: p, Number: k} }

// at is an event at a peer that concerns a message.
func at(k journal.Kind, t sim.Time, p peer.ID, m peer.MessageID) journal.Event {
	e := journal.New(k, t, p)
	e.Message = m
	return e
}

// packet is an arrival or a fate of a packet between p and other.
func packet(k journal.Kind, t sim.Time, p peer.ID, kind peer.Kind, m peer.MessageID, other peer.ID) journal.Event {
	e := at(k, t, p, m)
	e.Packet, e.Other, e.Arrival = kind, other, sim.Never
	return e
}

func with(e journal.Event, edit func(*journal.Event)) journal.Event {
	edit(&e)
	return e
}

// story has one of everything.
func story() []journal.Event {
	a, b := message(0, 0), message(2, 1)
	lost := func(v uint8) func(*journal.Event) { return func(e *journal.Event) { e.Verdict = v } }
	fault := func(t sim.Time, ends bool) journal.Event {
		return with(journal.New(journal.Fault, t, journal.NoPeer), func(e *journal.Event) { e.Value, e.Ends = 1, ends })
	}
	return []journal.Event{
		with(journal.New(journal.Phase, 0, 0), func(e *journal.Event) { e.Value = int64(peer.Data) }),
		packet(journal.Arrival, 0, 1, peer.KindReady, peer.NoMessage, 0),
		at(journal.Broadcast, 0, 0, a),
		packet(journal.Sent, 0, 0, peer.KindData, a, journal.NoPeer),
		with(packet(journal.Fate, 0, 0, peer.KindData, a, 1), func(e *journal.Event) { e.Arrival = ms }),
		with(packet(journal.Fate, 0, 0, peer.KindData, a, 2), lost(1)),
		with(packet(journal.Fate, 0, 0, peer.KindStop, peer.NoMessage, 2), lost(1)),
		packet(journal.Arrival, 0, 0, peer.KindData, a, 0),
		at(journal.Delivery, 0, 0, a),
		journal.New(journal.Timer, 500_000, 1),
		packet(journal.Arrival, ms, 1, peer.KindData, a, 0),
		at(journal.Delivery, ms, 1, a),
		with(packet(journal.Arrival, ms+1, 1, peer.KindData, a, 0), func(e *journal.Event) { e.Copy = 1 }),
		at(journal.Broadcast, 1_500_000, 2, b),
		fault(2*ms, false),
		with(packet(journal.Fate, 2*ms, 2, peer.KindFinal, b, 0), lost(3)),
		packet(journal.Arrival, 2*ms, 0, peer.KindNull, peer.NoMessage, 1),
		packet(journal.Arrival, 2*ms, 1, peer.KindNull, peer.NoMessage, 0),
		packet(journal.Arrival, 2*ms, 2, peer.KindToken, peer.NoMessage, 0),
		fault(3*ms, true),
		fault(12*ms, false),
		journal.New(journal.Crash, 12*ms, 1),
		packet(journal.Arrival, 13*ms, 2, peer.KindEstimate, a, 0),
		at(journal.Discard, 13*ms, 2, a),
		fault(20*ms, true),
		journal.New(journal.Restart, 20*ms, 1),
		packet(journal.Arrival, 21*ms, 1, peer.KindRelay, b, 0),
		at(journal.Delivery, 21*ms, 1, b),
		packet(journal.Arrival, 123_456_789, 0, peer.KindNull, peer.NoMessage, 1),
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, tt := range []struct{ peers, most int }{{3, 0}, {3, 5}, {5, 0}, {8, 4}, {1, 0}} {
		fmt.Fprintf(&b, "%d peers, at most %d lines\n\n%s\n", tt.peers, tt.most, spacetime.Text(story(), tt.peers, tt.most))
	}
	b.WriteString("nothing\n\n" + spacetime.Text(nil, 2, 0))
	golden(t, "story.txt", b.String())
}

// TestTextIsNarrow: with up to five peers every line fits the terminal, at
// whatever peer it happens.
func TestTextIsNarrow(t *testing.T) {
	t.Parallel()
	for peers := 1; peers <= 5; peers++ {
		for p := range peer.ID(peers) {
			var events []journal.Event
			for _, kind := range []peer.Kind{peer.KindData, peer.KindRelay, peer.KindEstimate} {
				for _, m := range []peer.MessageID{message(4, 0), message(4, 123), peer.NoMessage} {
					events = append(events, packet(journal.Arrival, 99_999_999_999, p, kind, m, (p+1)%5))
					for v := uint8(1); journal.VerdictName(v) != fmt.Sprintf("verdict%d", v); v++ {
						events = append(events, with(packet(journal.Fate, ms, p, kind, m, (p+1)%5), func(e *journal.Event) { e.Verdict = v }))
					}
				}
			}
			for _, line := range strings.Split(spacetime.Text(events, peers, 0), "\n") {
				if utf8.RuneCountInString(line) > 79 {
					t.Errorf("%d peers, event at %v: a line of %d characters:\n%s", peers, p, utf8.RuneCountInString(line), line)
				}
			}
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; -update rewrites it:\n%s", path, got)
	}
}

func ExampleText() {
	events := []journal.Event{
		at(journal.Broadcast, 0, 0, message(0, 0)),
		at(journal.Delivery, 0, 0, message(0, 0)),
		packet(journal.Arrival, 5*ms, 1, peer.KindData, message(0, 0), 0),
		at(journal.Delivery, 5*ms, 1, message(0, 0)),
	}
	fmt.Print(spacetime.Text(events, 2, 0))
	// Output:
	//            p0                  p1
	//        0ms ! p0#0              |
	//        0ms = 1 p0#0            |
	//        5ms |                   > p0#0
	//        5ms |                   = 1 p0#0
}
