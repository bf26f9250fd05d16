package trace

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/reports/compare"
	"mpcomm/reports/result"
	"mpcomm/sim"
)

const ms = sim.Time(1_000_000)

// TestTokensAreReadBack: what is printed is read, and names the same microsecond.
func TestTokensAreReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := sim.Time(rapid.Int64Range(0, 1<<60).Draw(t, "at"))
		label := rapid.SampledFrom([]string{"naive", "timestamp wait=180ms", "a/b@c", "ünï"}).Draw(t, "label")
		want := TokenOf(rapid.Uint64().Draw(t, "seed"), at, label)
		if d := want.At - at; d < -500 || d > 500 {
			t.Fatalf("%v is said of %v", want, at)
		}
		got, err := ParseToken(want.String())
		if err != nil || got.Seed != want.Seed || got.At != want.At || !got.Names(label) || !want.Names(label) || got.Names(label+"x") ||
			got.String() != want.String() || !IsToken(want.String()) || strings.ContainsAny(want.String(), " '$") {
			t.Fatalf("%v is read back as %v, %v", want, got, err)
		}
	})
	if got, err := ParseToken("42@1.5s/naive"); err != nil || got.String() != "42@1500ms/naive" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestBadTokens(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"42":                             "has no @",
		"42@231ms":                       "no / after the time",
		"x@231ms/naive":                  `"x" is no seed`,
		"-1@231ms/naive":                 `"-1" is no seed`,
		"42@231/naive":                   `"231" is no time`,
		"42@-2ms/naive":                  `"-2ms" is no time`,
		"42@231ms/":                      "no ordering is named",
		"42@9999999999h/n":               "is no time",
		"18446744073709551616@1ms/naive": "is no seed",
	} {
		if _, err := ParseToken(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	for _, name := range []string{"lab", "./a@b/c", "@x/y", "lab.yaml"} {
		if IsToken(name) {
			t.Errorf("%s is taken for a token", name)
		}
	}
}

func TestLeftOutIsSaid(t *testing.T) {
	t.Parallel()
	if s := (LeftOut{}).String(); s != "" {
		t.Error(s)
	}
	all := LeftOut{Events: 3, Vectors: true, Findings: 1}
	if s := all.String(); !strings.Contains(s, "3 events") || !strings.Contains(s, "vector") || !strings.Contains(s, "1 difference beyond those that begin first") {
		t.Error(s)
	}
	if s := (LeftOut{Findings: 2, Around: true}).String(); s != "Left out: 2 differences beyond those that are nearest to the moment." {
		t.Error(s)
	}
}

// packet is an event of p0#0's body from p0 to p1.
func packet(kind journal.Kind, at, arrives sim.Time, verdict, copied uint8) journal.Event {
	e := journal.New(kind, at, 0)
	e.Other, e.Packet, e.Message, e.Arrival, e.Verdict, e.Copy = 1, peer.KindData, peer.MessageID{}, arrives, verdict, copied
	if kind == journal.Arrival {
		e.Peer, e.Other = 1, 0
	}
	return e
}

// TestPackets follows packets through what may become of them.
func TestPackets(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		events   []journal.Event
		want     []Packet // sent, at, fate
		arrivals int
	}{
		{
			"arrives",
			[]journal.Event{packet(journal.Fate, 1, 5, 0, 0), packet(journal.Arrival, 5, 5, 0, 0)},
			[]Packet{{Sent: 1, At: 5}},
			1,
		},
		{"doubled", []journal.Event{
			packet(journal.Fate, 1, 5, 0, 0), packet(journal.Fate, 1, 9, 0, 1),
			packet(journal.Arrival, 5, 5, 0, 0), packet(journal.Arrival, 9, 9, 0, 1),
		}, []Packet{{Sent: 1, At: 5}, {Sent: 1, At: 9, Copy: 1}}, 2},
		{"lost at once", []journal.Event{packet(journal.Fate, 1, sim.Never, 1, 0)}, []Packet{{Sent: 1, At: 1, Fate: 1}}, 0},
		{"corrupted", []journal.Event{packet(journal.Fate, 1, 7, 7, 0)}, []Packet{{Sent: 1, At: 7, Fate: 7}}, 0},
		{
			"struck on the way",
			[]journal.Event{packet(journal.Fate, 1, 5, 0, 0), packet(journal.Arrival, 5, 5, 1, 0)},
			[]Packet{{Sent: 1, At: 5, Fate: 1}},
			0,
		},
		{"held and let go", []journal.Event{
			packet(journal.Fate, 1, sim.Never, 4, 0), packet(journal.Fate, 20, 25, 0, 0), packet(journal.Arrival, 25, 25, 0, 0),
		}, []Packet{{Sent: 1, At: 25}}, 1},
		{
			"held and lost",
			[]journal.Event{packet(journal.Fate, 1, sim.Never, 4, 0), packet(journal.Fate, 20, sim.Never, 1, 0)},
			[]Packet{{Sent: 1, At: 20, Fate: 1}},
			0,
		},
		{"held to the end", []journal.Event{packet(journal.Fate, 1, sim.Never, 4, 0)}, []Packet{{Sent: 1, At: sim.Never, Fate: 4}}, 0},
		{
			"clogged",
			[]journal.Event{packet(journal.Fate, 1, 5, 0, 0), packet(journal.Arrival, 30, 30, 0, 0)},
			[]Packet{{Sent: 1, At: 30}},
			1,
		},
		{"under way at the end", []journal.Event{packet(journal.Fate, 1, 5, 0, 0)}, []Packet{{Sent: 1, At: sim.Never}}, 0},
	} {
		h := &history.History{
			Peers: 2, Broadcasts: []history.Broadcast{{At: 1, Cause: history.NoRef}}, Logs: make([]history.Log, 2),
		}
		r := Build(&Source{
			Head: Head{Peers: 2, End: 100}, History: h, Result: &result.Ordering{}, Events: test.events,
			Stamp: func(history.Ref) (compare.Stamp, bool) { return compare.Stamp{}, false },
		}, Limits{})
		for i := range test.want {
			test.want[i].To, test.want[i].Kind = 1, peer.KindData
		}
		if len(r.Packets) != len(test.want) {
			t.Fatalf("%s: %+v, want %+v", test.name, r.Packets, test.want)
		}
		for i := range test.want {
			if r.Packets[i] != test.want[i] {
				t.Errorf("%s: %+v, want %+v", test.name, r.Packets[i], test.want[i])
			}
		}
		if got := len(r.At(0, 1).Arrivals); got != test.arrivals {
			t.Errorf("%s: %d arrivals, want %d", test.name, got, test.arrivals)
		}
	}
}

