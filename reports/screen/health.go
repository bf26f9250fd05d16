package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Beat is what one worker of a long job has done, at an instant.
type Beat struct {
	Runs, Chunks uint64
	Seed         uint64 // at hand, if it is busy
	Busy         bool
}

// A busy worker is stalled when it has finished nothing for so long, and for
// much longer than it usually takes.
const (
	stalledAfter  = 10 * time.Second
	stalledFactor = 20
)

// Health follows a long job and its workers. It knows no clock: the caller says
// how much time has passed since the job began. It is not for use by several
// goroutines at once.
type Health struct {
	noun        string
	kept, total uint64
	elapsed     time.Duration
	workers     []pulse
}

// pulse is a worker as it was seen last, and when it last had something new.
type pulse struct {
	Beat
	changed time.Duration
}

// NewHealth follows a job of total steps, called noun ("runs").
func NewHealth(noun string, total uint64) *Health {
	return &Health{noun: noun, total: total}
}

// Observe enters what the workers have done by now, beside the steps that were
// done before the job began.
func (h *Health) Observe(kept uint64, beats []Beat, elapsed time.Duration) {
	h.kept, h.elapsed = kept, elapsed
	for i, b := range beats {
		if i == len(h.workers) {
			h.workers = append(h.workers, pulse{})
		}
		w := &h.workers[i]
		if b.Runs != w.Runs || b.Busy != w.Busy { // a new run, or something to do at last
			w.changed = elapsed
		}
		w.Beat = b
	}
}

// stalled reports whether a worker has been silent for too long, and for how
// long it has been.
func (h *Health) stalled(w *pulse) (silent time.Duration, is bool) {
	silent = h.elapsed - w.changed
	limit := stalledAfter
	if w.Runs > 0 {
		limit = max(limit, stalledFactor*w.changed/time.Duration(w.Runs))
	}
	return silent, w.Busy && silent >= limit
}

// Line says how far the job is: done, share, rate and time left, where rate is
// that since it began.
func (h *Health) Line() string {
	made := uint64(0)
	for i := range h.workers {
		made += h.workers[i].Runs
	}
	return progressText(h.noun, h.kept+made, h.total, made, h.elapsed)
}

// Plain is Line with what is wrong behind it, for a file of messages.
func (h *Health) Plain() string {
	line := h.Line()
	for i := range h.workers {
		if _, is := h.stalled(&h.workers[i]); is {
			line += "; " + h.worker(i)
		}
	}
	return line
}

// worker is one worker in words: its number, chunks, rate and last activity.
func (h *Health) worker(i int) string {
	w := &h.workers[i]
	silent, is := h.stalled(w)
	switch {
	case is:
		return fmt.Sprintf("worker %d: stalled, no run finished for %s, at seed %d", i, roughly(silent.Seconds()), w.Seed)
	case !w.Busy:
		return fmt.Sprintf("worker %d: %s, idle", i, chunksText(w.Chunks))
	}
	text := fmt.Sprintf("worker %d: %s", i, chunksText(w.Chunks))
	if seconds := h.elapsed.Seconds(); seconds > 0 {
		text += ", " + rateText(float64(w.Runs)/seconds) + "/s"
	}
	if silent >= time.Second {
		text += ", last " + roughly(silent.Seconds()) + " ago"
	}
	return text
}

func chunksText(n uint64) string {
	if n == 1 {
		return "1 chunk"
	}
	return thousands(int64(n)) + " chunks"
}

// column is the width of a worker in Lines.
const column = 36

// Lines is the job on at most so many lines of a terminal of width columns:
// Line, then every stalled worker on a line of its own, then the others beside
// each other. What finds no room is counted.
func (h *Health) Lines(width, lines int) []string {
	out := []string{h.Line()}
	var well []string
	for i := range h.workers {
		if _, is := h.stalled(&h.workers[i]); is && len(out) < lines {
			out = append(out, "  "+h.worker(i))
		} else {
			well = append(well, h.worker(i))
		}
	}
	room := max(1, width/column) * (lines - len(out))
	if len(well) > room && room > 0 {
		well = append(well[:room-1], fmt.Sprintf("and %d more workers", len(well)-room+1))
	}
	for row := range slices.Chunk(well[:min(len(well), max(room, 0))], max(1, width/column)) {
		var b strings.Builder
		for _, text := range row {
			fmt.Fprintf(&b, "  %-*s", column-2, text)
		}
		out = append(out, strings.TrimRight(b.String(), " "))
	}
	return out
}

// PlainDue reports whether it is time to tell how far a job is where nothing can
// be drawn over itself: every ten seconds in the first minute, every minute in
// the first hour, then every ten minutes. last is when that was done last, 0 =
// never.
func PlainDue(last, elapsed time.Duration) bool {
	every := 10 * time.Minute
	switch {
	case last < time.Minute:
		every = 10 * time.Second
	case last < time.Hour:
		every = time.Minute
	}
	return elapsed-last >= every
}
