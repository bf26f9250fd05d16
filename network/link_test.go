package network

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

var certainly = rng.Ratio{Num: 1, Den: 1}

// On datagram links packets do overtake, and a duplicate may come first.
func TestDatagramOvertakes(t *testing.T) {
	t.Parallel()
	n := mustNew(t, Config{Peers: 2, Default: Link{Datagram: true, Excess: exponential20(), Duplicate: certainly}})
	var overtaken, copyFirst int
	last := sim.Time(0)
	for i := range 100 {
		out := n.Send(sim.Time(i)*ms, Packet{From: 0, To: 1, Name: rng.Key(i)}, nil)
		if out[0].At < last {
			overtaken++
		}
		if out[1].At < out[0].At {
			copyFirst++
		}
		last = out[0].At
	}
	if overtaken == 0 || copyFirst == 0 {
		t.Errorf("%d packets overtook, %d copies came first: want some of both", overtaken, copyFirst)
	}
}

// The duplicate of a fifo link keeps the order and has a delay of its own.
func TestDuplicateKeepsOrder(t *testing.T) {
	t.Parallel()
	n := mustNew(t, Config{Peers: 2, Default: Link{Excess: exponential20(), Duplicate: certainly}})
	last, apart := sim.Time(0), 0
	for i := range 100 {
		for k, f := range n.Send(sim.Time(i)*50*ms, Packet{From: 0, To: 1, Name: rng.Key(i)}, nil) {
			if int(f.Copy) != k || f.At < last {
				t.Fatalf("packet %d: fate %d is %+v after %v", i, k, f, last)
			}
			if k == 1 && f.At > last {
				apart++
			}
			last = f.At
		}
	}
	if apart == 0 {
		t.Error("every duplicate came together with its packet: it has no delay of its own")
	}
}

// What is lost leaves no trace in the order of a fifo link: arrivals are those
// of the same draws on datagrams, raised to the latest before. Its own fate is
// dated at its sending.
func TestLostLeavesNoTrace(t *testing.T) {
	t.Parallel()
	link := Link{Datagram: true, Excess: exponential20(), Loss: rng.Ratio{Num: 1, Den: 2}}
	drawn := mustNew(t, Config{Peers: 9, Default: link})
	link.Datagram = false
	n := mustNew(t, Config{Peers: 9, Default: link})
	latest := make(map[Addr]sim.Time)
	for i := range 100 {
		p, now := Packet{From: 4, Name: rng.Key(i)}, sim.Time(i)*ms
		want := drawn.Broadcast(now, p, nil)
		for k := range want {
			f := &want[k]
			if f.Verdict == Arrives {
				f.At = max(f.At, latest[f.To])
				latest[f.To] = f.At
			} else if f.Verdict != Lost || f.At != now {
				t.Fatalf("broadcast at %v: %+v, want a loss dated at its sending", now, *f)
			}
		}
		if diff := cmp.Diff(want, n.Broadcast(now, p, nil)); diff != "" {
			t.Fatalf("broadcast at %v (-want +got):\n%s", now, diff)
		}
	}
	if n.Counts().Random == 0 {
		t.Error("nothing was lost")
	}
}

// With p = r = 1 every link changes its state at every multiple of the slot,
// not a nanosecond before, however it is asked.
func TestBurstsChangeAtSlots(t *testing.T) {
	t.Parallel()
	c := Config{Peers: 30, Default: Link{Burst: &GilbertElliott{P: certainly, R: certainly, Bad: certainly, Every: time.Millisecond}}}
	first := mustNew(t, c).Broadcast(0, Packet{From: 3}, nil)
	bad := 0
	for k, f := range first {
		if f.Verdict == Lost {
			bad++
		}
		for i, now := range []sim.Time{ms - 1, ms, 2*ms - 1, 2 * ms, 7 * ms} {
			want := (f.Verdict == Lost) != (now/ms%2 == 1)
			m := mustNew(t, c)
			one := m.Send(now, Packet{From: 3, To: f.To}, nil)[0].Verdict == Lost
			all := m.Broadcast(now, Packet{From: 3}, nil)[k].Verdict == Lost
			if one != want || all != want {
				t.Errorf("case %d, to %d: lost when sent %t, when broadcast %t, want %t", i, f.To, one, all, want)
			}
		}
	}
	if bad == 0 || bad == len(first) {
		t.Errorf("%d of %d links are bad at 0: want about half", bad, len(first))
	}
}

