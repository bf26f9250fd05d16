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
		d.sends, d.delays, d.skew = slices.Clone(c.sends), slices.Clone(c.delays), slices.Clone(c.skew)
		edit(&d)
		list = append(list, d)
	}
	for i := range c.sends {
		if len(c.sends) > 1 {
			change(func(d *schedule) { d.remove(i) })
		}
	}
	if c.peers > 1 && !c.mentions(peer.ID(c.peers-1)) {
		change(func(d *schedule) { d.peers--; d.skew = d.skew[:min(len(d.skew), d.peers)] })
	}
	for _, edit := range c.simplifications() {
		change(edit)
	}
	for i := range c.delays {
		change(func(d *schedule) { d.delays = slices.Delete(d.delays, i, i+1) })
	}
	for i := range c.sends {
		if m := c.sends[i]; m.after != peer.NoMessage {
			change(func(d *schedule) { d.sends[i].after = peer.NoMessage })
		}
		for _, to := range [...]int64{0, c.sends[i].at / 2, c.sends[i].at - 1} {
			if to >= 0 && to < c.sends[i].at {
				change(func(d *schedule) { d.sends[i].at = to })
			}
		}
	}
	for i := range c.delays {
		for _, to := range [...]int64{c.delays[i].by / 2, c.delays[i].by - 1} {
			if to >= 0 && to < c.delays[i].by && !c.delays[i].lost {
				change(func(d *schedule) { d.delays[i].by = to })
			}
		}
	}
	return list
}

// simplifications are the ways in which the surroundings can be plainer.
func (c *schedule) simplifications() []func(*schedule) {
	var edits []func(*schedule)
	add := func(worth bool, edit func(*schedule)) {
		if worth {
			edits = append(edits, edit)
		}
	}
	add(c.crash != nil, func(d *schedule) { d.crash = nil })
	add(c.robust, func(d *schedule) { d.robust = false })
	add(c.loss > 0, func(d *schedule) { d.loss = 0 })
	add(c.duplicate > 0, func(d *schedule) { d.duplicate = 0 })
	add(c.reliable && c.loss == 0 && c.duplicate == 0, func(d *schedule) { d.reliable = false })
	add(c.spread > 0, func(d *schedule) { d.spread = 0 })
	add(c.datagram, func(d *schedule) { d.datagram = false })
	add(c.loopback, func(d *schedule) { d.loopback = false })
	add(c.skew != nil, func(d *schedule) { d.skew = nil })
	add(c.stepBack > 0, func(d *schedule) { d.stepBack = 0 })
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
	if c.crash != nil && c.crash.atDelivery == id {
		c.crash = nil
	}
}

// mentions reports whether anything is said of a peer.
func (c *schedule) mentions(p peer.ID) bool {
	for _, m := range c.sends {
		if m.id.Sender == p {
			return true
		}
	}
	for _, d := range c.delays {
		if d.to == p {
			return true
		}
	}
	return c.crash != nil && c.crash.peer == p
}
