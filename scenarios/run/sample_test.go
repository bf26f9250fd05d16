package run_test

import (
	"math"
	"slices"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/order"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"

	"pgregory.net/rapid"
)

// parse reads a scenario that a test holds as text.
func parse(tb rapid.TB, text string) *scenarios.Scenario {
	tb.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(text), nil, nil)
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	return s
}

// compile makes the plan of the scenario's first ordering.
func compile(tb testing.TB, text string) *run.Plan {
	tb.Helper()
	s := parse(tb, text)
	p, err := run.Compile(s, s.Orderings[0], order.Builtin())
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	return p
}

func engine(tb rapid.TB, p *run.Plan, o run.Options) *run.Engine {
	tb.Helper()
	e, err := run.NewEngine(p, o)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func mustRun(tb rapid.TB, e *run.Engine, seed uint64) *run.Outcome {
	tb.Helper()
	o, err := e.Run(seed)
	if err != nil {
		tb.Fatalf("seed %d: %v", seed, err)
	}
	return o
}

// sum gathers a value over runs.
type sum struct{ n, total, squares float64 }

func (s *sum) add(x float64) { s.n++; s.total += x; s.squares += x * x }

func (s *sum) mean() float64 { return s.total / s.n }

func (s *sum) variance() float64 {
	m := s.mean()
	return (s.squares/s.n - m*m) * s.n / (s.n - 1)
}

// thin divides the number of runs of the statistical tests.
var thin = 1

// overSeeds calls value for the outcomes of seeds 1..runs.
func overSeeds(tb testing.TB, text string, runs int, value func(*run.Outcome)) {
	tb.Helper()
	e := engine(tb, compile(tb, text), run.Options{})
	for seed := range uint64(runs / thin) {
		value(mustRun(tb, e, seed+1))
	}
}

// most is how many standard errors a row may lie from its closed form.
const most = 4.5

// holdShare tests a probability against its exact variance.
func holdShare(tb testing.TB, s *sum, want float64) {
	tb.Helper()
	z := (s.mean() - want) / math.Sqrt(want*(1-want)/s.n)
	tb.Logf("share %.4f, want %.4f, %.0f runs: z = %+.2f", s.mean(), want, s.n, z)
	if !(math.Abs(z) <= most) {
		tb.Errorf("share %.5f over %.0f runs, want %.5f: z = %+.2f, at most %v", s.mean(), s.n, want, z, most)
	}
}

// holdMean tests a mean against the spread of the runs.
func holdMean(tb testing.TB, s *sum, want float64) {
	tb.Helper()
	z := (s.mean() - want) / math.Sqrt(s.variance()/s.n)
	tb.Logf("mean %.4f, want %.4f, %.0f runs: z = %+.2f", s.mean(), want, s.n, z)
	if !(math.Abs(z) <= most) {
		tb.Errorf("mean %.5f over %.0f runs, want %.5f: z = %+.2f, at most %v", s.mean(), s.n, want, z, most)
	}
}

// holdLaw is the test of Kolmogorov and Smirnov of independent values.
func holdLaw(tb testing.TB, values []float64, cdf func(float64) float64) {
	tb.Helper()
	slices.Sort(values)
	n := float64(len(values))
	d := 0.0
	for i, x := range values {
		f := cdf(x)
		d = max(d, f-float64(i)/n, float64(i+1)/n-f)
	}
	tb.Logf("law of %d values: D*sqrt(N) = %.3f", len(values), d*math.Sqrt(n))
	if !(d*math.Sqrt(n) < 1.95) {
		tb.Errorf("law of %d values: D*sqrt(N) = %.3f, want below 1.95", len(values), d*math.Sqrt(n))
	}
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func message(sender, number int) peer.MessageID {
	return peer.MessageID{Sender: peer.ID(sender), Number: int32(number)}
}

// log returns a peer's log by name.
func log(h *history.History, p int) []peer.MessageID {
	var ids []peer.MessageID
	for _, ref := range h.Logs[p].Refs {
		ids = append(ids, h.Broadcasts[ref].ID)
	}
	return ids
}

// inverted reports whether p's log holds first before then, both there.
func inverted(h *history.History, p int, first, then peer.MessageID) bool {
	at, from := -1, -1
	for i, ref := range h.Logs[p].Refs {
		switch h.Broadcasts[ref].ID {
		case first:
			at = i
		case then:
			from = i
		}
	}
	return at >= 0 && from >= 0 && at < from
}

// sameLogs reports whether the logs of all the peers are equal.
func sameLogs(h *history.History, peers ...int) bool {
	for _, p := range peers[1:] {
		if !slices.Equal(h.Logs[p].Refs, h.Logs[peers[0]].Refs) {
			return false
		}
	}
	return true
}

// kendall counts the pairs of messages that two logs of the same messages
// order in opposite ways, by looking at every pair.
func kendall(h *history.History, p, q int) int {
	place := map[history.Ref]int{}
	for i, ref := range h.Logs[q].Refs {
		place[ref] = i
	}
	k := 0
	for i, a := range h.Logs[p].Refs {
		for _, b := range h.Logs[p].Refs[i+1:] {
			k += int(one(place[a] > place[b]))
		}
	}
	return k
}

// disorder counts the pairs of p's log that stand against the order of
// broadcast. Logs are nearly sorted, so insertion is quick.
func disorder(h *history.History, p int) int {
	refs := slices.Clone(h.Logs[p].Refs)
	k := 0
	for i := range refs {
		for j := i; j > 0 && refs[j] < refs[j-1]; j-- {
			refs[j], refs[j-1] = refs[j-1], refs[j]
			k++
		}
	}
	return k
}
