package compare

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/result"
)

// drawFacts is a host that knows stamps, some of them equal, and what came late.
type drawnFacts struct {
	told
	lateAt map[[2]int]bool
}

func (f drawnFacts) Late(p peer.ID, m history.Ref) (came, wait time.Duration, late bool) {
	return 97, 80, f.lateAt[[2]int{int(p), int(m)}]
}

func drawFacts(t *rapid.T, h *history.History) Facts {
	f := drawnFacts{lateAt: map[[2]int]bool{}}
	stamped := rapid.IntRange(0, 3).Draw(t, "stamps")
	for m := range h.Broadcasts {
		s := Stamp{Value: int64(m), Clock: true, Decides: stamped == 3}
		if stamped >= 2 {
			s.Value = rapid.Int64Range(0, int64(len(h.Broadcasts))).Draw(t, "stamp")
		}
		if stamped > 0 && rapid.IntRange(0, 9).Draw(t, "known") > 0 {
			f.stamps = append(f.stamps, s)
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "late") {
		if len(h.Broadcasts) > 0 {
			f.lateAt[[2]int{
				rapid.IntRange(0, h.Peers-1).Draw(t, "where"), rapid.IntRange(0, len(h.Broadcasts)-1).Draw(t, "which"),
			}] = true
		}
	}
	return f
}

// answered gives some messages a cause and some senders a view of their logs,
// as a run would have.
func answered(t *rapid.T, h *history.History) {
	ranks, logLen := map[peer.ID]int32{}, map[peer.ID]int32{}
	for m := range h.Broadcasts {
		b := &h.Broadcasts[m]
		b.Rank, b.Cause = ranks[b.ID.Sender], history.NoRef
		ranks[b.ID.Sender]++
		if m > 0 && rapid.IntRange(0, 3).Draw(t, "answers") == 0 {
			b.Cause = history.Ref(rapid.IntRange(0, m-1).Draw(t, "cause"))
		}
		if int(b.ID.Sender) >= len(h.Logs) {
			continue
		}
		log := h.Logs[b.ID.Sender].Refs
		n := logLen[b.ID.Sender]
		for int(n) < len(log) && log[n] < history.Ref(m) && rapid.Bool().Draw(t, "had") {
			n++
		}
		b.LogLen, logLen[b.ID.Sender] = n, n
	}
}

// TestCensusAgainstTwin holds the census to a quadratic twin, which asks
// Classify about every pair of messages of every pair of logs: each discordant
// pair has one mechanism, and the counts are those of the comparator.
func TestCensusAgainstTwin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 5)
		answered(t, h)
		facts := drawFacts(t, h)
		opts := Options{}
		if rapid.Bool().Draw(t, "window") {
			from := rapid.IntRange(0, len(h.Broadcasts)).Draw(t, "from")
			until := rapid.IntRange(from, len(h.Broadcasts)).Draw(t, "until")
			opts.Window = &Window{uint32(from), uint32(until)}
		}
		var c Comparer
		d := c.Compare(h, opts)
		var each []Finding
		got := c.Census(facts, CensusOptions{Each: func(f *Finding) { each = append(each, *f) }})
		want := twinCensus(h, newTwin(h, opts.Window), facts)
		if got != want {
			t.Fatalf("counted %+v, want %+v", got, want)
		}
		if total := got.Disagree.Ordered(); d.KendallDistance.Known() && total != d.KendallDistance.Num {
			t.Fatalf("%d discordant pairs have a mechanism, the comparator counts %d", total, d.KendallDistance.Num)
		}
		checkViolations(t, h, got.Acausal)
		checkEach(t, &c, h, facts, each)

		most := uint64(rapid.IntRange(1, 30).Draw(t, "most"))
		cut := c.Census(facts, CensusOptions{Most: most})
		if cut.Disagree.Ordered() != got.Disagree.Ordered() || cut.Disagree.Ordered()-cut.Disagree.LeftOut != min(most, got.Disagree.Ordered()) ||
			cut.Disagree.Missing != got.Disagree.Missing || cut.Acausal != got.Acausal {
			t.Fatalf("of at most %d: %+v, of all %+v", most, cut, got)
		}
	})
}

// twinCensus goes by the definitions.
func twinCensus(h *history.History, tw twin, facts Facts) (out result.Mechanisms) {
	var peers []peer.ID
	for p := range h.Logs {
		if h.Correct(p) {
			peers = append(peers, peer.ID(p))
		}
	}
	ref := func(id peer.MessageID) (history.Ref, bool) {
		at := slices.IndexFunc(h.Broadcasts, func(b history.Broadcast) bool { return b.ID == id })
		return history.Ref(at), at >= 0
	}
	for i, p := range peers {
		for j := i + 1; j < len(peers); j++ {
			q := peers[j]
			for _, m := range slices.Concat(tw.first[i], tw.first[j]) {
				if tw.in[m] && (!slices.Contains(tw.first[i], m) || !slices.Contains(tw.first[j], m)) {
					out.Disagree.Missing++
				}
			}
			a, b := tw.commonOf(tw.first[i], tw.first[j])
			for k, x := range a {
				for _, y := range a[k+1:] {
					earlier := x
					if tw.sent[y] < tw.sent[x] {
						earlier = y
					}
					if slices.Index(b, x) < slices.Index(b, y) || !tw.in[earlier] {
						continue
					}
					rx, okX := ref(x)
					ry, okY := ref(y)
					why := Race
					if okX && okY {
						why, _ = Classify(h, p, q, rx, ry, facts)
					} else {
						for _, m := range []history.Ref{rx, ry} {
							for _, who := range []peer.ID{p, q} {
								if int(m) < len(h.Broadcasts) {
									if _, _, late := facts.Late(who, m); late {
										why = Late
									}
								}
							}
						}
					}
					*out.Disagree.Of(string(why))++
				}
			}
		}
		twinAcausal(h, p, tw.first[i], facts, &out.Acausal)
	}
	return out
}

