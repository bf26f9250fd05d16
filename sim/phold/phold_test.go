package phold

import (
	"math"
	"testing"
)

// The load keeps its population, visits every process about as often as any
// other, and its delays have the mean of an exponential distribution.
func TestLoad(t *testing.T) {
	t.Parallel()
	const processes, events = 50, 200_000
	l := New(processes)
	l.Run(events)
	if l.sched.Len() != processes {
		t.Errorf("%d events are pending, want %d", l.sched.Len(), processes)
	}
	total, chi := uint64(0), 0.0
	expected := float64(events+4*processes) / processes
	for _, v := range l.visits {
		total += v
		chi += (float64(v) - expected) * (float64(v) - expected) / expected
	}
	if total != events+4*processes {
		t.Errorf("%d visits, want one for each of %d events", total, events+4*processes)
	}
	// Chi-squared with 49 degrees of freedom has mean 49 and deviation 9.9.
	if z := (chi - 49) / math.Sqrt(98); math.Abs(z) > 4.5 {
		t.Errorf("visits are not spread evenly: chi-squared %.1f over 49 degrees, z %.1f", chi, z)
	}
	sum := 0.0
	for n := range uint64(events) {
		sum += float64(exponential(word(n)))
	}
	// One halving on average, and one more less half a fraction, of ln 2 each.
	const want = 1.5 * math.Ln2
	if ratio := sum / events / float64(mean); math.Abs(ratio-want) > 0.01 {
		t.Errorf("the mean delay is %.4f of %v, want %.4f", ratio, mean, want)
	}
}

// Two loads of one size go the same way, in whatever steps.
func TestLoadRepeats(t *testing.T) {
	t.Parallel()
	a, b := New(7), New(7)
	a.Run(1000)
	for range 10 {
		b.Run(100)
	}
	for {
		at, e, ok := a.sched.Next()
		bt, f, also := b.sched.Next()
		if at != bt || e != f || ok != also {
			t.Fatalf("%v %v is pending in one load, %v %v in the other", at, e, bt, f)
		}
		if !ok {
			return
		}
	}
}
