package run

import (
	"slices"

	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/sim"
)

// carriage is what became of the packets that carried one body to one peer, or,
// of its own sender, of the body itself. It is kept only in scenarios that are
// healed.
type carriage struct {
	sent  sim.Time // of the last that was handed to a link, plus 1; 0 = none was
	since sim.Time // since when the host has the body in its present life, if mark
	mark  uint32   // the number of that event among all; 0 = it has not
	loss  int32    // the last packet's place in Outcome.Losses, plus 1; 0 = it was not lost
}

// follow makes room for a new broadcast.
func (e *Engine) follow(ref history.Ref) {
	n := (int(ref) + 1) * e.plan.peers
	was := len(e.carried)
	e.carried = slices.Grow(e.carried, n-was)[:n]
	clear(e.carried[was:])
}

func (e *Engine) carriageOf(p int, ref history.Ref) *carriage {
	return &e.carried[int(ref)*e.plan.peers+p]
}

// took notes that the step at hand has given a body to the machine of p, unless
// the machine took no notice of it.
func (e *Engine) took(p int, ref history.Ref, came sim.Time) {
	if e.refusal {
		e.refusal = false
		return
	}
	c := e.carriageOf(p, ref)
	if c.mark == 0 {
		e.marks++
		c.mark, c.since = e.marks, came
	}
}

// perished notes that the body in a slot is lost with a host that crashes before
// it was handled.
func (e *Engine) perished(p int, now sim.Time, i uint32, parked bool) {
	s := &e.slab[i]
	if s.ref == history.NoRef || !s.msg.Kind.Body() {
		return
	}
	if parked { // it was the only copy, since the peer had not opened
		e.carriageOf(p, s.ref).mark = 0
	}
	e.lose(Loss{Ref: s.ref, From: s.msg.From, To: peer.ID(p), At: now, Crash: true})
}

// forget drops what p has taken after a mark: what it does not know any more
// when it begins another life.
func (e *Engine) forget(p int, after uint32) {
	for k := p; k < len(e.carried); k += e.plan.peers {
		if e.carried[k].mark > after {
			e.carried[k].mark = 0
		}
	}
}

// lose keeps a packet with a body that did not arrive.
func (e *Engine) lose(l Loss) {
	if !e.options.Explain && !e.follows {
		return
	}
	e.outcome.Losses = append(e.outcome.Losses, l)
	if e.follows && l.Ref != history.NoRef {
		e.carriageOf(int(l.To), l.Ref).loss = int32(len(e.outcome.Losses))
	}
}

// explain keeps stamps and losses of bodies.
func (e *Engine) explain(i uint32, fates []network.Fate) {
	s := &e.slab[i]
	o := &e.outcome
	if !s.msg.Kind.Body() || s.ref == history.NoRef {
		return
	}
	for len(o.Stamps) <= int(s.ref) {
		o.Stamps = append(o.Stamps, 0)
	}
	if s.msg.From == s.msg.ID.Sender {
		o.Stamps[s.ref] = s.msg.Stamp
	}
	for k := range fates {
		f := &fates[k]
		if e.follows && f.Copy == 0 {
			c := e.carriageOf(int(f.To), s.ref)
			c.sent, c.loss = e.now+1, 0
		}
		if f.Verdict != network.Arrives && (f.Copy == 0 || !e.follows) {
			e.lose(Loss{Ref: s.ref, From: s.msg.From, To: peer.ID(f.To), At: f.At, Verdict: f.Verdict})
		}
	}
}
