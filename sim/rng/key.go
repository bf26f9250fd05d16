package rng

// Key names a family of draws: what is left of a draw's name when its last
// part, the number given to [Key.Word], is taken away. Keys are values without
// state; the zero Key is a valid name like any other.
//
// The three ways on from a key (Name, With, Word) are separate domains: k.With(v)
// as a number never equals k.Word(v) other than by the chance of 2^-64.
type Key uint64

// The odd multipliers and offsets of the mixers are the leading 64 bits of the
// fractional parts of square roots of primes, lowest bit set: numbers nobody
// chose. The tests derive them anew and measure the avalanche they make.
const (
	root2  = 0x6a09e667f3bcc909
	root3  = 0xbb67ae8584caa73b
	root5  = 0x3c6ef372fe94f82b
	root7  = 0xa54ff53a5f1d36f1
	root11 = 0x510e527fade682d1
	root13 = 0x9b05688c2b3e6c1f
	root17 = 0x1f83d9abfb41bd6b
)

// Root is the key of all draws of a run with this seed. Neighbouring seeds are
// hashed apart: nothing is shared between the draws of seed s and of s+1.
func Root(seed uint64) Key {
	return Key(root17).With(seed)
}

// Name derives the key of a purpose, such as "loss" or "delay". It is meant for
// set-up: it costs a few nanoseconds for every eight bytes.
func (k Key) Name(s string) Key {
	// The length goes first and takes a domain of its own, so that neither a
	// trailing zero byte nor a chain of With calls can spell the same name.
	k = Key(k.Word(uint64(len(s)) ^ root11))
	for len(s) > 0 {
		var chunk uint64
		n := min(len(s), 8)
		for i := range n {
			chunk |= uint64(s[i]) << (8 * i)
		}
		k = k.With(chunk)
		s = s[n:]
	}
	return k
}

// With derives a key by a number: the peer, the link, the message that the
// draws are about. It may be chained, and order matters: k.With(a).With(b) and
// k.With(b).With(a) are different families.
func (k Key) With(v uint64) Key {
	// One round more than Word: what comes out is the start of further names,
	// so that its own weaknesses would add up along a chain.
	x := uint64(k) + (v^root11)*root13
	x = (x ^ x>>32) * root3
	x = (x ^ x>>29 ^ uint64(k)) * root7
	x = (x ^ x>>31) * root5
	return Key(x ^ x>>32)
}

// Word is the draw called v under this key: 64 uniform bits, independent of
// those of every other name. For one key it is a bijection of v.
func (k Key) Word(v uint64) uint64 {
	// The counter is spread over the word before the key is added, and the key
	// comes in again half way: two keys that happen to lie close together
	// would otherwise give shifted copies of one sequence.
	x := uint64(k) + v*root7
	x = (x ^ x>>32) * root13
	x = (x ^ x>>29 ^ uint64(k)) * root3
	return x ^ x>>32
}
