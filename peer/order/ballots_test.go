package order_test

import (
	"fmt"
	"slices"
	"testing"

	"mpcomm/peer"
)

// TestBallotThatIsOver: a peer that has joined a ballot, and told its leader what
// it has accepted, accepts nothing more of those before.
func TestBallotThatIsOver(t *testing.T) {
	t.Parallel()
	o := newAlone(t, "paxos", 2, 3)
	o.receive(suspect(1, 1, 1))
	says(t, "called by the leader of ballot 1", o.told(peer.KindEstimate), fmt.Sprintf("p1: 1/1 %v []", peer.NoMessage))
	o.receive(peer.Message{Kind: peer.KindData, From: 0, ID: message(0, 0), Stamp: 1})
	says(t, "a value of ballot 0", o.told(peer.KindAccept))
	o.receive(peer.Message{Kind: peer.KindRelay, From: 1, ID: message(0, 0), Stamp: 1, Aux: 1})
	says(t, "a value of ballot 1", o.told(peer.KindAccept), "p1: 1/1 p0#0 []")
}

// TestValueOfTheHighestBallot: a new leader takes over what was accepted last, in
// whatever order it hears of it.
func TestValueOfTheHighestBallot(t *testing.T) {
	t.Parallel()
	accepted := [][3]int64{{1, 2, word(3, 0)}, {1, 5, word(4, 0)}}
	for range accepted {
		slices.Reverse(accepted)
		o := newAlone(t, "paxos", 1, 5)
		o.receive(peer.Message{Kind: peer.KindRelay, From: 3, ID: message(3, 0)})
		o.receive(peer.Message{Kind: peer.KindRelay, From: 4, ID: message(4, 0)})
		o.receive(suspect(2, 1, 6))
		for i, a := range accepted {
			o.receive(peer.Message{Kind: peer.KindEstimate, From: peer.ID(2 + i), ID: peer.NoMessage, Stamp: 1, Aux: 6}, a[:]...)
		}
		told := o.told(peer.KindRelay)
		if len(told) == 0 || told[0] != "all: 1/6 p4#0 []" {
			t.Errorf("told of %v it proposes %q, want p4#0 in instance 1", accepted, told)
		}
	}
}

// TestAcceptancesOfTheBallot: a leader whose turn it is again counts who has
// accepted in this ballot of its own, and only them.
func TestAcceptancesOfTheBallot(t *testing.T) {
	t.Parallel()
	o := newAlone(t, "paxos", 0, 3)
	o.receive(suspect(2, 1, 3))
	o.receive(peer.Message{Kind: peer.KindEstimate, From: 2, ID: peer.NoMessage, Stamp: 1, Aux: 3})
	o.receive(peer.Message{Kind: peer.KindData, From: 1, ID: message(1, 0)})
	says(t, "with a majority", o.told(peer.KindRelay), "all: 1/3 p1#0 []")
	for _, tt := range []struct {
		from   peer.ID
		ballot int64
		held   int
	}{{1, 0, 1}, {2, 0, 1}, {1, 2, 1}, {2, 6, 1}, {1, 3, 0}} {
		o.receive(peer.Message{Kind: peer.KindAccept, From: tt.from, ID: message(1, 0), Stamp: 1, Aux: tt.ballot})
		if o.Held() != tt.held {
			t.Errorf("after an acceptance of %v in ballot %d: it holds %d, want %d", tt.from, tt.ballot, o.Held(), tt.held)
		}
	}
}
