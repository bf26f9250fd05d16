package network

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

func drawRatio(t *rapid.T, name string) rng.Ratio {
	return rapid.SampledFrom([]rng.Ratio{{}, {}, {Num: 1, Den: 10}, {Num: 1, Den: 2}, {Num: 2, Den: 3}, {Num: 1, Den: 1}}).Draw(t, name)
}

func drawDist(t *rapid.T, name string) rng.Dist {
	const m = int64(time.Millisecond)
	return rapid.SampledFrom([]rng.Dist{
		{}, rng.Constant(5 * m), rng.Constant(-m), rng.Uniform(0, 30*m), rng.Exponential(m, 20*m), rng.Normal(2*m, 3*m),
	}).Draw(t, name)
}

func drawLink(t *rapid.T) Link {
	l := Link{
		Datagram: rapid.Bool().Draw(t, "datagram"), NoBase: rapid.Bool().Draw(t, "noBase"),
		Excess: drawDist(t, "excess"), Duplicate: drawRatio(t, "duplicate"),
		Reorder: drawRatio(t, "reorder"), ReorderExtra: drawDist(t, "extra"),
		Down: rapid.IntRange(0, 9).Draw(t, "down") == 9, Corrupt: drawRatio(t, "corrupt"),
		MTU: rapid.SampledFrom([]int64{0, 0, 0, 700, 1 << 40}).Draw(t, "mtu"),
	}
	if rapid.Bool().Draw(t, "correlated") {
		every := rapid.SampledFrom([]time.Duration{time.Millisecond, 30*time.Millisecond + 1}).Draw(t, "every")
		knots := time.Duration(rapid.SampledFrom([]int{1, 2, 7, 40}).Draw(t, "knots"))
		l.Correlation = &Correlation{Share: drawRatio(t, "share"), Every: every, Span: knots * every}
	}
	if rapid.Bool().Draw(t, "stalls") {
		const m = int64(time.Millisecond)
		gaps := []rng.Dist{rng.Constant(30 * m), rng.Exponential(0, 5*m), rng.Uniform(0, 200*m)}
		l.Stalls = &Stalls{
			Every: rapid.SampledFrom(gaps).Draw(t, "gap"), Stragglers: drawRatio(t, "stragglers"), Later: drawDist(t, "later"),
			For: rapid.SampledFrom(append(gaps, rng.Dist{}, rng.Constant(1))).Draw(t, "for"),
		}
	}
	if rapid.Bool().Draw(t, "limited") {
		l.Bandwidth = rapid.SampledFrom([]int64{1, 7_000, 8_000_000, 1 << 40}).Draw(t, "bandwidth")
		l.Queue = rapid.SampledFrom([]int64{0, 1, 100, 3000}).Draw(t, "queue")
	}
	if rapid.Bool().Draw(t, "bursts") {
		g := &GilbertElliott{
			P: drawRatio(t, "p"), R: drawRatio(t, "r"), Good: drawRatio(t, "good"), Bad: drawRatio(t, "bad"),
			Every: rapid.SampledFrom([]time.Duration{time.Millisecond, 10 * time.Millisecond}).Draw(t, "every"),
		}
		if g.P.Num+g.R.Num > 0 {
			l.Burst = g
		}
	} else {
		l.Loss = drawRatio(t, "loss")
	}
	return l
}

func drawConfig(t *rapid.T) Config {
	c := Config{Peers: rapid.IntRange(1, 6).Draw(t, "peers"), Default: drawLink(t)}
	if rapid.Bool().Draw(t, "delay and loss alone") {
		d := c.Default
		c.Default = Link{Datagram: d.Datagram, NoBase: d.NoBase, Excess: d.Excess, Loss: d.Loss, Burst: d.Burst}
	}
	addr := rapid.Map(rapid.IntRange(0, c.Peers-1), func(v int) Addr { return Addr(v) })
	for range rapid.SampledFrom([]int{0, 0, 1, 3}).Draw(t, "overrides") {
		c.Overrides = append(c.Overrides, Override{
			From: rapid.SliceOfN(addr, 0, 2).Draw(t, "from"), To: rapid.SliceOfN(addr, 0, 2).Draw(t, "to"), Link: drawLink(t),
		})
	}
	for range rapid.SampledFrom([]int{0, 0, 1, 3}).Draw(t, "changes") {
		change := Change{
			From: rapid.SliceOfN(addr, 0, 2).Draw(t, "from"), To: rapid.SliceOfN(addr, 0, 2).Draw(t, "to"), Link: drawLink(t),
			Set: Properties(rapid.Uint16Range(1, uint16(allProperties)-1).Draw(t, "set")),
		}
		c.Changes = append(c.Changes, change)
	}
	if rapid.Bool().Draw(t, "loopback") {
		l := drawLink(t)
		c.Loopback = &l
	}
	if rapid.Bool().Draw(t, "places") {
		c.Base = threePlaces()
		if rapid.Bool().Draw(t, "placed") {
			c.Place = rapid.SliceOfN(rapid.Uint16Range(0, 2), c.Peers, c.Peers).Draw(t, "place")
		}
	}
	for body := range uint64(rapid.SampledFrom([]int{0, 0, 2}).Draw(t, "explicit")) {
		for _, to := range rapid.SliceOfNDistinct(addr, 0, c.Peers, func(a Addr) Addr { return a }).Draw(t, "to") {
			c.Explicit = append(c.Explicit, Explicit{
				Body: body + 1, From: addr.Draw(t, "from"), To: to, Lost: rapid.Bool().Draw(t, "lost"),
				Delay: time.Duration(rapid.IntRange(0, 60).Draw(t, "ms")) * time.Millisecond,
			})
		}
	}
	if c.Peers < 2 {
		return c
	}
	for range rapid.IntRange(0, 3).Draw(t, "partitions") {
		p := Partition{Hold: rapid.Bool().Draw(t, "hold"), DropInFlight: rapid.Bool().Draw(t, "inFlight")}
		groups := make([][]Addr, 3)
		for a := range Addr(c.Peers) {
			g := rapid.IntRange(0, 3).Draw(t, "group")
			if g < 3 {
				groups[g] = append(groups[g], a)
			}
		}
		p.Groups = slices.DeleteFunc(groups, func(g []Addr) bool { return len(g) == 0 })
		if len(p.Groups) >= 2 {
			c.Partitions = append(c.Partitions, p)
		}
	}
	return c
}

