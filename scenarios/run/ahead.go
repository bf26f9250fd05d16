package run

import "mpcomm/peer"

// fetchAhead is how many events fetch looks ahead; below fetchFrom slots, which
// fill a quarter of a megabyte, caches do without.
const (
	fetchAhead = 16
	fetchFrom  = 4096
	manyPeers  = 512 // from which fetch pays for their state alone
)

// fetch reads what the packets that arrive next will need: their slots, the
// machines they reach and what those know of their senders. With many packets
// under way, or many peers, all of it lies all over a memory that no cache holds.
// Read together the processor waits for it once, read one at a time as each packet
// arrives it waits every time.
func (e *Engine) fetch() {
	e.fetched = fetchAhead
	if e.options.Stream && e.hist.Stream.Len() >= flushFrom {
		e.flush()
	}
	if len(e.slab) < fetchFrom && !e.large {
		return
	}
	var comes [fetchAhead]struct {
		from peer.ID
		to   uint16
		kind peer.Kind
	}
	n := 0
	for k := range fetchAhead {
		ev, ok := e.sched.Ahead(k)
		if !ok {
			break
		}
		if ev.kind == eventArrival {
			m := &e.slab[ev.ref].msg
			comes[n].from, comes[n].to, comes[n].kind = m.From, ev.to, m.Kind
			n++
		}
	}
	sum := int32(n)
	if !e.large {
		n = 0 // their machines are at hand
	}
	for k := range comes[:n] {
		sum += e.machines[comes[k].to].Glimpse(comes[k].kind, comes[k].from)
	}
	e.glimpse = sum
}
