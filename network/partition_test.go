package network

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// fourPeers has peers 0 and 1 against 2; peer 3 is in no group.
func fourPeers(p Partition) Config {
	p.Groups = [][]Addr{{0, 1}, {2}}
	return Config{Peers: 4, Default: Link{Excess: rng.Constant(10)}, Partitions: []Partition{p}}
}

func verdicts(fates []Fate) []Verdict {
	var v []Verdict
	for _, f := range fates {
		v = append(v, f.Verdict)
	}
	return v
}

func TestPartitionDrops(t *testing.T) {
	t.Parallel()
	n := mustNew(t, fourPeers(Partition{}))
	send := func(now sim.Time) (got [][]Verdict) {
		for p := range Addr(4) {
			got = append(got, verdicts(n.Broadcast(now, Packet{From: p}, nil)))
		}
		return got
	}
	whole := [][]Verdict{{Arrives, Arrives, Arrives}, {Arrives, Arrives, Arrives}, {Arrives, Arrives, Arrives}, {Arrives, Arrives, Arrives}}
	apart := [][]Verdict{{Arrives, Cut, Arrives}, {Arrives, Cut, Arrives}, {Cut, Cut, Arrives}, {Arrives, Arrives, Arrives}}
	if diff := cmp.Diff(whole, send(0)); diff != "" {
		t.Errorf("before:\n%s", diff)
	}
	n.Apply(1, Fault{Partition: 0}, nil)
	if diff := cmp.Diff(apart, send(2)); diff != "" {
		t.Errorf("while it lasts:\n%s", diff)
	}
	if n.StrikesInFlight() || n.Arrive(5, 0, 0, 2) != Arrives {
		t.Error("a packet in flight was struck")
	}
	if out := n.Apply(6, Fault{Partition: 0, Heal: true}, nil); len(out) != 0 {
		t.Errorf("the heal let go %v: what was dropped is gone", out)
	}
	if diff := cmp.Diff(whole, send(6)); diff != "" {
		t.Errorf("after:\n%s", diff)
	}
	if c := n.Counts(); n.Struck(0) != 4 || c.Cut != 4 || c.Lost != 4 {
		t.Errorf("struck %d, counts %+v: want 4 cut", n.Struck(0), c)
	}
	n.Apply(7, Fault{Partition: 0}, nil)
	n.Reset(0)
	if diff := cmp.Diff(whole, send(0)); diff != "" || n.Struck(0) != 0 {
		t.Errorf("after a reset, struck %d:\n%s", n.Struck(0), diff)
	}
}

func TestPartitionHolds(t *testing.T) {
	t.Parallel()
	c := fourPeers(Partition{Hold: true})
	c.Default = Link{Excess: exponential20()}
	n, free := mustNew(t, c), mustNew(t, c)
	n.Apply(0, Fault{Partition: 0}, nil)
	var want []Fate
	for i := range 5 {
		p := Packet{From: Addr(i % 2), Name: rng.Key(i), Ref: uint32(i)}
		out := n.Broadcast(sim.Time(i), p, nil)
		if diff := cmp.Diff([]Verdict{Arrives, Held, Arrives}, verdicts(out)); diff != "" {
			t.Fatalf("broadcast %d:\n%s", i, diff)
		}
		p.To = 2
		want = free.Send(1000*ms, p, want) // each with its own delay, counted from the heal
	}
	if c := n.Counts(); c.Held != 5 || c.Holding != 5 || n.Struck(0) != 5 {
		t.Errorf("struck %d, counts %+v: want 5 held", n.Struck(0), c)
	}
	got := n.Apply(1000*ms, Fault{Partition: 0, Heal: true}, nil)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("let go (-want +got):\n%s", diff)
	}
	if c := n.Counts(); c.Held != 5 || c.Holding != 0 || c.Arriving != 15 {
		t.Errorf("counts %+v: want 5 ever held, 15 arriving", c)
	}
}

