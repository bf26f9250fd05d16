package history

import (
	"fmt"

	"mpcomm/peer"
)

// at returns the first delivery of a broadcast in the log of p.
func (c *Checker) at(p int, ref Ref) (d Delivery, ok bool) {
	for i, r := range c.h.Logs[p].Refs {
		if r == ref {
			return Delivery{Peer: peer.ID(p), Position: i + 1, ID: c.h.Broadcasts[ref].ID}, true
		}
	}
	return Delivery{Peer: peer.ID(p), ID: c.h.Broadcasts[ref].ID}, false
}

func (c *Checker) mute() bool { return c.want&Witnesses == 0 }

// integrityWitness shows the first repeat or stray in a log that has one.
func (c *Checker) integrityWitness(p int) *Witness {
	if c.mute() {
		return nil
	}
	refs := c.h.Logs[p].Refs
	for i, ref := range refs {
		if ref == NoRef {
			d := Delivery{Peer: peer.ID(p), Position: i + 1, ID: peer.NoMessage}
			for _, s := range c.h.Strays {
				if int(s.Peer) == p && s.Position == i {
					d.ID = s.ID
				}
			}
			return &Witness{[]Delivery{d}, fmt.Sprintf("p%d delivered %s (position %d), which nobody broadcast", p, d.ID, i+1)}
		}
		for k := range i {
			if refs[k] == ref {
				id := c.h.Broadcasts[ref].ID
				return &Witness{
					[]Delivery{{peer.ID(p), k + 1, id}, {peer.ID(p), i + 1, id}},
					fmt.Sprintf("p%d delivered %s twice (positions %d and %d)", p, id, k+1, i+1),
				}
			}
		}
	}
	panic(fmt.Sprintf("history: log of p%d was found to have a repeat or a stray and has none", p))
}

func (c *Checker) validityWitness(ref Ref) *Witness {
	if c.mute() {
		return nil
	}
	id := c.h.Broadcasts[ref].ID
	return &Witness{Text: fmt.Sprintf("%s broadcast %s, and no compared log has it", id.Sender, id)}
}

// agreementWitness shows a message that one log has and another lacks. Crashed
// says that only logs of crashed peers have it.
func (c *Checker) agreementWitness(ref Ref, crashed bool) *Witness {
	if c.mute() {
		return nil
	}
	lacking, having := -1, Delivery{Peer: -1}
	for p := range c.h.Peers {
		d, ok := c.at(p, ref)
		if ok && having.Peer < 0 && c.h.Correct(p) != crashed {
			having = d
		}
		if !ok && lacking < 0 && c.h.Correct(p) {
			lacking = p
		}
	}
	which := having.Peer.String()
	if crashed {
		which += ", which crashed,"
	}
	return &Witness{
		[]Delivery{having},
		fmt.Sprintf("%s delivered %s (position %d), p%d never did", which, having.ID, having.Position, lacking),
	}
}

// fifoWitness shows the first message of a log that comes without an earlier
// one of its sender.
func (c *Checker) fifoWitness(v *view) *Witness {
	next := c.bySender()
	defer c.forget(v.refs)
	for _, ref := range v.refs {
		b := &c.h.Broadcasts[ref]
		n := &next[b.ID.Sender]
		if b.Rank == *n {
			*n++
			continue
		}
		early, _ := c.at(v.peer, ref)
		earlier := c.ranks(int(b.ID.Sender))[*n]
		return c.without(early, v.peer, earlier, "the earlier "+c.h.Broadcasts[earlier].ID.String()+" of the same sender")
	}
	panic(fmt.Sprintf("history: log of p%d was found out of FIFO order and is in it", v.peer))
}

// without shows a delivery before, or without, that of a message it needs.
func (c *Checker) without(early Delivery, p int, needed Ref, name string) *Witness {
	late, comes := c.at(p, needed)
	if !comes {
		return &Witness{
			[]Delivery{early},
			fmt.Sprintf("p%d delivered %s (position %d) and never %s", p, early.ID, early.Position, name),
		}
	}
	return &Witness{
		[]Delivery{early, late},
		fmt.Sprintf("p%d delivered %s (position %d) before %s (position %d)", p, early.ID, early.Position, name, late.Position),
	}
}

// causalWitness shows the first message of a view that comes without a cause.
// That one lacks a direct cause: would it lack only causes of causes, one of its
// direct causes would have come without them before.
func (c *Checker) causalWitness(v *view, first int) *Witness {
	if c.mute() {
		return nil
	}
	c.stamp++
	for _, ref := range v.refs[:first] {
		c.seen[ref] = c.stamp
	}
	ref := v.refs[first]
	b := &c.h.Broadcasts[ref]
	early, _ := c.at(v.peer, ref)
	lacks := func(cause Ref) bool { return cause != NoRef && c.seen[cause] != c.stamp }
	name := func(cause Ref) string { return "its cause " + c.h.Broadcasts[cause].ID.String() }
	for _, earlier := range c.ranks(int(b.ID.Sender))[:b.Rank] {
		if lacks(earlier) {
			w := c.without(early, v.peer, earlier, name(earlier))
			w.Text += fmt.Sprintf(": %s had broadcast that before", b.ID.Sender)
			return w
		}
	}
	if lacks(b.Cause) {
		w := c.without(early, v.peer, b.Cause, name(b.Cause))
		w.Text += fmt.Sprintf(": %s was sent after it", b.ID)
		return w
	}
	for _, cause := range c.h.Logs[b.ID.Sender].Refs[:b.LogLen] {
		if lacks(cause) {
			w := c.without(early, v.peer, cause, name(cause))
			w.Text += fmt.Sprintf(": %s had delivered that before it broadcast %s", b.ID.Sender, b.ID)
			return w
		}
	}
	panic(fmt.Sprintf("history: %s at p%d was found to lack a cause and has all direct ones", b.ID, v.peer))
}

// totalWitness shows two messages that p and q hold in opposite orders.
func (c *Checker) totalWitness(p, q int, x, y Ref) *Witness {
	if c.mute() {
		return nil
	}
	px, _ := c.at(p, x)
	py, _ := c.at(p, y)
	qx, _ := c.at(q, x)
	qy, _ := c.at(q, y)
	return &Witness{
		[]Delivery{px, py, qx, qy},
		fmt.Sprintf("p%d delivered %s (position %d) before %s (position %d), p%d the other way round (positions %d and %d)",
			p, px.ID, px.Position, py.ID, py.Position, q, qx.Position, qy.Position),
	}
}
