package order_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// plainStamped is every ordering by stamps in one, slow and obvious: the local
// clock, a hybrid or a logical one; sorted at the end or held back; with or
// without a commit wait.
type plainStamped struct {
	twin
	clock           string // physical, hybrid or logical
	offline, commit bool
	wait, epsilon   time.Duration

	l, c   int64
	unsent []held
}

func (o *plainStamped) Reset(self peer.ID, n int) {
	t := o.twin
	t.Reset(self, n)
	*o = plainStamped{twin: t, clock: o.clock, offline: o.offline, commit: o.commit, wait: o.wait, epsilon: o.epsilon}
	if o.clock != "logical" {
		o.l = math.MinInt64 // clocks may show less than nothing
	}
}

func (o *plainStamped) Clone() peer.Ordering { panic("twins are not cloned") }

// tick is figure 5 of the paper on hybrid clocks, "send or local event".
func (o *plainStamped) tick(now peer.Instant) {
	before := o.l
	switch o.clock {
	case "physical":
		o.l = max(o.l+1, int64(now)+int64(o.epsilon))
	case "logical":
		o.l++
	case "hybrid":
		o.l = max(before, int64(now))
		if o.c++; o.l != before {
			o.c = 0
		}
	}
}

// hear is the same figure, "receive event of message m".
func (o *plainStamped) hear(now peer.Instant, l, c int64) {
	if o.flaw == "receiving does not tick" {
		return
	}
	before := o.l
	switch o.clock {
	case "logical":
		o.l = max(o.l, l) + 1
	case "hybrid":
		o.l = max(before, l, int64(now))
		switch {
		case o.l == before && o.l == l:
			o.c = max(o.c, c) + 1
		case o.l == before:
			o.c++
		case o.l == l:
			o.c = c + 1
		default:
			o.c = 0
		}
	}
}

func (o *plainStamped) Broadcast(now peer.Instant, m *peer.Message, out *peer.Effects) {
	o.tick(now)
	o.unsent = append(o.unsent, held{id: m.ID, stamp: o.l, rank: o.c})
	o.Expire(now, 0, out)
}

func (o *plainStamped) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	if m.Kind != peer.KindData || o.had[m.ID] {
		return
	}
	o.had[m.ID] = true
	if m.From != o.self {
		o.hear(now, m.Stamp, m.Aux)
	}
	o.held = append(o.held, held{id: m.ID, stamp: m.Stamp, rank: m.Aux, at: now})
	if o.flaw == "delivered on arrival" {
		o.deliver(len(o.held)-1, out)
	}
	o.Expire(now-1, 0, out)
}

func (o *plainStamped) compare(a, b held) int {
	switch o.flaw {
	case "no tie-break by peer":
		return cmp.Or(cmp.Compare(a.stamp, b.stamp), cmp.Compare(a.rank, b.rank))
	case "no logical part":
		return cmp.Or(cmp.Compare(a.stamp, b.stamp), a.id.Compare(b.id))
	case "sorted by sender":
		return cmp.Or(int(a.id.Sender-b.id.Sender), cmp.Compare(a.stamp, b.stamp), cmp.Compare(a.rank, b.rank))
	}
	return cmp.Or(cmp.Compare(a.stamp, b.stamp), cmp.Compare(a.rank, b.rank), a.id.Compare(b.id))
}

// due returns when a held message may go.
func (o *plainStamped) due(h held) peer.Instant {
	if o.flaw == "held from arrival" {
		return h.at + peer.Instant(o.wait)
	}
	return peer.Instant(h.stamp) + peer.Instant(o.wait)
}

