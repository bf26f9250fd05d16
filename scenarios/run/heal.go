package run

import (
	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/scenarios"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// compileHeal adds to the network's changes, behind all others, one that makes
// every link whole; it stands over what links are then, and never ends.
func (p *Plan) compileHeal() {
	p.heal = p.scenario.Heal
	if p.heal == nil {
		return
	}
	p.hampers = true // so that every arrival is seen
	var all []network.Addr
	for q := range p.peers { // by name, since only that covers the ways of peers to themselves
		all = append(all, network.Addr(q))
	}
	zero := rng.Ratio{Den: 1}
	p.mending = len(p.network.Changes)
	p.network.Changes = append(p.network.Changes, network.Change{
		From: all, To: all,
		Set:  network.SetLoss | network.SetDuplicate | network.SetReorder | network.SetCorrupt | network.SetDown | network.SetStalls,
		Link: network.Link{Loss: zero, Duplicate: zero, Reorder: zero, Corrupt: zero},
	})
}

func (e *Engine) resetHeal() {
	e.healed, e.refusal, e.marks = false, false, 0
	e.follows = e.plan.heal != nil
	e.carried = e.carried[:0]
}

// scheduleHeal queues the heal if it counts from the start of the run or, with
// sinceData, from now on.
func (e *Engine) scheduleHeal(now sim.Time, sinceData bool) {
	if h := e.plan.heal; h != nil && h.SinceData == sinceData {
		e.sched.Schedule(now.Add(h.At), newEvent(eventHeal, 0, 0))
	}
}

// repair ends all that is broken, and lets nothing break from now on. Links come
// first and cuts with them, so that what peers send when they come back passes;
// then peers that are down, so that they are there when clogs release; then the
// rest.
func (e *Engine) repair(now sim.Time) {
	e.healed, e.watches = true, false
	e.outcome.Liveness.HealedAt = now
	e.digest.Add2(journal.HealWords(now))
	if e.options.Recorder != nil {
		e.options.Recorder.Add(journal.New(journal.Heal, now, journal.NoPeer))
	}
	e.pending = e.pending[:0]
	e.net.EndLosses()
	e.net.Change(now, e.plan.mending, false)
	for p := range e.hosts {
		e.hosts[p].trap = -1
	}
	e.recount()
	for turn := range 3 {
		for i := range e.plan.faults {
			if turnOf(e.plan.faults[i].kind) == turn {
				e.mend(now, i)
			}
		}
	}
}

// turnOf is the turn in which faults of a kind are repaired.
func turnOf(k scenarios.FaultKind) int {
	switch k {
	case scenarios.FaultCrash, scenarios.FaultJoin:
		return 1
	case scenarios.FaultClog, scenarios.FaultPause, scenarios.FaultSlow:
		return 2
	}
	return 0
}

// mend ends one fault: a join, by letting the peer in now.
func (e *Engine) mend(now sim.Time, i int) {
	f := &e.plan.faults[i]
	if f.kind != scenarios.FaultJoin {
		e.endFault(now, i)
		return
	}
	if h := &e.hosts[f.peer]; h.joining && int(h.culprit) == i {
		e.mark(now, i, false)
		e.faults[i].struck = true
		e.join(now, i)
	}
}

// Missing is a message that a log lacks, or had too late, although it was
// demanded.
type Missing struct {
	Ref       uint32 // the broadcast
	Peer      peer.ID
	Due       sim.Time // when its budget was over
	Delivered sim.Time // when it came into the log, or Never
	Since     sim.Time // since when its body is at the peer's host, or Never
	Sent      sim.Time // when the last packet with it was handed to a link, or Never
	Loss      *Loss    // of that packet, or nil
	Closed    sim.Time // when the peer closed its log, or Never
	Phase     string   // the peer's
	Waiting   []peer.ID
}

// Pair is a message and a correct peer that lacks it.
type Pair struct {
	Ref  uint32
	Peer peer.ID
}
