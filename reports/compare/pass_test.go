package compare_test

import (
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/compare"
	"mpcomm/reports/result"
	"mpcomm/sim"

	"pgregory.net/rapid"
)

// TestPassIsTheComparer holds what one pass says of the logs of random histories,
// with lacks, repeats and ends, to what the comparer and the checker say that have
// the logs.
func TestPassIsTheComparer(t *testing.T) {
	t.Parallel()
	told := map[string]bool{}
	var x history.Pass
	rapid.Check(t, func(t *rapid.T) {
		h, counts := drawHistory(t)
		head := rapid.IntRange(0, 6).Draw(t, "rounds")
		settled := rapid.Bool().Draw(t, "settled")
		x.Reset(counts, max(0, head-1))
		stream := interleave(t, h)
		cut := rapid.IntRange(0, len(stream)).Draw(t, "cut")
		for _, part := range [][]history.Entry{stream[:cut], stream[cut:]} {
			var s history.Stream
			for _, e := range part {
				s.Append(e.At, e.Arrived, e.Ref, e.Peer)
			}
			x.Take(&s, h.Broadcasts)
		}
		var c compare.Comparer
		want := c.Compare(h, compare.Options{Want: compare.WantContested, MessagesPerPeer: head})
		got := compare.ComparePass(h, &x, head)
		want.Pairs = result.NullInt{} // none are compared
		if got.Contested.Den == 0 {
			told["contested unknown"] = true
			want.Contested = got.Contested
		}
		if got != want {
			t.Fatalf("one pass says %+v\nthe comparer %+v", got, want)
		}
		told[map[bool]string{true: "identical", false: "different"}[got.Identical]] = true
		checkPass(t, h, &x, settled, told)
	})
	for _, what := range []string{"contested unknown", "identical", "different", "causal known", "total known", "total unknown"} {
		if !told[what] {
			t.Errorf("no history was %s", what)
		}
	}
}

func checkPass(t *rapid.T, h *history.History, x *history.Pass, settled bool, told map[string]bool) {
	var c history.Checker
	want, quality := c.Check(h, settled, history.AllProperties)
	got, counted, known := x.Check(settled)
	if known {
		told["causal known"] = true
	} else {
		quality.CausalViolations, quality.CausalGaps, want.Causal = 0, 0, history.Check{Verdict: history.Unknown}
	}
	if got.Total.Verdict == history.Unknown {
		told["total unknown"] = true
		want.Total = got.Total
	} else {
		told["total known"] = true
	}
	if got != want || counted.FIFOViolations != quality.FIFOViolations || counted.FIFOGaps != quality.FIFOGaps ||
		quality.CausalViolations+quality.CausalGaps != 0 {
		t.Fatalf("one pass says %+v, %+v\nthe checker %+v, %+v", got, counted, want, quality)
	}
}

// drawHistory makes logs that are random orders of the broadcasts, changed a
// little or a lot.
func drawHistory(t *rapid.T) (*history.History, []int32) {
	h := &history.History{Peers: rapid.IntRange(1, 10).Draw(t, "peers")}
	planned := make([]int32, h.Peers)
	ranks := make([]int32, h.Peers)
	for range rapid.IntRange(0, 90).Draw(t, "broadcasts") {
		p := peer.ID(rapid.IntRange(0, h.Peers-1).Draw(t, "sender"))
		h.Broadcasts = append(h.Broadcasts, history.Broadcast{
			ID: peer.MessageID{Sender: p, Number: ranks[p]}, At: sim.Time(len(h.Broadcasts)), Rank: ranks[p], Cause: history.NoRef,
		})
		ranks[p]++
	}
	for p := range planned {
		planned[p] = ranks[p] + int32(rapid.IntRange(0, 2).Draw(t, "left"))
	}
	base := make([]history.Ref, len(h.Broadcasts))
	for i := range base {
		base[i] = history.Ref(i)
	}
	if len(base) > 0 && rapid.Bool().Draw(t, "mixed") {
		base = rapid.Permutation(base).Draw(t, "order")
	}
	changes := rapid.IntRange(0, 2).Draw(t, "changes")
	kinds := rapid.SliceOfN(rapid.IntRange(0, 3), 1, 2).Draw(t, "kinds")
	for range h.Peers {
		log := append([]history.Ref(nil), base...)
		for range rapid.IntRange(0, changes).Draw(t, "of this log") {
			if len(log) < 2 {
				break
			}
			i, j := rapid.IntRange(0, len(log)-1).Draw(t, "i"), rapid.IntRange(0, len(log)-1).Draw(t, "j")
			switch kinds[i%len(kinds)] {
			case 0:
				log[i], log[j] = log[j], log[i]
			case 1:
				log = append(log[:i], log[i+1:]...)
			case 2:
				log = append(log, log[i])
			default:
				log = log[:i]
			}
		}
		h.Logs = append(h.Logs, history.Log{Refs: log})
	}
	order := rapid.Permutation(peers(h.Peers)).Draw(t, "submitted")
	h.Submitted = append(h.Submitted, order[:rapid.IntRange(0, h.Peers).Draw(t, "arrived")]...)
	return h, planned
}

func peers(n int) []peer.ID {
	list := make([]peer.ID, n)
	for i := range list {
		list[i] = peer.ID(i)
	}
	return list
}

// interleave lets the logs grow in a random order.
func interleave(t *rapid.T, h *history.History) []history.Entry {
	var out []history.Entry
	next := make([]int, h.Peers)
	word := rapid.Uint64().Draw(t, "word") | 1
	for open := true; open; {
		open = false
		for p := range next {
			if next[p] < len(h.Logs[p].Refs) {
				open = true
				word = word*6364136223846793005 + 1442695040888963407
				if word>>63 == 0 {
					at := sim.Time(len(out))
					out = append(out, history.Entry{At: at, Arrived: at, Ref: h.Logs[p].Refs[next[p]], Peer: peer.ID(p)})
					next[p]++
				}
			}
		}
	}
	return out
}