func (o *plainStamped) Expire(now peer.Instant, _ peer.TimerID, out *peer.Effects) {
	for len(o.unsent) > 0 {
		u := o.unsent[0]
		if at := peer.Instant(u.stamp) + peer.Instant(o.epsilon); o.commit && o.flaw != "sent at once" && now < at {
			out.SetTimer(1, at)
			break
		}
		o.unsent = o.unsent[1:]
		out.ToAll(peer.Message{ID: u.id, Kind: peer.KindData, Stamp: u.stamp, Aux: u.rank})
	}
	if o.offline {
		return
	}
	slices.SortStableFunc(o.held, o.compare)
	for len(o.held) > 0 && o.due(o.held[0]) <= now {
		o.deliver(0, out)
	}
	if len(o.held) > 0 {
		out.SetTimer(0, o.due(o.held[0]))
	}
}

func (o *plainStamped) Close(_ peer.Instant, out *peer.Effects) {
	if o.flaw != "not sorted" {
		slices.SortStableFunc(o.held, o.compare)
	}
	for len(o.held) > 0 {
		o.deliver(0, out)
	}
}

// causalByArrival holds when every log has what a message's sender had heard
// before it, delivered or not.
func causalByArrival(g *group) string {
	for p, log := range g.logs {
		for i, id := range log {
			for _, cause := range g.causes[id] {
				if !slices.Contains(log[:i], cause) {
					return fmt.Sprintf("p%d has logged %v before its cause %v", p, id, cause)
				}
			}
		}
	}
	return ""
}

// inStampOrder holds when the logs have the order of the senders' clocks, those
// of one sender that of their broadcasts.
func inStampOrder(g *group) string {
	for p, log := range g.logs {
		for i := 1; i < len(log); i++ {
			if a, b := log[i-1], log[i]; g.sent[a] > g.sent[b]+10 {
				return fmt.Sprintf("p%d has logged %v, sent at %v, before %v, sent at %v", p, a, g.sent[a], b, g.sent[b])
			}
		}
	}
	return ownOrder(g)
}

// ownOrder holds when every log has each sender's messages in the order of
// their broadcasts.
func ownOrder(g *group) string {
	for p, log := range g.logs {
		for i, id := range log {
			for _, earlier := range g.causes[id] {
				if earlier.Sender == id.Sender && !slices.Contains(log[:i], earlier) {
					return fmt.Sprintf("p%d has logged %v before %v", p, id, earlier)
				}
			}
		}
	}
	return ""
}

// heldFor holds when every message was delivered at an age of from..until by the
// local clock.
func heldFor(from, until peer.Instant) property {
	return func(g *group) string {
		for p, log := range g.logs {
			for i, id := range log {
				if age := g.times[p][i] - g.sent[id]; age < from || age > until {
					return fmt.Sprintf("p%d has logged %v at the age of %v", p, id, time.Duration(age))
				}
			}
		}
		return ""
	}
}

// realTime holds when what was sent before another was broadcast stands before it.
func realTime(g *group) string {
	for p, log := range g.logs {
		for i, id := range log {
			for _, later := range log[i+1:] {
				if g.released[later] < g.sent[id]-g.skew[id.Sender] {
					return fmt.Sprintf("p%d has logged %v before %v, which was out before it was broadcast", p, id, later)
				}
			}
		}
	}
	return ""
}

