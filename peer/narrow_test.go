package peer_test

import (
	"bytes"
	"testing"

	"mpcomm/peer"
	"pgregory.net/rapid"
)

// narrowConfig is a Config under which tallies may be narrow.
func narrowConfig(setup []byte) peer.Config {
	c := (&script{bytes: setup}).configure()
	c.IgnoresEnds, c.ByReceipt, c.Repeats = true, false, false
	if c.Phases.Protocol == peer.Classic {
		c.Phases.Protocol = peer.Robust
	}
	return c
}

// TestNarrowTallies: whatever comes in, a Machine with narrow tallies answers as
// one with wide ones and knows the same.
func TestNarrowTallies(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		setup := rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "setup")
		inputs := rapid.SliceOfN(rapid.Byte(), 0, 1500).Draw(t, "inputs")
		var wide, narrow peer.Machine
		for _, m := range []*peer.Machine{&wide, &narrow} {
			m.Reset(narrowConfig(setup))
		}
		if !narrow.MakeNarrow() {
			t.Fatal("this one does not note deliveries")
		}
		var now, then peer.Instant
		for _, m := range []*peer.Machine{&wide, &narrow} {
			if err := m.Step(0, peer.Input{Kind: peer.InputStart}, &peer.Effects{}); err != nil {
				t.Fatal(err)
			}
		}
		if a, b := (&script{bytes: inputs}).live(&wide, &now), (&script{bytes: inputs}).live(&narrow, &then); a != b {
			t.Fatalf("with narrow tallies it answers\n%s\nwant\n%s", b, a)
		}
		if !bytes.Equal(wide.AppendState(nil, now), narrow.AppendState(nil, then)) {
			t.Fatal("with narrow tallies it knows something else")
		}
	})
}

// TestTalliesWiden: the first number that does not fit makes them wide, and no
// other does.
func TestTalliesWiden(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                   string
		early, announced, late int32 // deliveries before the STOP, the count it gives, deliveries after it
		narrow                 bool
	}{
		{"as many as fit, then the STOP", 15, 15, 0, true},
		{"one more before the STOP", 16, 16, 0, false},
		{"as many after the STOP", 0, 15, 15, true},
		{"one more announced", 0, 16, 16, false},
		{"a few of both", 9, 20, 11, true},
		{"more than announced", 3, 2, 0, true},
		{"more than announced, after the STOP", 3, 3, 1, false},
	} {
		var wide, narrow peer.Machine
		for _, m := range []*peer.Machine{&wide, &narrow} {
			m.Reset(narrowConfig([]byte{0, 0, 2, 0})) // naive, robust, without a transport
		}
		narrow.MakeNarrow()
		for _, m := range []*peer.Machine{&wide, &narrow} {
			take := func(in peer.Input) {
				t.Helper()
				if err := m.Step(0, in, &peer.Effects{}); err != nil {
					t.Fatal(c.name, err)
				}
			}
			come := func(kind peer.Kind, from peer.ID, id peer.MessageID, aux int32) {
				t.Helper()
				take(peer.Input{Kind: peer.InputArrival, Message: &peer.Message{Kind: kind, From: from, ID: id, Aux: int64(aux)}})
			}
			take(peer.Input{Kind: peer.InputStart})
			come(peer.KindReady, 1, peer.NoMessage, 0)
			come(peer.KindReady, 2, peer.NoMessage, 0)
			for k := range c.early {
				come(peer.KindData, 1, peer.MessageID{Sender: 1, Number: k}, 0)
			}
			m.Waiting(nil) // counts what was noted
			come(peer.KindStop, 1, peer.NoMessage, c.announced)
			come(peer.KindStop, 2, peer.NoMessage, 0)
			for k := range c.late {
				come(peer.KindData, 1, peer.MessageID{Sender: 1, Number: c.early + k}, 0)
			}
		}
		if narrow.Narrow() != c.narrow {
			t.Errorf("%s: narrow is %v", c.name, narrow.Narrow())
		}
		if a, b := wide.AppendState(nil, 0), narrow.AppendState(nil, 0); !bytes.Equal(a, b) {
			t.Errorf("%s: %x, want %x", c.name, b, a)
		}
	}
}

// TestLargeGroupsAreNarrow: it takes a large group, and an ordering that need not
// be told of ends.
func TestLargeGroupsAreNarrow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		peers   int
		ignores bool
		want    bool
	}{{600, true, true}, {600, false, false}, {100, true, false}} {
		config := narrowConfig([]byte{0, 0, 2, 0})
		config.Peers, config.IgnoresEnds = c.peers, c.ignores
		var m peer.Machine
		if m.Reset(config); m.Narrow() != c.want {
			t.Errorf("%d peers, ends ignored %v: narrow is %v", c.peers, c.ignores, m.Narrow())
		}
	}
}
