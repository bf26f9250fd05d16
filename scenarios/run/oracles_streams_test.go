package run_test

import (
	"fmt"
	"math"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/scenarios/run"
	"mpcomm/sim"
)

// theta is the mean delay of these rows in milliseconds.
const theta = 20.0

// ms returns a span of true time in milliseconds.
func ms(t sim.Time) float64 { return float64(t) / 1e6 }

// age returns how many milliseconds after its broadcast p delivered entry i.
func age(h *history.History, p peer.ID, i int) float64 {
	return ms(h.TimesOf(p)[i].Delivered - h.Broadcasts[h.Logs[p].Refs[i]].At)
}

// TestHandshake: n peers send READY to each other at 0, once.
func TestHandshake(t *testing.T) {
	t.Parallel()
	classic := func(peers int, workload, network string) string {
		return fmt.Sprintf("version: 1\nname: handshake\npeers: %d\norderings: [naive]\nphases: classic\nworkload: %s\nnetwork: {link: datagram, %s, %s}\n",
			peers, workload, exponential, network)
	}
	t.Run("one peer is ready", func(t *testing.T) {
		t.Parallel()
		var s sum
		var values []float64
		overSeeds(t, classic(5, "{messages: 1}", "loss: 0"), 20_000, func(o *run.Outcome) {
			s.add(ms(o.Opened[0]))
			values = append(values, ms(o.Opened[0]))
		})
		holdMean(t, &s, theta*(1+1/2.0+1/3.0+1/4.0))
		holdLaw(t, values, func(x float64) float64 { return math.Pow(1-math.Exp(-x/theta), 4) })
	})
	t.Run("all are ready in spite of losses", func(t *testing.T) {
		t.Parallel()
		var s sum
		overSeeds(t, classic(8, "{sends: [{at: 0ms, from: 0}]}", "loss: 1/100"), 20_000, func(o *run.Outcome) {
			all := true
			for _, at := range o.Opened {
				all = all && at != sim.Never
			}
			s.add(one(all))
		})
		holdShare(t, &s, math.Pow(0.99, 56))
	})
	for _, gap := range []int{0, 10} {
		t.Run(fmt.Sprintf("the first message after %d ms comes too early", gap), func(t *testing.T) {
			t.Parallel()
			var s sum
			overSeeds(t, classic(5, fmt.Sprintf("{messages: 1, gap: %dms}", gap), "loss: 0"), 20_000, func(o *run.Outcome) {
				s.add(float64(o.TooEarly) / 20)
			})
			holdMean(t, &s, tooEarly(4, float64(gap)))
		})
	}
}

// tooEarly is the probability that a message sent g after one of m+1 peers has
// opened finds another still in its handshake.
func tooEarly(m int, g float64) float64 {
	total, binomial, sign := 0.0, 1.0, 1.0
	for k := 1; k <= m; k++ {
		binomial *= float64(m-k+1) / float64(k)
		product := 1 / float64(1+k)
		for i := 1; i <= m; i++ {
			product *= float64(i) / float64(i+k)
		}
		total += sign * binomial * math.Exp(-float64(k)*g/theta) * product
		sign = -sign
	}
	return total
}

// stream is one Poisson stream of messages, a mean gap apart, to one receiver.
func stream(ordering, gap, messages, network string) string {
	return fmt.Sprintf(`version: 1
name: stream
peers: 2
orderings: [%s]
workload: {messages: %s, senders: [0], gap: {kind: exponential, min: 0ms, mean: %s}}
network: {link: datagram, %s}
limits: {until: 1h}
`, ordering, messages, gap, network)
}

// TestOvertaking: how far a stream is out of order at its receiver.
func TestOvertaking(t *testing.T) {
	t.Parallel()
	t.Run("neighbours", func(t *testing.T) {
		t.Parallel()
		var sent, arrived sum
		overSeeds(t, stream("naive", "20ms", "1000", exponential), 400, func(o *run.Outcome) {
			refs := o.History.Logs[1].Refs
			place := make([]int, len(refs))
			for i, ref := range refs {
				place[ref] = i
			}
			inSent, inArrived := 0.0, 0.0
			for i := 1; i < len(refs); i++ {
				inSent += one(place[i] < place[i-1])
				inArrived += one(refs[i] < refs[i-1])
			}
			sent.add(inSent / float64(len(refs)-1))
			arrived.add(inArrived / float64(len(refs)-1))
		})
		holdMean(t, &sent, 0.25)
		holdMean(t, &arrived, 0.25)
	})
	const messages = 2000
	for _, r := range []struct {
		name, latency string
		want          float64
	}{
		// Pairs k apart are inverted with probability 1/2·2^-k, and there are
		// messages-k of them.
		{"exponential", exponential, 0.5 - 1.0/messages},
		{"uniform", "latency: {kind: uniform, min: 0ms, max: 40ms}", 2.0 / 6},
		{"normal", "latency: {kind: normal, mean: 120ms, sd: 20ms}", 1 / math.Sqrt(math.Pi)},
	} {
		t.Run("inversions a message, "+r.name, func(t *testing.T) {
			t.Parallel()
			var s sum
			overSeeds(t, stream("naive", "20ms", fmt.Sprint(messages), r.latency), 300, func(o *run.Outcome) {
				s.add(float64(disorder(o.History, 1)) / messages)
			})
			holdMean(t, &s, r.want)
		})
	}
}

