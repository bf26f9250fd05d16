package compare

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/stats"
	"mpcomm/sim"
)

// of builds a history of M broadcasts, one a millisecond, from logs of refs.
func of(broadcasts int, logs ...[]uint32) *history.History {
	h := &history.History{Peers: len(logs)}
	for i := range broadcasts {
		h.Broadcasts = append(h.Broadcasts, history.Broadcast{
			ID:    peer.MessageID{Sender: peer.ID(i % max(len(logs), 1)), Number: int32(i / max(len(logs), 1))},
			At:    sim.Time(i) * 1_000_000,
			Cause: history.NoRef,
		})
	}
	for _, log := range logs {
		h.Logs = append(h.Logs, history.Log{Refs: log})
	}
	return h
}

func upTo(n int) []uint32 {
	s := make([]uint32, n)
	for i := range s {
		s[i] = uint32(i)
	}
	return s
}

// TestTextbookExamples holds two logs of a hundred messages to known values.
func TestTextbookExamples(t *testing.T) {
	t.Parallel()
	const m = 100
	missing := upTo(m)[1:]
	swapped := upTo(m)
	swapped[40], swapped[41] = swapped[41], swapped[40]
	lastFirst := append([]uint32{m - 1}, upTo(m-1)...)
	reversed := upTo(m)
	slices.Reverse(reversed)
	for _, test := range []struct {
		name                         string
		log                          []uint32
		rounds, k, f, u, contest, of int
		missing                      int
	}{
		{"B misses message 0", missing, 100, 0, 0, 0, 0, 99, 1},
		{"one adjacent swap", swapped, 2, 1, 2, 1, 2, 100, 0},
		{"last message moved first", lastFirst, 100, 99, 198, 1, 100, 100, 0},
		{"reversed", reversed, 100, 4950, 5000, 99, 100, 100, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			var c Comparer
			d := c.Compare(of(m, upTo(m), test.log), Options{MessagesPerPeer: 50})
			check := func(what string, got, want any) {
				if got != want {
					t.Errorf("%s = %v, want %v", what, got, want)
				}
			}
			check("rounds_full", d.RoundsFull, test.rounds)
			check("rounds_classic", d.RoundsClassic, 0) // two logs always agree there
			check("kendall_distance", d.KendallDistance, stats.Of(test.k))
			check("kendall_max", d.KendallMax.N, int64(test.k))
			check("footrule", d.Footrule, stats.Of(test.f))
			check("ulam", d.Ulam, stats.Of(test.u))
			check("contested", d.Contested, stats.Share(test.contest, test.of))
			check("inversions_per_message", d.InversionsPerMessage, stats.Share(test.k, test.of))
			check("missing", d.Missing, test.missing)
			check("identical", d.Identical, false)
			check("distinct_logs", d.DistinctLogs, 2)
			check("pairs", d.Pairs.N, int64(1))
		})
	}
}

