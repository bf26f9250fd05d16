package run

import "mpcomm/peer"

// fetchAhead is how many events fetch looks ahead; below fetchFrom slots, which
// fill a quarter of a megabyte, caches do without.
const (
	fetchAhead = 64
	fetchFrom  = 4096
	manyPeers  = 512 // from which fetch pays for their state alone
)

// fetch reads what the packets that arrive next will need: their slots, the
// machines they reach and what those know of their senders. With many packets
// under way, or many peers, all of it lies all over a memory that no cache holds.
// Read together the processor waits for it once, read one at a time as each packet
// arrives it waits every time.
func (e *Engine) fetch() {
	e.fetched = fetchAhead - 1
	if e.options.Stream && e.hist.Stream.Len() >= flushFrom {
		e.flush()
	}
	if len(e.slab) < fetchFrom && !e.large {
		return
	}
	var comes [fetchAhead]coming
	n, seen := 0, 0
	for ; seen < fetchAhead; seen++ {
		ev, ok := e.sched.Ahead(seen)
		if !ok {
			break
		}
		switch ev.kind() {
		case eventArrival:
			m := &e.slab[ev.ref()].msg
			comes[n] = coming{from: m.From, to: ev.to(), body: m.Kind.Body()}
			n++
		case eventPass:
			comes[n] = coming{from: e.hist.Broadcasts[ev.ref()].ID.Sender, to: ev.to(), body: true}
			n++
		}
	}
	e.fetched = max(seen, 1) - 1
	e.glimpse = int32(n)
	if e.large {
		e.glimpse = e.lookAt(comes[:n])
	}
}

// coming is a packet that arrives soon.
type coming struct {
	from peer.ID
	to   uint16
	body bool
}

// lookAt reads what machines will read of themselves, and only then, when that is
// at hand, what it leads to: a guess where that is would be wrong too often.
func (e *Engine) lookAt(comes []coming) int32 {
	sum := int32(0)
	for i := range comes {
		sum += e.machines[comes[i].to].Glance()
	}
	for i := range comes {
		c := &comes[i]
		sum += e.machines[c.to].Glimpse(c.from, c.body)
		if c.body && e.machines[c.to].Phase() == peer.Handshake {
			sum += e.hosts[c.to].nextParcel()
		}
	}
	return sum
}
