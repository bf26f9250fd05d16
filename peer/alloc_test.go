package peer_test

import (
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/peer/transport"
)

// ring is a driver that allocates nothing itself: packets go round in a queue
// that is kept, timers are ignored.
type ring struct {
	peers []peer.Machine
	queue []ringPacket
	out   peer.Effects
	t     *testing.T
	lent  peer.Message
}

type ringPacket struct {
	to peer.ID
	m  peer.Message
}

func (r *ring) step(p int, in peer.Input) {
	r.out.Reset()
	if err := r.peers[p].Step(0, in, &r.out); err != nil {
		r.t.Fatal(err)
	}
	for i := range r.out.List {
		switch e := &r.out.List[i]; e.Kind {
		case peer.EffectSend:
			r.queue = append(r.queue, ringPacket{e.To, r.out.Messages[e.Index]})
		case peer.EffectOthers:
			for q := range r.peers {
				if q != p {
					r.queue = append(r.queue, ringPacket{peer.ID(q), r.out.Messages[e.Index]})
				}
			}
		}
	}
}

func (r *ring) drain() {
	for i := 0; i < len(r.queue); i++ {
		r.lent = r.queue[i].m
		r.step(int(r.queue[i].to), peer.Input{Kind: peer.InputArrival, Message: &r.lent})
	}
	r.queue = r.queue[:0]
}

// TestSecondRunAllocatesNothing runs whole groups, phases included, again and
// again on the same memory.
func TestSecondRunAllocatesNothing(t *testing.T) {
	reliable := func() peer.Transport {
		tr, err := transport.NewReliable(transport.DefaultReliable())
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
	for _, tt := range []struct {
		kind      string
		protocol  peer.Protocol
		transport func() peer.Transport
	}{
		{"naive", peer.Robust, nil},
		{"fifo", peer.Classic, nil},
		{"timestamp", peer.None, nil},
		{"lamport", peer.Robust, nil},
		{"naive", peer.Robust, transport.NewFIFO},
		{"lamport", peer.Robust, reliable},
	} {
		const n = 4
		r := ring{peers: make([]peer.Machine, n), t: t}
		configs := make([]peer.Config, n)
		for p := range configs {
			spec, _ := order.Builtin().Lookup(tt.kind)
			o, err := spec.Build(nil)
			if err != nil {
				t.Fatal(err)
			}
			configs[p] = config(p, n, tt.protocol)
			configs[p].Ordering = o
			configs[p].Repeats = true
			configs[p].Phases.Drain = time.Minute
			if tt.transport != nil {
				configs[p].Transport = tt.transport()
			}
		}
		run := func() {
			for p := range r.peers {
				r.peers[p].Reset(configs[p])
				r.step(p, peer.Input{Kind: peer.InputStart})
			}
			r.drain()
			for k := range int32(20) {
				for p := range r.peers {
					r.step(p, peer.Input{Kind: peer.InputBroadcast, ID: peer.MessageID{Sender: peer.ID(p), Number: k}})
				}
				r.drain()
			}
			for p := range r.peers {
				r.step(p, peer.Input{Kind: peer.InputFinished})
			}
			r.drain()
		}
		run()
		if allocs := testing.AllocsPerRun(5, run); allocs > 0 {
			t.Errorf("%s, %v, %T: %.1f allocations a run", tt.kind, tt.protocol, configs[0].Transport, allocs)
		}
	}
}
