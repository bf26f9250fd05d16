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

// TestEveryColumnIsAdded compares the fast path with the table, column by
// column.
func TestEveryColumnIsAdded(t *testing.T) {
	t.Parallel()
	var got, want Tally
	for _, limit := range []string{"quiet", "until"} {
		o := sample()
		o.Limit = limit
		got.addNumbers(o)
		for i := range columns {
			if columns[i].get != nil {
				want.addNumber(i, o)
			}
		}
	}
	for i := range columns {
		a, b := &got.numbers[i], &want.numbers[i]
		if columns[i].form == share && a.Whole() != b.Whole() || columns[i].form != share && *a != *b {
			t.Errorf("%s is not what the table says", columns[i].path)
		}
	}
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
	tiny := &Ordering{Ordering: "naive", Digest: someDigest,
		Phases: Phases{Opened: List[NullMS]{Millis(1), Millis(2), Millis(3), Millis(4)}}}
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
