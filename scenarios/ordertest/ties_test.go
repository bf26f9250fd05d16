package ordertest_test

import (
	"cmp"
	"maps"
	"slices"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// tied is a real ordering by stamps that delivers what it delivers at one
// instant by stamp alone, equal ones in order of arrival.
type tied struct {
	peer.Ordering
	stamps map[peer.MessageID][2]int64
	came   map[peer.MessageID]int
}

func (o *tied) Reset(self peer.ID, peers int) {
	o.Ordering.Reset(self, peers)
	o.stamps, o.came = map[peer.MessageID][2]int64{}, map[peer.MessageID]int{}
}

func (o *tied) Clone() peer.Ordering {
	return &tied{Ordering: o.Ordering.Clone(), stamps: maps.Clone(o.stamps), came: maps.Clone(o.came)}
}

func (o *tied) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	if _, had := o.came[m.ID]; !had && m.Kind == peer.KindData {
		o.came[m.ID], o.stamps[m.ID] = len(o.came), [2]int64{m.Stamp, m.Aux}
	}
	o.sorted(out, func() { o.Ordering.Receive(now, m, out) })
}

func (o *tied) Expire(now peer.Instant, t peer.TimerID, out *peer.Effects) {
	o.sorted(out, func() { o.Ordering.Expire(now, t, out) })
}

func (o *tied) Close(now peer.Instant, out *peer.Effects) {
	o.sorted(out, func() { o.Ordering.Close(now, out) })
}

// sorted puts the deliveries of one call in their wrong order, at their places.
func (o *tied) sorted(out *peer.Effects, call func()) {
	from := len(out.List)
	call()
	var ids []peer.MessageID
	for _, e := range out.List[from:] {
		if e.Kind == peer.EffectDeliver {
			ids = append(ids, e.ID)
		}
	}
	slices.SortStableFunc(ids, func(a, b peer.MessageID) int {
		p, q := o.stamps[a], o.stamps[b]
		return cmp.Or(cmp.Compare(p[0], q[0]), cmp.Compare(p[1], q[1]), cmp.Compare(o.came[a], o.came[b]))
	})
	for i := range out.List[from:] {
		if e := &out.List[from+i]; e.Kind == peer.EffectDeliver {
			e.ID, ids = ids[0], ids[1:]
		}
	}
}

// standing is a real ordering by clocks that stamps what the clock shows,
// though it has gone back or stood still.
type standing struct{ peer.Ordering }

func (o standing) Clone() peer.Ordering { return standing{o.Ordering.Clone()} }

func (o standing) Broadcast(now peer.Instant, m *peer.Message, out *peer.Effects) {
	sent := len(out.Messages)
	o.Ordering.Broadcast(now, m, out)
	for i := range out.Messages[sent:] {
		out.Messages[sent+i].Stamp = int64(now)
	}
}

func init() {
	ties := func(real peer.Ordering, _ string) peer.Ordering { return &tied{Ordering: real} }
	still := func(real peer.Ordering, _ string) peer.Ordering { return standing{real} }
	const byArrival, asShown = "equal stamps go by arrival", "stamps as the clock shows"
	for _, kind := range []string{"hlc", "lamport-offline", "timestamp-offline"} {
		register(wrapped(kind, nil, ties, [2]string{byArrival, "total is violated"})...)
	}
	register(wrapped("timestamp-offline", hybrid, ties, [2]string{byArrival, "total is violated"})...)
	register(wrapped("timestamp-offline", nil, still, [2]string{asShown, "fifo is violated"})...)
	detect, lost := []order.Value{{Name: "gaps", Text: "detect"}}, "no gap detection"
	register(
		built("lamport", detect, lost, "", "gaps", "skip"),
		built("merge", detect, lost, "", "gaps", "skip"),
		built("timestamp", nil, "held from arrival", "its Spec says", "hold", "arrival"),
		built("timestamp", nil, "waits longer than it says", "its Spec says", "wait", "100ms"),
		built("hlc", nil, "held from arrival", "its Spec says", "hold", "arrival"),
		built("merge", []order.Value{{Name: "stamp", Text: "lamport"}}, "stamps with the clock", "causal is violated", "stamp", "clock"),
		built("commit-wait", nil, "commits by the clock as it is", "causal is violated", "commit", "0ms"),
	)
}