// Queueing by hand: 1,000 bytes take 1 ms at 8 Mbit/s, a delay of 5 ms follows.
func TestQueue(t *testing.T) {
	t.Parallel()
	link := Link{Excess: rng.Constant(int64(5 * time.Millisecond)), Bandwidth: 8_000_000, Queue: 2000}
	type send struct {
		at    sim.Time
		bytes int32
		want  Fate
	}
	fate := func(at sim.Time, v Verdict) Fate { return Fate{At: at, To: 1, Verdict: v} }
	tests := []struct {
		name  string
		sends []send
	}{
		{"one after the other", []send{
			{0, 1000, fate(6*ms, Arrives)}, {0, 1000, fate(7*ms, Arrives)}, {5 * ms / 2, 500, fate(8*ms, Arrives)},
		}},
		{"an idle link takes what is larger than the queue", []send{
			{0, 9000, fate(14*ms, Arrives)}, {0, 1, fate(0, Full)}, {8 * ms, 1000, fate(15*ms, Arrives)},
		}},
		{"exactly full is not too full", []send{
			{0, 1000, fate(6*ms, Arrives)},
			{0, 1000, fate(7*ms, Arrives)},
			{0, 1, fate(0, Full)},
			{1, 0, fate(7*ms, Arrives)},
			{ms, 1000, fate(8*ms, Arrives)},
			{ms, 1, fate(ms, Full)},
		}},
		{"the unsent rest counts to the nanosecond", []send{
			{0, 1000, fate(6*ms, Arrives)},
			{0, 1000, fate(7*ms, Arrives)},
			{ms - 1, 1000, fate(ms-1, Full)},
			{ms, 1000, fate(8*ms, Arrives)},
		}},
		{"no bytes take no time", []send{{3, 0, fate(5*ms+3, Arrives)}, {3, 0, fate(5*ms+3, Arrives)}}},
	}
	for _, tt := range tests {
		n := mustNew(t, Config{Peers: 3, Default: link})
		for i, s := range tt.sends {
			got := n.Send(s.at, Packet{From: 0, To: 1, Bytes: s.bytes}, nil)
			if diff := cmp.Diff([]Fate{s.want}, got); diff != "" {
				t.Errorf("%s: packet %d (-want +got):\n%s", tt.name, i, diff)
			}
		}
		// Another link of the same sender, and the way back, have queues of
		// their own.
		at := tt.sends[len(tt.sends)-1].at
		for _, p := range []Packet{{From: 0, To: 2, Bytes: 1000}, {From: 1, To: 0, Bytes: 1000}} {
			if got := n.Send(at, p, nil); got[0].At != at+6*ms {
				t.Errorf("%s: link %d to %d: %+v, want an idle link", tt.name, p.From, p.To, got[0])
			}
		}
	}
}

// A slow link and long delays saturate instead of overflowing.
func TestNeverSaturates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		base time.Duration
		link Link
	}{
		{time.Hour, Link{Excess: rng.Constant(int64(sim.Never) - 1), Bandwidth: 1}},
		{time.Hour, Link{Excess: rng.Constant(int64(sim.Never))}},
		{time.Hour, Link{
			Datagram: true, Reorder: certainly, Excess: rng.Constant(int64(sim.Never) - 1), ReorderExtra: rng.Constant(int64(sim.Never)),
		}},
		{time.Duration(sim.Never), Link{Excess: rng.Constant(10)}},
		{calmDelay + 1, Link{Excess: rng.Constant(calmDelay)}},
	} {
		n := mustNew(t, Config{Peers: 2, Default: tt.link, Base: [][]time.Duration{{tt.base}}})
		p := Packet{From: 0, To: 1, Bytes: 1 << 30}
		for i, out := range [][]Fate{n.Send(calmTime-1, p, nil), n.Broadcast(calmTime-1, p, nil), n.Send(calmTime, p, nil)} {
			if out[0].At != sim.Never {
				t.Errorf("base %v, link %+v: packet %d arrives at %v, want never", tt.base, tt.link, i, out[0].At)
			}
		}
	}
}

