package ordertest_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/scenarios/ordertest"
)

// spoilt is an ordering between whose packets and effects something goes wrong.
type spoilt struct {
	peer.Ordering
	flaw  string
	self  peer.ID
	peers int32
	had   map[peer.MessageID]bool
	count int64
}

const spoiltStep = 30 * 1_000_000 // nanoseconds

func (o *spoilt) Reset(self peer.ID, peers int) {
	o.Ordering.Reset(self, peers)
	o.self, o.peers = self, int32(peers)
	o.had, o.count = map[peer.MessageID]bool{}, 0
}

func (o *spoilt) Seed(word uint64) {
	if s, ok := o.Ordering.(peer.Seeded); ok && o.flaw != "all peers send their nulls at once" {
		s.Seed(word)
	}
}

func (o *spoilt) Clone() peer.Ordering {
	return &spoilt{Ordering: o.Ordering.Clone(), flaw: o.flaw, self: o.self, peers: o.peers, had: maps.Clone(o.had), count: o.count}
}

func (o *spoilt) Broadcast(now peer.Instant, m *peer.Message, out *peer.Effects) {
	from := len(out.Messages)
	o.Ordering.Broadcast(now, m, out)
	if o.flaw == "stamps less than it has shown" {
		for i := range out.Messages[from:] {
			out.Messages[from+i].Stamp -= spoiltStep
		}
	}
}

func (o *spoilt) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	switch {
	case o.flaw == "forgets a number that comes before its body" && (p.Kind == peer.KindNumber || p.Kind == peer.KindToken) && !o.had[p.ID]:
		return
	case o.flaw == "takes the token without its numbers" && p.Kind == peer.KindToken && p.From != o.self:
		p.Stamp, p.ID, p.Words = 0, peer.NoMessage, peer.Span{}
	case o.flaw == "takes numbers in the order of their arrival" && p.Stamp > 0 && p.ID != peer.NoMessage:
		o.count++
		p.Stamp = o.count
	case o.flaw == "copies bring a second token" && p.Kind == peer.KindToken && int64(p.Round) <= o.count:
		p.Round = int32(o.count) + o.peers
	case o.flaw == "loses the token" && p.Kind == peer.KindToken && p.Round > 9:
		return
	case o.flaw == "takes proposals for nothing" && p.Kind == peer.KindVote:
		p.Stamp = 0
	case o.flaw == "a null shows what is to come" && p.Kind == peer.KindNull:
		p.Stamp += spoiltStep
	}
	if o.flaw == "copies bring a second token" && p.Kind == peer.KindToken {
		o.count = int64(p.Round)
	}
	from, sent := len(out.List), len(out.Messages)
	o.Ordering.Receive(now, &p, out)
	for i := range out.Messages[sent:] {
		switch m := &out.Messages[sent+i]; {
		case o.flaw == "every holder numbers from one" && m.Kind == peer.KindToken:
			m.Stamp = 1
		case o.flaw == "holders give their own numbers" && m.Kind == peer.KindData:
			o.count++
			m.Stamp = o.count
		}
	}
	if o.flaw == "delivers bodies as they come" || o.flaw == "delivers what is decided" {
		for i := range out.List[from:] {
			if e := &out.List[from+i]; e.Kind == peer.EffectDeliver {
				e.Kind = 0
			}
		}
		wanted := p.Kind.Body()
		if o.flaw == "delivers what is decided" {
			wanted = p.Kind == peer.KindFinal
		}
		if wanted && !o.had[p.ID] {
			out.Deliver(p.ID)
			o.had[p.ID] = true
		}
	}
	if p.Kind.Body() && o.flaw != "delivers what is decided" {
		o.had[p.ID] = true
	}
}

func (o *spoilt) Expire(now peer.Instant, t peer.TimerID, out *peer.Effects) {
	o.quietly(out, func() { o.Ordering.Expire(now, t, out) })
}

func (o *spoilt) Ended(now peer.Instant, from peer.ID, out *peer.Effects) {
	o.quietly(out, func() { o.Ordering.Ended(now, from, out) })
}

