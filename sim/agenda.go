package sim

import "math/bits"

// An Agenda is a Scheduler for crowds: for so many pending events that no cache
// holds them. It hands out the same events in the same order.
//
// What happens before a horizon is in the Scheduler. What lies beyond waits in
// windows of time of equal width, each a list in order of scheduling, and a
// window is scheduled as a whole when all before it has been handed out. Writing
// to the end of a few hundred lists and reading them from end to end is work that
// a processor does without waiting, while the Scheduler, which has to jump, is
// left with few enough events to stay at hand.
//
// Where an event waits depends on its time alone, and events of equal time wait
// in order of scheduling, so that the width of the windows decides how fast an
// event comes out, never which. Without a width, as in the zero Agenda, there is
// no horizon and the Scheduler is all there is.
//
//	at < horizon        in the Scheduler
//	window(at) < edge   in a window
//	otherwise           beyond
//
// This is the ladder queue's way (see the package comment) with one rung.
type Agenda[E any] struct {
	Scheduler[E]
	windowed bool
	horizon  Time // what happens from here on waits; only if windowed
	shift    uint // windows are 2^shift nanoseconds wide
	edge     uint64
	waiting  int // events that wait

	windows []window
	beyond  []entry[E]
	least   Time       // time of the first event in beyond, Never if there is none
	dealt   []entry[E] // scratch of deal

	sheets []*sheet[E] // nil = given back
	next   []uint32    // by sheet: the one after it in its list
	free   uint32      // first of the list of free sheets, from 1; 0 = none
	bare   uint32      // first of the list of sheets that were given back
	held   int         // sheets that were not
	most   int         // see mostHeld
}

const (
	windowCount  = 512
	mostWindow   = 32 // so that a place in a window fits four bytes
	sheetLen     = 1 << 9
	sheetsAtOnce = 32      // that are made together
	mostHeld     = 1 << 16 // sheets that are kept whether or not they are needed
)

// window is the list of the events of one window, in order of scheduling.
type window struct {
	count       int
	first, last uint32 // sheets, from 1
}

// sheet is a part of a list: events that wait, and how far into its window each
// happens. Side by side a word of four bytes and one of eight would fill sixteen.
type sheet[E any] struct {
	into [sheetLen]uint32
	e    [sheetLen]E
}

// Reset empties the agenda and turns time back to 0, as that of Scheduler; there
// is no horizon.
func (a *Agenda[E]) Reset() {
	if a.windowed {
		for i := range a.windows {
			a.release(&a.windows[i])
		}
		a.beyond, a.waiting, a.windowed = a.beyond[:0], 0, false
	}
	a.Scheduler.Reset()
}

// Windowed reports whether there is a horizon. It goes away when nothing waits
// beyond it any more.
func (a *Agenda[E]) Windowed() bool { return a.windowed }

// Widen sets a horizon and the width of the windows beyond it, in nanoseconds: a
// power of two of at most about width. It suits delays of thirty times as much,
// give or take ten times; a width of 0 or less changes nothing, nor does any
// while there is a horizon.
func (a *Agenda[E]) Widen(width Time) {
	if a.windowed || width <= 0 {
		return
	}
	a.shift = min(uint(bits.Len64(uint64(width)))-1, mostWindow)
	first := uint64(a.now)>>a.shift + 1
	if first+windowCount >= uint64(Never)>>a.shift {
		return // time is nearly over
	}
	if a.windows == nil {
		a.windows = make([]window, windowCount)
		if a.most == 0 {
			a.most = mostHeld
		}
	}
	a.windowed, a.least = true, Never
	a.horizon, a.edge = Time(first<<a.shift), first+windowCount
	a.deal()
}

// deal takes all events out of the Scheduler and schedules them again, so that
// those beyond the horizon wait there.
func (a *Agenda[E]) deal() {
	s := &a.Scheduler
	if s.limit == 0 {
		s.far = append(s.far, s.run[s.lo:s.hi]...)
	} else {
		s.gather()
		s.clearWheel()
	}
	s.lo, s.hi, s.pushed = 0, 0, s.popped
	if len(s.run) > 0 {
		s.runLast = Never
	}
	all := s.far
	s.far = a.dealt[:0]
	near := 0
	for i := range all {
		if all[i].at < a.horizon {
			near++
		}
	}
	s.expect(near, a.now, a.horizon)
	for i := range all {
		a.Schedule(all[i].at, all[i].e)
	}
	a.dealt = all[:0]
}

// Schedule adds an event that happens at time at, as that of Scheduler.
func (a *Agenda[E]) Schedule(at Time, e E) {
	if a.windowed && at >= a.horizon {
		a.wait(at, e)
		return
	}
	a.Scheduler.Schedule(at, e)
}

// Next removes the next event, as that of Scheduler.
func (a *Agenda[E]) Next() (Time, E, bool) {
	if !a.More() {
		var none E
		return a.now, none, false
	}
	at, e := a.Take()
	return at, e, true
}

// More reports whether an event is left, as that of Scheduler.
func (a *Agenda[E]) More() bool {
	if a.Scheduler.More() {
		return true
	}
	if a.windowed {
		a.approach()
	}
	return a.Scheduler.More()
}

// Peek returns the time of the event that Next would return, as that of
// Scheduler.
func (a *Agenda[E]) Peek() (Time, bool) {
	at, ok := a.Scheduler.Peek()
	if !ok && a.windowed {
		a.approach()
		return a.Scheduler.Peek()
	}
	return at, ok
}

