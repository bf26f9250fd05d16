package order_test

import (
	"fmt"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

var offlineKinds = []struct {
	kind   string
	values order.Values
}{
	{"lamport-offline", nil},
	{"timestamp-offline", nil},
	{"timestamp-offline", order.Values{{Name: "stamp", Text: "hlc"}}},
}

// announceAll lets every peer know how many messages there are of each.
func (g *group) announceAll() {
	for p := range g.machines {
		for q, m := range g.machines {
			g.schedule(event{at: g.now, to: peer.ID(p), input: peer.Input{Kind: peer.InputAnnounce, From: peer.ID(q), Count: m.Broadcasts()}})
		}
	}
	g.run(g.now)
}

func byReceipt(c *peer.Config) { c.ByReceipt = true }

// TestOfflineCosts: a broadcast is one packet to each of the others, and all of
// them are delivered when the log closes, none before.
func TestOfflineCosts(t *testing.T) {
	t.Parallel()
	for _, tt := range offlineKinds {
		for _, n := range []int{3, 5, 8} {
			for _, sender := range []int{0, n / 2, n - 1} {
				g := newGroup(t, n, func(peer.ID) peer.Ordering { return build(t, tt.kind, tt.values...) }, noPhases, byReceipt)
				g.at(20*ms, message(peer.ID(sender), 0))
				g.run(peer.Distant)
				if len(g.names) != n-1 {
					t.Errorf("%s %v, %d peers: %d packets, want %d", tt.kind, tt.values, n, len(g.names), n-1)
				}
				for p, log := range g.logs {
					if len(log) > 0 {
						t.Errorf("%s %v, %d peers: p%d delivers before the end", tt.kind, tt.values, n, p)
					}
				}
				g.now = 70 * ms
				g.announceAll()
				for p, times := range g.times {
					if len(times) != 1 || times[0] != 70*ms {
						t.Errorf("%s %v, %d peers: p%d delivers at %v, want once, at the end", tt.kind, tt.values, n, p, times)
					}
				}
			}
		}
	}
}

// TestOfflineLitmus holds schedules small enough to work out by hand; packets
// take a millisecond, p0's first to p2 ten.
func TestOfflineLitmus(t *testing.T) {
	t.Parallel()
	hybrid := order.Values{{Name: "stamp", Text: "hlc"}}
	for _, tt := range []struct {
		name, kind string
		values     order.Values
		sends      []send
		skew       []peer.Instant
		want       string
	}{
		{"LT1 needs no FIFO links", "lamport-offline", nil, race, nil, "[p0#0 p1#0]"},
		{"LT8 equal clocks", "lamport-offline", nil, []send{{0, p2}, {0, p1}, {0, p0}}, nil, "[p0#0 p1#0 p2#0]"},
		{"LT8 equal timestamps", "timestamp-offline", nil, []send{{0, p2}, {0, p1}, {0, p0}}, nil, "[p0#0 p1#0 p2#0]"},
		{"logical clocks are not real time", "lamport-offline", nil, []send{{0, p2}, {ms / 2, p0}}, nil, "[p0#0 p2#0]"},
		{"real clocks are", "timestamp-offline", nil, []send{{0, p2}, {ms / 2, p0}}, nil, "[p2#0 p0#0]"},
		{"unless one is wrong", "timestamp-offline", nil, []send{{0, p2}, {ms / 2, p0}}, []peer.Instant{0, 0, ms}, "[p0#0 p2#0]"},
		{"LT5 by clocks the reply is first", "timestamp-offline", nil, []send{{0, p0}, {2 * ms, p1}}, []peer.Instant{50 * ms, 0, 0}, "[p1#0 p0#0]"},
		{"LT5 by hybrid clocks it is not", "timestamp-offline", hybrid, []send{{0, p0}, {2 * ms, p1}}, []peer.Instant{50 * ms, 0, 0}, "[p0#0 p1#0]"},
		{"LT5 by logical clocks it is not", "lamport-offline", nil, []send{{0, p0}, {2 * ms, p1}}, []peer.Instant{50 * ms, 0, 0}, "[p0#0 p1#0]"},
		{"a sender's stamps differ", "timestamp-offline", nil, []send{{0, message(1, 3)}, {0, message(1, 2)}, {0, p1}}, nil, "[p1#3 p1#2 p1#0]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := newGroup(t, 3, func(peer.ID) peer.Ordering { return build(t, tt.kind, tt.values...) }, noPhases, byReceipt)
			if tt.skew != nil {
				g.skew = tt.skew
			}
			g.delay = func(_, to peer.ID, m *peer.Message) peer.Instant {
				if m.ID == p0 && to == 2 {
					return 10 * ms
				}
				return ms
			}
			for _, s := range tt.sends {
				g.at(s.at, s.id)
			}
			g.run(peer.Distant)
			g.announceAll()
			if got := g.text(); got != tt.want+tt.want+tt.want {
				t.Errorf("logs %s\nwant three times %s", got, tt.want)
			}
		})
	}
}

// TestOfflineGathersAndLetsGo: what was gathered is held until the close, a
// stamp from far ahead is discarded, a second close finds nothing.
func TestOfflineGathersAndLetsGo(t *testing.T) {
	t.Parallel()
	for _, tt := range offlineKinds {
		o := build(t, tt.kind, tt.values...)
		o.Reset(0, 3)
		var out peer.Effects
		for _, stamp := range []int64{7, 5, 5, int64(70_000 * ms)} {
			m := peer.Message{ID: message(1, int32(stamp%1000)), From: 1, Kind: peer.KindData, Stamp: stamp}
			o.Receive(0, &m, &out)
		}
		want := "[deliver p1#5 deliver p1#7 deliver p1#0]"
		hybrid := len(tt.values) > 0
		if hybrid {
			want = "[discard p1#0 deliver p1#5 deliver p1#7]"
		}
		if held := o.Held(); hybrid && held != 2 || !hybrid && held != 3 {
			t.Errorf("%s %v: %d are held", tt.kind, tt.values, held)
		}
		o.Close(0, &out)
		o.Close(0, &out)
		var got []string
		for _, e := range out.List {
			got = append(got, out.Describe(e))
		}
		if fmt.Sprint(got) != want || o.Held() != 0 {
			t.Errorf("%s %v: %v, want %s", tt.kind, tt.values, got, want)
		}
		if c := counters(o); hybrid && c != "hlc_receives=2 hlc_ahead=2 hlc_ahead_ns=14 hlc_rejected=1 " || !hybrid && c != "" {
			t.Errorf("%s %v: counters %s", tt.kind, tt.values, c)
		}
	}
}
