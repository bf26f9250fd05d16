package result

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// fold is the digest of a sequence of digests. Each is a pair of affine maps
// x -> a*x+b modulo the prime 2^61-1, and a sequence is their composition, so
// stretches of runs can be folded apart and then joined.
type fold [2]affine

type affine struct{ a, b uint64 } // the zero value is the identity: a counts from 1

const prime = 1<<61 - 1

func multiply(x, y uint64) uint64 {
	hi, lo := bits.Mul64(x, y)
	sum := lo&prime + (lo>>61 | hi<<3)
	if sum >= prime {
		sum -= prime
	}
	return sum
}

// then returns the map that applies f and then g.
func (f affine) then(g affine) affine {
	fa, ga := f.a+1, g.a+1
	b := multiply(ga, f.b) + g.b
	if b >= prime {
		b -= prime
	}
	return affine{a: multiply(fa, ga) - 1, b: b}
}

// add appends the digest of one run.
func (f *fold) add(digest Digest) {
	high, low := binary.BigEndian.Uint64(digest[:8]), binary.BigEndian.Uint64(digest[8:])
	for lane := range f {
		// Different odd multipliers make the lanes independent of each other.
		mix := (low ^ bits.RotateLeft64(high, 29+lane)) * [2]uint64{0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f}[lane]
		f[lane] = f[lane].then(affine{
			a: 1 + (mix^mix>>32)%(prime-2),
			b: (high ^ bits.RotateLeft64(low, 31+lane)) % prime,
		})
	}
}

func (f *fold) merge(next fold) {
	for lane := range f {
		f[lane] = f[lane].then(next[lane])
	}
}

// String returns 32 hexadecimal digits.
func (f fold) String() string {
	return fmt.Sprintf("%016x%016x", f[0].b<<3^f[1].a, f[1].b<<3^f[0].a)
}
