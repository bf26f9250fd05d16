package export

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/sim"
)

// Run is one recorded run. What is in it may be borrowed.
type Run struct {
	Program  string // that made it, with its version
	Scenario string
	Ordering string // the label
	Seed     uint64
	Events   []journal.Event // all, in order
	History  *history.History
}

// title names the run in a file, on one line.
func (r *Run) title() string {
	blank := func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}
	return strings.Map(blank, fmt.Sprintf("%s, %s, seed %d", r.Scenario, r.Ordering, r.Seed))
}

// Format is a way to write a run.
type Format struct {
	Name   string
	Ending string // of its files
	Doc    string // what it holds
	Use    string // what reads it, and how, as Markdown
	Begins string // the first bytes of every file

	write func(*writer, *Run) error
}

// Formats are all formats, the canonical one first.
func Formats() []Format {
	return []Format{
		{
			Name: "jsonl", Ending: ".jsonl", Begins: `{"at_ms":`, write: writeJSONL,
			Doc: "every event, one JSON object a line: the canonical form", Use: "`jq 'select(.kind == \"delivery\")' FILE`",
		},
		{
			Name: "csv", Ending: ".csv", Begins: csvBegins, write: writeCSV,
			Doc: "every event, one row of a table", Use: "`pandas.read_csv(\"FILE\")`, or a spreadsheet",
		},
		{
			Name: "shiviz", Ending: ".shiviz", Begins: shivizParser, write: writeShiViz,
			Doc: "broadcasts and deliveries with vector clocks", Use: "upload it to ShiViz",
		},
		{
			Name: "perfetto", Ending: ".perfetto.json", Begins: perfettoBegins, write: writePerfetto,
			Doc: "peers as threads in time, flows from broadcast to delivery, what is held back", Use: "open it with ui.perfetto.dev",
		},
		{
			Name: "mermaid", Ending: ".mmd", Begins: mermaidBegins, write: writeMermaid,
			Doc: fmt.Sprintf("a sequence diagram of at most %d messages, which cannot show overtaking", MermaidMessages), Use: "paste it into Markdown as a block of `mermaid`",
		},
		{
			Name: "pcapng", Ending: ".pcapng", Begins: pcapngBegins, write: writePCAPNG,
			Doc: "every packet at both ends, in virtual time",
			Use: "`wireshark FILE`, or `tshark -o data.show_as_text:TRUE -r FILE -T fields -e frame.time_relative -e frame.interface_name -e data.text -e frame.comment`",
		},
	}
}

// Find returns the format of that name.
func Find(name string) (Format, bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// Unfit says why a format cannot hold a run, and what to do.
type Unfit struct{ why string }

// Error is the reason.
func (u *Unfit) Error() string { return u.why }

// unfit makes the error of a run that a format cannot hold.
func unfit(format string, args ...any) error { return &Unfit{fmt.Sprintf(format, args...)} }

// Write writes a run. The error is that of w, or an [Unfit].
func (f *Format) Write(w io.Writer, r *Run) error {
	out := &writer{Writer: bufio.NewWriter(w)}
	if err := f.write(out, r); err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return out.Flush()
}

// writer is a buffer with some scratch. Its errors stick and come out at the
// end.
type writer struct {
	*bufio.Writer
	scratch []byte
}

// printf writes text; an error comes out when the buffer is flushed.
func (w *writer) printf(format string, args ...any) { fmt.Fprintf(w.Writer, format, args...) }

// ms is a time in milliseconds, exact.
func ms(t sim.Time) string { return string(t.AppendMS(nil)) }

func writeJSONL(w *writer, r *Run) error { return journal.WriteJSONL(w, r.Events) }

// diary walks the events of a run and knows of each delivery what the history
// knows.
type diary struct {
	history *history.History
	logged  []int                     // entries of each log so far
	refs    map[peer.MessageID]uint32 // broadcasts so far
}

func newDiary(h *history.History) *diary {
	return &diary{history: h, logged: make([]int, h.Peers), refs: make(map[peer.MessageID]uint32, len(h.Broadcasts))}
}

// entry is a delivery as the history has it.
type entry struct {
	ref      history.Ref // NoRef = nobody broadcast it
	position int         // in the log, from 1
	sent     sim.Time    // sim.Never if nobody did
	arrived  sim.Time
}

// broadcast notes a broadcast and returns its reference. Broadcasts come in the
// order of the history.
func (d *diary) broadcast(e *journal.Event) history.Ref {
	ref := history.Ref(len(d.refs))
	d.refs[e.Message] = ref
	return ref
}

// delivery notes a delivery and returns what is known of it.
func (d *diary) delivery(e *journal.Event) entry {
	k := d.logged[e.Peer]
	d.logged[e.Peer]++
	x := entry{ref: history.NoRef, position: k + 1, sent: sim.Never, arrived: e.At}
	if ref, ok := d.refs[e.Message]; ok {
		x.ref, x.sent = ref, d.history.Broadcasts[ref].At
	}
	if times := d.history.TimesOf(e.Peer); k < len(times) && times[k].Arrived != sim.Never {
		x.arrived = times[k].Arrived
	}
	return x
}
