package journal

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/sim"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

func TestRecorderKeepsItsWindow(t *testing.T) {
	t.Parallel()
	var r Recorder
	for _, test := range []struct {
		limit    int
		from, to int64
		first, n int
		dropped  int64
	}{{100, 0, -1, 0, 20, 0}, {100, 5, 8, 5, 3, 0}, {4, 5, -1, 5, 4, 11}, {4, 30, 40, 0, 0, 0}} {
		r.Reset(test.limit, test.from, test.to)
		for i := range 20 {
			r.Add(New(Delivery, sim.Time(i), 0))
		}
		events := r.Events()
		if len(events) != test.n || r.Dropped() != test.dropped || r.Count() != 20 {
			t.Errorf("%+v: %d events, %d dropped of %d", test, len(events), r.Dropped(), r.Count())
		}
		if len(events) > 0 && events[0].At != sim.Time(test.first) {
			t.Errorf("%+v: the first is %s", test, Describe(events[0]))
		}
	}
}

func TestRecorderKeepsWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	var r Recorder
	r.Reset(3, 0, -1)
	r.Keep(func(e *Event) bool { return e.Peer == 1 })
	for i := range 10 {
		r.Add(New(Delivery, sim.Time(i), peer.ID(i%2)))
	}
	if events := r.Events(); len(events) != 3 || events[2].At != 5 || r.Dropped() != 2 || r.Count() != 10 {
		t.Errorf("%d events, %d dropped of %d", len(r.Events()), r.Dropped(), r.Count())
	}
	r.Reset(3, 0, -1)
	r.Add(New(Delivery, 0, 0))
	if len(r.Events()) != 1 {
		t.Error("a new recording leaves out what the last one did")
	}
}

func TestFirstDifference(t *testing.T) {
	t.Parallel()
	a := []Event{New(Delivery, 1, 0), New(Delivery, 2, 0)}
	b := []Event{New(Delivery, 1, 0), New(Delivery, 2, 1)}
	for _, test := range []struct {
		a, b []Event
		at   int
		ok   bool
	}{{a, a, 2, false}, {a, b, 1, true}, {a, a[:1], 1, true}, {nil, nil, 0, false}, {nil, b, 0, true}} {
		if at, ok := FirstDifference(test.a, test.b); at != test.at || ok != test.ok {
			t.Errorf("FirstDifference(%d, %d events) = %d, %v; want %d, %v", len(test.a), len(test.b), at, ok, test.at, test.ok)
		}
	}
}

// events are one of each kind, and the borders of every field.
func events() []Event {
	q := peer.MessageID{Sender: 2, Number: 7}
	message := func(e Event) Event { e.Message = q; return e }
	list := []Event{
		message(New(Broadcast, 1_500_000, 2)),
		message(New(Delivery, 2_000_001, 0)), message(New(Discard, 2_000_001, 1)),
		New(Timer, 5, 1), New(Phase, 6, 1), New(Crash, 7, 65535), New(Restart, 8, 0), New(Submit, 9, 0),
		New(Fault, 10, NoPeer), New(Kind(200), -1_500_000, NoPeer), New(KindNone, sim.Never, 0),
	}
	list[0].Size = 100
	list[3].Value = -1_250_000
	list[4].Value = int64(peer.Draining)
	list[8].Value, list[8].Ends = 3, true
	sent := Event{Kind: Sent, At: 1_500_000, Peer: 2, Other: NoPeer, Message: q, Packet: peer.KindData}
	fate := Event{Kind: Fate, At: 1_500_000, Arrival: 23_456_789, Peer: 2, Other: 3, Message: q, Packet: peer.KindRelay, Copy: 1}
	lost := Event{
		Kind: Fate, At: 1_500_000, Arrival: sim.Never, Peer: 2, Other: 3, Message: peer.NoMessage,
		Packet: peer.KindToken, Round: -4, Attempt: 65535, Verdict: 1,
	}
	arrival := Event{Kind: Arrival, At: 23_456_789, Peer: 3, Other: 2, Message: q, Packet: peer.KindUser + 12}
	odd := Event{Kind: Fate, Verdict: 77, Packet: 255, Peer: 0, Other: 1, Message: peer.NoMessage, Arrival: -1}
	return append(list, sent, fate, lost, arrival, odd, New(Heal, 11, NoPeer))
}

