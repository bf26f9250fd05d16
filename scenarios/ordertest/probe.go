package ordertest

import (
	"bytes"
	"fmt"

	"mpcomm/peer"
)

// probe stands around an ordering and, at every call, goes on with a clone
// while the original is spoilt. The history has to stay the same.
type probe struct {
	inner  peer.Ordering
	self   peer.ID
	peers  int
	state  []byte
	cloned []byte
	waste  peer.Effects
	heard  *[]byte // where the states before every call go, to compare two runs
}

// broken is what a probe panics with.
type broken string

// swap replaces the ordering by its clone.
func (p *probe) swap(now peer.Instant) {
	p.state = p.inner.AppendState(p.state[:0], now)
	clone := p.inner.Clone()
	if clone == nil {
		panic(broken("Clone returns nil"))
	}
	p.cloned = clone.AppendState(p.cloned[:0], now)
	if !bytes.Equal(p.state, p.cloned) {
		panic(broken(fmt.Sprintf("AppendState of a clone differs from the original's: % x, want % x", p.cloned, p.state)))
	}
	if again := p.inner.AppendState(nil, now); !bytes.Equal(p.state, again) {
		panic(broken("AppendState gives two encodings of one state, one after the other"))
	}
	if p.inner.Held() < 0 || p.inner.Held() != clone.Held() {
		panic(broken(fmt.Sprintf("Held is %d, of a clone %d", p.inner.Held(), clone.Held())))
	}
	*p.heard = append(append(*p.heard, byte(p.self), 0xff), p.state...)
	old := p.inner
	p.inner = clone
	p.spoil(old, now)
	if after := clone.AppendState(p.cloned[:0], now); !bytes.Equal(p.state, after) {
		panic(broken("what happens to the original changes its clone: they share memory"))
	}
}

// spoil lets the original live on apart from its clone.
func (p *probe) spoil(old peer.Ordering, now peer.Instant) {
	p.waste.Reset()
	p.waste.ResetArena()
	step := func(number int32) {
		m := peer.Message{ID: peer.MessageID{Sender: p.self, Number: peer.MaxNumber - number}, From: p.self, Kind: peer.KindData}
		from := len(p.waste.List)
		old.Broadcast(now, &m, &p.waste)
		for _, e := range p.waste.List[from:] {
			if e.Kind == peer.EffectAll {
				own := p.waste.Messages[e.Index]
				own.From = p.self
				old.Receive(now, &own, &p.waste)
			}
		}
	}
	step(0)
	old.Reset(p.self, p.peers)
	old.Start(now, &p.waste)
	step(1)
	step(2)
}

func (p *probe) Seed(word uint64) {
	if o, ok := p.inner.(peer.Seeded); ok {
		o.Seed(word)
	}
}

func (p *probe) Start(now peer.Instant, out *peer.Effects) {
	p.swap(now)
	p.inner.Start(now, out)
}

func (p *probe) Broadcast(now peer.Instant, m *peer.Message, out *peer.Effects) {
	p.swap(now)
	p.inner.Broadcast(now, m, out)
}

func (p *probe) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	p.swap(now)
	p.inner.Receive(now, m, out)
}

func (p *probe) Expire(now peer.Instant, t peer.TimerID, out *peer.Effects) {
	p.swap(now)
	p.inner.Expire(now, t, out)
}

func (p *probe) Ended(now peer.Instant, from peer.ID, out *peer.Effects) {
	p.swap(now)
	p.inner.Ended(now, from, out)
}

func (p *probe) Close(now peer.Instant, out *peer.Effects) {
	p.swap(now)
	p.inner.Close(now, out)
}

func (p *probe) Held() int { return p.inner.Held() }

func (p *probe) Reset(self peer.ID, peers int) {
	p.self, p.peers = self, peers
	p.inner.Reset(self, peers)
}

func (p *probe) Clone() peer.Ordering {
	c := *p
	c.inner, c.state, c.cloned, c.waste = p.inner.Clone(), nil, nil, peer.Effects{}
	return &c
}

func (p *probe) AppendState(b []byte, now peer.Instant) []byte { return p.inner.AppendState(b, now) }
