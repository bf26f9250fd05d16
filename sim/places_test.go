package sim

// checkPlaces panics through fatalf when an entry lies in a place that its
// time does not allow, or when the books of the wheel do not add up.
func checkPlaces[E any](fatalf func(string, ...any), s *Scheduler[E]) {
	total, chunks := s.hi-s.lo, uint32(0)
	for i := s.lo; i < s.hi; i++ {
		x := s.run[i]
		if x.at > s.runLast || x.at < s.now || i > s.lo && s.run[i-1].at > x.at {
			fatalf("run[%d] is at %d, out of order or outside %d..%d", i, x.at, s.now, s.runLast)
		}
	}
	for i, b := range s.buckets {
		if got := s.occupied[i>>6]>>(i&63)&1 == 1; got != (b.n > 0) {
			fatalf("bucket %d holds %d entries and is marked occupied: %t", i, b.n, got)
		}
		for ; b.n > 0; b = s.before(b) {
			total += len(s.chunkOf(b))
			chunks++
			for _, x := range s.chunkOf(b) {
				tick := uint64(x.at) >> s.shift
				if tick&s.mask != uint64(i) || tick < s.cursor || tick >= s.limit || x.at <= s.runLast {
					fatalf("bucket %d of ticks %d..%d holds an entry of tick %d", i, s.cursor, s.limit, tick)
				}
			}
		}
	}
	for c := s.free; c != 0; c = s.prev[c] {
		chunks++
	}
	if chunks != s.used {
		fatalf("%d chunks are in buckets or free, %d were handed out", chunks, s.used)
	}
	for _, x := range s.far {
		if uint64(x.at)>>s.shift < s.limit || x.at < s.farMin {
			fatalf("far holds an entry at %d, before the horizon (tick %d) or the least it knows of (%d)", x.at, s.limit, s.farMin)
		}
	}
	if total += len(s.far); total != s.Len() {
		fatalf("%d entries are held, %d are pending", total, s.Len())
	}
}
