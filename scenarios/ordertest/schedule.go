package ordertest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"mpcomm/peer"
)

// schedule is one small run, as a value that can be shrunk. Times are in units
// of the suite, usually milliseconds.
type schedule struct {
	seed      uint64
	unit      int64
	peers     int
	datagram  bool
	spread    int64 // delays are uniform in 0..spread units; 0 = one unit each
	loopback  bool
	sends     []send
	delays    []delay
	loss      int // a packet in so many; 0 = none
	duplicate int
	reliable  bool // a reliable transport below
	skew      []int64
	shift     int64 // added to all clocks
	stepBack  int64 // the clock of p0 goes back by so much in the middle
	crash     *crash
	robust    bool // with the robust protocol of phases
	overtaken bool // replies are made on arrival
}

// send is one broadcast: at a time, or when from delivers another message.
type send struct {
	id    peer.MessageID
	at    int64
	after peer.MessageID
}

// delay is an explicit fate of a message's body on its way to one peer.
type delay struct {
	id   peer.MessageID
	to   peer.ID
	by   int64
	lost bool
}

// crash stops a peer at a time, or in the step in which it delivers a message,
// after so many packets of that step.
type crash struct {
	peer       peer.ID
	at         int64
	atDelivery peer.MessageID
	sent       int
}

// random makes a schedule inside the assumptions of the ordering.
func (s *suite) random(seed uint64) schedule {
	r := rand.New(rand.NewPCG(seed, 0x6f72646572696e67))
	allowed := func(need peer.Need) bool { return s.needs&need == 0 }
	c := schedule{seed: seed, unit: s.unit, peers: 2 + r.IntN(4), spread: int64(r.IntN(2) * 10), robust: r.IntN(4) == 0}
	c.reliable = r.IntN(5) == 0
	c.datagram = (allowed(peer.FIFOLinks) || c.reliable) && r.IntN(3) > 0
	c.loopback = s.spec.Loopback && r.IntN(4) == 0
	unbounded := !allowed(peer.BoundedDelay) // then what is lost and repaired comes too late
	if (allowed(peer.NoLoss) || c.reliable && !unbounded) && r.IntN(3) == 0 {
		c.loss = 5 + r.IntN(10)
	}
	if (allowed(peer.NoDuplicates) && !s.spec.Repeats || c.reliable) && r.IntN(3) == 0 {
		c.duplicate = 2 + r.IntN(5)
	}
	c.randomSends(r, allowed(peer.RepliesOnDelivery))
	for range r.IntN(4) {
		m := c.sends[r.IntN(len(c.sends))].id
		d := delay{id: m, to: peer.ID(r.IntN(c.peers)), by: int64(r.IntN(26)), lost: allowed(peer.NoLoss) && r.IntN(4) == 0}
		known := func(e delay) bool { return e.id == d.id && e.to == d.to }
		if d.to != m.Sender && !slices.ContainsFunc(c.delays, known) {
			c.delays = append(c.delays, d)
		}
	}
	if r.IntN(2) == 0 {
		for range c.peers {
			c.skew = append(c.skew, int64(r.IntN(11))-5)
		}
	}
	if allowed(peer.MonotoneClock) && r.IntN(5) == 0 {
		c.stepBack = int64(1 + r.IntN(20))
	}
	if allowed(peer.NoCrash) && !c.reliable && r.IntN(3) == 0 && (allowed(peer.MinorityCrash) || c.peers > 2) {
		c.crash = &crash{peer: peer.ID(r.IntN(c.peers)), at: int64(r.IntN(30)), atDelivery: peer.NoMessage}
		if r.IntN(2) == 0 {
			c.crash.atDelivery, c.crash.sent = c.sends[r.IntN(len(c.sends))].id, r.IntN(c.peers)
		}
	}
	return c
}

// randomSends plans one to six broadcasts within twelve units, some of them
// replies. Ties are common.
func (c *schedule) randomSends(r *rand.Rand, onArrival bool) {
	c.overtaken = onArrival && r.IntN(3) == 0
	number := make([]int32, c.peers)
	for range 1 + r.IntN(6) {
		from := peer.ID(r.IntN(c.peers))
		m := send{id: peer.MessageID{Sender: from, Number: number[from]}, at: int64(r.IntN(12)), after: peer.NoMessage}
		number[from]++
		if len(c.sends) > 0 && r.IntN(3) == 0 {
			m.after = c.sends[r.IntN(len(c.sends))].id
			m.at /= 4
		}
		c.sends = append(c.sends, m)
	}
}

