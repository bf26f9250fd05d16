package sim

import (
	"fmt"
	"slices"
)

// A Scheduler holds the events still to come and hands them out least (time,
// sequence) first, where an event's sequence is the number of events scheduled
// before it: events of equal time come out in the order they went in.
//
// E should be a small value without pointers: it is copied, and the memory of
// an event that was handed out is not cleared. Eight bytes make an entry of
// sixteen.
//
// The zero value is an empty scheduler at time 0, ready for use. A Scheduler
// must not be copied after its first use, nor used by two goroutines at once.
//
// An entry is in one of three places, by its time alone:
//
//	at <= runLast                     run    sorted; the least are popped from it
//	tick(at) < limit                  wheel  a bucket per tick, unsorted, in push order
//	otherwise                         far    unsorted, in push order
//
// where a tick is 2^shift nanoseconds. Entries of equal time are thus always
// in one place and in push order there, which is all that stability needs.
// While few events are pending there is no wheel: what lies far beyond the rest
// is in far, everything else in the run, and runLast is Never until something
// does.
type Scheduler[E any] struct {
	now    Time   // time of the last event handed out, 0 before the first
	mark   Time   // complement of the same, 0 (of no time) before the first
	ties   uint64 // see Ties
	pushed uint64 // events scheduled since Reset
	popped uint64 // events handed out since Reset

	run     []entry[E] // run[lo:hi] is sorted by (time, sequence)
	lo, hi  int
	runLast Time // the latest time that belongs to the run

	wheel[E]

	far    []entry[E]
	farMin Time // least time in far; meaningless when far is empty

	tuning tuning
	counts []uint32   // scratch of the counting sort
	spare  []entry[E] // scratch of the merge sort
}

// An entry is an event and when it happens.
type entry[E any] struct {
	at Time
	e  E
}

// Schedule adds an event that happens at time at, which must not lie in the
// past: at < Now() panics.
func (s *Scheduler[E]) Schedule(at Time, e E) {
	s.pushed++
	s.place(at, e)
}

// place puts an event that is counted where it belongs: into the run, its bucket
// or far.
func (s *Scheduler[E]) place(at Time, e E) {
	if at < s.now {
		s.panicPast(at)
	}
	if at <= s.runLast {
		s.insert(at, e)
		return
	}
	tick := uint64(at) >> (s.shift & 63)
	if tick >= s.limit {
		s.postpone(at, e)
		return
	}
	i := tick & s.mask
	b := &s.buckets[i]
	k := b.n & (chunkLen - 1)
	if k == 0 {
		s.extend(i, b)
	}
	s.slab[b.chunk<<chunkBits+k] = entry[E]{at, e}
	b.n++
}

// Next removes the least event by (time, sequence) and returns it and its
// time, to which Now advances. It returns false when no event is left, and
// then leaves Now as it was.
func (s *Scheduler[E]) Next() (Time, E, bool) {
	if !s.More() {
		var none E
		return s.now, none, false
	}
	at, e := s.Take()
	return at, e, true
}

// More reports whether an event is left. Together with Take it is Next, in two
// parts that a compiler can put in place.
func (s *Scheduler[E]) More() bool { return s.lo != s.hi || s.refill() }

// Take is Next after More has said that an event is left, and before anything
// else.
func (s *Scheduler[E]) Take() (Time, E) {
	x := &s.run[s.lo]
	s.lo++
	s.popped++
	if ^x.at == s.mark {
		s.ties++
	}
	s.now, s.mark = x.at, ^x.at
	return x.at, x.e
}

// Peek returns the time of the event that Next would return, without removing
// it, and false (and Never) when there is none.
func (s *Scheduler[E]) Peek() (Time, bool) {
	if s.lo == s.hi && !s.refill() {
		return Never, false
	}
	return s.run[s.lo].at, true
}

// Ahead returns the k-th event after the next one, k = 0 being the next itself,
// if it is known without looking further: a hint of what is likely to come, for
// a caller that wants to have memory at hand by then. Events scheduled meanwhile
// may go before it. It is false where the part of the queue that is in order
// ends, which may be at k = 0.
func (s *Scheduler[E]) Ahead(k int) (E, bool) {
	if i := s.lo + k; uint(i) < uint(s.hi) {
		return s.run[i].e, true
	}
	var none E
	return none, false
}

// Now returns the time of the event handed out last, 0 before the first.
func (s *Scheduler[E]) Now() Time { return s.now }

// Len returns the number of events still to come.
func (s *Scheduler[E]) Len() int { return int(s.pushed - s.popped) }

// Ties returns how many events since Reset happened at the same time as the
// event handed out just before them: where only the sequence decided.
func (s *Scheduler[E]) Ties() uint64 { return s.ties }

// Reset empties the scheduler and turns time back to 0. It keeps the memory
// but nothing else: what follows is the same as after a new Scheduler, down to
// the tuning, and does not allocate where the same load ran before.
func (s *Scheduler[E]) Reset() {
	if s.limit != 0 {
		s.clearWheel()
	}
	s.lo, s.hi, s.far = 0, 0, s.far[:0]
	s.now, s.mark, s.ties = 0, 0, 0
	s.pushed, s.popped = 0, 0
	s.tuning = tuning{}
	if len(s.run) > 0 {
		s.runLast = Never
	}
}

// postpone adds an event beyond the wheel's horizon. The very first event of a
// zero Scheduler, which has no wheel, comes here or to makeRoom.
func (s *Scheduler[E]) postpone(at Time, e E) {
	if len(s.run) == 0 {
		s.makeRoom()
		s.insert(at, e)
		return
	}
	if len(s.far) == 0 || at < s.farMin {
		s.farMin = at
	}
	if len(s.far) == cap(s.far) {
		s.far = slices.Grow(s.far, max(firstRun, len(s.far)))
	}
	s.far = append(s.far, entry[E]{at, e})
}

func (s *Scheduler[E]) panicPast(at Time) {
	s.pushed--
	panic(fmt.Sprintf("sim: Scheduler.Schedule: an event at %s (%d ns) lies in the past: the time is %s (%d ns), and time never runs backwards",
		at, int64(at), s.now, int64(s.now)))
}
