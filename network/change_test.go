package network

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// A route that has become shorter: on a datagram link later packets overtake
// those under way, on a fifo link they wait for them, and a longer route
// touches nothing that is under way.
func TestChangeOfRoute(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		datagram bool
		want     []sim.Time // arrivals of packets sent at 0, 5, 10 and 60 ms
	}{
		{"datagram", true, []sim.Time{50 * ms, 15 * ms, 20 * ms, 110 * ms}},
		{"fifo", false, []sim.Time{50 * ms, 50 * ms, 50 * ms, 110 * ms}},
	} {
		n := mustNew(t, Config{
			Peers: 3, Default: Link{Datagram: tt.datagram, Excess: rng.Constant(int64(50 * ms))},
			Changes: []Change{{From: []Addr{0}, To: []Addr{1}, Set: SetDelay, Link: Link{Excess: rng.Constant(int64(10 * ms))}}},
		})
		for run := range 2 {
			for i, at := range []sim.Time{0, 5 * ms, 10 * ms, 60 * ms} {
				switch i {
				case 1:
					n.Change(2*ms, 0, false)
				case 3:
					n.Change(50*ms, 0, true)
				}
				out := n.Broadcast(at, Packet{From: 0, Name: rng.Key(i)}, nil)
				if out[0].At != tt.want[i] || out[1].At != at+50*ms {
					t.Errorf("%s, run %d, packet %d: %+v, want an arrival at %v and one undisturbed", tt.name, run, i, out, tt.want[i])
				}
			}
			n.Change(60*ms, 0, false) // still lasts when the next run begins
			n.Reset(rng.Root(uint64(run)))
		}
	}
}

// Changes that last together stand one over the other, property by property,
// in the order of the list, whichever began first.
func TestChangesMeet(t *testing.T) {
	t.Parallel()
	n := mustNew(t, Config{
		Peers: 2, Default: Link{Excess: rng.Constant(1)},
		Overrides: []Override{{From: []Addr{1}, Link: Link{Excess: rng.Constant(5), MTU: 50}}},
		Changes: []Change{
			{Set: SetDelay | SetMTU, Link: Link{Excess: rng.Constant(20), MTU: 200}},
			{To: []Addr{0}, Set: SetDelay, Link: Link{Excess: rng.Constant(30)}},
			{From: []Addr{1}, To: []Addr{1}, Set: SetDown, Link: Link{Down: true}},
		},
	})
	now := sim.Time(0)
	check := func(what string, delays ...sim.Time) { // 0 to 1, 1 to 0, and 1 to 0 with 100 bytes, 0 = too big
		t.Helper()
		now += 1000
		for i, p := range []Packet{{From: 0, To: 1}, {From: 1, To: 0}, {From: 1, To: 0, Bytes: 100}} {
			got := n.Send(now, p, nil)[0]
			if got.Verdict == Arrives && got.At-now != delays[i] || (got.Verdict == TooBig) != (delays[i] == 0) {
				t.Errorf("%s: packet %d: %+v, want a delay of %d", what, i, got, delays[i])
			}
		}
	}
	check("still", 1, 5, 0)
	n.Change(now, 1, false)
	check("the second alone", 1, 30, 0)
	n.Change(now, 0, false)
	check("both", 20, 30, 30)
	n.Change(now, 1, true)
	check("the first alone", 20, 20, 20)
	n.Change(now, 0, true)
	check("none", 1, 5, 0)
	n.Change(now, 2, false)
	if got := n.Self(now, Packet{From: 1}, nil)[0].Verdict; got != NoLink {
		t.Errorf("own packet of 1 under a change that names 1 to 1: %v", got)
	}
	if got := n.Self(now, Packet{From: 0}, nil)[0].Verdict; got != Arrives {
		t.Errorf("own packet of 0: %v", got)
	}
}

