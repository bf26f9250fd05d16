package history

import (
	"slices"
	"testing"

	"mpcomm/peer"
	"mpcomm/sim"

	"pgregory.net/rapid"
)

func TestStreamGivesBackWhatItWasGiven(t *testing.T) {
	t.Parallel()
	var s Stream
	rapid.Check(t, func(t *rapid.T) {
		s.Reset()
		var want []Entry
		logs := make([]Log, 5)
		at := sim.Time(0)
		for range rapid.IntRange(0, 60).Draw(t, "entries") {
			at += sim.Time(rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 1<<34), rapid.Int64Range(1<<32-2, 1<<32+2), rapid.Int64Range(0, 1<<55)).Draw(t, "since"))
			e := Entry{At: at, Arrived: at, Ref: rapid.Uint32().Draw(t, "ref"), Peer: peer.ID(rapid.IntRange(0, 4).Draw(t, "peer"))}
			if rapid.Bool().Draw(t, "held") {
				e.Arrived = sim.Time(rapid.Int64Range(0, int64(at)).Draw(t, "arrived"))
			}
			s.Append(e.At, e.Arrived, e.Ref, e.Peer)
			want = append(want, e)
			logs[e.Peer].Refs = append(logs[e.Peer].Refs, e.Ref)
		}
		if got := slices.Collect(s.All()); !slices.Equal(got, want) || s.Len() != len(want) {
			t.Fatalf("%d entries %v, want %v", s.Len(), got, want)
		}
		dealt, ends := make([]Ref, len(want)), make([]int, 5)
		for p := 1; p < 5; p++ {
			ends[p] = ends[p-1] + len(logs[p-1].Refs)
		}
		s.Deal(dealt, ends)
		for p := range logs {
			from := ends[p] - len(logs[p].Refs)
			if got := dealt[from:ends[p]]; !slices.Equal(got, logs[p].Refs) {
				t.Fatalf("log of p%d: %v, want %v", p, got, logs[p].Refs)
			}
		}
	})
}

func TestStreamRefusesThePast(t *testing.T) {
	t.Parallel()
	var s Stream
	s.Append(5, 5, 0, 0)
	defer func() {
		if recover() == nil {
			t.Error("an entry before the last was taken")
		}
	}()
	s.Append(4, 4, 0, 0)
}

// Delays and Holds are what All says, told apart.
func TestStreamDelays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var s Stream
		var sent []Broadcast
		at := sim.Time(0)
		for range rapid.IntRange(1, 9).Draw(t, "broadcasts") {
			sent = append(sent, Broadcast{ID: peer.MessageID{Sender: peer.ID(rapid.IntRange(0, 3).Draw(t, "sender"))}, At: at})
			at += sim.Time(rapid.OneOf(rapid.Int64Range(0, 1), rapid.Int64Range(0, 1<<33)).Draw(t, "gap"))
		}
		at = sent[len(sent)-1].At
		for range rapid.IntRange(0, 40).Draw(t, "entries") {
			ref := NoRef
			if rapid.IntRange(0, 9).Draw(t, "stray") > 0 {
				ref = Ref(rapid.IntRange(0, len(sent)-1).Draw(t, "ref"))
			}
			held := sim.Time(rapid.SampledFrom([]int64{0, 0, 1, 1 << 33}).Draw(t, "held"))
			s.Append(at, max(0, at-held), ref, peer.ID(rapid.IntRange(0, 3).Draw(t, "peer")))
			at += sim.Time(rapid.OneOf(rapid.Int64Range(0, 1), rapid.Int64Range(0, 1<<33)).Draw(t, "since"))
		}
		from := Ref(rapid.IntRange(0, len(sent)).Draw(t, "from"))
		until := from + Ref(rapid.IntRange(0, len(sent)-int(from)).Draw(t, "span"))
		var others, selves, holds []int64
		for e := range s.All() {
			if e.Ref == NoRef || e.Ref < from || e.Ref >= until {
				continue
			}
			if took := int64(e.At - sent[e.Ref].At); sent[e.Ref].ID.Sender == e.Peer {
				selves = append(selves, took)
			} else {
				others = append(others, took)
				if e.Arrived != e.At {
					holds = append(holds, int64(e.At-e.Arrived))
				}
			}
		}
		slices.Reverse(selves)
		if a, b := s.Delays(sent, from, until, make([]int64, s.Len()+1)); !slices.Equal(a, others) || !slices.Equal(b, selves) {
			t.Fatalf("%v and %v; want %v and %v", a, b, others, selves)
		}
		if got := s.Holds(sent, from, until, nil); !slices.Equal(got, holds) {
			t.Fatalf("held for %v, want %v", got, holds)
		}
	})
}
