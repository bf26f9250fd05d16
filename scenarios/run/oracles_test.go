package run_test

import (
	"fmt"
	"math"
	"testing"

	"mpcomm/peer/history"
	"mpcomm/scenarios/run"
)

// The closed forms a run is held to, each from scenario text to logs. Links are
// datagram, delays are exponential of mean 20 ms unless a row says otherwise,
// and a message counts as seen by a third party: a peer that does not send.

// pair is a scenario in which p0 broadcasts at 0 and p1 at d.
func pair(peers int, ordering, d, network string) string {
	return fmt.Sprintf(`version: 1
name: pair
peers: %d
orderings: [%s]
workload: {sends: [{at: 0ms, from: 0}, {at: %s, from: 1}]}
network: {link: datagram, %s}
`, peers, ordering, d, network)
}

const exponential = "latency: {kind: exponential, min: 0ms, mean: 20ms}"

// shareRow is one probability: how often event happens in a run.
type shareRow struct {
	name     string
	scenario string
	runs     int
	want     float64
	event    func(h *history.History) bool
}

func (r shareRow) test(t *testing.T) {
	t.Run(r.name, func(t *testing.T) {
		t.Parallel()
		var s sum
		overSeeds(t, r.scenario, r.runs, func(o *run.Outcome) { s.add(one(r.event(o.History))) })
		if r.want == 0 || r.want == 1 {
			if s.mean() != r.want {
				t.Errorf("share %v of %v runs, want exactly %v", s.mean(), s.n, r.want)
			}
			return
		}
		holdShare(t, &s, r.want)
	})
}

// second is the event that p2 delivers p1's message before p0's.
func second(h *history.History) bool { return inverted(h, 2, message(1, 0), message(0, 0)) }

func differ(peers ...int) func(*history.History) bool {
	return func(h *history.History) bool { return !sameLogs(h, peers...) }
}

func same(peers ...int) func(*history.History) bool {
	return func(h *history.History) bool { return sameLogs(h, peers...) }
}

// TestPairs: two messages sent d apart by two peers, in order of arrival.
func TestPairs(t *testing.T) {
	t.Parallel()
	const d = 10.0 / 20
	p := math.Exp(-d) / 2
	uniform := "latency: {kind: uniform, min: 5ms, max: 25ms}"
	five := math.Pow(p, 5) + math.Pow(1-p, 5)
	for _, r := range []shareRow{
		{"one receiver inverts, exponential", pair(3, "naive", "10ms", exponential), 50_000, p, second},
		{"two receivers disagree", pair(4, "naive", "10ms", exponential), 50_000, 2 * p * (1 - p), differ(2, 3)},
		{"two receivers disagree, sent at once", pair(4, "naive", "0ms", exponential), 50_000, 0.5, differ(2, 3)},
		{"the two senders disagree", pair(2, "naive", "10ms", exponential), 100_000, math.Exp(-d), differ(0, 1)},
		{"five receivers agree, own messages by the network", pair(5, "naive", "10ms", "self: loopback, "+exponential), 100_000, five, same(0, 1, 2, 3, 4)},
		{"one receiver inverts, uniform", pair(3, "naive", "5ms", uniform), 50_000, 0.28125, second},
		{"two receivers disagree, uniform", pair(4, "naive", "5ms", uniform), 50_000, 2 * 0.28125 * (1 - 0.28125), differ(2, 3)},
		// The integral of S(d+x)f(x) over x, by quadrature.
		{"one receiver inverts, lognormal", pair(3, "naive", "10ms", "latency: {kind: lognormal, min: 0ms, median: 20ms, sigma: 0.5}"), 50_000, lognormalInversion(20, 0.5, 10), second},
		{"sent at once, lognormal", pair(3, "naive", "0ms", "latency: {kind: lognormal, min: 3ms, median: 20ms, sigma: 1}"), 50_000, 0.5, second},
		{"sent at once, pareto", pair(3, "naive", "0ms", "latency: {kind: pareto, scale: 5ms, shape: 2}"), 50_000, 0.5, second},
		{"sent at once, normal", pair(3, "naive", "0ms", "latency: {kind: normal, mean: 60ms, sd: 8ms}"), 50_000, 0.5, second},
	} {
		r.test(t)
	}
}

// lognormalInversion is P(L' + d < L) for independent delays of that law.
func lognormalInversion(median, sigma, d float64) float64 {
	cdf := func(x float64) float64 { return 0.5 * math.Erfc(-math.Log(x/median)/(sigma*math.Sqrt2)) }
	const steps = 200_000
	total := 0.0
	for i := range steps { // midpoints in probability: x = quantile of (i+1/2)/steps
		u := (float64(i) + 0.5) / steps
		x := median * math.Exp(-sigma*math.Sqrt2*math.Erfcinv(2*u))
		total += 1 - cdf(d+x)
	}
	return total / steps
}

// concurrent is a scenario in which the first k peers broadcast at once.
func concurrent(peers, k int) string {
	sends := ""
	for p := range k {
		sends += fmt.Sprintf(", {at: 0ms, from: %d}", p)
	}
	return fmt.Sprintf("version: 1\nname: concurrent\npeers: %d\norderings: [naive]\nworkload: {sends: [%s]}\nnetwork: {link: datagram, %s}\n",
		peers, sends[2:], exponential)
}

