package ordertest_test

import (
	"fmt"
	"maps"
	"slices"

	"mpcomm/peer"
)

// skeenTwin is the agreement on places of Skeen, slow and obvious.
type skeenTwin struct {
	peer.Base
	flaw  string
	self  peer.ID
	peers int
	clock int64
	open  []skeenOpen
	had   []peer.MessageID
	votes map[peer.MessageID]int   // of own messages: how many have come,
	best  map[peer.MessageID]place // and the greatest
}

type place struct {
	time int64
	by   peer.ID
}

type skeenOpen struct {
	id peer.MessageID
	place
	final bool
}

// before compares two places; without the tie-break equal times stay as they came.
func (o *skeenTwin) before(a, b place) bool {
	return a.time < b.time || a.time == b.time && o.flaw != "no tie-break by peer" && a.by < b.by
}

func (o *skeenTwin) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) { out.ToAll(*m) }

func (o *skeenTwin) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	switch m.Kind {
	case peer.KindData:
		if slices.Contains(o.had, m.ID) {
			return
		}
		o.had = append(o.had, m.ID)
		o.clock++
		o.open = append(o.open, skeenOpen{id: m.ID, place: place{o.clock, o.self}})
		out.Send(m.ID.Sender, peer.Message{ID: m.ID, Kind: peer.KindVote, Stamp: o.clock})
	case peer.KindVote:
		o.count(m, out)
	case peer.KindFinal:
		i := slices.IndexFunc(o.open, func(p skeenOpen) bool { return p.id == m.ID })
		if i < 0 {
			return
		}
		o.open[i].place, o.open[i].final = place{m.Stamp, peer.ID(m.Aux)}, true
		if o.flaw != "decisions do not move the clock" {
			o.clock = max(o.clock, m.Stamp)
		}
		o.deliver(out)
	}
}

// count takes a proposal; the flaw "does not propose itself" decides without
// the sender's own.
func (o *skeenTwin) count(m *peer.Message, out *peer.Effects) {
	own := m.From == o.self && o.flaw == "does not propose itself" && o.peers > 1
	if p := (place{m.Stamp, m.From}); !own && (o.votes[m.ID] == 0 || o.flaw != "the first proposal counts" && o.before(o.best[m.ID], p)) {
		o.best[m.ID] = p
	}
	if !own {
		o.votes[m.ID]++
	}
	wanted := o.peers
	if o.flaw == "does not propose itself" && o.peers > 1 || o.flaw == "a majority of proposals decides" {
		wanted = o.peers/2 + 1
	}
	if o.flaw == "does not propose itself" {
		wanted = max(1, o.peers-1)
	}
	if o.votes[m.ID] == wanted && !own {
		best := o.best[m.ID]
		out.ToAll(peer.Message{ID: m.ID, Kind: peer.KindFinal, Stamp: best.time, Aux: int64(best.by)})
	}
}

func (o *skeenTwin) deliver(out *peer.Effects) {
	for {
		first := -1
		for i, p := range o.open {
			if !p.final && o.flaw == "open messages are left out of the minimum" {
				continue
			}
			if first < 0 || o.before(p.place, o.open[first].place) {
				first = i
			}
		}
		if first < 0 || !o.open[first].final {
			return
		}
		out.Deliver(o.open[first].id)
		o.open = slices.Delete(o.open, first, first+1)
	}
}

func (o *skeenTwin) Held() int { return len(o.open) }

func (o *skeenTwin) Reset(self peer.ID, peers int) {
	*o = skeenTwin{flaw: o.flaw, self: self, peers: peers, votes: map[peer.MessageID]int{}, best: map[peer.MessageID]place{}}
}

func (o *skeenTwin) Clone() peer.Ordering {
	c := *o
	c.open, c.had, c.votes, c.best = slices.Clone(o.open), slices.Clone(o.had), maps.Clone(o.votes), maps.Clone(o.best)
	return &c
}

func (o *skeenTwin) AppendState(b []byte, _ peer.Instant) []byte {
	return fmt.Appendf(b, "%d %v %v %v %v", o.clock, o.open, o.had, o.votes, o.best)
}

func init() {
	register(flaws("skeen", nil, func(flaw string) peer.Ordering { return &skeenTwin{flaw: flaw} }, [][2]string{
		{"open messages are left out of the minimum", "total is violated"},
		{"no tie-break by peer", "total is violated"},
		{"decisions do not move the clock", "total is violated"},
		{"the first proposal counts", "total is violated"},
		{"does not propose itself", "total is violated"},
		{"a majority of proposals decides", "is violated"},
	}...)...)
}
