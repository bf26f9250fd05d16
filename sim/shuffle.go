package sim

// A Shuffle hands out the events of a Scheduler in an order of its own where
// their times are equal: among all that are pending at the least time the one of
// the least rank, and those of one rank in the order in which they were
// scheduled. What is scheduled for the present instant joins those that are left
// of it. Times stay in order, so that only what rested on an accident of
// insertion comes out otherwise.
//
// It is meant for tests of that, and leaves the Scheduler's own way untouched. A
// Shuffle must see every call of Next; Reset goes with the Scheduler's.
type Shuffle[E any] struct {
	from *Scheduler[E]
	rank func(Time, E) uint64
	at   Time
	pool []ranked[E] // a heap of what is left of the instant
	next uint64      // events drawn from the scheduler
}

type ranked[E any] struct {
	rank, sequence uint64
	e              E
}

func (x *ranked[E]) less(y *ranked[E]) bool {
	return x.rank < y.rank || x.rank == y.rank && x.sequence < y.sequence
}

// NewShuffle takes events from s. The rank of an event should be a function of
// what it is, never of when it was scheduled; it is asked once for each event,
// when the time of the event has come.
func NewShuffle[E any](s *Scheduler[E], rank func(Time, E) uint64) *Shuffle[E] {
	return &Shuffle[E]{from: s, rank: rank}
}

// Reset forgets the events in hand, on the same memory.
func (s *Shuffle[E]) Reset() { s.at, s.pool, s.next = 0, s.pool[:0], 0 }

// Next removes the next event and returns it with its time; false when no event
// is left.
func (s *Shuffle[E]) Next() (Time, E, bool) {
	if len(s.pool) == 0 && !s.draw() {
		var none E
		return s.at, none, false
	}
	for {
		at, ok := s.from.Peek()
		if !ok || at != s.at {
			break
		}
		s.draw()
	}
	return s.at, s.pop(), true
}

// Peek returns the time of the event that Next would return, without removing
// it, and false (and Never) when there is none.
func (s *Shuffle[E]) Peek() (Time, bool) {
	if len(s.pool) > 0 {
		return s.at, true
	}
	return s.from.Peek()
}

// Len returns how many events are pending, those in hand included.
func (s *Shuffle[E]) Len() int { return s.from.Len() + len(s.pool) }

// draw takes one event from the scheduler into the pool.
func (s *Shuffle[E]) draw() bool {
	at, e, ok := s.from.Next()
	if !ok {
		return false
	}
	s.at = at
	s.push(ranked[E]{s.rank(at, e), s.next, e})
	s.next++
	return true
}

func (s *Shuffle[E]) push(x ranked[E]) {
	s.pool = append(s.pool, x)
	i := len(s.pool) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !x.less(&s.pool[up]) {
			break
		}
		s.pool[i] = s.pool[up]
		i = up
	}
	s.pool[i] = x
}

func (s *Shuffle[E]) pop() E {
	least, last := s.pool[0], s.pool[len(s.pool)-1]
	s.pool = s.pool[:len(s.pool)-1]
	n, i := len(s.pool), 0
	for {
		down := 2*i + 1
		if down >= n {
			break
		}
		if down+1 < n && s.pool[down+1].less(&s.pool[down]) {
			down++
		}
		if !s.pool[down].less(&last) {
			break
		}
		s.pool[i] = s.pool[down]
		i = down
	}
	if n > 0 {
		s.pool[i] = last
	}
	return least.e
}
