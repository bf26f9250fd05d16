package network

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// everyDraw is a link on which each draw shows in the fates of datagrams.
func everyDraw(datagram bool) Link {
	return Link{
		Datagram: datagram, Excess: exponential20(), Loss: rng.Ratio{Num: 1, Den: 5}, Duplicate: rng.Ratio{Num: 1, Den: 5},
		Reorder: rng.Ratio{Num: 1, Den: 5}, ReorderExtra: exponential20(), Corrupt: rng.Ratio{Num: 1, Den: 5},
		Correlation: &Correlation{Share: rng.Ratio{Num: 1, Den: 2}, Span: 40 * time.Millisecond, Every: 5 * time.Millisecond},
		Stalls: &Stalls{
			Every: rng.Exponential(0, int64(20*ms)), For: exponential20(), Stragglers: rng.Ratio{Num: 1, Den: 5}, Later: exponential20(),
		},
	}
}

type named struct {
	at sim.Time
	p  Packet
}

func drawPackets(t *rapid.T, peers int) []named {
	var list []named
	now := sim.Time(0)
	for i := range rapid.IntRange(1, 12).Draw(t, "packets") {
		now += sim.Time(rapid.Int64Range(0, int64(20*ms)).Draw(t, "pause"))
		list = append(list, named{now, Packet{
			From: Addr(rapid.IntRange(0, peers-1).Draw(t, "from")), Name: rng.Root(7).With(uint64(i)), Ref: uint32(i),
		}})
	}
	return list
}

// fatesOf sends all packets but one and collects the fates by packet,
// receiver and copy.
func fatesOf(n *Network, list []named, without int) map[[3]int]Fate {
	fates := make(map[[3]int]Fate)
	for i, s := range list {
		if i == without {
			continue
		}
		for _, f := range n.Broadcast(s.at, s.p, nil) {
			fates[[3]int{i, int(f.To), int(f.Copy)}] = f
		}
	}
	return fates
}

// Adding peers, or removing a packet, moves no other fate on datagram links;
// on fifo links it moves no loss and no duplicate.
func TestEditsMoveNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const peers = 4
		datagram := rapid.Bool().Draw(t, "datagram")
		few := Config{Peers: peers, Default: everyDraw(datagram), Base: threePlaces()}
		many := few
		many.Peers += rapid.IntRange(1, 20).Draw(t, "more")
		a, b, c := newNetwork(t, few), newNetwork(t, many), newNetwork(t, few)
		list := drawPackets(t, peers)
		without := rapid.IntRange(0, len(list)-1).Draw(t, "without")
		whole, grown, cut := fatesOf(a, list, -1), fatesOf(b, list, -1), fatesOf(c, list, without)
		if got := len(fatesOf(newNetwork(t, few), list, -1)); got != len(whole) {
			t.Fatalf("the same sends have %d fates, then %d", len(whole), got)
		}
		for name, f := range whole {
			if grown[name] != f {
				t.Fatalf("with more peers packet %v: %+v, was %+v", name, grown[name], f)
			}
			if name[0] == without {
				continue
			}
			g := cut[name]
			if !datagram {
				g.At = f.At
			}
			if g != f {
				t.Fatalf("without packet %d packet %v: %+v, was %+v", without, name, g, f)
			}
		}
	})
}

// Send, Broadcast and the order of calls at one instant give the same draws.
func TestOrderOfCallsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Config{Peers: 5, Default: everyDraw(true)}
		c.Default.Loss = rng.Ratio{}
		c.Default.Burst = &GilbertElliott{
			P: rng.Ratio{Num: 1, Den: 4}, R: rng.Ratio{Num: 1, Den: 3}, Bad: certainly, Every: 3 * time.Millisecond,
		}
		a, b := newNetwork(t, c), newNetwork(t, c)
		list := drawPackets(t, c.Peers)
		for i := range list {
			list[i].at = list[0].at
		}
		got := make(map[[3]int]Fate)
		for _, i := range rapid.Permutation(indexes(len(list))).Draw(t, "order") {
			for to := range Addr(c.Peers) {
				p := list[i].p
				if p.To = to; to == p.From {
					continue
				}
				for _, f := range b.Send(list[i].at, p, nil) {
					got[[3]int{i, int(f.To), int(f.Copy)}] = f
				}
			}
		}
		if diff := cmp.Diff(fatesOf(a, list, -1), got); diff != "" {
			t.Fatalf("broadcasts in order, sends in another (-want +got):\n%s", diff)
		}
	})
}

