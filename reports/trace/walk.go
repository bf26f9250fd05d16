package trace

import (
	"cmp"
	"slices"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/sim"
)

// verdictHeld is that of a packet that a partition keeps until it heals.
const verdictHeld = 4

// journey names a packet to one receiver: what its fates and its arrivals have
// in common.
type journey struct {
	from, to peer.ID
	message  peer.MessageID
	round    int32
	attempt  uint16
	kind     peer.Kind
	copy     uint8
}

func journeyOf(e *journal.Event, from, to peer.ID) journey {
	return journey{from, to, e.Message, e.Round, e.Attempt, e.Packet, e.Copy}
}

// walk goes through the journal once and deals out its events.
func (b *builder) walk() {
	// Numbers of the packets that are under way, in order of sending, and of
	// those that a partition holds.
	flying := map[journey][]int{}
	for i := range b.Events {
		e := &b.Events[i]
		switch e.Kind {
		case journal.Fate:
			b.fate(e, flying)
		case journal.Arrival:
			b.arrival(e, flying)
		case journal.Phase:
			h := &b.Hosts[e.Peer]
			h.Phases = append(h.Phases, PhaseAt{e.At, peer.Phase(e.Value)})
		case journal.Submit:
			b.Hosts[e.Peer].Submitted = e.At
		case journal.Crash:
			h := &b.Hosts[e.Peer]
			h.Down = append(h.Down, Band{From: e.At, Until: b.End, Kind: "crash", Text: "down", Peers: []peer.ID{e.Peer}, Place: -1})
		case journal.Restart:
			if h := &b.Hosts[e.Peer]; len(h.Down) > 0 {
				h.Down[len(h.Down)-1].Until = e.At
			}
		case journal.Heal:
			b.Healed = e.At
		}
	}
	if b.LeftOut.Events == 0 {
		for _, left := range flying {
			for _, i := range left {
				b.Packets[i].At = sim.Never
			}
		}
	}
}

// fate enters a packet, or goes on with one that was held.
func (b *builder) fate(e *journal.Event, flying map[journey][]int) {
	way := journeyOf(e, e.Peer, e.Other)
	if at := slices.IndexFunc(flying[way], func(i int) bool { return b.Packets[i].Fate == verdictHeld }); at >= 0 {
		i := flying[way][at]
		b.Packets[i].Fate = e.Verdict
		b.settle(i, e, flying, way)
		return
	}
	m, known := b.numbers[e.Message]
	if !known {
		m = history.NoRef
	}
	b.Packets = append(b.Packets, Packet{
		Sent: e.At, At: sim.Never, Message: m, From: e.Peer, To: e.Other, Round: e.Round, Attempt: e.Attempt,
		Kind: e.Packet, Fate: e.Verdict, Copy: e.Copy,
	})
	i := len(b.Packets) - 1
	if e.Verdict == 0 || e.Verdict == verdictHeld {
		flying[way] = append(flying[way], i)
	}
	b.settle(i, e, flying, way)
}

// settle ends the way of a packet that is lost.
func (b *builder) settle(i int, e *journal.Event, flying map[journey][]int, way journey) {
	p := &b.Packets[i]
	switch {
	case e.Verdict == 0:
		p.At = e.Arrival // unless it is seen to arrive at another time
	case e.Verdict != verdictHeld:
		p.At = e.At
		if e.Arrival != sim.Never {
			p.At = e.Arrival
		}
		flying[way] = slices.DeleteFunc(flying[way], func(k int) bool { return k == i })
	}
}

// arrival ends the way of the packet that was to arrive now or, if a clog has
// kept it, of the first one that was to arrive before.
func (b *builder) arrival(e *journal.Event, flying map[journey][]int) {
	way := journeyOf(e, e.Other, e.Peer)
	best := -1
	for _, i := range flying[way] {
		if p := &b.Packets[i]; p.Fate == 0 && (p.At == e.At || p.At < e.At && best < 0) {
			best = i
			if p.At == e.At {
				break
			}
		}
	}
	if best >= 0 {
		p := &b.Packets[best]
		p.At, p.Fate = e.At, e.Verdict
		flying[way] = slices.DeleteFunc(flying[way], func(k int) bool { return k == best })
	}
	m, known := b.numbers[e.Message]
	if !known || !e.Packet.Body() || e.Verdict != 0 || e.Other == e.Peer {
		return
	}
	x := b.At(m, e.Peer)
	x.Arrivals = append(x.Arrivals, e.At)
	x.Arrived = min(x.Arrived, e.At)
}

// bands turns the beginnings and ends of faults into bands.
func (b *builder) bands() {
	open := map[int64]int{}
	for i := range b.Events {
		e := &b.Events[i]
		if e.Kind != journal.Fault || int(e.Value) >= len(b.s.Faults) {
			continue
		}
		at, lasts := open[e.Value]
		if e.Ends {
			if lasts {
				b.Faults[at].Until = e.At
				delete(open, e.Value)
			}
			continue
		}
		f := &b.s.Faults[e.Value]
		band := Band{
			From: e.At, Until: b.End, Kind: f.Kind, Text: f.Text, Peers: slices.Clone(f.Peers), Groups: slices.Clone(f.Groups),
			Place: int(e.Value),
		}
		if f.moment() {
			band.Until = e.At
			b.joined(f, e.At)
		} else {
			open[e.Value] = len(b.Faults)
		}
		b.Faults = append(b.Faults, band)
	}
	b.Faults = append(b.Faults, b.s.Changes...)
	slices.SortStableFunc(b.Faults, func(x, y Band) int { return cmp.Compare(x.From, y.From) })
}

// joined says that a peer was not there until now.
func (b *builder) joined(f *SourceFault, at sim.Time) {
	if f.Kind != "join" || at == 0 {
		return
	}
	for _, p := range f.Peers {
		away := Band{From: 0, Until: at, Kind: "join", Text: "not there yet", Peers: []peer.ID{p}, Place: -1}
		b.Hosts[p].Down = slices.Insert(b.Hosts[p].Down, 0, away)
	}
}

// moment reports whether the fault happens in an instant.
func (f *SourceFault) moment() bool {
	return f.Kind == "join" || f.Kind == "leave" || f.Kind == "clock"
}
