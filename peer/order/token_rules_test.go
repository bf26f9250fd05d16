package order_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// TestTokenCosts: the token comes by once a turn; a message goes at its next
// visit, is agreed on where it arrives, and safe n hops after that at its
// sender, n+i at the i-th peer after it. Over all phases of the turn that gives
// the means that are stated.
func TestTokenCosts(t *testing.T) {
	t.Parallel()
	const parts = 4 // of a step: the broadcasts come between the hops
	for _, deliver := range []string{"agreed", "safe"} {
		for _, n := range []int{3, 5, 8} {
			for sender := range peer.ID(n) {
				values := tokenValues(deliver, "none")
				turn := peer.Instant(n) * ms
				sums := make([]peer.Instant, n)
				for k := range parts * n {
					at := turn + peer.Instant(k)*ms/parts + ms/(2*parts)
					visit := peer.Instant(sender) * ms
					for visit < at {
						visit += turn
					}
					g := newGroup(t, n, func(peer.ID) peer.Ordering { return build(t, "token", values...) }, noPhases)
					g.at(at, message(sender, 0))
					g.run(6 * turn)
					for p, times := range g.times {
						i := peer.Instant((p - int(sender) + n) % n)
						want := visit + min(i, 1)*ms
						if deliver == "safe" {
							want = visit + turn + i*ms
						}
						if len(times) != 1 || times[0] != want {
							t.Fatalf("%s, %d peers, %v sends at %v: p%d delivers at %v, want %v", deliver, n, sender, at, p, times, want)
						}
						sums[p] += want - at
					}
					if want := n - 1 + 6*n + 1; len(g.names) != want {
						t.Fatalf("%d peers: %d packets in six turns, want %d", n, len(g.names), want)
					}
				}
				c := stated(t, "token", values, n, sender)
				if want := (order.Flow{Packets: 1, Every: order.Delay{Steps: 1}}); c.Basis != order.Mean || c.Packets != n-1 || c.Idle != want {
					t.Errorf("%s, %d peers: stated as %+v", deliver, n, c)
				}
				for p, sum := range sums {
					if got := peer.Instant(c.Delays[p].At(time.Millisecond)); got != sum/peer.Instant(parts*n) {
						t.Errorf("%s, %d peers, %v sends: p%d delivers after %v as stated, %v in the mean", deliver, n, sender, p, got, sum/peer.Instant(parts*n))
					}
				}
			}
		}
	}
}

// TestTokenRepairs: bodies that are lost, and repairs that are lost, are asked
// for until they are there. The tokens arrive.
func TestTokenRepairs(t *testing.T) {
	t.Parallel()
	for _, values := range []order.Values{tokenValues("agreed", "token"), tokenValues("safe", "token")} {
		relays := 0
		for seed := range uint64(100) {
			s := schedule{seed: seed, twice: seed%2 == 1}
			g := s.prepare(t, func(peer.ID) peer.Ordering { return build(t, "token", values...) })
			r := rand.New(rand.NewPCG(seed, 3))
			whole := g.delay
			g.delay = func(from, to peer.ID, m *peer.Message) peer.Instant {
				if m.Kind == peer.KindRelay {
					relays++
				}
				if m.Kind.Body() && r.IntN(3) == 0 {
					return -1
				}
				return whole(from, to, m)
			}
			g.run(5 * long)
			holds := []property{complete, total, causal, inOrder}
			if values.Enum("deliver") == "safe" {
				holds = append(holds, everywhere)
			}
			for _, kept := range holds {
				if wrong := kept(g); wrong != "" {
					t.Fatalf("%v, schedule %d: %s", values, seed, wrong)
				}
			}
		}
		if relays == 0 {
			t.Errorf("%v: nothing was sent again", values)
		}
	}
}

// TestTokenAsksForSome: a token has room for so many numbers; the rest is asked
// for when those are here.
func TestTokenAsksForSome(t *testing.T) {
	t.Parallel()
	g := newGroup(t, 3, func(peer.ID) peer.Ordering { return build(t, "token", tokenValues("agreed", "token")...) }, noPhases)
	most := 0
	g.delay = func(_, to peer.ID, m *peer.Message) peer.Instant {
		most = max(most, int(m.Words.Len)-2)
		if m.Kind == peer.KindData && to == 2 {
			return -1
		}
		return ms
	}
	for k := range int32(150) {
		g.at(0, message(1, k))
	}
	g.run(long)
	if wrong := complete(g) + total(g) + inOrder(g); wrong != "" || most != 64 {
		t.Errorf("%s; asks for %d at most, want 64", wrong, most)
	}
}

// TestTokenWithoutDelay: hops that take no time do not keep the clock from
// going on.
func TestTokenWithoutDelay(t *testing.T) {
	t.Parallel()
	g := newGroup(t, 3, func(peer.ID) peer.Ordering { return build(t, "token") }, noPhases)
	g.delay = func(peer.ID, peer.ID, *peer.Message) peer.Instant { return 0 }
	g.at(5*ms+ms/2, p1)
	g.run(9 * ms)
	for p, times := range g.times {
		if len(times) != 1 || times[0] < 5*ms+ms/2 || times[0] > 7*ms {
			t.Errorf("p%d delivers at %v, want at the next millisecond", p, times)
		}
	}
	if hops := len(g.names) - 2; hops < 10*250 || hops > 10*350 {
		t.Errorf("%d hops; want about 100 turns at each of 0, 1, ... 9 ms", hops)
	}
}

