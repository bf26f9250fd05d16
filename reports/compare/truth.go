package compare

import (
	"cmp"
	"slices"

	"mpcomm/reports/stats"
)

// Truth returns the mean over the logs last compared of the inversions against
// the true order of broadcasting, per message of the log; broadcasts of the
// same instant are ordered by sender. It is a question apart from divergence:
// logs may agree on a wrong order. Null when every log is empty. It must be
// called before the history changes.
func (c *Comparer) Truth() stats.Ratio {
	c.rankBroadcasts()
	if c.orders != nil && len(c.ranks) == 0 {
		return c.truthOfOrders()
	}
	c.layOut()
	c.growPairs()
	var sum quotients
	for i := range c.classes {
		k := &c.classes[i]
		var inverted uint64
		if c.narrow {
			inverted = c.inversionsOfTruth(k, c.window.From) - c.inversionsOfTruth(k, c.window.Until)
		} else {
			inverted = c.inversionsOfTruth(k, 0)
		}
		sum.add(inverted, uint64(k.inside), uint64(k.weight))
	}
	return sum.mean()
}

func (c *Comparer) inversionsOfTruth(k *class, from uint32) uint64 {
	seq := c.perm[:0]
	for _, m := range k.list {
		if m < from {
			continue
		}
		if int(m) < len(c.ranks) {
			m = c.ranks[m]
		}
		seq = append(seq, m) // a stray comes after everything that was sent
	}
	return inversions(seq, c.scratch)
}

// rankBroadcasts fills ranks when broadcasts of one instant are not recorded
// in the order of their senders.
func (c *Comparer) rankBroadcasts() {
	c.ranks = c.ranks[:0]
	all := c.h.Broadcasts
	sorted := true
	for i := 1; i < len(all) && sorted; i++ {
		sorted = all[i-1].At != all[i].At || all[i-1].ID.Sender <= all[i].ID.Sender
	}
	if sorted {
		return
	}
	c.byTruth = c.byTruth[:0]
	for i := range all {
		c.byTruth = append(c.byTruth, uint32(i))
	}
	slices.SortStableFunc(c.byTruth, func(a, b uint32) int {
		if x := cmp.Compare(all[a].At, all[b].At); x != 0 {
			return x
		}
		return cmp.Compare(all[a].ID.Sender, all[b].ID.Sender)
	})
	c.ranks = append(c.ranks, c.byTruth...)
	for rank, m := range c.byTruth {
		c.ranks[m] = uint32(rank)
	}
}
