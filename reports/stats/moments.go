package stats

import (
	"math"
	"math/big"
	"math/bits"
)

// Moments sums observations and their squares without rounding, so that sums
// made in any grouping and merged in any order are the same. Integers are
// exact; a quotient is first rounded down to a multiple of 2^-64. The zero
// value is empty.
type Moments struct {
	n   uint64
	sum [3]uint64 // two's complement, 64 bits after the point
	sq  [5]uint64 // 128 bits after the point
}

// AddInt enters one integer.
func (m *Moments) AddInt(v int64) {
	m.n++
	if v != 0 { // apart, so that the usual zero costs no call
		m.addInt(v)
	}
}

func (m *Moments) addInt(v int64) {
	var carry uint64
	m.sum[1], carry = bits.Add64(m.sum[1], uint64(v), 0)
	m.sum[2] += uint64(v>>63) + carry
	abs := uint64(v)
	if v < 0 {
		abs = -abs
	}
	hi, lo := bits.Mul64(abs, abs)
	m.sq[2], carry = bits.Add64(m.sq[2], lo, 0)
	m.sq[3], carry = bits.Add64(m.sq[3], hi, carry)
	m.sq[4] += carry
}

// Add enters one ratio; a ratio of nothing is no observation.
func (m *Moments) Add(r Ratio) {
	if r.Den != 0 {
		m.n++
		if r.Num != 0 {
			m.add(r)
		}
	}
}

func (m *Moments) add(r Ratio) { m.addFixed(r.Fixed()) }

// AddInts enters n non-negative integers by their sum and the sum of their
// squares.
func (m *Moments) AddInts(n, sum, squares uint64) {
	m.n += n
	var carry uint64
	m.sum[1], carry = bits.Add64(m.sum[1], sum, 0)
	m.sum[2] += carry
	m.sq[2], carry = bits.Add64(m.sq[2], squares, 0)
	m.sq[3], carry = bits.Add64(m.sq[3], 0, carry)
	m.sq[4] += carry
}

// AddTimes enters one ratio as often as times says.
func (m *Moments) AddTimes(r Ratio, times uint64) {
	if r.Den == 0 || times == 0 {
		return
	}
	m.n += times
	if r.Num != 0 {
		var one Moments
		one.add(r)
		addProduct(m.sum[:], one.sum[:], times)
		addProduct(m.sq[:], one.sq[:], times)
	}
}

// addProduct adds a multiple of little-endian words to as many others.
func addProduct(to, words []uint64, times uint64) {
	over := uint64(0)
	for i, w := range words {
		hi, lo := bits.Mul64(w, times)
		var carry uint64
		lo, carry = bits.Add64(lo, over, 0)
		over = hi + carry
		to[i], carry = bits.Add64(to[i], lo, 0)
		over += carry
	}
}

// Merge enters all observations of other.
func (m *Moments) Merge(other *Moments) {
	m.n += other.n
	var carry uint64
	for i := range m.sum {
		m.sum[i], carry = bits.Add64(m.sum[i], other.sum[i], carry)
	}
	carry = 0
	for i := range m.sq {
		m.sq[i], carry = bits.Add64(m.sq[i], other.sq[i], carry)
	}
}

// Whole returns the whole part of the sum, which must fit an int64.
func (m *Moments) Whole() int64 { return int64(m.sum[1]) }

// Squares returns the whole part of the sum of squares, which must fit a uint64.
func (m *Moments) Squares() uint64 { return m.sq[2] }

// N returns the number of observations.
func (m *Moments) N() uint64 { return m.n }

// Summary is what a report says of a sample, each the nearest float to the
// exact value but for the interval's half-width.
type Summary struct {
	N        uint64
	Mean     float64  // valid from one observation on
	SD       float64  // of the sample (divisor n-1), valid from two on
	Interval Interval // mean +- t*sd/sqrt(n), valid from two on
}

// Summary returns the mean, deviation and interval of the observations divided
// by scale, which is at least 1.
func (m *Moments) Summary(scale int64) Summary {
	s := Summary{N: m.n}
	if m.n == 0 {
		return s
	}
	n := new(big.Int).SetUint64(m.n)
	unit := big.NewInt(scale)
	one := new(big.Int).Lsh(big.NewInt(1), 64)
	s.Mean = nearest(m.total(), new(big.Int).Mul(new(big.Int).Mul(n, unit), one))
	if m.n == 1 {
		return s
	}
	spread := m.spread()
	divisor := new(big.Int).Mul(n, new(big.Int).Sub(n, big.NewInt(1)))
	divisor.Mul(divisor, new(big.Int).Mul(unit, unit))
	divisor.Mul(divisor, new(big.Int).Mul(one, one))
	s.SD = math.Sqrt(nearest(spread, divisor))
	s.Interval = around(s.Mean, s.SD, m.n)
	return s
}

// words reads little-endian words as a non-negative integer.
func words(w []uint64) *big.Int {
	x := new(big.Int)
	for i := len(w) - 1; i >= 0; i-- {
		x.Lsh(x, 64)
		x.Or(x, new(big.Int).SetUint64(w[i]))
	}
	return x
}

// nearest returns num/den rounded to the nearest float. A quotient of big.Float is
// rounded once, from the exact one; big.Rat would look for common factors first.
func nearest(num, den *big.Int) float64 {
	f, _ := new(big.Float).SetPrec(53).Quo(new(big.Float).SetInt(num), new(big.Float).SetInt(den)).Float64()
	return f
}
