package ordertest

import (
	"fmt"
	"strings"

	"mpcomm/peer"
)

// words tells the schedule.
func (c *schedule) words() string {
	var parts []string
	say := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if c.peers == 1 {
		say("1 peer")
	} else {
		say("%d peers", c.peers)
	}
	on := "delivered"
	if c.onArrival {
		on = "received"
	}
	for _, m := range c.sends {
		if m.after == peer.NoMessage {
			say("%v broadcasts %v at %s", m.id.Sender, m.id, c.time(m.at))
		} else {
			say("%v broadcasts %v %s after it has %s %v", m.id.Sender, m.id, c.time(m.at), on, m.after)
		}
	}
	if c.replies > 0 {
		say("half of the peers answer a message %s after they have %s it", c.time(c.replies), on)
	}
	c.linkWords(say)
	c.clockWords(say)
	c.faultWords(say)
	if c.robust {
		say("the peers shake hands first")
	}
	return strings.Join(parts, "; ") + "."
}

func (c *schedule) linkWords(say func(string, ...any)) {
	for _, d := range c.delays {
		if d.lost {
			say("%v is lost on its way to %v", d.id, d.to)
		} else {
			say("%v takes %s to %v", d.id, c.time(d.by), d.to)
		}
	}
	others := "other packets take " + c.oneStep()
	if c.spread > 0 {
		others = fmt.Sprintf("other packets take up to %s", c.time(c.spread))
	}
	if c.loopback {
		others += ", own ones as well"
	}
	if c.datagram {
		others += " and may overtake each other"
	}
	say("%s", others)
	if c.loss > 0 {
		say("one in %d is lost", c.loss)
	}
	if c.duplicate > 0 {
		say("one in %d comes twice", c.duplicate)
	}
	if c.reliable {
		say("a reliable transport repairs that")
	}
}

func (c *schedule) clockWords(say func(string, ...any)) {
	for i, k := range c.clocks {
		p := peer.ID(i)
		if k.offset != 0 {
			say("the clock of %v is off by %s", p, c.time(k.offset))
		}
		if k.tick != 0 {
			say("the clock of %v ticks every %s", p, c.time(k.tick))
		}
		switch {
		case k.stepBy > 0:
			say("the clock of %v jumps ahead by %s at %s", p, c.time(k.stepBy), c.time(k.stepAt))
		case k.stepBy < 0:
			say("the clock of %v goes back by %s at %s", p, c.time(-k.stepBy), c.time(k.stepAt))
		}
	}
}

func (c *schedule) faultWords(say func(string, ...any)) {
	for _, k := range c.crashes {
		back := ""
		if k.restart > 0 {
			back = " and comes back at " + c.time(k.restart)
		}
		if k.atDelivery != peer.NoMessage {
			say("%v crashes when it delivers %v, after %d packets%s", k.peer, k.atDelivery, k.sent, back)
		} else {
			say("%v crashes at %s%s", k.peer, c.time(k.at), back)
		}
	}
	for _, k := range c.cuts {
		what := "is lost"
		if k.hold {
			what = "is held"
		}
		if k.inFlight {
			what += ", and what would arrive is lost"
		}
		say("%v is cut off at %s for %s: what is sent across %s", k.peer, c.time(k.at), c.time(k.length), what)
	}
}
