package run_test

import (
	"testing"

	"mpcomm/peer"
	"mpcomm/scenarios/run"
)

// TestClassicStopWaitsForData: a classic peer without a scheduled broadcast
// says STOP when data has begun everywhere, not when it opens itself: the slow
// link's peer, still in its handshake, would drop it and wait for ever.
func TestClassicStopWaitsForData(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: slow
peers: 3
orderings: [naive]
phases: {kind: classic, stop_gap: 30ms}
workload: {sends: [{at: 0ms, from: 0}]}
network: {link: datagram, latency: 20ms, links: [{from: [0], to: [1], latency: 1500ms}]}
`
	o, events := recorded(t, text, 1)
	if o.Limit != run.LimitNone || len(o.Stuck) > 0 {
		t.Fatalf("the run ends at %q, stuck %v; want all logs submitted", o.Limit, o.Stuck)
	}
	if at := arrivals(events, peer.KindStop, 2, 1); len(at) != 1 || at[0] != 1_550_000_000 {
		t.Errorf("p2's STOP reaches p1 at %v; want T0 + gap + delay = 1550 ms", at)
	}
}
