package order_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// costs holds what one isolated broadcast costs where every packet takes a
// millisecond: packets on the network, and local times from the broadcast to the
// delivery at the sender, at the special peer and at the others; peers are n. A
// special peer of -1 is none.
var costs = []struct {
	kind                    string
	values                  order.Values
	packets                 func(n int) int
	sender, special, others peer.Instant
	at                      peer.ID
	ofSpecial               func(n int) int // packets of its own broadcasts, which take 0/1
}{
	{"naive", nil, toOthers, 0, 0, ms, -1, nil},
	{"fifo", nil, toOthers, 0, 0, ms, -1, nil},
	{"causal", nil, toOthers, 0, 0, ms, -1, nil},
	{"timestamp", order.Values{{Name: "wait", Text: "7ms"}}, toOthers, 7 * ms, 0, 7 * ms, -1, nil},
	{"timestamp", order.Values{{Name: "wait", Text: "0ms"}}, toOthers, 0, 0, ms, -1, nil},
	{"timestamp", order.Values{{Name: "wait", Text: "7ms"}, {Name: "hold", Text: "arrival"}}, toOthers, 7 * ms, 0, 8 * ms, -1, nil},
	{"commit-wait", order.Values{{Name: "wait", Text: "7ms"}, {Name: "epsilon", Text: "2ms"}}, toOthers, 9 * ms, 0, 9 * ms, -1, nil},
	{"commit-wait", order.Values{{Name: "wait", Text: "2ms"}, {Name: "epsilon", Text: "2ms"}}, toOthers, 4 * ms, 0, 5 * ms, -1, nil},
	{"commit-wait", order.Values{{Name: "wait", Text: "2ms"}, {Name: "commit", Text: "20ms"}}, toOthers, 20 * ms, 0, 21 * ms, -1, nil},
	{"hlc", order.Values{{Name: "wait", Text: "7ms"}}, toOthers, 7 * ms, 0, 7 * ms, -1, nil},
	{"hlc", order.Values{{Name: "wait", Text: "7ms"}, {Name: "hold", Text: "arrival"}}, toOthers, 7 * ms, 0, 8 * ms, -1, nil},
	{"lamport", nil, func(n int) int { return n * (n - 1) }, 2 * ms, 0, 2 * ms, -1, nil},
	{"lamport", order.Values{{Name: "gaps", Text: "detect"}}, func(n int) int { return n * (n - 1) }, 2 * ms, 0, 2 * ms, -1, nil},
	{"skeen", nil, func(n int) int { return 3 * (n - 1) }, 2 * ms, 0, 3 * ms, -1, nil},
	{"sequencer", sequencerValues("ub", "0"), func(n int) int { return n }, 2 * ms, ms, 2 * ms, 0, toOthers},
	{"sequencer", sequencerValues("bb", "0"), func(n int) int { return 2 * (n - 1) }, 2 * ms, ms, 2 * ms, 0, toOthers},
	{"sequencer", sequencerValues("uub", "0"), func(n int) int { return n + 1 }, 2 * ms, 3 * ms, 3 * ms, 0, toOthers},
	{"sequencer", sequencerValues("ub", "2"), func(n int) int { return n }, 2 * ms, ms, 2 * ms, 2, toOthers},
	{"sequencer", sequencerValues("bb", "2"), func(n int) int { return 2 * (n - 1) }, 2 * ms, ms, 2 * ms, 2, toOthers},
	{"sequencer", sequencerValues("uub", "2"), func(n int) int { return n + 1 }, 2 * ms, 3 * ms, 3 * ms, 2, toOthers},
}

func toOthers(n int) int { return n - 1 }

