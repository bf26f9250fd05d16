package sim

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Time is true time: nanoseconds since the run began. Only the simulator knows
// it; what a peer can read is the time of its own clock, which is another type
// so that a protocol cannot use the one for the other by mistake.
type Time int64

// Never is later than anything that happens: the limit that is not reached,
// the timer that is not set.
const Never Time = math.MaxInt64

// Add returns t+d. A sum beyond Never is Never, and Never plus anything is
// Never. A sum below the least Time panics: no point of a run lies there.
func (t Time) Add(d time.Duration) Time {
	if t == Never {
		return Never
	}
	sum := t + Time(d)
	if d > 0 && sum < t {
		return Never
	}
	if d < 0 && sum > t {
		panic(fmt.Sprintf("sim: Time.Add: %s and %s sum to less than the least Time", t, d))
	}
	return sum
}

// Sub returns t-u, saturated at the largest and the least Duration.
func (t Time) Sub(u Time) time.Duration {
	d := t - u
	switch {
	case u < 0 && d < t:
		return math.MaxInt64
	case u > 0 && d > t:
		return math.MinInt64
	}
	return time.Duration(d)
}

// String returns t in milliseconds with at least one decimal, exactly, as
// "231.0ms" or "0.000001ms"; Never is "never". It is for people and panics.
func (t Time) String() string {
	if t == Never {
		return "never"
	}
	b := t.AppendMS(make([]byte, 0, 32))
	if t%1_000_000 == 0 {
		b = append(b, '.', '0')
	}
	return string(append(b, "ms"...))
}

// AppendMS appends t in milliseconds to b as the shortest exact decimal,
// without a unit: "231", "0.000001", "-1.5". It is made from integers alone,
// so it is the same on every machine; JSON and logs use it.
func (t Time) AppendMS(b []byte) []byte {
	// The magnitude as uint64, since the least int64 has no positive twin.
	ns := uint64(t)
	if t < 0 {
		b = append(b, '-')
		ns = -ns
	}
	b = strconv.AppendUint(b, ns/1_000_000, 10)
	frac := ns % 1_000_000
	if frac == 0 {
		return b
	}
	b = append(b, '.')
	for digit := uint64(100_000); frac > 0; digit /= 10 {
		b = append(b, byte('0'+frac/digit))
		frac %= digit
	}
	return b
}
