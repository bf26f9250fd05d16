package stats

import (
	"fmt"
	"math"
)

// z is the 0.975 quantile of the standard normal distribution.
const z = 1.959963984540054

const zSquared = z * z // by the compiler, exactly, then rounded once

// Interval is a 95% confidence interval, both ends included.
type Interval struct{ Lo, Hi float64 }

// Wilson returns the score interval of a share of k in n trials (Wilson, JASA
// 22, 1927). n must be at least 1 and k at most n.
func Wilson(k, n uint64) Interval { return score(k, n, z, zSquared) }

// score is that interval for other confidences: of as many standard errors, and
// their square.
func score(k, n uint64, errors, squared float64) Interval {
	if n == 0 || k > n {
		panic(fmt.Sprintf("stats: Wilson interval of %d in %d trials", k, n))
	}
	hits, trials := float64(k), float64(n)
	spread := float64(float64(hits*float64(n-k)) / trials)
	denominator := trials + squared
	centre := (hits + squared/2) / denominator
	half := float64(errors*math.Sqrt(spread+squared/4)) / denominator
	in := Interval{Lo: centre - half, Hi: centre + half}
	if k == 0 || in.Lo < 0 {
		in.Lo = 0
	}
	if k == n || in.Hi > 1 {
		in.Hi = 1
	}
	return in
}

// studentT holds the 0.975 quantiles of Student's distribution with 1 to 30
// degrees of freedom.
var studentT = [...]float64{
	12.706204736174698, 4.302652729749462, 3.182446305283709, 2.7764451051977925, 2.5705818356363146,
	2.446911851144969, 2.3646242515927844, 2.306004135204166, 2.2621571627982053, 2.2281388519862744,
	2.200985160091639, 2.1788128296672284, 2.160368656462792, 2.144786687917803, 2.131449545559774,
	2.1199052992212546, 2.1098155778333156, 2.100922040241038, 2.093024054408309, 2.0859634472658626,
	2.0796138447276795, 2.0738730679040258, 2.068657610419048, 2.0638985616280254, 2.0595385527532977,
	2.0555294386428735, 2.0518305164802859, 2.0484071417952445, 2.045229642132703, 2.0422724563012378,
}

// The coefficients of 1/degrees to its fifth power in the expansion of that
// quantile about the normal one (Fisher and Cornish, Technometrics 2, 1960, 209;
// Abramowitz and Stegun, 26.7.5), by the compiler, exactly.
const (
	z3, z5, z7, z9, z11 = z * zSquared, z3 * zSquared, z5 * zSquared, z7 * zSquared, z9 * zSquared

	student1 = (z3 + z) / 4
	student2 = (5*z5 + 16*z3 + 3*z) / 96
	student3 = (3*z7 + 19*z5 + 17*z3 - 15*z) / 384
	student4 = (79*z9 + 776*z7 + 1482*z5 - 1920*z3 - 945*z) / 92160
	student5 = (27*z11 + 339*z9 + 930*z7 - 1782*z5 - 765*z3 + 17955*z) / 368640
)

// Student returns the 0.975 quantile of Student's distribution (Student,
// Biometrika 6, 1908) with the given degrees of freedom, at least 1. It is true
// to 1e-9, and up to 30 degrees to the last digits.
func Student(degrees uint64) float64 {
	if degrees == 0 {
		panic("stats: Student's distribution with no degree of freedom")
	}
	if degrees <= uint64(len(studentT)) {
		return studentT[degrees-1]
	}
	n := float64(degrees)
	t := 0.0
	for _, c := range [...]float64{student5, student4, student3, student2, student1} {
		t = (t + c) / n
	}
	return z + t
}

// around returns mean +- t*sd/sqrt(n).
func around(mean, sd float64, n uint64) Interval {
	half := float64(Student(n-1)*sd) / math.Sqrt(float64(n))
	return Interval{Lo: mean - half, Hi: mean + half}
}
