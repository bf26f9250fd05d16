package compare

import (
	"math/bits"

	"mpcomm/peer/history"
	"mpcomm/reports/result"
	"mpcomm/reports/stats"
)

// CompareOrders is Compare for a history of which o holds the orders; nil says
// that it has none. With them the cheap metrics take no pass over the logs, and
// the others take one over those that differ, which is where sweeps of tiny runs
// spend their comparisons.
func (c *Comparer) CompareOrders(h *history.History, o *history.Orders, opts Options) (d Divergence) {
	if o == nil || opts.Window != nil {
		return c.Compare(h, opts)
	}
	if opts.Want == 0 {
		opts.Want = All
	}
	c.h, c.orders, c.taken = h, o, nil
	if o.Messages() != len(c.h.Broadcasts) || o.Logs() != len(c.h.Logs) {
		panic("compare: the orders are those of another history")
	}
	list, n, logs := o.List(), o.Messages(), o.Logs()
	pairs := logs * (logs - 1) / 2
	d = Divergence{
		Identical: len(list) == 1, PrefixConsistent: len(list) == 1, DistinctLogs: len(list), Pairs: result.Int(pairs),
		Messages: n, Positions: n, CommonPrefix: n, Deliveries: n * logs,
	}
	if len(list) > 1 {
		d.CommonPrefix = o.CommonPrefix()
		d.FirstDifference.N, d.FirstDifference.Known = int64(d.CommonPrefix)+1, true
		d.PositionsDiffering = o.Differing()
	}
	d.RoundsClassic, d.RoundsFull = c.roundsOfOrders(opts.MessagesPerPeer), d.PositionsDiffering
	if opts.Want&WantContested != 0 {
		d.Contested.Den = uint64(n)
		if len(list) > 1 {
			d.Contested.Num = uint64(o.Contested())
		}
	}
	if opts.Want&WantInversions != 0 && pairs > 0 {
		sum, most := inversionsOfOrders(o, list)
		d.InversionsPerMessage = stats.Ratio{Num: uint64(sum), Den: uint64(n) * uint64(pairs)}
		d.KendallDistance = stats.Ratio{Num: uint64(sum), Den: uint64(pairs)}
		d.KendallMax.N, d.KendallMax.Known = int64(most), true
	}
	if opts.Want&(WantFootrule|WantUlam) != 0 && pairs > 0 {
		footrule, ulam := movesOfOrders(h, list)
		if opts.Want&WantFootrule != 0 {
			d.Footrule = stats.Ratio{Num: footrule, Den: uint64(pairs)}
		}
		if opts.Want&WantUlam != 0 {
			d.Ulam = stats.Ratio{Num: ulam, Den: uint64(pairs)}
		}
	}
	return d
}

// movesOfOrders returns the sums, over all pairs of logs, of how far messages
// stand from their places in the other log, and of how few would have to move.
func movesOfOrders(h *history.History, list []history.Order) (footrule, ulam uint64) {
	var place places
	for a := range list {
		for at, m := range h.Logs[list[a].First].Refs {
			place[m&(history.MaxOrderedMessages-1)] = uint8(at)
		}
		for b := a + 1; b < len(list); b++ {
			weight := uint64(list[a].Logs * list[b].Logs)
			away, move := place.moves(h.Logs[list[b].First].Refs)
			footrule += weight * away
			ulam += weight * move
		}
	}
	return footrule, ulam
}

// places are where the messages of an order stand.
type places [history.MaxOrderedMessages]uint8

// moves returns how far, in all, those of another order stand from there, and how
// few would have to move.
//
// As marks.rising, with a word for the whole set: the k-th bit from below that is
// not set is the least end of a rising sequence of k places. The carry of a place
// reaches the first end above it, which is no longer one (Crochemore et al., IPL
// 80(6), 2001).
//
//go:noinline
func (p *places) moves(refs []history.Ref) (away, move uint64) {
	others := ^uint64(0)
	for at, m := range refs {
		x := int(p[m&(history.MaxOrderedMessages-1)])
		away += uint64(max(x-at, at-x))
		own := uint64(1) << (x & 63)
		others = (others + own) | (others &^ own)
	}
	return away, uint64(len(refs) - bits.OnesCount64(^others))
}

// inversionsOfOrders returns the sum of the Kendall distances of all pairs of
// logs, and the largest.
func inversionsOfOrders(o *history.Orders, list []history.Order) (sum, most int) {
	for a := range list {
		for b := a + 1; b < len(list); b++ {
			k := o.Inversions(a, b)
			sum += list[a].Logs * list[b].Logs * k
			most = max(most, k)
		}
	}
	return sum, most
}

// truthOfOrders is Truth when references count in true order.
func (c *Comparer) truthOfOrders() stats.Ratio {
	o := c.orders
	late := 0
	for _, order := range o.List() {
		late += order.Logs * order.Late
	}
	return stats.Ratio{Num: uint64(late), Den: uint64(o.Messages()) * uint64(o.Logs())}
}

// roundsOfOrders is roundsClassic.
func (c *Comparer) roundsOfOrders(messagesPerPeer int) int {
	o := c.orders
	rounds := messagesPerPeer - 1
	if o.Logs() < 3 || rounds <= 0 {
		return 0
	}
	inside := min(rounds, o.Messages())
	if len(o.List()) == 1 {
		return rounds - inside
	}
	c.arrangeAll(o.Logs())
	return rounds - inside + o.DifferingFrom(int(c.order[0]), c.order[1:len(c.order)-1], inside)
}

// arrangeAll is arrange when the logs of all peers, at most 64, are compared.
func (c *Comparer) arrangeAll(logs int) {
	c.order = c.order[:0]
	rest := uint64(1)<<logs - 1
	for _, p := range c.h.Submitted {
		if rest>>p&1 != 0 {
			rest &^= 1 << p
			c.order = append(c.order, int32(p))
		}
	}
	for ; rest != 0; rest &= rest - 1 {
		c.order = append(c.order, int32(bits.TrailingZeros64(rest)))
	}
}

// layOut does what a comparison by orders left out, for what needs the logs.
func (c *Comparer) layOut() {
	if c.orders == nil {
		return
	}
	c.orders = nil
	c.load(c.h, nil)
	c.classify()
	c.sets(&Divergence{})
}
