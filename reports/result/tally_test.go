package result

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mpcomm/reports/stats"
)

// drawRuns draws results that differ in everything a tally treats apart.
func drawRuns(t *rapid.T) []*Ordering {
	var runs []*Ordering
	for i := range rapid.IntRange(1, 12).Draw(t, "runs") {
		o := sample()
		o.Events = rapid.Uint64Range(0, 1e6).Draw(t, "events")
		binary.BigEndian.PutUint64(o.Digest[8:], rapid.Uint64().Draw(t, "digest"))
		o.Limit = rapid.SampledFrom(limitNames[:]).Draw(t, "limit")
		o.Divergence.Identical = rapid.Bool().Draw(t, "identical")
		o.Divergence.Contested = stats.Share(rapid.IntRange(0, 7).Draw(t, "contested"), rapid.IntRange(0, 7).Draw(t, "of"))
		o.Vacuous = List[string]{fmt.Sprint("reason ", rapid.IntRange(0, 2).Draw(t, "reason"))}
		if rapid.Bool().Draw(t, "unopened") {
			o.Phases.Opened, o.Phases.Handshake = List[NullMS]{{}, {}}, NullMS{}
		}
		o.Watch[0].Happened = i%3 == 0
		o.Faults[0].Struck = uint64(i)
		if o.Mechanisms.Acausal.Skew = uint64(i * i); i%4 == 3 {
			o.Mechanisms = nil
		}
		runs = append(runs, o)
	}
	return runs
}

// TestMergedIsWhole: however runs are cut into stretches, the line is the same
// bytes.
func TestMergedIsWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		runs := drawRuns(t)
		var whole, merged, part Tally
		flush := func() {
			merged.Merge(&part)
			part.Reset()
		}
		for i, o := range runs {
			for _, tally := range []*Tally{&whole, &part} {
				tally.Add(o)
				tally.Hold.Record(int64(i) * 1e6)
			}
			if rapid.Bool().Draw(t, "cut") {
				flush()
			}
		}
		flush()
		var a, b bytes.Buffer
		if err := Write(&a, whole.Cell(Head{})); err != nil {
			t.Fatal(err)
		}
		if err := Write(&b, merged.Cell(Head{})); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a.String(), b.String()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestCellAgainstTwin recomputes means and shares from the runs' own JSON.
func TestCellAgainstTwin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		runs := drawRuns(t)
		var tally Tally
		sum, n, same := 0.0, 0, 0
		for _, o := range runs {
			tally.Add(o)
			if o.Divergence.Contested.Known() {
				sum += o.Divergence.Contested.Float()
				n++
			}
			if o.Divergence.Identical {
				same++
			}
		}
		cell := tally.Cell(Head{})
		got, ok := cell.Number("divergence.contested")
		if ok != (n > 0) || ok && (got-sum/float64(n) > 1e-12 || sum/float64(n)-got > 1e-12) {
			t.Errorf("contested %v, %v; want %v of %d", got, ok, sum, n)
		}
		if got, _ = cell.Number("divergence.identical"); got != float64(same)/float64(len(runs)) {
			t.Errorf("identical %v, want %d of %d", got, same, len(runs))
		}
		lo, _ := cell.Number("divergence.identical_lo")
		if in := stats.Wilson(uint64(same), uint64(len(runs))); lo != in.Lo {
			t.Errorf("identical_lo %v, want %v", lo, in.Lo)
		}
		count, given := cell.Number("divergence.contested_n")
		if given != (n < len(runs)) || given && int(count) != n {
			t.Errorf("contested_n %v, %v; want %d of %d runs", count, given, n, len(runs))
		}
	})
}

// TestDigestIsOfTheSequence: order, number and every bit of the runs' digests
// count.
func TestDigestIsOfTheSequence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var digests []Digest
		for range rapid.IntRange(1, 6).Draw(t, "runs") {
			var d Digest
			binary.BigEndian.PutUint64(d[:8], rapid.Uint64().Draw(t, "high"))
			binary.BigEndian.PutUint64(d[8:], rapid.Uint64().Draw(t, "low"))
			digests = append(digests, d)
		}
		of := func(digests []Digest) string {
			var f fold
			for _, d := range digests {
				f.add(d)
			}
			return f.String()
		}
		was := of(digests)
		if of(digests[1:]) == was {
			t.Error("a run left out changes nothing")
		}
		i := rapid.IntRange(0, len(digests)-1).Draw(t, "i")
		j := rapid.IntRange(0, len(digests)-1).Draw(t, "j")
		swapped := slices.Clone(digests)
		swapped[i], swapped[j] = swapped[j], swapped[i]
		if (of(swapped) == was) != slices.Equal(swapped, digests) {
			t.Errorf("swapping runs %d and %d: %s, was %s", i, j, of(swapped), was)
		}
		at := rapid.IntRange(0, 127).Draw(t, "bit")
		digests[i][at/8] ^= 1 << (at % 8)
		if of(digests) == was {
			t.Errorf("bit %d of run %d changes nothing", at, i)
		}
	})
}

// addColumns enters the numbers of a run one by one, as the table of columns has
// them: the twin of addNumbers.
func (t *Tally) addColumns(o *Ordering) {
	for i := range columns {
		if columns[i].get == nil {
			continue
		}
		switch num, den := columns[i].get(o); {
		case den == 0:
		case den == 1 || num == 0:
			t.numbers[i].AddInt(num)
		default:
			t.numbers[i].Add(stats.Ratio{Num: uint64(num), Den: den})
		}
	}
}

