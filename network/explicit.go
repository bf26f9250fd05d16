package network

import "cmp"

// none is the index of no explicit delay.
const none = -1

func compareExplicit(a, b Explicit) int {
	return cmp.Or(cmp.Compare(a.Body, b.Body), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
}

// explicitOf returns the range of the explicit delays that concern the body of
// p on its way from p.From, by receiver.
func (n *Network) explicitOf(p *Packet) (lo, hi int) {
	if p.Body == 0 || len(n.forced) == 0 {
		return 0, 0
	}
	for hi = len(n.forced); lo < hi; {
		middle := int(uint(lo+hi) / 2)
		e := &n.forced[middle]
		if e.Body < p.Body || e.Body == p.Body && e.From < p.From {
			lo = middle + 1
		} else {
			hi = middle
		}
	}
	for hi < len(n.forced) && n.forced[hi].Body == p.Body && n.forced[hi].From == p.From {
		hi++
	}
	return lo, hi
}

// takeExplicit returns which of the explicit delays lo..hi-1 is the packet's to
// this receiver, or none. It is used up by that, also if a partition then cuts
// the packet: what comes after it is not the first one.
func (n *Network) takeExplicit(lo, hi int, to Addr) int {
	for i := lo; i < hi && n.forced[i].To <= to; i++ {
		if n.forced[i].To == to && !n.used[i] {
			n.used[i] = true
			return i
		}
	}
	return none
}

// EndLosses ends, for the rest of the run, the explicit losses that have not
// happened: what they name is sent as if they were not there. Explicit delays stay.
func (n *Network) EndLosses() {
	for i := range n.forced {
		n.used[i] = n.used[i] || n.forced[i].Lost
	}
}
