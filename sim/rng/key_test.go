package rng

import (
	"math"
	"math/big"
	"math/bits"
	"slices"
	"testing"
)

// TestMultipliersAreRootsOfPrimes derives the constants anew: nobody chose them.
func TestMultipliersAreRootsOfPrimes(t *testing.T) {
	t.Parallel()
	for prime, got := range map[int64]uint64{
		2: root2, 3: root3, 5: root5, 7: root7, 11: root11, 13: root13, 17: root17,
	} {
		root := new(big.Int).Sqrt(new(big.Int).Lsh(big.NewInt(prime), 128))
		want := new(big.Int).And(root, new(big.Int).SetUint64(math.MaxUint64)).Uint64() | 1
		if got != want {
			t.Errorf("root%d = %#x, want %#x", prime, got, want)
		}
	}
}

// mixers are the ways on from a key, as functions of key and number.
var mixers = []struct {
	name string
	mix  func(k Key, v uint64) uint64
}{
	{"Word", Key.Word},
	{"With", func(k Key, v uint64) uint64 { return uint64(k.With(v)) }},
	{"WithWord", func(k Key, v uint64) uint64 { return k.With(v).Word(3) }},
	{"Root", func(_ Key, seed uint64) uint64 { return Root(seed).Name("loss").Word(0) }},
}

// avalanche flips every bit of one argument in turn and returns, for every pair
// of an input and an output bit, the standard score of the number of flips.
func avalanche(n int, argument func(i int) (k, v uint64), inKey bool, mix func(Key, uint64) uint64) (scores []float64) {
	for bit := range 64 {
		flip := uint64(1) << bit
		var flips [64]int
		pairs := 0
		for i := range n {
			k, v := argument(i)
			changed := v
			if inKey {
				changed = k
			}
			// Starting from a clear bit only, no pair is counted twice.
			if changed&flip != 0 {
				continue
			}
			pairs++
			diff := mix(Key(k), v)
			if inKey {
				diff ^= mix(Key(k^flip), v)
			} else {
				diff ^= mix(Key(k), v^flip)
			}
			for out := range flips {
				flips[out] += int(diff >> out & 1)
			}
		}
		for _, f := range flips {
			scores = append(scores, (2*float64(f)-float64(pairs))/math.Sqrt(float64(pairs)))
		}
	}
	return scores
}

// TestAvalanche: a flip of any bit of the number or of the key flips every bit
// of the result in half of the cases, also for the small consecutive numbers
// that receivers and messages are, and for keys that lie close together.
func TestAvalanche(t *testing.T) {
	t.Parallel()
	const n = 4096
	arguments := []struct {
		name string
		of   func(i int) (k, v uint64)
	}{
		{"counters", func(i int) (k, v uint64) { return uint64(Root(uint64(i / 64)).Name("avalanche")), uint64(i % 64) }},
		{"numbers", func(i int) (k, v uint64) { return 0, uint64(i) }},
		{"sparse", func(i int) (k, v uint64) { return uint64(i/64) << 20, uint64(i % 64) }},
	}
	for _, m := range mixers {
		for _, argument := range arguments {
			for _, inKey := range []bool{false, true} {
				if argument.name == "numbers" && inKey || argument.name != "numbers" && m.name == "Root" {
					continue // the key is the same throughout, or has no part in it
				}
				scores := avalanche(n, argument.of, inKey, m.mix)
				checkScores(t, m.name+" of "+argument.name, scores)
			}
		}
	}
}

// checkScores judges independent standard scores together: by the largest, with
// the probability multiplied by their number, and by the sum of squares. Either
// bound is that of a single score of 4.5.
func checkScores(t *testing.T, what string, scores []float64) {
	t.Helper()
	worst, chi := 0.0, 0.0
	for _, z := range scores {
		worst = max(worst, math.Abs(z))
		chi += z * z
	}
	if p := float64(len(scores)) * math.Erfc(worst/math.Sqrt2); p < 6.8e-6 {
		t.Errorf("%s: the largest of %d scores is %.2f", what, len(scores), worst)
	}
	if z := chiSquareScore(chi, len(scores)); math.Abs(z) > 4.5 {
		t.Errorf("%s: the sum of squares of %d scores is %.0f, z = %.2f", what, len(scores), chi, z)
	}
}

// chiSquareScore is the standard score of a chi-square value (Wilson and
// Hilferty's cube root).
func chiSquareScore(chi float64, df int) float64 {
	v := 2 / (9 * float64(df))
	return (math.Cbrt(chi/float64(df)) - 1 + v) / math.Sqrt(v)
}