// time writes units as a duration.
func (c *schedule) time(units int64) string {
	return scenarioTime(units * c.unit)
}

func scenarioTime(ns int64) string {
	for _, u := range [...]struct {
		ns   int64
		name string
	}{{1_000_000, "ms"}, {1_000, "us"}} {
		if ns%u.ns == 0 {
			return fmt.Sprintf("%d%s", ns/u.ns, u.name)
		}
	}
	return fmt.Sprintf("%dns", ns)
}

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
	line("workload:\n  sends:")
	for _, m := range c.sends {
		if m.after == peer.NoMessage {
			line("    - {at: %s, from: %d, number: %d}", c.time(m.at), m.id.Sender, m.id.Number)
			continue
		}
		on := ""
		if c.overtaken {
			on = ", on: arrival"
		}
		line("    - {after: %q, from: %d, number: %d, delay: %s%s}", m.after, m.id.Sender, m.id.Number, c.time(m.at), on)
	}
	c.network(line)
	c.clocks(line)
	if k := c.crash; k != nil {
		if k.atDelivery != peer.NoMessage {
			line("faults: [{crash: %d, at_delivery: %q, sent: %d}]", k.peer, k.atDelivery, k.sent)
		} else {
			line("faults: [{at: %s, since: data, crash: %d}]", c.time(k.at), k.peer)
		}
	}
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
		line("  latency: %s", c.time(1))
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

// clocks writes the peers' clocks.
func (c *schedule) clocks(line func(string, ...any)) {
	var entries []string
	for p := range c.peers {
		offset := c.shift
		if p < len(c.skew) {
			offset += c.skew[p]
		}
		if step := c.step(p); offset != 0 || step != "" {
			entries = append(entries, fmt.Sprintf("\"%d\": {offset: %s%s}", p, c.time(offset), step))
		}
	}
	if entries != nil {
		line("clocks: {peers: {%s}}", strings.Join(entries, ", "))
	}
}

func (c *schedule) step(p int) string {
	if p != 0 || c.stepBack == 0 {
		return ""
	}
	return fmt.Sprintf(", step: [{at: %s, since: data, by: %s}]", c.time(6), c.time(-c.stepBack))
}

// words tells the schedule.
func (c *schedule) words() string {
	var b strings.Builder
	if c.peers == 1 {
		b.WriteString("1 peer")
	} else {
		fmt.Fprintf(&b, "%d peers", c.peers)
	}
	for _, m := range c.sends {
		if m.after == peer.NoMessage {
			fmt.Fprintf(&b, "; %v broadcasts %v at %s", m.id.Sender, m.id, c.time(m.at))
		} else {
			fmt.Fprintf(&b, "; %v answers %v with %v after %s", m.id.Sender, m.after, m.id, c.time(m.at))
		}
	}
	for _, d := range c.delays {
		if d.lost {
			fmt.Fprintf(&b, "; %v is lost on its way to %v", d.id, d.to)
		} else {
			fmt.Fprintf(&b, "; %v takes %s to %v", d.id, c.time(d.by), d.to)
		}
	}
	if c.spread > 0 {
		fmt.Fprintf(&b, "; other packets take up to %s", c.time(c.spread))
	} else {
		fmt.Fprintf(&b, "; other packets take %s", c.time(1))
	}
	if c.datagram {
		b.WriteString(" and may overtake each other")
	}
	if c.loss > 0 {
		fmt.Fprintf(&b, "; one in %d is lost", c.loss)
	}
	if c.duplicate > 0 {
		fmt.Fprintf(&b, "; one in %d comes twice", c.duplicate)
	}
	if c.reliable {
		b.WriteString("; a reliable transport repairs that")
	}
	for p, skew := range c.skew {
		if skew != 0 {
			fmt.Fprintf(&b, "; the clock of %v is off by %s", peer.ID(p), c.time(skew))
		}
	}
	if c.stepBack > 0 {
		fmt.Fprintf(&b, "; the clock of p0 goes back by %s", time.Duration(c.stepBack*c.unit))
	}
	if k := c.crash; k != nil && k.atDelivery != peer.NoMessage {
		fmt.Fprintf(&b, "; %v crashes when it delivers %v, after %d packets", k.peer, k.atDelivery, k.sent)
	} else if k != nil {
		fmt.Fprintf(&b, "; %v crashes at %s", k.peer, c.time(k.at))
	}
	return b.String() + "."
}