// twinAcausal judges each message of one log against all its causes.
func twinAcausal(h *history.History, p peer.ID, log []peer.MessageID, facts Facts, out *result.Reasons) {
	for at, id := range log {
		y := slices.IndexFunc(h.Broadcasts, func(b history.Broadcast) bool { return b.ID == id })
		after, never := -1, false
		for x := range h.Broadcasts {
			if y < 0 || !causes(h, history.Ref(x), history.Ref(y)) {
				continue
			}
			switch k := slices.Index(log, h.Broadcasts[x].ID); {
			case k < 0:
				never = true
			case k > at:
				after = x
			}
		}
		if never {
			out.Missing++
		}
		if after >= 0 {
			why, _ := Classify(h, p, p, history.Ref(y), history.Ref(after), facts)
			*out.Of(string(why))++
		}
	}
}

// checkViolations holds the counts to those of the checker.
func checkViolations(t *rapid.T, h *history.History, got result.Reasons) {
	var checker history.Checker
	_, quality := checker.Check(h, true, history.AllProperties)
	if got.Ordered() != uint64(quality.CausalViolations) || got.Missing != uint64(quality.CausalGaps) {
		t.Fatalf("%+v, the checker counts %d violations and %d gaps", got, quality.CausalViolations, quality.CausalGaps)
	}
}

// checkEach: no difference is found twice, and its sentence is that of its
// mechanism.
func checkEach(t *rapid.T, c *Comparer, h *history.History, facts Facts, each []Finding) {
	seen := map[Finding]bool{}
	for _, f := range each {
		f.Why = ""
		if seen[f] {
			t.Fatalf("%+v is found twice", f)
		}
		seen[f] = true
	}
	for _, f := range each {
		if f.B != history.NoRef && int(max(f.A, f.B)) >= len(h.Broadcasts) {
			continue
		}
		if text := c.Sentence(&f, facts); len(text) < 10 {
			t.Fatalf("%+v is worded %q", f, text)
		}
	}
}

// TestCensusOfManyLogs: of more logs than all pairs are compared of, the census
// takes the pairs that the comparison drew.
func TestCensusOfManyLogs(t *testing.T) {
	t.Parallel()
	h := disordered(MaxAllPairs+6, 40, 5)
	var c Comparer
	d := c.Compare(h, Options{Seed: 9})
	got := c.Census(nil, CensusOptions{Seed: 9})
	if total := got.Disagree.Ordered(); total == 0 || total != d.KendallDistance.Num {
		t.Fatalf("%d discordant pairs have a mechanism, the comparator counts %v", total, d.KendallDistance)
	}
}

// TestFirstDifferenceIsTold: whichever pairs of many logs are drawn, and however
// little is classified, the first difference is among what a census tells of,
// once, and is not counted by that.
func TestFirstDifferenceIsTold(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		logs, most := MaxAllPairs+60, uint64(0)
		if seed%2 == 1 {
			logs, most = 5, 1
		}
		h := disordered(logs, 12, 2+int(seed%5))
		var c Comparer
		d := c.Compare(h, Options{Seed: seed})
		first := c.FirstDifference(nil)
		told, others := 0, uint64(0)
		got := c.Census(nil, CensusOptions{Seed: seed, Most: most, Each: func(f *Finding) {
			name := func(m history.Ref) string { return h.Broadcasts[m].ID.String() }
			if f.Kind != Disagree || f.B == history.NoRef {
				return
			}
			others++
			if f.P == first.Peers[1] && f.Q == first.Peers[0] {
				f = &Finding{f.Kind, f.Q, f.P, f.B, f.A, f.Why}
			}
			if f.P == first.Peers[0] && f.Q == first.Peers[1] && name(f.A) == *first.Messages[0] && name(f.B) == *first.Messages[1] && string(f.Why) == first.Why {
				told++
			}
		}})
		if told != 1 {
			t.Fatalf("seed %d: the first difference, of %v and %v, is told %d times among %d", seed, first.Peers[0], first.Peers[1], told, others)
		}
		if total := got.Disagree.Ordered(); most == 0 && total != d.KendallDistance.Num {
			t.Fatalf("seed %d: %d are counted, want %v", seed, total, d.KendallDistance)
		}
	}
}