func TestEdges(t *testing.T) {
	t.Parallel()
	one, null := stats.Of(0), stats.Ratio{}
	for _, test := range []struct {
		name                      string
		logs                      [][]uint32
		identical, prefix         bool
		contested, perMessage     stats.Ratio
		positions, differ, common int
		first                     string
	}{
		{"no logs", nil, true, true, one, null, 0, 0, 0, "null"},
		{"one log", [][]uint32{{0, 1, 2}}, true, true, stats.Share(0, 3), null, 3, 0, 3, "null"},
		{"empty logs", [][]uint32{{}, {}}, true, true, one, null, 0, 0, 0, "null"},
		{"one empty", [][]uint32{{0, 1}, {}}, false, true, one, null, 2, 2, 0, "1"},
		{"prefix", [][]uint32{{0, 1}, {0, 1, 2}}, false, true, stats.Share(0, 2), stats.Share(0, 2), 3, 1, 2, "3"},
		{"disjoint", [][]uint32{{0}, {1}}, false, false, one, null, 1, 1, 0, "1"},
		{"same", [][]uint32{{2, 0}, {2, 0}, {2, 0}}, true, true, stats.Share(0, 2), stats.Ratio{Den: 6}, 2, 0, 2, "null"},
		{"swap", [][]uint32{{0, 1}, {1, 0}, {0, 1}}, false, false, stats.Share(2, 2), stats.Share(2, 6), 2, 2, 0, "1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var c Comparer
			d := c.Compare(of(4, test.logs...), Options{})
			first, err := d.FirstDifference.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(d.Identical, d.PrefixConsistent, d.Contested.Num, d.Contested.Den,
				d.InversionsPerMessage.Num, d.InversionsPerMessage.Den,
				d.Positions, d.PositionsDiffering, d.CommonPrefix, string(first))
			want := fmt.Sprint(test.identical, test.prefix, test.contested.Num, test.contested.Den,
				test.perMessage.Num, test.perMessage.Den,
				test.positions, test.differ, test.common, test.first)
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// TestRoundsClassic holds the lab's loops to what they do, off by one and all.
func TestRoundsClassic(t *testing.T) {
	t.Parallel()
	a, b := []uint32{0, 1, 2, 3}, []uint32{1, 0, 3, 2}
	for _, test := range []struct {
		name      string
		logs      [][]uint32
		submitted []peer.ID
		m, want   int
	}{
		{"two logs are never compared", [][]uint32{a, b}, nil, 4, 0},
		{"the last log is never looked at", [][]uint32{a, a, b}, nil, 4, 0},
		{"the last position is never looked at", [][]uint32{a, b, a}, nil, 4, 3},
		{"only M positions", [][]uint32{a, b, a}, nil, 2, 1},
		{"no messages", [][]uint32{a, b, a}, nil, 0, 0},
		{"numbered as they arrive", [][]uint32{a, a, b}, []peer.ID{0, 2, 1}, 4, 3},
		{"log 0 is the first to arrive", [][]uint32{a, a, b}, []peer.ID{2, 1, 0}, 4, 3},
		{"absent logs come last", [][]uint32{b, a, a}, []peer.ID{2, 1}, 4, 0},
		{"beyond the end differs", [][]uint32{a[:1], a, a}, nil, 4, 2},
		{"also when all have ended", [][]uint32{a[:1], a[:1], a}, nil, 4, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := of(4, test.logs...)
			h.Submitted = test.submitted
			var c Comparer
			if got := c.Compare(h, Options{MessagesPerPeer: test.m}).RoundsClassic; got != test.want {
				t.Errorf("rounds_classic = %d, want %d", got, test.want)
			}
		})
	}
}

func TestCrashedLogsAreLeftOut(t *testing.T) {
	t.Parallel()
	h := of(3, []uint32{0, 1, 2}, []uint32{2, 1, 0}, []uint32{0, 1, 2})
	h.Crashed = []bool{false, true, false}
	h.Submitted = []peer.ID{2, 1, 0}
	var c Comparer
	if d := c.Compare(h, Options{MessagesPerPeer: 1}); !d.Identical || d.Pairs.N != 1 || d.Deliveries != 6 {
		t.Errorf("identical %v, pairs %d, deliveries %d; want true, 1, 6", d.Identical, d.Pairs.N, d.Deliveries)
	}
}

// TestStraysHaveNamesOfTheirOwn: two logs with different messages that nobody
// broadcast are not the same, two with the same one are.
func TestStraysHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	stray := func(number int32) peer.MessageID { return peer.MessageID{Sender: 0, Number: number} }
	h := of(2, []uint32{0, history.NoRef, 1}, []uint32{0, history.NoRef, 1}, []uint32{0, 1})
	for _, test := range []struct {
		a, b     peer.MessageID
		distinct int
	}{{stray(7), stray(7), 2}, {stray(7), stray(8), 3}} {
		h.Strays = []history.Stray{{Peer: 0, Position: 1, ID: test.a}, {Peer: 1, Position: 1, ID: test.b}}
		var c Comparer
		d := c.Compare(h, Options{})
		if d.DistinctLogs != test.distinct || d.FirstDifference.N != 2 {
			t.Errorf("%v, %v: %d distinct logs, first difference %d; want %d, 2",
				test.a, test.b, d.DistinctLogs, d.FirstDifference.N, test.distinct)
		}
	}
}

func TestNotWantedIsNull(t *testing.T) {
	t.Parallel()
	for _, logs := range [][][]uint32{{{0, 1}, {0, 1}}, {{0, 1}, {1, 0}}} {
		var c Comparer
		d := c.Compare(of(2, logs...), Options{Want: WantContested})
		if d.Footrule.Known() || d.Ulam.Known() || d.KendallDistance.Known() || d.KendallMax.Known || !d.Contested.Known() {
			t.Errorf("%v: what is not wanted must be null, got %+v", logs, d)
		}
	}
}

func TestImpossibleWindow(t *testing.T) {
	t.Parallel()
	for _, w := range []Window{{From: 2, Until: 1}, {From: 0, Until: 3}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("window %v of 2 broadcasts is taken", w)
				}
			}()
			var c Comparer
			c.Compare(of(2, []uint32{0, 1}), Options{Window: &w})
		}()
	}
}