// stamped are the orderings by stamps beside those that TestPromises holds.
var stamped = []struct {
	kind       string
	values     order.Values
	offline    bool
	properties []property
	twin       plainStamped
	flaws      []string
}{
	{
		kind: "hlc", values: order.Values{{Name: "wait", Text: "13ms"}},
		properties: []property{complete, total, causalByArrival, ownOrder, heldFor(13*ms, 15*ms)},
		twin:       plainStamped{clock: "hybrid", wait: 13 * time.Millisecond},
		flaws:      []string{"receiving does not tick", "no tie-break by peer", "no logical part", "held from arrival"},
	},
	{
		kind: "commit-wait", values: order.Values{{Name: "wait", Text: "14ms"}, {Name: "epsilon", Text: "1ms"}},
		properties: []property{complete, total, causal, ownOrder, realTime, heldFor(15*ms, 15*ms+10)},
		twin:       plainStamped{clock: "physical", commit: true, wait: 14 * time.Millisecond, epsilon: time.Millisecond},
		flaws:      []string{"sent at once", "no tie-break by peer", "held from arrival", "delivered on arrival"},
	},
	{
		kind: "lamport-offline", offline: true,
		properties: []property{complete, total, causalByArrival, ownOrder},
		twin:       plainStamped{clock: "logical", offline: true},
		flaws:      []string{"receiving does not tick", "no tie-break by peer", "not sorted", "sorted by sender", "delivered on arrival"},
	},
	{
		kind: "timestamp-offline", offline: true,
		properties: []property{complete, total, inStampOrder},
		twin:       plainStamped{clock: "physical", offline: true},
		flaws:      []string{"no tie-break by peer", "not sorted", "sorted by sender", "delivered on arrival"},
	},
	{
		kind: "timestamp-offline", values: order.Values{{Name: "stamp", Text: "hlc"}}, offline: true,
		properties: []property{complete, total, causalByArrival, ownOrder},
		twin:       plainStamped{clock: "hybrid", offline: true},
		flaws:      []string{"receiving does not tick", "no tie-break by peer", "no logical part", "not sorted"},
	},
}

// stamped plays the schedule; clocks are up to a millisecond off. Offline orderings
// deliver when all have announced that they are done.
func (s schedule) stamped(tb testing.TB, offline bool, fresh func() peer.Ordering) *group {
	tb.Helper()
	plan := s.prepare(tb, func(peer.ID) peer.Ordering { return build(tb, "naive") })
	g := newGroup(tb, len(plan.machines), func(peer.ID) peer.Ordering { return fresh() }, noPhases,
		func(c *peer.Config) { c.ByReceipt = offline })
	g.delay, g.copies, g.fifoLinks = plan.delay, plan.copies, plan.fifoLinks
	for p, skew := range plan.skew {
		g.skew[p] = skew - ms
	}
	for _, e := range plan.events {
		if e.input.Kind == peer.InputBroadcast {
			g.at(e.at, e.input.ID)
		}
	}
	g.run(peer.Distant)
	if offline {
		g.announceAll()
	}
	return g
}

// TestStampedPromises: inside their assumptions the orderings by stamps keep
// what they promise, and deliver exactly what their slow twin does.
func TestStampedPromises(t *testing.T) {
	t.Parallel()
	for _, tt := range stamped {
		t.Run(fmt.Sprint(tt.kind, tt.values), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(schedules) {
				s := schedule{seed: seed, fifo: seed%3 == 2, twice: seed%2 == 1}
				g := s.stamped(t, tt.offline, func() peer.Ordering { return build(t, tt.kind, tt.values...) })
				for _, holds := range tt.properties {
					if wrong := holds(g); wrong != "" {
						t.Fatalf("schedule %d: %s", seed, wrong)
					}
				}
				want := s.stamped(t, tt.offline, func() peer.Ordering { o := tt.twin; return &o })
				if g.text() != want.text() || !slices.EqualFunc(g.times, want.times, slices.Equal) {
					t.Fatalf("schedule %d: logs %s at %v\nthe twin has %s at %v", seed, g.text(), g.times, want.text(), want.times)
				}
			}
		})
	}
}

// TestStampedFlawsAreCaught: the properties are no formality.
func TestStampedFlawsAreCaught(t *testing.T) {
	t.Parallel()
	for _, tt := range stamped {
		for _, flaw := range tt.flaws {
			t.Run(fmt.Sprint(tt.kind, tt.values, "/", flaw), func(t *testing.T) {
				t.Parallel()
				broken := tt.twin
				broken.flaw = flaw
				for seed := range uint64(schedules) {
					g := schedule{seed: seed}.stamped(t, tt.offline, func() peer.Ordering { o := broken; return &o })
					for _, holds := range tt.properties {
						if holds(g) != "" {
							return
						}
					}
				}
				t.Errorf("%d schedules have not caught it", schedules)
			})
		}
	}
}
