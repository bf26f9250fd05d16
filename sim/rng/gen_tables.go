//go:build ignore

// This program computes the frozen tables of package rng with math/big and
// writes them as Go source. Run it with go generate; its output is part of the
// repository, and the tests check every row of it against closed forms.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"math/big"
	"os"
	"slices"
)

// prec is the working precision in bits: 64 for the result, 64 for the
// cancellation in the far normal tail, and plenty to spare.
const prec = 288

func num(x float64) *big.Float            { return new(big.Float).SetPrec(prec).SetFloat64(x) }
func add(a, b *big.Float) *big.Float      { return new(big.Float).SetPrec(prec).Add(a, b) }
func sub(a, b *big.Float) *big.Float      { return new(big.Float).SetPrec(prec).Sub(a, b) }
func mul(a, b *big.Float) *big.Float      { return new(big.Float).SetPrec(prec).Mul(a, b) }
func quo(a, b *big.Float) *big.Float      { return new(big.Float).SetPrec(prec).Quo(a, b) }
func sqrt(a *big.Float) *big.Float        { return new(big.Float).SetPrec(prec).Sqrt(a) }
func pow2(a *big.Float, n int) *big.Float { return new(big.Float).SetPrec(prec).SetMantExp(a, n) }

// small reports whether a term no longer counts.
func small(a *big.Float) bool { return a.Sign() == 0 || a.MantExp(nil) < -prec }

// logOf is the natural logarithm for arguments of moderate size, by the series
// of the inverse hyperbolic tangent.
func logOf(x *big.Float) *big.Float {
	y := quo(sub(x, num(1)), add(x, num(1)))
	y2 := mul(y, y)
	sum := num(0)
	for k := 1; !small(y); k += 2 {
		sum = add(sum, quo(y, num(float64(k))))
		y = mul(y, y2)
	}
	return pow2(sum, 1)
}

// expOf is the exponential, by Taylor's series of x/2^24 and squaring.
func expOf(x *big.Float) *big.Float {
	const halvings = 24
	r := pow2(x, -halvings)
	sum, term := num(1), num(1)
	for k := 1; ; k++ {
		term = quo(mul(term, r), num(float64(k)))
		if small(term) {
			break
		}
		sum = add(sum, term)
	}
	for range halvings {
		sum = mul(sum, sum)
	}
	return sum
}

// arctanInverse is arctan(1/n).
func arctanInverse(n float64) *big.Float {
	sum, power := num(0), quo(num(1), num(n))
	for k := 0; !small(power); k++ {
		term := quo(power, num(float64(2*k+1)))
		if k%2 == 1 {
			term.Neg(term)
		}
		sum = add(sum, term)
		power = quo(power, num(n*n))
	}
	return sum
}

var (
	ln2 = logOf(num(2))
	// Machin: pi = 16 arctan(1/5) - 4 arctan(1/239).
	pi       = sub(mul(num(16), arctanInverse(5)), mul(num(4), arctanInverse(239)))
	rootTau  = sqrt(mul(num(2), pi))
	half     = num(0.5)
	halfRoot = sqrt(half) // 1/sqrt 2
)

// density is the standard normal density.
func density(z *big.Float) *big.Float {
	square := mul(z, z)
	return quo(expOf(square.Neg(pow2(square, -1))), rootTau)
}

// tail is the probability that a standard normal exceeds z >= 0 (Abramowitz and
// Stegun, 26.2.11), with the density at z.
func tail(z *big.Float) (q, phi *big.Float) {
	phi = density(z)
	sum, term, square := num(0), z, mul(z, z)
	for k := 1; !small(term); k++ {
		sum = add(sum, term)
		term = quo(mul(term, square), num(float64(2*k+1)))
	}
	return sub(half, mul(phi, sum)), phi
}

// tailInverse is the z with tail(z) = q, by Newton's method from a start that
// is not above it (the tail is convex, so the steps never overshoot).
func tailInverse(q, start *big.Float) *big.Float {
	z := start
	for {
		at, phi := tail(z)
		step := quo(sub(at, q), phi)
		z = add(z, step)
		if step.Sign() == 0 || step.MantExp(nil) < -140 {
			return z
		}
	}
}

// The nodes of interpolation: the zeros of the Chebyshev polynomial, stretched
// so that the outer ones fall on the ends of the piece. The pieces then meet
// exactly. Where a function starts from 0, relativeNodes do the same for the
// relative error, whose polynomial has one degree less.
var (
	nodes         = []*big.Float{num(0), sub(num(1), halfRoot), halfRoot, num(1)}
	relativeNodes = []*big.Float{num(0), chebyshevRatio(), quo(num(1), add(num(1), quo(sqrt(num(3)), num(2)))), num(1)}
)

// chebyshevRatio is (1-cos(pi/6)) / (1+cos(pi/6)).
func chebyshevRatio() *big.Float {
	c := quo(sqrt(num(3)), num(2))
	return quo(sub(num(1), c), add(num(1), c))
}

// row is the integer cubic c0 + c1 t + c2 t^2 + c3 t^3 through the values at the
// nodes, with the values at both ends exact.
func row(at, values []*big.Float) [4]*big.Int {
	d := append([]*big.Float(nil), values...)
	for order := 1; order < 4; order++ {
		for i := 3; i >= order; i-- {
			d[i] = quo(sub(d[i], d[i-1]), sub(at[i], at[i-order]))
		}
	}
	// Newton's form with at[0] = 0, multiplied out.
	c3 := round(d[3])
	c2 := round(sub(d[2], mul(d[3], add(at[1], at[2]))))
	c0, end := round(values[0]), round(values[3])
	c1 := new(big.Int).Sub(end, c0)
	c1.Sub(c1, c2).Sub(c1, c3)
	return [4]*big.Int{c0, c1, c2, c3}
}

