package run_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/reports/result"
	"mpcomm/scenarios/run"
)

var consensual = []string{"chandra-toueg", "paxos"}

// survives runs a seed, in which everything that correct peers have broadcast
// has to be in all their logs, in one order.
func survives(t *testing.T, text string, seed uint64) *run.Outcome {
	t.Helper()
	o, v := judged(t, text, seed)
	p := v.Properties
	switch {
	case o.Limit != run.LimitNone || !v.Complete || !v.Divergence.Identical:
		t.Fatalf("seed %d: limit %q, complete %t, identical %t\n%s", seed, o.Limit, v.Complete, v.Divergence.Identical, text)
	case p.Total != result.Holds || p.Agreement != result.Holds || p.Uniform != result.Holds || p.Integrity != result.Holds || p.Validity != result.Holds:
		t.Fatalf("seed %d: %+v\n%s", seed, p, text)
	}
	return o
}

// TestFailover: the coordinator or leader crashes, at a time or in the middle of
// a step, and in larger groups the next one as well. The survivors suspect it,
// go on without it, and end with one log.
func TestFailover(t *testing.T) {
	t.Parallel()
	for _, kind := range consensual {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			rounds := int64(0)
			for seed := range uint64(max(40, 400/thin)) {
				r := rand.New(rand.NewPCG(seed, 0x6661696c))
				n := 3 + r.IntN(4)
				fault := fmt.Sprintf("{at: %dms, since: data, crash: 0}", r.IntN(200))
				if r.IntN(2) == 0 {
					fault = fmt.Sprintf(`{crash: 0, at_delivery: "p%d#%d", sent: %d}`, r.IntN(n), r.IntN(8), r.IntN(n))
				}
				if n > 4 && r.IntN(2) == 0 {
					fault += fmt.Sprintf(", {at: %dms, since: data, crash: 1}", r.IntN(400))
				}
				o := survives(t, fmt.Sprintf(`version: 1
name: failover
peers: %d
orderings: [{kind: %s, suspect: %dms}]
phases: {kind: robust, retry: 100ms, give_up: 10s, drain: 20s}
workload: {messages: 10, gap: {kind: exponential, min: 0ms, mean: 20ms}}
network: {link: %s, latency: {kind: exponential, min: 1ms, mean: 15ms}, duplicate: 1/20}
clocks: {default: {offset: {kind: normal, mean: 0ms, sd: 50ms}, drift: {kind: uniform, min: -100ppm, max: 100ppm}}}
faults: [%s]
limits: {until: 1h}
`, n, kind, 20+r.IntN(150), []string{"fifo", "datagram"}[r.IntN(2)], fault), seed)
				rounds += counter(o, "rounds")
			}
			if rounds == 0 {
				t.Error("nobody has ever led another round")
			}
		})
	}
}

// TestFailoverOnBadLinks: the same with a reliable transport on links that lose,
// double and reorder, where peers are suspected because their packets are late.
func TestFailoverOnBadLinks(t *testing.T) {
	t.Parallel()
	for _, kind := range consensual {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(max(20, 200/thin)) {
				fault := ""
				if seed%2 == 0 {
					fault = fmt.Sprintf("{at: %dms, since: data, crash: 0, restart: %dms}", 10+seed%70, 150+seed%300)
				}
				survives(t, fmt.Sprintf(`version: 1
name: bad-links
peers: 5
orderings: [{kind: %s, suspect: 100ms}]
phases: {kind: robust, retry: 100ms, backoff: 1, give_up: 1m, drain: 1m}
workload: {messages: 8, gap: {kind: exponential, min: 0ms, mean: 20ms}}
network:
  link: datagram
  latency: {kind: exponential, min: 1ms, mean: 15ms}
  loss: 5%%
  duplicate: 5%%
  reorder: {share: 10%%, extra: {kind: exponential, min: 0ms, mean: 40ms}}
  transport: {kind: reliable, rto: 80ms}
faults: [%s]
limits: {until: 1h}
`, kind, fault), seed)
			}
		})
	}
}

// TestRestartCatchesUp: a peer that was down for a while, without a transport
// that sends again, asks for what it has missed.
func TestRestartCatchesUp(t *testing.T) {
	t.Parallel()
	for _, kind := range consensual {
		for _, down := range []int{0, 3} {
			for seed := range uint64(60) {
				survives(t, fmt.Sprintf(`version: 1
name: restart
peers: 5
orderings: [{kind: %s, suspect: 100ms}]
phases: {kind: robust, retry: 50ms, give_up: 10s, drain: 20s}
workload: {messages: 20, gap: {kind: exponential, min: 0ms, mean: 20ms}}
network: {link: fifo, latency: {kind: exponential, min: 1ms, mean: 10ms}}
faults: [{at: 100ms, since: data, crash: %d, restart: 180ms}]
limits: {until: 1h}
`, kind, down), seed)
			}
		}
	}
}

// TestMinorityBlocks: while the group is parted, the majority delivers what its
// own peers say and the minority nothing; a partition that heals leaves no trace
// where suspicion is on.
func TestMinorityBlocks(t *testing.T) {
	t.Parallel()
	for _, kind := range consensual {
		for seed := range uint64(max(20, 100/thin)) {
			text := fmt.Sprintf(`version: 1
name: parted
peers: 5
orderings: [{kind: %s, suspect: %%s}]
phases: none
workload: {messages: 20, gap: {kind: exponential, min: 0ms, mean: 20ms}}
network: {link: fifo, latency: 5ms}
faults: [{at: 100ms, partition: [[0, 1, 2], [3, 4]], for: %%s, mode: %%s}]
limits: {until: %%s}
`, kind)
			o, v := judged(t, fmt.Sprintf(text, "50ms", "1h", "drop", "2s"), seed)
			if !v.Divergence.PrefixConsistent {
				t.Fatalf("%s, seed %d: logs are no prefixes of each other", kind, seed)
			}
			for p := range peer.ID(5) {
				own, late := 0, 0
				for d := range o.History.Stream.All() {
					if d.Peer != p {
						continue
					}
					if d.At > 120*1_000_000 {
						late++
					}
					if o.History.Broadcasts[d.Ref].ID.Sender < 3 {
						own++
					}
				}
				if p < 3 && own != 60 {
					t.Fatalf("%s, seed %d: %v of the majority has %d of its 60 messages", kind, seed, p, own)
				}
				if p > 2 && late != 0 {
					t.Fatalf("%s, seed %d: %v of the minority delivers %d messages", kind, seed, p, late)
				}
			}
			survives(t, fmt.Sprintf(text, "50ms", "300ms", "hold", "1h"), seed)
		}
	}
}

// TestCutOffCoordinatorCatchesUp: without a transport the two seconds in which
// p0 is cut off lose a body of every sender. p0 asks for all of them in one
// suspicion: one by one, each would wait longer than the one before.
func TestCutOffCoordinatorCatchesUp(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		o := survives(t, `version: 1
name: catch-up
peers: 5
orderings: [{kind: chandra-toueg, suspect: 100ms}]
phases: {kind: robust, retry: 200ms, drain: 1h}
workload: {messages: 25, gap: {kind: exponential, mean: 30ms}}
network: {latency: {kind: exponential, min: 1ms, mean: 15ms}}
faults: [{at: 300ms, since: data, partition: [[0], [1, 2, 3, 4]], for: 2s}]
limits: {until: 2h}
`, seed+1)
		if end := time.Duration(o.End); end > 4*time.Minute {
			t.Errorf("seed %d: caught up after %v", seed+1, end)
		}
	}
}
