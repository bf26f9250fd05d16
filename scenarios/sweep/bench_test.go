package sweep

import (
	"context"
	"fmt"
	"testing"

	"mpcomm/scenarios"
)

const tiny = `version: 1
name: tiny
peers: 4
orderings: [naive]
phases: %s
workload: {messages: 2, gap: {kind: exponential, min: 0ms, mean: 20ms}}
network: {latency: {kind: exponential, min: 0ms, mean: 20ms}}
`

func parse(tb testing.TB, text string) *scenarios.Scenario {
	tb.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(text), nil, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// BenchmarkSweepTiny is a sweep of runs so short that everything around them
// shows: four peers, two messages each, one worker. One op is one run.
func BenchmarkSweepTiny(b *testing.B) {
	for _, phases := range []string{"robust", "none"} {
		b.Run(phases, func(b *testing.B) {
			s := parse(b, fmt.Sprintf(tiny, phases))
			b.ReportAllocs()
			w, err := New(s, Options{Runs: max(b.N, 1), Seed: 1, Workers: 1})
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			r, err := w.Run(context.Background())
			if err != nil || !r.Complete() {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
		})
	}
}
