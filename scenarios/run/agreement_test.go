package run_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"mpcomm/reports/result"
	"mpcomm/scenarios/run"
)

// agreed is what an ordering keeps on links of one kind, run after run.
type agreed struct {
	ordering, link string
	inOrder        bool // FIFO and causal, too
}

// promised lists the orderings that agree on one order of all messages.
var promised = []agreed{
	{"{kind: sequencer, variant: ub}", "datagram", false},
	{"{kind: sequencer, variant: bb, at: 1}", "datagram", false},
	{"{kind: sequencer, variant: uub}", "datagram", false},
	{"{kind: sequencer, variant: ub, at: 1}", "fifo", true},
	{"{kind: sequencer, variant: bb}", "fifo", true},
	{"{kind: sequencer, variant: uub}", "fifo", true},
	{"moving-sequencer", "datagram", false},
	{"{kind: moving-sequencer, batch: 1}", "fifo", true},
	{"{kind: moving-sequencer, resilience: 2}", "fifo", true},
	{"{kind: moving-sequencer, batch: 1, resilience: 1}", "datagram", false},
	{"token", "datagram", true},
	{"{kind: token, deliver: safe}", "fifo", true},
	{"{kind: token, hold: 4ms, retransmit: token}", "datagram", true},
	{"skeen", "datagram", false},
	{"skeen", "fifo", true},
	{"chandra-toueg", "datagram", false},
	{"{kind: chandra-toueg, at: 1, suspect: 30ms}", "datagram", false},
	{"chandra-toueg", "fifo", true},
	{"{kind: chandra-toueg, suspect: never}", "fifo", true},
	{"paxos", "datagram", false},
	{"{kind: paxos, at: 1, suspect: 30ms}", "datagram", false},
	{"paxos", "fifo", true},
	{"{kind: paxos, suspect: never}", "fifo", true},
	{"merge", "fifo", true},
	{"{kind: merge, stamp: lamport, null: 20ms}", "fifo", true},
	{"{kind: merge, gaps: detect}", "datagram", true},
	{"{kind: merge, stamp: lamport, gaps: detect}", "datagram", true},
	{"{kind: merge, null: none}", "fifo", true},
	{"{kind: merge, null: none, stamp: lamport}", "fifo", true},
}

// TestOneOrder runs random groups inside the assumptions: everything is
// delivered everywhere in one order.
func TestOneOrder(t *testing.T) {
	t.Parallel()
	for _, k := range promised {
		t.Run(k.ordering+" "+k.link, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(max(20, 250/thin)) {
				r := rand.New(rand.NewPCG(seed, 0x70726f6d69736573))
				replies := ", replies: {probability: 1/8, delay: 1ms}"
				if strings.Contains(k.ordering, "null: none") {
					replies = "" // whoever may still answer is silent and has not ended
				}
				text := fmt.Sprintf(`version: 1
name: agreement
peers: %d
orderings: [%s]
phases: %s
workload: {messages: %d, gap: {kind: exponential, min: 0ms, mean: %dms}%s}
network: {link: %s, latency: {kind: exponential, min: 1ms, mean: 20ms}, duplicate: 1/%d}
clocks: {default: {offset: {kind: normal, mean: 0ms, sd: %dms}}}
limits: {until: 1h}
`, 2+r.IntN(7), k.ordering, []string{"robust", "none"}[r.IntN(2)], 1+r.IntN(15), 1+r.IntN(30), replies, k.link, 2+r.IntN(20), r.IntN(8))
				o, v := judged(t, text, seed)
				p := v.Properties
				switch {
				case len(v.OutsideAssumptions) > 0:
					t.Fatalf("seed %d is outside the assumptions: %v", seed, v.OutsideAssumptions)
				case o.Limit != run.LimitNone || !v.Complete || !v.Divergence.Identical:
					t.Fatalf("seed %d: limit %q, complete %t, identical %t\n%s", seed, o.Limit, v.Complete, v.Divergence.Identical, text)
				case p.Total != result.Holds || p.Agreement != result.Holds || p.Integrity != result.Holds || p.Validity != result.Holds:
					t.Fatalf("seed %d: %+v\n%s", seed, p, text)
				case k.inOrder && (p.FIFO != result.Holds || p.Causal != result.Holds):
					t.Fatalf("seed %d: fifo %v, causal %v\n%s", seed, p.FIFO, p.Causal, text)
				}
			}
		})
	}
}

// TestSequencerCrash (LT6): a sequencer that delivers and crashes before its
// packets have left leaves a log that nobody else has.
func TestSequencerCrash(t *testing.T) {
	t.Parallel()
	for _, variant := range []string{"ub", "bb"} {
		o, r := judged(t, fmt.Sprintf(`version: 1
name: uniform
peers: 3
orderings: [{kind: sequencer, variant: %s}]
phases: {kind: robust, retry: 50ms, drain: 1s}
workload: {sends: [{at: 5ms, from: 1}]}
network: {latency: 10ms}
faults: [{crash: 0, at_delivery: "p1#0", sent: 0}]
`, variant), 1)
		if len(log(o.History, 0)) != 1 || len(log(o.History, 1)) != 0 || len(log(o.History, 2)) != 0 {
			t.Errorf("%s: logs %v %v %v, want one entry at p0 alone", variant, log(o.History, 0), log(o.History, 1), log(o.History, 2))
		}
		if r.Properties.Uniform != result.Violated || r.Properties.Agreement != result.Holds {
			t.Errorf("%s: uniform %v, agreement %v; want violated, holds", variant, r.Properties.Uniform, r.Properties.Agreement)
		}
	}
}

// TestMergeWait (B1): a message waits for the next null of every other peer but
// its sender; their phases are uniform. n-1 of them keep its sender waiting
// τ(n-1)/n on average, n-2 another peer τ(n-2)/(n-1).
func TestMergeWait(t *testing.T) {
	t.Parallel()
	const n, tau, delta = 5, 50.0, 10.0
	var own, others sum
	overSeeds(t, `version: 1
name: wait
peers: 5
orderings: [merge]
workload: {sends: [{at: 300ms, from: 0}, {at: 1s, from: 0}, {at: 1s, from: 1}, {at: 1s, from: 2}, {at: 1s, from: 3}, {at: 1s, from: 4}]}
network: {link: fifo, latency: 10ms}
`, 2000, func(o *run.Outcome) {
		sent := o.History.Broadcasts[0].At
		for d := range o.History.Stream.All() {
			if d.Ref != 0 {
				continue
			}
			waited := float64(d.At-sent) / 1e6
			if d.Peer == 0 {
				own.add(waited)
			} else if d.Peer == 1 {
				others.add(waited)
			}
		}
	})
	holdMean(t, &own, delta+tau*(n-1)/n)
	holdMean(t, &others, delta+tau*(n-2)/(n-1))
}
