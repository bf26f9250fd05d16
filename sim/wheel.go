package sim

import "math/bits"

const (
	// chunkBits: a bucket's entries lie in chunks of 2^chunkBits, so that
	// buckets need no memory of their own and a push touches one cache line.
	chunkBits = 4
	chunkLen  = 1 << chunkBits
	// maxSlots bounds the counting sort of one bucket.
	maxSlots = 4096
)

// A wheel is a ring of buckets, one per tick of 2^shift nanoseconds, for the
// ticks from the one after the run's up to limit, and the pool of chunks their
// entries are kept in.
type wheel[E any] struct {
	shift    uint
	mask     uint64   // buckets in use minus one; a power of two minus one
	limit    uint64   // first tick beyond the horizon; 0 when there is no wheel
	cursor   uint64   // tick from which the search for the next bucket begins
	buckets  []bucket // all zero where empty, over the whole memory
	occupied []uint64 // a bit per bucket

	slab []entry[E] // chunk c is slab[c<<chunkBits:][:chunkLen]; chunk 0 is none
	prev []uint32   // by chunk: the one before it in its bucket or the free list
	free uint32     // head of the list of freed chunks
	used uint32     // chunks in use or freed; those beyond are untouched
}

// A bucket is a count and the chunk its last entry is in.
type bucket struct {
	n     uint32
	chunk uint32
}

// extend gives bucket i one more chunk.
func (w *wheel[E]) extend(i uint64, b *bucket) {
	if b.n == 0 {
		w.occupied[i>>6] |= 1 << (i & 63)
	}
	c := w.free
	if c != 0 {
		w.free = w.prev[c]
	} else {
		w.used++
		c = w.used
		if int(c) >= len(w.prev) {
			w.growPool()
		}
	}
	w.prev[c] = b.chunk
	b.chunk = c
}

// growPool doubles the pool of chunks. Memory that is not reached costs
// nothing, while each entry copied costs as much as a push.
func (w *wheel[E]) growPool() {
	n := max(64, 2*len(w.prev))
	if n > 1<<(32-chunkBits) {
		panic("sim: Scheduler: more events are pending than 32 bits can number")
	}
	prev, slab := make([]uint32, n), make([]entry[E], n<<chunkBits)
	copy(prev, w.prev)
	copy(slab, w.slab)
	w.prev, w.slab = prev, slab
}

// resize sets how many buckets are used, a power of two of at least 64. All of
// them must be empty.
func (w *wheel[E]) resize(n int) {
	if n > len(w.buckets) {
		w.buckets = make([]bucket, n)
		w.occupied = make([]uint64, n/64)
	}
	w.mask = uint64(n - 1)
}

// nextTick returns the least occupied tick from cursor on, and false when
// every bucket is empty.
func (w *wheel[E]) nextTick() (uint64, bool) {
	for base := w.cursor &^ 63; base < w.limit; base += 64 {
		word := w.occupied[base&w.mask>>6]
		if base < w.cursor {
			word &= ^uint64(0) << (w.cursor & 63)
		}
		// The last word may be the first again, a round later: its upper bits
		// are then known to be clear.
		if word != 0 {
			return base + uint64(bits.TrailingZeros64(word)), true
		}
	}
	return 0, false
}

// take empties the bucket of a tick and returns what it held.
func (w *wheel[E]) take(tick uint64) bucket {
	i := tick & w.mask
	b := w.buckets[i]
	w.buckets[i] = bucket{}
	w.occupied[i>>6] &^= 1 << (i & 63)
	return b
}

// chunkOf returns the filled part of a bucket's last chunk.
func (w *wheel[E]) chunkOf(b bucket) []entry[E] {
	first := b.chunk << chunkBits
	return w.slab[first : first+(b.n-1)&(chunkLen-1)+1]
}

// before returns the bucket without its last chunk.
func (w *wheel[E]) before(b bucket) bucket {
	return bucket{n: (b.n - 1) &^ (chunkLen - 1), chunk: w.prev[b.chunk]}
}

// release gives the chunks of a bucket that was taken back to the pool.
func (w *wheel[E]) release(b bucket) {
	for b.n > 0 {
		rest := w.before(b)
		w.prev[b.chunk] = w.free
		w.free = b.chunk
		b = rest
	}
}

// clearWheel empties all buckets and removes the wheel.
func (w *wheel[E]) clearWheel() {
	for {
		tick, ok := w.nextTick()
		if !ok {
			break
		}
		w.take(tick)
		w.cursor = tick + 1
	}
	w.free, w.used = 0, 0
	w.limit, w.cursor, w.shift = 0, 0, 0
}

// open moves the bucket of a tick into the run, which must be empty, sorted by
// (time, sequence).
//
// Chunks are walked from the last to the first: that is the direction in which
// a counting sort is stable.
func (s *Scheduler[E]) open(tick uint64) {
	b := s.take(tick)
	n := int(b.n)
	if len(s.run) < 2*n {
		s.run = make([]entry[E], 1<<bits.Len(uint(2*n)))
	}
	s.lo, s.hi = 0, n
	s.cursor = tick + 1
	s.runLast = Time((tick+1)<<s.shift - 1)
	if n <= 8 || s.shift == 0 {
		i := n
		for c := b; c.n > 0; c = s.before(c) {
			part := s.chunkOf(c)
			i -= len(part)
			copy(s.run[i:], part)
		}
		s.release(b)
		s.sortRun(false)
		return
	}
	s.sortRun(s.scatter(b))
	s.release(b)
}

// scatter places the entries of a bucket into the run by the upper bits of
// their offset in the bucket, in push order where those are equal. It reports
// whether no place got many, so that little is left to sort.
func (s *Scheduler[E]) scatter(b bucket) bool {
	slotBits := min(uint(bits.Len32(b.n)), s.shift, uint(bits.Len(maxSlots-1)))
	slots := 1 << slotBits
	if len(s.counts) < slots {
		s.counts = make([]uint32, slots)
	}
	counts := s.counts[:slots]
	clear(counts)
	shift, mask := (s.shift-slotBits)&63, uint64(slots-1)
	for c := b; c.n > 0; c = s.before(c) {
		part := s.chunkOf(c)
		for i := range part {
			counts[uint64(part[i].at)>>shift&mask]++
		}
	}
	end, most := uint32(0), uint32(0)
	for i, n := range counts {
		most = max(most, n)
		end += n
		counts[i] = end
	}
	run := s.run
	for c := b; c.n > 0; c = s.before(c) {
		part := s.chunkOf(c)
		for i := len(part) - 1; i >= 0; i-- {
			k := &counts[uint64(part[i].at)>>shift&mask]
			*k--
			run[*k] = part[i]
		}
	}
	return most <= 16
}
