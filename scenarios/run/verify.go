package run

import (
	"fmt"
	"strings"

	"mpcomm/peer/journal"
	"mpcomm/sim"
)

// Mismatch is the first event in which two executions of one run differ.
type Mismatch struct {
	Event  uint64 // its number among the handled events, from 1
	At     sim.Time
	First  []journal.Event // what the first execution did in that event
	Second []journal.Event
}

// String says what differs, in words.
func (m *Mismatch) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the same seed made two histories: they part at event %d, at %s ms\n", m.Event, m.At.AppendMS(nil))
	for i, side := range [][]journal.Event{m.First, m.Second} {
		for _, ev := range side {
			fmt.Fprintf(&b, "  run %d: %s\n", i+1, journal.Describe(ev))
		}
		if len(side) == 0 {
			fmt.Fprintf(&b, "  run %d: nothing\n", i+1)
		}
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
	for {
		if a.digest.Sum() != b.digest.Sum() || a.now != b.now || a.outcome.Limit != b.outcome.Limit {
			return mismatch(a, recorders), firstError(a.err, b.err)
		}
		recorders[0].Reset(verifyWindow, 0, -1)
		recorders[1].Reset(verifyWindow, 0, -1)
		more, also := a.advance(), b.advance()
		if more != also {
			return mismatch(a, recorders), firstError(a.err, b.err)
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
// first record that differs.
func mismatch(e *Engine, recorders [2]*journal.Recorder) *Mismatch {
	first, second := recorders[0].Events(), recorders[1].Events()
	from, _ := journal.FirstDifference(first, second)
	cut := func(events []journal.Event) []journal.Event {
		from := min(from, len(events))
		return append([]journal.Event(nil), events[from:min(len(events), from+4)]...)
	}
	return &Mismatch{Event: e.outcome.Events, At: e.now, First: cut(first), Second: cut(second)}
}