// TestConcurrent: k messages at once are a uniform permutation at each third
// party; with the own message first, peers never agree.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	shareRow{"two receivers of four messages agree", concurrent(6, 4), 50_000, 1.0 / 24, same(4, 5)}.test(t)
	for _, n := range []int{2, 3, 5} {
		shareRow{fmt.Sprintf("%d peers that all send differ", n), concurrent(n, n), 2_000, 1, differ(0, 1)}.test(t)
	}
	for _, r := range []struct {
		name        string
		peers, k, p int
		runs        int
		want        float64
	}{
		{"Kendall distance of eight messages", 10, 8, 8, 20_000, 14},
		{"Kendall distance of two peers of two", 2, 2, 0, 2_000, 1},
		{"Kendall distance of two peers of three", 3, 3, 0, 20_000, 2},
		{"Kendall distance of two peers of five", 5, 5, 0, 20_000, 5.5},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			var s sum
			overSeeds(t, concurrent(r.peers, r.k), r.runs, func(o *run.Outcome) {
				s.add(float64(kendall(o.History, r.p, r.p+1)))
			})
			if r.peers == 2 {
				if s.mean() != r.want || s.variance() != 0 {
					t.Errorf("mean %v, variance %v; want exactly %v in every run", s.mean(), s.variance(), r.want)
				}
				return
			}
			holdMean(t, &s, r.want)
			if r.k == 8 { // the variance of K is k(k-1)(2k+5)/72; its own spread is about sqrt(2/runs)
				if want := 8.0 * 7 * 21 / 72; math.Abs(s.variance()/want-1) > most*math.Sqrt(2/s.n) {
					t.Errorf("variance %v, want %v", s.variance(), want)
				}
			}
		})
	}
}

// TestCauses: p1 answers p0's message; p2 has the answer before the question.
func TestCauses(t *testing.T) {
	t.Parallel()
	chain := func(h, latency string) string {
		return fmt.Sprintf(`version: 1
name: chain
peers: 3
orderings: [naive]
workload: {sends: [{at: 0ms, from: 0}, {after: "p0#0", from: 1, delay: %s}]}
network: {link: datagram, %s}
`, h, latency)
	}
	for _, r := range []shareRow{
		{"exponential, answered at once", chain("0ms", exponential), 50_000, 0.25, second},
		{"exponential, answered after 10 ms", chain("10ms", exponential), 50_000, 0.25 * math.Exp(-0.5), second},
		{"uniform", chain("0ms", "latency: {kind: uniform, min: 5ms, max: 25ms}"), 100_000, math.Pow(0.75, 3) / 6, second},
	} {
		r.test(t)
	}
}

// TestClocks: orders by physical and by logical clocks against true time.
func TestClocks(t *testing.T) {
	t.Parallel()
	skewed := pair(3, "{kind: timestamp, wait: 500ms}", "5ms", "latency: 1ms") +
		"clocks: {default: {offset: {kind: normal, mean: 0ms, sd: 10ms}}}\n"
	timestamp := func(params string) string { return "{kind: timestamp, " + params + "}" }
	const d, delta = 10.0 / 20, 20.0 / 20
	// Two fresh senders: when the second has not heard of the first, both stamp
	// 1 and the smaller number goes first.
	lamport := func(peers, first, then int) string {
		return fmt.Sprintf("version: 1\nname: fresh\npeers: %d\norderings: [lamport]\nphases: none\n"+
			"workload: {sends: [{at: 0ms, from: %d}, {at: 10ms, from: %d}]}\nnetwork: {link: fifo, %s}\n", peers, first, then, exponential)
	}
	swapped := func(h *history.History) bool { return inverted(h, 0, message(0, 0), message(1, 0)) }
	for _, r := range []shareRow{
		{"timestamps invert the order of sending", skewed, 100_000, 0.5 * math.Erfc(5/(10*math.Sqrt2)/math.Sqrt2), second},
		{
			"inverted, held until stamp plus wait", pair(3, timestamp("wait: 20ms"), "10ms", exponential), 50_000,
			math.Exp(-d) * (math.Exp(-delta) - math.Exp(-2*delta)/2), second,
		},
		{
			"inverted, held from the arrival", pair(3, timestamp("wait: 20ms, hold: arrival"), "10ms", exponential), 50_000,
			math.Exp(-d-delta) / 2, second,
		},
		// The mean of these two is the share for senders in random order.
		{"Lamport, the smaller number sends second", lamport(2, 1, 0), 50_000, math.Exp(-d), swapped},
		{"Lamport, the smaller number sends first", lamport(2, 0, 1), 5_000, 0, func(h *history.History) bool {
			return inverted(h, 0, message(1, 0), message(0, 0))
		}},
		// A third peer's acknowledgement may bring the news by a detour of two delays.
		{"Lamport, three peers", lamport(3, 1, 0), 50_000, math.Exp(-d) * (1 + d) * math.Exp(-d), swapped},
	} {
		r.test(t)
	}
	t.Run("late at one receiver", func(t *testing.T) {
		t.Parallel()
		text := `version: 1
name: late
peers: 2
orderings: [{kind: timestamp, wait: 60ms}]
workload: {sends: [{at: 0ms, from: 0}]}
network: {link: datagram, ` + exponential + `}
`
		var s sum
		overSeeds(t, text, 100_000, func(o *run.Outcome) { s.add(float64(counter(o, "late"))) })
		holdShare(t, &s, math.Exp(-3))
	})
}

func counter(o *run.Outcome, name string) int64 {
	for _, c := range o.Counters {
		if c.Name == name {
			return c.Value
		}
	}
	panic("no counter " + name)
}