// quietly takes out deliveries of what the flaw has delivered before.
func (o *spoilt) quietly(out *peer.Effects, call func()) {
	from := len(out.List)
	call()
	for i := range out.List[from:] {
		if e := &out.List[from+i]; e.Kind == peer.EffectDeliver && strings.HasPrefix(o.flaw, "delivers") {
			e.Kind = 0
		}
	}
}

// wrapped are twins around the real ordering.
func wrapped(kind string, given []order.Value, around func(real peer.Ordering, flaw string) peer.Ordering, list ...[2]string) []brokenTwin {
	var twins []brokenTwin
	for _, f := range list {
		twins = append(twins, brokenTwin{kind: kind, given: given, flaw: f[0], says: f[1], make: func(v order.Values) (peer.Ordering, error) {
			s, _ := order.Builtin().Lookup(kind)
			real, err := s.New(v)
			return around(real, f[0]), err
		}})
	}
	return twins
}

func init() {
	spoil := func(real peer.Ordering, flaw string) peer.Ordering { return &spoilt{Ordering: real, flaw: flaw} }
	variant := func(name string) []order.Value { return []order.Value{{Name: "variant", Text: name}} }
	register(wrapped("sequencer", variant("bb"), spoil, [][2]string{
		{},
		{"forgets a number that comes before its body", "is violated"},
		{"takes numbers in the order of their arrival", ""},
		{"delivers bodies as they come", "total is violated"},
	}...)...)
	register(wrapped("sequencer", variant("ub"), spoil, [2]string{"takes numbers in the order of their arrival", "total is violated"})...)
	register(wrapped("sequencer", variant("uub"), spoil, [2]string{"takes numbers in the order of their arrival", ""})...)
	register(wrapped("skeen", nil, spoil, [][2]string{
		{},
		{"takes proposals for nothing", ""},
		{"delivers bodies as they come", "total is violated"},
		{"delivers what is decided", "total is violated"},
	}...)...)
	batch := func(size string) []order.Value { return []order.Value{{Name: "batch", Text: size}} }
	register(wrapped("moving-sequencer", batch("1"), spoil, [][2]string{
		{},
		{"takes the token without its numbers", ""},
		{"every holder numbers from one", ""},
		{"takes numbers in the order of their arrival", ""},
		{"forgets a number that comes before its body", "agreement is violated"},
	}...)...)
	register(wrapped("moving-sequencer", batch("all"), spoil, [][2]string{
		{"takes the token without its numbers", ""}, {"delivers bodies as they come", "total is violated"},
	}...)...)
	register(wrapped("token", nil, spoil, [][2]string{
		{},
		{"holders give their own numbers", ""},
		{"takes numbers in the order of their arrival", ""},
		{"copies bring a second token", ""},
		{"delivers bodies as they come", ""},
		{"loses the token", ""},
	}...)...)
	register(wrapped("merge", nil, spoil, [][2]string{
		{},
		{"a null shows what is to come", "is violated"},
		{"stamps less than it has shown", "is violated"},
		{"delivers bodies as they come", "total is violated"},
		{"all peers send their nulls at once", "in the mean"},
	}...)...)
}

// TestNumbers: also with values of numbers and times that the parameters' words
// do not name.
func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind  string
		given []order.Value
	}{
		{"moving-sequencer", []order.Value{{Name: "resilience", Text: "1"}}},
		{"moving-sequencer", []order.Value{{Name: "batch", Text: "1"}, {Name: "resilience", Text: "2"}}},
		{"moving-sequencer", []order.Value{{Name: "resilience", Text: "9"}}},
		{"token", []order.Value{{Name: "hold", Text: "3ms"}}},
		{"token", []order.Value{{Name: "deliver", Text: "safe"}, {Name: "hold", Text: "1ms"}, {Name: "retransmit", Text: "token"}}},
	} {
		s, _ := order.Builtin().Lookup(tt.kind)
		t.Run(fmt.Sprint(tt.kind, tt.given), func(t *testing.T) {
			t.Parallel()
			ordertest.TestSpec(t, *s, tt.given...)
		})
	}
}
