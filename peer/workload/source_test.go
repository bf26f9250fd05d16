package workload

import (
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

const ms = sim.Time(time.Millisecond)

func constantMS(n int64) rng.Dist { return rng.Constant(n * int64(time.Millisecond)) }

func mustReset(t testing.TB, s *Source, p *Plan, seed uint64) {
	t.Helper()
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	s.Reset(p, rng.Root(seed))
}

func id(p peer.ID, k int32) peer.MessageID { return peer.MessageID{Sender: p, Number: k} }

func TestMessagesAndGaps(t *testing.T) {
	t.Parallel()
	plan := &Plan{
		Peers: 3, Messages: 2, Gap: constantMS(10), Start: constantMS(5), Senders: []bool{true, false, true},
		Size: rng.Constant(100),
	}
	var s Source
	mustReset(t, &s, plan, 1)
	if n, known := s.Total(); n != 4 || !known {
		t.Errorf("Total() = %d, %v", n, known)
	}
	if _, ok := s.Next(0); ok || s.Done(0) {
		t.Error("before the opening something is due or all is done")
	}
	for p := range peer.ID(3) {
		s.Opened(p, sim.Time(p)*ms)
	}
	if !s.Done(1) {
		t.Error("p1 is no sender but has something to send")
	}
	for k, want := range []sim.Time{17 * ms, 27 * ms} {
		at, ok := s.Next(2)
		if !ok || at != want {
			t.Fatalf("Next(2) = %s, %v; want %s", at, ok, want)
		}
		m := s.Take(2)
		if m.ID != id(2, int32(k)) || m.Ref != uint32(k) || m.Cause != NoRef || m.Size != 100 || m.Label != s.Label(m.Ref) {
			t.Errorf("Take(2) = %+v", m)
		}
		if ref, ok := s.Lookup(m.ID); !ok || ref != m.Ref {
			t.Errorf("Lookup(%s) = %d, %v", m.ID, ref, ok)
		}
	}
	if _, ok := s.Next(2); ok || !s.Done(2) || !s.Made(2) || s.Broadcasts(2) != 2 || s.Done(0) {
		t.Error("p2 has sent its two messages, p0 has not")
	}
	for _, unknown := range []peer.MessageID{id(0, 0), id(1, 0), id(2, 2), id(3, 0), id(-1, 0), id(0, -1), peer.NoMessage} {
		if ref, ok := s.Lookup(unknown); ok {
			t.Errorf("Lookup(%s) = %d, though it was never broadcast", unknown, ref)
		}
	}
}

func TestScheduleCountsFromTheDataPhase(t *testing.T) {
	t.Parallel()
	plan := &Plan{Peers: 3, Sends: []Send{
		{From: 0, Number: 0, At: constantMS(0), After: peer.NoMessage},
		{From: 1, Number: 7, At: constantMS(10), After: peer.NoMessage},
		{From: 1, Number: 3, At: constantMS(10), After: peer.NoMessage},
		{From: 2, Number: 0, After: id(0, 0), Delay: constantMS(5)},
		{From: 2, Number: 1, After: id(1, 7), Delay: constantMS(1), OnArrival: true},
	}}
	var s Source
	mustReset(t, &s, plan, 1)
	for p := range peer.ID(3) {
		s.Opened(p, ms)
	}
	if _, ok := s.Next(0); ok {
		t.Error("a scheduled send is due before data began")
	}
	s.DataBegan(2 * ms)
	for i, want := range []sim.Time{2 * ms, 12 * ms, 12 * ms, sim.Never, sim.Never} {
		if p, at, ok := s.Entry(i); at != want || p != plan.Sends[i].From || ok != (want != sim.Never) {
			t.Errorf("Entry(%d) = %s, %s, %v; want %s", i, p, at, ok, want)
		}
	}
	first := s.Take(0)
	if a, b := s.Take(1), s.Take(1); a.ID != id(1, 7) || b.ID != id(1, 3) {
		t.Errorf("equal times: %s before %s; want the plan's order", a.ID, b.ID)
	}
	if ref, ok := s.Lookup(id(1, 3)); !ok || ref != 2 {
		t.Errorf("Lookup(p1#3) = %d, %v", ref, ok)
	}
	if _, ok := s.Lookup(id(1, 0)); ok {
		t.Error("p1#0 is known")
	}
	if !s.Done(1) || s.Done(2) || s.Made(2) {
		t.Error("p1 has sent all, p2 waits for two messages")
	}
	s.Delivered(2, 1, 20*ms) // its entry waits for the arrival
	if _, ok := s.Next(2); ok {
		t.Error("delivery triggers an entry that waits for arrival")
	}
	s.Arrived(2, 1, 20*ms)
	s.Arrived(2, 1, 21*ms)
	if at, _ := s.Next(2); at != 21*ms {
		t.Errorf("Next(2) = %s, want 21ms", at)
	}
	s.Delivered(2, first.Ref, 14*ms)
	if at, _ := s.Next(2); at != 19*ms {
		t.Errorf("Next(2) = %s, want 19ms", at)
	}
	if m := s.Take(2); m.ID != id(2, 0) || m.Cause != first.Ref {
		t.Errorf("Take(2) = %+v", m)
	}
	if m := s.Take(2); m.ID != id(2, 1) || m.Cause != 1 || !s.Done(2) {
		t.Errorf("Take(2) = %+v, done %v", m, s.Done(2))
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	plan := &Plan{
		Peers: 3, Sends: []Send{{From: 0, Number: 4, After: peer.NoMessage}},
		Replies: &Replies{Probability: rng.Ratio{Num: 1, Den: 1}, Delay: constantMS(5), Depth: 2},
	}
	var s Source
	mustReset(t, &s, plan, 1)
	for p := range peer.ID(3) {
		s.Opened(p, 0)
	}
	s.DataBegan(0)
	if _, known := s.Total(); known {
		t.Error("the number of replies is known beforehand")
	}
	s.Take(0)
	// p0 answers the answers of p1 and p2, so it is not done.
	if s.Done(0) || !s.Made(0) {
		t.Errorf("Done(0) = %v, Made(0) = %v", s.Done(0), s.Made(0))
	}
	s.Delivered(0, 0, 0)
	s.Delivered(1, 0, ms)
	s.Delivered(1, 0, 2*ms)
	if at, ok := s.Next(1); !ok || at != 6*ms {
		t.Errorf("Next(1) = %s, %v", at, ok)
	}
	reply := s.Take(1)
	if reply.ID != id(1, 0) || reply.Cause != 0 || reply.Ref != 1 {
		t.Errorf("the reply is %+v", reply)
	}
	// p2 throws the question away: its answer will not come, nor answers to that.
	s.Discarded(2, 0)
	s.Delivered(0, reply.Ref, 8*ms)
	s.Delivered(2, reply.Ref, 8*ms)
	again := s.Take(0)
	if again.ID != id(0, 5) || again.Cause != reply.Ref {
		t.Errorf("the reply to the reply is %+v; its number follows those of the schedule", again)
	}
	s.Take(2)
	for p := range peer.ID(3) {
		s.Delivered(p, again.Ref, 9*ms)
		if !s.Done(p) {
			t.Errorf("%s is not done, with depth 2 nothing can follow", p)
		}
	}
	if ref, ok := s.Lookup(id(0, 5)); !ok || ref != again.Ref {
		t.Errorf("Lookup(p0#5) = %d, %v", ref, ok)
	}
}

// At equal times planned messages go before replies, entries in the plan's
// order whichever became due first, and replies as they became due.
func TestEqualTimes(t *testing.T) {
	t.Parallel()
	always := &Replies{Probability: rng.Ratio{Num: 1, Den: 1}, Delay: constantMS(4), Depth: 1}
	var s Source
	mustReset(t, &s, &Plan{Peers: 2, Messages: 2, Gap: constantMS(2), Replies: always}, 1)
	s.Opened(0, 0)
	s.Opened(1, 0)
	first := s.Take(1)
	s.Delivered(0, first.Ref, 0)
	s.Take(0)
	if a, b := s.Take(0), s.Take(0); a.ID != id(0, 1) || b.ID != id(0, 2) || b.Cause != first.Ref {
		t.Errorf("%v and %v: want the planned message before the reply", a, b)
	}

	mustReset(t, &s, &Plan{Peers: 2, Replies: always, Sends: []Send{
		{From: 1, Number: 2, After: id(0, 1), Delay: constantMS(4)},
		{From: 1, Number: 0, After: id(0, 0), Delay: constantMS(4)},
		{From: 0, Number: 0, After: peer.NoMessage},
		{From: 0, Number: 1, After: peer.NoMessage},
		{From: 1, Number: 1, At: constantMS(4), After: peer.NoMessage},
	}}, 1)
	s.Opened(0, 0)
	s.Opened(1, 0)
	s.DataBegan(0)
	s.Take(0)
	s.Take(0)
	s.Delivered(1, 0, 0)
	s.Delivered(1, 1, 0)
	for i, want := range []peer.MessageID{id(1, 2), id(1, 0), id(1, 1), id(1, 3), id(1, 4)} {
		if m := s.Take(1); m.ID != want || i >= 3 && m.Cause != uint32(i-3) {
			t.Errorf("broadcast %d at 4ms is %s because of %d, want %s", i, m.ID, m.Cause, want)
		}
	}
}

func TestNegativeDrawsCountAsZero(t *testing.T) {
	t.Parallel()
	var s Source
	mustReset(t, &s, &Plan{Peers: 1, Messages: 3, Gap: rng.Constant(-5), Start: rng.Constant(-1)}, 1)
	s.Opened(0, 9)
	for range 3 {
		if at, _ := s.Next(0); at != 9 {
			t.Errorf("due at %s", at)
		}
		s.Take(0)
	}
	if s.Clamped() != 4 {
		t.Errorf("Clamped() = %d, want 4: one start and three gaps", s.Clamped())
	}
}

func TestSizesAreDrawnByLabel(t *testing.T) {
	t.Parallel()
	a := &Plan{Peers: 2, Messages: 5, Gap: rng.Uniform(0, 100), Size: rng.Exponential(0, 1000)}
	b := &Plan{Peers: 2, Messages: 5, Gap: rng.Uniform(0, 100), Size: rng.Exponential(0, 1000), Senders: []bool{false, true}}
	sizes := func(p *Plan) (list []int32) {
		var s Source
		mustReset(t, &s, p, 3)
		s.Opened(1, 0)
		for range 5 {
			m := s.Take(1)
			if m.Size != s.Size(m.Ref) {
				t.Errorf("size %d and %d", m.Size, s.Size(m.Ref))
			}
			list = append(list, m.Size)
		}
		return list
	}
	for k, size := range sizes(a) {
		if other := sizes(b)[k]; size != other {
			t.Errorf("p1#%d has %d bytes, without p0 %d", k, size, other)
		}
	}
}

func tiny(s *Source, plan *Plan, seed uint64) {
	s.Reset(plan, rng.Root(seed))
	for p := range peer.ID(plan.Peers) {
		s.Opened(p, 0)
	}
	for p := range peer.ID(plan.Peers) {
		for !s.Done(p) {
			s.Next(p)
			s.Take(p)
		}
	}
}

func TestResetDoesNotAllocate(t *testing.T) {
	plain := &Plan{Peers: 4, Messages: 2, Gap: rng.Exponential(0, 1000)}
	replies := &Plan{
		Peers: 4, Messages: 20, Gap: rng.Exponential(0, 1000),
		Replies: &Replies{Probability: rng.Ratio{Num: 1, Den: 4}, Depth: 2},
	}
	var s, r Source
	work := func(seed uint64) {
		tiny(&s, plain, seed)
		r.Reset(replies, rng.Root(seed))
		playAll(&r, 4)
	}
	for seed := range uint64(20) {
		work(seed)
	}
	seed := uint64(0)
	if n := testing.AllocsPerRun(19, func() { work(seed); seed++ }); n != 0 {
		t.Errorf("%v allocations a run on the second pass", n)
	}
}

// playAll opens all peers, and broadcasts and delivers everything at once.
func playAll(s *Source, n int) {
	for p := range peer.ID(n) {
		s.Opened(p, 0)
	}
	s.DataBegan(0)
	for busy := true; busy; {
		busy = false
		for p := range peer.ID(n) {
			at, ok := s.Next(p)
			if !ok {
				continue
			}
			busy = true
			m := s.Take(p)
			for q := range peer.ID(n) {
				s.Arrived(q, m.Ref, at)
				s.Delivered(q, m.Ref, at)
			}
		}
	}
}

func BenchmarkTiny(b *testing.B) {
	plan := &Plan{Peers: 4, Messages: 2, Gap: rng.Exponential(0, 1_000_000)}
	var s Source
	for i := range b.N {
		tiny(&s, plan, uint64(i))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/8, "ns/message")
}

func BenchmarkTake(b *testing.B) {
	plan := &Plan{Peers: 1, Messages: 1 << 12, Gap: rng.Exponential(0, 1_000_000)}
	var s Source
	for i := range b.N {
		if i%(1<<12) == 0 {
			s.Reset(plan, rng.Root(1))
			s.Opened(0, 0)
		}
		s.Take(0)
	}
}

func BenchmarkLookup(b *testing.B) {
	plan := &Plan{Peers: 8, Messages: 1000, Gap: rng.Exponential(0, 1_000_000)}
	var s Source
	tiny(&s, plan, 1)
	sum := uint32(0)
	for i := range b.N {
		ref, _ := s.Lookup(peer.MessageID{Sender: peer.ID(i & 7), Number: int32(i>>3) & 511})
		sum += ref
	}
	if sum == 1 {
		b.Log(sum)
	}
}