// TestContested: the share of messages that two receivers order differently.
func TestContested(t *testing.T) {
	t.Parallel()
	for _, r := range []struct {
		name, scenario string
		want           float64
	}{
		{"ρ = 0.1", stream("naive", "200ms", "1500", "self: loopback, "+exponential) + "measure: {from: 1s, until: 270s}\n", contested(0.1)},
		{"ρ = 0.5", stream("naive", "40ms", "1500", "self: loopback, "+exponential) + "measure: {from: 1s, until: 54s}\n", contested(0.5)},
		{"ρ = 1", stream("naive", "20ms", "1500", "self: loopback, "+exponential) + "measure: {from: 1s, until: 27s}\n", contested(1)},
		{"ρ = 2", stream("naive", "10ms", "1500", "self: loopback, "+exponential) + "measure: {from: 1s, until: 13500ms}\n", contested(2)},
		{"two senders, constant delay", `version: 1
name: senders
peers: 2
orderings: [naive]
workload: {messages: 1000, gap: {kind: exponential, min: 0ms, mean: 50ms}}
network: {link: datagram, latency: 20ms}
measure: {from: 1s, until: 44s}
limits: {until: 1h}
`, 1 - math.Exp(-0.8)},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			var s sum
			p := compile(t, r.scenario)
			e := engine(t, p, run.Options{})
			var v run.Evaluator
			for seed := range uint64(300) {
				c := v.Evaluate(p, mustRun(t, e, seed), run.Totals).Divergence.Contested
				s.add(float64(c.Num) / float64(c.Den))
			}
			holdMean(t, &s, r.want)
		})
	}
}

// contested is 1 - ρ^-(ρ+1)·γ(ρ+1, ρ), with the lower incomplete gamma function
// by its series.
func contested(rho float64) float64 {
	term := 1 / (rho + 1)
	total := term
	for k := 1; k < 60; k++ {
		term *= rho / (rho + 1 + float64(k))
		total += term
	}
	return 1 - math.Exp(-rho)*total
}

// TestResequencing: what it costs to put one stream back into order.
func TestResequencing(t *testing.T) {
	t.Parallel()
	for _, r := range []struct {
		name, ordering, network, gap string
		rho                          float64
	}{
		{"by the ordering", "fifo", exponential, "20ms", 1},
		{"by the transport", "naive", "transport: {kind: fifo}, " + exponential, "20ms", 1},
		{"by the ordering, twice the rate", "fifo", exponential, "10ms", 2},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			var s sum
			overSeeds(t, stream(r.ordering, r.gap, "1000", r.network), 400, func(o *run.Outcome) {
				total := 0.0
				for i := 100; i < 1000; i++ {
					total += age(o.History, 1, i)
				}
				s.add(total / 900)
			})
			holdMean(t, &s, theta*(ein(r.rho)+(1-math.Exp(-r.rho))/r.rho))
			var values []float64
			overSeeds(t, stream(r.ordering, r.gap, "80", r.network), 4000, func(o *run.Outcome) {
				values = append(values, age(o.History, 1, 70))
			})
			holdLaw(t, values, func(x float64) float64 {
				return (1 - math.Exp(-x/theta)) * math.Exp(-r.rho*math.Exp(-x/theta))
			})
		})
	}
}

// ein is the entire exponential integral, the sum of (-1)^(k+1) x^k / (k·k!).
func ein(x float64) float64 {
	total, term := 0.0, -1.0
	for k := 1.0; k < 40; k++ {
		term *= -x / k
		total += term / k
	}
	return total
}

// TestRetransmission: an isolated message over a link that loses one packet in
// ten, with a fixed RTO of 100 ms.
func TestRetransmission(t *testing.T) {
	t.Parallel()
	// The long gap before STOP lets every acknowledgement come.
	const text = `version: 1
name: isolated
peers: 2
orderings: [naive]
phases: {kind: robust, stop_gap: 20s}
workload: {sends: [{at: 0ms, from: 0}]}
network: {link: datagram, latency: 20ms, loss: 1/10, transport: {kind: reliable, rto: 100ms, backoff: 1}}
limits: {until: 1h}
`
	var delay, transmissions, duplicates sum
	overSeeds(t, text, 40_000, func(o *run.Outcome) {
		if len(o.History.Logs[1].Refs) != 1 {
			t.Fatalf("seed %d: p1 has logged %v", o.Seed, log(o.History, 1))
		}
		delay.add(age(o.History, 1, 0))
		transmissions.add(1 + float64(o.Cost.Resent))
		duplicates.add(float64(o.Cost.Repeated))
	})
	holdMean(t, &delay, 20+100*0.1/0.9)
	holdMean(t, &transmissions, 1/(0.9*0.9))
	holdMean(t, &duplicates, 0.1/0.9)
}

// TestBursts: the share lost by a Gilbert-Elliott process that is stationary
// from the start.
func TestBursts(t *testing.T) {
	t.Parallel()
	var s sum
	overSeeds(t, stream("naive", "20ms", "300", "loss: {kind: gilbert-elliott, p: 1/50, r: 3/10, every: 10ms, good: 0, bad: 1/2}, "+exponential), 3000, func(o *run.Outcome) {
		s.add(1 - float64(len(o.History.Logs[1].Refs))/300)
	})
	holdMean(t, &s, 0.5*0.02/(0.02+0.3))
}

// TestQueue: a link as an M/M/1 queue at half its capacity.
func TestQueue(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: queue
peers: 2
orderings: [naive]
workload: {messages: 2000, senders: [0], gap: {kind: exponential, min: 0ms, mean: 2ms}, size: {kind: exponential, mean: 1000B}}
network: {latency: 0ms, overhead: 0B, bandwidth: 8Mbit/s}
`
	var s sum
	overSeeds(t, text, 400, func(o *run.Outcome) {
		total := 0.0
		for i := 200; i < 2000; i++ {
			total += age(o.History, 1, i)
		}
		s.add(total / 1800)
	})
	holdMean(t, &s, 2) // one millisecond of waiting and one of service
}
