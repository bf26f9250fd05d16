package stats

import "math"

// Plans say how many trials an interval of a given width takes, from a pilot
// sample. They leave room for what the pilot cannot know, so that one sample in
// twenty or fewer comes out wider than planned.

// planned is how many standard errors of the pilot a plan leaves room for.
const planned = 2.6

// MostPlanned bounds what a plan asks for.
const MostPlanned = 1 << 40

// PlanShare returns how many trials make Wilson's interval of a share at most so
// wide, 0 to 1, after k hits in n pilot trials, at least 1. It plans for the
// share that takes the most of those the pilot leaves open.
func PlanShare(k, n uint64, width float64) uint64 {
	in := score(k, n, planned, planned*planned)
	p := min(max(0.5, in.Lo), in.Hi)
	low, high := uint64(1), uint64(1)
	for wilsonWidth(p, high) > width && high < MostPlanned {
		low, high = high, 2*high
	}
	for low < high {
		if mid := low + (high-low)/2; wilsonWidth(p, mid) > width {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return high + high/50
}

// wilsonWidth is the width of Wilson's interval where a share of p came true.
func wilsonWidth(p float64, n uint64) float64 {
	trials := float64(n)
	return 2 * float64(z*math.Sqrt(float64(float64(trials*p)*(1-p))+zSquared/4)) / (trials + zSquared)
}

// PlanMean returns how many observations make the interval of a mean at most so
// wide, above 0. sections are consecutive parts of a pilot sample: how their
// variances differ says how well the variance is known, also of what is far from
// normal. 1 stands for a pilot in which nothing varied.
func PlanMean(sections []Summary, width float64) uint64 {
	var variances, weights []float64
	sum, weight := 0.0, 0.0
	for _, s := range sections {
		if s.N < 2 {
			continue
		}
		w, v := float64(s.N-1), float64(s.SD*s.SD)
		variances, weights = append(variances, v), append(weights, w)
		sum += float64(w * v)
		weight += w
	}
	if weight == 0 || sum == 0 {
		return 1
	}
	variance, spread := sum/weight, 0.0
	for i, v := range variances {
		d := float64(weights[i] * (v - variance))
		spread += float64(d * d)
	}
	// A little more than that for the sample to come, whose variance varies, too.
	upper := variance + float64(1.2*planned*math.Sqrt(spread))/weight
	size := sampleSize(z, upper, width)
	return sampleSize(Student(size-1), upper, width)
}

// sampleSize is how many observations of a variance make an interval of so many
// standard errors to either side at most so wide. Of a quantile that is too small
// it is too small, and the quantile of Student for that size is a little too
// large, so that the size for the latter is enough.
func sampleSize(errors, variance, width float64) uint64 {
	size := math.Ceil(float64(float64(2*errors)*float64(2*errors)) * variance / float64(width*width))
	return uint64(min(max(size, leastPlanned), MostPlanned))
}

// leastPlanned is the smallest sample that is planned: the mean of fewer values
// that are far from normal is itself too far from it.
const leastPlanned = 32
