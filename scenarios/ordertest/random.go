package ordertest

import (
	"slices"

	"mpcomm/peer"
	"mpcomm/peer/order"

	"pgregory.net/rapid"
)

// latest is the number of units after which delays, skews and ticks are over,
// as a hold-back is told: 25 of delay, 2·5 of skew, 4 of a step, 1 of a tick.
const latest = 40

// chooser draws the parts of one random schedule, inside the assumptions of an
// ordering: what it does not need is taken away, what it needs is kept.
type chooser struct {
	t       *rapid.T
	s       *suite
	c       schedule
	bounded bool // delays must stay within the hold-back: what is lost and repaired comes too late
}

// schedules generates random schedules. They depend on the seed of the example
// alone.
func (s *suite) schedules() *rapid.Generator[schedule] {
	return rapid.Custom(func(t *rapid.T) schedule {
		r := chooser{t: t, s: s, bounded: s.needs&peer.BoundedDelay != 0}
		r.surroundings()
		r.workload()
		r.delays()
		r.clocks()
		r.crashes()
		r.cuts()
		return r.c
	})
}

// random is one of them.
func (s *suite) random(seed uint64) schedule {
	c := s.generator.Example(int(seed))
	c.seed = seed
	return c
}

func (r *chooser) allowed(need peer.Need) bool { return r.s.needs&need == 0 }

// below draws one of 0..n-1.
func (r *chooser) below(n int, label string) int { return rapid.IntRange(0, n-1).Draw(r.t, label) }

// units draws a time of low..high units.
func (r *chooser) units(low, high int64, label string) int64 {
	return rapid.Int64Range(low, high).Draw(r.t, label)
}

// half and quarter are true so often.
func (r *chooser) half(label string) bool { return rapid.Bool().Draw(r.t, label) }

func (r *chooser) quarter(label string) bool {
	if !r.half(label) {
		return false
	}
	return r.half(label)
}

func (r *chooser) peer(label string) peer.ID { return peer.ID(r.below(r.c.peers, label)) }

// message draws one of the planned messages.
func (r *chooser) message(label string) peer.MessageID {
	return r.c.sends[r.below(len(r.c.sends), label)].id
}

// surroundings draws the group and its links.
func (r *chooser) surroundings() {
	r.c = schedule{unit: r.s.unit, peers: 1 + rapid.SampledFrom([]int{0, 1, 2, 2, 2, 3, 3, 4, 4, 4}).Draw(r.t, "peers")}
	c := &r.c
	if r.half("spread") {
		c.spread = 10
	}
	c.robust = r.quarter("robust")
	c.reliable = r.quarter("reliable")
	c.datagram = (r.allowed(peer.FIFOLinks) || c.reliable) && !r.quarter("fifo links")
	c.loopback = r.s.spec.Loopback && r.quarter("loopback")
	if (r.allowed(peer.NoLoss) || c.reliable && !r.bounded) && r.quarter("loss") {
		c.loss = 5 + r.below(10, "loss")
	}
	if (r.allowed(peer.NoDuplicates) && !r.s.spec.Repeats || c.reliable) && r.quarter("duplicates") {
		c.duplicate = 2 + r.below(5, "duplicates")
	}
}

// workload plans one to six broadcasts, nearly all within twelve units, some of
// them answers. Ties are common, and numbers are not in the order of broadcast.
func (r *chooser) workload() {
	c := &r.c
	early := r.allowed(peer.RepliesOnReceipt) || !c.reliable // else answers to what the transport still holds back
	c.onArrival = r.allowed(peer.RepliesOnDelivery) && early && r.quarter("on arrival")
	answers := early || !r.s.spec.Offline
	number := make([]int32, c.peers)
	for range 1 + r.below(6, "sends") {
		from := r.peer("sender")
		m := send{id: peer.MessageID{Sender: from, Number: number[from]}, at: r.units(0, 11, "at"), after: peer.NoMessage}
		number[from]++
		if len(c.sends) > 0 && answers && r.quarter("answer") {
			m.after = r.message("question")
			m.at /= 4
		}
		c.sends = append(c.sends, m)
	}
	if r.quarter("late") {
		last := &c.sends[len(c.sends)-1]
		last.at += r.units(20, 120, "late")
	}
	if answers && r.quarter("replies") {
		c.replies = r.units(1, 4, "replies")
	}
}

