package run_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"reflect"
	"slices"
	"strings"

	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/reports/export"
	"mpcomm/sim"
)

// line is an event as a reader of JSON has it: the fields that were written.
type line map[string]string

// nanoseconds reads decimal milliseconds, exactly.
func nanoseconds(t tester, ms string) int64 {
	t.Helper()
	r, ok := new(big.Rat).SetString(ms)
	if !ok {
		t.Fatalf("%q is no number", ms)
	}
	if r.Mul(r, big.NewRat(1_000_000, 1)); !r.IsInt() {
		t.Fatalf("%s ms are no whole nanoseconds", ms)
	}
	return r.Num().Int64()
}

// at is when the event happened.
func (l line) at(t tester) int64 { return nanoseconds(t, l["at_ms"]) }

// lineKinds are the fields that a line of each kind has, in words: needed, and
// allowed after the bar.
var lineKinds = map[string]string{
	"broadcast": "peer message|size", "fate": "peer other packet verdict|message round attempt copy arrival_ms",
	"arrival": "peer other packet|message round attempt copy arrival_ms verdict", "delivery": "peer message|",
	"discard": "peer message|", "timer": "peer|local_ms", "phase": "peer phase|", "fault": "|value ends",
	"crash": "peer|", "restart": "peer|", "submit": "peer|", "heal": "|",
}

// checkJSONL reads the canonical form by the decoder of the standard library and
// by that of the journal, and returns its lines.
func checkJSONL(t tester, data []byte, r *export.Run) []line {
	t.Helper()
	back, err := journal.ReadJSONL(bytes.NewReader(data))
	if err != nil || !slices.Equal(back, r.Events) && len(r.Events) > 0 {
		t.Errorf("the journal does not read back: %v", err)
	}
	var lines []line
	for text := range strings.Lines(string(data)) {
		var fields map[string]any
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&fields); err != nil || d.InputOffset() != int64(len(text)-1) {
			t.Fatalf("%q is not one object of JSON: %v", text, err)
		}
		l := line{}
		for name, value := range fields {
			switch value.(type) {
			case string, json.Number, bool:
				l[name] = fmt.Sprint(value)
			default:
				t.Fatalf("%q: %s is no plain value", text, name)
			}
		}
		lines = append(lines, l)
		needed, allowed, known := strings.Cut(lineKinds[l["kind"]], "|")
		if !known {
			t.Fatalf("%q: unknown kind", text)
		}
		for _, name := range strings.Fields(needed) {
			if l[name] == "" {
				t.Errorf("%q lacks %s", text, name)
			}
		}
		for name := range l {
			if !slices.Contains(strings.Fields("at_ms kind "+needed+" "+allowed), name) {
				t.Errorf("%q has %s", text, name)
			}
		}
		if k := len(lines); k > 1 && lines[k-2].at(t) > l.at(t) {
			t.Errorf("%q comes after a later event", text)
		}
	}
	if len(lines) != len(r.Events) {
		t.Errorf("%d lines for %d events", len(lines), len(r.Events))
	}
	return lines
}

// csvZeros are the cells that say of some kinds of events what a line leaves out.
var csvZeros = map[string]string{
	"round": "0 fate arrival", "attempt": "0 fate arrival", "copy": "0 fate arrival", "arrival_ms": "0 arrival",
	"size": "0 broadcast", "local_ms": "0 timer", "value": "0 fault", "ends": "false fault",
}

// checkCSV reads the table and holds each row to its line of JSON, and what it
// says of deliveries to the history.
func checkCSV(t tester, data []byte, lines []line, r *export.Run) {
	t.Helper()
	table := csv.NewReader(bytes.NewReader(data))
	table.FieldsPerRecord = 0 // all rows as long as the first
	head, err := table.Read()
	if err != nil {
		t.Fatalf("csv: %v", err)
	}
	logged := make([]int, r.History.Peers)
	for k := 0; ; k++ {
		row, err := table.Read()
		if err == io.EOF {
			if k != len(lines) {
				t.Errorf("csv: %d rows for %d events", k, len(lines))
			}
			return
		}
		if err != nil || k >= len(lines) {
			t.Fatalf("csv: row %d: %v", k, err)
		}
		cells := line{}
		for i, name := range head {
			cells[name] = row[i]
		}
		if cells["event"] != fmt.Sprint(k) {
			t.Errorf("csv: row %d has number %s", k, cells["event"])
		}
		for name, value := range cells {
			said, here := lines[k][name]
			if zero := csvZeros[name]; !here && strings.Contains(zero, cells["kind"]) {
				said = zero[:strings.Index(zero, " ")]
			}
			own := name == "event" || name == "position" || name == "latency_ms" || name == "hold_ms"
			if !own && said != value {
				t.Errorf("csv: row %d: %s is %q, of the line %q", k, name, value, said)
			}
		}
		for name := range lines[k] {
			if !slices.Contains(head, name) {
				t.Errorf("csv: no column %s", name)
			}
		}
		if cells["kind"] == "delivery" {
			checkDelivery(t, cells, r, logged)
		} else if cells["position"]+cells["latency_ms"]+cells["hold_ms"] != "" {
			t.Errorf("csv: row %d is no delivery, and has a position or times", k)
		}
	}
}

// checkDelivery holds the extra columns of a delivery to the history.
func checkDelivery(t tester, cells line, r *export.Run, logged []int) {
	t.Helper()
	e, err := peer.ParseMessageID(cells["peer"] + "#0")
	if err != nil {
		t.Fatalf("%v", err)
	}
	p := e.Sender
	k := logged[p]
	logged[p]++
	if cells["position"] != fmt.Sprint(k+1) {
		t.Errorf("csv: %v is at position %s of %v, want %d", cells["message"], cells["position"], p, k+1)
	}
	b := r.History.Broadcasts[r.History.Logs[p].Refs[k]]
	times := r.History.TimesOf(p)[k]
	at := sim.Time(nanoseconds(t, cells["at_ms"]))
	got := []int64{nanoseconds(t, cells["latency_ms"]), nanoseconds(t, cells["hold_ms"])}
	if want := []int64{int64(at - b.At), int64(at - times.Arrived)}; b.ID.String() != cells["message"] || times.Delivered != at || !reflect.DeepEqual(got, want) {
		t.Errorf("csv: %v at %v: latency and hold %v, want %v; the history has %v at %v", cells["message"], p, got, want, b.ID, times.Delivered)
	}
}
