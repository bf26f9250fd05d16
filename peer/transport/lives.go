package transport

import (
	"encoding/binary"
	"slices"

	"mpcomm/peer"
)

// A peer that comes back from a crash without its state, or with an old one,
// begins another life. What the numbers on its links meant is gone with the life
// before, on both ways: its packets would be taken for repeats, and those for it
// would wait for ever behind a hole that was filled in another life. So the
// number on a packet also says which lives of sender and receiver it belongs to.
// Who hears of a new life begins both ways of the link anew, at 1: what is
// unacknowledged gets new numbers, what waits behind a hole is dropped, for its
// sender has forgotten it or sends it again.
//
// Of a life the link carries four bits, of a number its remainder: both are
// completed by what is expected, as QUIC does with packet numbers (Iyengar and
// Thomson, RFC 9000, 2021, section 17.1 and appendix A.3).

const (
	lifeBits   = 4
	lifeMask   = 1<<lifeBits - 1
	numberBits = 31 - 2*lifeBits
	numberSpan = 1<<numberBits - 1 // remainders are 1..numberSpan: no Link is 0
)

// lives are this peer's own life and what it knows of those of others.
type lives struct {
	mine   uint16
	theirs []uint16 // by peer; empty while nobody is known to have begun anew
}

func (l *lives) resetLives() { l.mine, l.theirs = 0, l.theirs[:0] }

func (l *lives) lifeOf(q peer.ID) uint16 {
	if len(l.theirs) == 0 {
		return 0
	}
	return l.theirs[q]
}

// meet notes the life of a peer, and reports whether it is a new one.
func (l *lives) meet(q peer.ID, life uint16, peers int) bool {
	if life <= l.lifeOf(q) {
		return false
	}
	if len(l.theirs) == 0 {
		l.theirs = append(l.theirs, make([]uint16, peers)...)
	}
	l.theirs[q] = life
	return true
}

// link is the number of a packet as it travels, between two lives.
func link(sender, receiver uint16, number uint32) uint32 {
	return uint32(sender&lifeMask)<<(lifeBits+numberBits) | uint32(receiver&lifeMask)<<numberBits | (number-1)%numberSpan + 1
}

// complete returns the number nearest to one that is expected, of which a link
// carries the remainder.
func complete(expected, carried uint32) uint32 {
	rest := int64(carried & numberSpan)
	turn := int64(expected) / numberSpan
	best := turn*numberSpan + rest
	for _, n := range [...]int64{best - numberSpan, best + numberSpan} {
		if n > 0 && abs(n-int64(expected)) < abs(best-int64(expected)) {
			best = n
		}
	}
	return uint32(best)
}

func abs(x int64) int64 { return max(x, -x) }

// completeLife returns the life nearest to a known one, of which a link carries
// the last bits.
func completeLife(known uint16, carried uint32) uint16 {
	ahead := (uint16(carried) - known) & lifeMask
	if behind := lifeMask + 1 - ahead; ahead > lifeMask/2 && behind <= known {
		return known - behind
	}
	return known + ahead
}

// sureLives is how far a life may be from a known one to be taken for the
// nearest without asking.
const sureLives = 3

// unclearLife reports whether the last bits of a life may as well belong to one
// long over, whose packet was on its way all that time, as to one that begins.
// Taking an old life for a new one would leave its peer unheard for ever.
func unclearLife(known uint16, carried uint32) bool {
	ahead := (uint16(carried) - known) & lifeMask
	behind := lifeMask + 1 - ahead
	return ahead > sureLives && behind > sureLives && behind <= known
}

func senderLife(carried uint32) uint32   { return carried >> (lifeBits + numberBits) & lifeMask }
func receiverLife(carried uint32) uint32 { return carried >> numberBits & lifeMask }

func (l *lives) cloneLives() lives { return lives{mine: l.mine, theirs: slices.Clone(l.theirs)} }

func (l *lives) appendLives(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(l.mine))
	b = binary.AppendUvarint(b, uint64(len(l.theirs)))
	for _, life := range l.theirs {
		b = binary.AppendUvarint(b, uint64(life))
	}
	return b
}
