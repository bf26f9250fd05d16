package screen

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/compare"
)

// historyOf has one log for each list of references; -1 is a message that
// nobody broadcast.
func historyOf(messages int, logs ...[]int) *history.History {
	h := &history.History{Peers: len(logs)}
	for m := range messages {
		h.Broadcasts = append(h.Broadcasts, history.Broadcast{ID: peer.MessageID{Number: int32(m)}, Cause: history.NoRef})
	}
	for p, log := range logs {
		var refs []history.Ref
		for k, m := range log {
			if m < 0 {
				h.Strays = append(h.Strays, history.Stray{Peer: peer.ID(p), Position: k, ID: peer.MessageID{Sender: 1, Number: int32(-m)}})
				refs = append(refs, history.NoRef)
				continue
			}
			refs = append(refs, history.Ref(m))
		}
		h.Logs = append(h.Logs, history.Log{Refs: refs})
	}
	return h
}

func TestPeerBars(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		logs [][]int
		want [][]int32
	}{
		{"no logs", nil, [][]int32{}},
		{"empty logs", [][]int{{}, {}}, [][]int32{{}, {}}},
		{"one log", [][]int{{1, 0}}, [][]int32{{0, 0}}},
		{"equal", [][]int{{0, 1, 2}, {0, 1, 2}}, [][]int32{{0, 0, 0}, {0, 0, 0}}},
		{"a swap", [][]int{{0, 1, 2}, {1, 0, 2}}, [][]int32{{1, 1, 0}, {1, 1, 0}}},
		{"one moved to the end", [][]int{{0, 1, 2, 3}, {1, 2, 3, 0}}, [][]int32{{3, 1, 1, 1}, {1, 1, 1, 3}}},
		{"three logs", [][]int{{0, 1, 2}, {0, 2, 1}, {2, 0, 1}}, [][]int32{{1, 1, 2}, {1, 2, 1}, {2, 1, 1}}},
		{"missing", [][]int{{0, 1, 2}, {0, 2}}, [][]int32{{0, Missing, 1}, {0, 1, 1}}},
		{"ended", [][]int{{0, 1}, {0}}, [][]int32{{0, Missing}, {0, Missing}}},
		{"first log ended", [][]int{{0}, {0, 1}}, [][]int32{{0, Missing}, {0, Missing}}},
		{"a message twice", [][]int{{0, 0, 1}, {0, 1}}, [][]int32{{0, 1, 1}, {0, 1, 1}}},
		{"the same stray", [][]int{{-1, 0}, {-1, 0}}, [][]int32{{0, 0}, {0, 0}}},
		{"two strays", [][]int{{-1, 0}, {-2, 0}}, [][]int32{{Missing, 0}, {Missing, 0}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := [][]int32{}
			for p, bar := range PeerBars(historyOf(4, tc.logs...)) {
				if bar.Peer != peer.ID(p) {
					t.Errorf("bar %d is of %v", p, bar.Peer)
				}
				got = append(got, bar.Widest)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestPeerBarsLeaveOutCrashedPeers(t *testing.T) {
	t.Parallel()
	h := historyOf(2, []int{0, 1}, []int{1, 0}, []int{0, 1})
	h.Crashed = []bool{false, true, false}
	bars := PeerBars(h)
	if len(bars) != 2 || bars[1].Peer != 2 || slices.Max(bars[0].Widest) != 0 {
		t.Errorf("got %v, want two logs that agree", bars)
	}
}

// TestPeerBarsAgainstTwin compares with a search for each entry in each log.
func TestPeerBarsAgainstTwin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		logs := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(-2, 6), 0, 9), 1, 5).Draw(t, "logs")
		bars := PeerBars(historyOf(7, logs...))
		longest := 0
		for _, log := range logs {
			longest = max(longest, len(log))
		}
		for k := range longest {
			same := true
			for _, log := range logs {
				same = same && k < len(log) && k < len(logs[0]) && log[k] == logs[0][k]
			}
			for p, log := range logs {
				got := bars[p].Widest[k]
				if (got == 0) != same {
					t.Fatalf("p%d position %d: got %d, logs agree there: %v", p, k, got, same)
				}
				if same || k >= len(log) {
					continue
				}
				least, most, everywhere := longest, 0, true
				for _, other := range logs {
					at := slices.Index(other, log[k])
					everywhere = everywhere && at >= 0
					least, most = min(least, at), max(most, at)
				}
				want := int32(Missing)
				if everywhere {
					want = int32(max(1, most-least))
				}
				if got != want {
					t.Fatalf("p%d position %d: got %d, want %d", p, k, got, want)
				}
			}
		}
	})
}

// TestPeerBarsAddUpToTheComparators: the widest of all peers is what the
// comparator reports for all of them, as long as nothing is logged twice.
func TestPeerBarsAddUpToTheComparators(t *testing.T) {
	t.Parallel()
	if Missing != compare.Gone {
		t.Fatalf("Missing is %d, the comparator's is %d", Missing, compare.Gone)
	}
	var c compare.Comparer
	rapid.Check(t, func(t *rapid.T) {
		log := rapid.SliceOfNDistinct(rapid.IntRange(-2, 6), 0, 9, rapid.ID[int])
		h := historyOf(7, rapid.SliceOfN(log, 1, 5).Draw(t, "logs")...)
		c.Compare(h, compare.Options{})
		want := c.Barcode(nil)
		got := make([]int32, len(want))
		for _, bar := range PeerBars(h) {
			for k, d := range bar.Widest {
				got[k] = max(got[k], d)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
			t.Fatalf("-comparator +bars:\n%s", diff)
		}
	})
}

func TestGlyphs(t *testing.T) {
	t.Parallel()
	widest := []int32{0, 1, 2, 7, 8, 9, 99, Missing, 0, 0, 0, 3}
	for _, tc := range []struct {
		ascii bool
		per   int
		want  string
	}{
		{false, 1, "·▁▂▇███×···▃"},
		{true, 1, ".127899x...3"},
		{false, 5, "█×▃"},
		{true, 12, "x"},
		{true, 100, "x"},
	} {
		b := newBrush(Options{ASCII: tc.ascii})
		if got := b.glyphs(widest, tc.per); got != tc.want {
			t.Errorf("ascii %v, %d a character: %q, want %q", tc.ascii, tc.per, got, tc.want)
		}
	}
}

func TestAxisNumbersStandOverTheirPositions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		positions := rapid.IntRange(1, 100_000).Draw(t, "positions")
		width := rapid.IntRange(leastWidth, 200).Draw(t, "width")
		b := newBrush(Options{Width: width})
		per := (positions + width - labelWidth - 1) / (width - labelWidth)
		b.axis(labelWidth, per, positions)
		line := b.out.String()
		line = line[:len(line)-1]
		if columns(line) > width {
			t.Fatalf("%d columns in %d: %q", columns(line), width, line)
		}
		for at := labelWidth; at < len(line); at++ {
			if line[at] == ' ' || line[at-1] != ' ' {
				continue
			}
			n := 0
			for end := at; end < len(line) && line[end] != ' '; end++ {
				n = 10*n + int(line[end]-'0')
			}
			if char := (n - 1) / per; char != at-labelWidth || n > positions {
				t.Fatalf("%d stands over character %d, want %d of %d positions: %q", n, at-labelWidth, char, positions, line)
			}
		}
	})
}
