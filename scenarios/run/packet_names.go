package run

import (
	"fmt"

	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/sim/rng"
)

// noConcern is the label of packets that concern no message; strayLabel is
// the root of the labels of messages that nobody broadcast.
var (
	noConcern  = rng.Root(0).Name("packet").Name("none")
	strayLabel = rng.Root(0).Name("packet").Name("stray")
)

// name hashes the identity of a packet without its receiver and copy: who
// sends it, what it is for, the message it concerns by where that comes from,
// its serial number or ballot, and which transmission it is.
func (e *Engine) name(m *peer.Message, ref history.Ref) rng.Key {
	label := noConcern
	switch {
	case ref != history.NoRef:
		label = e.src.Label(ref)
	case m.ID != peer.NoMessage:
		label = strayLabel.With(uint64(uint32(m.ID.Sender))<<32 | uint64(uint32(m.ID.Number)))
	}
	key := named(label, m.From, m.Kind, m.Attempt)
	if e.reborn && (m.Kind != peer.KindData || m.Attempt != 0) {
		// A peer that has forgotten may say again what it has said before.
		if life := e.hosts[m.From].lives; life != 0 {
			key = key.With(uint64(life) << 32)
		}
	}
	if m.Round != 0 {
		key = key.With(uint64(uint32(m.Round)))
	}
	return key
}

// named is the name of a packet that concerns no round and that no life of its
// sender but one has sent.
func named(label rng.Key, from peer.ID, kind peer.Kind, attempt uint16) rng.Key {
	return label.With(uint64(from) | uint64(kind)<<16 | uint64(attempt)<<24)
}

// checkNames reports two packets of one name on one link.
func (e *Engine) checkNames(i uint32, fates []network.Fate) {
	m := &e.slab[i].msg
	key := e.name(m, e.slab[i].ref)
	for k := range fates {
		if fates[k].Copy != 0 || fates[k].Verdict == network.Held {
			continue // a held packet draws when it is let go
		}
		n := packetName{key, fates[k].To}
		if _, seen := e.names[n]; seen && e.err == nil {
			e.err = fmt.Errorf("run: p%d sent two packets of one name to p%d (%v of %v, round %d, attempt %d): they would share one delay",
				m.From, fates[k].To, m.Kind, m.ID, m.Round, m.Attempt)
		}
		e.names[n] = struct{}{}
	}
}