// TestCosts compares what a broadcast costs, and what the Spec says it costs,
// with the counts of the literature.
func TestCosts(t *testing.T) {
	t.Parallel()
	for _, tt := range costs {
		t.Run(fmt.Sprint(tt.kind, tt.values), func(t *testing.T) {
			t.Parallel()
			for _, n := range []int{3, 5, 8} {
				for sender := range peer.ID(n) {
					packets, own, special, others := tt.packets(n), tt.sender, tt.special, tt.others
					if sender == tt.at {
						packets, own, others = tt.ofSpecial(n), 0, ms
					}
					want := slices.Repeat([]peer.Instant{others}, n)
					if tt.at >= 0 {
						want[tt.at] = special
					}
					want[sender] = own
					name := fmt.Sprintf("%d peers, %v sends", n, sender)
					if got := stated(t, tt.kind, tt.values, n, sender); got.Basis != order.Exact || got.Idle.Packets != 0 {
						t.Errorf("%s: stated as %+v, want it exact and nothing idle", name, got)
					} else {
						compareCost(t, name+", as stated", got.Packets, packets, instants(got.Delays), want)
					}
					g := newGroup(t, n, func(peer.ID) peer.Ordering { return build(t, tt.kind, tt.values...) }, noPhases)
					g.at(20*ms, message(sender, 0))
					g.run(peer.Distant)
					measured := make([]peer.Instant, n)
					for p, times := range g.times {
						if len(times) != 1 {
							t.Fatalf("%s: %v delivers at %v, want once", name, peer.ID(p), times)
						}
						measured[p] = times[0] - 20*ms
					}
					compareCost(t, name+", as run", len(g.names), packets, measured, want)
				}
			}
		})
	}
}

// stated is the cost that the Spec states.
func stated(t *testing.T, kind string, v order.Values, n int, from peer.ID) order.Cost {
	t.Helper()
	s, _ := order.Builtin().Lookup(kind)
	c, ok, err := s.CostOf(v, n, from)
	if !ok || err != nil {
		t.Fatalf("%s %v states no cost: %v", kind, v, err)
	}
	return c
}

// instants gives delays on links of a millisecond.
func instants(list []order.Delay) []peer.Instant {
	var at []peer.Instant
	for _, d := range list {
		at = append(at, peer.Instant(d.At(time.Millisecond)))
	}
	return at
}

func compareCost(t *testing.T, name string, packets, wantPackets int, times, want []peer.Instant) {
	t.Helper()
	if packets != wantPackets {
		t.Errorf("%s: %d packets, want %d", name, packets, wantPackets)
	}
	if !slices.Equal(times, want) {
		t.Errorf("%s: delivered after %v, want %v", name, times, want)
	}
}

// TestCostsAlone: a peer alone sends nothing, and waits for nobody.
func TestCostsAlone(t *testing.T) {
	t.Parallel()
	for _, s := range order.Builtin() {
		c := stated(t, s.Kind, nil, 1, 0)
		o, err := s.Build(nil)
		if err != nil {
			t.Fatal(err)
		}
		g := newGroup(t, 1, func(peer.ID) peer.Ordering { return o }, noPhases)
		g.at(20*ms, message(0, 0))
		g.run(peer.Distant)
		if c.Packets != 0 || c.Idle.Packets != 0 || len(g.names) != 0 {
			t.Errorf("%s: %d packets stated, %d sent, want none", s.Kind, c.Packets, len(g.names))
		}
		if c.Basis != order.Open && !slices.Equal(instants(c.Delays), []peer.Instant{g.times[0][0] - 20*ms}) {
			t.Errorf("%s: %v stated, delivered at %v", s.Kind, c.Delays, g.times[0])
		}
	}
}

