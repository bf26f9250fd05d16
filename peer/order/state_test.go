package order_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// variant is one ordering with some of its parameters.
type variant struct {
	kind   string
	values order.Values
}

var everyKind = []variant{
	{"naive", nil},
	{"causal", nil},
	{"fifo", nil},
	{"commit-wait", order.Values{{Name: "wait", Text: "6ms"}, {Name: "epsilon", Text: "2ms"}}},
	{"commit-wait", order.Values{{Name: "wait", Text: "6ms"}, {Name: "commit", Text: "0s"}}},
	{"hlc", order.Values{{Name: "wait", Text: "6ms"}}},
	{"hlc", order.Values{{Name: "wait", Text: "6ms"}, {Name: "late", Text: "drop"}}},
	{"hlc", order.Values{{Name: "wait", Text: "6ms"}, {Name: "hold", Text: "arrival"}}},
	{"lamport", nil},
	{"lamport", order.Values{{Name: "gaps", Text: "detect"}}},
	{"lamport-offline", nil},
	{"timestamp-offline", nil},
	{"timestamp-offline", order.Values{{Name: "stamp", Text: "hlc"}}},
	{"timestamp", order.Values{{Name: "wait", Text: "6ms"}}},
	{"timestamp", order.Values{{Name: "wait", Text: "6ms"}, {Name: "late", Text: "drop"}}},
	{"timestamp", order.Values{{Name: "wait", Text: "6ms"}, {Name: "hold", Text: "arrival"}}},
}

// states returns the state of every machine, times counted from its own now.
func (g *group) states() []byte {
	var b []byte
	for p, m := range g.machines {
		b = m.AppendState(b, g.now+g.skew[p])
	}
	return b
}

// TestStateIsAllThereIs stops random runs half-way: clones go on like their
// originals and leave them alone, orderings that are used again are like new,
// and where a clock has its zero is no part of the state.
func TestStateIsAllThereIs(t *testing.T) {
	t.Parallel()
	for _, tt := range everyKind {
		t.Run(fmt.Sprint(tt.kind, tt.values), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(60) {
				s := schedule{seed: seed, twice: seed%2 == 1}
				used := map[peer.ID]peer.Ordering{}
				earlier := schedule{seed: seed + 1000}
				earlier.run(t, func(p peer.ID) peer.Ordering {
					used[p] = build(t, tt.kind, tt.values...)
					return used[p]
				})
				fresh := func(peer.ID) peer.Ordering { return build(t, tt.kind, tt.values...) }
				a, b := s.prepare(t, fresh), s.prepare(t, func(p peer.ID) peer.Ordering {
					if used[p] != nil {
						return used[p]
					}
					return fresh(p)
				})
				for p := range b.skew {
					b.skew[p] += 1000 * ms
				}
				half := peer.Instant(rand.New(rand.NewPCG(seed, 1)).IntN(18)) * ms
				a.run(half)
				b.run(half)
				a.now, b.now = half, half
				state := a.states()
				if !bytes.Equal(state, b.states()) {
					t.Fatalf("schedule %d, at %v: equal histories, unequal states", seed, half)
				}
				originals := &group{machines: b.machines, skew: b.skew, now: half}
				b.machines = nil
				for _, m := range originals.machines {
					b.machines = append(b.machines, m.Clone())
				}
				a.run(long)
				b.run(long)
				if a.text() != b.text() {
					t.Fatalf("schedule %d: the clones have %s, want %s", seed, b.text(), a.text())
				}
				if !bytes.Equal(state, originals.states()) {
					t.Fatalf("schedule %d: the clones have changed their originals", seed)
				}
				if a.now > half && len(a.known) > 0 && bytes.Equal(state, a.states()) {
					t.Fatalf("schedule %d: the run went on and left no trace in the state", seed)
				}
			}
		})
	}
}

func counters(o peer.Ordering) string {
	text := ""
	if c, ok := o.(peer.Counting); ok {
		c.Counters(func(name string, n int64) { text += fmt.Sprintf("%s=%d ", name, n) })
	}
	return text
}