// streams are sequences of words as the simulation asks for them, one name per
// number i.
var streams = []struct {
	name string
	word func(i uint64) uint64
}{
	{"receivers", func(i uint64) uint64 { return Root(1).Name("delay").With(i / 8).Word(i % 8) }},
	{"messages", func(i uint64) uint64 { return Root(1).Name("delay").With(2).With(i).Word(5) }},
	{"seeds", func(i uint64) uint64 { return Root(i).Name("loss").With(0).Word(0) }},
	{"purposes", func(i uint64) uint64 {
		return Root(1).Name([]string{"loss", "delay", "reorder", "duplicate"}[i%4]).With(i / 4).Word(1)
	}},
	{"one key", func(i uint64) uint64 { return Root(1).Name("plan").Word(i) }},
	{"keys", func(i uint64) uint64 { return uint64(Root(1).Name("plan").With(i)) }},
	{"roots", func(i uint64) uint64 { return uint64(Root(i)) }},
	{"high bits", func(i uint64) uint64 { return Root(1).Name("plan").Word(i << 40) }},
	{"differences", func(i uint64) uint64 { return Root(1).Word(i) ^ Root(2).Word(i) }},
	{"close keys", func(i uint64) uint64 { return Key(i % 16).Word(i / 16) }},
}

// TestBytesAreUniform counts the values of each of the eight bytes.
func TestBytesAreUniform(t *testing.T) {
	t.Parallel()
	const n = 1 << 17
	for _, s := range streams {
		var counts [8][256]int
		for i := range uint64(n) {
			w := s.word(i)
			for b := range counts {
				counts[b][w>>(8*b)&255]++
			}
		}
		for b := range counts {
			chi := 0.0
			for _, c := range counts[b] {
				d := float64(c) - n/256
				chi += d * d / (n / 256)
			}
			if z := chiSquareScore(chi, 255); math.Abs(z) > 4.5 {
				t.Errorf("%s: byte %d: chi-square %.1f over 255 degrees of freedom, z = %.2f", s.name, b, chi, z)
			}
		}
	}
}

// TestNeighboursAreIndependent compares every bit of a word with every bit of
// the next word of its stream, and of the one eight further on.
func TestNeighboursAreIndependent(t *testing.T) {
	t.Parallel()
	const n = 1 << 13
	for _, s := range streams {
		for _, lag := range []uint64{1, 8} {
			var scores []float64
			for turn := range 64 {
				var agree [64]int
				for i := range uint64(n) {
					// Blocks of 2*lag: no word is compared twice, so that the
					// agreements are independent.
					at := i/lag*2*lag + i%lag
					same := ^(s.word(at) ^ bits.RotateLeft64(s.word(at+lag), turn))
					for b := range agree {
						agree[b] += int(same >> b & 1)
					}
				}
				for _, a := range agree {
					scores = append(scores, (2*float64(a)-n)/math.Sqrt(n))
				}
			}
			checkScores(t, s.name, scores)
		}
	}
}

// TestNamesDoNotCollide makes two million names and expects as many keys: by
// chance, one pair in ten million such sets would be equal.
func TestNamesDoNotCollide(t *testing.T) {
	t.Parallel()
	keys := make([]uint64, 0, 1<<21)
	for _, purpose := range []string{"loss", "delay"} {
		k := Root(1).Name(purpose)
		for sender := range uint64(256) {
			for number := range uint64(2048) {
				m := k.With(sender).With(number)
				keys = append(keys, uint64(m), m.Word(number%16))
			}
		}
	}
	slices.Sort(keys)
	if unique := len(slices.Compact(keys)); unique != 1<<21 {
		t.Errorf("%d different keys of %d names", unique, 1<<21)
	}
}

// TestNamesAreSpelledOneWay: names that a careless encoding would merge.
func TestNamesAreSpelledOneWay(t *testing.T) {
	t.Parallel()
	k := Root(7)
	keys := map[Key]string{}
	for spelling, key := range map[string]Key{
		"k":                       k,
		"k.Name('')":              k.Name(""),
		"k.Name('a')":             k.Name("a"),
		"k.Name('a\\0')":          k.Name("a\x00"),
		"k.Name('ab')":            k.Name("ab"),
		"k.Name('a').Name('b')":   k.Name("a").Name("b"),
		"k.Name('b').Name('a')":   k.Name("b").Name("a"),
		"k.Name('12345678')":      k.Name("12345678"),
		"k.Name('123456789')":     k.Name("123456789"),
		"k.Name('12345678\\0')":   k.Name("12345678\x00"),
		"k.With('a')":             k.With('a'),
		"k.Word('a')":             Key(k.Word('a')),
		"k.With(0)":               k.With(0),
		"k.With(0).With(0)":       k.With(0).With(0),
		"k.With(1).With(2)":       k.With(1).With(2),
		"k.With(2).With(1)":       k.With(2).With(1),
		"k.With(1).With(0)":       k.With(1).With(0),
		"k.With(0).With(1)":       k.With(0).With(1),
		"Root(8)":                 Root(8),
		"Root(0)":                 Root(0),
		"Root(0).With(0)":         Root(0).With(0),
		"Root(0).With(7)":         Root(0).With(7),
		"Key(0).With(0)":          Key(0).With(0),
		"Key(0).With(7)":          Key(0).With(7),
		"k.Name('a').With('b')":   k.Name("a").With('b'),
		"k.With('b').Name('a')":   k.With('b').Name("a"),
		"k.Name('a').Word('b')":   Key(k.Name("a").Word('b')),
		"k.Name('a').Word(1<<63)": Key(k.Name("a").Word(1 << 63)),
	} {
		if other, taken := keys[key]; taken {
			t.Errorf("%s and %s are both %#x", spelling, other, uint64(key))
		}
		keys[key] = spelling
	}
}
