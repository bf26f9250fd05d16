package workload

import (
	"slices"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/sim"
	"mpcomm/sim/rng"

	"pgregory.net/rapid"
)

// item is a message that may come to be broadcast.
type item struct {
	sender    peer.ID
	number    int32 // of planned ones
	label     rng.Key
	parent    *item // what it waits for, or nil
	onArrival bool
	delay     time.Duration
	order     uint32 // among equal times
	due       sim.Time
	dead      bool // its parent was discarded
	broadcast bool
	ref       uint32
}

// mayCome reports whether x was or can still be broadcast.
func (x *item) mayCome() bool {
	return x.broadcast || !x.dead && (x.parent == nil || x.parent.mayCome())
}

// twin carries out a plan by the book: it lists every message there may ever
// be and looks through the list for every answer.
type twin struct {
	plan    *Plan
	root    rng.Key
	items   []*item
	opened  []bool
	took    []*item
	replies uint32
}

func newTwin(plan *Plan, seed uint64) *twin {
	w := &twin{plan: plan, root: rng.Root(seed).Name("workload"), opened: make([]bool, plan.Peers)}
	if plan.Sends == nil {
		for p := range plan.Peers {
			for k := range plan.Messages {
				if plan.Senders == nil || plan.Senders[p] {
					w.items = append(w.items, &item{sender: peer.ID(p), number: int32(k)})
				}
			}
		}
	}
	for i := range plan.Sends {
		e := &plan.Sends[i]
		w.items = append(w.items, &item{sender: e.From, number: e.Number, onArrival: e.OnArrival, order: uint32(i)})
	}
	for _, x := range w.items {
		x.due = sim.Never
		x.label = rng.Root(0).Name("planned").With(uint64(x.sender)).With(uint64(x.number))
	}
	for i := range plan.Sends {
		if e := &plan.Sends[i]; e.After != peer.NoMessage {
			x := w.items[i]
			x.parent = w.items[slices.IndexFunc(plan.Sends, func(s Send) bool { return idOf(&s) == e.After })]
			x.delay = wait(e.Delay, w.root.With(4).Word(uint64(x.label)))
		}
	}
	if plan.Replies != nil {
		for _, x := range slices.Clone(w.items) {
			w.grow(x, 1)
		}
	}
	return w
}

func wait(d rng.Dist, word uint64) time.Duration { return time.Duration(max(0, d.Sample(word))) }

// grow adds the replies to x that the draws ask for, and the replies to these.
func (w *twin) grow(x *item, depth int) {
	r := w.plan.Replies
	if depth > r.Depth {
		return
	}
	for q := range peer.ID(w.plan.Peers) {
		label := rng.Root(0).Name("reply").With(uint64(q)).With(uint64(x.label))
		if q == x.sender || !r.Probability.Chance().Hit(w.root.With(5).Word(uint64(label))) {
			continue
		}
		y := &item{
			sender: q, number: -1, label: label, parent: x, onArrival: r.OnArrival, due: sim.Never,
			delay: wait(r.Delay, w.root.With(6).Word(uint64(label))),
		}
		w.items = append(w.items, y)
		w.grow(y, depth+1)
	}
}

func (w *twin) open(p peer.ID, at sim.Time) {
	w.opened[p] = true
	if w.plan.Sends != nil {
		return
	}
	at = at.Add(wait(w.plan.Start, w.root.With(1).Word(uint64(p))))
	for _, x := range w.items {
		if x.sender == p && x.parent == nil {
			at = at.Add(wait(w.plan.Gap, w.root.With(0).With(uint64(p)).Word(uint64(x.number))))
			x.due = at
		}
	}
}

func (w *twin) begin(at sim.Time) {
	for i := range w.plan.Sends {
		if x := w.items[i]; x.parent == nil {
			x.due = at.Add(wait(w.plan.Sends[i].At, w.root.With(3).Word(uint64(x.label))))
		}
	}
}