// What two partitions hold goes when both have healed; what one drops is
// dropped, also when the other lets it go.
func TestPartitionsOverlap(t *testing.T) {
	t.Parallel()
	apart := [][]Addr{{0}, {1}}
	n := mustNew(t, Config{Peers: 3, Partitions: []Partition{{Groups: apart, Hold: true}, {Groups: apart, Hold: true}, {Groups: apart}}})
	apply := func(now sim.Time, i int, heal bool) []Verdict {
		return verdicts(n.Apply(now, Fault{Partition: i, Heal: heal}, nil))
	}
	send := func(now sim.Time) Verdict { return n.Send(now, Packet{From: 0, To: 1}, nil)[0].Verdict }
	check := func(what string, got, want any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	apply(0, 1, false)
	check("one holds", send(1), Held)
	apply(2, 0, false)
	check("two hold", send(3), Held)
	check("one of them heals", apply(4, 1, true), []Verdict(nil))
	apply(5, 2, false)
	check("one holds, one drops", send(6), Cut)
	check("the other heals while one drops", apply(7, 0, true), []Verdict{Cut, Cut})
	apply(8, 0, false)
	check("dropping heals", apply(9, 2, true), []Verdict(nil))
	check("held again", send(10), Held)
	check("last heal", apply(11, 0, true), []Verdict{Arrives})
	if got := []uint64{n.Struck(0), n.Struck(1), n.Struck(2)}; !cmp.Equal(got, []uint64{3, 2, 3}) {
		t.Errorf("struck %v, want 3, 2 and 3", got)
	}
}

func TestPartitionStrikesInFlight(t *testing.T) {
	t.Parallel()
	n := mustNew(t, fourPeers(Partition{DropInFlight: true}))
	if !n.StrikesInFlight() {
		t.Error("StrikesInFlight says no")
	}
	n.Broadcast(0, Packet{From: 0}, nil)
	if got := n.Arrive(10, 0, 0, 2); got != Arrives {
		t.Errorf("before: %v", got)
	}
	n.Apply(5, Fault{Partition: 0}, nil)
	for to, want := range []Verdict{Arrives, Arrives, Cut, Arrives} {
		if got := n.Arrive(10, 0, 0, Addr(to)); got != want {
			t.Errorf("0 to %d: %v, want %v", to, got, want)
		}
	}
	n.Apply(11, Fault{Partition: 0, Heal: true}, nil)
	if got := n.Arrive(12, 4, 0, 2); got != Arrives {
		t.Errorf("after: %v", got)
	}
	if c := n.Counts(); c.InFlight != 1 || c.Cut != 1 || c.Lost != 1 || c.Arriving != 2 || n.Struck(0) != 1 {
		t.Errorf("struck %d, counts %+v: want one struck in flight, two arriving", n.Struck(0), c)
	}
}

// An explicit delay is used up by the first packet, and holds after the heal.
func TestExplicitAcrossPartition(t *testing.T) {
	t.Parallel()
	for _, hold := range []bool{false, true} {
		c := fourPeers(Partition{Hold: hold})
		c.Explicit = []Explicit{{Body: 1, From: 0, To: 2, Delay: 500}}
		n := mustNew(t, c)
		n.Apply(0, Fault{Partition: 0}, nil)
		n.Send(0, Packet{From: 0, To: 2, Body: 1}, nil)
		out := n.Apply(1000, Fault{Partition: 0, Heal: true}, nil)
		out = n.Send(2000, Packet{From: 0, To: 2, Body: 1}, out)
		want := []Fate{{At: 2010, To: 2}}
		if hold {
			want = []Fate{{At: 1500, To: 2}, {At: 2010, To: 2}}
		}
		if diff := cmp.Diff(want, out); diff != "" {
			t.Errorf("hold %t (-want +got):\n%s", hold, diff)
		}
	}
}

func TestBrokenInvariantsPanic(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		call func(n *Network)
		want string
	}{
		{"sender", func(n *Network) { n.Broadcast(0, Packet{From: 4}, nil) }, "address 4 in a network of 4 peers"},
		{"receiver", func(n *Network) { n.Send(0, Packet{From: 0, To: 9}, nil) }, "address 9 in a network of 4 peers"},
		{"own", func(n *Network) { n.Self(0, Packet{From: 5}, nil) }, "address 5"},
		{"time", func(n *Network) { n.Broadcast(8, Packet{}, nil); n.Send(7, Packet{To: 1}, nil) }, "a call at 0.000007ms after one at 0.000008ms"},
		{"arrival", func(n *Network) { n.Arrive(3, 4, 0, 1) }, "sent at 0.000004ms arrives at 0.000003ms"},
		{"arrival from", func(n *Network) { n.Arrive(3, 0, 4, 1) }, "address 4"},
		{"arrival to", func(n *Network) { n.Arrive(3, 0, 1, 4) }, "address 4"},
		{"partition", func(n *Network) { n.Apply(0, Fault{Partition: 1}, nil) }, "partition 1 of 1"},
		{"begins twice", func(n *Network) { n.Apply(0, Fault{}, nil); n.Apply(1, Fault{}, nil) }, "partition 0 lasts: true, on heal: false"},
		{"heals unbegun", func(n *Network) { n.Apply(0, Fault{Heal: true}, nil) }, "partition 0 lasts: false, on heal: true"},
		{"struck", func(n *Network) { n.Struck(-1) }, "partition -1 of 1"},
		{"place", func(n *Network) { n.BasePlace(0, 0) }, "place 0 in a network of 0 places"},
		{"base from", func(n *Network) { n.BaseDelay(4, 0) }, "address 4"},
		{"base to", func(n *Network) { n.BaseDelay(0, 4) }, "address 4"},
		{"bytes", func(n *Network) { n.Send(0, Packet{To: 3, Bytes: -1}, nil) }, "packet of -1 bytes"},
	}
	for _, tt := range tests {
		c := fourPeers(Partition{})
		c.Overrides = []Override{{To: []Addr{3}, Link: Link{Bandwidth: 1000}}}
		n := mustNew(t, c)
		func() {
			defer func() {
				got, _ := recover().(string)
				if !strings.Contains(got, "network: invariant: ") || !strings.Contains(got, tt.want) {
					t.Errorf("%s: panic %q, want one that says %q", tt.name, got, tt.want)
				}
			}()
			tt.call(n)
		}()
	}
}
