package run

import (
	"fmt"
	"strings"

	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/sim"
)

// Mismatch is the first event in which two executions of one run differ, and
// what led to it.
type Mismatch struct {
	Event  uint64 // its number among the handled events, from 1
	At     sim.Time
	First  []journal.Event // what the first execution did in that event, from the first difference on
	Second []journal.Event

	// Past is the causal past of the difference, in both executions the same,
	// the nearest first: what happened before it where it happened, the sending
	// of every packet that arrived there, what happened before that, and so on
	// (Lamport, CACM 21(7), 1978); and the faults before it. Of packets that
	// did not arrive in it there is nothing.
	Past []Happening
	More int    // happenings of the past, nearer than Kept, that are not in Past
	Kept uint64 // nothing is known of the past before this event; 0 = all is
}

// Happening is a recorded event with the number of the handled event it
// happened in; 0 = before the first.
type Happening struct {
	Number uint64
	journal.Event
}

// String says what differs and what led to it, in words.
func (m *Mismatch) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the same seed made two histories: they part at event %d, at %s ms\n", m.Event, m.At.AppendMS(nil))
	for i, side := range [][]journal.Event{m.First, m.Second} {
		for _, ev := range side {
			fmt.Fprintf(&b, "  run %d: %s\n", i+1, journal.Describe(ev))
		}
		switch {
		case len(side) > 0:
		case len(m.First)+len(m.Second) > 0:
			fmt.Fprintf(&b, "  run %d: nothing\n", i+1)
		default:
			fmt.Fprintf(&b, "  run %d: what is recorded is the same; the names of packets, their sizes or the limit differ\n", i+1)
		}
	}
	b.WriteString("what led to it, the nearest first:\n")
	if len(m.Past) == 0 {
		b.WriteString("  nothing that is recorded\n")
	}
	for _, h := range m.Past {
		fmt.Fprintf(&b, "  event %d: %s\n", h.Number, journal.Describe(h.Event))
	}
	if m.More > 0 {
		fmt.Fprintf(&b, "  and %d more before that\n", m.More)
	}
	if m.Kept > 0 {
		fmt.Fprintf(&b, "  what came before event %d is not kept\n", m.Kept)
	}
	return b.String()
}

// verifyWindow bounds what is recorded of one event: a broadcast to the
// largest group and what follows from it.
const verifyWindow = 1 << 18

// Verify executes one seed twice, side by side, and compares the digests after
// every event. It returns nil if they never differ.
func Verify(p *Plan, seed uint64) (*Mismatch, error) {
	var engines [2]*Engine
	var recorders [2]*journal.Recorder
	for i := range engines {
		recorders[i] = &journal.Recorder{}
		e, err := NewEngine(p, Options{Recorder: recorders[i]})
		if err != nil {
			return nil, err
		}
		engines[i] = e
		recorders[i].Reset(verifyWindow, 0, -1)
		e.start(seed)
	}
	return compareSteps(engines, recorders)
}

func compareSteps(engines [2]*Engine, recorders [2]*journal.Recorder) (*Mismatch, error) {
	a, b := engines[0], engines[1]
	var past past
	for {
		if a.digest.Sum() != b.digest.Sum() || a.now != b.now || a.outcome.Limit != b.outcome.Limit {
			return mismatch(a, recorders, &past), firstError(a.err, b.err)
		}
		past.add(a.outcome.Events, recorders[0].Events())
		recorders[0].Reset(verifyWindow, 0, -1)
		recorders[1].Reset(verifyWindow, 0, -1)
		more, also := a.advance(), b.advance()
		if more != also {
			return mismatch(a, recorders, &past), firstError(a.err, b.err)
		}
		if !more {
			return nil, firstError(a.err, b.err)
		}
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// mismatch takes what both executions recorded in the event at hand, from the
// first record that differs, and what led to it.
func mismatch(e *Engine, recorders [2]*journal.Recorder, past *past) *Mismatch {
	first, second := recorders[0].Events(), recorders[1].Events()
	from, _ := journal.FirstDifference(first, second)
	cut := func(events []journal.Event) []journal.Event {
		from := min(from, len(events))
		return append([]journal.Event(nil), events[from:min(len(events), from+4)]...)
	}
	m := &Mismatch{Event: e.outcome.Events, At: e.now, First: cut(first), Second: cut(second)}
	past.add(m.Event, first[:from])
	var where []peer.ID
	for _, side := range [][]journal.Event{m.First, m.Second} {
		if len(side) > 0 {
			where = append(where, side[0].Peer)
		}
	}
	if where == nil { // the difference is not in what is recorded: begin at what is
		for _, ev := range first {
			where = append(where, ev.Peer)
		}
	}
	m.Past, m.More, m.Kept = past.of(where, pastShown)
	return m
}