// TestClocksOfMessages: p0 sends, p1 has it and answers, p0 sends again before
// the answer comes.
func TestClocksOfMessages(t *testing.T) {
	t.Parallel()
	h := &history.History{
		Peers: 2,
		Broadcasts: []history.Broadcast{
			{ID: peer.MessageID{Sender: 0, Number: 0}, At: ms, Cause: history.NoRef},
			{ID: peer.MessageID{Sender: 1, Number: 0}, At: 5 * ms, LogLen: 1, Cause: 0},
			{ID: peer.MessageID{Sender: 0, Number: 1}, At: 6 * ms, Rank: 1, LogLen: 1, Cause: history.NoRef},
		},
		Logs: []history.Log{{Refs: []history.Ref{0, 2, 1}}, {Refs: []history.Ref{0, 1, 2}}},
	}
	r := Build(&Source{
		Head: Head{Peers: 2, End: 100}, History: h, Result: &result.Ordering{},
		Stamp:    func(m history.Ref) (compare.Stamp, bool) { return compare.Stamp{Value: int64(m)}, m > 0 },
		Findings: []compare.Finding{{Kind: Disagree, P: 0, Q: 1, A: 2, B: 1, Why: compare.Race}},
		Sentence: func(f *compare.Finding) string { return string(f.Why) },
	}, Limits{})
	for m, want := range []struct {
		lamport int64
		vector  [2]int32
		key     string
	}{{1, [2]int32{1, 0}, "-"}, {3, [2]int32{1, 1}, "1"}, {2, [2]int32{2, 0}, "2"}} {
		x := r.Messages[m]
		if x.Lamport != want.lamport || [2]int32(x.Vector) != want.vector || x.Key.String() != want.key {
			t.Errorf("%v: %+v, want %+v", x.ID, x, want)
		}
	}
	if !r.Before(0, 1) || r.Before(1, 2) || r.Before(2, 1) || r.Before(1, 1) {
		t.Error("before")
	}
	f := r.Findings[0]
	if f.InP != [2]int32{2, 3} || f.InQ != [2]int32{3, 2} || f.Position() != 2 || f.Text != "race" {
		t.Errorf("%+v", f)
	}
	if places, ok := r.Shift(0, 1); places != -1 || !ok {
		t.Errorf("p0#1 is shifted by %d places", places)
	}
	if m, ok := r.Find(peer.MessageID{Sender: 1}); m != 1 || !ok {
		t.Error("p1#0 is not found")
	}
}
