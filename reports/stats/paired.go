package stats

import (
	"math"
	"math/big"
	"math/bits"
)

// Fixed is a number from 0 on as Moments sum it: a whole part, and a part in
// multiples of 2^-64.
type Fixed struct{ Whole, Part uint64 }

// Fixed returns r rounded down to a multiple of 2^-64. r must be known.
func (r Ratio) Fixed() Fixed {
	if r.Den == 1 {
		return Fixed{Whole: r.Num}
	}
	part, _ := bits.Div64(r.Num%r.Den, 0, r.Den)
	return Fixed{Whole: r.Num / r.Den, Part: part}
}

// AddFixed enters one number.
func (m *Moments) AddFixed(x Fixed) {
	m.n++
	if x != (Fixed{}) {
		m.addFixed(x)
	}
}

func (m *Moments) addFixed(x Fixed) {
	var carry uint64
	m.sum[0], carry = bits.Add64(m.sum[0], x.Part, 0)
	m.sum[1], carry = bits.Add64(m.sum[1], x.Whole, carry)
	m.sum[2] += carry
	m.squareFixed(x)
}

// squareFixed adds the square of x, word by word.
func (m *Moments) squareFixed(x Fixed) {
	w1, w0 := bits.Mul64(x.Part, x.Part)
	w3, w2 := bits.Mul64(x.Whole, x.Whole)
	h, l := bits.Mul64(x.Whole, x.Part) // twice, since whole*part and part*whole
	var carry uint64
	w1, carry = bits.Add64(w1, l<<1, 0)
	w2, carry = bits.Add64(w2, h<<1|l>>63, carry)
	w3 += h>>63 + carry
	m.sq[0], carry = bits.Add64(m.sq[0], w0, 0)
	m.sq[1], carry = bits.Add64(m.sq[1], w1, carry)
	m.sq[2], carry = bits.Add64(m.sq[2], w2, carry)
	m.sq[3], carry = bits.Add64(m.sq[3], w3, carry)
	m.sq[4] += carry
}

// AddDifference enters x - y. The difference is exact, so the sums of pairs are
// the same however they are grouped.
func (m *Moments) AddDifference(x, y Fixed) {
	m.n++
	if x != y { // apart, so that the usual tie costs no call
		m.addDifference(x, y)
	}
}

func (m *Moments) addDifference(x, y Fixed) {
	if x.Whole > y.Whole || x.Whole == y.Whole && x.Part > y.Part {
		m.addFixed(minus(x, y))
		return
	}
	d := minus(y, x)
	var borrow uint64
	m.sum[0], borrow = bits.Sub64(m.sum[0], d.Part, 0)
	m.sum[1], borrow = bits.Sub64(m.sum[1], d.Whole, borrow)
	m.sum[2] -= borrow
	m.squareFixed(d)
}

func minus(x, y Fixed) Fixed {
	part, borrow := bits.Sub64(x.Part, y.Part, 0)
	whole, _ := bits.Sub64(x.Whole, y.Whole, borrow)
	return Fixed{Whole: whole, Part: part}
}

// Without returns the moments of what m holds and part does not. Everything in
// part must be in m.
func (m *Moments) Without(part *Moments) Moments {
	if part.n > m.n {
		panic("stats: more observations are taken out than there are")
	}
	left := Moments{n: m.n - part.n}
	var borrow uint64
	for i := range left.sum {
		left.sum[i], borrow = bits.Sub64(m.sum[i], part.sum[i], borrow)
	}
	borrow = 0
	for i := range left.sq {
		left.sq[i], borrow = bits.Sub64(m.sq[i], part.sq[i], borrow)
	}
	return left
}

// spread returns n times the sum of squares less the square of the sum: the
// variance times n*(n-1), in multiples of 2^-128.
func (m *Moments) spread() *big.Int {
	sum := m.total()
	s := new(big.Int).Mul(new(big.Int).SetUint64(m.n), words(m.sq[:]))
	s.Sub(s, sum.Mul(sum, sum))
	if s.Sign() < 0 {
		panic("stats: moments with a negative variance")
	}
	return s
}

// total returns the sum in multiples of 2^-64.
func (m *Moments) total() *big.Int {
	sum := words(m.sum[:])
	if m.sum[2]>>63 != 0 {
		sum.Sub(sum, new(big.Int).Lsh(big.NewInt(1), 192))
	}
	return sum
}

// Saved returns which share of the variance of a mean difference the pairing
// saves: 1 - var(x-y) / (var(x) + var(y)). It is 1 when x and y differ by the
// same in every pair, 0 when they are uncorrelated, and negative when they
// lean against each other. difference, x and y are of the same pairs. It is
// not known of fewer than two pairs, nor when neither x nor y varies.
func Saved(difference, x, y *Moments) (saved float64, known bool) {
	if difference.n != x.n || difference.n != y.n {
		panic("stats: pairs of samples of different lengths")
	}
	apart := new(big.Int).Add(x.spread(), y.spread())
	if difference.n < 2 || apart.Sign() == 0 {
		return 0, false
	}
	return nearest(new(big.Int).Sub(apart, difference.spread()), apart), true
}

// Newcombe returns the interval of the difference between two shares of the
// same trials: both of them, only the first, only the second, or neither came
// true. It is method 10 of Newcombe (Statistics in Medicine 17, 1998, 2635):
// Wilson's intervals of the two shares joined by their correlation, which is
// corrected for continuity. There must be a trial.
func Newcombe(both, first, second, neither uint64) Interval {
	n := both + first + second + neither
	a, b, c, d := float64(both), float64(first), float64(second), float64(neither)
	correlation := 0.0
	if margins := float64(float64((a+b)*(c+d)) * float64((a+c)*(b+d))); margins > 0 {
		up := float64(a*d) - float64(b*c)
		if up > 0 {
			up = max(up-float64(n)/2, 0)
		}
		correlation = up / math.Sqrt(margins)
	}
	p, q := (a+b)/float64(n), (a+c)/float64(n)
	one, other := Wilson(both+first, n), Wilson(both+second, n)
	difference := (b - c) / float64(n)
	return Interval{
		Lo: max(difference-joined(p-one.Lo, other.Hi-q, correlation), -1),
		Hi: min(difference+joined(one.Hi-p, q-other.Lo, correlation), 1),
	}
}

// joined returns the length of the difference of two lengths that are
// correlated.
func joined(x, y, correlation float64) float64 {
	both := float64(x*x) + float64(y*y)
	return math.Sqrt(max(both-float64(float64(2*correlation)*float64(x*y)), 0))
}
