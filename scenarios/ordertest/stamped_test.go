package ordertest_test

import (
	"fmt"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/scenarios/ordertest"
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

func (o *misread) Reset(self peer.ID, peers int) {
	o.self = self
	o.Ordering.Reset(self, peers)
}

func (o *misread) Clone() peer.Ordering {
	return &misread{Ordering: o.Ordering.Clone(), self: o.self, read: o.read}
}

var misreadings = map[string]func(self peer.ID, now peer.Instant, m *peer.Message){
	"nothing":                 func(peer.ID, peer.Instant, *peer.Message) {},
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

// TestMisreadStampsAreRejected: read rightly the orderings pass, read wrongly
// they fail for the reason that fits.
func TestMisreadStampsAreRejected(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind, flaw, says string
		given            []order.Value // of the ordering that is declared
		built            []order.Value // instead of those, if any
	}{
		{"hlc", "nothing", "", nil, nil},
		{"hlc", "stamps by arrival", "is violated", nil, nil},
		{"hlc", "no logical part", "is violated", nil, nil},
		{"hlc", "receiving does not tick", "causal is violated", nil, nil},
		{"hlc", "own stamps are less", "total is violated", nil, nil},
		{"hlc", "nothing", "total is violated", nil, []order.Value{{Name: "wait", Text: "20ms"}}},
		{"commit-wait", "nothing", "", nil, nil},
		{"commit-wait", "stamps by arrival", "is violated", nil, nil},
		{"commit-wait", "own stamps are less", "total is violated", nil, nil},
		{"commit-wait", "nothing", "total is violated", nil, []order.Value{{Name: "wait", Text: "20ms"}}},
		{"commit-wait", "nothing", "total is violated", nil, []order.Value{{Name: "commit", Text: "75ms"}}},
		{"lamport-offline", "nothing", "", nil, nil},
		{"lamport-offline", "stamps by arrival", "AppendState is not canonical", nil, nil},
		{"lamport-offline", "receiving does not tick", "causal is violated", nil, nil},
		{"lamport-offline", "own stamps are less", "is violated", nil, nil},
		{"timestamp-offline", "nothing", "", nil, nil},
		{"timestamp-offline", "stamps by arrival", "is violated", nil, nil},
		{"timestamp-offline", "own stamps are less", "total is violated", nil, nil},
		{"timestamp-offline", "no logical part", "is violated", hybrid, nil},
		{"timestamp-offline", "receiving does not tick", "causal is violated", hybrid, nil},
		{"timestamp-offline", "nothing", "causal is violated", hybrid, []order.Value{{Name: "stamp", Text: "clock"}}},
	} {
		t.Run(fmt.Sprint(tt.kind, tt.given, "/", tt.flaw, tt.built), func(t *testing.T) {
			t.Parallel()
			real, ok := order.Builtin().Lookup(tt.kind)
			if !ok {
				t.Fatalf("no ordering %s", tt.kind)
			}
			s := *real
			s.New = func(v order.Values) (peer.Ordering, error) {
				if tt.built != nil {
					var err error
					if v, err = real.Resolve(tt.built); err != nil {
						return nil, err
					}
				}
				inner, err := real.New(v)
				return &misread{Ordering: inner, read: misreadings[tt.flaw]}, err
			}
			err := ordertest.Check(s, tt.given...)
			if (err == nil) != (tt.says == "") {
				t.Fatalf("it ends with %v", err)
			}
			if err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("it fails for another reason than %q: %v", tt.says, err)
			}
		})
	}
}
