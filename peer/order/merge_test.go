package order_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

func mergeValues(null, stamp, gaps string) order.Values {
	return order.Values{{Name: "gaps", Text: gaps}, {Name: "null", Text: null}, {Name: "stamp", Text: stamp}}
}

func init() {
	silent, logical := mergeValues("none", "clock", "skip"), mergeValues("none", "lamport", "skip")
	detecting := mergeValues("none", "clock", "detect")
	hybrid, hybridDetecting := mergeValues("none", "hlc", "skip"), mergeValues("none", "hlc", "detect")
	for _, v := range []order.Values{silent, logical, detecting, hybrid, hybridDetecting} {
		everyKind = append(everyKind, variant{"merge", v})
	}
	p00, p01, p10, p11 := p0, message(0, 1), p1, message(1, 1)
	all := []send{{0, p00}, {ms / 2, p10}, {ms, p2}}
	talk := []send{{0, p00}, {ms, p10}, {ms, p2}, {2 * ms, p01}, {2 * ms, p11}, {2 * ms, message(2, 1)}}
	litmus = append(litmus,
		litmusTest{
			"a silent peer holds up the others, not itself", "merge", silent, all, nil, nil, true,
			"[p0#0 p1#0][p0#0][p0#0]",
		},
		litmusTest{
			"LT1 without FIFO links, merge", "merge", silent, talk,
			[]link{slow},
			nil, false,
			"[p0#0 p1#0 p2#0 p0#1 p1#1 p2#1][p0#0 p1#0 p2#0 p0#1 p1#1 p2#1][p1#0 p2#0 p0#1 p1#1 p2#1 p0#0]",
		},
		litmusTest{
			"LT1 with FIFO links, merge", "merge", silent, talk,
			[]link{slow},
			nil, true,
			"[p0#0 p1#0 p2#0 p0#1 p1#1 p2#1][p0#0 p1#0 p2#0 p0#1 p1#1 p2#1][p0#0 p1#0 p2#0 p0#1 p1#1 p2#1]",
		},
		litmusTest{
			"LT1 with detection, merge", "merge", detecting, talk,
			[]link{slow},
			nil, false,
			"[p0#0 p1#0 p2#0 p0#1 p1#1 p2#1][p0#0 p1#0 p2#0 p0#1 p1#1 p2#1][p0#0 p1#0 p2#0 p0#1 p1#1 p2#1]",
		},
		litmusTest{
			"LT7 skips what is lost, merge", "merge", silent, talk,
			[]link{lost},
			nil, true,
			"[p0#0 p1#0 p2#0 p0#1 p1#1 p2#1][p0#0 p1#0 p2#0 p0#1 p1#1 p2#1][p1#0 p2#0 p0#1 p1#1 p2#1]",
		},
		litmusTest{
			"LT7 with detection, merge", "merge", detecting, talk,
			[]link{lost},
			nil, true,
			"[p0#0 p1#0 p2#0 p0#1 p1#1 p2#1][p0#0 p1#0 p2#0 p0#1 p1#1 p2#1][]",
		},
		litmusTest{
			"LT8 equal logical stamps, merge", "merge", logical, all, nil,
			[]peer.Instant{0, 90 * ms, 0},
			true,
			"[p0#0 p1#0 p2#0][p0#0 p1#0 p2#0][p0#0 p1#0 p2#0]",
		},
		litmusTest{
			"a fast clock takes the others along, merge", "merge", hybrid,
			[]send{{0, p00}, {2 * ms, p10}, {4 * ms, p2}},
			nil,
			[]peer.Instant{50 * ms, 0, 0},
			true,
			"[p0#0 p1#0][p0#0][p0#0]",
		},
		litmusTest{
			"a fast clock alone goes last, merge", "merge", silent,
			[]send{{0, p00}, {2 * ms, p10}, {4 * ms, p2}},
			nil,
			[]peer.Instant{50 * ms, 0, 0},
			true,
			"[p1#0][p1#0 p2#0][p1#0]",
		},
	)
}

// plainMerge asks every stream about the least message after every packet.
type plainMerge struct {
	twin
	logical bool
	hybrid  bool // its stamps are l·hybridShare + c
	null    peer.Instant
	last    []int64
	number  int32
}

