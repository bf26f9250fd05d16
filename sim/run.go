package sim

const (
	// firstRun is the initial capacity of the run, in entries.
	firstRun = 256
	// longRun is the length from which the place of an insertion into the run
	// is searched and its cost accounted for; also the number of pending
	// events above which there is a wheel. Up to here moving entries is
	// cheaper than any structure.
	longRun = 32
	// fewPending is the number of pending events at which the wheel goes
	// again; well below longRun, so that a population near the border does not
	// go to and fro.
	fewPending = 12
)

// insert adds an entry to the run, after all that are not later.
func (s *Scheduler[E]) insert(at Time, e E) {
	if s.hi-s.lo >= longRun {
		s.insertLong(at, e)
		return
	}
	if s.hi == len(s.run) {
		s.makeRoom()
	}
	run := s.run[s.lo : s.hi+1]
	i := len(run) - 1
	if i > 0 && run[i-1].at <= at {
		if s.limit == 0 && s.outlies(at, run[i-1].at) {
			s.postpone(at, e)
			return
		}
	} else {
		for ; i > 0; i-- {
			x := run[i-1]
			if x.at <= at {
				break
			}
			run[i] = x
		}
	}
	run[i] = entry[E]{at, e}
	s.hi++
}

// outlier is how many times as far away as the last event of a run that is the
// whole queue an event must be to wait apart.
const outlier = 8

// outlies reports whether at is so far beyond the last event of the run that
// every insertion to come would have to step over it: timers among packets. The
// run then ends somewhere between the two.
func (s *Scheduler[E]) outlies(at, last Time) bool {
	near := uint64(last - s.now)
	if near == 0 || uint64(at-s.now)/outlier <= near {
		return false
	}
	s.runLast = s.now + Time(outlier*near)
	return true
}

// collect moves what waits apart into the run, which is empty, up to the first
// that outlies the one before it.
func (s *Scheduler[E]) collect() {
	s.lo, s.hi = 0, copy(s.run, s.far)
	s.far, s.runLast = s.far[:0], Never
	insertionSort(s.run[:s.hi])
	for i := 1; i < s.hi; i++ {
		if s.outlies(s.run[i].at, s.run[i-1].at) {
			for _, x := range s.run[i:s.hi] {
				s.postpone(x.at, x.e)
			}
			s.hi = i
			return
		}
	}
}

// insertLong is insert for a long run. A run that was the whole queue becomes
// a wheel; one that costs too much to insert into is dealt out again over
// narrower buckets.
func (s *Scheduler[E]) insertLong(at Time, e E) {
	if s.hi == len(s.run) {
		s.makeRoom()
	}
	lo, hi := s.lo, s.hi
	for lo < hi { // first entry later than at
		mid := int(uint(lo+hi) >> 1)
		if s.run[mid].at > at {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	copy(s.run[lo+1:s.hi+1], s.run[lo:s.hi])
	s.run[lo] = entry[E]{at, e}
	moved := s.hi - lo
	s.hi++
	if s.limit == 0 {
		s.rebuild(fromPending)
		return
	}
	s.tuning.moved += uint64(moved)
	if s.tuning.moved > s.tuning.allowed {
		s.overdrawn()
	}
}

// makeRoom makes place for one entry at the end of the run, by moving it to
// the front of its memory when at least half of that is spent.
func (s *Scheduler[E]) makeRoom() {
	if len(s.run) == 0 {
		s.run = make([]entry[E], firstRun)
		s.runLast = Never
		return
	}
	n := s.hi - s.lo
	if s.lo >= len(s.run)/2 {
		copy(s.run, s.run[s.lo:s.hi])
	} else {
		grown := make([]entry[E], 2*len(s.run))
		copy(grown, s.run[s.lo:s.hi])
		s.run = grown
	}
	s.lo, s.hi = 0, n
}

// sortRun sorts the run, in which equal times stand in push order: by
// insertion where it is short or nearly sorted, else by merging. Both are
// stable.
func (s *Scheduler[E]) sortRun(nearly bool) {
	x := s.run[s.lo:s.hi]
	if nearly || len(x) <= 16 {
		insertionSort(x)
		return
	}
	if len(s.spare) < len(x) {
		s.spare = make([]entry[E], len(s.run))
	}
	mergeSort(x, s.spare)
}

func insertionSort[E any](x []entry[E]) {
	for i := 1; i < len(x); i++ {
		y := x[i]
		j := i
		for j > 0 && x[j-1].at > y.at {
			x[j] = x[j-1]
			j--
		}
		if j != i {
			x[j] = y
		}
	}
}

func isSorted[E any](x []entry[E]) bool {
	for i := 1; i < len(x); i++ {
		if x[i-1].at > x[i].at {
			return false
		}
	}
	return true
}

// mergeSort is a top-down merge sort that leaves sorted stretches alone, so
// that equal times and sorted input cost one pass.
func mergeSort[E any](x, spare []entry[E]) {
	if isSorted(x) {
		return
	}
	if len(x) <= 16 {
		insertionSort(x)
		return
	}
	mid := len(x) / 2
	mergeSort(x[:mid], spare)
	mergeSort(x[mid:], spare)
	left := spare[:copy(spare, x[:mid])]
	right := x[mid:]
	for k := range x {
		if len(left) == 0 {
			return // the rest of right is in place
		}
		if len(right) > 0 && right[0].at < left[0].at {
			x[k], right = right[0], right[1:]
		} else {
			x[k], left = left[0], left[1:]
		}
	}
}