// TestCounters feeds single packets by hand.
func TestCounters(t *testing.T) {
	t.Parallel()
	packet := func(kind peer.Kind, from peer.ID, number int32, stamp peer.Instant, aux int64) peer.Message {
		return peer.Message{Kind: kind, From: from, ID: message(1, number), Stamp: int64(stamp), Aux: aux}
	}
	wait := order.Value{Name: "wait", Text: "5ms"}
	tests := []struct {
		kind    string
		values  order.Values
		packets []peer.Message // all arrive at 20 ms
		want    string
		held    int
	}{
		{"naive", nil, []peer.Message{packet(peer.KindData, 1, 0, 0, 0)}, "", 0},
		{"fifo", nil, []peer.Message{packet(peer.KindData, 1, 2, 0, 2), packet(peer.KindData, 1, 2, 0, 2), packet(peer.KindData, 1, 1, 0, 1)}, "gaps=2 ", 2},
		{
			"timestamp",
			order.Values{wait},
			[]peer.Message{packet(peer.KindData, 1, 1, 14*ms, 1), packet(peer.KindData, 1, 0, 13*ms, 0), packet(peer.KindData, 1, 2, 15*ms, 2)},
			"late=2 late_disordered=1 late_dropped=0 ", 1,
		},
		{
			"timestamp",
			order.Values{wait, {Name: "late", Text: "drop"}},
			[]peer.Message{packet(peer.KindData, 1, 1, 14*ms, 1), packet(peer.KindData, 1, 2, 16*ms, 2)},
			"late=1 late_disordered=0 late_dropped=1 ", 1,
		},
		{
			"timestamp",
			order.Values{wait, {Name: "hold", Text: "arrival"}},
			[]peer.Message{packet(peer.KindData, 1, 1, 1*ms, 1)},
			"late=0 late_disordered=0 late_dropped=0 ", 1,
		},
		{
			"hlc",
			order.Values{wait},
			[]peer.Message{
				packet(peer.KindData, 1, 0, 19*ms, 0), packet(peer.KindData, 1, 1, 24*ms, 7), packet(peer.KindData, 1, 2, 14*ms, 0),
				packet(peer.KindData, 1, 1, 24*ms, 7), packet(peer.KindData, 1, 3, 60020*ms, 0), packet(peer.KindData, 1, 4, 60020*ms+1, 0),
			},
			"late=1 late_disordered=0 late_dropped=0 hlc_receives=4 hlc_ahead=3 hlc_ahead_ns=60008000000 hlc_rejected=1 ", 3,
		},
		{"lamport", nil, []peer.Message{packet(peer.KindAck, 1, 0, 3, 0), packet(peer.KindData, 1, 0, 1, 0)}, "", 1},
		{
			"lamport",
			order.Values{{Name: "gaps", Text: "detect"}},
			[]peer.Message{packet(peer.KindAck, 1, 0, 3, 1), packet(peer.KindAck, 1, 0, 4, 1), packet(peer.KindData, 1, 0, 1, 0)},
			"gaps=2 ", 1,
		},
	}
	for _, tt := range tests {
		o := build(t, tt.kind, tt.values...)
		o.Reset(0, 3)
		var out peer.Effects
		for i := range tt.packets {
			o.Receive(20*ms, &tt.packets[i], &out)
		}
		if got := counters(o); got != tt.want || o.Held() != tt.held {
			t.Errorf("%s %v: counters %sheld %d, want %sheld %d", tt.kind, tt.values, got, o.Held(), tt.want, tt.held)
		}
	}
}

// TestAbsurdPackets: what no peer of the group can have sent is ignored, or
// held for ever, but never breaks an ordering.
func TestAbsurdPackets(t *testing.T) {
	t.Parallel()
	extremes := []int64{-1 << 63, -1, 0, 1, 1 << 28, 1 << 40, 1<<62 + 1, 1<<63 - 1}
	for _, tt := range everyKind {
		o := build(t, tt.kind, tt.values...)
		o.Reset(0, 3)
		var out peer.Effects
		for _, stamp := range extremes {
			for _, aux := range extremes {
				for _, kind := range []peer.Kind{peer.KindData, peer.KindAck, peer.KindRelay, peer.KindToken, peer.KindUser} {
					m := peer.Message{Kind: kind, From: 1, ID: message(1, peer.MaxNumber), Stamp: stamp, Aux: aux}
					o.Receive(0, &m, &out)
				}
			}
		}
		o.Expire(peer.Distant, 0, &out)
		o.Expire(0, 77, &out)
		o.AppendState(nil, -1<<63)
	}
}
