package sim

import (
	"math/bits"
	"slices"
)

// tuning is what the queue knows of its load, all of it counts since Reset.
type tuning struct {
	popped  uint64 // events popped when the wheel was last built
	now     Time   // the time at that point
	moved   uint64 // entries moved one by one since then: in long runs, in scans of far
	allowed uint64 // moves after which the width is looked at again
	check   uint64 // count of popped events at which the width is looked at again
	outgrew int    // number of pending events at which it is looked at again
	narrow  uint   // ticks are narrower by this power of two than counts suggest
}

// Sources of the estimate of how dense events lie in time.
type source int

const (
	fromPending source = iota // the nearer part of what is pending
	fromRun                   // the run
	fromHistory               // what was popped since the wheel was built
)

const (
	minBuckets = 64
	maxBuckets = 1 << 16
	maxShift   = 56   // widest tick: two years
	maxNarrow  = 4    // beyond that the horizon is too near for the population
	giant      = 4096 // entries in a bucket that call for narrower buckets
)

// wheelFor returns the number of buckets, and of events wanted in one tick,
// for a population. Together they span four times the population at its own
// rate, so that few events with exponential delays lie beyond the horizon.
func wheelFor(pending int) (buckets, perTick int) {
	perTick = 1 << max(min(5, bits.Len(uint(pending))-3), bits.Len(uint(pending))/2)
	buckets = 1 << bits.Len(uint(8*pending/perTick))
	buckets = min(max(buckets, minBuckets), maxBuckets)
	return buckets, max(perTick, 8*pending/buckets)
}

// refill fills the empty run with the next bucket. It returns false when no
// event is pending.
func (s *Scheduler[E]) refill() bool {
	pending := s.Len()
	if pending == 0 {
		return false
	}
	switch {
	case s.limit == 0 && pending <= longRun:
		s.collect()
		return true
	case s.limit == 0:
		s.rebuild(fromPending)
	case pending <= fewPending:
		s.collapse()
		return true
	}
	if s.popped >= s.tuning.check || s.tuning.moved > s.tuning.allowed || pending > s.tuning.outgrew {
		s.review()
	}
	for again := true; ; again = false {
		tick, ok := s.nextTick()
		if !ok {
			tick = uint64(s.farMin) >> s.shift
		}
		if tick+(s.mask+1)/2 >= s.limit {
			s.turn(tick)
		}
		n := int(s.buckets[tick&s.mask].n)
		s.open(tick)
		if again && n >= giant && n >= pending/8 && s.run[0].at < s.run[n-1].at {
			s.rebuild(fromRun)
			continue
		}
		return true
	}
}

// collapse moves the few pending events into the run, which is then the whole
// queue.
func (s *Scheduler[E]) collapse() {
	s.gather()
	s.clearWheel()
	s.collect()
}

// turn moves the horizon to one round beyond tick and brings in what far holds
// before it. Nothing may be pending before tick, save in the run.
//
// The horizon stands still in between, though the ring has room: an event that
// was put into the wheel where an earlier one of the same time is in far would
// overtake it.
func (s *Scheduler[E]) turn(tick uint64) {
	s.limit = tick + s.mask + 1
	s.cursor = tick
	if len(s.far) == 0 || uint64(s.farMin)>>s.shift >= s.limit {
		return
	}
	s.tuning.moved += uint64(len(s.far))
	kept, least := s.far[:0], Never
	for _, x := range s.far {
		if t := uint64(x.at) >> (s.shift & 63); t < s.limit {
			s.place(x.at, x.e)
			continue
		}
		kept = append(kept, x)
		least = min(least, x.at)
	}
	s.far, s.farMin = kept, least
}

// gather appends the run and all buckets to far, which keeps equal times in
// push order: entries of equal time are all in one place.
func (s *Scheduler[E]) gather() {
	s.far = slices.Grow(s.far, s.Len()-len(s.far))
	s.far = append(s.far, s.run[s.lo:s.hi]...)
	s.lo, s.hi = 0, 0
	for {
		tick, ok := s.nextTick()
		if !ok {
			break
		}
		b := s.take(tick)
		end := len(s.far) + int(b.n)
		s.far = s.far[:end]
		for c := b; c.n > 0; c = s.before(c) {
			part := s.chunkOf(c)
			end -= len(part)
			copy(s.far[end:], part)
		}
		s.cursor = tick + 1
	}
	s.free, s.used = 0, 0
}

