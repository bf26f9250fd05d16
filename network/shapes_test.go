package network

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/sim/rng"
)

// TestShapes: a one-way cut and a ring separate exactly the ordered pairs that a
// search through their lists says.
func TestShapes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		peers := rapid.IntRange(4, 9).Draw(rt, "peers")
		some := func(label string, least int) []Addr {
			return rapid.SliceOfNDistinct(rapid.Map(rapid.IntRange(0, peers-1), func(p int) Addr { return Addr(p) }), least, peers, rapid.ID[Addr]).Draw(rt, label)
		}
		p := Partition{Ring: some("ring", 4)}
		if rapid.Bool().Draw(rt, "one way") {
			p = Partition{From: some("from", 1), To: some("to", 1)}
		}
		cut := func(from, to Addr) bool {
			has := func(list []Addr, a Addr) int {
				for i, b := range list {
					if a == b {
						return i
					}
				}
				return -1
			}
			if p.Ring == nil {
				return has(p.From, from) >= 0 && has(p.To, to) >= 0
			}
			i, j, n := has(p.Ring, from), has(p.Ring, to), len(p.Ring)
			return i >= 0 && j >= 0 && (i+1)%n != j && (j+1)%n != i
		}
		n, err := New(Config{Peers: peers, Default: Link{Excess: rng.Constant(10)}, Partitions: []Partition{p}})
		if err != nil {
			rt.Fatal(err)
		}
		n.Apply(0, Fault{}, nil)
		struck := uint64(0)
		for from := range Addr(peers) {
			for to := range Addr(peers) {
				if from == to {
					continue
				}
				v := n.Send(1, Packet{From: from, To: to}, nil)[0].Verdict
				if (v == Cut) != cut(from, to) {
					rt.Fatalf("%+v: %d to %d %v", p, from, to, v)
				}
				if v == Cut {
					struck++
				}
			}
		}
		if n.Struck(0) != struck {
			rt.Fatalf("struck %d, want %d", n.Struck(0), struck)
		}
	})
}

// TestClog: a clog touches nothing that is sent, keeps what arrives on its links
// while it lasts, and counts each arrival once.
func TestClog(t *testing.T) {
	t.Parallel()
	n := mustNew(t, Config{Peers: 3, Default: Link{Excess: rng.Constant(10)}, Partitions: []Partition{{Clog: true, From: []Addr{0}, To: []Addr{1}}}})
	if n.Clog(0, 1) || n.Clogged(0, 1) {
		t.Error("clogged before it begins")
	}
	n.Apply(1, Fault{}, nil)
	if v := n.Send(2, Packet{From: 0, To: 1}, nil)[0].Verdict; v != Arrives {
		t.Errorf("a packet sent while it lasts %v", v)
	}
	if !n.Clog(0, 1) || n.Clog(1, 0) || n.Clog(0, 2) || !n.Clogged(0, 1) || n.Struck(0) != 1 {
		t.Errorf("clogs the wrong links, or struck %d", n.Struck(0))
	}
	if out := n.Apply(20, Fault{Heal: true}, nil); len(out) != 0 || n.Clogged(0, 1) || n.Clog(0, 1) || n.Struck(0) != 1 {
		t.Errorf("after the release: fates %v, struck %d", out, n.Struck(0))
	}
}

func TestShapesThatMeanNothing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		p    Partition
		want string
	}{
		{Partition{Ring: []Addr{0, 1, 2}}, "ring of 3: want 4 peers or more"},
		{Partition{Ring: []Addr{0, 1, 2, 2}}, "ring: peer 2 is named twice"},
		{Partition{Ring: []Addr{0, 1, 2, 9}}, "peer 9: want 0..4"},
		{Partition{Ring: []Addr{0, 1, 2, 3}, Groups: [][]Addr{{0}, {1}}}, "more than one of groups, from and ring"},
		{Partition{From: []Addr{0}}, "from 1 peers to 0"},
		{Partition{From: []Addr{0}, To: []Addr{1, 1}}, "to: peer 1 is named twice"},
		{Partition{From: []Addr{0}, To: []Addr{1}, Groups: [][]Addr{{0}, {1}}}, "more than one of groups, from and ring"},
		{Partition{From: []Addr{0}, To: []Addr{1}, Clog: true, Hold: true}, "a clog that holds or drops"},
	} {
		_, err := New(Config{Peers: 5, Default: Link{Excess: rng.Constant(10)}, Partitions: []Partition{tt.p}})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", tt.p, err, tt.want)
		}
	}
}
