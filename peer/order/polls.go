package order

import (
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// polls count the peers that have answered, each of them once, for several
// questions at a time. A poll is named by its place, closed ones are used again.
type polls struct {
	stride int
	bits   []uint64 // one for every peer, poll after poll
	counts []int32  // of the free ones the next free
	free   int32
}

// noPoll is the name of none.
const noPoll = -1

func (p *polls) open() int32 {
	i := p.free
	if i < 0 {
		i = int32(len(p.counts))
		p.counts = append(p.counts, 0)
		for range p.stride {
			p.bits = append(p.bits, 0)
		}
		return i
	}
	p.free = p.counts[i]
	p.counts[i] = 0
	clear(p.voters(i))
	return i
}

func (p *polls) voters(i int32) []uint64 { return p.bits[int(i)*p.stride : int(i+1)*p.stride] }

// count takes an answer and returns how many there are now, 0 if this peer had
// answered before.
func (p *polls) count(i int32, from peer.ID) int32 {
	word, bit := &p.voters(i)[from/64], uint64(1)<<(from%64)
	if *word&bit != 0 {
		return 0
	}
	*word |= bit
	p.counts[i]++
	return p.counts[i]
}

// close ends a poll, if i is one, and returns the name of none.
func (p *polls) close(i int32) int32 {
	if i != noPoll {
		p.counts[i] = p.free
		p.free = i
	}
	return noPoll
}

func (p *polls) reset(peers int) {
	*p = polls{stride: (peers + 63) / 64, bits: p.bits[:0], counts: p.counts[:0], free: noPoll}
}

func (p *polls) clone() polls {
	c := *p
	c.bits, c.counts = slices.Clone(p.bits), slices.Clone(p.counts)
	return c
}

// appendPoll appends who has answered.
func (p *polls) appendPoll(b []byte, i int32) []byte {
	if i == noPoll {
		return append(b, 0)
	}
	b = append(b, 1)
	for _, word := range p.voters(i) {
		b = binary.AppendUvarint(b, word)
	}
	return b
}