// TestMergeMeans: over all phases of the nulls, the wait is the mean that is
// stated: the latest of the n-1 nulls that the sender waits for, of the n-2 that
// another waits for.
func TestMergeMeans(t *testing.T) {
	t.Parallel()
	const runs, tau = 200, 60 * ms
	for _, n := range []int{3, 5, 8} {
		r := rand.New(rand.NewPCG(uint64(n), 1))
		var sums [2]float64
		for range runs {
			var group []peer.Ordering
			g := newGroup(t, n, func(peer.ID) peer.Ordering {
				group = append(group, build(t, "merge", order.Value{Name: "null", Text: "60ms"}))
				return group[len(group)-1]
			}, noPhases)
			for _, o := range group {
				o.(peer.Seeded).Seed(r.Uint64())
			}
			g.at(200*ms, message(1, 0))
			g.run(200*ms + 2*tau)
			for i, p := range []int{1, 0} {
				if len(g.times[p]) != 1 {
					t.Fatalf("%d peers: p%d delivers at %v", n, p, g.times[p])
				}
				sums[i] += float64(g.times[p][0] - 200*ms)
			}
		}
		c := stated(t, "merge", order.Values{{Name: "null", Text: "60ms"}}, n, 1)
		for i, p := range []int{1, 0} {
			k := float64(n - 1 - i) // uniform waits
			want := float64(ms) + float64(tau)*k/(k+1)
			sd := float64(tau) * math.Sqrt(k/(k+2)) / (k + 1)
			if z := (sums[i]/runs - want) / (sd / math.Sqrt(runs)); math.Abs(z) > 4.5 {
				t.Errorf("%d peers: p%d waits %.0f in the mean, want %.0f; z = %.1f", n, p, sums[i]/runs, want, z)
			}
			if got := float64(c.Delays[p].At(time.Millisecond)); math.Abs(got-want) > 1 {
				t.Errorf("%d peers: p%d waits %.0f as stated, want %.0f", n, p, got, want)
			}
		}
	}
}

// TestOtherCosts: what is no fixed number is said to be none.
func TestOtherCosts(t *testing.T) {
	t.Parallel()
	null := func(text string) order.Values { return order.Values{{Name: "null", Text: text}} }
	for _, n := range []int{3, 5, 8} {
		for _, tt := range []struct {
			kind   string
			values order.Values
			basis  order.Basis
			idle   order.Flow
		}{
			{"lamport-offline", nil, order.Open, order.Flow{}},
			{"timestamp-offline", nil, order.Open, order.Flow{}},
			{"merge", null("none"), order.Open, order.Flow{}},
			{"merge", append(null("60ms"), order.Value{Name: "stamp", Text: "lamport"}), order.Open, order.Flow{Packets: n * (n - 1), Every: order.Delay{Fixed: 60 * time.Millisecond}}},
			{"merge", append(null("60ms"), order.Value{Name: "stamp", Text: "hlc"}), order.Mean, order.Flow{Packets: n * (n - 1), Every: order.Delay{Fixed: 60 * time.Millisecond}}},
			{"merge", null("60ms"), order.Mean, order.Flow{Packets: n * (n - 1), Every: order.Delay{Fixed: 60 * time.Millisecond}}},
		} {
			c := stated(t, tt.kind, tt.values, n, 1)
			if c.Basis != tt.basis || c.Packets != n-1 || c.Idle != tt.idle || (c.Delays == nil) != (tt.basis == order.Open) {
				t.Errorf("%s %v of %d: %+v", tt.kind, tt.values, n, c)
			}
		}
	}
	got := instants(stated(t, "merge", null("60ms"), 3, 1).Delays)
	if want := []peer.Instant{31 * ms, 41 * ms, 31 * ms}; !slices.Equal(got, want) {
		t.Errorf("merge: mean waits %v, want %v", got, want)
	}
}

func TestDelay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		delay order.Delay
		want  time.Duration
	}{
		{order.Delay{}, 0},
		{order.Delay{Steps: 3}, 12},
		{order.Delay{Steps: 3, Over: 2}, 6},
		{order.Delay{Steps: 1, Over: 8}, 0},
		{order.Delay{Steps: 1, Fixed: 5}, 9},
		{order.Delay{Steps: 1, Fixed: 5, AtLeast: 8}, 9},
		{order.Delay{Steps: 1, Fixed: 5, AtLeast: 10}, 10},
		{order.Delay{Steps: 1, Fixed: order.Never}, order.Never},
	} {
		if got := tt.delay.At(4); got != tt.want {
			t.Errorf("%+v at 4: %d, want %d", tt.delay, got, tt.want)
		}
	}
}
