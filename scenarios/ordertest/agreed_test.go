package ordertest_test

import (
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
	had   map[peer.MessageID]bool
	count int64
}

const spoiltStep = 30 * 1_000_000 // nanoseconds

func (o *spoilt) Reset(self peer.ID, peers int) {
	o.Ordering.Reset(self, peers)
	o.had, o.count = map[peer.MessageID]bool{}, 0
}

func (o *spoilt) Clone() peer.Ordering {
	return &spoilt{Ordering: o.Ordering.Clone(), flaw: o.flaw, had: maps.Clone(o.had), count: o.count}
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
	case o.flaw == "forgets a number that comes before its body" && p.Kind == peer.KindNumber && !o.had[p.ID]:
		return
	case o.flaw == "takes numbers in the order of their arrival" && p.Stamp > 0:
		o.count++
		p.Stamp = o.count
	case o.flaw == "takes proposals for nothing" && p.Kind == peer.KindVote:
		p.Stamp = 0
	case o.flaw == "a null shows what is to come" && p.Kind == peer.KindNull:
		p.Stamp += spoiltStep
	}
	from := len(out.List)
	o.Ordering.Receive(now, &p, out)
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

// TestSpoiltTotalOrders: orders that peers agree on by numbers, proposals or
// streams fail the suite when they are broken, and pass it as they are.
func TestSpoiltTotalOrders(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ kind, variant, flaw, says string }{
		{"sequencer", "bb", "forgets a number that comes before its body", "is violated"},
		{"sequencer", "bb", "takes numbers in the order of their arrival", ""},
		{"sequencer", "bb", "delivers bodies as they come", "total is violated"},
		{"sequencer", "ub", "takes numbers in the order of their arrival", "total is violated"},
		{"sequencer", "uub", "takes numbers in the order of their arrival", ""},
		{"skeen", "", "takes proposals for nothing", ""},
		{"skeen", "", "delivers bodies as they come", "total is violated"},
		{"skeen", "", "delivers what is decided", "total is violated"},
		{"merge", "", "a null shows what is to come", "is violated"},
		{"merge", "", "stamps less than it has shown", "is violated"},
		{"merge", "", "delivers bodies as they come", "total is violated"},
		{"sequencer", "bb", "", ""},
		{"skeen", "", "", ""},
		{"merge", "", "", ""},
	} {
		t.Run(tt.kind+tt.variant+"/"+tt.flaw, func(t *testing.T) {
			t.Parallel()
			s, ok := order.Builtin().Lookup(tt.kind)
			if !ok {
				t.Fatalf("no ordering %s", tt.kind)
			}
			broken := *s
			broken.New = func(v order.Values) (peer.Ordering, error) {
				inner, err := s.New(v)
				return &spoilt{Ordering: inner, flaw: tt.flaw}, err
			}
			var given []order.Value
			if tt.variant != "" {
				given = []order.Value{{Name: "variant", Text: tt.variant}}
			}
			err := ordertest.Check(broken, given...)
			switch {
			case tt.flaw == "" && err != nil:
				t.Errorf("it fails as it is: %v", err)
			case tt.flaw != "" && err == nil:
				t.Error("it passes")
			case tt.flaw != "" && !strings.Contains(err.Error(), tt.says):
				t.Errorf("it fails for another reason than %q: %v", tt.says, err)
			}
		})
	}
}
