package ordertest

import (
	"fmt"
	"strings"

	"mpcomm/peer"
)

// text writes the schedule as a scenario file for one ordering.
func (c *schedule) text(ordering, expect string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("version: 1\nname: schedule\nseed: %d\npeers: %d\norderings: [%s]", c.seed, c.peers, ordering)
	if c.robust {
		line("phases: {kind: robust, retry: 200ms, backoff: 1, give_up: 30s, drain: 30s}")
	} else {
		line("phases: {kind: none, drain: 2s}")
	}
	on := "delivery"
	if c.onArrival {
		on = "arrival"
	}
	line("workload:\n  sends:")
	for _, m := range c.sends {
		if m.after == peer.NoMessage {
			line("    - {at: %s, from: %d, number: %d}", c.time(m.at), m.id.Sender, m.id.Number)
		} else {
			line("    - {after: %q, from: %d, number: %d, delay: %s, on: %s}", m.after, m.id.Sender, m.id.Number, c.time(m.at), on)
		}
	}
	if c.replies > 0 {
		line("  replies: {probability: 1/2, delay: %s, on: %s}", c.time(c.replies), on)
	}
	c.network(line)
	c.clockText(line)
	c.faultText(line)
	line("limits: {until: 10m, events: 200000}")
	if expect != "" {
		line("expect: {%s}", expect)
	}
	return b.String()
}

func (c *schedule) network(line func(string, ...any)) {
	line("network:")
	if c.spread > 0 {
		line("  latency: {kind: uniform, min: 0ms, max: %s}", c.time(c.spread))
	} else {
		line("  latency: %s", c.oneStep())
	}
	if c.datagram {
		line("  link: datagram")
	} else {
		line("  link: fifo")
	}
	if c.loopback {
		line("  self: loopback")
	}
	if c.loss > 0 {
		line("  loss: 1/%d", c.loss)
	}
	if c.duplicate > 0 {
		line("  duplicate: 1/%d", c.duplicate)
	}
	if c.reliable {
		line("  transport: {kind: reliable, rto: %s}", c.time(30))
	}
	for i, d := range c.delays {
		if i == 0 {
			line("  delays:")
		}
		if d.lost {
			line("    - {message: %q, to: %d, lost: true}", d.id, d.to)
		} else {
			line("    - {message: %q, to: %d, delay: %s}", d.id, d.to, c.time(d.by))
		}
	}
}

// clockText writes the peers' clocks.
func (c *schedule) clockText(line func(string, ...any)) {
	var entries []string
	for p, k := range c.clocks {
		var keys []string
		if k.offset != 0 {
			keys = append(keys, "offset: "+c.time(k.offset))
		}
		if k.tick != 0 {
			keys = append(keys, "tick: "+c.time(k.tick))
		}
		if k.stepBy != 0 {
			keys = append(keys, fmt.Sprintf("step: [{at: %s, since: data, by: %s}]", c.time(k.stepAt), c.time(k.stepBy)))
		}
		if keys != nil {
			entries = append(entries, fmt.Sprintf("\"%d\": {%s}", p, strings.Join(keys, ", ")))
		}
	}
	if entries != nil {
		line("clocks: {peers: {%s}}", strings.Join(entries, ", "))
	}
}

// faultText writes crashes and partitions.
func (c *schedule) faultText(line func(string, ...any)) {
	if len(c.crashes)+len(c.cuts) > 0 {
		line("faults:")
	}
	for _, k := range c.crashes {
		when := fmt.Sprintf("at: %s", c.time(k.at))
		if k.atDelivery != peer.NoMessage {
			when = fmt.Sprintf("at_delivery: %q, sent: %d", k.atDelivery, k.sent)
		}
		if k.restart > 0 {
			when += ", restart: " + c.time(k.restart)
		}
		line("  - {crash: %d, since: data, %s}", k.peer, when)
	}
	for _, k := range c.cuts {
		mode, more := "drop", ""
		if k.hold {
			mode = "hold"
		}
		if k.inFlight {
			more = ", in_flight: drop"
		}
		line("  - {partition: [[%d], %s], since: data, at: %s, for: %s, mode: %s%s}",
			k.peer, c.rest(k.peer), c.time(k.at), c.time(k.length), mode, more)
	}
}

// rest lists all peers but one.
func (c *schedule) rest(but peer.ID) string {
	var others []string
	for p := range peer.ID(c.peers) {
		if p != but {
			others = append(others, fmt.Sprint(int(p)))
		}
	}
	return "[" + strings.Join(others, ", ") + "]"
}
