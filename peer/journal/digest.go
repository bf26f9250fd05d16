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
	s0, s1 uint64
	room   uint64 // records that may come before the one with a checkpoint
	marks  []Checkpoint
}

// Reset starts a new stream and keeps the memory of the checkpoints.
func (d *Digest) Reset() {
	d.s0, d.s1, d.room, d.marks = startA, startB, CheckpointEvery-1, d.marks[:0]
}

// fold mixes two words into a state; see the package comment.
func fold(s0, s1, a, b uint64) (uint64, uint64) {
	h, l := bits.Mul64(s0^a, foldA)
	return bits.RotateLeft64(s1^h, 23) + bits.RotateLeft64(b*foldB, 32), l
}

// Add2 adds a record of two words.
func (d *Digest) Add2(a, b uint64) {
	d.s0, d.s1 = fold(d.s0, d.s1, a, b)
	d.count()
}

// Add3 adds a record of three words.
func (d *Digest) Add3(a, b, c uint64) {
	s0, s1 := fold(d.s0, d.s1, a, b)
	d.s0, d.s1 = fold(s0, s1, c, 0)
	d.count()
}

// count counts a record, and makes a checkpoint after it if one is due.
func (d *Digest) count() {
	if d.room > 0 {
		d.room--
		return
	}
	d.room = CheckpointEvery - 1
	d.marks = append(d.marks, Checkpoint{Records: uint64(len(d.marks)+1) * CheckpointEvery, State: [2]uint64{d.s0, d.s1}})
}

// Records returns how many records were added since Reset.
func (d *Digest) Records() uint64 {
	return uint64(len(d.marks)+1)*CheckpointEvery - 1 - d.room
}

// Checkpoints returns the states after every CheckpointEvery records. The
// slice is valid until the next Reset.
func (d *Digest) Checkpoints() []Checkpoint { return d.marks }

// Sum returns the digest of the records so far, most significant byte first.
// It does not change the state: more records may follow.
func (d *Digest) Sum() [16]byte {
	// The count and a few rounds without input spread the last words, which
	// the fold alone would leave near the surface.
	s0, s1 := fold(d.s0, d.s1, d.Records(), startA)
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