func TestChangeErrors(t *testing.T) {
	t.Parallel()
	_, err := New(Config{Peers: 2, Changes: []Change{
		{},
		{Set: allProperties},
		{From: []Addr{2}, To: []Addr{3}, Set: SetLoss, Link: Link{Loss: rng.Ratio{Num: 2, Den: 1}}},
		{Set: SetQueue, Link: Link{Queue: 5}},
		{Set: SetQueue | SetBandwidth, Link: Link{Queue: 6}},
	}})
	wants := []string{
		"change 0: set 0x0: want one or more", "change 1: set", "change 2: loss 2/1", "change 2: from: peer 2: want 0..1",
		"change 2: to: peer 3: want 0..1", "change 4: queue 6 bytes without a bandwidth",
	}
	for _, want := range wants {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
	if got := strings.Count(err.Error(), "\n") + 1; got != len(wants) {
		t.Errorf("%d errors, want %d: %v", got, len(wants), err)
	}
	n := mustNew(t, Config{Peers: 2, Changes: []Change{{Set: SetDown, Link: Link{Down: true}}}})
	for _, wrong := range []func(){
		func() { n.Change(0, 1, false) },
		func() { n.Change(0, 0, true) },
		func() { n.Change(sim.Time(time.Second), 0, false); n.Change(sim.Time(time.Second), 0, false) },
	} {
		if !panics(wrong) {
			t.Error("a change that cannot be was made")
		}
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

// A change of burst loss acts at once, within the slot that the link was last
// asked about.
func TestChangeOfBursts(t *testing.T) {
	t.Parallel()
	burst := func(p, r uint64) Link {
		return Link{Burst: &GilbertElliott{P: rng.Ratio{Num: p, Den: 1}, R: rng.Ratio{Num: r, Den: 1}, Bad: certainly, Every: time.Second}}
	}
	n := mustNew(t, Config{Peers: 2, Default: burst(0, 1), Changes: []Change{{Set: SetLoss, Link: burst(1, 0)}}})
	for i, want := range []Verdict{Arrives, Lost, Arrives} {
		if got := n.Send(sim.Time(i), Packet{From: 0, To: 1}, nil)[0].Verdict; got != want {
			t.Errorf("packet %d: %v, want %v", i, got, want)
		}
		if i < 2 {
			n.Change(sim.Time(i), 0, i == 1)
		}
	}
}

// What a link remembers of a process in time does not outlive a change of it:
// from then on its packets fare as on a link that was always so.
func TestChangeForgetsProcesses(t *testing.T) {
	t.Parallel()
	half := rng.Ratio{Num: 1, Den: 2}
	plain := Link{Datagram: true, Excess: exponential20()}
	with := func(f func(l *Link)) Link {
		l := plain
		f(&l)
		return l
	}
	knots := func(every time.Duration) Link {
		return with(func(l *Link) { l.Correlation = &Correlation{Share: half, Span: 8 * every, Every: every} })
	}
	frozen := func(every, lasts sim.Time) Link {
		return with(func(l *Link) { l.Stalls = &Stalls{Every: rng.Constant(int64(every)), For: rng.Constant(int64(lasts))} })
	}
	bursts := func(p rng.Ratio) Link {
		return with(func(l *Link) { l.Burst = &GilbertElliott{P: p, R: half, Bad: certainly, Every: 7 * time.Millisecond} })
	}
	for _, tt := range []struct {
		name          string
		set           Properties
		before, after Link
	}{
		{"correlation", SetCorrelation, knots(10 * time.Millisecond), knots(25 * time.Millisecond)},
		{"stalls", SetStalls, frozen(100*ms, 50*ms), frozen(10*ms, 10*ms)},
		{"bursts", SetLoss, bursts(certainly), bursts(rng.Ratio{Num: 1, Den: 50})},
	} {
		n := mustNew(t, Config{Peers: 20, Default: tt.before, Changes: []Change{{Set: tt.set, Link: tt.after}}})
		always := mustNew(t, Config{Peers: 20, Default: tt.after})
		other := 0
		for i := range 60 {
			now := sim.Time(i) * 2 * ms
			if i == 30 {
				n.Change(now, 0, false)
			}
			p := Packet{From: 3, Name: rng.Key(i)}
			got := n.Broadcast(now, p, nil)
			if i < 30 {
				continue
			}
			want := always.Broadcast(now, p, nil)
			if diff := cmp.Diff(want, got); diff != "" {
				other++
				if other == 1 {
					t.Errorf("%s: broadcast %d (-always so +changed):\n%s", tt.name, i, diff)
				}
			}
		}
	}
}

// Links that follow a measured series have a change for each point of it, and
// each lasts: what is kept grows neither with the changes that act on a pair nor
// with the sets of them that came and went.
func TestManyChanges(t *testing.T) {
	t.Parallel()
	const points = 1200
	c := Config{Peers: 3, Default: Link{Excess: rng.Constant(1)}}
	for i := range points {
		c.Changes = append(c.Changes, Change{
			From: []Addr{0, 0}, To: []Addr{Addr(1 + i%2)}, Set: SetDelay, Link: Link{Excess: rng.Constant(int64(i + 10))},
		})
	}
	n := mustNew(t, c)
	for i := range points {
		n.Change(sim.Time(i), i, false)
		if i < points/2 { // at first many at a time
			continue
		}
		for p := max(i-1, points/2); p <= i; p++ {
			to := Addr(1 + p%2)
			if got, want := n.Send(sim.Time(i), Packet{From: 0, To: to}, nil)[0].At, sim.Time(i+p+10); got != want {
				t.Fatalf("a packet to %d under %d changes arrives at %d, want %d", to, i+1, got, want)
			}
		}
		if got := len(n.classes.links); got != classFirst+2 {
			t.Fatalf("%d classes of links under %d changes of two pairs, want %d", got, i+1, classFirst+2)
		}
		if got, most := len(n.changes.known), min(i-points/2+1, mostKnown); got > most {
			t.Fatalf("%d sets of changes are kept, of which packets met %d", got, most)
		}
	}
	if got := n.Changed(0); got != points/2 {
		t.Errorf("%d packets counted under the first change, want %d", got, points/2)
	}
}
