package sim

import (
	"math/bits"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// twin is a scheduler too simple to be wrong: a slice kept in order, where
// each event goes in after all that are not later.
type twin struct {
	now    Time
	popped bool
	ties   uint64
	queue  []entry[uint64]
}

func (w *twin) schedule(at Time, e uint64) {
	i, _ := slices.BinarySearchFunc(w.queue, at, func(x entry[uint64], at Time) int {
		if x.at <= at {
			return -1
		}
		return 1
	})
	w.queue = slices.Insert(w.queue, i, entry[uint64]{at, e})
}

func (w *twin) next() (Time, uint64, bool) {
	if len(w.queue) == 0 {
		return w.now, 0, false
	}
	x := w.queue[0]
	w.queue = w.queue[1:]
	if w.popped && x.at == w.now {
		w.ties++
	}
	w.now, w.popped = x.at, true
	return x.at, x.e, true
}

// pair drives a Scheduler and its twin by the same calls and compares all that
// can be seen of them.
type pair struct {
	fatalf func(format string, args ...any)
	s      *Scheduler[uint64]
	w      twin
	id     uint64
}

func (p *pair) schedule(at Time) {
	p.s.Schedule(at, p.id)
	p.w.schedule(at, p.id)
	p.id++
}

func (p *pair) next() {
	at, e, ok := p.s.Next()
	wantAt, want, wantOK := p.w.next()
	if at != wantAt || e != want || ok != wantOK {
		p.fatalf("Next() = %d, #%d, %t; want %d, #%d, %t", at, e, ok, wantAt, want, wantOK)
	}
}

func (p *pair) peek() {
	at, ok := p.s.Peek()
	want, wantOK := Never, false
	if len(p.w.queue) > 0 {
		want, wantOK = p.w.queue[0].at, true
	}
	if at != want || ok != wantOK {
		p.fatalf("Peek() = %d, %t; want %d, %t", at, ok, want, wantOK)
	}
}

func (p *pair) look() {
	if got, want := p.s.Len(), len(p.w.queue); got != want {
		p.fatalf("Len() = %d, want %d", got, want)
	}
	if got, want := p.s.Now(), p.w.now; got != want {
		p.fatalf("Now() = %d, want %d", got, want)
	}
	if got, want := p.s.Ties(), p.w.ties; got != want {
		p.fatalf("Ties() = %d, want %d", got, want)
	}
}

func (p *pair) reset() {
	p.s.Reset()
	p.w = twin{}
}

// after returns now+d, or Never when that is sooner.
func (p *pair) after(d uint64) Time {
	if d > uint64(Never-p.w.now) {
		return Never
	}
	return p.w.now + Time(d)
}

// word is a small counter-based generator for loads that are too long to draw
// with rapid.
func word(n uint64) uint64 {
	n *= 0x9e3779b97f4a7c15
	n ^= n >> 32
	n *= 0xd6e8feb86659fd93
	return n ^ n>>32
}

// TestSchedulerAgainstTwin draws programs: each step is a kind of load with a
// spread of its own, so that densities change under the queue's feet.
func TestSchedulerAgainstTwin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := &pair{fatalf: t.Fatalf, s: new(Scheduler[uint64])}
		seed := rapid.Uint64().Draw(t, "seed")
		steps := rapid.IntRange(1, 25).Draw(t, "steps")
		for range steps {
			count := rapid.SampledFrom([]int{1, 3, 30, 70, 300, 1500}).Draw(t, "count")
			spread := uint64(1) << rapid.IntRange(0, 62).Draw(t, "spread bits")
			far := uint64(1) << rapid.IntRange(0, 63).Draw(t, "far bits")
			step := rapid.SampledFrom([]string{"push", "pop", "hold", "bimodal", "burst", "ties", "peek", "grow", "reset"}).Draw(t, "step")
			for i := range count {
				seed++
				d := word(seed) & (spread - 1)
				switch step {
				case "push":
					p.schedule(p.after(d))
				case "pop":
					p.next()
				case "hold":
					p.next()
					p.schedule(p.after(d))
				case "bimodal":
					p.next()
					if word(seed^1<<40)%8 == 0 {
						d = far - 1
					}
					p.schedule(p.after(d))
				case "burst":
					if i%50 == 0 {
						p.next()
					}
					p.schedule(p.after(d))
				case "ties":
					p.schedule(p.after(d % 4 * spread))
					if i%4 == 0 {
						p.next()
					}
				case "peek":
					p.peek()
					p.schedule(p.after(d))
					p.peek()
					p.next()
				case "grow":
					p.next()
					p.schedule(p.after(d))
					p.schedule(p.after(d / 16))
				case "reset":
					if i == 0 {
						p.reset()
					}
				}
			}
			p.look()
			checkPlaces(t.Fatalf, p.s)
			p.peek()
		}
		for len(p.w.queue) > 0 {
			p.next()
		}
		p.next()
		p.look()
	})
}