func TestNegativeDrawsAreClamped(t *testing.T) {
	t.Parallel()
	for _, datagram := range []bool{true, false} {
		n := mustNew(t, Config{
			Peers: 50, Default: Link{Datagram: datagram, Excess: rng.Normal(int64(ms), int64(ms))}, Base: [][]time.Duration{{time.Millisecond}},
		})
		var zero, all uint64
		for i := range 200 {
			now := sim.Time(i) * 100 * ms
			for _, f := range n.Broadcast(now, Packet{From: 3, Name: rng.Key(i)}, nil) {
				all++
				if f.At < now+ms {
					t.Fatalf("a packet of %v arrives at %v, before the base delay", now, f.At)
				}
				if f.At == now+ms {
					zero++
				}
			}
		}
		if zero != n.Counts().Clamped {
			t.Errorf("datagram %t: %d packets without excess, %d counted as clamped", datagram, zero, n.Counts().Clamped)
		}
		checkShare(t, "clamped", zero, all, 0.158655)
	}
}

func TestBaseAndPlaces(t *testing.T) {
	t.Parallel()
	n := mustNew(t, Config{
		Peers: 5, Base: threePlaces(),
		Overrides: []Override{{From: []Addr{0}, To: []Addr{2}, Link: Link{NoBase: true, Excess: rng.Constant(77)}}},
	})
	want := []sim.Time{10 * ms, 77, 0, 10 * ms} // places 1, override, 0 (peer 3 sits with peer 0), 1
	for i, f := range n.Broadcast(0, Packet{From: 0}, nil) {
		if f.At != want[i] {
			t.Errorf("to %d: %v, want %v", f.To, f.At, want[i])
		}
	}
	if got := n.Self(0, Packet{From: 2}, nil); got[0].At != ms || got[0].To != 2 {
		t.Errorf("loopback at place 2: %+v, want the diagonal, 1 ms", got[0])
	}
	if got := n.BaseDelay(0, 2); got != 0 {
		t.Errorf("base delay of a link without base: %v", got)
	}
	if there, back := n.BasePlace(4, 0); there != 11*time.Millisecond || back != 10*time.Millisecond {
		t.Errorf("from peer 4 to place 0 %v, back %v: want 11ms, 10ms", there, back)
	}
}

// A peer's own packet knows no loss, no duplicate and no queue unless an
// override names the pair, and is in no count.
func TestSelf(t *testing.T) {
	t.Parallel()
	bad := Link{Loss: certainly}
	c := Config{
		Peers:   4,
		Default: Link{Excess: rng.Constant(5), Loss: certainly, Duplicate: certainly, Bandwidth: 1},
		Overrides: []Override{
			{Link: bad}, {From: []Addr{0}, Link: bad}, {To: []Addr{1}, Link: bad}, {From: []Addr{2, 3}, To: []Addr{1, 2}, Link: bad},
		},
	}
	n := mustNew(t, c)
	for p, want := range []Verdict{Arrives, Arrives, Lost, Arrives} {
		out := n.Self(9, Packet{From: Addr(p), Bytes: 100}, nil)
		if len(out) != 1 || out[0].Verdict != want || want == Arrives && out[0].At != 14 {
			t.Errorf("self of %d: %+v, want one fate %v", p, out, want)
		}
		if same := n.Send(9, Packet{From: Addr(p), To: Addr(p), Bytes: 100}, nil); len(same) != 1 || same[0].Verdict != want {
			t.Errorf("a packet of %d sent to itself: %+v, want that of Self", p, same)
		}
	}
	if diff := cmp.Diff(Counts{}, n.Counts()); diff != "" {
		t.Errorf("own packets were counted:\n%s", diff)
	}
	c.Loopback = &Link{Excess: rng.Constant(8), Loss: certainly}
	if out := mustNew(t, c).Self(0, Packet{From: 0}, nil); out[0].Verdict != Arrives || out[0].At != 8 {
		t.Errorf("with a loopback: %+v, want an arrival at 8", out[0])
	}
}

