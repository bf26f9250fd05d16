package run_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"mpcomm/peer"
	"mpcomm/reports/export"
)

// traceEvent is an event of the Trace Event Format ("Trace Event Format",
// N. Duca and D. Sinclair), with every field that may be there.
type traceEvent struct {
	Phase    string         `json:"ph"`
	Name     string         `json:"name"`
	Category string         `json:"cat"`
	ID       *int64         `json:"id"`
	Process  int            `json:"pid"`
	Thread   int            `json:"tid"`
	TS       json.Number    `json:"ts"`
	Duration json.Number    `json:"dur"`
	Scope    string         `json:"s"`
	Binding  string         `json:"bp"`
	Args     map[string]any `json:"args"`
}

// micro reads microseconds as nanoseconds, exactly.
func micro(t tester, n json.Number) int64 {
	t.Helper()
	r, ok := new(big.Rat).SetString(string(n))
	if !ok {
		t.Fatalf("perfetto: %q is no time", n)
	}
	if r.Mul(r, big.NewRat(1000, 1)); !r.IsInt() {
		t.Fatalf("perfetto: %s us are no whole nanoseconds", n)
	}
	return r.Num().Int64()
}

// traceReader holds a file to the rules of the format: "Complete events" of a
// thread nest, "Flow events" bind to the slice around them, "Async events" of
// one category and id are one beginning and one end, "Instant events" have a
// scope, and times do not go back.
type traceReader struct {
	t       tester
	open    map[int][]openSlice // by thread, the innermost last
	flows   map[int64]string    // message that a flow starts with
	ended   map[int64]bool
	async   map[string]traceEvent // that have begun
	done    map[string]bool
	threads map[int]string
	last    int64

	slices, holds, downs, phases int
}

type openSlice struct {
	name       string
	begin, end int64
}

func (x *traceReader) read(e traceEvent) {
	t := x.t
	t.Helper()
	if e.Process != 1 || e.Name == "" {
		t.Errorf("perfetto: %+v has no process or no name", e)
	}
	if e.Phase == "M" {
		x.metadata(e)
		return
	}
	at := micro(t, e.TS)
	if at < x.last {
		t.Errorf("perfetto: %+v comes after an event at %d ns", e, x.last)
	}
	x.last = at
	if _, known := x.threads[e.Thread]; !known && e.Scope != "g" {
		t.Errorf("perfetto: %+v is on a thread without a name", e)
	}
	stack := x.open[e.Thread]
	for len(stack) > 0 && stack[len(stack)-1].end <= at {
		stack = stack[:len(stack)-1]
	}
	x.open[e.Thread] = stack
	switch e.Phase {
	case "X":
		end := at + micro(t, e.Duration)
		if end <= at || len(stack) > 0 && end > stack[len(stack)-1].end {
			t.Errorf("perfetto: %+v is empty, or does not nest in %+v", e, stack)
		}
		x.open[e.Thread] = append(stack, openSlice{e.Name, at, end})
		if e.Category == "phase" {
			x.phases++
		} else {
			x.slices++
		}
	case "s", "f":
		x.flow(e, at, stack)
	case "b", "e":
		x.span(e)
	case "i":
		if !strings.Contains("gpt", e.Scope) || e.Scope == "" {
			t.Errorf("perfetto: %+v has no scope", e)
		}
	default:
		t.Errorf("perfetto: %+v is of an unknown sort", e)
	}
}

func (x *traceReader) metadata(e traceEvent) {
	switch e.Name {
	case "thread_name":
		x.threads[e.Thread] = fmt.Sprint(e.Args["name"])
	case "process_name", "thread_sort_index":
	default:
		x.t.Errorf("perfetto: %+v is unknown metadata", e)
	}
}

