package history

import (
	"fmt"

	"mpcomm/peer"
	"mpcomm/sim"
)

// Submission is a log's arrival at the comparison server.
type Submission struct {
	Peer peer.ID
	At   sim.Time
}

// Collector is the comparison server's intake: it takes logs as they reach the
// server and numbers them in that order, equal times by peer. The zero value is
// ready for use.
type Collector struct {
	list  []Submission
	peers []peer.ID
	has   []bool // by peer
}

// Reset empties the intake and keeps its memory.
func (c *Collector) Reset() {
	for i := range c.list {
		c.has[c.list[i].Peer] = false
	}
	c.list = c.list[:0]
}

// Submit takes the log of p. A peer submits once: submitting again is an error
// and changes nothing.
func (c *Collector) Submit(p peer.ID, at sim.Time) error {
	if p < 0 || p >= peer.MaxPeers {
		return fmt.Errorf("history: %s submits a log: want a peer 0..%d", p, peer.MaxPeers-1)
	}
	for int(p) >= len(c.has) {
		c.has = append(c.has, false)
	}
	if c.has[p] {
		return fmt.Errorf("history: %s submits a second log at %s: one log a peer is compared", p, at)
	}
	c.has[p] = true
	i := len(c.list)
	for i > 0 && (c.list[i-1].At > at || c.list[i-1].At == at && c.list[i-1].Peer > p) {
		i--
	}
	c.list = append(c.list, Submission{})
	copy(c.list[i+1:], c.list[i:])
	c.list[i] = Submission{Peer: p, At: at}
	return nil
}

// Submissions returns what was taken, in order. The slice is valid until the
// next call of another method.
func (c *Collector) Submissions() []Submission { return c.list }

// Order returns the peers in the order in which their logs came. The slice is
// valid until the next call of Order.
func (c *Collector) Order() []peer.ID {
	c.peers = c.peers[:0]
	for i := range c.list {
		c.peers = append(c.peers, c.list[i].Peer)
	}
	return c.peers
}
