package scenarios

import (
	"slices"
	"time"

	"mpcomm/network/latency"
	"mpcomm/peer"
	"mpcomm/peer/clock"
)

func (d *decoder) clocks(r record, s *Scenario) Clocks {
	n, path, f := r.value("clocks")
	q := d.record(n, path, f.object)
	base, basePath, _ := q.value("default")
	problems := len(d.problems)
	perfect := Clock{Offset: constantFamily(0), Drift: constantFamily(0), Tick: 1}
	c := Clocks{Default: d.clock(base, basePath, perfect, s)}
	peers, peersPath, _ := q.value("peers")
	if peers != nil && peers.kind != mapNode {
		d.problem(peers, peersPath, "got %s; want a map from peer to clock, such as {3: {offset: -80ms}}", peers.describe())
		peers = nil
	}
	clocks := map[peer.ID]Clock{}
	written := map[peer.ID]*node{}
	if peers != nil {
		for i, k := range peers.keys {
			at := joinPath(peersPath, k.scalar)
			before := len(d.problems)
			p := d.peer(k, at, &peerForm)
			clock := d.clock(peers.items[i], at, c.Default, s)
			if len(d.problems) == before {
				clocks[p], written[p] = clock, k
			}
		}
	}
	for p := range peer.ID(d.peers) {
		if clock, ok := clocks[p]; ok {
			c.Peers = append(c.Peers, PeerClock{Peer: p, Clock: clock})
		}
		if len(c.Peers) == len(clocks) {
			break
		}
	}
	if d.syncs && len(d.problems) == problems {
		d.syncCircles(&c, base, basePath, written, peersPath)
	}
	return c
}

// clock reads a clock whose absent keys are those of base.
func (d *decoder) clock(n *node, path string, base Clock, s *Scenario) Clock {
	q := d.record(n, path, &clockObject)
	c := base
	if preset, known := ClockPresetByName(d.presetOf(q)); known {
		c = preset.Clock
		c.Preset, c.Tick, c.Steps, c.Freezes = preset.Name, base.Tick, base.Steps, base.Freezes
	}
	if q.has("replay") && !q.is("replay", "none") { // the series is all that is inherited
		c = Clock{Offset: constantFamily(0), Drift: constantFamily(0), Tick: c.Tick, Steps: c.Steps, Freezes: c.Freezes, Bound: c.Bound}
	}
	if q.has("offset") {
		c.Offset = q.family("offset")
	}
	if q.has("offset_max") {
		c.OffsetMax = time.Duration(q.amount("offset_max"))
	}
	if q.has("sign") {
		c.Either = q.word("sign") == "either"
	}
	if q.has("drift") {
		c.Drift = q.family("drift")
		d.driftInRange(q, c.Drift)
	}
	if q.has("wander") {
		c.Wander = d.wander(q)
	}
	if q.has("tick") {
		c.Tick = time.Duration(q.amount("tick"))
	}
	if q.has("step") {
		c.Steps = d.steps(q)
	}
	if q.has("freeze") {
		c.Freezes = d.freezes(q)
	}
	if q.has("sync") {
		c.Sync = d.sync(q, s)
	}
	if q.has("bound") {
		c.Bound = d.bound(q)
	}
	if q.has("replay") {
		c.Replay = d.replay(q)
	}
	d.wholeReplay(q, &c)
	return c
}

func (d *decoder) presetOf(r record) string {
	if !r.has("preset") {
		return ""
	}
	return r.word("preset")
}

// wholeReplay checks that nothing else makes a replayed clock err in time. An
// exception with errors of its own is not replayed, whatever the default is.
func (d *decoder) wholeReplay(r record, c *Clock) {
	drifts := c.Drift.Kind != latency.Constant || c.Drift.Value != 0
	if !r.has("replay") && (drifts || c.Wander != nil || c.Sync != nil) {
		c.Replay = nil
	}
	if c.Replay == nil {
		return
	}
	beside := func(key string, on bool) {
		if n := r.n.child(key); on && n != nil {
			d.problem(n, joinPath(r.path, key), "has no meaning beside replay, which is the whole of what the clock gains; remove one of them")
		}
	}
	beside("preset", true)
	beside("drift", drifts)
	beside("wander", c.Wander != nil)
	beside("sync", c.Sync != nil)
}

