package order_test

import (
	"math/rand/v2"
	"testing"

	"mpcomm/peer"
)

// mangled is an ordering by consensus that gets one thing wrong, as authors
// have: between it and its packets something is lost or invented.
type mangled struct {
	peer.Ordering
	kind, flaw string
	self       peer.ID
	peers      int
}

func (o *mangled) Reset(self peer.ID, peers int) {
	o.Ordering.Reset(self, peers)
	o.self, o.peers = self, peers
}

func (o *mangled) Clone() peer.Ordering {
	c := *o
	c.Ordering = o.Ordering.Clone()
	return &c
}

func (o *mangled) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	switch o.flaw {
	case "forgets what it has accepted", "forgets that it has joined":
		if p.From != o.self && o.forgets(&p) {
			o.Ordering.Clone().Receive(now, &p, out) // answers, and keeps nothing
			return
		}
	case "ignores what others have accepted":
		if p.Kind == peer.KindEstimate {
			o.edit(&p, out, func(words []int64) []int64 { return words[:0] })
		}
	case "ignores the estimates of others":
		if p.Kind == peer.KindEstimate {
			o.edit(&p, out, func(words []int64) []int64 { return append(words[:0], 0) })
		}
	case "counts one answer for two":
		if p.Kind == peer.KindAccept {
			o.Ordering.Receive(now, &p, out)
			p.From = (p.From + 1) % peer.ID(o.peers)
		}
	case "delivers a batch as it was received":
		if p.Kind == peer.KindDecide {
			o.edit(&p, out, func(words []int64) []int64 {
				words[0], words[len(words)-1] = words[len(words)-1], words[0]
				return words
			})
		}
	}
	o.Ordering.Receive(now, &p, out)
}

// forgets reports whether a packet is of the kind that is not taken to heart.
func (o *mangled) forgets(m *peer.Message) bool {
	if o.flaw == "forgets that it has joined" {
		return m.Kind == peer.KindSuspect
	}
	if o.kind == "paxos" {
		return (m.Kind == peer.KindRelay || m.Kind == peer.KindPropose) && m.Stamp > 0 && m.Aux != 1<<31-1
	}
	return m.Kind == peer.KindPropose
}

// edit gives a packet other words.
func (o *mangled) edit(m *peer.Message, out *peer.Effects, change func([]int64) []int64) {
	words := change(append([]int64(nil), out.Words(m.Words)...))
	span, own := out.NewWords(len(words))
	copy(own, words)
	m.Words = span
}

// TestConsensusFlawsAreCaught: the adversary finds every one of them.
func TestConsensusFlawsAreCaught(t *testing.T) {
	t.Parallel()
	for kind, flaws := range map[string][]string{
		"paxos": {
			"forgets what it has accepted", "ignores what others have accepted", "counts one answer for two",
		},
		"chandra-toueg": {
			"forgets what it has accepted", "forgets that it has joined", "ignores the estimates of others",
			"counts one answer for two", "delivers a batch as it was received",
		},
	} {
		for _, flaw := range flaws {
			t.Run(kind+"/"+flaw, func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(3000) {
					r := rand.New(rand.NewPCG(seed, 4))
					a := newAdversary(3+r.IntN(2)*2, func() peer.Ordering { return &mangled{Ordering: build(t, kind), kind: kind, flaw: flaw} })
					a.lenient = true // what keeps nothing keeps no names
					a.torment(250, r.IntN)
					if a.wrong != "" {
						t.Logf("seed %d: %.200s", seed, a.wrong)
						return
					}
				}
				t.Error("it passes 3000 runs")
			})
		}
	}
}

// TestHighestBallotCounts: of what two peers have accepted in an instance, a new
// leader proposes the value of the higher ballot, whichever it hears of first;
// answers to its proposal count, and those of earlier ballots do not.
func TestHighestBallotCounts(t *testing.T) {
	t.Parallel()
	for _, first := range []peer.ID{1, 2} {
		var out peer.Effects
		o := build(t, "paxos")
		o.Reset(0, 5)
		o.Start(0, &out)
		own := func(from int) { // hands own copies back
			for i := from; i < len(out.List); i++ {
				if e := out.List[i]; e.Kind == peer.EffectAll || e.Kind == peer.EffectSend && e.To == 0 {
					m := out.Messages[e.Index]
					o.Receive(0, &m, &out)
				}
			}
		}
		receive := func(m peer.Message) {
			out.Reset()
			o.Receive(0, &m, &out)
			own(0)
		}
		for _, body := range []peer.MessageID{message(1, 0), message(2, 0)} {
			receive(peer.Message{Kind: peer.KindRelay, From: 3, ID: body})
		}
		// In its own ballot 0 the first is already under way. Ballot 5 is its next.
		receive(peer.Message{Kind: peer.KindSuspect, From: 3, ID: peer.NoMessage, Stamp: 1, Aux: 5})
		joined := func(from peer.ID, ballot int64, value peer.MessageID) {
			span, words := out.NewWords(3)
			copy(words, []int64{1, ballot, int64(value.Sender)<<32 | int64(value.Number)})
			receive(peer.Message{Kind: peer.KindEstimate, From: from, ID: peer.NoMessage, Stamp: 1, Aux: 5, Words: span})
		}
		if first == 1 {
			joined(1, 1, message(1, 0))
			joined(2, 2, message(2, 0))
		} else {
			joined(2, 2, message(2, 0))
			joined(1, 1, message(1, 0))
		}
		var got []string
		for _, m := range out.Messages {
			if m.Kind == peer.KindRelay && m.Stamp == 1 {
				got = append(got, m.ID.String())
			}
		}
		if len(got) != 1 || got[0] != "p2#0" {
			t.Errorf("p%d heard first: instance 1 is proposed as %v, want p2#0", first, got)
		}
		delivered := func() int { return 2 - o.Held() }
		for _, answer := range []struct {
			from   peer.ID
			ballot int64
			want   int
		}{{1, 0, 0}, {2, 0, 0}, {3, 2, 0}, {4, 4, 0}, {1, 5, 0}, {1, 5, 0}, {2, 5, 1}} {
			receive(peer.Message{Kind: peer.KindAccept, From: answer.from, ID: message(2, 0), Stamp: 1, Aux: answer.ballot})
			if delivered() != answer.want {
				t.Errorf("after an answer of %v in ballot %d: %d delivered, want %d", answer.from, answer.ballot, delivered(), answer.want)
			}
		}
	}
}
