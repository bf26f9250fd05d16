package spacetime

import (
	"cmp"
	"slices"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// role is the part that a message plays in the picture.
type role uint8

const (
	bystander role = iota
	first          // sent first: filled, solid
	second         // sent later, and first in the wrong log: outlined, dashed
)

// way is what became of an arrow.
type way uint8

const (
	through way = iota
	doubled     // a further packet with a message that was there already
	lost
	under // under way when the run ended
)

// arrow is one packet with a message.
type arrow struct {
	message  history.Ref
	role     role
	way      way
	from, to peer.ID
	sent, at sim.Time
}

// mark is an event on a lane.
type mark struct {
	message history.Ref
	role    role
	peer    peer.ID
	at      sim.Time
	send    bool
	lamport int64 // of this event: one that ticks with every send and receipt
}

// hold is the time that a message waited at a peer between its arrival and its
// delivery.
type hold struct {
	message  history.Ref
	role     role
	peer     peer.ID
	from, to sim.Time
	row      int    // above the lane, from 0
	by       string // an ordering other than that of the arrows, which would hold it so; or empty
	kind     string // of that ordering
}

// scene is what happens in a figure, in true time.
type scene struct {
	from, until sim.Time
	lanes       []peer.ID // from top to bottom
	place       []int     // by peer: its lane
	arrows      []arrow
	marks       []mark // in order of time
	holds       []hold
	bands       []trace.Band
	cross       *crossing // where the pair's arrows cross, if they do
}

func (f *Figure) roleOf(m history.Ref) role {
	switch {
	case !f.pair.known:
		return bystander
	case m == f.pair.first:
		return first
	case m == f.pair.second:
		return second
	}
	return bystander
}

func newScene(f *Figure) scene {
	s := scene{}
	s.collect(f)
	s.count(f.base.Peers)
	s.held(f)
	s.span(f)
	s.order(f)
	return s
}

// collect lists marks, in the order in which they happened, and arrows.
func (s *scene) collect(f *Figure) {
	r := f.base
	met := make(map[[2]int]bool)
	for i := range r.Events {
		e := &r.Events[i]
		m, known := r.Find(e.Message)
		if !known || !f.shows(m) {
			continue
		}
		k := mark{message: m, role: f.roleOf(m), peer: e.Peer, at: e.At}
		key := [2]int{int(m), int(e.Peer)}
		switch {
		case e.Kind == journal.Broadcast:
			k.send = true
		case e.Kind != journal.Arrival || !e.Packet.Body() || met[key] || e.Message.Sender == e.Peer || r.At(m, e.Peer).Arrived != e.At:
			continue
		default:
			met[key] = true
		}
		s.marks = append(s.marks, k)
	}
	for i := range r.Packets {
		p := &r.Packets[i]
		if !carries(p) || !f.shows(p.Message) {
			continue
		}
		a := arrow{message: p.Message, role: f.roleOf(p.Message), from: p.From, to: p.To, sent: p.Sent, at: p.At}
		switch {
		case p.Fate != 0 || p.At != sim.Never && r.At(p.Message, p.To).Arrived > p.At:
			a.way = lost // on the link, or it reached a host that took no notice
		case p.At == sim.Never:
			a.way, a.at = under, r.End
		}
		s.arrows = append(s.arrows, a)
	}
	s.repeats(r)
}

// repeats tells the first arrival of a message at a peer from further ones.
func (s *scene) repeats(r *trace.Run) {
	order := make([]int, len(s.arrows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.arrows[a].at, s.arrows[b].at) })
	met := make(map[[2]int]bool)
	for _, i := range order {
		a := &s.arrows[i]
		key := [2]int{int(a.message), int(a.to)}
		if a.way != through {
			continue
		}
		if met[key] || r.Messages[a.message].ID.Sender == a.to {
			a.way = doubled
		}
		met[key] = true
	}
}

// count gives every event its logical time (Lamport, CACM 21(7), 1978, section
// 2): one tick for each sending and each receipt.
func (s *scene) count(peers int) {
	clocks := make([]int64, peers)
	sent := make(map[history.Ref]int64)
	for i := range s.marks {
		m := &s.marks[i]
		if !m.send {
			clocks[m.peer] = max(clocks[m.peer], sent[m.message])
		}
		clocks[m.peer]++
		m.lamport = clocks[m.peer]
		if m.send {
			sent[m.message] = m.lamport
		}
	}
}

// held adds the waits that are longer than nothing.
func (s *scene) held(f *Figure) {
	r := f.base
	for p := range r.Hosts {
		ends := []sim.Time{} // of the rows above the lane
		for i := range r.Messages {
			m := history.Ref(i)
			c := r.At(m, peer.ID(p))
			if !f.shows(m) || c.Held() <= 0 {
				continue
			}
			h := hold{message: m, role: f.roleOf(m), peer: peer.ID(p), from: c.Arrived, to: c.Delivered}
			h.row = slices.IndexFunc(ends, func(end sim.Time) bool { return end < h.from })
			if h.row < 0 {
				h.row = len(ends)
				ends = append(ends, 0)
			}
			ends[h.row] = h.to
			s.holds = append(s.holds, h)
		}
	}
}

// remedy adds what it costs to put the pair in order: how long the first
// ordering that keeps agreement and causality holds back the message that
// overtakes, where all that matters happens as under the ordering shown.
func (f *Figure) remedy(runs []*trace.Run) {
	if !f.few || !f.pair.known {
		return
	}
	for i, r := range runs {
		if f.cards[i].answers() != [2]answer{} || r == f.base || len(r.Messages) != len(f.base.Messages) {
			continue
		}
		m, p := f.pair.second, f.pair.wrong
		got, there := r.At(m, p), f.base.At(m, p)
		if r.Messages[m].ID != f.base.Messages[m].ID || got.Arrived != there.Arrived || got.Held() <= 0 || there.Held() > 0 {
			continue
		}
		row := 0
		for _, h := range f.scene.holds {
			if h.peer == p {
				row = max(row, h.row+1)
			}
		}
		f.scene.holds = append(f.scene.holds, hold{
			message: m, role: second, peer: p, from: got.Arrived, to: got.Delivered, row: row, by: r.Ordering, kind: r.Kind,
		})
		f.scene.until = max(f.scene.until, got.Delivered)
		return
	}
}

// span chooses the stretch of time that is shown: from a little before the
// first event to a little after the last.
func (s *scene) span(f *Figure) {
	r := f.base
	s.from, s.until = r.End, 0
	see := func(t sim.Time) {
		if t != sim.Never {
			s.from, s.until = min(s.from, t), max(s.until, t)
		}
	}
	for _, m := range s.marks {
		see(m.at)
	}
	for _, a := range s.arrows {
		see(a.sent)
		see(a.at)
	}
	for _, h := range s.holds {
		see(h.to)
	}
	if len(s.marks) == 0 {
		s.from, s.until = 0, r.End
	}
	// What is sent first needs room for its name on the left, if need be before
	// the beginning of time.
	whole := max(sim.Time(time.Microsecond), s.until-s.from)
	if f.few {
		s.from -= whole / 8
	} else {
		s.from = max(0, s.from-whole/40)
	}
	s.until += whole / 16
	for _, b := range r.Faults {
		if b.Until >= s.from && b.From <= s.until {
			s.bands = append(s.bands, b)
		}
	}
}