// TestManyLogsAreDrawnInPairs: beyond MaxAllPairs the pairs are a sample of
// the seed's, whose mean lies by the mean of all.
func TestManyLogsAreDrawnInPairs(t *testing.T) {
	t.Parallel()
	const logs, m = 200, 40
	h := of(m)
	for p := range logs { // half of the logs have one swap: half of the pairs differ by one
		log := upTo(m)
		if p%2 == 1 {
			log[0], log[1] = 1, 0
		}
		h.Logs = append(h.Logs, history.Log{Refs: log})
	}
	var c Comparer
	seen := map[uint64]bool{}
	for seed := range uint64(5) {
		d := c.Compare(h, Options{Seed: seed})
		if again := c.Compare(h, Options{Seed: seed}); again != d {
			t.Errorf("seed %d drew other pairs the second time", seed)
		}
		seen[d.KendallDistance.Num] = true
		share := d.KendallDistance.Float()
		want := 100.0 / 199 // pairs of distinct logs, one of each half
		z := (share - want) / math.Sqrt(want*(1-want)/DrawnPairs)
		if d.Pairs.N != DrawnPairs || d.DistinctLogs != 2 || math.Abs(z) > 4.5 {
			t.Errorf("seed %d: %d pairs, mean %v, %v standard errors from %v", seed, d.Pairs.N, share, z, want)
		}
	}
	if len(seen) < 2 {
		t.Error("every seed draws the same pairs")
	}
}

// TestNoLogIsPairedWithItself: of logs that all lie two swaps apart every
// drawn pair does.
func TestNoLogIsPairedWithItself(t *testing.T) {
	t.Parallel()
	h := of(100)
	for p := range 70 {
		log := upTo(100)
		log[p], log[p+1] = log[p+1], log[p]
		h.Logs = append(h.Logs, history.Log{Refs: log})
	}
	var c Comparer
	if d := c.Compare(h, Options{}); d.KendallDistance != (stats.Ratio{Num: 2 * DrawnPairs, Den: DrawnPairs}) {
		t.Errorf("mean distance %v, want 2", d.KendallDistance)
	}
}

// TestTruthAtOneInstant: broadcasts of one instant are in the order of their
// senders, however they were recorded.
func TestTruthAtOneInstant(t *testing.T) {
	t.Parallel()
	h := of(3, []uint32{1, 0, 2}, []uint32{0, 1, 2})
	for i, sender := range []peer.ID{1, 0, 2} {
		h.Broadcasts[i] = history.Broadcast{ID: peer.MessageID{Sender: sender}, At: sim.Time(i / 2), Cause: history.NoRef}
	}
	var c Comparer
	c.Compare(h, Options{})
	if got := c.Truth(); got.Cmp(stats.Share(1, 6)) != 0 { // none in p0's log, one of three in p1's
		t.Errorf("truth_inversions_per_message = %v, want 1/6", got)
	}
}

func TestNoAllocation(t *testing.T) {
	small := of(8, []uint32{0, 1, 2, 3, 4, 5, 6, 7}, []uint32{1, 0, 2, 3, 4, 5, 7, 6},
		[]uint32{0, 1, 2, 3, 4, 5, 6, 7}, []uint32{0, 2, 1, 3, 4, 6, 5})
	small.Submitted = []peer.ID{3, 1, 0, 2}
	small.Broadcasts[0].At = small.Broadcasts[1].At
	small.Broadcasts[0].ID, small.Broadcasts[1].ID = small.Broadcasts[1].ID, small.Broadcasts[0].ID
	mid := disordered(8, 200, 3)
	many := of(100)
	for i := range 70 {
		log := upTo(100)
		log[i], log[i+1] = log[i+1], log[i]
		many.Logs = append(many.Logs, history.Log{Refs: log})
	}
	var c Comparer
	both := func() {
		for _, h := range []*history.History{small, mid, many} {
			c.Compare(h, Options{MessagesPerPeer: 2, Window: &Window{From: 1, Until: 7}})
			c.Compare(h, Options{MessagesPerPeer: 2})
			c.Truth()
		}
	}
	both()
	if n := testing.AllocsPerRun(10, both); n != 0 {
		t.Errorf("%v allocations a comparison after the first, want none", n)
	}
}
