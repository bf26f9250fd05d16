package peer_test

import (
	"testing"

	"mpcomm/peer"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	var out peer.Effects
	span, words := out.NewWords(2)
	words[0], words[1] = 4, -5
	id := peer.MessageID{Sender: 2, Number: 7}
	out.Send(1, peer.Message{Kind: peer.KindToken, From: 0, ID: peer.NoMessage, Round: 3, Words: span})
	out.ToAll(peer.Message{Kind: peer.KindData, From: 2, ID: id, Stamp: -1, Aux: 2, Link: 9, Attempt: 1})
	out.Discard(id)
	out.SetTimer(peer.StageTransport|3, 1500000)
	out.SetTimer(peer.StageOrdering, peer.Distant)
	for _, e := range []peer.Effect{
		{},
		{Kind: peer.EffectGiveUp, To: 4},
		{Kind: peer.EffectPark},
		{Kind: peer.EffectTooEarly},
		{Kind: peer.EffectTooLate},
		{Kind: peer.EffectRepeated},
		{Kind: peer.EffectGap},
		{Kind: peer.EffectImpatient},
		{Kind: peer.EffectSubmit},
		{Kind: 99},
	} {
		out.Add(e)
	}
	want := []string{
		"send to p1: token from p0 round=3 words=[4 -5]",
		"send to all: data from p2 of p2#7 attempt=1 link=9 stamp=-1 aux=2",
		"discard p2#7", "timer transport/3 at 1.5ms", "timer ordering/0 off",
		"nothing", "give up p4", "park", "too early", "too late", "repeated", "gap", "impatient", "submit", "effect 99",
	}
	for i, e := range out.List {
		if got := out.Describe(e); got != want[i] {
			t.Errorf("described as %q, want %q", got, want[i])
		}
	}
}

func TestParseMessageID(t *testing.T) {
	t.Parallel()
	for _, id := range []peer.MessageID{{}, {Sender: 65535, Number: peer.MaxNumber}, {Sender: 2, Number: 10}} {
		if got, err := peer.ParseMessageID(id.String()); got != id || err != nil {
			t.Errorf("%v reads as %v, %v", id, got, err)
		}
	}
	for _, bad := range []string{"", "p1", "#1", "p#1", "p1#", "1#1", "p01#1", "p1#01", "p+1#1", "p1#-1", "p65536#0", "p0#268435456", "p0#9999999999999999999"} {
		if got, err := peer.ParseMessageID(bad); err == nil {
			t.Errorf("%q reads as %v", bad, got)
		}
	}
}

// TestArenaReuses: released blocks are given out again, zeroed, and blocks in
// use never overlap.
func TestArenaReuses(t *testing.T) {
	t.Parallel()
	var a peer.Arena
	var spans []peer.Span
	for n := range 3000 {
		span, words := a.New(n)
		for i := range words {
			if words[i] != 0 {
				t.Fatalf("block of %d words is not zeroed", n)
			}
			words[i] = int64(n)
		}
		spans = append(spans, span)
		if n%3 == 0 {
			a.Release(span)
			spans = spans[:len(spans)-1]
		}
	}
	for _, s := range spans {
		for _, w := range a.Words(s) {
			if w != int64(s.Len) {
				t.Fatalf("a block of %d words holds one of a block of %d", s.Len, w)
			}
		}
	}
	a.Reset()
	if span, words := a.New(5); span.Offset != 0 || words[4] != 0 {
		t.Errorf("after Reset the first block is at %d and holds %v", span.Offset, words)
	}
}
