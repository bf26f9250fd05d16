package journal

import (
	"math/bits"
	"slices"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/sim"

	"pgregory.net/rapid"
)

// record is two or three words.
type record []uint64

func digestOf(records []record) (d Digest) {
	d.Reset()
	for _, r := range records {
		if len(r) == 2 {
			d.Add2(r[0], r[1])
		} else {
			d.Add3(r[0], r[1], r[2])
		}
	}
	return d
}

func drawRecords(t *rapid.T) []record {
	word := rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(0, 3), rapid.Just(^uint64(0)))
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) record {
		return rapid.SliceOfN(word, 2, 3).Draw(t, "record")
	}), 1, 20).Draw(t, "records")
}

func TestDigestSeesEveryBit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t)
		before := digestOf(records)
		i := rapid.IntRange(0, len(records)-1).Draw(t, "record")
		for k := range records[i] {
			for bit := range 64 {
				records[i][k] ^= 1 << bit
				if after := digestOf(records); before.Sum() == after.Sum() {
					t.Fatalf("bit %d of word %d of record %d does not change %s", bit, k, i, before.String())
				}
				records[i][k] ^= 1 << bit
			}
		}
	})
}

func TestDigestSeesOrderAndNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t)
		before := digestOf(records)
		i := rapid.IntRange(0, len(records)-1).Draw(t, "i")
		j := rapid.IntRange(0, len(records)-1).Draw(t, "j")
		if !slices.Equal(records[i], records[j]) {
			records[i], records[j] = records[j], records[i]
			if after := digestOf(records); before.Sum() == after.Sum() {
				t.Fatalf("records %d and %d may change places", i, j)
			}
			records[i], records[j] = records[j], records[i]
		}
		without := digestOf(slices.Delete(slices.Clone(records), i, i+1))
		twice := digestOf(slices.Insert(slices.Clone(records), i, records[i]))
		if before.Sum() == without.Sum() || before.Sum() == twice.Sum() {
			t.Fatalf("record %d may be left out or repeated", i)
		}
	})
}

// The proof that one changed record never hides is that a step can be undone.
func TestFoldIsABijectionOfTheState(t *testing.T) {
	t.Parallel()
	inverse := uint64(foldA) // of foldA modulo 2^64, by Newton's iteration
	for range 6 {
		inverse *= 2 - foldA*inverse
	}
	rapid.Check(t, func(t *rapid.T) {
		s0, s1 := rapid.Uint64().Draw(t, "s0"), rapid.Uint64().Draw(t, "s1")
		a, b := rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b")
		n0, n1 := fold(s0, s1, a, b)
		v := n1 * inverse
		h, _ := bits.Mul64(v, foldA)
		back1 := bits.RotateLeft64(n0-bits.RotateLeft64(b*foldB, 32), -23) ^ h
		if v^a != s0 || back1 != s1 {
			t.Fatalf("(%x, %x) comes back as (%x, %x)", s0, s1, v^a, back1)
		}
	})
}

// Records that wait to be folded in together are folded in one by one all the
// same, whatever is asked in between.
func TestDigestFoldsInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var d Digest
		d.Reset()
		s0, s1, records := uint64(startA), uint64(startB), uint64(0)
		var marks []Checkpoint
		for range rapid.IntRange(1, 200).Draw(t, "stretches") {
			switch rapid.IntRange(0, 9).Draw(t, "then") {
			case 0:
				_ = d.Sum()
			case 1:
				d.Add3(records, 1, 2)
				s0, s1 = fold(s0, s1, records, 1)
				s0, s1 = fold(s0, s1, 2, 0)
				if records++; records%CheckpointEvery == 0 {
					marks = append(marks, Checkpoint{records, [2]uint64{s0, s1}})
				}
			}
			for range rapid.IntRange(0, 150).Draw(t, "records") {
				d.Add2(records, 7)
				s0, s1 = fold(s0, s1, records, 7)
				if records++; records%CheckpointEvery == 0 {
					marks = append(marks, Checkpoint{records, [2]uint64{s0, s1}})
				}
			}
			if d.Records() != records {
				t.Fatalf("%d records, want %d", d.Records(), records)
			}
		}
		if !slices.Equal(d.Checkpoints(), marks) || d.s0 != s0 || d.s1 != s1 {
			t.Fatalf("after %d records: %v, want %v", records, d.Checkpoints(), marks)
		}
	})
}

// One flipped input bit flips every bit of the sum in half of the cases.
func TestDigestSpreadsBits(t *testing.T) {
	t.Parallel()
	const trials = 4000
	var flips [128]int
	state := uint64(1)
	next := func() uint64 {
		state = state*6364136223846793005 + 1442695040888963407
		return state ^ state>>29
	}
	for range trials {
		r := record{next(), next()}
		one := digestOf([]record{r})
		r[next()>>63] ^= 1 << (next() >> 58)
		two := digestOf([]record{r})
		a, b := one.Sum(), two.Sum()
		for i := range flips {
			flips[i] += int((a[i/8] ^ b[i/8]) >> (i % 8) & 1)
		}
	}
	for i, n := range flips {
		// The standard deviation is sqrt(4000)/2 = 31.6; 4.5 of them are 142.
		if n < trials/2-142 || n > trials/2+142 {
			t.Errorf("bit %d of the sum flips in %d of %d cases", i, n, trials)
		}
	}
}

