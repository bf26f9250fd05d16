package sweep

import (
	"context"
	"math"
	"testing"

	"mpcomm/reports/result"
)

// known is a scenario with closed forms. p0 broadcasts at 0 and p1 at 10ms; a
// packet takes exponential time of mean 20ms; timestamps wait 15ms. The logs
// differ when p0's message reaches p1 after p1 has logged its own: after 10ms,
// or, by timestamps, after 25ms. A message takes D, or, by timestamps, the
// longer of D and 15ms.
const known = `version: 1
name: known
peers: 2
orderings: [naive, {kind: timestamp, wait: 15ms, name: waiting}]
phases: none
workload: {sends: [{at: 0ms, from: 0}, {at: 10ms, from: 1}]}
network: {latency: {kind: exponential, min: 0ms, mean: 20ms}}
`

// coverage counts how many of the intervals hold what they should.
type coverage struct {
	what         string
	want         float64
	held, missed int
}

func (c *coverage) count(lo, hi float64) {
	if lo <= c.want && c.want <= hi {
		c.held++
	} else {
		c.missed++
	}
}

// requireCovered demands that 95% intervals hold the truth in 93% to 97% of the
// sweeps.
func requireCovered(t *testing.T, all ...*coverage) {
	t.Helper()
	for _, c := range all {
		share := float64(c.held) / float64(c.held+c.missed)
		t.Logf("%s: %.4f", c.what, share)
		if !(share >= 0.93 && share <= 0.97) {
			t.Errorf("%s: %.4f of %d intervals hold %v, want 0.93 to 0.97", c.what, share, c.held+c.missed, c.want)
		}
	}
}

func (c *coverage) countPath(line *result.Cell, path string) {
	lo, ok := line.Number(path + "_lo")
	hi, okHi := line.Number(path + "_hi")
	if ok && okHi {
		c.count(lo, hi)
	} else {
		c.missed++
	}
}

// TestCoverage repeats a small sweep 2,000 times, each on seeds of its own, and
// counts how often the intervals of shares, means, quantiles and paired
// differences hold what the closed forms say.
func TestCoverage(t *testing.T) {
	t.Parallel()
	if thin > 1 {
		t.Skip("the race detector finds nothing in shares that it has not found in sweeps")
	}
	const sweeps, runs = 2000, 120
	w, err := New(parse(t, known), Options{Runs: sweeps * runs})
	if err != nil {
		t.Fatal(err)
	}
	naive, waiting := math.Exp(-10.0/20), math.Exp(-25.0/20)
	wait := 15 + 20*math.Exp(-15.0/20)
	share := &coverage{what: "share of identical logs", want: 1 - naive}
	shareWaiting := &coverage{what: "share of identical logs, waiting", want: 1 - waiting}
	mean := &coverage{what: "mean latency", want: 20}
	quantile := &coverage{what: "median latency", want: 20 * math.Ln2}
	shares := &coverage{what: "paired difference of shares", want: naive - waiting}
	means := &coverage{what: "paired difference of means", want: wait - 20}
	saved := 0.0
	eachStretch(t, w, runs, func(lines []result.Cell) {
		share.countPath(&lines[0], "divergence.identical")
		shareWaiting.countPath(&lines[1], "divergence.identical")
		mean.countPath(&lines[0], "cost.latency_ms.mean")
		quantile.countPath(&lines[0], "cost.latency_ms.p50")
		for _, d := range lines[1].Versus.Differences {
			switch d.Path {
			case "divergence.identical":
				shares.count(d.Interval.Lo, d.Interval.Hi)
			case "cost.latency_ms.mean":
				means.count(d.Interval.Lo, d.Interval.Hi)
				saved += d.Saved / sweeps
			}
		}
	})
	requireCovered(t, share, shareWaiting, mean, quantile, shares, means)
	// D has variance 400; the longer of D and 15 has 400*(2-e)*e with e = exp(-15/20);
	// what waiting adds, 15-D below 15, has what is left of its moments.
	e := math.Exp(-15.0 / 20)
	apart, first := 400+400*(2-e)*e, 15-20*(1-e)
	second := 225 - 2*20*first // E[(15-D)^2, D < 15], by parts
	if want := 1 - (second-first*first)/apart; math.Abs(saved-want) > 0.01 {
		t.Errorf("pairing saves %.4f of the variance, want %.4f", saved, want)
	}
}

// eachStretch carries out sweeps of so many runs, one after another on seeds of
// their own, on the engines of one worker.
func eachStretch(t *testing.T, w *Sweep, runs int, visit func(lines []result.Cell)) {
	t.Helper()
	work := worker{cell: -1, sweep: w, activity: new(activity)}
	for first := 0; first+runs <= w.Runs(); first += runs {
		w.options.Seed = uint64(first)
		c := chunk{count: runs}
		if work.make(context.Background(), &c); c.err != nil {
			t.Fatal(c.err)
		}
		m := merger{sweep: w}
		if err := m.enter(&c); err != nil {
			t.Fatal(err)
		}
		visit(m.result().Lines)
	}
}