// driftInRange checks that a drift cannot stop a clock: what a bounded family
// can return is checked, of the unbounded ones their centre.
func (d *decoder) driftInRange(r record, f latency.Family) {
	n, path, _ := r.value("drift")
	for _, v := range []int64{f.Value, f.Min, f.Max, f.Mean, f.Median, f.Scale} {
		if v < -clock.MaxDrift || v > clock.MaxDrift {
			d.problem(n, path, "%s is out of range; want %s..%s", drifts.print(v), drifts.print(-clock.MaxDrift), drifts.print(clock.MaxDrift))
			return
		}
	}
}

// off is the record of a key that may be none; ok is false for none.
func (r record) off(name string) (q record, ok bool) {
	n, path, f := r.value(name)
	if n == nil || r.is(name, "none") {
		return record{}, false
	}
	return r.d.record(n, path, f.object), true
}

func (d *decoder) wander(r record) *Wander {
	q, on := r.off("wander")
	if !on {
		return nil
	}
	d.pace(q, "every")
	return &Wander{SD: q.amount("sd"), Every: time.Duration(q.amount("every"))}
}

func (d *decoder) steps(r record) []ClockStep {
	var steps []ClockStep
	sum := int64(0)
	r.items("step", func(n *node, path string) {
		q := d.record(n, path, &stepObject)
		s := ClockStep{At: time.Duration(q.amount("at")), SinceData: q.word("since") == "data", By: time.Duration(q.amount("by"))}
		if sum += int64(max(s.By, -s.By)); sum > maxOffset {
			d.problem(n, path, "the steps up to this one are %s together; want at most %s", durations.print(sum), durations.print(maxOffset))
			sum = 0
		}
		steps = append(steps, s)
	})
	return steps
}

// freezes reads the times in which a clock stands still. Those that count from
// the same origin must not overlap: which of them says how the clock goes on
// would be an accident.
func (d *decoder) freezes(r record) []ClockFreeze {
	var freezes []ClockFreeze
	r.items("freeze", func(n *node, path string) {
		q := d.record(n, path, &freezeObject)
		before := len(d.problems)
		f := ClockFreeze{
			At: time.Duration(q.amount("at")), SinceData: q.word("since") == "data", For: time.Duration(q.amount("for")),
			CatchUp: q.word("resume") == "catches_up",
		}
		if len(d.problems) > before {
			return
		}
		for i, g := range freezes {
			if f.SinceData == g.SinceData && f.At < g.At+g.For && g.At < f.At+f.For {
				d.problem(n, path, "overlaps %s.freeze.%d, which stands still from %s for %s; want one freeze at a time",
					r.path, i, durations.print(int64(g.At)), durations.print(int64(g.For)))
				return
			}
		}
		freezes = append(freezes, f)
	})
	return freezes
}

func (d *decoder) sync(r record, s *Scenario) *ClockSync {
	q, on := r.off("sync")
	if !on {
		return nil
	}
	d.pace(q, "every")
	c := &ClockSync{Every: time.Duration(q.amount("every")), Error: q.family("error"), Slew: q.amount("slew")}
	c.First = c.Every
	if q.has("first") {
		c.First = time.Duration(q.amount("first"))
	}
	n, path, f := q.value("with")
	switch {
	case q.is("with", "reference"):
	case q.is("with", "server"):
		c.With = SyncServer
		if s.Network.Server == "" {
			d.problem(n, path, "there is no server: want network.server to name its site, or reference, or a peer")
		}
	case n != nil && n.kind == scalarNode && !isDecimal(n.scalar):
		d.problem(n, path, "got %s; %s", n.describe(), wantOf(f))
	default:
		c.With, c.Peer, d.syncs = SyncPeer, d.peer(n, path, f), true
	}
	return c
}

