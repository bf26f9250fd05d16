package ordertest

import (
	"slices"

	"mpcomm/peer"
)

// shrink looks for a smaller schedule with the same kind of fault: one change
// after another is kept if the fault stays, until none is left.
func (s *suite) shrink(c schedule, wrong *fault) (schedule, *fault) {
	inside := s.inside
	defer func() { s.inside = inside }()
	for tries := 0; tries < maxTries; {
		smaller := false
		for _, candidate := range c.smaller() {
			tries++
			if now := s.judge(&candidate); now != nil && now.kind == wrong.kind {
				c, wrong, smaller = candidate, now, true
				break
			}
		}
		if !smaller {
			break
		}
	}
	return c, wrong
}

const maxTries = 2000

// smaller lists schedules with one thing less, the largest steps first.
func (c *schedule) smaller() []schedule {
	var list []schedule
	change := func(edit func(*schedule)) {
		d := *c
		d.sends, d.delays, d.clocks = slices.Clone(c.sends), slices.Clone(c.delays), slices.Clone(c.clocks)
		d.crashes, d.cuts = slices.Clone(c.crashes), slices.Clone(c.cuts)
		edit(&d)
		list = append(list, d)
	}
	for i := range c.sends {
		if len(c.sends) > 1 {
			change(func(d *schedule) { d.remove(i) })
		}
	}
	if c.peers > 1 && !c.mentions(peer.ID(c.peers-1)) {
		change(func(d *schedule) { d.peers--; d.clocks = d.clocks[:min(len(d.clocks), d.peers)] })
	}
	for _, edit := range c.simplifications() {
		change(edit)
	}
	for i := range c.delays {
		change(func(d *schedule) { d.delays = slices.Delete(d.delays, i, i+1) })
	}
	for i := range c.sends {
		if c.sends[i].after != peer.NoMessage {
			change(func(d *schedule) { d.sends[i].after = peer.NoMessage })
		}
	}
	for i := range c.times() {
		for _, shorter := range [...]func(int64) int64{
			func(int64) int64 { return 0 }, func(t int64) int64 { return t / 2 }, func(t int64) int64 { return t - sign(t) },
		} {
			if was := *c.times()[i]; shorter(was) != was {
				change(func(d *schedule) { t := d.times()[i]; *t = shorter(*t) })
			}
		}
	}
	return slices.DeleteFunc(list, func(d schedule) bool { return !d.possible() })
}

// times lists the times that may be shorter.
func (c *schedule) times() []*int64 {
	var list []*int64
	for i := range c.sends {
		list = append(list, &c.sends[i].at)
	}
	for i := range c.delays {
		list = append(list, &c.delays[i].by)
	}
	for i := range c.clocks {
		list = append(list, &c.clocks[i].offset)
	}
	for i := range c.crashes {
		list = append(list, &c.crashes[i].at)
	}
	for i := range c.cuts {
		list = append(list, &c.cuts[i].at, &c.cuts[i].length)
	}
	return list
}

func sign(t int64) int64 {
	switch {
	case t < 0:
		return -1
	case t > 0:
		return 1
	}
	return 0
}

// possible reports whether the schedule can be written down.
func (c *schedule) possible() bool {
	for _, k := range c.cuts {
		if k.length == 0 || c.peers < 2 {
			return false
		}
	}
	return true
}

// simplifications are the ways in which the surroundings can be plainer.
func (c *schedule) simplifications() []func(*schedule) {
	var edits []func(*schedule)
	add := func(worth bool, edit func(*schedule)) {
		if worth {
			edits = append(edits, edit)
		}
	}
	for i := range c.crashes {
		add(true, func(d *schedule) { d.crashes = slices.Delete(d.crashes, i, i+1) })
		add(c.crashes[i].restart > 0, func(d *schedule) { d.crashes[i].restart = 0 })
	}
	for i := range c.cuts {
		add(true, func(d *schedule) { d.cuts = slices.Delete(d.cuts, i, i+1) })
		add(c.cuts[i].inFlight, func(d *schedule) { d.cuts[i].inFlight = false })
	}
	add(c.robust, func(d *schedule) { d.robust = false })
	add(c.replies > 0, func(d *schedule) { d.replies = 0 })
	add(c.loss > 0, func(d *schedule) { d.loss = 0 })
	add(c.duplicate > 0, func(d *schedule) { d.duplicate = 0 })
	add(c.reliable && c.loss == 0 && c.duplicate == 0, func(d *schedule) { d.reliable = false })
	add(c.spread > 0, func(d *schedule) { d.spread = 0 })
	add(c.datagram, func(d *schedule) { d.datagram = false })
	add(c.loopback, func(d *schedule) { d.loopback = false })
	add(c.onArrival, func(d *schedule) { d.onArrival = false })
	add(c.clocks != nil, func(d *schedule) { d.clocks = nil })
	for i, k := range c.clocks {
		add(k.tick != 0, func(d *schedule) { d.clocks[i].tick = 0 })
		add(k.stepBy != 0, func(d *schedule) { d.clocks[i].stepBy = 0 })
	}
	return edits
}

// remove takes a broadcast out, and what speaks of it.
func (c *schedule) remove(i int) {
	id := c.sends[i].id
	c.sends = slices.Delete(c.sends, i, i+1)
	for k := range c.sends {
		if c.sends[k].after == id {
			c.sends[k].after = peer.NoMessage
		}
	}
	c.delays = slices.DeleteFunc(c.delays, func(d delay) bool { return d.id == id })
	c.crashes = slices.DeleteFunc(c.crashes, func(k crash) bool { return k.atDelivery == id })
}

// mentions reports whether anything is said of a peer.
func (c *schedule) mentions(p peer.ID) bool {
	return slices.ContainsFunc(c.sends, func(m send) bool { return m.id.Sender == p }) ||
		slices.ContainsFunc(c.delays, func(d delay) bool { return d.to == p }) ||
		slices.ContainsFunc(c.crashes, func(k crash) bool { return k.peer == p }) ||
		slices.ContainsFunc(c.cuts, func(k cut) bool { return k.peer == p })
}
