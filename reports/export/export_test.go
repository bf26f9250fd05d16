package export

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/sim"
)

// small is a run of two peers, of which p0 broadcasts n messages, one each
// millisecond; each takes 5 ms.
func small(n int) *Run {
	h := &history.History{Peers: 2, Logs: make([]history.Log, 2)}
	r := &Run{Program: "mpcomm", Scenario: "small", Ordering: "naive", Seed: 7, History: h}
	const ms = sim.Time(1_000_000)
	add := func(kind journal.Kind, at sim.Time, p peer.ID, k int) *journal.Event {
		e := journal.New(kind, at, p)
		e.Message = peer.MessageID{Sender: 0, Number: int32(k)}
		r.Events = append(r.Events, e)
		return &r.Events[len(r.Events)-1]
	}
	deliver := func(at sim.Time, p peer.ID, k int) {
		add(journal.Delivery, at, p, k)
		h.Logs[p].Refs = append(h.Logs[p].Refs, history.Ref(k))
		h.Logs[p].Times = append(h.Logs[p].Times, history.Times{Delivered: at, Arrived: at})
	}
	for k := range n {
		at := sim.Time(10*k) * ms
		id := peer.MessageID{Sender: 0, Number: int32(k)}
		h.Broadcasts = append(h.Broadcasts, history.Broadcast{ID: id, At: at, Rank: int32(k), LogLen: int32(k), Cause: history.NoRef})
		add(journal.Broadcast, at, 0, k)
		fate := add(journal.Fate, at, 0, k)
		fate.Other, fate.Packet, fate.Arrival = 1, peer.KindData, at+5*ms
		deliver(at, 0, k)
		arrival := add(journal.Arrival, at+5*ms, 1, k)
		arrival.Other, arrival.Packet, arrival.Arrival = 0, peer.KindData, at+5*ms
		deliver(at+5*ms, 1, k)
	}
	return r
}

// TestDatagram holds the bytes of a packet to what another implementation of the
// headers and checksums, in Python, made of it.
func TestDatagram(t *testing.T) {
	t.Parallel()
	got := datagram(name{from: 1, to: 258, message: peer.MessageID{Sender: 1, Number: 0}, packet: peer.KindData, attempt: 3}, 513)
	want := "4500002f" + "02010000" + "401163bb" + "0a000001" + "0a000102" + // 10.0.0.1 to 10.0.1.2
		"ea60ea60" + "001bd0f5" + hex.EncodeToString([]byte("data p1#0 attempt=3"))
	if hex.EncodeToString(got) != want {
		t.Errorf("got  %x\nwant %s", got, want)
	}
	if got := payload(name{message: peer.NoMessage, packet: peer.KindToken, round: -2, copy: 1}); got != "token round=-2 copy=1" {
		t.Errorf("payload %q", got)
	}
	if got := payload(name{message: peer.NoMessage, packet: peer.KindUser + 12}); got != "user12" {
		t.Errorf("payload %q", got)
	}
	// The example of RFC 1071, section 3, its sum complemented.
	if got := checksum(0, []byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}); got != ^uint16(0xddf2) {
		t.Errorf("checksum %04x", got)
	}
	if a, b := checksum(0, []byte{1, 2, 3}), checksum(0, []byte{1, 2, 3, 0}); a != b {
		t.Errorf("an odd number of bytes has checksum %04x, padded %04x", a, b)
	}
}

// TestMermaidIsBounded: a diagram that nobody could read or Mermaid would not
// take is an error that says what to do.
func TestMermaidIsBounded(t *testing.T) {
	t.Parallel()
	f, _ := Find("mermaid")
	var b bytes.Buffer
	if err := f.Write(&b, small(MermaidMessages)); err != nil {
		t.Error(err)
	}
	if got := strings.Count(b.String(), "p0-)p1: "); got != MermaidMessages {
		t.Errorf("%d arrows", got)
	}
	err := f.Write(&b, small(MermaidMessages+1))
	if err == nil || err.Error() != "mermaid: 51 messages; want at most 50, or another format" {
		t.Errorf("got %v", err)
	}
	r := small(2)
	for range 2000 { // a message that arrives again and again
		r.Events = append(r.Events, r.Events[len(r.Events)-2])
	}
	err = f.Write(&b, r)
	if err == nil || !strings.Contains(err.Error(), "characters; want at most 50000, the limit of Mermaid") {
		t.Errorf("got %v", err)
	}
}

// TestClocksAreBounded: ShiViz needs a clock for each event, which grows with
// the square of peers.
func TestClocksAreBounded(t *testing.T) {
	t.Parallel()
	r := small(2)
	r.History.Peers = mostClockWords / 5
	f, _ := Find("shiviz")
	if err := f.Write(new(bytes.Buffer), r); err == nil || !strings.Contains(err.Error(), "6 events with clocks of") {
		t.Errorf("got %v", err)
	}
}