func indexes(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

func newNetwork(t *rapid.T, c Config) *Network {
	n, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	n.Reset(rng.Root(3))
	return n
}

// A run on used memory is the run on new memory, and allocates nothing.
func TestResetReusesMemory(t *testing.T) {
	for name, c := range map[string]Config{
		"plain":      {Peers: 8, Default: Link{Datagram: true, Excess: exponential20()}},
		"fifo":       {Peers: 8, Default: Link{Excess: exponential20()}, Base: threePlaces()},
		"everything": everything(),
	} {
		c.Peers = 8
		n := mustNew(t, c)
		out := make([]Fate, 0, 64)
		digest := func() (sum uint64) {
			for i := range 40 {
				now := sim.Time(i) * ms
				p := Packet{From: Addr(i % 8), To: Addr(i / 8), Name: rng.Key(i), Bytes: 1000, Body: uint64(i % 2)}
				out = n.Broadcast(now, p, out[:0])
				out = n.Send(now, p, out)
				out = n.Self(now, p, out)
				if len(c.Partitions) > 0 && i%10 == 0 {
					out = n.Apply(now, Fault{Partition: 0, Heal: i%20 == 10}, out)
				}
				if len(c.Changes) > 0 && i%8 == 0 {
					n.Change(now, 0, i%16 == 8)
				}
				for _, f := range out {
					sum = sum*31 + uint64(f.At)<<4 + uint64(f.Verdict)
				}
			}
			return sum
		}
		var first []uint64
		for seed := range uint64(5) {
			n.Reset(rng.Root(seed))
			first = append(first, digest())
		}
		for seed := range uint64(5) {
			if seed > 0 && first[seed] == first[seed-1] {
				t.Errorf("%s: seeds %d and %d give the same run", name, seed-1, seed)
			}
			allocs := testing.AllocsPerRun(3, func() {
				n.Reset(rng.Root(seed))
				if got := digest(); got != first[seed] {
					t.Errorf("%s: seed %d gives %x, then %x", name, seed, first[seed], got)
				}
			})
			if allocs != 0 {
				t.Errorf("%s: seed %d: %g allocations on used memory, want 0", name, seed, allocs)
			}
		}
	}
}

// Nothing of the last run is left after a Reset, burst loss at the same instant
// included.
func TestResetForgets(t *testing.T) {
	t.Parallel()
	c := everything()
	c.Peers, c.Explicit, c.Partitions = 40, nil, nil
	c.Default.Burst.P, c.Overrides[0].Link.Burst = c.Default.Burst.R, c.Default.Burst
	used := mustNew(t, c)
	for seed := range uint64(5) {
		fresh := mustNew(t, c)
		fresh.Reset(rng.Root(seed))
		used.Reset(rng.Root(seed))
		for from := range Addr(3) {
			p := Packet{From: from, Name: rng.Key(from), Bytes: 100}
			if diff := cmp.Diff(fresh.Broadcast(ms, p, nil), used.Broadcast(ms, p, nil)); diff != "" {
				t.Errorf("seed %d, broadcast of %d (-fresh +used):\n%s", seed, from, diff)
			}
		}
	}
}

// Rows are made for senders, not for the whole matrix.
func TestFewSendersInALargeGroup(t *testing.T) {
	t.Parallel()
	n := mustNew(t, Config{Peers: MaxPeers, Default: Link{Excess: exponential20()}, Overrides: []Override{{To: []Addr{9}}}})
	out := n.Broadcast(0, Packet{From: MaxPeers - 1}, nil)
	out = n.Broadcast(1, Packet{From: 3}, out)
	if len(out) != 2*(MaxPeers-1) || out[len(out)-1].To != MaxPeers-1 || out[9].At != 0 {
		t.Fatalf("%d fates, last to %d, to 9 at %v", len(out), out[len(out)-1].To, out[9].At)
	}
	rows := 0
	for i := range n.senders {
		if n.senders[i].arrived != nil {
			rows++
		}
	}
	if rows != 2 || len(n.touched) != 2 {
		t.Errorf("%d rows made, %d touched: want 2", rows, len(n.touched))
	}
	if &n.classes.rows[0][0] != &n.classes.rows[MaxPeers-1][0] {
		t.Error("senders under the same overrides have rows of their own")
	}
}

// The fates of a small run in which everything happens, frozen: a change of
// this file changes every digest.
func TestGoldenFates(t *testing.T) {
	t.Parallel()
	c := everything()
	c.Peers = 5
	c.Default.Loss, c.Default.Bandwidth, c.Default.Queue = rng.Ratio{}, 400_000, 1000
	c.Default.Duplicate, c.Default.Reorder = rng.Ratio{Num: 1, Den: 6}, rng.Ratio{Num: 1, Den: 6}
	c.Default.Burst.P = rng.Ratio{Num: 1, Den: 3}
	for _, l := range []*Link{&c.Default, &c.Overrides[0].Link} {
		l.Corrupt, l.Correlation, l.Stalls = rng.Ratio{}, nil, nil
	}
	c.Partitions = []Partition{{Groups: [][]Addr{{0, 1}, {2, 3}}, Hold: true}}
	c.Explicit = []Explicit{{Body: 1, From: 0, To: 2, Delay: 30 * time.Millisecond}, {Body: 1, From: 0, To: 3, Lost: true}}
	n := mustNew(t, c)
	n.Reset(rng.Root(42))
	var b bytes.Buffer
	show := func(what string, now sim.Time, fates []Fate) {
		fmt.Fprintf(&b, "%v %s\n", now, what)
		for _, f := range fates {
			fmt.Fprintf(&b, "  to %d copy %d %v %v\n", f.To, f.Copy, f.Verdict, f.At)
		}
	}
	for i := range 12 {
		now := sim.Time(i) * 2 * ms
		p := Packet{From: Addr(i * 3 % 5), Name: rng.Root(1).With(uint64(i)), Bytes: int32(400 * (i % 4)), Ref: uint32(i)}
		if i == 0 {
			p.Body = 1
		}
		switch i {
		case 4, 9:
			show("partition", now, n.Apply(now, Fault{Heal: i == 9}, nil))
		}
		show(fmt.Sprintf("broadcast %d from %d", i, p.From), now, n.Broadcast(now, p, nil))
		if i%5 == 1 {
			show(fmt.Sprintf("self %d", p.From), now, n.Self(now, p, nil))
		}
	}
	fmt.Fprintf(&b, "%+v struck %d\n", n.Counts(), n.Struck(0))
	golden := filepath.Join("testdata", "fates.txt")
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("fates have moved (-golden +got); if they should, run with -update and say so in the changelog:\n%s", diff)
	}
}
