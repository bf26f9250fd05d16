package run

import (
	"slices"
	"time"

	"mpcomm/peer"
	"mpcomm/scenarios"
)

// faults looks for crashes, and for what is as bad. A peer that leaves, joins
// late, pauses for a while or is slow has not crashed. One that forgets is worse
// than one that is gone: a stamp or rank given twice breaks any promise. One that
// pauses for good is gone, but its log is compared.
func (a *assumer) faults(p *Plan) {
	var crash []peer.ID // whether or not they come back
	for i := range a.s.Faults {
		f := &a.s.Faults[i]
		if f.Kind == scenarios.FaultPause && f.For == 0 && !a.heals && a.needs&(peer.NoCrash|peer.MinorityCrash) != 0 {
			a.add("%v pauses for good", f.Peer)
		}
		if f.Kind != scenarios.FaultCrash {
			continue
		}
		if !slices.Contains(crash, f.Peer) {
			crash = append(crash, f.Peer)
		}
		switch {
		case a.needs&peer.NoCrash != 0:
			a.add("%v crashes", f.Peer)
		case (f.Returns() || a.heals) && f.State != scenarios.StateKept && (p.promises != 0 || f.State == scenarios.StateSaved): // which may send again what was received
			a.add("%v forgets its state", f.Peer)
		}
	}
	if a.needs&peer.MinorityCrash != 0 && 2*len(crash) >= a.s.Peers {
		a.add("%d of %d peers crash", len(crash), a.s.Peers)
	}
}

// reliable reports whether a transport sends again what is lost.
func (a *assumer) reliable() bool { return a.s.Network.Transport.Kind == "reliable" }

// losses looks for packets that are lost by name, by a fault, or by the phases.
// No transport carries anything over a cut that never ends.
func (a *assumer) losses() {
	s := a.s
	if s.Phases.Protocol == peer.Classic {
		a.add("classic phases drop what comes before a peer opens or after it has closed")
	}
	for _, d := range s.Network.Delays {
		if d.Lost && !a.reliable() {
			a.add("%v is lost on its way to %v", d.Message, d.To)
		}
	}
	for i := range s.Faults {
		f := &s.Faults[i]
		drops := f.Kind.Cuts() && f.Kind != scenarios.FaultClog && (!f.Hold || f.DropInFlight)
		switch {
		case drops && !a.reliable() && f.Kind == scenarios.FaultPartition && !f.Hold && f.Name == "" && f.After == nil && f.Every == nil:
			a.add("a partition at %v drops packets", f.At)
		case drops && !a.reliable():
			a.add("%s %s drops packets", f.Title(), f.When())
		case f.Kind.Cuts() && f.For == 0 && f.Down == 0 && !a.heals:
			a.add("%s %s never ends", f.Title(), f.When())
		case f.Kind == scenarios.FaultJoin && !a.reliable() && (s.Phases.Protocol != peer.Robust || f.After != nil || f.At >= s.Phases.GiveUp):
			// Robust peers wait for it so long, and ask again for what was lost.
			a.add("what comes before %v joins is lost", f.Peer)
		}
	}
}

// delayOf is how much longer a fault may make a delay. A reliable transport
// makes delays of losses.
func (a *assumer) delayOf(f *scenarios.Fault) (more time.Duration, bounded bool) {
	switch f.Kind {
	case scenarios.FaultClog, scenarios.FaultSlow:
		return 0, false
	case scenarios.FaultPause:
		return f.For, f.For > 0 && f.Every == nil // one may follow upon another
	case scenarios.FaultCrash:
		return 0, !a.reliable() || !f.Returns() && !a.heals
	case scenarios.FaultJoin:
		return 0, !a.reliable() || a.s.Phases.Protocol == peer.Robust && f.After == nil && f.At < a.s.Phases.GiveUp
	}
	return 0, !f.Kind.Cuts() || !f.Hold && !a.reliable()
}

// givenUp says which peers others have given up in the handshake although they
// did not crash: the others close their logs without them, which no ordering
// can help. A sweep is told without names.
func givenUp(o *Outcome, detail Detail) []string {
	var all []string
	for _, g := range o.GaveUp {
		text := "a peer was given up in the handshake"
		if detail != Totals {
			text = g.Of.String() + " was given up in the handshake"
		}
		if o.History.Correct(int(g.Of)) && !slices.Contains(all, text) && len(all) < maxDepartures {
			all = append(all, text)
		}
	}
	return all
}
