package compare

import (
	"testing"

	"mpcomm/peer/history"
)

// disordered returns n logs of m messages, each moved by up to reach places
// from the order of broadcast.
func disordered(n, m, reach int) *history.History {
	logs := make([][]uint32, n)
	word := uint64(1)
	for p := range logs {
		logs[p] = upTo(m)
		for i := range m - 1 {
			word = word*6364136223846793005 + 1442695040888963407
			if j := i + int(word>>33)%(reach+1); j < m {
				logs[p][i], logs[p][j] = logs[p][j], logs[p][i]
			}
		}
	}
	return of(m, logs...)
}

func BenchmarkCompare(b *testing.B) {
	for _, bench := range []struct {
		name       string
		n, m, move int
		want       Want
	}{
		{"tiny identical", 4, 8, 0, Cheap},
		{"tiny differ cheap", 4, 8, 2, Cheap},
		{"tiny differ", 4, 8, 2, All},
		{"8x8000", 8, 8000, 4, All},
		{"64x12800 cheap", 64, 12800, 4, Cheap},
		{"64x12800", 64, 12800, 4, All},
		{"64x12800 far", 64, 12800, 600, All},
		{"64x12800 far cheap", 64, 12800, 600, Cheap},
		{"8x8000 random", 8, 8000, 8000, All},
		{"1000x10000 identical", 1000, 10000, 0, Cheap},
		{"1000x10000 cheap", 1000, 10000, 4, Cheap},
	} {
		b.Run(bench.name, func(b *testing.B) {
			h := disordered(bench.n, bench.m, bench.move)
			var c Comparer
			opts := Options{Want: bench.want, MessagesPerPeer: bench.m / bench.n}
			c.Compare(h, opts)
			b.ReportAllocs()
			for b.Loop() {
				c.Compare(h, opts)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(bench.n*bench.m), "ns/delivery")
		})
	}
}
