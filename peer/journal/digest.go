package journal

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"
)

// The constants of the fold are the leading bits of the fractional parts of
// the square roots of 19, 23, 29 and 31, the multipliers made odd.
const (
	foldA  = 0x5be0cd19137e2179 | 1
	foldB  = 0xcbbb9d5dc1059ed8 | 1
	startA = 0x629a292a367cd507
	startB = 0x9159015a3070dd17
)

// CheckpointEvery is the number of records between two checkpoints.
const CheckpointEvery = 4096

// Checkpoint is the state of a digest after a number of records. Of two runs
// the first checkpoint that differs bounds the first record that differs.
type Checkpoint struct {
	Records uint64
	State   [2]uint64
}

// Digest is a running 128-bit digest of a stream of records, with a checkpoint
// every [CheckpointEvery] of them. Its value depends on nothing but the words,
// their order and how they were grouped into records. Call Reset before first
// use. It is not cryptographic: it detects differences, not forgeries.
type Digest struct {
	s0, s1  uint64
	records uint64 // folded in
	marks   []Checkpoint
	waiting uint   // pairs of words that are not folded in yet
	seconds uint64 // by bit, those that are the second of their record
	words   [stretch][2]uint64
}

// stretch is how many pairs of words are folded in together: they are written
// down in passing, and the multiplications follow each other without a call in
// between.
const stretch = 64

// Reset starts a new stream and keeps the memory of the checkpoints.
func (d *Digest) Reset() {
	d.s0, d.s1, d.records, d.marks, d.waiting, d.seconds = startA, startB, 0, d.marks[:0], 0, 0
}

// fold mixes two words into a state; see the package comment.
func fold(s0, s1, a, b uint64) (uint64, uint64) {
	h, l := bits.Mul64(s0^a, foldA)
	return bits.RotateLeft64(s1^h, 23) + bits.RotateLeft64(b*foldB, 32), l
}

// Add2 adds a record of two words.
func (d *Digest) Add2(a, b uint64) {
	if d.waiting >= stretch {
		d.catchUp()
	}
	d.words[d.waiting] = [2]uint64{a, b}
	d.waiting++
}

// Add3 adds a record of three words.
func (d *Digest) Add3(a, b, c uint64) {
	if d.waiting > stretch-2 {
		d.catchUp()
	}
	k := d.waiting
	d.words[k], d.words[k+1] = [2]uint64{a, b}, [2]uint64{c, 0}
	d.seconds |= 2 << k
	d.waiting = k + 2
}

// catchUp folds in what waits.
func (d *Digest) catchUp() {
	words, records := d.words[:d.waiting], d.Records()
	s0, s1 := d.s0, d.s1
	if records/CheckpointEvery == d.records/CheckpointEvery {
		for i := range words {
			s0, s1 = fold(s0, s1, words[i][0], words[i][1])
		}
	} else {
		for i := range words { // a checkpoint is due after one of them
			s0, s1 = fold(s0, s1, words[i][0], words[i][1])
			if d.seconds>>i&2 != 0 {
				continue // the record goes on
			}
			if d.records++; d.records%CheckpointEvery == 0 {
				d.marks = append(d.marks, Checkpoint{Records: d.records, State: [2]uint64{s0, s1}})
			}
		}
	}
	d.s0, d.s1, d.records = s0, s1, records
	d.waiting, d.seconds = 0, 0
}

// Records returns how many records were added since Reset.
func (d *Digest) Records() uint64 {
	return d.records + uint64(d.waiting) - uint64(bits.OnesCount64(d.seconds))
}

// Checkpoints returns the states after every CheckpointEvery records. The
// slice is valid until the next Reset.
func (d *Digest) Checkpoints() []Checkpoint {
	d.catchUp()
	return d.marks
}

// Sum returns the digest of the records so far, most significant byte first.
// It does not change the state: more records may follow.
func (d *Digest) Sum() [16]byte {
	d.catchUp()
	// The count and a few rounds without input spread the last words, which
	// the fold alone would leave near the surface.
	s0, s1 := fold(d.s0, d.s1, d.records, startA)
	for range 3 {
		s0, s1 = fold(s0, s1, startB, startA)
	}
	var sum [16]byte
	binary.BigEndian.PutUint64(sum[:8], s0)
	binary.BigEndian.PutUint64(sum[8:], s1)
	return sum
}

// String returns Sum as 32 hexadecimal digits.
func (d *Digest) String() string {
	sum := d.Sum()
	return hex.EncodeToString(sum[:])
}

// FirstDifferentStretch returns the numbers of the records [from, to) among
// which the first difference of two streams lies, as far as their checkpoints
// tell; equal is true when no checkpoint differs and both have as many.
// After the last common checkpoint to is -1: the rest of the stream.
func FirstDifferentStretch(a, b []Checkpoint) (from, to int64, equal bool) {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return from, int64(a[i].Records), false
		}
		from = int64(a[i].Records)
	}
	return from, -1, len(a) == len(b)
}