// oddRow is the cubic c1 t + c3 t^3 through (0, 0), the value at 1 and one
// between: for a function that is odd about the start of the piece.
func oddRow(f func(t *big.Float) *big.Float) [4]*big.Int {
	t := sub(sqrt(num(2)), num(1)) // Chebyshev's node in t^2, stretched to end at 1
	inner, outer := quo(f(t), t), f(num(1))
	c3 := round(quo(sub(outer, inner), sub(num(1), mul(t, t))))
	return [4]*big.Int{new(big.Int), new(big.Int).Sub(round(outer), c3), new(big.Int), c3}
}

func round(x *big.Float) *big.Int {
	shifted := add(x, half)
	n, _ := shifted.Int(nil)
	if x.Sign() < 0 {
		n, _ = sub(x, half).Int(nil)
	}
	return n
}

// tailRows of 1/16 each reach 9.0625, where the tail is 1.2 * 2^-64.
const tailRows = 145

// table cuts 0..1 into pieces and fits f, scaled by 2^bits, on each.
func table(pieces, bits int, f func(x *big.Float) *big.Float) [][4]*big.Int {
	var rows [][4]*big.Int
	for i := range pieces {
		at := nodes
		if i == 0 && f(num(0)).Sign() == 0 {
			at = relativeNodes
		}
		var values []*big.Float
		for _, t := range at {
			x := quo(add(num(float64(i)), t), num(float64(pieces)))
			values = append(values, pow2(f(x), bits))
		}
		rows = append(rows, row(at, values))
	}
	return rows
}

// normalTable fits the normal quantile on every octave of the tail probability.
func normalTable(octaves, pieces, bits int) [][4]*big.Int {
	// Octave 0 would be probabilities above one half: rows of zeros, which
	// spare the index a subtraction and a bounds check.
	zero := new(big.Int)
	rows := slices.Repeat([][4]*big.Int{{zero, zero, zero, zero}}, pieces)
	z := num(0)
	quantile := func(octave int, x *big.Float) *big.Float {
		q := pow2(sub(num(2), x), -octave-1)
		z = tailInverse(q, z)
		return z
	}
	for octave := 1; octave <= octaves; octave++ {
		if octave == 1 {
			rows = append(rows, oddRow(func(t *big.Float) *big.Float {
				return pow2(quantile(1, quo(t, num(float64(pieces)))), bits)
			}))
		}
		for i := range pieces {
			if octave == 1 && i == 0 {
				continue
			}
			var values []*big.Float
			for _, t := range nodes {
				x := quo(add(num(float64(i)), t), num(float64(pieces)))
				values = append(values, pow2(quantile(octave, x), bits))
			}
			rows = append(rows, row(nodes, values))
		}
	}
	return rows
}

// tailTable fits the binary logarithm of the tail of the normal distribution,
// counted downwards, on pieces of length 1/perUnit from 0 on.
func tailTable(pieces, perUnit, bits int) [][4]*big.Int {
	at := func(z *big.Float) *big.Float {
		q, _ := tail(z)
		mantissa := new(big.Float)
		exponent := q.MantExp(mantissa)
		l := add(quo(logOf(mantissa), ln2), num(float64(exponent)))
		return pow2(l.Neg(l), bits)
	}
	var rows [][4]*big.Int
	for i := range pieces {
		var values []*big.Float
		for _, t := range nodes {
			values = append(values, at(quo(add(num(float64(i)), t), num(float64(perUnit)))))
		}
		rows = append(rows, row(nodes, values))
	}
	return rows
}

func emit(file, doc string, name string, rows [][4]*big.Int, perLine int) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Code generated by gen_tables.go; DO NOT EDIT.\n\npackage rng\n\n%s\nvar %s = [%d]cubic{", doc, name, len(rows))
	limit := new(big.Int).Lsh(big.NewInt(1), 64)
	for i, r := range rows {
		if i%perLine == 0 {
			b.WriteString("\n")
		}
		for _, c := range r {
			if c.Sign() < 0 || c.Cmp(limit) >= 0 {
				log.Fatalf("%s: row %d: coefficient %v outside 0..2^64-1", name, i, c)
			}
		}
		fmt.Fprintf(&b, "{%#x, %#x, %#x, %#x}, ", r[0], r[1], r[2], r[3])
	}
	b.WriteString("\n}\n")
	src, err := format.Source(b.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(file, src, 0o644); err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	emit("table_log2.go", `// log2Table holds -log2(1-x/2) for x from 0 to 1 in units of 2^-58: the binary
// logarithm of a mantissa, counted downwards from 2.`, "log2Table",
		table(128, 58, func(x *big.Float) *big.Float {
			l := logOf(sub(num(1), pow2(x, -1)))
			return quo(l.Neg(l), ln2)
		}), 1)
	emit("table_exp2.go", `// exp2Table holds 2^x for x from 0 to 1 in units of 2^-63.`, "exp2Table",
		table(32, 63, func(x *big.Float) *big.Float { return expOf(mul(x, ln2)) }), 1)
	emit("table_normal.go", `// normalTable holds the upper quantile of the standard normal distribution in
// units of 2^-58: 16 rows for each octave of the tail probability, octave n
// going down from 2^-n to 2^-(n+1), for n from 1 to 63. Octave 0 is empty.`, "normalTable",
		normalTable(63, 16, 58), 3)
	emit("table_tail.go", `// tailTable holds -log2 of the upper tail of the standard normal distribution in
// units of 2^-58: 16 rows for each unit of the variate, from 0 to just short of
// where the tail is 2^-64.`, "tailTable",
		tailTable(tailRows, 16, 58), 3)
}
