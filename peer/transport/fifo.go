package transport

import "mpcomm/peer"

// fifo numbers the packets of each link and lets them up in that order. It
// repairs nothing: behind a lost packet everything later on that link waits
// for ever, and each packet that waits is reported as a gap.
type fifo struct {
	sealer
	resequencer
}

// NewFIFO returns a transport that resequences and stops at holes.
func NewFIFO() peer.Transport { return &fifo{} }

func (f *fifo) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) []peer.Message {
	if !m.Kind.Ordering() {
		return nil // this transport acknowledges nothing
	}
	life := completeLife(f.lifeOf(m.From), senderLife(m.Link))
	if f.meet(m.From, life, f.peers) {
		f.sealer.renew(m.From, 0)
		f.resequencer.renew(m.From)
	}
	if life != f.lifeOf(m.From) || receiverLife(m.Link) != uint32(f.mine&lifeMask) {
		// Of a life that is over, or numbered for one: it waits for ever.
		out.Add(peer.Effect{Kind: peer.EffectGap})
		return nil
	}
	switch f.accept(m, complete(f.links[m.From].passed+1, m.Link), out) {
	case repeats:
		out.Add(peer.Effect{Kind: peer.EffectRepeated})
	case waits:
		out.Add(peer.Effect{Kind: peer.EffectGap})
	}
	return f.ready
}

func (f *fifo) Seal(_ peer.Instant, from int, out *peer.Effects) { f.seal(from, out) }

func (f *fifo) Expire(peer.Instant, peer.TimerID, *peer.Effects) {}

func (f *fifo) Held() int { return f.held }

func (f *fifo) Reset(self peer.ID, peers int) {
	f.sealer.reset(self, peers)
	f.resequencer.reset(peers)
}

// Reborn begins all links anew.
func (f *fifo) Reborn(life uint16) {
	f.mine = life
	for q := range peer.ID(f.peers) {
		f.sealer.renew(q, 0)
		f.resequencer.renew(q)
	}
}

func (f *fifo) Clone() peer.Transport {
	return &fifo{sealer: f.sealer.clone(), resequencer: f.resequencer.clone()}
}

func (f *fifo) AppendState(b []byte, _ peer.Instant) []byte {
	return f.resequencer.appendState(f.sealer.appendState(b))
}
