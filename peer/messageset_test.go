package peer_test

import (
	"bytes"
	"testing"

	"mpcomm/peer"
	"pgregory.net/rapid"
)

// TestMessageSetAgainstMap compares with a map over numbers near, far, in and
// out of order.
func TestMessageSetAgainstMap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const n = 3
		var s peer.MessageSet
		s.Reset(n)
		for range rapid.IntRange(0, 1).Draw(t, "earlier runs") {
			for k := range int32(70) {
				s.Add(peer.ID(k%n), 3*k)
			}
			s.Reset(n)
		}
		twin := map[peer.MessageID]bool{}
		spread := rapid.SampledFrom([]int32{4, 40, 100, 2000, peer.MaxNumber}).Draw(t, "spread")
		for range rapid.IntRange(0, 150).Draw(t, "operations") {
			id := peer.MessageID{
				Sender: peer.ID(rapid.IntRange(0, n-1).Draw(t, "sender")), Number: rapid.Int32Range(0, spread).Draw(t, "number"),
			}
			if rapid.Bool().Draw(t, "the next") {
				id.Number = s.Below(id.Sender)
			}
			if got := s.Has(id.Sender, id.Number); got != twin[id] {
				t.Fatalf("Has(%v) = %v, want %v", id, got, twin[id])
			}
			if got := s.Add(id.Sender, id.Number); got == twin[id] {
				t.Fatalf("Add(%v) = %v, want %v", id, got, !twin[id])
			}
			twin[id] = true
		}
		below := make([]int32, n)
		for p := range below {
			for twin[peer.MessageID{Sender: peer.ID(p), Number: below[p]}] {
				below[p]++
			}
			if got := s.Below(peer.ID(p)); got != below[p] {
				t.Fatalf("Below(p%d) = %d, want %d", p, got, below[p])
			}
		}
		sameWhateverTheOrder(t, &s, twin, n)
	})
}

// sameWhateverTheOrder fills another set in the opposite order: equal sets have
// equal states, and a clone that grows leaves its original alone.
func sameWhateverTheOrder(t *rapid.T, s *peer.MessageSet, members map[peer.MessageID]bool, n int) {
	var ids []peer.MessageID
	for id := range members {
		ids = append(ids, id)
	}
	var other peer.MessageSet
	other.Reset(n)
	for _, id := range rapid.Permutation(ids).Draw(t, "order") {
		other.Add(id.Sender, id.Number)
	}
	state := s.AppendState(nil)
	if !bytes.Equal(state, other.AppendState(nil)) {
		t.Fatal("equal sets, unequal states")
	}
	clone := s.Clone()
	for p := range peer.ID(n) {
		if clone.Add(p, clone.Below(p)); bytes.Equal(state, clone.AppendState(nil)) {
			t.Fatal("unequal sets, equal states")
		}
	}
	if !bytes.Equal(state, s.AppendState(nil)) {
		t.Fatal("the clone has changed its original")
	}
}

func TestMessageSetRefusesNegatives(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a negative number went in")
		}
	}()
	var s peer.MessageSet
	s.Reset(1)
	s.Add(0, -1)
}

func BenchmarkMessageSet(b *testing.B) {
	var s peer.MessageSet
	s.Reset(64)
	for i := range b.N {
		if i%(64<<20) == 0 {
			s.Reset(64)
		}
		s.Add(peer.ID(i&63), int32(i>>6&(1<<20-1)))
	}
}
