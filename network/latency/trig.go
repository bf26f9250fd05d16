package latency

import "math/bits"

// Angles, sines and cosines are integers in units of 2^-60 (radians).
const (
	unity = 1 << 60

	// halfStep is half of a ten-thousandth of a degree.
	halfStep = 1006113813622

	// gain is the product of cos(atan(2^-i)) over the steps of rotate, by
	// which it would lengthen the vector.
	gain = 700114967507363238
)

// arctangents[i] is atan(2^-i): the angles of the rotations.
var arctangents = [...]int64{
	905502432259640355, 534549298976576474, 282441168888798124, 143371547418228444, 71963988336308046,
	36017075762092179, 18012932708689205, 9007016009513623, 4503576721087964, 2251796950380271,
	1125899548928887, 562949908682076, 281474971118251, 140737487656277, 70368744090283,
	35184372077909, 17592186043051, 8796093022037, 4398046511083, 2199023255549,
	1099511627776, 549755813888, 274877906944, 137438953472, 68719476736,
	34359738368, 17179869184, 8589934592, 4294967296, 2147483648,
	1073741824, 536870912, 268435456, 134217728, 67108864,
	33554432, 16777216, 8388608, 4194304, 2097152,
	1048576, 524288, 262144, 131072,
}

// sinCos returns the sine and cosine of an angle from 0 to a quarter turn, by
// rotations whose tangents are powers of two (J. E. Volder, "The CORDIC
// trigonometric computing technique", IRE Transactions on Electronic Computers
// EC-8(3), 1959). Both are exact to 2^-42.
func sinCos(angle int64) (sin, cos int64) {
	x, y := int64(gain), int64(0)
	for i, step := range arctangents {
		dx, dy := y>>i, x>>i
		if angle >= 0 {
			x, y, angle = x-dx, y+dy, angle-step
		} else {
			x, y, angle = x+dx, y-dy, angle+step
		}
	}
	// A last rotation may step over either axis by the error.
	return clampUnity(y), clampUnity(x)
}

func clampUnity(v int64) int64 { return min(max(v, 0), unity) }

// angleOf returns the angle of the vector (x, y), both 0 or more, at most 2^60
// and not both 0: from 0 to a quarter turn, exact to 2^-42 if one of them is
// near 2^60.
func angleOf(x, y int64) int64 {
	var angle int64
	for i, step := range arctangents {
		dx, dy := y>>i, x>>i
		if y >= 0 {
			x, y, angle = x+dx, y-dy, angle+step
		} else {
			x, y, angle = x-dx, y+dy, angle-step
		}
	}
	return max(angle, 0)
}

// product is a*b for a, b in 0..1, all in units of 2^-60.
func product(a, b int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return int64(hi<<4 | lo>>60)
}

// squareRoot is the integer square root of v, rounded down, for v below 2^62.
func squareRoot(v uint64) uint64 {
	var root uint64
	for bit := uint64(1) << 31; bit != 0; bit >>= 1 {
		if r := root | bit; r*r <= v {
			root = r
		}
	}
	return root
}
