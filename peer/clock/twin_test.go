package clock

import (
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/sim"
	"mpcomm/sim/rng"

	"pgregory.net/rapid"
)

// The dumb twin lives through a run nanosecond by nanosecond and asks at each
// whether anything happens, in the order that the package states. It knows no
// pieces, no next change and no inverse.
type dumb struct {
	cfg     *Config
	root    rng.Key
	p       peer.ID
	server  []int64 // what the server is ahead, by time; nil = true time
	rate    int64   // drift
	base    int64
	since   int64
	num     int64
	den     int64
	wander  int64
	slew    int64
	slewEnd int64
	stands  int64
	frozen  bool
}

func (d *dumb) ahead(t int64) int64 {
	v := (t - d.since) * d.num
	q := v / d.den
	if v%d.den < 0 {
		q--
	}
	return d.base + q
}

func (d *dumb) slope(t, num, den int64) {
	if num != d.num || den != d.den {
		d.base = d.ahead(t)
		d.since, d.num, d.den = t, num, den
	}
}

// readings returns what the clock shows at 0..until-1.
func (d *dumb) readings(until int64) []int64 {
	key := d.root.Name("clock")
	d.rate = d.cfg.Drift.Sample(key.Name("drift").Word(uint64(d.p)))
	d.base, d.num, d.den = d.cfg.Offset.Sample(key.Name("offset").Word(uint64(d.p))), d.rate, billion
	var all []int64
	for t := range until {
		d.tell(t, key)
		shown := t + d.ahead(t)
		if d.frozen {
			shown = d.stands
		}
		if tick := int64(d.cfg.Tick); tick > 1 {
			shown -= ((shown % tick) + tick) % tick
		}
		all = append(all, shown)
	}
	return all
}

func (d *dumb) tell(t int64, key rng.Key) {
	if r := d.cfg.Replay; r != nil { // so far the series ran on, whatever happens now
		d.replay(t, r, t > int64(r.At) && t > 0)
	}
	held, lost, begins := false, false, false
	for _, f := range d.cfg.Freezes {
		end := int64(f.At) + int64(f.For)
		held = held || int64(f.At) < t && t < end
		lost = lost || end == t && !f.CatchUp
		begins = begins || int64(f.At) == t
	}
	if d.frozen && !held {
		if d.frozen = false; lost {
			d.base += d.stands - (t + d.ahead(t))
		}
	}
	for _, s := range d.cfg.Steps {
		if int64(s.At) == t {
			d.base += int64(s.By)
			d.stands += int64(s.By)
		}
	}
	if r := d.cfg.Replay; r != nil {
		d.replay(t, r, false)
	} else {
		if d.slew != 0 && d.slewEnd <= t {
			d.slew = 0
		}
		if w := d.cfg.Wander; w != nil && t%int64(w.Every) == 0 {
			d.wander = w.Rate.Sample(key.Name("wander").With(uint64(d.p)).Word(uint64(t / int64(w.Every))))
		}
		if s := d.cfg.Sync; s != nil && !d.frozen && t >= int64(s.First) && (t-int64(s.First))%int64(s.Every) == 0 {
			d.sync(t, s, key.Name("sync").With(uint64(d.p)).With(uint64((t-int64(s.First))/int64(s.Every))))
		}
		d.slope(t, max(-MaxDrift, min(d.rate+d.wander+d.slew, MaxDrift)), billion)
	}
	if begins && !d.frozen {
		d.frozen, d.stands = true, t+d.ahead(t)
	}
}

func (d *dumb) sync(t int64, s *Sync, key rng.Key) {
	there := int64(s.There.Base) + max(0, s.There.Excess.Sample(key.Word(0)))
	back := int64(s.Back.Base) + max(0, s.Back.Excess.Sample(key.Word(1)))
	theta := (there-back)/2 + s.Error.Sample(key.Word(2)) - d.ahead(t)
	if d.server != nil {
		theta += d.server[t]
	}
	d.slew = 0
	switch {
	case s.Slew == 0:
		d.base += theta
	case theta != 0:
		size := theta
		if d.slew = s.Slew; theta < 0 {
			d.slew, size = -s.Slew, -theta
		}
		d.slewEnd = t + (size*billion+s.Slew-1)/s.Slew
	}
}

