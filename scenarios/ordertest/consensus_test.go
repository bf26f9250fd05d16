package ordertest_test

import (
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/scenarios/ordertest"
)

// hasty makes orderings by consensus suspect each other often, mostly wrongly:
// packets of the schedules take up to twenty-five times a millisecond.
var hasty = []order.Value{{Name: "suspect", Text: "8ms"}}

// TestConsensusUnderSuspicion: promises do not depend on how good the guesses
// are of who has crashed.
func TestConsensusUnderSuspicion(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"chandra-toueg", "paxos"} {
		spec, _ := order.Builtin().Lookup(kind)
		for _, given := range [][]order.Value{
			{{Name: "suspect", Text: "5ms"}},
			{{Name: "suspect", Text: "never"}},
		} {
			t.Run(kind+" "+given[0].Text, func(t *testing.T) {
				t.Parallel()
				ordertest.TestSpec(t, *spec, given...)
			})
		}
	}
}

// unsafe is an ordering by consensus that gets wrong what makes it safe.
type unsafe struct {
	peer.Ordering
	kind, flaw string
	self       peer.ID
	peers      int
	count      int64
}

func (o *unsafe) Reset(self peer.ID, peers int) {
	o.Ordering.Reset(self, peers)
	o.self, o.peers, o.count = self, peers, 0
}

func (o *unsafe) Clone() peer.Ordering {
	c := *o
	c.Ordering = o.Ordering.Clone()
	return &c
}

// decided is how paxos marks an instance whose value is decided.
const decided = 1<<31 - 1

func (o *unsafe) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	proposal := p.Kind == peer.KindPropose || p.Kind.Body() && p.Stamp > 0
	switch {
	case o.flaw == "forgets what it has accepted" && proposal && p.Aux != decided && p.From != o.self:
		o.forget(now, &p, out)
		if p.Kind.Body() { // the body it keeps
			p.Stamp = 0
			o.Ordering.Receive(now, &p, out)
		}
		return
	case o.flaw == "forgets that it has joined" && p.Kind == peer.KindSuspect:
		o.forget(now, &p, out)
		return
	case o.flaw == "ignores what others have accepted" && p.Kind == peer.KindEstimate:
		o.edit(&p, out, func(words []int64) []int64 {
			if o.kind == "paxos" {
				return nil
			}
			return words[:1:1]
		})
		if o.kind != "paxos" {
			out.Words(p.Words)[0] = 0
		}
	case o.flaw == "forgets when it has accepted" && p.Kind == peer.KindEstimate:
		o.edit(&p, out, func(words []int64) []int64 {
			if o.kind != "paxos" {
				words[0] = min(words[0], 1)
				return words
			}
			for i := 1; i < len(words); i += 3 {
				if words[i] != decided {
					words[i] = 0
				}
			}
			return words
		})
	case strings.HasSuffix(o.flaw, "of the values accepted") && p.Kind == peer.KindEstimate:
		o.edit(&p, out, func(words []int64) []int64 { return o.restamp(words, p.Aux) })
	case o.flaw == "counts one estimate for two" && p.Kind == peer.KindEstimate:
		o.Ordering.Receive(now, &p, out)
		p.From = (p.From + 1) % peer.ID(o.peers)
	case o.flaw == "counts one answer for two" && p.Kind == peer.KindAccept:
		o.Ordering.Receive(now, &p, out)
		p.From = (p.From + 1) % peer.ID(o.peers)
	case o.flaw == "takes what is proposed for decided" && p.Kind == peer.KindRelay && proposal:
		p.Aux = decided
	case o.flaw == "takes decisions in the order of their arrival" && p.Kind == peer.KindCommit:
		o.count++
		p.Stamp = o.count
	case o.flaw == "delivers a batch from its end" && p.Kind == peer.KindDecide && p.Aux == 0:
		o.edit(&p, out, func(words []int64) []int64 {
			for i, k := 0, len(words)-1; i < k; i, k = i+1, k-1 {
				words[i], words[k] = words[k], words[i]
			}
			return words
		})
	}
	o.Ordering.Receive(now, &p, out)
}

// restamp gives an estimate of a round the stamp by which it is taken, or not.
func (o *unsafe) restamp(words []int64, round int64) []int64 {
	switch last := o.flaw == "takes the last of the values accepted"; {
	case last:
		o.count++
		if words[0] > 0 {
			words[0] = min(o.count, round)
		}
	case words[0] > 0 && o.count == round: // there was one
		return []int64{0}
	case words[0] > 0:
		o.count = round
	}
	return words
}

// forget answers and keeps nothing of it.
func (o *unsafe) forget(now peer.Instant, m *peer.Message, out *peer.Effects) {
	from, first := len(out.Messages), len(out.List)
	o.Ordering.Clone().Receive(now, m, out)
	for i := range out.List[first:] {
		if e := &out.List[first+i]; e.Kind == peer.EffectDeliver {
			e.Kind = 0
		}
	}
	for i := range out.Messages[from:] {
		if p := &out.Messages[from+i]; p.Round != 0 {
			o.count++
			p.Round = int32(1<<24 + o.count) // a name that it has not used
		}
	}
}

// edit gives a packet other words.
func (o *unsafe) edit(m *peer.Message, out *peer.Effects, change func([]int64) []int64) {
	words := change(append([]int64(nil), out.Words(m.Words)...))
	span, own := out.NewWords(len(words))
	copy(own, words)
	m.Words = span
}

func init() {
	spoil := func(real peer.Ordering, flaw string) peer.Ordering { return &spoilt{Ordering: real, flaw: flaw} }
	for kind, own := range map[string][][2]string{
		"paxos": {
			{"takes what is proposed for decided", "is violated"},
			{"takes decisions in the order of their arrival", ""},
			{"forgets that it has joined", "total is violated"},
		},
		"chandra-toueg": {
			{"delivers a batch from its end", "total is violated"},
			{"takes the last of the values accepted", "is violated"},
			{"takes the first of the values accepted", "is violated"},
			{"counts one estimate for two", "is violated"},
		},
	} {
		breaks := func(real peer.Ordering, flaw string) peer.Ordering {
			return &unsafe{Ordering: real, kind: kind, flaw: flaw}
		}
		register(wrapped(kind, hasty, breaks, append(own, [][2]string{
			{},
			{"forgets what it has accepted", ""},
			{"ignores what others have accepted", "is violated"},
			{"forgets when it has accepted", "is violated"},
			{"counts one answer for two", "is violated"},
		}...)...)...)
		register(wrapped(kind, nil, spoil, [2]string{"delivers bodies as they come", "total is violated"})...)
	}
}