// spread makes every number of a run another in every run, now and then beyond
// what single words hold, and null where it may be.
func spread(t *rapid.T, o *Ordering) {
	size := func() int {
		return rapid.SampledFrom([]int{0, 1, 7, 200, 300, mostInteger, mostInteger + 1, 1 << 40}).Draw(t, "size")
	}
	maybe := func() bool { return rapid.Bool().Draw(t, "maybe") }
	ratio := func() stats.Ratio { return stats.Share(size(), rapid.SampledFrom([]int{0, 1, 3, 8}).Draw(t, "den")) }
	d, q, c, p := &o.Divergence, &o.Quality, &o.Cost, &o.Phases
	for _, n := range []*int{
		&d.DistinctLogs, &d.CommonPrefix, &d.Positions, &d.PositionsDiffering, &d.Missing, &d.Duplicates, &d.Messages,
		&d.Deliveries, &d.RoundsClassic, &d.RoundsFull, &q.FIFOViolations, &q.FIFOGaps, &q.CausalViolations, &q.CausalGaps,
	} {
		*n = size()
	}
	d.Pairs = Int(size())
	for _, n := range []*uint64{
		&o.Events, &o.Ties, &c.Packets, &c.PacketsPhases, &c.PacketsOrdering, &c.PacketsAcks, &c.PacketsResent, &c.PacketsLost, &c.Bytes,
		&c.PacketsDuplicated, &c.PacketsRepeated, &c.Clamped, &p.TooEarly, &p.TooLate, &p.Resent,
	} {
		*n = uint64(size())
	}
	for _, b := range []*bool{&o.Complete, &d.Identical, &d.PrefixConsistent, &p.OpenedAll} {
		*b = maybe()
	}
	for _, r := range []*stats.Ratio{
		&d.Contested, &d.InversionsPerMessage, &d.KendallDistance, &d.Footrule, &d.Ulam, &q.TruthInversionsPerMessage, &c.PacketsPerBroadcast,
	} {
		*r = ratio()
	}
	for _, n := range []*NullInt{&d.KendallMax, &d.FirstDifference} {
		*n = NullInt{N: int64(size()), Known: maybe()}
	}
	for _, w := range []*NullMS{&p.Handshake, &p.DataAt, &p.Data, &p.Stop} {
		*w = NullMS{MS: MS(size()), Known: maybe()}
	}
	for _, m := range []*Mean{&c.Latency.Mean, &c.LatencySelf.Mean, &c.Hold.Mean} {
		r := ratio()
		*m = Mean{Sum: int64(r.Num), Count: r.Den}
	}
	for _, v := range []*Verdict{
		&o.Properties.Integrity, &o.Properties.Validity, &o.Properties.Agreement, &o.Properties.Uniform,
		&o.Properties.FIFO, &o.Properties.Causal, &o.Properties.Total,
	} {
		*v = Verdict(rapid.IntRange(0, 2).Draw(t, "verdict"))
	}
	o.Virtual = MS(size())
}

// TestEveryColumnIsAdded compares sums that are settled now and then with the
// table, column by column.
func TestEveryColumnIsAdded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var got, want Tally
		for range rapid.IntRange(1, 6).Draw(t, "runs") {
			o := sample()
			spread(t, o)
			got.addNumbers(o)
			want.addColumns(o)
			if rapid.IntRange(0, 3).Draw(t, "settle") == 0 {
				got.settle()
			}
		}
		got.settle()
		requireSameNumbers(t, &got, &want)
	})
}

func requireSameNumbers(t rapid.TB, got, want *Tally) {
	t.Helper()
	for i := range columns {
		a, b := &got.numbers[i], &want.numbers[i]
		if columns[i].form == share && a.Whole() != b.Whole() || columns[i].form != share && *a != *b {
			t.Errorf("%s is not what the table says", columns[i].path)
		}
	}
}

// TestSumsHoldTheirMost: as many of the largest integers as are summed before
// they are settled, and more.
func TestSumsHoldTheirMost(t *testing.T) {
	t.Parallel()
	var got, want Tally
	o := sample()
	o.Events, o.Divergence.Contested = mostInteger, stats.Ratio{Num: 255, Den: 256}
	for range 3*mostUnsettled + 1 {
		got.addNumbers(o)
		want.addColumns(o)
	}
	got.settle()
	requireSameNumbers(t, &got, &want)
}

func TestTallyDoesNotAllocate(t *testing.T) {
	o := sample()
	var tally Tally
	tally.Add(o)
	if n := testing.AllocsPerRun(100, func() { tally.Add(o) }); n != 0 {
		t.Errorf("%v allocations a run, want none", n)
	}
}

func BenchmarkTally(b *testing.B) {
	tiny := &Ordering{
		Ordering: "naive", Digest: someDigest,
		Phases: Phases{Opened: List[NullMS]{Millis(1), Millis(2), Millis(3), Millis(4)}},
	}
	for name, o := range map[string]*Ordering{"everything": sample(), "tiny": tiny} {
		b.Run(name, func(b *testing.B) {
			var tally Tally
			for b.Loop() {
				tally.Add(o)
			}
		})
	}
}

func Example() {
	var tally Tally
	for _, identical := range []bool{true, false, true, true} {
		tally.Add(&Ordering{Ordering: "naive", Divergence: Divergence{Identical: identical}})
	}
	cell := tally.Cell(Head{Scenario: "lab", Seed: 1, Peers: 6})
	same, _ := cell.Number("divergence.identical")
	low, _ := cell.Number("divergence.identical_lo")
	fmt.Printf("%d runs, %v identical, at least %.2f\n", cell.Runs, same, low)
	// Output: 4 runs, 0.75 identical, at least 0.30
}