// replay sets the line afresh at every nanosecond, from all lines of the series;
// before a round begins it is at the end of the one before.
func (d *dumb) replay(t int64, r *Replay, ends bool) {
	since, last := t-int64(r.At), len(r.Points)-1
	if length := int64(r.Points[last].At); since >= 0 && r.Loop {
		if since %= length; since == 0 && ends {
			since = length
		}
	}
	want := r.Points[0].Offset
	for i := range last {
		a, b := r.Points[i], r.Points[i+1]
		if int64(a.At) <= since {
			want = a.Offset + floorOf((min(since, int64(b.At))-int64(a.At))*(b.Offset-a.Offset), int64(b.At-a.At))
		}
	}
	// d.wander serves as what the series said last.
	d.base += want - d.wander
	d.wander, d.num = want, 0
}

func floorOf(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// eventful draws a clock to which everything happens within some 200 ns.
func eventful(t *rapid.T) Config {
	small := func(label string) int64 { return rapid.Int64Range(-40, 40).Draw(t, label) }
	at := func(label string) int64 { return rapid.Int64Range(0, 120).Draw(t, label) }
	rate := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(-MaxDrift, MaxDrift))
	cfg := Config{
		Offset: rng.Constant(small("offset")),
		Tick:   time.Duration(rapid.SampledFrom([]int64{0, 1, 2, 7, 30}).Draw(t, "tick")),
	}
	for range rapid.IntRange(0, 3).Draw(t, "steps") {
		cfg.Steps = append(cfg.Steps, Step{At: sim.Time(at("step")), By: time.Duration(small("by"))})
	}
	for range rapid.IntRange(0, 3).Draw(t, "freezes") {
		cfg.Freezes = append(cfg.Freezes, Freeze{
			At: sim.Time(at("freeze")), For: time.Duration(rapid.Int64Range(1, 50).Draw(t, "for")), CatchUp: rapid.Bool().Draw(t, "catch up"),
		})
	}
	if rapid.IntRange(0, 3).Draw(t, "replayed") == 0 {
		cfg.Replay = series(t)
		return cfg
	}
	cfg.Drift = rng.Constant(rate.Draw(t, "drift"))
	if rapid.Bool().Draw(t, "wanders") {
		cfg.Wander = &Wander{Every: time.Duration(rapid.Int64Range(1, 60).Draw(t, "every")), Rate: rng.Normal(0, 200_000_000)}
	}
	if rapid.Bool().Draw(t, "synchronised") {
		cfg.Sync = &Sync{
			First: sim.Time(at("first")), Every: time.Duration(rapid.Int64Range(1, 60).Draw(t, "every")), Server: Reference,
			There: Path{Base: 5, Excess: rng.Exponential(0, 20)}, Back: Path{Base: 3, Excess: rng.Normal(4, 9)},
			Error: rng.Normal(0, 10), Slew: rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(1, MaxDrift)).Draw(t, "slew"),
		}
	}
	return cfg
}

func series(t *rapid.T) *Replay {
	r := &Replay{At: sim.Time(rapid.Int64Range(-300, 60).Draw(t, "at")), Loop: rapid.Bool().Draw(t, "loop")}
	last := Point{Offset: rapid.Int64Range(-50, 50).Draw(t, "offset")}
	r.Points = append(r.Points, last)
	for range rapid.IntRange(1, 6).Draw(t, "points") {
		took := rapid.Int64Range(1, 50).Draw(t, "took")
		last = Point{At: last.At + sim.Time(took), Offset: last.Offset + rapid.Int64Range(-took/2, took/2).Draw(t, "gain")}
		r.Points = append(r.Points, last)
	}
	return r
}

const lived = 260

// Readings, inverse and worst error are those of the twin's life, whatever was
// asked before.
func TestEverythingIsAsLivedThrough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cfg := eventful(t)
		if err := cfg.Check(); err != nil {
			t.Fatal(err)
		}
		root := rng.Root(rapid.Uint64().Draw(t, "seed"))
		want := (&dumb{cfg: &cfg, root: root, p: 2}).readings(lived)
		var c Clock
		c.Set(&cfg, root, 2)
		for range 3 { // in any order
			at := rapid.Int64Range(0, lived-1).Draw(t, "t")
			if got := int64(c.Local(sim.Time(at))); got != want[at] {
				t.Fatalf("Local(%d) = %d, want %d", at, got, want[at])
			}
		}
		for at := range want {
			if got := int64(c.Local(sim.Time(at))); got != want[at] {
				t.Fatalf("Local(%d) = %d, want %d", at, got, want[at])
			}
		}
		checkInverse(t, &c, want)
		checkWorst(t, &c, want)
	})
}

func checkInverse(t *rapid.T, c *Clock, shown []int64) {
	for range 4 {
		from := rapid.IntRange(0, lived-1).Draw(t, "from")
		i := shown[rapid.IntRange(0, lived-1).Draw(t, "like")] + rapid.Int64Range(-3, 3).Draw(t, "by")
		got := c.When(sim.Time(from), peer.Instant(i))
		want := from
		for want < lived && shown[want] < i {
			want++
		}
		if want < lived && got != sim.Time(want) || want == lived && got < lived {
			t.Fatalf("When(%d, %d) = %d, but the clock first shows it at %d (%d = not yet)", from, i, got, want, lived)
		}
	}
}

