package cli

import (
	"io"
	"time"

	"mpcomm/reports/screen"
	"mpcomm/scenarios/sweep"
)

// Times of the progress of a sweep.
const (
	silentFirst = 300 * time.Millisecond // a shorter sweep shows none
	redraw      = 100 * time.Millisecond
	mostLines   = 5
)

// follower tells how far a sweep is: lines that are drawn over themselves on a
// terminal, else plain ones now and then.
type follower struct {
	health   *screen.Health
	terminal *screen.Board // nil = it is none
	width    int
	plain    io.Writer
	told     time.Duration
}

// tick tells how far the sweep is, if it is time to.
func (f *follower) tick(now sweep.Activity, elapsed time.Duration) {
	beats := make([]screen.Beat, len(now.Workers))
	for i, w := range now.Workers {
		beats[i] = screen.Beat(w)
	}
	if f.health == nil {
		f.health = screen.NewHealth("runs", now.Total)
	}
	f.health.Observe(now.Kept, beats, elapsed)
	switch {
	case f.terminal != nil && elapsed >= silentFirst:
		_ = f.terminal.Draw(f.health.Lines(f.width, mostLines)) // what cannot be told is lost
	case f.terminal == nil && screen.PlainDue(f.told, elapsed):
		f.told = elapsed
		_, _ = io.WriteString(f.plain, f.health.Plain()+"\n")
	}
}

// follow tells how far the sweep is until stop is called, which leaves an empty
// line behind.
func (a *app) follow(w *campaign, begin time.Time) (stop func()) {
	if w.quiet {
		return func() {}
	}
	f := &follower{plain: a.talk}
	if a.talksToTerminal() {
		f.width = widthOf(a.talk, true)
		f.terminal = screen.NewBoard(a.talk, f.width)
	}
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(redraw)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				f.tick(w.prepare.Activity(), time.Since(begin))
			case <-quit:
				if f.terminal != nil {
					_ = f.terminal.Draw(nil)
				}
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-gone
	}
}
