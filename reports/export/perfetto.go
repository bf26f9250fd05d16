package export

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/sim"
)

const perfettoBegins = `{"displayTimeUnit":"ms","otherData":{"program":`

// slice is how long a broadcast or a delivery is drawn: flows end at slices, so
// that an instant needs an extent.
const slice = time.Millisecond

// writePerfetto writes the Trace Event Format. Events are in order of time; of
// those of one instant a phase comes before what happens in it, and a flow right
// after its slice, which is then the innermost one and so the one it binds to.
func writePerfetto(w *writer, r *Run) error {
	t := newTrack(w, r)
	t.head()
	for i := 0; i < len(r.Events); {
		at, first := r.Events[i].At, i
		for ; i < len(r.Events) && r.Events[i].At == at; i++ {
			if e := &r.Events[i]; e.Kind == journal.Phase && t.lasts[i] > 0 && peer.Phase(e.Value) != peer.Stopped {
				t.slice(e, peer.Phase(e.Value).String(), "phase", t.lasts[i], "")
			}
		}
		for ; len(t.held) > 0 && t.held[0].from <= at; t.held = t.held[1:] {
			x := &t.held[0]
			t.begin("held", x.id, x.from, x.peer, "held at "+x.peer.String(), x.message.String())
		}
		for k := first; k < i; k++ {
			t.event(&r.Events[k], t.lasts[k])
		}
	}
	t.finish()
	return nil
}

// hold is a message that an ordering kept for a while.
type hold struct {
	id      int64 // number of the entry among all
	from    sim.Time
	peer    peer.ID
	message peer.MessageID
}

// track is a file under way.
type track struct {
	w       *writer
	run     *Run
	diary   *diary
	comma   bool
	lasts   []time.Duration // by event: how long its slice is
	held    []hold          // that are still to begin
	entries int64           // deliveries so far
	joins   []bool          // by reference and peer: a flow leads there that has not ended
	down    []bool
	end     sim.Time
}

func newTrack(w *writer, r *Run) *track {
	n := r.History.Peers
	t := &track{w: w, run: r, diary: newDiary(r.History), down: make([]bool, n)}
	if len(r.Events) > 0 {
		t.end = r.Events[len(r.Events)-1].At.Add(slice)
	}
	t.joins = make([]bool, len(r.History.Broadcasts)*n)
	scout := newDiary(r.History)
	for i := range r.Events {
		switch e := &r.Events[i]; e.Kind {
		case journal.Broadcast:
			scout.broadcast(e)
		case journal.Delivery:
			x := scout.delivery(e)
			if x.ref != history.NoRef && e.Message.Sender != e.Peer {
				t.joins[int(x.ref)*n+int(e.Peer)] = true
			}
			if x.arrived < e.At {
				t.held = append(t.held, hold{t.entries, x.arrived, e.Peer, e.Message})
			}
			t.entries++
		}
	}
	t.entries = 0
	slices.SortStableFunc(t.held, func(a, b hold) int { return cmp.Compare(a.from, b.from) })
	t.measure()
	return t
}

// measure finds how long each slice is: a phase until the next or a crash, a
// broadcast or a delivery until the peer's next slice, a millisecond at most.
func (t *track) measure() {
	events := t.run.Events
	t.lasts = make([]time.Duration, len(events))
	n := t.run.History.Peers
	phaseEnds, begins, next := make([]sim.Time, n), make([]sim.Time, n), make([]sim.Time, n)
	for p := range n {
		phaseEnds[p], begins[p], next[p] = t.end, sim.Never, sim.Never
	}
	for i := len(events) - 1; i >= 0; i-- {
		e := &events[i]
		switch e.Kind {
		case journal.Broadcast, journal.Delivery, journal.Phase, journal.Crash:
		default:
			continue
		}
		if e.At < begins[e.Peer] {
			begins[e.Peer], next[e.Peer] = e.At, begins[e.Peer]
		}
		switch e.Kind {
		case journal.Phase, journal.Crash:
			t.lasts[i] = phaseEnds[e.Peer].Sub(e.At)
			phaseEnds[e.Peer] = e.At
		default:
			t.lasts[i] = min(slice, next[e.Peer].Sub(e.At))
		}
	}
}

func (t *track) head() {
	r := t.run
	t.w.printf("%s%s,\"scenario\":%s,\"ordering\":%s,\"seed\":\"%d\"},\"traceEvents\":[\n",
		perfettoBegins, quote(r.Program), quote(r.Scenario), quote(r.Ordering), r.Seed)
	t.put(`"ph":"M","name":"process_name","pid":1,"args":{"name":%s}`, quote(r.title()))
	for p := range r.History.Peers {
		id := peer.ID(p)
		t.put(`"ph":"M","name":"thread_name","pid":1,"tid":%d,"args":{"name":"%v"}`, thread(id), id)
		t.put(`"ph":"M","name":"thread_sort_index","pid":1,"tid":%d,"args":{"sort_index":%d}`, thread(id), p)
	}
}

// thread is the number of a peer's thread: neither 0, which is nobody's, nor
// that of the process.
func thread(p peer.ID) int { return int(p) + 2 }

