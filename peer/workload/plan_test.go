package workload

import (
	"testing"

	"mpcomm/peer"
	"mpcomm/sim/rng"

	"pgregory.net/rapid"
)

func TestCheckNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	none := peer.NoMessage
	replies := func(num, den uint64, depth int) *Replies {
		return &Replies{Probability: rng.Ratio{Num: num, Den: den}, Depth: depth}
	}
	for _, test := range []struct {
		name string
		plan Plan
		want string // "" = nothing
	}{
		{"nothing", Plan{Peers: 1}, ""},
		{"plain", Plan{Peers: 65536, Messages: 2, Replies: replies(0, 1, 8)}, ""},
		{"after own", Plan{Peers: 1, Sends: []Send{{Number: 1, After: id(0, 0)}, {Number: 0, After: none}}}, ""},
		{"no peers", Plan{}, "workload: 0 peers: want 1..65536"},
		{"peers", Plan{Peers: 65537}, "workload: 65537 peers: want 1..65536"},
		{
			"both",
			Plan{Peers: 1, Messages: 1, Sends: []Send{}},
			"workload: messages and sends exclude each other: give one of them",
		},
		{"negative", Plan{Peers: 1, Messages: -1}, "workload: messages -1: want 0..268435455"},
		{
			"many",
			Plan{Peers: 1000, Messages: 1 << 20},
			"workload: 1048576 messages of 1000 senders: want at most 134217728 in all",
		},
		{"senders", Plan{Peers: 2, Senders: []bool{true}}, "workload: senders for 1 peers: want 2, one for each"},
		{
			"twice",
			Plan{Peers: 2, Sends: []Send{{From: 1, Number: 3, After: none}, {From: 1, Number: 3, After: none}}},
			"workload: send 1: number 3 of p1 is taken by send 0: give another number",
		},
		{
			"from",
			Plan{Peers: 2, Sends: []Send{{From: 2, After: none}, {From: 0, Number: -1, After: none}}},
			"workload: send 0: p2#0: want a peer 0..1 and a number 0..268435455\n" +
				"workload: send 1: p0#-1: want a peer 0..1 and a number 0..268435455",
		},
		{
			"unknown",
			Plan{Peers: 2, Sends: []Send{{After: id(1, 0)}}},
			"workload: send 0: after p1#0: no entry of the schedule has this name",
		},
		{
			"itself",
			Plan{Peers: 1, Sends: []Send{{After: id(0, 0)}}},
			"workload: send 0: waits for itself by way of after p0#0",
		},
		{
			"circle",
			Plan{Peers: 2, Sends: []Send{{From: 0, After: id(0, 1)}, {From: 1, After: id(0, 0)}, {From: 0, Number: 1, After: id(1, 0)}}},
			"workload: send 0: waits for itself by way of after p0#1",
		},
		{"depth", Plan{Peers: 2, Replies: replies(1, 4, 9)}, "workload: replies: depth 9: want 1..8"},
		{"probability", Plan{Peers: 2, Replies: replies(5, 4, 1)}, "workload: replies: probability 5/4: want 0..1"},
		{"no denominator", Plan{Peers: 2, Replies: replies(1, 0, 1)}, "workload: replies: probability 1/0: want 0..1"},
		{
			"explosion",
			Plan{Peers: 100, Messages: 10, Replies: replies(1, 1, 8)},
			"workload: replies: more than 134217728 are to be expected: want a lower probability (now 1) or depth (now 8)",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := test.plan.Check(); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// Every circle of causes is found, and nothing else: a schedule passes exactly
// if sending what waits for nothing, and then what waits for that, sends all.
func TestCheckFindsCircles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "sends")
		plan := Plan{Peers: 1}
		for k := range n {
			s := Send{Number: int32(k), After: peer.NoMessage}
			if cause := rapid.IntRange(-1, n-1).Draw(t, "after"); cause >= 0 {
				s.After = id(0, int32(cause))
			}
			plan.Sends = append(plan.Sends, s)
		}
		sent := map[peer.MessageID]bool{peer.NoMessage: true}
		for range n {
			for _, s := range plan.Sends {
				if sent[s.After] {
					sent[idOf(&s)] = true
				}
			}
		}
		if err := plan.Check(); (err == nil) != (len(sent) == n+1) {
			t.Fatalf("%d of %d can be sent, Check says %v", len(sent)-1, n, err)
		}
	})
}