// Frozen values: they are the same on every machine, 32-bit ones included.
func TestDigestGolden(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	var d Digest
	d.Reset()
	out.WriteString("nothing " + d.String() + "\n")
	d.Add2(0, 0)
	out.WriteString("zeros " + d.String() + "\n")
	a, b, c := BroadcastWords(1_500_000, 2, 7, 5, 100)
	d.Add3(a, b, c)
	d.Add2(SentWords(0x0123456789abcdef, peer.KindData, 2, 9))
	d.Add2(FateWords(2_000_000, 3, 1, 1, 9))
	d.Add2(ArrivalWords(2_000_000, 3, 0, 9))
	d.Add2(PeerWords(Delivery, 2_000_000, 3, 7))
	d.Add2(PhaseWords(3, 65535, peer.Stopped))
	d.Add2(FaultWords(sim.Never, 2, true))
	out.WriteString("one of each " + d.String() + "\n")
	for i := range uint64(10_000) {
		d.Add2(i, i<<32)
	}
	out.WriteString("long " + d.String() + "\n")
	golden(t, "digest.txt", out.String())
}

// Words of records differ as soon as one argument does.
func TestLayoutKeepsFieldsApart(t *testing.T) {
	t.Parallel()
	seen := map[[3]uint64]string{}
	note := func(name string, a, b, c uint64) {
		key := [3]uint64{a, b, c}
		if other, ok := seen[key]; ok {
			t.Errorf("%s and %s are one record", name, other)
		}
		seen[key] = name
	}
	for bit := range 16 {
		p := peer.ID(1 << bit)
		a, b, c := BroadcastWords(0, p, 0, 0, 0)
		note("broadcast peer", a, b, c)
		a, b = SentWords(0, 0, p, 0)
		note("sent peer", a, b, 0)
		a, b = FateWords(0, p, 0, 0, 0)
		note("fate peer", a, b, 0)
		a, b = ArrivalWords(0, p, 0, 0)
		note("arrival peer", a, b, 0)
		a, b = PeerWords(Delivery, 0, p, 0)
		note("delivery peer", a, b, 0)
		a, b = PhaseWords(0, p, 0)
		note("phase peer", a, b, 0)
	}
	for bit := range 32 {
		what := uint32(1) << bit
		a, b, c := BroadcastWords(0, 0, what, 0, 0)
		note("broadcast ref", a, b, c)
		a, b, c = BroadcastWords(0, 0, 0, int32(what), 0)
		note("broadcast number", a, b, c)
		a, b, c = BroadcastWords(0, 0, 0, 0, int32(what))
		note("broadcast size", a, b, c)
		a, b = SentWords(0, 0, 0, what)
		note("sent serial", a, b, 0)
		a, b = FateWords(0, 0, 0, 0, what)
		note("fate serial", a, b, 0)
		a, b = ArrivalWords(0, 0, 0, what)
		note("arrival serial", a, b, 0)
		a, b = PeerWords(Delivery, 0, 0, what)
		note("delivery what", a, b, 0)
	}
	for v := uint8(1); v < 5; v++ {
		a, b := FateWords(0, 0, v, 0, 0)
		note("verdict", a, b, 0)
		a, b = FateWords(0, 0, 0, v, 0)
		note("copy", a, b, 0)
		a, b = PhaseWords(0, 0, peer.Phase(v))
		note("phase", a, b, 0)
	}
}

func TestCheckpoints(t *testing.T) {
	fill := func(d *Digest, n, odd int) {
		d.Reset()
		for i := range n {
			if i == odd {
				d.Add2(1, 1)
			} else {
				d.Add2(uint64(i), 0)
			}
		}
	}
	var a, b Digest
	for _, test := range []struct {
		n, odd   int
		from, to int64
		equal    bool
	}{
		{3 * CheckpointEvery, -1, 3 * CheckpointEvery, -1, true},
		{3 * CheckpointEvery, 0, 0, CheckpointEvery, false},
		{3 * CheckpointEvery, CheckpointEvery - 1, 0, CheckpointEvery, false},
		{3 * CheckpointEvery, CheckpointEvery, CheckpointEvery, 2 * CheckpointEvery, false},
		{3*CheckpointEvery + 5, 3*CheckpointEvery + 1, 3 * CheckpointEvery, -1, true},
		{2 * CheckpointEvery, -1, 2 * CheckpointEvery, -1, false},
	} {
		fill(&a, max(test.n, 3*CheckpointEvery), -1)
		fill(&b, test.n, test.odd)
		from, to, equal := FirstDifferentStretch(a.Checkpoints(), b.Checkpoints())
		if from != test.from || to != test.to || equal != test.equal {
			t.Errorf("n=%d odd=%d: [%d, %d) %v; want [%d, %d) %v", test.n, test.odd, from, to, equal, test.from, test.to, test.equal)
		}
	}
	if n := testing.AllocsPerRun(5, func() { fill(&a, 3*CheckpointEvery, 7) }); n != 0 {
		t.Errorf("%v allocations when a digest is used again", n)
	}
}

func BenchmarkAdd2(b *testing.B) {
	var d Digest
	d.Reset()
	for i := range b.N {
		if i%(1<<20) == 0 {
			d.Reset()
		}
		d.Add2(uint64(i)*1000, deliveryWord(i))
	}
}

// deliveryWord is the second word of a delivery record, for the benchmark.
func deliveryWord(i int) uint64 {
	_, b := PeerWords(Delivery, 0, peer.ID(i&63), uint32(i))
	return b
}