// TestTokenEnds: when all logs have closed, the token stops after a turn that
// meets nobody else.
func TestTokenEnds(t *testing.T) {
	t.Parallel()
	g := newGroup(t, 3, func(peer.ID) peer.Ordering { return build(t, "token") }, noPhases)
	g.at(ms/2, p1)
	for q, count := range []int32{0, 1, 0} {
		for p := range peer.ID(3) {
			done := peer.Input{Kind: peer.InputAnnounce, From: peer.ID(q), Count: count}
			g.schedule(event{at: 20 * ms, to: p, input: done})
		}
	}
	g.run(long)
	if g.submits != 3 || g.now < 22*ms || g.now > 24*ms {
		t.Errorf("%d logs submitted, the last event at %v; want 3, and the token to stop within 3 ms", g.submits, g.now)
	}
}

// TestTokenRefuses: packets that nobody in the group can have sent change
// nothing.
func TestTokenRefuses(t *testing.T) {
	t.Parallel()
	good := peer.Message{Kind: peer.KindToken, From: 0, ID: peer.NoMessage, Round: 1, Stamp: 5, Aux: 3}
	change := func(edit func(*peer.Message)) peer.Message {
		m := good
		edit(&m)
		return m
	}
	for _, tt := range []struct {
		what   string
		packet peer.Message
		words  []int64
		sent   int
	}{
		{"the token", good, []int64{2, 0}, 1},
		{"without words", good, nil, 0},
		{"a word short", good, []int64{2}, 0},
		{"more requests than there may be", good, make([]int64, 67), 0},
		{"a request for nothing", good, []int64{2, 0, 0}, 0},
		{"a request for what comes later", good, []int64{2, 0, 6}, 0},
		{"signed by nobody of the group", good, []int64{3, 0}, 0},
		{"signed by less than nobody", good, []int64{-2, 0}, 0},
		{"more rest than peers", good, []int64{-1, 4}, 0},
		{"less rest than none", good, []int64{-1, -1}, 0},
		{"an aru past the numbers", change(func(m *peer.Message) { m.Aux = 6 }), []int64{2, 0}, 0},
		{"a negative aru", change(func(m *peer.Message) { m.Aux = -1 }), []int64{2, 0}, 0},
		{"a number past all", change(func(m *peer.Message) { m.Stamp = 1<<62 + 1 }), []int64{2, 0}, 0},
		{"out of turn", change(func(m *peer.Message) { m.Round = 2 }), []int64{2, 0}, 0},
		{"of another", change(func(m *peer.Message) { m.From = 2 }), []int64{2, 0}, 0},
		{"from before the beginning", change(func(m *peer.Message) { m.Round = -2 }), []int64{2, 0}, 0},
	} {
		o := build(t, "token", tokenValues("safe", "token")...)
		o.Reset(1, 3)
		var out peer.Effects
		o.Start(0, &out)
		m := tt.packet
		var words []int64
		m.Words, words = out.NewWords(len(tt.words))
		copy(words, tt.words)
		for range 2 {
			o.Receive(0, &m, &out)
		}
		if len(out.List) != tt.sent {
			t.Errorf("%s: %d effects, want %d", tt.what, len(out.List), tt.sent)
		}
	}
	for _, tt := range []struct {
		what   string
		packet peer.Message
		held   int
	}{
		{"a body", peer.Message{Kind: peer.KindData, From: 2, ID: p2, Stamp: 2}, 1},
		{"the body that is due", peer.Message{Kind: peer.KindData, From: 2, ID: p2, Stamp: 1}, 0},
		{"without a number", peer.Message{Kind: peer.KindData, From: 2, ID: p2}, 0},
		{"a number past all", peer.Message{Kind: peer.KindData, From: 2, ID: p2, Stamp: 1<<62 + 1}, 0},
		{"another's body", peer.Message{Kind: peer.KindData, From: 0, ID: p2, Stamp: 2}, 0},
		{"sent again by another", peer.Message{Kind: peer.KindRelay, From: 0, ID: p2, Stamp: 2}, 1},
		{"the own one, sent again", peer.Message{Kind: peer.KindRelay, From: 0, ID: p1, Stamp: 2}, 0},
	} {
		o := build(t, "token")
		o.Reset(1, 3)
		var out peer.Effects
		for range 2 {
			o.Receive(0, &tt.packet, &out)
		}
		if o.Held() != tt.held {
			t.Errorf("%s: holds %d, want %d", tt.what, o.Held(), tt.held)
		}
	}
}

// TestTokenRestart: a holder that was down passes the token on when its time has
// come, and p0 makes no second one.
func TestTokenRestart(t *testing.T) {
	t.Parallel()
	o := build(t, "token", order.Value{Name: "hold", Text: "5ms"})
	o.Reset(0, 2)
	var out peer.Effects
	o.Start(0, &out)
	o.Start(3*ms, &out)
	if len(out.List) != 2 || out.List[1].At != 5*ms {
		t.Fatalf("after a restart: %d effects, %+v; want the timer of the holder again", len(out.List), out.List)
	}
	o.Expire(4*ms, 0, &out)
	o.Expire(5*ms, 0, &out)
	o.Start(6*ms, &out)
	if len(out.List) != 4 || out.List[3].Kind != peer.EffectSend {
		t.Errorf("%+v; want the timer moved, and one token", out.List[2:])
	}
}