// rebuild deals all pending entries out again, over buckets whose number fits
// the population and whose width fits the density of events.
func (s *Scheduler[E]) rebuild(from source) {
	var gap, events uint64
	switch from {
	case fromHistory:
		gap, events = uint64(s.now-s.tuning.now), s.popped-s.tuning.popped
	case fromRun:
		gap, events = s.runGap()
	}
	s.gather()
	if gap == 0 {
		gap, events = s.nearGap()
	}
	buckets, perTick := wheelFor(len(s.far))
	s.resize(buckets)
	s.shift = shiftFor(gap, events, uint64(perTick), s.tuning.narrow)
	s.farMin = Never
	for i := range s.far {
		s.farMin = min(s.farMin, s.far[i].at)
	}
	// The wheel begins at the present, not at the least event: what is
	// scheduled in between must not pile up in the run.
	first := uint64(s.now) >> s.shift
	s.runLast = Time(first<<s.shift) - 1
	s.turn(first)
	s.settle()
}

// settle begins a new period of observation.
func (s *Scheduler[E]) settle() { s.settleFor(s.Len()) }

// settleFor is settle where so many events are pending, or soon will be.
func (s *Scheduler[E]) settleFor(pending int) {
	s.tuning = tuning{
		popped:  s.popped,
		now:     s.now,
		allowed: 8*uint64(pending) + 4096,
		check:   s.popped + 4*uint64(pending) + 1024,
		outgrew: 8*pending + 1024,
		narrow:  s.tuning.narrow,
	}
}

// runGap returns the time that the first quarter of the run spans, and its
// number of events; of the whole run when that quarter is one instant.
func (s *Scheduler[E]) runGap() (gap, events uint64) {
	run := s.run[s.lo:s.hi]
	for _, n := range [...]int{len(run) / 4, len(run) - 1} {
		if gap = uint64(run[n].at - run[0].at); gap > 0 {
			return gap, uint64(n)
		}
	}
	return 0, 0
}

// nearGap estimates the density of the nearer half of far, which holds all
// that is pending: the time that so many events span. It looks at a sample.
func (s *Scheduler[E]) nearGap() (gap, events uint64) {
	var sample [64]Time
	n := min(len(sample), len(s.far))
	for i := range n {
		sample[i] = s.far[i*len(s.far)/n].at
	}
	slices.Sort(sample[:n])
	return uint64(sample[n/2] - sample[0]), uint64(len(s.far) / 2)
}

// shiftFor returns the width of a tick, as a power of two nanoseconds, that
// holds about perTick events where so many events span gap nanoseconds, less
// the correction narrow.
func shiftFor(gap, events, perTick uint64, narrow uint) uint {
	if events == 0 {
		return 0
	}
	hi, lo := bits.Mul64(gap, perTick)
	if hi >= events {
		return maxShift
	}
	width, _ := bits.Div64(hi, lo, events)
	shift := uint(bits.Len64(width|1)) - 1
	return min(shift-min(shift, narrow), maxShift)
}

// review compares the width of the ticks with the rate at which events were
// popped since the wheel was built and their number with the population, and
// builds the wheel anew when one is far off.
func (s *Scheduler[E]) review() {
	buckets, perTick := wheelFor(s.Len())
	events, gap := s.popped-s.tuning.popped, uint64(s.now-s.tuning.now)
	shift := shiftFor(gap, events, uint64(perTick), s.tuning.narrow)
	have := int(s.mask) + 1
	misfit := have > 4*buckets || 4*have < buckets
	switch {
	case events < longRun || gap == 0:
		// Too few to tell a rate; but if they cost this much, all is wrong.
		if misfit || s.tuning.moved > s.tuning.allowed {
			s.rebuild(fromPending)
			return
		}
	case misfit || shift+2 <= s.shift || shift >= s.shift+2:
		s.rebuild(fromHistory)
		return
	}
	s.settle()
}

// overdrawn is called when inserting into the run has cost more than it
// should: the run is denser than the ticks were made for, or much of what is
// pending is idle and the ticks span all the rest.
func (s *Scheduler[E]) overdrawn() {
	if s.shift == 0 || s.tuning.moved <= 8*(s.popped-s.tuning.popped) {
		s.settle()
		return
	}
	if s.hi-s.lo < giant {
		s.tuning.narrow = min(s.tuning.narrow+1, maxNarrow)
	}
	s.rebuild(fromRun)
}
