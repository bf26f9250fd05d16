package order_test

import (
	"fmt"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// costs holds what one isolated broadcast costs where every packet takes a
// millisecond: packets on the network, and local times from the broadcast to the
// delivery at the sender and at the others; peers are n.
var costs = []struct {
	kind           string
	values         order.Values
	packets        func(n int) int
	sender, others peer.Instant
}{
	{"naive", nil, toOthers, 0, ms},
	{"fifo", nil, toOthers, 0, ms},
	{"causal", nil, toOthers, 0, ms},
	{"timestamp", order.Values{{Name: "wait", Text: "7ms"}}, toOthers, 7 * ms, 7 * ms},
	{"timestamp", order.Values{{Name: "wait", Text: "7ms"}, {Name: "hold", Text: "arrival"}}, toOthers, 7 * ms, 8 * ms},
	{"commit-wait", order.Values{{Name: "wait", Text: "7ms"}, {Name: "epsilon", Text: "2ms"}}, toOthers, 9 * ms, 9 * ms},
	{"commit-wait", order.Values{{Name: "wait", Text: "2ms"}, {Name: "epsilon", Text: "2ms"}}, toOthers, 4 * ms, 5 * ms},
	{"commit-wait", order.Values{{Name: "wait", Text: "2ms"}, {Name: "commit", Text: "20ms"}}, toOthers, 20 * ms, 21 * ms},
	{"hlc", order.Values{{Name: "wait", Text: "7ms"}}, toOthers, 7 * ms, 7 * ms},
	{"hlc", order.Values{{Name: "wait", Text: "7ms"}, {Name: "hold", Text: "arrival"}}, toOthers, 7 * ms, 8 * ms},
	{"lamport", nil, func(n int) int { return n * (n - 1) }, 2 * ms, 2 * ms},
	{"skeen", nil, func(n int) int { return 3 * (n - 1) }, 2 * ms, 3 * ms},
}

func toOthers(n int) int { return n - 1 }

func TestCosts(t *testing.T) {
	t.Parallel()
	for _, tt := range costs {
		t.Run(fmt.Sprint(tt.kind, tt.values), func(t *testing.T) {
			t.Parallel()
			for _, n := range []int{3, 5, 8} {
				for _, sender := range []int{0, n / 2, n - 1} {
					g := newGroup(t, n, func(peer.ID) peer.Ordering { return build(t, tt.kind, tt.values...) }, noPhases)
					g.at(20*ms, message(peer.ID(sender), 0))
					g.run(peer.Distant)
					if got, want := len(g.names), tt.packets(n); got != want {
						t.Errorf("%d peers, p%d sends: %d packets, want %d", n, sender, got, want)
					}
					for p, times := range g.times {
						want := 20*ms + tt.others
						if p == sender {
							want = 20*ms + tt.sender
						}
						if len(times) != 1 || times[0] != want {
							t.Errorf("%d peers, p%d sends: p%d delivers at %v, want once, at %v", n, sender, p, times, want)
						}
					}
				}
			}
		})
	}
}
