package run

import (
	"mpcomm/peer"
	"mpcomm/scenarios"
)

// faults looks for crashes. A peer that leaves, joins late, pauses or is slow has
// not crashed. One that forgets is worse than one that is gone: a stamp or rank
// given twice breaks any promise.
func (a *assumer) faults(p *Plan) {
	gone := make(map[peer.ID]bool) // for good, or back as somebody else
	for i := range a.s.Faults {
		f := &a.s.Faults[i]
		if f.Kind != scenarios.FaultCrash {
			continue
		}
		returns := f.Returns() || p.heal != nil
		forgets := returns && f.State != scenarios.StateKept
		if forgets || !returns {
			gone[f.Peer] = true
		}
		switch {
		case a.needs&peer.NoCrash != 0:
			a.add("%v crashes", f.Peer)
		case forgets && (p.promises != 0 || f.State == scenarios.StateSaved): // which may send again what was received
			a.add("%v forgets its state", f.Peer)
		}
	}
	if a.needs&peer.MinorityCrash != 0 && 2*len(gone) >= a.s.Peers {
		a.add("%d of %d peers crash", len(gone), a.s.Peers)
	}
}
