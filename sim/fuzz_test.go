package sim

import "testing"

// FuzzScheduler reads a program of calls from bytes: the low three bits say
// what to do, the others how far away and how often.
func FuzzScheduler(f *testing.F) {
	f.Add([]byte("schedule and next"))
	f.Add([]byte{0xf8, 0x01, 0xfa, 0x02, 0xf9, 0x03, 0x04, 0xfb, 0x05, 0xf8})
	f.Add([]byte{0xf8, 0xf8, 0xfa, 0xfa, 0x06, 0xf8, 0x0a, 0x3a, 0x7d})
	f.Fuzz(func(t *testing.T, program []byte) {
		if len(program) > 200 {
			t.Skip("longer programs find no more, and the twin is slow")
		}
		p := &pair{fatalf: t.Fatalf, s: new(Scheduler[uint64])}
		for at, op := range program {
			size := uint64(op >> 3)
			d := word(uint64(at)) >> (63 - 2*size)
			switch op & 7 {
			case 0: // one far or near
				p.schedule(p.after(d))
			case 1:
				p.next()
			case 2: // many, spread
				for i := range 16 * size {
					p.schedule(p.after(word(i+d) >> (63 - 2*size)))
				}
			case 3: // many, at once
				for range 4 * size {
					p.schedule(p.after(d))
				}
			case 4: // hold
				for i := range 8 * size {
					p.next()
					p.schedule(p.after(word(i) >> 40))
				}
			case 5:
				for range 16 * size {
					p.next()
				}
			case 6:
				p.peek()
			case 7:
				if size == 31 {
					p.reset()
				}
			}
			p.look()
		}
		checkPlaces(t.Fatalf, p.s)
		for range len(p.w.queue) + 1 {
			p.next()
		}
		p.look()
	})
}
