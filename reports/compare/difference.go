package compare

import (
	"fmt"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/result"
	"mpcomm/sim"
)

// Difference is the first position at which the compared logs part, and why.
type Difference = result.Difference

// FirstDifference returns the first position at which not all logs last
// compared hold the same message, with its cause; nil when the logs are
// identical. facts may be nil. It must be called before the history changes.
func (c *Comparer) FirstDifference(facts Facts) *Difference {
	c.layOut()
	if len(c.classes) < 2 {
		return nil
	}
	at, other := c.parting()
	d := &Difference{Position: at + 1, Peers: [2]peer.ID{c.peers[0], c.peers[other]}}
	var found finding
	found.at = at
	for i, log := range [2]int{0, other} {
		found.peers[i], found.logs[i] = c.peers[log], c.logs[log]
		found.entries[i] = c.entryAt(log, at)
		if found.entries[i] != ended {
			name := c.name(found.entries[i]).String()
			d.Messages[i] = &name
			if times := c.h.TimesOf(found.peers[i]); at < len(times) && times[at].Delivered != sim.Never {
				if made := result.Millis(times[at].Delivered); !d.At.Known || made.MS < d.At.MS {
					d.At = made
				}
			}
		}
	}
	why, text := c.explain(&found, facts)
	d.Why, d.Text = string(why), text
	return d
}

// parting returns the first position, from 0, at which the logs part, and the
// lowest-numbered log whose entry there is not that of the first log. There must
// be two logs that differ.
func (c *Comparer) parting() (at, other int) {
	at = len(c.classes[0].raw)
	for _, k := range c.classes[1:] {
		at = commonPrefix(c.classes[0].raw[:at], k.raw)
	}
	other = 1
	for c.entryAt(other, at) == c.entryAt(0, at) {
		other++
	}
	return at, other
}

// ended stands for the entry of a log that is over.
const ended = history.NoRef

func (c *Comparer) entryAt(log, at int) uint32 {
	if at < len(c.logs[log]) {
		return c.logs[log][at]
	}
	return ended
}

// finding is two logs that hold different entries at one position.
type finding struct {
	at      int // from 0
	peers   [2]peer.ID
	logs    [2][]uint32
	entries [2]uint32
}

// Classify says why p and q logged a and b in different orders: p logged a
// first, q logged b first. Either may be missing from one of the logs.
func Classify(h *history.History, p, q peer.ID, a, b history.Ref, facts Facts) (Mechanism, string) {
	for _, m := range []history.Ref{a, b} {
		if int(m) >= len(h.Broadcasts) {
			panic(fmt.Sprintf("compare: message %d of %d broadcasts is classified", m, len(h.Broadcasts)))
		}
	}
	c := Comparer{h: h}
	found := finding{at: -1, peers: [2]peer.ID{p, q}, entries: [2]uint32{a, b}}
	found.logs = [2][]uint32{h.Logs[p].Refs, h.Logs[q].Refs}
	return c.explain(&found, facts)
}

// Sentence says what a finding of the last comparison is, with its numbers. It
// must be called before the history changes.
func (c *Comparer) Sentence(f *Finding, facts Facts) string {
	c.layOut()
	found := finding{at: -1, peers: [2]peer.ID{f.P, f.Q}, entries: [2]uint32{f.A, f.B}}
	if f.Kind == Acausal { // which is logged in the order B, A
		found.entries = [2]uint32{f.B, f.A}
	}
	for i, p := range found.peers {
		found.logs[i] = c.logs[indexOf(c.peers, p)]
	}
	_, text := c.explain(&found, facts)
	if f.Kind == Acausal && f.Why == Missing {
		return fmt.Sprintf("%v comes from %v, and %s", c.name(f.B), c.name(f.A), text)
	}
	return text
}
