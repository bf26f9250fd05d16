package sweep

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Shard is one of Of parts of a sweep, numbered from 0. The zero value is the
// whole sweep.
type Shard struct{ Number, Of int }

// MaxShards bounds the parts of a sweep.
const MaxShards = 1_000_000

// ParseShard reads "3/64": the fourth of 64 parts.
func ParseShard(text string) (Shard, error) {
	number, of, ok := strings.Cut(text, "/")
	k, errK := strconv.Atoi(number)
	m, errM := strconv.Atoi(of)
	switch {
	case !ok || errK != nil || errM != nil:
		return Shard{}, fmt.Errorf("%q: want NUMBER/OF, such as 0/64 for the first of 64 shards", text)
	case m < 1 || m > MaxShards:
		return Shard{}, fmt.Errorf("%q: %d shards; want 1..%d", text, m, MaxShards)
	case k < 0 || k >= m:
		return Shard{}, fmt.Errorf("%q: shards are counted from 0; want 0/%d to %d/%d", text, m, m-1, m)
	}
	return Shard{k, m}, nil
}

// String is "3/64", or nothing for the whole sweep.
func (s Shard) String() string {
	if s.Whole() {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Number, s.Of)
}

// Whole reports whether the sweep is not cut. The only part of one, "0/1", is a
// part all the same: its chunks are kept for the others that there may be none of.
func (s Shard) Whole() bool { return s.Of == 0 }

// Has reports whether a chunk belongs to the part.
func (s Shard) Has(index int) bool { return s.Whole() || ShardOf(index, s.Of) == s.Number }

// ShardOf returns the part, of so many, that a chunk belongs to. Chunks are
// dealt out like cards, one to each shard in every round, so that the shards'
// counts differ by one at most. Chunks that follow each other cost alike, so each
// round begins with another shard, by the golden ratio: however cells and shards
// divide each other, no shard always gets the costly ones.
func ShardOf(index, of int) int {
	round := uint64(index) / uint64(of)
	first, _ := bits.Mul64(round*0x9e3779b97f4a7c15, uint64(of))
	return (index%of + int(first)) % of
}