func plainMergeOf(stamp, flaw string) *plainMerge {
	return &plainMerge{twin: twin{flaw: flaw}, logical: stamp != "clock", hybrid: stamp == "hlc", null: 9 * ms}
}

func (o *plainMerge) Clone() peer.Ordering { panic("twins are not cloned") }

func (o *plainMerge) Reset(self peer.ID, n int) {
	o.twin.Reset(self, n)
	o.last = make([]int64, n)
	for p := range o.last {
		o.last[p] = -1
	}
	o.clock = -1
	if o.hybrid {
		o.clock = math.MinInt64 / 2
		for p := range o.last {
			o.last[p] = o.clock
		}
	}
}

// hybridShare is more than any count of a hybrid stamp comes to.
const hybridShare = 4096

func (o *plainMerge) stamp(now peer.Instant) int64 {
	o.clock++
	switch {
	case o.hybrid:
		o.clock = max(o.clock, hybridShare*int64(now))
	case !o.logical:
		o.clock = max(o.clock, int64(now))
	}
	return o.clock
}

func (o *plainMerge) Start(now peer.Instant, out *peer.Effects) { out.SetTimer(1, now) }

func (o *plainMerge) Expire(now peer.Instant, t peer.TimerID, out *peer.Effects) {
	if t == 1 {
		out.ToOthers(peer.Message{ID: peer.NoMessage, Kind: peer.KindNull, Round: o.number, Stamp: o.stamp(now)})
		o.number++
		out.SetTimer(1, now+o.null)
	}
	o.deliverShown(now, out)
}

func (o *plainMerge) Broadcast(now peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	p.Stamp = o.stamp(now)
	out.ToAll(p)
}

func (o *plainMerge) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	o.last[m.From] = max(o.last[m.From], m.Stamp)
	if o.hybrid && m.From != o.self && !o.had[m.ID] && o.flaw != "receiving does not tick" {
		o.clock = max(o.clock+1, m.Stamp+1, hybridShare*int64(now))
	} else if o.logical && o.flaw != "receiving does not tick" {
		o.clock = max(o.clock, m.Stamp)
	}
	if m.Kind == peer.KindData && !o.had[m.ID] {
		o.had[m.ID] = true
		o.held = append(o.held, held{id: m.ID, stamp: m.Stamp})
	}
	o.deliverShown(now, out)
}

func (o *plainMerge) deliverShown(now peer.Instant, out *peer.Effects) {
	for len(o.held) > 0 {
		h := o.held[o.first()]
		for p, stamp := range o.last {
			switch {
			case peer.ID(p) == o.self && o.flaw == "the own stream is not asked":
			case peer.ID(p) == o.self && !o.logical && max(o.clock, int64(now)) < h.stamp:
				out.SetTimer(0, peer.Instant(h.stamp))
				return
			case peer.ID(p) != o.self && stamp < h.stamp && (o.flaw != "waits for one stream" || p == 0):
				return
			}
		}
		if o.flaw != "the own stream is not asked" && o.flaw != "receiving does not tick" {
			o.clock = max(o.clock, h.stamp)
		}
		o.deliver(o.first(), out)
	}
}

// spread puts the clocks further apart before a run.
func (g *group) spread(times peer.Instant) {
	for p := range g.skew {
		g.skew[p] *= times
	}
}

// TestMerge: with nulls all is delivered, in the twin's order.
func TestMerge(t *testing.T) {
	t.Parallel()
	for _, stamp := range []string{"clock", "lamport", "hlc"} {
		for _, gaps := range []string{"skip", "detect"} {
			for seed := range uint64(schedules) {
				s := schedule{seed: seed, fifo: gaps == "skip", twice: seed%2 == 1}
				g := s.prepare(t, func(peer.ID) peer.Ordering { return build(t, "merge", mergeValues("9ms", stamp, gaps)...) })
				g.spread(3)
				g.run(150 * ms)
				for _, holds := range []property{complete, total, causal, inOrder} {
					if wrong := holds(g); wrong != "" {
						t.Fatalf("stamp %s, gaps %s, schedule %d: %s", stamp, gaps, seed, wrong)
					}
				}
				twin := s.prepare(t, func(peer.ID) peer.Ordering { return plainMergeOf(stamp, "") })
				twin.spread(3)
				twin.run(150 * ms)
				if gaps == "skip" && g.text() != twin.text() {
					t.Fatalf("stamp %s, schedule %d: logs %s\nthe twin has %s", stamp, seed, g.text(), twin.text())
				}
			}
		}
	}
}

