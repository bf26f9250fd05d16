package order_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// plainCausal keeps what came too early and looks through all of it after each
// delivery, from the one that came first.
type plainCausal struct {
	twin
	delivered []int64
	vectors   [][]int64 // of those held
}

func (o *plainCausal) Reset(self peer.ID, n int) {
	o.twin.Reset(self, n)
	o.delivered, o.vectors = make([]int64, n), nil
}

func (o *plainCausal) Clone() peer.Ordering { panic("twins are not cloned") }

func (o *plainCausal) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	span, vector := out.NewWords(len(o.delivered))
	copy(vector, o.delivered)
	if o.sent++; o.flaw != "counts what it received" {
		vector[o.self] = o.sent
	} else {
		vector[o.self]++
	}
	p.Words = span
	out.ToAll(p)
}

func (o *plainCausal) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if o.had[m.ID] {
		return
	}
	o.had[m.ID] = true
	o.held = append(o.held, held{id: m.ID})
	o.vectors = append(o.vectors, slices.Clone(out.Words(m.Words)))
	if o.flaw == "counts what it received" && m.From != o.self {
		o.delivered[o.self]++
	}
	for i := 0; i < len(o.held); i++ {
		if !o.due(o.held[i].id.Sender, o.vectors[i]) {
			continue
		}
		sender := o.held[i].id.Sender
		o.delivered[sender] = max(o.delivered[sender]+1, o.vectors[i][sender])
		o.vectors = slices.Delete(o.vectors, i, i+1)
		o.deliver(i, out)
		if i = -1; o.flaw == "no second look" {
			return
		}
	}
}

// due reports whether all causes of a message were delivered.
func (o *plainCausal) due(sender peer.ID, vector []int64) bool {
	for k, count := range vector {
		switch {
		case k == int(sender):
			count--
		case o.flaw == "looks at the sender alone":
			continue
		}
		if count > o.delivered[k] && !(k == int(sender) && o.flaw == "no gap detection") {
			return false
		}
	}
	return true
}

// TestCausalIsNotTotal: concurrent messages stay unordered, which is the whole
// difference from a total order.
func TestCausalIsNotTotal(t *testing.T) {
	t.Parallel()
	differ := 0
	for seed := range uint64(100) {
		g := schedule{seed: seed}.run(t, func(peer.ID) peer.Ordering { return build(t, "causal") })
		if total(g) != "" {
			differ++
		}
	}
	if differ < 30 {
		t.Errorf("the logs of %d groups of 100 differ, want many", differ)
	}
}

// TestCausalReleasesByArrival feeds one peer the messages of a long causal
// history in random order, some twice, and compares it with the twin message by
// message: many wait at once, for many causes each.
func TestCausalReleasesByArrival(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 11))
		n := 2 + rng.IntN(6)
		packets := causalHistory(rng, n, 60)
		rng.Shuffle(len(packets), func(i, j int) { packets[i], packets[j] = packets[j], packets[i] })
		fast, slow := build(t, "causal"), peer.Ordering(&plainCausal{})
		fast.Reset(0, n)
		slow.Reset(0, n)
		var logs [2][]string
		for range 2 { // the second round brings copies
			for k := range packets {
				for i, o := range []peer.Ordering{fast, slow} {
					var out peer.Effects
					m := packets[k].m
					span, w := out.NewWords(n)
					copy(w, packets[k].vector)
					m.Words = span
					o.Receive(0, &m, &out)
					clear(w)
					for _, e := range out.List {
						logs[i] = append(logs[i], out.Describe(e))
					}
				}
				if fast.Held() != slow.Held() {
					t.Fatalf("seed %d, packet %d: %d are held, want %d", seed, k, fast.Held(), slow.Held())
				}
			}
		}
		if !slices.Equal(logs[0], logs[1]) || len(logs[0]) != len(packets) || fast.Held() != 0 {
			t.Fatalf("seed %d: log %v\nthe twin has %v", seed, logs[0], logs[1])
		}
	}
}

type causalPacket struct {
	m      peer.Message
	vector []int64
}

// causalHistory lets n peers broadcast in turn, each after a random part of
// what was there. No message is p0's: p0 is the one who listens.
func causalHistory(rng *rand.Rand, n, messages int) []causalPacket {
	known := make([][]int64, n)
	for p := range known {
		known[p] = make([]int64, n)
	}
	var all []causalPacket
	for range messages {
		p := 1 + rng.IntN(n-1)
		if len(all) > 0 && rng.IntN(2) == 0 {
			for k, count := range all[rng.IntN(len(all))].vector { // and its whole past
				if k != p {
					known[p][k] = max(known[p][k], count)
				}
			}
		}
		known[p][p]++
		id := message(peer.ID(p), int32(known[p][p]-1))
		all = append(all, causalPacket{
			peer.Message{ID: id, From: id.Sender, Kind: peer.KindData}, slices.Clone(known[p]),
		})
	}
	return all
}

// TestCausalLoopback: by way of the network an own message is delivered when
// it comes back, and still before the answers to it.
func TestCausalLoopback(t *testing.T) {
	t.Parallel()
	for seed := range uint64(schedules) {
		s := schedule{seed: seed}
		g := s.prepare(t, func(peer.ID) peer.Ordering { return build(t, "causal") })
		looped := newGroup(t, len(g.machines), func(peer.ID) peer.Ordering { return build(t, "causal") }, noPhases,
			func(c *peer.Config) { c.Loopback = true })
		looped.delay = g.delay
		for _, e := range g.events {
			if e.input.Kind == peer.InputBroadcast {
				looped.at(e.at, e.input.ID)
			}
		}
		looped.run(peer.Distant)
		for _, holds := range []property{complete, causal} {
			if wrong := holds(looped); wrong != "" {
				t.Fatalf("schedule %d: %s", seed, wrong)
			}
		}
	}
}

// TestCausalIgnoresOtherGroups: a vector of another length, or a rank that
// nobody can have, is no message of the group.
func TestCausalIgnoresOtherGroups(t *testing.T) {
	t.Parallel()
	for _, vector := range [][]int64{nil, {0, 1}, {0, 1, 0, 0}, {0, 0, 0}, {0, -1, 0}, {0, 1 << 40, 0}, {0, -1 << 63, 0}} {
		o := build(t, "causal")
		o.Reset(0, 3)
		var out peer.Effects
		span, w := out.NewWords(len(vector))
		copy(w, vector)
		o.Receive(0, &peer.Message{ID: message(1, 0), From: 1, Kind: peer.KindData, Words: span}, &out)
		if len(out.List) > 0 || o.Held() != 0 {
			t.Errorf("vector %v: %d effects, %d held; want none", vector, len(out.List), o.Held())
		}
	}
}

// A reply waits for its question, wherever it comes first.
func ExampleSpec_Build_causal() {
	spec, _ := order.Builtin().Lookup("causal")
	o, err := spec.Build(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	o.Reset(2, 3)
	var out peer.Effects
	for _, p := range []causalPacket{
		{peer.Message{ID: message(1, 0), From: 1, Kind: peer.KindData}, []int64{1, 1, 0}}, // the reply
		{peer.Message{ID: message(0, 0), From: 0, Kind: peer.KindData}, []int64{1, 0, 0}},
	} {
		span, vector := out.NewWords(3)
		copy(vector, p.vector)
		p.m.Words = span
		o.Receive(0, &p.m, &out)
	}
	for _, e := range out.List {
		fmt.Println(out.Describe(e))
	}
	// Output:
	// deliver p0#0
	// deliver p1#0
}