// TestNothingLostNothingDoubled keeps a set of what is inside, at sizes where
// the twin is too slow, and checks the order by (time, sequence) itself.
func TestNothingLostNothingDoubled(t *testing.T) {
	t.Parallel()
	for _, load := range loads {
		t.Run(load.name, func(t *testing.T) {
			t.Parallel()
			var s Scheduler[uint64]
			var inside []bool
			schedule := func(at Time) {
				s.Schedule(at, uint64(len(inside)))
				inside = append(inside, true)
			}
			load.start(schedule)
			at, last := Time(0), uint64(0)
			for n := 0; ; n++ {
				now, e, ok := s.Next()
				if !ok {
					break
				}
				if !inside[e] {
					t.Fatalf("event %d came out twice", e)
				}
				if now < at || now == at && n > 0 && e < last {
					t.Fatalf("event %d at %d came out after event %d at %d", e, now, last, at)
				}
				inside[e] = false
				at, last = now, e
				if n < load.pops {
					load.pop(n, now, schedule)
				}
			}
			if i := slices.Index(inside, true); i >= 0 {
				t.Fatalf("event %d never came out", i)
			}
		})
	}
}

// exponential returns a delay of about the given mean: a geometric number of
// halvings with a straight line in each, which is close enough for a load and
// needs no floats.
func exponential(w uint64, mean Time) Time {
	halvings := uint64(bits.LeadingZeros64(w | 1))
	fraction := w << (halvings + 1) >> 32
	// -log2(u) = halvings + 1 - fraction, nearly, in 32.32 fixed point.
	hi, lo := bits.Mul64((halvings+1)<<32-fraction, uint64(mean)*2839>>12)
	return Time(hi<<32 | lo>>32)
}

// loads are regimes in which a queue tuned for one of them would crawl.
var loads = []struct {
	name  string
	start func(schedule func(Time))
	pops  int // pops that are followed by pop
	pop   func(n int, now Time, schedule func(Time))
}{
	{"exponential", repeat(20_000, 0), 60_000, func(n int, now Time, schedule func(Time)) {
		schedule(now + exponential(word(uint64(n)), 20_000_000))
	}},
	{"burst", repeat(1, 0), 100_000, func(n int, now Time, schedule func(Time)) {
		if n%1000 == 0 {
			for i := range uint64(1000) {
				schedule(now + 1_000_000 + exponential(word(uint64(n)+i), 50_000))
			}
		}
	}},
	{"bimodal", repeat(5_000, 0), 60_000, func(n int, now Time, schedule func(Time)) {
		if word(uint64(n))%16 == 0 {
			schedule(now + 1_000_000_000)
			return
		}
		schedule(now + exponential(word(uint64(n)), 50_000))
	}},
	{"same instant", repeat(50_000, 77), 50_000, func(_ int, now Time, schedule func(Time)) {
		schedule(now)
	}},
	{"front of a giant", func(schedule func(Time)) {
		repeat(50_000, 1<<40)(schedule)
		repeat(100, 0)(schedule)
	}, 60_000, func(n int, now Time, schedule func(Time)) {
		schedule(now + exponential(word(uint64(n)), 1<<31))
	}},
	{"descending", func(schedule func(Time)) {
		for i := range Time(50_000) {
			schedule(1<<40 - i*1000)
		}
	}, 0, nil},
	{"descending into the present", repeat(100, 0), 200, func(_ int, now Time, schedule func(Time)) {
		for i := range Time(400) {
			schedule(now + (400-i)*100)
		}
	}},
	{"lockstep beside packets", repeat(5000, 5), 60_000, func(n int, now Time, schedule func(Time)) {
		if n%8 == 0 {
			schedule(now - now%1_000_000 + 1_000_000)
			return
		}
		schedule(now + exponential(word(uint64(n)), 5_000))
	}},
	{"sparse", repeat(300, 0), 30_000, func(n int, now Time, schedule func(Time)) {
		schedule(now + Time(word(uint64(n))>>15))
	}},
	{"growing", repeat(2, 0), 50_000, func(n int, now Time, schedule func(Time)) {
		schedule(now + exponential(word(uint64(2*n)), 10_000))
		schedule(now + exponential(word(uint64(2*n+1)), 10_000_000))
	}},
	{"narrowing", repeat(3000, 0), 60_000, func(n int, now Time, schedule func(Time)) {
		schedule(now + exponential(word(uint64(n)), 1<<40>>(n/2000)))
	}},
}

func repeat(count int, at Time) func(func(Time)) {
	return func(schedule func(Time)) {
		for range count {
			schedule(at)
		}
	}
}

// Few packets among timers, as in a small group: what lies far beyond the rest
// waits apart, and comes back in order.
func TestTimersAmongPackets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := pair{fatalf: t.Fatalf, s: &Scheduler[uint64]{}}
		for range rapid.IntRange(1, 4).Draw(t, "runs") {
			near := rapid.Uint64Range(0, 20).Draw(t, "near")
			for range rapid.IntRange(1, 150).Draw(t, "steps") {
				switch rapid.IntRange(0, 5).Draw(t, "step") {
				case 0, 1:
					p.schedule(p.after(rapid.Uint64Range(0, near).Draw(t, "packet")))
				case 2:
					p.schedule(p.after(rapid.SampledFrom([]uint64{1000, 1001, 50_000, 1 << 40, 1<<63 - 1}).Draw(t, "timer")))
				case 3:
					p.peek()
				default:
					p.next()
				}
				p.look()
			}
			if rapid.Bool().Draw(t, "drain") {
				for p.s.Len() > 0 {
					p.next()
				}
				p.next()
			}
			p.reset()
		}
	})
}
