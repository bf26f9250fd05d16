package sim

import (
	"testing"

	"pgregory.net/rapid"
)

// TestAgendaIsAScheduler holds an agenda, with windows of every width, to a
// scheduler that gets the same events: bursts and sparse ones, near and far, with
// ties, and new ones between those that are taken.
func TestAgendaIsAScheduler(t *testing.T) {
	t.Parallel()
	windowed := false
	rapid.Check(t, func(t *rapid.T) {
		p := &agendaPair{word: rapid.Uint64().Draw(t, "word") | 1}
		p.a.most = rapid.IntRange(0, 64).Draw(t, "sheets") // few, so that some go back
		for range rapid.IntRange(1, 2).Draw(t, "rounds") {
			for range rapid.IntRange(1, 12).Draw(t, "steps") {
				p.step(t)
				windowed = windowed || p.a.Windowed()
			}
			if rapid.Bool().Draw(t, "whole") {
				for p.take(t) {
				}
				if p.a.Windowed() {
					t.Fatal("an empty agenda has a horizon")
				}
			}
			p.a.Reset()
			p.s.Reset()
		}
	})
	if !windowed {
		t.Error("no agenda ever had a horizon")
	}
}

type agendaPair struct {
	a    Agenda[uint32]
	s    Scheduler[uint32]
	word uint64
	next uint32
}

// step schedules events, or takes some and schedules others meanwhile.
func (p *agendaPair) step(t *rapid.T) {
	spread := int64(1) << rapid.IntRange(0, 44).Draw(t, "spread")
	switch count := rapid.IntRange(0, 3000).Draw(t, "count"); rapid.IntRange(0, 3).Draw(t, "what") {
	case 0:
		p.a.Widen(Time(rapid.Int64Range(0, 2<<rapid.IntRange(0, 44).Draw(t, "bits")).Draw(t, "width")))
	case 1:
		for range count {
			p.add(spread)
		}
	default:
		refill := rapid.IntRange(0, 4).Draw(t, "refill")
		for k := range count {
			if k%16 == 0 {
				at, ok := p.a.Peek()
				if want, wantOK := p.s.Peek(); at != want || ok != wantOK {
					t.Fatalf("an event at %d, %v is next; want %d, %v", at, ok, want, wantOK)
				}
			}
			if !p.take(t) {
				break
			}
			if k%4 < refill {
				p.add(spread)
			}
		}
	}
	if p.a.Len() != p.s.Len() {
		t.Fatalf("%d events to come; want %d", p.a.Len(), p.s.Len())
	}
}

func (p *agendaPair) add(spread int64) {
	p.word = p.word*6364136223846793005 + 1442695040888963407
	at := p.s.Now() + Time(int64(p.word>>18)%spread)
	p.a.Schedule(at, p.next)
	p.s.Schedule(at, p.next)
	p.next++
}

func (p *agendaPair) take(t *rapid.T) bool {
	at, e, ok := p.a.Next()
	wantAt, want, wantOK := p.s.Next()
	if at != wantAt || e != want || ok != wantOK || p.a.Now() != p.s.Now() || p.a.Ties() != p.s.Ties() {
		t.Fatalf("event %d at %d, %v comes next; want %d at %d, %v", e, at, ok, want, wantAt, wantOK)
	}
	return ok
}

// TestAgendaToTheEndOfTime: the last window ends where time does, so that no
// horizon is behind it.
func TestAgendaToTheEndOfTime(t *testing.T) {
	t.Parallel()
	for _, width := range []Time{1, 1 << 20, 1 << 40} {
		var a Agenda[int]
		a.Widen(width)
		a.Schedule(Never-1, 0)
		a.Schedule(Never, 2)
		if at, e, ok := a.Next(); at != Never-1 || e != 0 || !ok {
			t.Fatalf("windows of %d: Next() = %s, %d, %t; want the event right before the end", width, at, e, ok)
		}
		a.Schedule(Never-1, 1)
		for want := 1; want <= 2; want++ {
			if at, e, ok := a.Next(); e != want || !ok {
				t.Errorf("windows of %d: Next() = %s, %d, %t; want %d", width, at, e, ok, want)
			}
		}
		if a.Len() != 0 || a.Windowed() {
			t.Errorf("windows of %d: %d events to come, a horizon: %t; want none", width, a.Len(), a.Windowed())
		}
	}
}
