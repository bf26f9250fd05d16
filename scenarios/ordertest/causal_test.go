package ordertest_test

import (
	"fmt"
	"slices"

	"mpcomm/peer"
)

// vectorTwin is the causal order by vector clocks, slow and obvious.
type vectorTwin struct {
	peer.Base
	flaw      string
	self      peer.ID
	sent      int64
	delivered []int64
	held      []peer.MessageID
	vectors   [][]int64
	spans     []peer.Span // the flaw "keeps the words"
	had       []peer.MessageID
}

func (o *vectorTwin) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	span, vector := out.NewWords(len(o.delivered))
	copy(vector, o.delivered)
	o.sent++
	vector[o.self] = o.sent
	p.Words = span
	out.ToAll(p)
}

func (o *vectorTwin) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if slices.Contains(o.had, m.ID) {
		return
	}
	o.had = append(o.had, m.ID)
	o.held = append(o.held, m.ID)
	o.vectors = append(o.vectors, slices.Clone(out.Words(m.Words)))
	o.spans = append(o.spans, m.Words)
	if o.flaw == "counts what it received" && m.From != o.self {
		o.sent++
	}
	for i := 0; i < len(o.held); i++ {
		vector, sender := o.vectors[i], o.held[i].Sender
		if o.flaw == "keeps the words" {
			vector = out.Words(o.spans[i])
		}
		if !o.due(sender, vector) {
			continue
		}
		out.Deliver(o.held[i])
		o.delivered[sender]++
		o.held = slices.Delete(o.held, i, i+1)
		o.vectors = slices.Delete(o.vectors, i, i+1)
		o.spans = slices.Delete(o.spans, i, i+1)
		if i = -1; o.flaw == "no second look" {
			return
		}
	}
}

func (o *vectorTwin) due(sender peer.ID, vector []int64) bool {
	for k, count := range vector {
		if k == int(sender) {
			if count != o.delivered[k]+1 && o.flaw != "no gap detection" {
				return false
			}
		} else if count > o.delivered[k] && o.flaw != "looks at the sender alone" {
			return false
		}
	}
	return true
}

func (o *vectorTwin) Held() int { return len(o.held) }

func (o *vectorTwin) Reset(self peer.ID, peers int) {
	*o = vectorTwin{flaw: o.flaw, self: self, delivered: make([]int64, peers)}
}

func (o *vectorTwin) Clone() peer.Ordering {
	c := *o
	c.delivered, c.held, c.had = slices.Clone(o.delivered), slices.Clone(o.held), slices.Clone(o.had)
	c.vectors, c.spans = slices.Clone(o.vectors), slices.Clone(o.spans)
	return &c
}

func (o *vectorTwin) AppendState(b []byte, _ peer.Instant) []byte {
	return fmt.Appendf(b, "%d %v %v %v %v", o.sent, o.delivered, o.held, o.vectors, o.had)
}

func init() {
	register(flaws("causal", nil, func(flaw string) peer.Ordering { return &vectorTwin{flaw: flaw} }, [][2]string{
		{},
		{"no second look", "lack"},
		{"counts what it received", "lack"},
		{"no gap detection", "fifo is violated"},
		{"looks at the sender alone", "causal is violated"},
		{"keeps the words", ""},
	}...)...)
}