func TestMergeFlawsAreCaught(t *testing.T) {
	t.Parallel()
	for _, flaw := range []string{
		"clock, no tie-break by peer", "clock, the own stream is not asked", "clock, waits for one stream",
		"lamport, no tie-break by peer", "lamport, receiving does not tick", "lamport, waits for one stream",
		"hlc, no tie-break by peer", "hlc, waits for one stream", "clock, FIFO links are missing",
	} {
		t.Run(flaw, func(t *testing.T) {
			t.Parallel()
			stamp, what, _ := strings.Cut(flaw, ", ")
			for seed := range uint64(schedules) {
				g := schedule{seed: seed, fifo: what != "FIFO links are missing"}.prepare(t, func(peer.ID) peer.Ordering {
					return plainMergeOf(stamp, what)
				})
				g.spread(5)
				g.run(150 * ms)
				for _, holds := range []property{complete, total, inOrder} {
					if holds(g) != "" {
						return
					}
				}
			}
			t.Errorf("%d schedules have not caught it", schedules)
		})
	}
}

// TestMergeWaits: a message waits for the next null of every other peer but its
// sender, and for none of its receiver's own.
func TestMergeWaits(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 3, 5, 8} {
		g := newGroup(t, n, func(peer.ID) peer.Ordering { return build(t, "merge") }, noPhases)
		g.at(20*ms, message(1, 0))
		g.run(60 * ms)
		for p := range n {
			want := 51 * ms // the null of 50 ms
			if n == 2 && p == 0 {
				want = 21 * ms
			}
			if len(g.times[p]) != 1 || g.times[p][0] != want {
				t.Errorf("%d peers: p%d delivers at %v, want once, at %v", n, p, g.times[p], time.Duration(want))
			}
		}
		if got, want := len(g.names), (n-1)+2*n*(n-1); got != want {
			t.Errorf("%d peers: %d packets, want %d: the broadcast and two nulls of each", n, got, want)
		}
	}
}

// TestMergeWaitsForItsOwnClock: a stamp ahead of the own clock is not delivered
// before that shows it; what ended holds up nobody, and the last word is a null.
func TestMergeWaitsForItsOwnClock(t *testing.T) {
	t.Parallel()
	o := build(t, "merge", mergeValues("20ms", "clock", "skip")...)
	o.Reset(0, 2)
	o.(peer.Seeded).Seed(1 << 63)
	var out peer.Effects
	o.Start(5*ms, &out)
	ahead := peer.Message{Kind: peer.KindData, From: 1, ID: message(1, 0), Stamp: int64(12 * ms)}
	o.Receive(6*ms, &ahead, &out)
	late := peer.Message{Kind: peer.KindData, From: 1, ID: message(1, 1), Stamp: int64(30 * ms)}
	o.Receive(7*ms, &late, &out)
	o.Expire(12*ms, 0, &out)
	o.Expire(15*ms, 0, &out)
	o.Ended(16*ms, 0, &out)
	o.Close(40*ms, &out)
	o.Close(40*ms, &out)
	var got []string
	for _, e := range out.List {
		got = append(got, out.Describe(e))
	}
	want := []string{
		"timer phases/0 at 15ms", "timer phases/0 at 12ms", "timer phases/0 at 12ms",
		"deliver p1#0", "timer phases/0 at 15ms", "timer phases/0 at 15ms",
		"send to others: null from p0 stamp=15000000", "timer phases/0 at 30ms", "timer phases/0 at 30ms", "deliver p1#1",
		"send to others: null from p0 round=1 stamp=40000000",
	}
	got = slices.Compact(got)
	if want = slices.Compact(want); !slices.Equal(got, want) {
		t.Errorf("effects\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if counters(o) != "nulls=2 " {
		t.Errorf("counters %s", counters(o))
	}
	spec, _ := order.Builtin().Lookup("merge")
	if _, err := spec.Build(mergeValues("0s", "clock", "skip")); err == nil || !strings.Contains(err.Error(), "above 0s") {
		t.Errorf("null: 0s gives %v", err)
	}
}