func TestExplicit(t *testing.T) {
	t.Parallel()
	n := mustNew(t, Config{
		Peers:   4,
		Default: Link{Datagram: true, Excess: rng.Constant(10), Loss: certainly, Bandwidth: 1, Queue: 1},
		Explicit: []Explicit{
			{Body: 7, From: 1, To: 3, Delay: 30},
			{Body: 7, From: 1, To: 0, Delay: 20},
			{Body: 7, From: 0, To: 3, Delay: 40},
			{Body: 8, From: 1, To: 2, Lost: true},
			{Body: 8, From: 1, To: 1, Delay: 3},
		},
	})
	want := func(what string, got []Fate, want ...Fate) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	lost := func(to Addr) Fate { return Fate{At: 1, To: to, Verdict: Lost} }
	p := Packet{From: 1, Body: 7}
	want("first broadcast", n.Broadcast(1, p, nil), Fate{At: 21, To: 0}, lost(2), Fate{At: 31, To: 3})
	want("second broadcast", n.Broadcast(1, p, nil), lost(0), lost(2), lost(3))
	want("sent on", n.Send(1, Packet{From: 0, To: 3, Body: 7}, nil), Fate{At: 41, To: 3})
	want("another body", n.Send(1, Packet{From: 1, To: 2, Body: 8}, nil), lost(2))
	want("to itself", n.Self(1, Packet{From: 1, Body: 8}, nil), Fate{At: 4, To: 1})
	if c := n.Counts(); c.Forced != 1 || c.Random != 4 || c.Lost != 5 {
		t.Errorf("counts %+v: want 1 forced and 4 random losses", c)
	}
	n.Reset(0)
	want("after a reset", n.Send(1, Packet{From: 1, To: 3, Body: 7}, nil), Fate{At: 31, To: 3})
}

// A fifo link keeps its order under explicit delays, on constant links too,
// and an explicit arrival counts as previous.
func TestExplicitKeepsOrder(t *testing.T) {
	t.Parallel()
	n := mustNew(t, Config{
		Peers: 2, Default: Link{Excess: rng.Constant(10)},
		Explicit: []Explicit{{Body: 1, From: 0, To: 1, Delay: 100}, {Body: 2, From: 0, To: 1, Delay: 0}},
	})
	for i, want := range []sim.Time{100, 100, 100, 100} {
		p := Packet{From: 0, To: 1, Body: uint64(1 + i)}
		if got := n.Send(sim.Time(i), p, nil); got[0].At != want {
			t.Errorf("packet %d arrives at %v, want %v", i, got[0].At, want)
		}
	}
}

func TestLaterOverrideWins(t *testing.T) {
	t.Parallel()
	to := func(v int64) Link { return Link{Excess: rng.Constant(v)} }
	n := mustNew(t, Config{Peers: 4, Default: to(1), Overrides: []Override{
		{From: []Addr{0, 1}, To: []Addr{2, 3}, Link: to(2)},
		{To: []Addr{3}, Link: to(3)},
		{From: []Addr{1}, To: []Addr{2}, Link: to(4)},
	}})
	for from, want := range [][]sim.Time{{1, 2, 3}, {1, 4, 3}, {1, 1, 3}, {1, 1, 1}} {
		for i, f := range n.Broadcast(0, Packet{From: Addr(from)}, nil) {
			if f.At != want[i] {
				t.Errorf("%d to %d: %v, want %v", from, f.To, f.At, want[i])
			}
		}
	}
}