// Len returns the number of events still to come.
func (a *Agenda[E]) Len() int { return a.Scheduler.Len() + a.waiting }

// wait adds an event beyond the horizon.
func (a *Agenda[E]) wait(at Time, e E) {
	a.waiting++
	if w := uint64(at) >> (a.shift & 63); w < a.edge {
		a.enter(w, at, e)
		return
	}
	a.beyond = append(a.beyond, entry[E]{at, e})
	a.least = min(a.least, at)
}

// enter adds an event to its window.
func (a *Agenda[E]) enter(w uint64, at Time, e E) {
	x := &a.windows[w%windowCount]
	k := x.count & (sheetLen - 1)
	if k == 0 {
		a.extend(x)
	}
	x.count++
	s := a.sheets[x.last-1]
	s.into[k], s.e[k] = uint32(at)&(1<<(a.shift&63)-1), e
}

// extend gives a window one more sheet.
func (a *Agenda[E]) extend(x *window) {
	s := a.free
	if s == 0 {
		s = a.make()
	}
	a.free, a.next[s-1] = a.next[s-1], 0
	if x.last == 0 {
		x.first = s
	} else {
		a.next[x.last-1] = s
	}
	x.last = s
}

// make makes more free sheets and returns the first of them. Those beyond
// the most are made one at a time, so that each can be given back.
func (a *Agenda[E]) make() uint32 {
	if a.held >= a.most {
		a.held++
		if s := a.bare; s != 0 {
			a.bare, a.next[s-1] = a.next[s-1], 0
			a.sheets[s-1] = new(sheet[E])
			return s
		}
		a.sheets, a.next = append(a.sheets, new(sheet[E])), append(a.next, 0)
		return uint32(len(a.sheets))
	}
	a.held += sheetsAtOnce
	lot := new([sheetsAtOnce]sheet[E])
	for i := range lot {
		a.sheets, a.next = append(a.sheets, &lot[i]), append(a.next, a.free)
		a.free = uint32(len(a.sheets))
	}
	return a.free
}

// release empties a window. Its sheets are free then; of a very large number
// those made last go back, since a run needs that many at its beginning only.
func (a *Agenda[E]) release(x *window) {
	if x.last == 0 {
		return
	}
	if a.held <= a.most {
		a.next[x.last-1] = a.free
		a.free = x.first
		*x = window{}
		return
	}
	for s := x.first; s != 0; {
		following := a.next[s-1]
		if int(s) > a.most && a.held > a.most {
			a.sheets[s-1] = nil
			a.held--
			a.next[s-1], a.bare = a.bare, s
		} else {
			a.next[s-1], a.free = a.free, s
		}
		s = following
	}
	*x = window{}
}

// approach moves the horizon, before which nothing is left, behind the next
// window in which something waits, and schedules that.
func (a *Agenda[E]) approach() {
	if a.waiting == 0 {
		a.windowed = false
		return
	}
	w := uint64(a.horizon) >> a.shift
	for ; w < a.edge && a.windows[w%windowCount].count == 0; w++ {
	}
	if w == a.edge { // nothing waits but beyond
		w = uint64(a.least) >> a.shift
	}
	if w+windowCount/2 >= a.edge && len(a.beyond) > 0 || w >= a.edge {
		a.turn(w)
	}
	a.open(w)
}

// turn moves the edge to one round beyond window w, before which nothing waits,
// and brings in what is no longer beyond it.
//
// The edge stands still in between, though windows are free by then: an event
// that was entered where an earlier one of the same time is beyond would overtake
// it.
func (a *Agenda[E]) turn(w uint64) {
	a.edge = w + windowCount
	kept := a.beyond[:0]
	a.least = Never
	for _, x := range a.beyond {
		if v := uint64(x.at) >> a.shift; v < a.edge {
			a.enter(v, x.at, x.e)
			continue
		}
		kept = append(kept, x)
		a.least = min(a.least, x.at)
	}
	a.beyond = kept
}

// open schedules window w, before which nothing is left.
func (a *Agenda[E]) open(w uint64) {
	x := &a.windows[w%windowCount]
	begin := Time(w << a.shift)
	end := Time((w + 1) << a.shift)
	a.horizon = end
	if end < begin {
		a.windowed = false // time ends with this window: nothing waits beyond it
	}
	a.waiting -= x.count
	a.Scheduler.expect(x.count, max(begin, a.now), end)
	rest := x.count
	for s := x.first; rest > 0; s = a.next[s-1] {
		list := a.sheets[s-1]
		n := min(rest, sheetLen)
		for i, into := range list.into[:n] {
			a.Scheduler.Schedule(begin+Time(into), list.e[i])
		}
		rest -= n
	}
	a.release(x)
}

// expect makes an empty queue ready for so many events spread over a stretch of
// time that begins now or later.
func (s *Scheduler[E]) expect(n int, from, until Time) {
	if n <= longRun {
		return
	}
	if s.limit != 0 {
		s.clearWheel()
	}
	if len(s.run) == 0 {
		s.makeRoom()
	}
	s.lo, s.hi = 0, 0
	_, perTick := wheelFor(n)
	s.shift = shiftFor(uint64(until-from), uint64(n), uint64(perTick), 0)
	first, last := uint64(from)>>s.shift, uint64(until-1)>>s.shift
	s.resize(min(max(1<<bits.Len64(last-first), minBuckets), maxBuckets))
	s.cursor, s.limit = first, first+s.mask+1
	s.runLast = Time(first<<s.shift) - 1
	s.settleFor(n)
}
