package sim_test

import (
	"fmt"
	"testing"

	"mpcomm/sim/phold"
)

// BenchmarkPHOLD is the load of package phold with as many processes as the
// name says. One op is one event, as in mpcomm bench.
func BenchmarkPHOLD(b *testing.B) {
	for _, lps := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("lps=%d", lps), func(b *testing.B) {
			l := phold.New(lps)
			b.ReportAllocs()
			b.ResetTimer()
			l.Run(b.N)
		})
	}
}