// syncCircles reports clocks that are set by each other in a circle, each circle
// once, at its lowest peer. A peer that the default names as whom to ask asks
// itself unless it is an exception.
func (d *decoder) syncCircles(c *Clocks, base *node, basePath string, written map[peer.ID]*node, peersPath string) {
	asked := make([]int, d.peers) // by which walk, from 1
	for p := range peer.ID(d.peers) {
		var walk []peer.ID
		q := p
		for asked[q] == 0 {
			asked[q] = int(p) + 1
			walk = append(walk, q)
			s := c.Of(q).Sync
			if s == nil || s.With != SyncPeer {
				break
			}
			q = s.Peer
		}
		s := c.Of(q).Sync
		if asked[q] != int(p)+1 || s == nil || s.With != SyncPeer {
			continue
		}
		walk = walk[slices.Index(walk, q):]
		at, path := base, basePath
		for _, q := range walk {
			if n := written[q]; n != nil {
				at, path = n, joinPath(peersPath, n.scalar)
				break
			}
		}
		d.problem(at, path, "sync: %s: want one of them to be set by the server, by reference or by nobody", circle(walk))
	}
}

// circle says who is set by whom.
func circle(walk []peer.ID) string {
	text := ""
	for i, p := range walk {
		text += p.String() + " is set by " + walk[(i+1)%len(walk)].String()
		if i < len(walk)-1 {
			text += ", "
		}
	}
	return text
}

func (d *decoder) bound(r record) *clock.Bound {
	n, path, f := r.value("bound")
	if n == nil || r.is("bound", "none") {
		return nil
	}
	if n.kind != mapNode {
		v := time.Duration(d.amount(n, path, f))
		return &clock.Bound{Min: v, Max: v}
	}
	q := d.record(n, path, &boundObject)
	q.word("kind")
	b := &clock.Bound{Min: time.Duration(q.amount("min")), Max: time.Duration(q.amount("max")), Every: time.Duration(q.amount("every"))}
	if b.Min > b.Max {
		at, where := n, path
		if m := n.child("min"); m != nil {
			at, where = m, joinPath(path, "min")
		}
		d.problem(at, where, "%s is above max, which is %s; want a bound that rises from min to max", durations.print(int64(b.Min)), durations.print(int64(b.Max)))
	}
	return b
}

func (d *decoder) replay(r record) *ClockReplay {
	q, on := r.off("replay")
	if !on {
		return nil
	}
	c := &ClockReplay{File: q.text("file"), At: time.Duration(q.amount("at")), Loop: q.word("end") == "loop"}
	for _, u := range durations.units {
		if q.word("unit") == u.name {
			c.Unit = time.Duration(u.worth)
		}
		if q.word("time_unit") == u.name {
			c.TimeUnit = time.Duration(u.worth)
		}
	}
	n, path, _ := q.value("file")
	if c.File == "" || c.Unit == 0 || c.TimeUnit == 0 {
		return c
	}
	found, err := d.files.series(c.File, c.TimeUnit, c.Unit)
	if err != nil {
		d.problem(n, path, "%v", err)
	}
	for _, p := range found.problems {
		p.Path = path
		d.problems = append(d.problems, p)
	}
	c.Points = found.points
	return c
}

// pace notes a period that the end of the run has to be compared with.
func (d *decoder) pace(r record, name string) {
	n, path, _ := r.value(name)
	if r.n.child(name) == nil {
		n, path = r.n, r.path
	}
	before := len(d.problems)
	if v := r.amount(name); len(d.problems) == before && v > 0 {
		d.periods = append(d.periods, period{n, path, v})
	}
	d.problems = d.problems[:before] // who reads the value reports them
}

// period is how often something happens to a clock.
type period struct {
	n     *node
	path  string
	every int64
}

// maxChanges bounds how often the rate of a clock changes in a run: every piece
// of its time is kept.
const maxChanges = 100_000

// checkPace reports periods that are too short for the length of the run.
func (d *decoder) checkPace(s *Scenario) {
	for _, p := range d.periods {
		if n := int64(s.Limits.Until) / p.every; n > maxChanges {
			d.problem(p.n, p.path, "%s is %d times within limits.until, which is %s; want at most %d times: a longer period or an earlier end",
				durations.print(p.every), n, durations.print(int64(s.Limits.Until)), maxChanges)
		}
	}
	d.periods = nil
}
