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
		dealt := make([]Log, 5)
		s.Deal(dealt)
		for p := range logs {
			if !slices.Equal(dealt[p].Refs, logs[p].Refs) {
				t.Fatalf("log of p%d: %v, want %v", p, dealt[p].Refs, logs[p].Refs)
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
