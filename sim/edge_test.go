package sim

import (
	"fmt"
	"strings"
	"testing"
)

func TestScheduleInThePastPanics(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		first Time
		at    Time
	}{
		{"before an event handed out", 1000, 999},
		{"before the beginning", 0, -1},
		{"the least time", 5, -1 << 63},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var s Scheduler[int]
			s.Schedule(tc.first, 0)
			s.Next()
			defer func() {
				got := fmt.Sprint(recover())
				if !strings.Contains(got, "sim: Scheduler.Schedule") || !strings.Contains(got, "past") {
					t.Errorf("panic = %q, want one that names the past", got)
				}
				if s.Len() != 0 {
					t.Errorf("Len() = %d after the panic, want 0", s.Len())
				}
			}()
			s.Schedule(tc.at, 1)
		})
	}
}

func TestZeroScheduler(t *testing.T) {
	t.Parallel()
	var s Scheduler[int]
	s.Reset()
	if _, _, ok := s.Next(); ok {
		t.Error("Next of an empty Scheduler found an event")
	}
	if at, ok := s.Peek(); ok || at != Never {
		t.Errorf("Peek of an empty Scheduler = %s, %t; want never, false", at, ok)
	}
	s.Schedule(Never, 7)
	s.Schedule(0, 8)
	if at, e, ok := s.Next(); at != 0 || e != 8 || !ok {
		t.Errorf("Next() = %s, %d, %t; want 0.0ms, 8, true", at, e, ok)
	}
	if got := s.Ties(); got != 0 {
		t.Errorf("Ties() = %d after one event at 0, want 0", got)
	}
	if at, e, ok := s.Next(); at != Never || e != 7 || !ok {
		t.Errorf("Next() = %s, %d, %t; want never, 7, true", at, e, ok)
	}
}

func TestPeekDoesNotHoldTimeUp(t *testing.T) {
	t.Parallel()
	// Peek may open a far bucket; what is scheduled before it afterwards must
	// still come first.
	var s Scheduler[int]
	for i := range 200 {
		s.Schedule(Time(1000+i)*1_000_000_000, i)
	}
	if at, ok := s.Peek(); at != 1000*1_000_000_000 || !ok {
		t.Fatalf("Peek() = %s, %t; want 1000000.0ms, true", at, ok)
	}
	s.Schedule(7, -1)
	if at, ok := s.Peek(); at != 7 || !ok {
		t.Errorf("Peek() = %s, %t; want 0.000007ms, true", at, ok)
	}
	if at, e, ok := s.Next(); at != 7 || e != -1 || !ok {
		t.Errorf("Next() = %s, %d, %t; want 0.000007ms, -1, true", at, e, ok)
	}
	if got := s.Now(); got != 7 {
		t.Errorf("Now() = %s, want 0.000007ms", got)
	}
}

func TestNextOfADrainedSchedulerKeepsTime(t *testing.T) {
	t.Parallel()
	var s Scheduler[int]
	s.Schedule(42, 1)
	s.Next()
	if at, e, ok := s.Next(); at != 42 || e != 0 || ok {
		t.Errorf("Next() = %s, %d, %t; want 0.000042ms, 0, false", at, e, ok)
	}
	s.Schedule(42, 2)
	if _, e, ok := s.Next(); e != 2 || !ok {
		t.Errorf("Next() = #%d, %t; want #2, true", e, ok)
	}
	if got := s.Ties(); got != 1 {
		t.Errorf("Ties() = %d, want 1", got)
	}
}

func TestResetForgetsEverythingButMemory(t *testing.T) {
	t.Parallel()
	for _, pending := range []int{0, 1, 20, 500, 20_000} {
		for _, pops := range []int{0, 1, pending / 2, pending} {
			var s Scheduler[uint64]
			for i := range uint64(pending) {
				s.Schedule(Time(word(i)>>40), i)
			}
			for range pops {
				s.Next()
			}
			s.Reset()
			if s.Len() != 0 || s.Now() != 0 || s.Ties() != 0 {
				t.Errorf("%d pending, %d popped: after Reset Len, Now, Ties = %d, %s, %d; want 0, 0.0ms, 0",
					pending, pops, s.Len(), s.Now(), s.Ties())
			}
			if _, _, ok := s.Next(); ok {
				t.Errorf("%d pending, %d popped: an event survived Reset", pending, pops)
			}
			checkPlaces(t.Fatalf, &s)
			if s.limit != 0 || s.free != 0 || s.used != 0 || s.tuning != (tuning{}) {
				t.Errorf("%d pending, %d popped: Reset kept tuning or chunks: %+v", pending, pops, s.tuning)
			}
			s.Schedule(0, 9)
			if at, e, ok := s.Next(); at != 0 || e != 9 || !ok || s.Ties() != 0 {
				t.Errorf("%d pending, %d popped: Next() = %s, %d, %t with %d ties; want 0.0ms, 9, true with 0",
					pending, pops, at, e, ok, s.Ties())
			}
		}
	}
}

// TestNoAllocationsOnTheSecondPass runs the same seeds twice on one scheduler:
// memory that the first pass needed must serve the second, whatever came last.
func TestNoAllocationsOnTheSecondPass(t *testing.T) {
	var s Scheduler[hop]
	pass := func() {
		for seed := range uint64(12) {
			s.Reset()
			pending := 10 + word(seed)%5000
			mean := Time(1) << (10 + seed%20)
			for i := range pending {
				s.Schedule(exponential(word(seed<<32+i), mean), hop{})
			}
			for i := range uint64(20_000) {
				now, e, _ := s.Next()
				w := word(seed<<32 + 1<<31 + i)
				d := exponential(w, mean)
				if w%64 == 0 {
					d *= 1000
				}
				s.Schedule(now+d, e)
				if i == 10_000 { // a burst
					for k := range pending {
						s.Schedule(now+exponential(word(w+k), mean/8), e)
					}
				}
			}
		}
	}
	if got := testing.AllocsPerRun(2, pass); got != 0 { // it runs pass once before it counts
		t.Errorf("%g allocations a pass, want 0", got)
	}
}