// delays draws fates of up to three bodies.
func (r *chooser) delays() {
	c := &r.c
	for range r.below(4, "delays") {
		d := delay{id: r.message("delayed"), to: r.peer("to"), by: r.units(0, 25, "delay")}
		d.lost = r.allowed(peer.NoLoss) && r.quarter("lost")
		known := func(e delay) bool { return e.id == d.id && e.to == d.to }
		if d.to != d.id.Sender && !slices.ContainsFunc(c.delays, known) {
			c.delays = append(c.delays, d)
		}
	}
}

// clocks sets some clocks wrong. With a hold-back all of it stays within the
// latest unit, and with a stated error within that.
func (r *chooser) clocks() {
	c := &r.c
	skew, step, tick := int64(5), int64(20), int64(3)
	if r.bounded {
		step, tick = 4, 1
	}
	if r.s.clockError > 0 {
		skew, step, tick = max(0, r.s.clockError-1), min(1, r.s.clockError), 0
	}
	if !r.half("skew") && !r.quarter("steps") {
		return
	}
	c.clocks = make([]clock, c.peers)
	for p := range c.clocks {
		c.clocks[p].offset = r.units(-skew, skew, "offset")
	}
	if k := &c.clocks[r.peer("coarse")]; tick > 0 && r.quarter("coarse") {
		k.tick = r.units(1, tick, "tick")
	}
	if k := &c.clocks[r.peer("stepping")]; step > 0 && r.half("step") {
		k.stepAt, k.stepBy = r.units(0, 11, "step at"), r.units(1, step, "step by")
		if r.allowed(peer.MonotoneClock) && r.half("back") {
			k.stepBy = -k.stepBy
		}
	}
}

// crashes draws up to two, of fewer than half of the peers if that is needed. A
// peer that comes back has missed packets, which only a reliable transport
// makes good; without one nobody waits for it who needs all of them. To a peer
// that does not come back a reliable transport would send for ever.
func (r *chooser) crashes() {
	c := &r.c
	most := min(2, c.peers)
	if !r.allowed(peer.MinorityCrash) {
		most = min(2, (c.peers-1)/2)
	}
	if !r.allowed(peer.NoCrash) || most == 0 || !r.half("crash") {
		return
	}
	back := c.reliable && !r.bounded || !c.reliable && r.allowed(peer.NoLoss) && r.quarter("restart")
	if c.reliable && !back {
		return
	}
	for range 1 + r.below(most, "crashes") {
		k := crash{peer: r.peer("crashing"), at: r.units(0, 29, "crash at"), atDelivery: peer.NoMessage}
		if slices.ContainsFunc(c.crashes, func(other crash) bool { return other.peer == k.peer }) {
			continue
		}
		if back {
			k.restart = k.at + r.units(1, 40, "restart")
		}
		if r.half("in a step") {
			k.at, k.atDelivery, k.sent = 0, r.message("fatal"), r.below(c.peers, "sent")
		}
		c.crashes = append(c.crashes, k)
	}
}

// cuts parts one peer from the rest for a while.
func (r *chooser) cuts() {
	c := &r.c
	drop := r.allowed(peer.NoLoss) || c.reliable && !r.bounded
	if c.peers < 2 || !drop && r.bounded || !r.quarter("partition") {
		return
	}
	k := cut{peer: r.peer("cut off"), at: r.units(0, 20, "cut at"), length: r.units(1, 40, "cut for")}
	k.hold = !drop || r.half("hold")
	k.inFlight = drop && r.quarter("in flight")
	c.cuts = append(c.cuts, k)
}

// clockError returns the stated error of the clocks in units, 0 if there is none.
func clockError(v order.Values, needs peer.Need, unit int64) int64 {
	if _, stated := v.Text("epsilon"); !stated || needs&peer.BoundedSkew == 0 {
		return 0
	}
	return max(1, int64(v.Duration("epsilon"))/unit)
}