// happen is an arrival, a delivery or (discard) a discard of m at p.
func (w *twin) happen(p peer.ID, m *item, at sim.Time, arrival, discard bool) {
	for _, x := range w.items {
		if x.parent != m || x.sender != p || x.onArrival != arrival || x.due != sim.Never || x.dead {
			continue
		}
		if discard {
			x.dead = true
			continue
		}
		x.due = at.Add(x.delay)
		if x.number < 0 {
			x.order = 1<<31 + w.replies
			w.replies++
		}
	}
}

func (w *twin) next(p peer.ID) *item {
	var best *item
	for _, x := range w.items {
		if x.sender != p || x.broadcast || x.due == sim.Never || !w.opened[p] {
			continue
		}
		if best == nil || x.due < best.due || x.due == best.due && x.order < best.order {
			best = x
		}
	}
	return best
}

func (w *twin) done(p peer.ID) bool {
	for _, x := range w.items {
		if x.sender == p && !x.broadcast && x.mayCome() {
			return false
		}
	}
	return true
}

func drawPlan(t *rapid.T) *Plan {
	n := rapid.IntRange(1, 4).Draw(t, "peers")
	dist := rapid.SampledFrom([]rng.Dist{{}, rng.Constant(3), rng.Uniform(0, 10), rng.Normal(2, 5), rng.Exponential(0, 20)})
	if rapid.Bool().Draw(t, "ties") {
		dist = rapid.SampledFrom([]rng.Dist{{}, {}, rng.Constant(3)})
	}
	plan := &Plan{Peers: n, Size: dist.Draw(t, "size")}
	if rapid.Bool().Draw(t, "schedule") {
		drawSends(t, plan, dist)
	} else {
		plan.Messages = rapid.IntRange(0, 4).Draw(t, "messages")
		plan.Gap, plan.Start = dist.Draw(t, "gap"), dist.Draw(t, "start")
		if rapid.Bool().Draw(t, "some") {
			plan.Senders = rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "senders")
		}
	}
	if rapid.Bool().Draw(t, "replies") {
		plan.Replies = &Replies{
			Probability: rng.Ratio{Num: rapid.Uint64Range(0, 4).Draw(t, "num"), Den: 4}, Delay: dist.Draw(t, "reply delay"),
			OnArrival: rapid.Bool().Draw(t, "on arrival"), Depth: rapid.IntRange(1, 2).Draw(t, "depth"),
		}
	}
	return plan
}

func drawSends(t *rapid.T, plan *Plan, dist *rapid.Generator[rng.Dist]) {
	dense := rapid.Bool().Draw(t, "dense")
	plan.Sends = []Send{}
	count := make([]int32, plan.Peers)
	for range rapid.IntRange(0, 8).Draw(t, "sends") {
		p := peer.ID(rapid.IntRange(0, plan.Peers-1).Draw(t, "from"))
		s := Send{
			From: p, Number: count[p], At: dist.Draw(t, "at"), After: peer.NoMessage, Delay: dist.Draw(t, "delay"),
			OnArrival: rapid.Bool().Draw(t, "on"),
		}
		if count[p]++; !dense {
			s.Number = int32(rapid.IntRange(0, 1000).Draw(t, "number"))
		}
		if len(plan.Sends) > 0 && rapid.Bool().Draw(t, "after") {
			s.After = idOf(&plan.Sends[rapid.IntRange(0, len(plan.Sends)-1).Draw(t, "cause")])
		}
		if !slices.ContainsFunc(plan.Sends, func(o Send) bool { return idOf(&o) == idOf(&s) }) {
			plan.Sends = append(plan.Sends, s)
		}
	}
	// Entries wait for earlier ones above; here any order of the file will do.
	plan.Sends = rapid.Permutation(plan.Sends).Draw(t, "order")
}

