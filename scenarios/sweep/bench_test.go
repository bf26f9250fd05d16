package sweep

import (
	"context"
	"testing"

	"mpcomm/peer/order"
	"mpcomm/reports/result"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
	"mpcomm/scenarios/standard"
)

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
			s, err := standard.Tiny(phases)
			if err != nil {
				b.Fatal(err)
			}
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

// BenchmarkJudge is the part of a tiny run that comes after it: its verdicts,
// its divergence and its place in the sums. One op is one run, of many that
// differ.
func BenchmarkJudge(b *testing.B) {
	for _, bench := range []struct {
		name      string
		identical bool
	}{{"differ", false}, {"identical", true}} {
		b.Run(bench.name, func(b *testing.B) {
			p, outcomes := tinyOutcomes(b, bench.identical)
			var w worker
			var tally result.Tally
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				if i%4096 == 0 {
					tally.Reset()
				}
				w.judge(p, outcomes[i%len(outcomes)], false, &tally)
			}
		})
	}
}

// tinyOutcomes returns the first 400 tiny runs whose logs are identical, or are
// not.
func tinyOutcomes(b *testing.B, identical bool) (*run.Plan, []*run.Outcome) {
	s, err := standard.Tiny("none")
	if err == nil && identical { // rarely, unless gaps are far longer than delays
		s, err = s.With([]scenarios.Setting{{Path: "workload.gap.mean", Value: "2s"}})
	}
	if err != nil {
		b.Fatal(err)
	}
	p, err := run.Compile(s, s.Orderings[0], order.Builtin())
	if err != nil {
		b.Fatal(err)
	}
	var v run.Evaluator
	var outcomes []*run.Outcome
	e, seed := new(run.Engine), uint64(0)
	for fresh := true; len(outcomes) < 400; seed++ {
		if fresh {
			if e, err = run.NewEngine(p, run.Options{}); err != nil {
				b.Fatal(err)
			}
		}
		o, err := e.Run(seed)
		if err != nil {
			b.Fatal(err)
		}
		if fresh = v.Evaluate(p, o, run.Totals).Divergence.Identical == identical; fresh {
			outcomes = append(outcomes, o)
		}
	}
	return p, outcomes
}
