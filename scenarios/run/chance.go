package run

import (
	"mpcomm/peer"
	"mpcomm/sim/rng"
)

// giveChance hands the ordering of peer p, in one of its lives, the random word
// that it may need: a draw named by the peer, the same under every ordering.
func (e *Engine) giveChance(root rng.Key, p int, life uint16) {
	if o, ok := e.configs[p].Ordering.(peer.Seeded); ok {
		o.Seed(root.Name("order").With(uint64(p)).Name("phase").Word(uint64(life)))
	}
}