func TestSourceAgainstItsTwin(t *testing.T) {
	t.Parallel()
	var s Source // one for all plans, so that Reset is tested too
	rapid.Check(t, func(t *rapid.T) {
		plan := drawPlan(t)
		if err := plan.Check(); err != nil {
			t.Fatal(err)
		}
		seed := rapid.Uint64().Draw(t, "seed")
		s.Reset(plan, rng.Root(seed))
		if rapid.Bool().Draw(t, "again") {
			playAll(&s, plan.Peers)
			s.Reset(plan, rng.Root(seed))
		}
		w := newTwin(plan, seed)
		now := sim.Time(0)
		order := rapid.Permutation(peersOf(plan)).Draw(t, "openings")
		for _, p := range order {
			s.Opened(p, now)
			w.open(p, now)
			now += sim.Time(rapid.IntRange(0, 3).Draw(t, "pause"))
		}
		s.DataBegan(now)
		w.begin(now)
		for range rapid.IntRange(0, 150).Draw(t, "steps") {
			requireSame(t, &s, w)
			p := peer.ID(rapid.IntRange(0, plan.Peers-1).Draw(t, "peer"))
			if act := rapid.IntRange(0, 6).Draw(t, "act"); act > 3 || len(w.took) == 0 {
				if want := w.next(p); want != nil {
					now = max(now, want.due)
					requireTaken(t, s.Take(p), w, want)
				}
			} else {
				ref := uint32(rapid.IntRange(0, len(w.took)-1).Draw(t, "ref"))
				happen(&s, w, act, p, ref, now)
			}
		}
		requireSame(t, &s, w)
	})
}

func peersOf(plan *Plan) (list []peer.ID) {
	for p := range plan.Peers {
		list = append(list, peer.ID(p))
	}
	return list
}

// happen tells both; what is delivered stays delivered, what is discarded stays so.
func happen(s *Source, w *twin, act int, p peer.ID, ref uint32, now sim.Time) {
	m := w.took[ref]
	settled := s.reacts && len(s.peers[p].seen) > int(2*ref/64) && s.peers[p].seen[2*ref/64]>>(2*ref%64+1)&1 != 0
	switch {
	case act == 0:
		s.Discarded(p, ref)
		if !settled {
			w.happen(p, m, now, false, true)
		}
	case act == 1:
		s.Delivered(p, ref, now)
		if !settled {
			w.happen(p, m, now, false, false)
		}
	default:
		s.Arrived(p, ref, now)
		w.happen(p, m, now, true, false)
	}
}

func requireTaken(t *rapid.T, m Message, w *twin, want *item) {
	want.broadcast, want.ref = true, uint32(len(w.took))
	w.took = append(w.took, want)
	cause := NoRef
	if want.parent != nil {
		cause = want.parent.ref
	}
	if m.Ref != want.ref || m.Label != want.label || m.Cause != cause || m.ID.Sender != want.sender ||
		want.number >= 0 && m.ID.Number != want.number {
		t.Fatalf("took %+v, want %+v", m, want)
	}
	if want.number < 0 { // a reply: its number follows all others of its sender
		for _, x := range w.items {
			if x != want && x.sender == want.sender && x.number >= m.ID.Number {
				t.Fatalf("reply %s, but there is #%d", m.ID, x.number)
			}
		}
		want.number = m.ID.Number
	}
}

func requireSame(t *rapid.T, s *Source, w *twin) {
	for p := range peer.ID(w.plan.Peers) {
		at, ok := s.Next(p)
		want := w.next(p)
		if ok != (want != nil) || ok && at != want.due {
			t.Fatalf("Next(%s) = %s, %v; want %+v", p, at, ok, want)
		}
		if s.Done(p) != w.done(p) {
			t.Fatalf("Done(%s) = %v, want %v", p, s.Done(p), w.done(p))
		}
	}
	for ref, x := range w.took {
		id := peer.MessageID{Sender: x.sender, Number: x.number}
		if got, ok := s.Lookup(id); !ok || got != uint32(ref) || s.Label(got) != x.label {
			t.Fatalf("Lookup(%s) = %d, %v; want %d", id, got, ok, ref)
		}
	}
	for _, x := range w.items {
		if id := (peer.MessageID{Sender: x.sender, Number: x.number}); x.number >= 0 && !x.broadcast {
			if ref, ok := s.Lookup(id); ok {
				t.Fatalf("Lookup(%s) = %d before it is broadcast", id, ref)
			}
		}
	}
}