// TestNothingIsWritten: a run in which nothing happened is a file all the same.
func TestNothingIsWritten(t *testing.T) {
	t.Parallel()
	for _, f := range Formats() {
		var b bytes.Buffer
		if err := f.Write(&b, small(0)); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		if f.Name != "jsonl" && !strings.HasPrefix(b.String(), f.Begins) {
			t.Errorf("%s begins with %q", f.Name, b.String())
		}
		if known, ok := Find(f.Name); !ok || known.Ending != f.Ending || f.Doc == "" || f.Use == "" {
			t.Errorf("%+v is not found, or has no words", f)
		}
	}
	if _, ok := Find("pdf"); ok {
		t.Error("there is a format pdf")
	}
}

// TestStrangeNames: names of scenarios and labels of orderings cannot break a
// file.
func TestStrangeNames(t *testing.T) {
	t.Parallel()
	r := small(1)
	r.Scenario, r.Ordering = "a\nparticipant p9 %% \"x\"\\", "b\r\n\x00 end"
	for _, f := range Formats() {
		var b bytes.Buffer
		if err := f.Write(&b, r); err != nil {
			t.Fatal(err)
		}
		switch f.Name {
		case "mermaid":
			if strings.Contains(b.String(), "\n    participant p9") || strings.Contains(b.String(), "\nparticipant") || strings.Contains(b.String(), "\r") {
				t.Errorf("%q", b.String())
			}
		case "perfetto":
			if strings.Count(b.String(), "\n") != 2+strings.Count(b.String(), `"ph":`) {
				t.Errorf("%q", b.String())
			}
		}
	}
}

// TestErrorsOfTheFile: what the file says comes out, whenever it says it.
func TestErrorsOfTheFile(t *testing.T) {
	t.Parallel()
	for _, f := range Formats() {
		var whole bytes.Buffer
		r := small(40)
		if err := f.Write(&whole, r); err != nil {
			t.Fatal(err)
		}
		for _, room := range []int{0, 1, whole.Len() / 2, whole.Len() - 1} {
			if err := f.Write(&disk{room: room}, r); !errors.Is(err, errFull) {
				t.Errorf("%s: room for %d of %d bytes: %v", f.Name, room, whole.Len(), err)
			}
		}
	}
}

var errFull = errors.New("full")

// disk has room for so many bytes.
type disk struct{ room int }

func (d *disk) Write(b []byte) (int, error) {
	if len(b) > d.room {
		n := d.room
		d.room = 0
		return n, errFull
	}
	d.room -= len(b)
	return len(b), nil
}

// TestStrays: a delivery of what nobody broadcast is an event without a cause.
func TestStrays(t *testing.T) {
	t.Parallel()
	r := small(1)
	e := journal.New(journal.Delivery, 9_000_000, 1)
	e.Message = peer.MessageID{Sender: 0, Number: 99}
	r.Events = append(r.Events, e)
	l := &r.History.Logs[1]
	l.Refs = append(l.Refs, history.NoRef)
	l.Times = append(l.Times, history.Times{Delivered: 9_000_000, Arrived: 9_000_000})
	want := map[string]string{
		"csv":      ",9,delivery,p1,,p0#99,,,,,,,,,,,,2,,0",
		"shiviz":   `9 p1 {"p0": 1, "p1": 2} delivers p0#99 at position 2`,
		"perfetto": `"name":"deliver p0#99","cat":"message","pid":1,"tid":3,"ts":9000.000,"dur":1000.000,"args":{"message":"p0#99","position":2,"hold_ms":0}`,
		"mermaid":  "Note over p1: 9 ms: delivers p0#35;99 at position 2",
	}
	for _, f := range Formats() {
		var b bytes.Buffer
		if err := f.Write(&b, r); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want[f.Name]) {
			t.Errorf("%s lacks %q:\n%s", f.Name, want[f.Name], b.String())
		}
	}
}

// One broadcast to one other peer, for ShiViz.
func ExampleFormat_Write() {
	f, _ := Find("shiviz")
	var b strings.Builder
	if err := f.Write(&b, small(1)); err != nil {
		fmt.Println(err)
	}
	fmt.Print(b.String())
	// Output:
	// (?<ms>\S*) (?<host>\S*) (?<clock>{.*}) (?<event>.*)
	//
	// 0 p0 {"p0": 1} broadcasts p0#0
	// 0 p0 {"p0": 2} delivers p0#0 at position 1
	// 5 p1 {"p0": 1, "p1": 1} delivers p0#0 at position 1
}