func TestTextGolden(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, e := range events() {
		out.WriteString(Describe(e) + "\n")
	}
	golden(t, "describe.txt", out.String())
	var b bytes.Buffer
	if err := WriteJSONL(&b, events()); err != nil {
		t.Fatal(err)
	}
	golden(t, "events.jsonl", b.String())
	back, err := ReadJSONL(&b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(events(), back); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func TestJSONLRoundTrip(t *testing.T) {
	t.Parallel()
	id := rapid.Custom(func(t *rapid.T) peer.MessageID {
		if rapid.Bool().Draw(t, "none") {
			return peer.NoMessage
		}
		return peer.MessageID{
			Sender: peer.ID(rapid.IntRange(0, peer.MaxPeers-1).Draw(t, "sender")),
			Number: int32(rapid.IntRange(0, peer.MaxNumber).Draw(t, "number")),
		}
	})
	who := rapid.Custom(func(t *rapid.T) peer.ID { return peer.ID(rapid.IntRange(-1, peer.MaxPeers-1).Draw(t, "peer")) })
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Event {
			return Event{
				At: sim.Time(rapid.Int64().Draw(t, "at")), Arrival: sim.Time(rapid.Int64().Draw(t, "arrival")),
				Value: rapid.Int64().Draw(t, "value"), Message: id.Draw(t, "id"), Peer: who.Draw(t, "at peer"),
				Other: who.Draw(t, "other"), Round: rapid.Int32().Draw(t, "round"), Size: rapid.Int32().Draw(t, "size"),
				Attempt: rapid.Uint16().Draw(t, "attempt"), Kind: Kind(rapid.Uint8().Draw(t, "kind")),
				Packet: peer.Kind(rapid.Uint8().Draw(t, "packet")), Copy: rapid.Uint8().Draw(t, "copy"),
				Verdict: rapid.Uint8().Draw(t, "verdict"), Ends: rapid.Bool().Draw(t, "ends"),
			}
		}), 1, 5).Draw(t, "events")
		var b bytes.Buffer
		if err := WriteJSONL(&b, list); err != nil {
			t.Fatal(err)
		}
		back, err := ReadJSONL(&b)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(list, back) {
			t.Fatalf("read back %+v\nwant %+v", back, list)
		}
	})
}

func TestBadLinesAreNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{`{`, "journal: line 1: unexpected EOF"},
		{"\n" + `{"at_ms":1,"colour":"red"}`, `journal: line 2: json: unknown field "colour"`},
		{`{"kind":"delivery"}`, "journal: line 1: at_ms: missing; want milliseconds"},
		{`{"at_ms":1} {"at_ms":2}`, "journal: line 1: more than one JSON value"},
		{
			`{"at_ms":0.0000001}`,
			`journal: line 1: at_ms: "0.0000001": want decimal milliseconds with at most six decimals, below 2^63 ns`,
		},
		{`{"at_ms":1e3}`, `journal: line 1: at_ms: "1e3": want decimal milliseconds with at most six decimals, below 2^63 ns`},
		{
			`{"at_ms":9223372036854.775808}`,
			`journal: line 1: at_ms: "9223372036854.775808": want decimal milliseconds with at most six decimals, below 2^63 ns`,
		},
		{`{"at_ms":1,"peer":"q1"}`, `journal: line 1: peer: "q1": want a peer such as p2, 0..65535`},
		{`{"at_ms":1,"peer":"p1#0"}`, `journal: line 1: peer: "p1#0": want a peer such as p2, 0..65535`},
		{`{"at_ms":1,"verdict":"verdict3"}`, `journal: line 1: verdict: "verdict3": want one of arrives lost full cut held no-link too-big corrupted`},
	} {
		_, err := ReadJSONL(strings.NewReader(test.text))
		if err == nil || err.Error() != test.want {
			t.Errorf("%s\ngot  %v\nwant %s", test.text, err, test.want)
		}
	}
	if _, err := ReadJSONL(strings.NewReader(strings.Repeat(" ", MaxLine+1))); err == nil {
		t.Error("a line of any length is read")
	}
}

// What can be read is written back the same way, and nothing panics.
func FuzzReadJSONL(f *testing.F) {
	var b bytes.Buffer
	if err := WriteJSONL(&b, events()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"at_ms":-0.5,"kind":"kind99","packet":"user3"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, _ := ReadJSONL(bytes.NewReader(data))
		var out bytes.Buffer
		if err := WriteJSONL(&out, list); err != nil {
			t.Fatal(err)
		}
		back, err := ReadJSONL(&out)
		if err != nil || !slices.Equal(list, back) {
			t.Fatalf("%v: %+v comes back as %+v", err, list, back)
		}
		for _, e := range list {
			Describe(e)
		}
	})
}
