package compare

import "sort"

// roundsClassic is the number the lab's own comparison server prints, with its
// loops as they are: positions 0..M-2 of its log 0 against its logs 1..N-2, in
// the order in which the logs reached it. The last position and the last log
// are never looked at, so two logs always agree. A position beyond the end of
// a log differs, also when log 0 is the one that ended.
func (c *Comparer) roundsClassic(messagesPerPeer int) int {
	rounds := messagesPerPeer - 1
	if len(c.logs) < 3 || rounds <= 0 {
		return 0
	}
	c.arrange()
	order := c.order[:len(c.order)-1]
	zero := c.logs[order[0]]
	shortest, same := len(zero), true
	for _, i := range order[1:] {
		shortest = min(shortest, len(c.logs[i]))
		same = same && c.classOf[i] == c.classOf[order[0]]
	}
	inside := min(rounds, shortest)
	differ := rounds - inside
	if same {
		return differ
	}
	for j, x := range zero[:inside] {
		for _, i := range order[1:] {
			if c.logs[i][j] != x {
				differ++
				break
			}
		}
	}
	return differ
}

// arrange orders the compared logs as they reached the comparison server; those
// that never did follow, by peer.
func (c *Comparer) arrange() {
	c.order = c.order[:0]
	if len(c.h.Submitted) == 0 {
		for i := range c.logs {
			c.order = append(c.order, int32(i))
		}
		return
	}
	c.growFlags(len(c.logs))
	placed := c.flags[:len(c.logs)]
	clear(placed)
	for _, p := range c.h.Submitted {
		i := int(p)
		if len(c.peers) != len(c.h.Logs) { // some are left out
			i = sort.Search(len(c.peers), func(k int) bool { return c.peers[k] >= p })
			if i == len(c.peers) || c.peers[i] != p {
				continue
			}
		}
		if placed[i] == 0 {
			placed[i] = 1
			c.order = append(c.order, int32(i))
		}
	}
	for i, done := range placed {
		if done == 0 {
			c.order = append(c.order, int32(i))
		}
	}
}
