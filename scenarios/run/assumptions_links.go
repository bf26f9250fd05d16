package run

import (
	"mpcomm/peer"
	"mpcomm/scenarios"
)

// allLinks are the classes of links, and what each change makes of them.
func allLinks(s *scenarios.Scenario) []scenarios.ResolvedLink {
	links := []scenarios.ResolvedLink{s.Link()}
	for _, o := range s.Overrides() {
		links = append(links, o.Link)
	}
	still := links
	for i := range s.Network.Changes {
		for _, l := range still {
			links = append(links, s.Network.Changes[i].Links.Apply(l))
		}
	}
	return links
}

// link checks one class of links. A transport that resequences makes any link
// a FIFO link; one that retransmits makes it lossless as well.
func (a *assumer) link(l scenarios.ResolvedLink) {
	kind := a.s.Network.Transport.Kind
	resequenced, reliable := kind == "fifo" || kind == "reliable", kind == "reliable"
	if a.needs&peer.FIFOLinks != 0 && l.Datagram && !resequenced {
		a.add("link is datagram")
	}
	if a.needs&peer.NoLoss != 0 && !reliable {
		if l.Loss.Bursts != nil {
			a.add("packets are lost in bursts")
		} else if l.Loss.Ratio.Num > 0 {
			a.add("loss is %v", l.Loss.Ratio)
		}
		if l.Queue > 0 {
			a.add("a full queue drops packets")
		}
		if l.Corrupt.Num > 0 {
			a.add("corrupt is %v", l.Corrupt)
		}
	}
	// No transport carries a packet over these.
	if a.needs&peer.NoLoss != 0 && l.Down {
		a.add("a link is down")
	}
	if a.needs&peer.NoLoss != 0 && l.MTU > 0 {
		_, body, bounded := span(a.s.Workload.Size)
		if !bounded || body+a.s.Network.Overhead > l.MTU {
			a.add("packets may be larger than the mtu of %d bytes", l.MTU)
		}
	}
	if a.needs&peer.NoDuplicates != 0 && !resequenced && l.Duplicate.Num > 0 {
		a.add("duplicate is %v", l.Duplicate)
	}
}