// quote writes a text as JSON.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(fmt.Sprintf("export: a text is no JSON: %v", err))
	}
	return string(b)
}

// put writes one event of the format, given its fields.
func (t *track) put(format string, args ...any) {
	if t.comma {
		t.w.printf(",\n")
	}
	t.comma = true
	t.w.printf("{"+format+"}", args...)
}

// micros is a time in microseconds, the unit of the format, exact.
func micros(ns int64) string { return fmt.Sprintf("%d.%03d", ns/1000, ns%1000) }

func (t *track) slice(e *journal.Event, name, category string, lasts time.Duration, args string) {
	t.put(`"ph":"X","name":"%s","cat":"%s","pid":1,"tid":%d,"ts":%s,"dur":%s,"args":{%s}`,
		name, category, thread(e.Peer), micros(int64(e.At)), micros(int64(lasts)), args)
}

func (t *track) begin(category string, id int64, at sim.Time, p peer.ID, name, message string) {
	args := ""
	if message != "" {
		args = `"message":"` + message + `"`
	}
	t.put(`"ph":"b","name":"%s","cat":"%s","id":%d,"pid":1,"tid":%d,"ts":%s,"args":{%s}`, name, category, id, thread(p), micros(int64(at)), args)
}

func (t *track) over(category string, id int64, at sim.Time, p peer.ID, name string) {
	t.put(`"ph":"e","name":"%s","cat":"%s","id":%d,"pid":1,"tid":%d,"ts":%s`, name, category, id, thread(p), micros(int64(at)))
}

// flow writes an end of the flow of a message to a peer: s where it starts, f
// where it ends.
func (t *track) flow(end string, ref history.Ref, to peer.ID, e *journal.Event) {
	id := int64(ref)*int64(t.run.History.Peers) + int64(to)
	binds := ""
	if end == "f" {
		binds = `,"bp":"e"` // to the slice around it, not to the next
	}
	t.put(`"ph":"%s","name":"message","cat":"message","id":%d,"pid":1,"tid":%d,"ts":%s%s`, end, id, thread(e.Peer), micros(int64(e.At)), binds)
}

// event writes what an event is in the format, phases apart.
func (t *track) event(e *journal.Event, lasts time.Duration) {
	switch e.Kind {
	case journal.Broadcast:
		t.broadcast(e, lasts)
	case journal.Delivery:
		t.delivery(e, lasts)
	case journal.Discard:
		t.instant(e, "discard "+e.Message.String(), fmt.Sprintf(`"s":"t","tid":%d`, thread(e.Peer)))
	case journal.Crash:
		if !t.down[e.Peer] {
			t.begin("down", int64(e.Peer), e.At, e.Peer, e.Peer.String()+" is down", "")
		}
		t.down[e.Peer] = true
	case journal.Restart:
		t.restart(e.Peer, e.At)
	case journal.Fault:
		what := "begins"
		if e.Ends {
			what = "ends"
		}
		t.instant(e, fmt.Sprintf("fault %d %s", e.Value, what), `"s":"g"`)
	case journal.Heal:
		t.instant(e, "everything is repaired", `"s":"g"`)
	}
}

func (t *track) instant(e *journal.Event, name, scope string) {
	t.put(`"ph":"i","name":"%s","cat":"fault","pid":1,"ts":%s,%s`, name, micros(int64(e.At)), scope)
}

func (t *track) restart(p peer.ID, at sim.Time) {
	if t.down[p] {
		t.over("down", int64(p), at, p, p.String()+" is down")
	}
	t.down[p] = false
}

func (t *track) broadcast(e *journal.Event, lasts time.Duration) {
	ref := t.diary.broadcast(e)
	t.slice(e, "send "+e.Message.String(), "message", lasts, `"message":"`+e.Message.String()+`"`)
	n := t.run.History.Peers
	for q, joins := range t.joins[int(ref)*n : int(ref+1)*n] {
		if joins {
			t.flow("s", ref, peer.ID(q), e)
		}
	}
}

func (t *track) delivery(e *journal.Event, lasts time.Duration) {
	x := t.diary.delivery(e)
	args := fmt.Sprintf(`"message":"%v","position":%d,"hold_ms":%s`, e.Message, x.position, ms(e.At-x.arrived))
	if x.sent != sim.Never {
		args += `,"latency_ms":` + ms(e.At-x.sent)
	}
	t.slice(e, "deliver "+e.Message.String(), "message", lasts, args)
	if x.ref != history.NoRef {
		if joins := &t.joins[int(x.ref)*t.run.History.Peers+int(e.Peer)]; *joins {
			t.flow("f", x.ref, e.Peer, e)
			*joins = false // a log that repeats a message has one flow for it
		}
	}
	if x.arrived < e.At {
		t.over("held", t.entries, e.At, e.Peer, "held at "+e.Peer.String())
	}
	t.entries++
}

// finish ends what lasts beyond the run.
func (t *track) finish() {
	for p := range t.down {
		t.restart(peer.ID(p), t.end)
	}
	t.w.printf("\n]}\n")
}