func TestConfigErrors(t *testing.T) {
	t.Parallel()
	half := rng.Ratio{Num: 1, Den: 2}
	many := rng.Ratio{Num: 3, Den: 2}
	tests := []struct {
		name string
		c    Config
		want []string
	}{
		{"no peers", Config{}, []string{"network: 0 peers: want 1..65536"}},
		{"too many peers", Config{Peers: MaxPeers + 1}, []string{"network: 65537 peers: want 1..65536"}},
		{"ratios", Config{Peers: 2, Default: Link{Loss: many, Duplicate: many, Reorder: many}}, []string{
			"default link: loss 3/2: want a probability 0..1", "default link: duplicate 3/2", "default link: reorder 3/2",
		}},
		{"speed", Config{Peers: 2, Loopback: &Link{Bandwidth: -1, Queue: -2}}, []string{
			"loopback: bandwidth -1 bit/s: want 0 (none) or more", "loopback: queue -2 bytes: want 0 (no bound) or more",
		}},
		{"queue alone", Config{Peers: 2, Default: Link{Queue: 5}}, []string{"default link: queue 5 bytes without a bandwidth"}},
		{"burst", Config{Peers: 2, Default: Link{Loss: half, Burst: &GilbertElliott{Good: many, Bad: many}}}, []string{
			"default link: burst: good 3/2", "burst: bad 3/2", "p and r are both 0", "every 0s: want more than 0s",
			"burst: loss 1/2 is set as well: want one of the two",
		}},
		{"burst changes", Config{Peers: 2, Default: Link{Burst: &GilbertElliott{P: many, R: many, Every: 1}}}, []string{
			"burst: p 3/2", "burst: r 3/2",
		}},
		{"override", Config{Peers: 2, Overrides: []Override{{}, {From: []Addr{2}, To: []Addr{9}, Link: Link{Loss: many}}}}, []string{
			"override 1: loss 3/2", "override 1: from: peer 2: want 0..1", "override 1: to: peer 9: want 0..1",
		}},
		{"ragged base", Config{Peers: 2, Base: [][]time.Duration{{0, 1}, {-1}}}, []string{
			"base: row 1 has 1 columns: want 2", "base: delay -1ns from place 1 to place 0: want 0s or more",
		}},
		{"places", Config{Peers: 2, Base: [][]time.Duration{{0}}, Place: []uint16{0, 1, 0}}, []string{
			"place: 3 entries: want 2", "place: peer 1 at place 1: want 0..0",
		}},
		{"places without a base", Config{Peers: 1, Place: []uint16{0}}, []string{"place: given without a base"}},
		{"explicit", Config{Peers: 2, Explicit: []Explicit{{From: 2, To: 3, Delay: -1}, {Body: 1}, {Body: 1, Lost: true}}}, []string{
			"explicit delay 0: body 0", "explicit delay 0: from: peer 2", "explicit delay 0: to: peer 3", "explicit delay 0: delay -1ns",
			"explicit delay 2: same message, from and to as explicit delay 1",
		}},
		{"partitions", Config{Peers: 3, Partitions: []Partition{{}, {Groups: [][]Addr{{0, 7}, {}, {0}}}}}, []string{
			"partition 0: 0 groups: want 2..3", "partition 1: group 0: peer 7: want 0..2", "partition 1: group 1: empty",
			"partition 1: group 2: peer 0 is in group 0 as well",
		}},
	}
	for _, tt := range tests {
		n, err := New(tt.c)
		if err == nil || n != nil {
			t.Errorf("%s: network %v and error %v, want an error alone", tt.name, n, err)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %q does not say %q", tt.name, err, want)
			}
		}
		if got := strings.Count(err.Error(), "\n") + 1; got != len(tt.want) {
			t.Errorf("%s: %d errors, want %d: %v", tt.name, got, len(tt.want), err)
		}
	}
}
