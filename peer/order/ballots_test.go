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
	o.receive(suspect(1, 1, 1))
	says(t, "called once more", o.told(peer.KindEstimate))
	o.receive(peer.Message{Kind: peer.KindData, From: 0, ID: message(0, 0), Stamp: 1})
	says(t, "a value of ballot 0", o.told(peer.KindAccept))
	value := peer.Message{Kind: peer.KindRelay, From: 1, ID: message(0, 0), Stamp: 1, Aux: 1}
	o.receive(value)
	says(t, "a value of ballot 1", o.told(peer.KindAccept), "p1: 1/1 p0#0 []")
	o.receive(value)
	says(t, "a copy of it", o.told(peer.KindAccept))
}

// decidedBallot stands in the place of a ballot: the value is decided.
const decidedBallot = 1<<31 - 1

// TestWhoIsBehindHearsOfIt: a peer that calls for a ballot that is over gets what
// has been decided, and the ballot that there is; the leader of a new ballot is
// told what is decided here, also of instances that cannot be delivered yet.
func TestWhoIsBehindHearsOfIt(t *testing.T) {
	t.Parallel()
	o := newAlone(t, "paxos", 2, 3)
	o.receive(peer.Message{Kind: peer.KindRelay, From: 0, ID: message(0, 0), Stamp: 1, Aux: decidedBallot})
	o.receive(peer.Message{Kind: peer.KindCommit, From: 0, ID: message(0, 2), Stamp: 3})
	o.receive(suspect(1, 1, 1))
	says(t, "called by the leader of ballot 1", o.told(peer.KindEstimate),
		fmt.Sprintf("p1: 2/1 %v [1 %d %d 3 %d %d]", peer.NoMessage, decidedBallot, word(0, 0), decidedBallot, word(0, 2)))
	o.receive(suspect(0, 1, 0))
	says(t, "called for ballot 0", o.told(peer.KindRelay), fmt.Sprintf("p0: 1/%d p0#0 []", decidedBallot))
	says(t, "called for ballot 0", o.told(peer.KindSuspect), fmt.Sprintf("p0: 2/1 %v []", peer.NoMessage))
	o = newAlone(t, "paxos", 1, 3)
	o.receive(peer.Message{Kind: peer.KindRelay, From: 0, ID: message(0, 0), Stamp: 1, Aux: decidedBallot})
	o.receive(suspect(2, 1, 1))
	says(t, "called to lead", o.told(peer.KindRelay), fmt.Sprintf("p2: 1/%d p0#0 []", decidedBallot))
}

// TestLeaderWhoLearnsADecision: if an instance of a leader's has been decided
// before, the others hear of it from the leader all the same.
func TestLeaderWhoLearnsADecision(t *testing.T) {
	t.Parallel()
	o := newAlone(t, "paxos", 0, 5)
	o.receive(peer.Message{Kind: peer.KindData, From: 1, ID: message(1, 0)})
	o.receive(peer.Message{Kind: peer.KindCommit, From: 3, ID: message(1, 0), Stamp: 1})
	says(t, "told by a peer", o.told(peer.KindCommit), "all: 1/0 p1#0 []")
}

// TestOnePeerIsNoMajority: an answer that comes twice counts once.
func TestOnePeerIsNoMajority(t *testing.T) {
	t.Parallel()
	for _, kind := range consensual {
		o := newAlone(t, kind, 0, 5)
		o.receive(peer.Message{Kind: peer.KindData, From: 1, ID: message(1, 0)})
		for i, from := range []peer.ID{1, 1, 1, 2} {
			o.receive(peer.Message{Kind: peer.KindAccept, From: from, ID: message(1, 0), Stamp: 1})
			if held := b2i(i < 3); o.Held() != held {
				t.Errorf("%s: with answer %d it holds %d, want %d", kind, i+1, o.Held(), held)
			}
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestWrongSuspicionsMakeWaitsLonger: whoever hears of a peer that it suspected
// waits twice as long from then on.
func TestWrongSuspicionsMakeWaitsLonger(t *testing.T) {
	t.Parallel()
	o := newAlone(t, "chandra-toueg", 2, 3)
	o.receive(peer.Message{Kind: peer.KindData, From: 2, ID: message(2, 0)})
	o.expire(1000 * ms)
	says(t, "after a second", o.told(peer.KindSuspect), fmt.Sprintf("p0: 1/1 %v []", peer.NoMessage))
	o.now = 1100 * ms
	o.receive(peer.Message{Kind: peer.KindAccept, From: 0, ID: peer.NoMessage})
	o.expire(2000 * ms)
	says(t, "a second later", o.told(peer.KindSuspect))
	o.expire(3000 * ms)
	says(t, "two seconds later, in its own turn", o.told(peer.KindSuspect), fmt.Sprintf("all: 1/2 %v []", peer.NoMessage))
}

// TestLeaderKeepsWithinTheWindow: instances that others might be too far behind to
// accept are not given out yet.
func TestLeaderKeepsWithinTheWindow(t *testing.T) {
	t.Parallel()
	const window = 1 << 16
	o := newAlone(t, "paxos", 0, 3)
	last := int64(0)
	for i := range int32(window/2 + 4) {
		o.receive(peer.Message{Kind: peer.KindData, From: 1, ID: message(1, i)})
		for j := range o.out.Messages {
			last = max(last, o.out.Messages[j].Stamp)
		}
	}
	if last != 1+window/2 { // half a window behind the one that is due
		t.Errorf("the last instance is %d, want %d", last, 1+window/2)
	}
	o.receive(peer.Message{Kind: peer.KindAccept, From: 1, ID: message(1, 0), Stamp: 1})
	says(t, "when the first is delivered", o.told(peer.KindRelay), fmt.Sprintf("all: %d/0 p1#%d []", window/2+2, window/2+1))
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
