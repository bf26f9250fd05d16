package scenarios

import (
	"strconv"
	"time"

	"mpcomm/peer/clock"
)

func (c *Clocks) tree() *node {
	n := mapOf().put("default", clockNode(&c.Default, &Clock{}))
	if len(c.Peers) > 0 {
		peers := mapOf()
		for _, p := range c.Peers {
			peers.put(strconv.Itoa(int(p.Peer)), clockNode(&p.Clock, &c.Default))
		}
		n.put("peers", peers)
	}
	return n
}

// files adds the series that clocks replay.
func (c *Clocks) files(names []string) []string {
	add := func(c *Clock) {
		if c.Replay != nil {
			names = append(names, c.Replay.File)
		}
	}
	add(&c.Default)
	for i := range c.Peers {
		add(&c.Peers[i].Clock)
	}
	return names
}

// clockNode writes out what a clock does. What its preset says stands there by
// the preset's name alone, so that a sweep over presets is printed as it runs;
// what is off is written where the preset or the default would switch it on.
func clockNode(c, base *Clock) *node {
	n := mapOf()
	preset, _ := ClockPresetByName(c.Preset)
	if c.Preset != "" {
		n.put("preset", rawNode(c.Preset))
		base = &preset.Clock
	}
	put := func(key string, needed bool, value func(*Clock) *node) {
		text := value(c)
		if c.Preset != "" && flowText(text) == flowText(value(base)) || c.Preset == "" && !needed {
			return
		}
		n.put(key, text)
	}
	put("offset", true, func(c *Clock) *node { return familyNode(c.Offset, &durations) })
	put("offset_max", c.OffsetMax != 0 || base.OffsetMax != 0, func(c *Clock) *node { return orWord(int64(c.OffsetMax), &durations, "none") })
	put("sign", c.Either || base.Either, func(c *Clock) *node { return choose(c.Either, "either", "drawn") })
	put("drift", true, func(c *Clock) *node { return familyNode(c.Drift, &drifts) })
	put("wander", c.Wander != nil || base.Wander != nil, func(c *Clock) *node { return wanderNode(c.Wander) })
	n.put("tick", durationNode(c.Tick)).put("step", listOf(c.Steps, stepNode))
	if len(c.Freezes) > 0 || len(base.Freezes) > 0 || c.Preset != "" {
		n.put("freeze", listOf(c.Freezes, freezeNode))
	}
	put("sync", c.Sync != nil || base.Sync != nil, func(c *Clock) *node { return syncNode(c.Sync) })
	put("bound", c.Bound != nil || base.Bound != nil, func(c *Clock) *node { return boundNode(c.Bound) })
	if c.Replay != nil || base.Replay != nil {
		n.put("replay", replayNode(c.Replay))
	}
	return n
}

func stepNode(s ClockStep) *node {
	return mapOf().put("at", durationNode(s.At)).put("since", sinceNode(s.SinceData)).put("by", durationNode(s.By))
}

func freezeNode(f ClockFreeze) *node {
	return mapOf().put("at", durationNode(f.At)).put("since", sinceNode(f.SinceData)).put("for", durationNode(f.For)).
		put("resume", choose(f.CatchUp, "catches_up", "behind"))
}

func sinceNode(data bool) *node { return choose(data, "data", "start") }

func wanderNode(w *Wander) *node {
	if w == nil {
		return rawNode("none")
	}
	return mapOf().put("sd", rawNode(drifts.print(w.SD))).put("every", durationNode(w.Every))
}

func syncNode(s *ClockSync) *node {
	if s == nil {
		return rawNode("none")
	}
	with := rawNode("reference")
	switch s.With {
	case SyncServer:
		with = rawNode("server")
	case SyncPeer:
		with = integerNode(int(s.Peer))
	}
	return mapOf().put("every", durationNode(s.Every)).put("first", durationNode(s.First)).put("with", with).
		put("error", familyNode(s.Error, &durations)).put("slew", orWord(s.Slew, &drifts, "none"))
}

func boundNode(b *clock.Bound) *node {
	switch {
	case b == nil:
		return rawNode("none")
	case b.Every == 0:
		return durationNode(b.Max)
	}
	return mapOf().put("kind", rawNode("sawtooth")).put("min", durationNode(b.Min)).put("max", durationNode(b.Max)).
		put("every", durationNode(b.Every))
}

func replayNode(r *ClockReplay) *node {
	if r == nil {
		return rawNode("none")
	}
	unit := func(d time.Duration) *node { return rawNode(durations.print(int64(d))[1:]) }
	return mapOf().put("file", textNode(r.File)).put("unit", unit(r.Unit)).put("time_unit", unit(r.TimeUnit)).
		put("at", durationNode(r.At)).put("end", choose(r.Loop, "loop", "hold"))
}