// flow holds an end of a flow to its slice: a start to the sending, an end to
// the delivery of the same message.
func (x *traceReader) flow(e traceEvent, at int64, stack []openSlice) {
	t := x.t
	t.Helper()
	if e.ID == nil || e.Name != "message" || e.Category != "message" {
		t.Fatalf("perfetto: %+v is no flow of a message", e)
	}
	if len(stack) == 0 || stack[len(stack)-1].begin != at {
		t.Fatalf("perfetto: %+v binds to no slice: %+v", e, stack)
	}
	verb, message, _ := strings.Cut(stack[len(stack)-1].name, " ")
	started, known := x.flows[*e.ID]
	switch {
	case e.Phase == "s" && verb == "send" && !known:
		x.flows[*e.ID] = message
	case e.Phase == "f" && verb == "deliver" && started == message && !x.ended[*e.ID] && e.Binding == "e":
		x.ended[*e.ID] = true
	default:
		t.Errorf("perfetto: %+v at a slice %q does not go on from %q", e, stack[len(stack)-1].name, started)
	}
}

func (x *traceReader) span(e traceEvent) {
	t := x.t
	t.Helper()
	if e.ID == nil {
		t.Fatalf("perfetto: %+v has no id", e)
	}
	key := fmt.Sprint(e.Category, *e.ID)
	begun, open := x.async[key]
	switch {
	case e.Phase == "b" && !open && (e.Category == "down" || !x.done[key]):
		x.async[key] = e
	case e.Phase == "e" && open && begun.Name == e.Name && begun.Thread == e.Thread:
		delete(x.async, key)
		x.done[key] = true
		if e.Category == "held" {
			x.holds++
		} else {
			x.downs++
		}
	default:
		t.Errorf("perfetto: %+v: begun %v, done %t", e, begun, x.done[key])
	}
}

// checkPerfetto reads the file strictly and counts what is in it.
func checkPerfetto(t tester, data []byte, lines []line, r *export.Run) {
	t.Helper()
	var file struct {
		Unit   string            `json:"displayTimeUnit"`
		Other  map[string]string `json:"otherData"`
		Events []traceEvent      `json:"traceEvents"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		t.Fatalf("perfetto: %v", err)
	}
	if file.Other["ordering"] != r.Ordering || file.Other["seed"] != fmt.Sprint(r.Seed) {
		t.Errorf("perfetto: %v is of another run", file.Other)
	}
	x := &traceReader{
		t: t, open: map[int][]openSlice{}, flows: map[int64]string{}, ended: map[int64]bool{},
		async: map[string]traceEvent{}, done: map[string]bool{}, threads: map[int]string{},
	}
	for _, e := range file.Events {
		x.read(e)
	}
	for id, message := range x.flows {
		if !x.ended[id] {
			t.Errorf("perfetto: the flow of %s has no end", message)
		}
	}
	if len(x.async) > 0 || len(x.threads) != r.History.Peers {
		t.Errorf("perfetto: %v does not end; %d threads", x.async, len(x.threads))
	}
	slices, flows, holds := 0, map[string]bool{}, 0
	for p := range r.History.Logs {
		for k, ref := range r.History.Logs[p].Refs {
			b := &r.History.Broadcasts[ref]
			slices++
			if int(b.ID.Sender) != p {
				flows[fmt.Sprint(ref, p)] = true
			}
			if times := r.History.TimesOf(peer.ID(p))[k]; times.Arrived < times.Delivered {
				holds++
			}
		}
	}
	slices += len(r.History.Broadcasts)
	if x.slices != slices || len(x.flows) != len(flows) || x.holds != holds {
		t.Errorf("perfetto: %d slices, %d flows, %d holds; the history has %d, %d, %d", x.slices, len(x.flows), x.holds, slices, len(flows), holds)
	}
	checkPerfettoTimes(t, file.Events, lines)
}

// checkPerfettoTimes holds the slices of messages to the events, one by one.
func checkPerfettoTimes(t tester, events []traceEvent, lines []line) {
	t.Helper()
	verbs := map[string]string{"broadcast": "send ", "delivery": "deliver "}
	k := 0
	for _, l := range lines {
		verb, ok := verbs[l["kind"]]
		if !ok {
			continue
		}
		for k < len(events) && (events[k].Phase != "X" || events[k].Category != "message") {
			k++
		}
		if k == len(events) {
			t.Fatalf("perfetto: too few slices")
		}
		if e := events[k]; e.Name != verb+l["message"] || micro(t, e.TS) != l.at(t) || fmt.Sprint("p", e.Thread-2) != l["peer"] {
			t.Errorf("perfetto: %+v, want %v", e, l)
		}
		k++
	}
}
