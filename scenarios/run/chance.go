package run

import (
	"mpcomm/peer"
	"mpcomm/sim/rng"
)

// lookInto notes what the stages of a peer ask of their host besides the rules,
// which would cost more to find out in every run.
func (e *Engine) lookInto(c *peer.Config) {
	_, seeded := c.Ordering.(peer.Seeded)
	_, ordering := c.Ordering.(peer.Counting)
	_, transport := c.Transport.(peer.Counting)
	e.seeded = e.seeded || seeded
	e.counting = e.counting || ordering || transport
}

// giveChance hands the ordering of peer p, in one of its lives, the random word
// that it may need: a draw named by the peer, the same under every ordering.
func (e *Engine) giveChance(root rng.Key, p int, life uint16) {
	if o, ok := e.configs[p].Ordering.(peer.Seeded); ok {
		o.Seed(root.Name("order").With(uint64(p)).Name("phase").Word(uint64(life)))
	}
}
