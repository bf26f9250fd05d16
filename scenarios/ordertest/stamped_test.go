package ordertest_test

import (
	"mpcomm/peer"
	"mpcomm/peer/order"
)

// misread is a real ordering by stamps that reads what it receives wrongly, as
// authors have.
type misread struct {
	peer.Ordering
	self peer.ID
	read func(self peer.ID, now peer.Instant, m *peer.Message)
}

func (o *misread) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	wrong := *m
	o.read(o.self, now, &wrong)
	o.Ordering.Receive(now, &wrong, out)
}

func (o *misread) Seed(word uint64) {
	if s, ok := o.Ordering.(peer.Seeded); ok {
		s.Seed(word)
	}
}

func (o *misread) Reset(self peer.ID, peers int) {
	o.self = self
	o.Ordering.Reset(self, peers)
}

func (o *misread) Clone() peer.Ordering {
	return &misread{Ordering: o.Ordering.Clone(), self: o.self, read: o.read}
}

var misreadings = map[string]func(self peer.ID, now peer.Instant, m *peer.Message){
	"":                        func(peer.ID, peer.Instant, *peer.Message) {},
	"stamps by arrival":       func(_ peer.ID, now peer.Instant, m *peer.Message) { m.Stamp = int64(now) },
	"no logical part":         func(_ peer.ID, _ peer.Instant, m *peer.Message) { m.Aux = 0 },
	"receiving does not tick": func(self peer.ID, _ peer.Instant, m *peer.Message) { m.From = self },
	"own stamps are less": func(self peer.ID, _ peer.Instant, m *peer.Message) {
		if m.ID.Sender == self {
			m.Stamp -= 2_000_000
		}
	},
}

var hybrid = []order.Value{{Name: "stamp", Text: "hlc"}}

// built is the real ordering with other parameters than those it declares.
func built(kind string, given []order.Value, flaw, says, name, text string) brokenTwin {
	return brokenTwin{kind: kind, given: given, flaw: flaw, says: says, make: func(order.Values) (peer.Ordering, error) {
		s, _ := order.Builtin().Lookup(kind)
		return s.Build(order.Values{{Name: name, Text: text}})
	}}
}

func init() {
	misreads := func(real peer.Ordering, flaw string) peer.Ordering {
		return &misread{Ordering: real, read: misreadings[flaw]}
	}
	register(wrapped("hlc", nil, misreads, [][2]string{
		{},
		{"stamps by arrival", "is violated"},
		{"no logical part", "is violated"},
		{"receiving does not tick", "causal is violated"},
		{"own stamps are less", "total is violated"},
	}...)...)
	register(wrapped("commit-wait", nil, misreads, [][2]string{
		{}, {"stamps by arrival", "is violated"}, {"own stamps are less", "total is violated"},
	}...)...)
	register(wrapped("lamport-offline", nil, misreads, [][2]string{
		{},
		{"stamps by arrival", "AppendState is not canonical"},
		{"receiving does not tick", "causal is violated"},
		{"own stamps are less", "is violated"},
	}...)...)
	register(wrapped("timestamp-offline", nil, misreads, [][2]string{
		{}, {"stamps by arrival", "is violated"}, {"own stamps are less", "total is violated"},
	}...)...)
	register(wrapped("timestamp-offline", hybrid, misreads, [][2]string{
		{"no logical part", "is violated"}, {"receiving does not tick", "causal is violated"},
	}...)...)
	register(wrapped("merge", hybrid, misreads, [][2]string{
		{}, {"no logical part", ""}, {"receiving does not tick", ""}, {"stamps by arrival", ""},
	}...)...)
	register(
		built("hlc", nil, "waits too short", "is violated", "wait", "20ms"),
		built("commit-wait", nil, "waits too short", "is violated", "wait", "20ms"),
		built("commit-wait", nil, "sends too late", "is violated", "commit", "75ms"),
		built("merge", hybrid, "stamps with the clock", "causal is violated", "stamp", "clock"),
		built("timestamp-offline", hybrid, "stamps with the clock", "causal is violated", "stamp", "clock"),
	)
}
