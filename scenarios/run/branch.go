package run

import (
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// Branch is another future of a run: from true time At on, draws are those of
// Seed.
type Branch struct {
	At   sim.Time
	Seed uint64
}

// RunBranch makes the history of seed up to b.At, and from there on with the
// draws of b.Seed: what happens before b.At is what Run makes of seed, and with
// b.Seed equal to seed so is the rest. What was drawn before stays drawn: packets
// under way, the gap before the next message of each peer, offsets of clocks,
// whether chance left out a fault, what an ordering was dealt at its start.
// The Outcome's Seed is seed, and it is borrowed until the next run. A branch
// costs a plain run nothing, since draws are looked up by name.
func (e *Engine) RunBranch(seed uint64, b Branch) (*Outcome, error) {
	e.start(seed)
	goesOn := true
	e.stepwise = true
	for goesOn && e.nextBefore(b.At) {
		goesOn = e.advance()
	}
	e.stepwise = false
	e.rename(rng.Root(b.Seed))
	for goesOn { // a run that has met its limit must not be asked again: the next event might meet another
		goesOn = e.advance()
	}
	return e.stop()
}

// nextBefore reports whether there is an event before t.
func (e *Engine) nextBefore(t sim.Time) bool {
	at, ok := e.sched.Peek()
	if e.shuffle != nil {
		at, ok = e.shuffle.Peek()
	}
	return ok && at < t
}

// rename makes root the key of all draws to come.
func (e *Engine) rename(root rng.Key) {
	e.root = root
	e.net.Rename(root)
	e.src.Rename(root)
	e.clocks.Rename(root)
	if e.shuffle != nil {
		e.tieKey = root.Name("ties")
	}
}