// The network gives the fates, the counts and the strikes of its twin,
// whatever is configured and sent, also after a Reset.
func TestAgainstTwin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawConfig(t)
		n, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			root := rng.Root(rapid.Uint64Range(0, 50).Draw(t, "seed"))
			n.Reset(root)
			runBoth(t, c, n, newTwin(c, root))
		}
	})
}

func runBoth(t *rapid.T, c Config, n *Network, w *twin) {
	addr := rapid.Map(rapid.IntRange(0, c.Peers-1), func(v int) Addr { return Addr(v) })
	now, sent := sim.Time(0), sim.Time(0)
	prefix := []Fate{{Ref: 99}} // what out holds already stays
	for step := range rapid.IntRange(0, 25).Draw(t, "steps") {
		now += sim.Time(rapid.SampledFrom([]int64{0, 1, 999_999, 1e6, 3e7, 4e8}).Draw(t, "pause"))
		p := Packet{
			From: addr.Draw(t, "from"), To: addr.Draw(t, "to"), Ref: uint32(step), Body: rapid.Uint64Range(0, 2).Draw(t, "body"),
			Name: rng.Key(rapid.Uint64Range(0, 9).Draw(t, "name")), Bytes: rapid.Int32Range(0, 1500).Draw(t, "bytes"),
		}
		var got, want []Fate
		switch op := rapid.IntRange(0, 6).Draw(t, "op"); {
		case op <= 1:
			got, want = n.Broadcast(now, p, prefix), w.broadcast(now, p)
		case op == 2:
			got, want = n.Send(now, p, prefix), w.send(now, p)
		case op == 3:
			got = n.Self(now, p, prefix)
			p.To = p.From
			want = w.send(now, p)
		case op == 4 && len(c.Partitions) > 0:
			i := rapid.IntRange(0, len(c.Partitions)-1).Draw(t, "fault")
			f := Fault{Partition: i, Heal: w.active[i]}
			got, want = n.Apply(now, f, prefix), w.apply(now, f)
		case op == 6 && len(c.Changes) > 0:
			i := rapid.IntRange(0, len(c.Changes)-1).Draw(t, "change")
			n.Change(now, i, w.lasting[i])
			w.lasting[i] = !w.lasting[i]
			got = prefix
		case op == 5 && w.counts.Arriving > 0:
			if got, want := n.Arrive(now, sent, p.From, p.To), w.arrive(p.From, p.To); got != want {
				t.Fatalf("at %v arrival %d to %d: %v, twin %v", now, p.From, p.To, got, want)
			} else if got == Cut && !n.StrikesInFlight() {
				t.Fatal("a partition strikes in flight though StrikesInFlight says none does")
			}
			got = prefix
		default:
			got = prefix
		}
		sent = now
		if diff := cmp.Diff(append(slices.Clone(prefix), want...), got); diff != "" {
			t.Fatalf("step %d at %v, packet %+v (-twin +network):\n%s", step, now, p, diff)
		}
		if diff := cmp.Diff(w.counts, n.Counts()); diff != "" {
			t.Fatalf("step %d at %v: counts (-twin +network):\n%s", step, now, diff)
		}
		if got := n.Counts(); got.Sent+got.Duplicated != got.Arriving+got.Lost+got.Holding ||
			got.Lost != got.Random+got.Forced+got.Full+got.Cut+got.NoLink+got.TooBig+got.Corrupted {
			t.Fatalf("step %d: %+v does not add up", step, got)
		}
		for i := range c.Partitions {
			if n.Struck(i) != w.struck[i] {
				t.Fatalf("step %d: partition %d struck %d, twin %d", step, i, n.Struck(i), w.struck[i])
			}
		}
		for i := range c.Changes {
			if n.Changed(i) != w.met[i] {
				t.Fatalf("step %d: change %d met %d packets, twin %d", step, i, n.Changed(i), w.met[i])
			}
		}
		a, b := addr.Draw(t, "a"), addr.Draw(t, "b")
		wantBase := w.base(a, b)
		if w.link(Packet{From: a, To: b}).NoBase {
			wantBase = 0
		}
		if got := n.BaseDelay(a, b); got != wantBase {
			t.Fatalf("base delay %d to %d: %v, twin %v", a, b, got, wantBase)
		}
	}
}