func checkWorst(t *rapid.T, c *Clock, shown []int64) {
	b := Bound{Max: time.Duration(rapid.Int64Range(0, 60).Draw(t, "bound"))}
	b.Min = b.Max
	until := rapid.IntRange(0, lived-1).Draw(t, "until")
	want, left := Departure{}, false
	for at := range until + 1 {
		d := Departure{At: sim.Time(at), Error: time.Duration(shown[at] - int64(at)), Bound: b.Max}
		if d.Beyond() > 0 && (!left || d.Beyond() > want.Beyond()) {
			want, left = d, true
		}
	}
	got, gotLeft := c.Worst(b, sim.Time(until))
	if gotLeft != left || left && (got.Beyond() != want.Beyond() || shown[got.At]-int64(got.At) != int64(got.Error)) {
		t.Fatalf("Worst(%v, %d) = %+v %v, want %+v %v", b, until, got, gotLeft, want, left)
	}
	saw := Bound{Min: b.Max / 3, Max: b.Max, Every: time.Duration(rapid.Int64Range(1, 90).Draw(t, "tooth"))}
	want, left = Departure{}, false
	for at := range until + 1 {
		d := Departure{At: sim.Time(at), Error: time.Duration(shown[at] - int64(at)), Bound: saw.At(sim.Time(at))}
		if d.Beyond() > 0 && (!left || d.Beyond() > want.Beyond()) {
			want, left = d, true
		}
	}
	got, _ = c.Worst(saw, sim.Time(until))
	if off := want.Beyond() - got.Beyond(); left && (off < 0 || off > 1) {
		t.Fatalf("Worst(%v, %d) = %+v, want %+v within a nanosecond", saw, until, got, want)
	}
}

// A group whose clocks ask each other in a chain lives as its twins do, and a
// step or freeze that comes while it runs is the same as one known before,
// whatever was asked of the future in between.
func TestGroupIsAsLivedThrough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cfgs := []Config{eventful(t), eventful(t), eventful(t)}
		for p := 1; p < len(cfgs); p++ {
			if s := cfgs[p].Sync; s != nil {
				s.Server = peer.ID(p - 1)
			}
		}
		root := rng.Root(rapid.Uint64().Draw(t, "seed"))
		now := sim.Time(rapid.IntRange(0, 150).Draw(t, "now"))
		by := time.Duration(rapid.Int64Range(-30, 30).Draw(t, "by"))
		freeze := Freeze{At: now, For: time.Duration(rapid.Int64Range(1, 40).Draw(t, "for")), CatchUp: rapid.Bool().Draw(t, "catch up")}
		g := make(Group, 3)
		g.Set(cfgs, root)
		for p := range g {
			g[p].Local(sim.Time(rapid.IntRange(0, 200).Draw(t, "ahead")))
		}
		g.Step(0, now, by)
		g.Freeze(1, freeze)
		cfgs[0].Steps = append(cfgs[0].Steps[:len(cfgs[0].Steps):len(cfgs[0].Steps)], Step{now, by})
		cfgs[1].Freezes = append(cfgs[1].Freezes[:len(cfgs[1].Freezes):len(cfgs[1].Freezes)], freeze)
		var server []int64
		for p := range cfgs {
			want := (&dumb{cfg: &cfgs[p], root: root, p: peer.ID(p), server: server}).readings(lived)
			for at := range want {
				if got := int64(g[p].Local(sim.Time(at))); got != want[at] {
					t.Fatalf("p%d shows %d at %d, want %d", p, got, at, want[at])
				}
			}
			server = nil
			for at := range want {
				server = append(server, want[at]-int64(at))
			}
		}
	})
}

// Between steps, exchanges that step and rounds of a replay no clock goes back.
func TestClocksGoForward(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cfg := eventful(t)
		cfg.Steps = nil
		if cfg.Sync != nil {
			cfg.Sync.Slew = max(1, cfg.Sync.Slew)
		}
		if cfg.Replay != nil {
			cfg.Replay.Loop = false
		}
		var c Clock
		c.Set(&cfg, rng.Root(4), 1)
		for at := sim.Time(1); at < 400; at++ {
			if c.Local(at) < c.Local(at-1) {
				t.Fatalf("it shows %d at %d and %d before", c.Local(at), at, c.Local(at-1))
			}
		}
	})
}
