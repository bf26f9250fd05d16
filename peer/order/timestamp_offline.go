package order

import (
	"math"

	"mpcomm/peer"
)

// timestampOffline stamps every message with its sender's clock, and delivers
// all of them when the log closes, sorted by stamp, ties by sender. Logs that
// hold the same messages are equal, whatever the clocks show; how far that
// order is from the order in which the messages were sent is another question.
// With stamp: hlc it is at least an order in which causes come first.
//
// Source: Lamport, "Time, clocks, and the ordering of events in a distributed
// system", CACM 21(7):558-565, 1978, the section on physical clocks: their
// readings, ties broken by process, order all events. For stamp: hlc see
// Kulkarni, Demirbas, Madappa, Avva and Leone, OPODIS 2014, figure 5.
type timestampOffline struct {
	gathering
	hybrid bool
	self   peer.ID
	stamp  int64 // of the last own broadcast
	clock  hybridClock
}

func timestampOfflineSpec() Spec {
	return Spec{
		Kind: "timestamp-offline", IgnoresEnds: true, Class: "communication history",
		Doc:     "sorts by the senders' clocks when everything has come",
		Paper:   "Lamport, CACM 21(7):558-565, 1978, physical clocks",
		Packets: "n-1", Steps: "offline", Cost: directOpen,
		Guarantees: peer.FIFO | peer.Total | peer.Agreement, Needs: peer.NoLoss | peer.NoCrash,
		Refine: func(v Values, g peer.Guarantee, n peer.Need) (peer.Guarantee, peer.Need) {
			if v.Enum("stamp") == "hlc" {
				return g | peer.Causal, n | peer.RepliesOnReceipt
			}
			return g, n
		},
		Offline: true, Loopback: true,
		Params: []Param{{
			Name: "stamp", Type: Enum, Default: "clock", Allowed: []string{"clock", "hlc"},
			Doc: "the local clock, or a hybrid logical clock",
		}},
		New: func(v Values) (peer.Ordering, error) {
			return &timestampOffline{hybrid: v.Enum("stamp") == "hlc"}, nil
		},
	}
}

func (o *timestampOffline) Broadcast(now peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	if o.hybrid {
		o.clock.tick(now)
		p.Stamp, p.Aux, p.Ints = o.clock.l, int64(o.clock.c), 2
	} else {
		o.stamp = max(o.stamp+1, int64(now))
		p.Stamp, p.Ints = o.stamp, 1
	}
	out.ToAll(p)
}

func (o *timestampOffline) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	if uint64(m.Aux) > math.MaxUint32 || !o.fresh(m) {
		return
	}
	if o.hybrid && m.From != o.self && !o.clock.hear(now, m.Stamp, uint32(m.Aux)) {
		out.Discard(m.ID)
		return
	}
	o.list = append(o.list, gathered{stamp: m.Stamp, logical: uint32(m.Aux), id: m.ID})
}

// Counters are those of the hybrid clock, if there is one.
func (o *timestampOffline) Counters(add func(string, int64)) {
	if o.hybrid {
		o.clock.counters(add)
	}
}

func (o *timestampOffline) Reset(self peer.ID, peers int) {
	o.self, o.stamp = self, math.MinInt64
	o.clock.reset()
	o.reset(peers)
}

func (o *timestampOffline) Clone() peer.Ordering {
	c := *o
	c.gathering = o.clone()
	return &c
}

func (o *timestampOffline) AppendState(b []byte, now peer.Instant) []byte {
	b = o.clock.appendState(appendStamp(b, o.stamp, int64(now)), now)
	return o.appendState(b, int64(now))
}
