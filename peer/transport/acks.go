package transport

import (
	"encoding/binary"
	"math"
	"slices"

	"mpcomm/peer"
)

// ackCounts counts how often packets that came more than once were
// acknowledged before. Those that came once, nearly all, cost nothing.
type ackCounts struct {
	heads []int32 // by sender, greatest number first; empty until a packet repeats
	list  []ackCount
}

type ackCount struct {
	number uint32
	next   int32
	times  uint16
}

func (a *ackCounts) reset() { a.heads, a.list = a.heads[:0], a.list[:0] }

// again notes one more acknowledgement of a repeated packet and returns how
// many there were before; it stops at 65535.
func (a *ackCounts) again(from peer.ID, number uint32, peers int) uint16 {
	if len(a.heads) == 0 {
		for range peers {
			a.heads = append(a.heads, -1)
		}
	}
	before, at := int32(-1), a.heads[from]
	for at >= 0 && a.list[at].number > number {
		before, at = at, a.list[at].next
	}
	if at >= 0 && a.list[at].number == number {
		if a.list[at].times < math.MaxUint16 {
			a.list[at].times++
		}
		return a.list[at].times
	}
	a.list = append(a.list, ackCount{number: number, next: at, times: 1})
	if before < 0 {
		a.heads[from] = int32(len(a.list) - 1)
	} else {
		a.list[before].next = int32(len(a.list) - 1)
	}
	return 1
}

func (a *ackCounts) clone() ackCounts {
	return ackCounts{heads: slices.Clone(a.heads), list: slices.Clone(a.list)}
}

func (a *ackCounts) appendState(b []byte) []byte {
	for _, at := range a.heads {
		for ; at >= 0; at = a.list[at].next {
			b = binary.AppendUvarint(b, uint64(a.list[at].number))
			b = binary.AppendUvarint(b, uint64(a.list[at].times))
		}
		b = append(b, 0)
	}
	return b
}
