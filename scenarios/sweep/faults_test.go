package sweep

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/reports/result"
)

// line makes a sweep of one ordering and returns its line.
func line(t *testing.T, text string, runs int) *result.Cell {
	t.Helper()
	w, err := New(parse(t, text), Options{Runs: runs / thin, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.Run(t.Context())
	if err != nil || !r.Complete() || len(r.Lines) != 1 {
		t.Fatalf("%v, %d lines", err, len(r.Lines))
	}
	return &r.Lines[0]
}

func number(t *testing.T, c *result.Cell, path string) float64 {
	t.Helper()
	v, ok := c.Number(path)
	if !ok {
		t.Fatalf("%s: no number", path)
	}
	return v
}

// TestUnderFaults is the table of what each ordering does without repair: five
// peers with forty messages each, a mean gap as long as the mean delay. Order
// and prefix are promises, held to in every run; shares are orientation.
func TestUnderFaults(t *testing.T) {
	t.Parallel()
	const (
		loss  = "faults: []"
		crash = "faults: [{at: 300ms, since: data, crash: 4}]"
		first = "faults: [{at: 300ms, since: data, crash: 0}]" // the sequencer, the first holder of a token
		drop  = "faults: [{at: 200ms, since: data, partition: [[0, 1, 2], [3, 4]], for: 200ms}]"
		hold  = "faults: [{at: 200ms, since: data, partition: [[0, 1, 2], [3, 4]], for: 200ms, mode: hold}]"

		merge = "{kind: merge, null: 20ms}"
		ub    = "{kind: sequencer, variant: ub}"
		bb    = "{kind: sequencer, variant: bb}"
		uub   = "{kind: sequencer, variant: uub}"
		turns = "{kind: moving-sequencer, batch: 1}"
		ct    = "{kind: chandra-toueg, suspect: never}"
		paxos = "{kind: paxos, suspect: never}"
	)
	for _, tt := range []struct {
		name, ordering, link, lost, fault string
		order, prefix, complete           bool    // in every run; complete: what correct peers sent
		share                             float64 // of messages times compared logs; 0 = not held
	}{
		{"naive, loss", "naive", "datagram", "1/200", loss, false, false, false, 0.995},
		{"naive, crash", "naive", "datagram", "0", crash, false, false, true, 0.869},
		{"naive, partition", "naive", "datagram", "0", drop, false, false, false, 0.877},
		{"naive, held", "naive", "datagram", "0", hold, false, false, true, 1},
		{"fifo, loss", "fifo", "datagram", "1/200", loss, false, false, false, 0.909},
		{"fifo, crash", "fifo", "datagram", "0", crash, false, false, true, 0.869},
		{"fifo, partition", "fifo", "datagram", "0", drop, false, false, false, 0.646},
		{"fifo, held", "fifo", "datagram", "0", hold, false, false, true, 1},
		{"causal, loss", "causal", "datagram", "1/200", loss, false, false, false, 0.767},
		{"causal, crash", "causal", "datagram", "0", crash, false, false, true, 0.869},
		{"causal, partition", "causal", "datagram", "0", drop, false, false, false, 0.646},
		{"causal, held", "causal", "datagram", "0", hold, false, false, true, 1},
		{"lamport, loss", "lamport", "fifo", "1/200", loss, true, false, false, 0.996},
		{"lamport, crash", "lamport", "fifo", "0", crash, true, true, false, 0.386},
		{"lamport, crash of p0", "lamport", "fifo", "0", first, true, true, false, 0.386},
		{"lamport, partition", "lamport", "fifo", "0", drop, true, false, false, 0.877},
		{"lamport, held", "lamport", "fifo", "0", hold, true, true, true, 1},
		{"lamport that detects gaps, partition", "{kind: lamport, gaps: detect}", "fifo", "0", drop, true, true, false, 0},
		{"merge, loss", merge, "fifo", "1/200", loss, true, false, false, 0.996},
		{"merge, crash", merge, "fifo", "0", crash, true, true, false, 0.374},
		{"merge, crash of p0", merge, "fifo", "0", first, true, true, false, 0.374},
		{"merge, partition", merge, "fifo", "0", drop, true, false, false, 0.877},
		{"merge, held", merge, "fifo", "0", hold, true, true, true, 1},
		{"ub, loss", ub, "fifo", "1/200", loss, true, true, false, 0.651},
		{"ub, crash", ub, "fifo", "0", crash, true, true, true, 0.869},
		{"ub, crash of p0", ub, "fifo", "0", first, true, true, false, 0.356},
		{"ub, partition", ub, "fifo", "0", drop, true, true, false, 0.632},
		{"ub, held", ub, "fifo", "0", hold, true, true, true, 1},
		{"bb, loss", bb, "fifo", "1/200", loss, true, true, false, 0.534},
		{"bb, crash", bb, "fifo", "0", crash, true, true, true, 0.869},
		{"bb, crash of p0", bb, "fifo", "0", first, true, true, false, 0.356},
		{"bb, partition", bb, "fifo", "0", drop, true, true, false, 0.632},
		{"bb, held", bb, "fifo", "0", hold, true, true, true, 1},
		{"uub, loss", uub, "fifo", "1/200", loss, true, true, false, 0.463},
		{"uub, crash", uub, "fifo", "0", crash, true, true, false, 0.398},
		{"uub, crash of p0", uub, "fifo", "0", first, true, true, false, 0.398},
		{"uub, partition", uub, "fifo", "0", drop, true, true, false, 0.174},
		{"uub, held", uub, "fifo", "0", hold, true, true, true, 1},
		{"moving-sequencer, loss", turns, "fifo", "1/200", loss, true, true, false, 0.154},
		{"moving-sequencer, crash", turns, "fifo", "0", crash, true, true, false, 0.059},
		{"moving-sequencer, crash of p0", turns, "fifo", "0", first, true, true, false, 0.059},
		{"moving-sequencer, partition", turns, "fifo", "0", drop, true, true, false, 0.037},
		{"moving-sequencer, held", turns, "fifo", "0", hold, true, true, true, 1},
		{"token, loss", "token", "fifo", "1/200", loss, true, true, false, 0.606},
		{"token, crash", "token", "fifo", "0", crash, true, true, false, 0.310},
		{"token, crash of p0", "token", "fifo", "0", first, true, true, false, 0.310},
		{"token, partition", "token", "fifo", "0", drop, true, true, false, 0.187},
		{"token, held", "token", "fifo", "0", hold, true, true, true, 1},
		{"token that asks again, loss", "{kind: token, retransmit: token}", "fifo", "1/200", loss, true, true, false, 0},
		{"skeen, loss", "skeen", "fifo", "1/200", loss, true, true, false, 0.084},
		{"skeen, crash", "skeen", "fifo", "0", crash, true, true, false, 0.219},
		{"skeen, crash of p0", "skeen", "fifo", "0", first, true, true, false, 0.219},
		{"skeen, partition", "skeen", "fifo", "0", drop, true, true, false, 0.066},
		{"skeen, held", "skeen", "fifo", "0", hold, true, true, true, 1},
		{"chandra-toueg, loss", ct, "fifo", "1/200", loss, true, true, false, 0.931},
		{"chandra-toueg, crash", ct, "fifo", "0", crash, true, true, true, 0.869},
		{"chandra-toueg, crash of p0", ct, "fifo", "0", first, true, true, false, 0.245},
		{"chandra-toueg, partition", ct, "fifo", "0", drop, true, true, false, 0.6},
		{"chandra-toueg, held", ct, "fifo", "0", hold, true, true, true, 1},
		{"paxos, loss", paxos, "fifo", "1/200", loss, true, true, false, 0.661},
		{"paxos, crash", paxos, "fifo", "0", crash, true, true, true, 0.869},
		{"paxos, crash of p0", paxos, "fifo", "0", first, true, true, false, 0.211},
		{"paxos, partition", paxos, "fifo", "0", drop, true, true, false, 0.6},
		{"paxos, held", paxos, "fifo", "0", hold, true, true, true, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := line(t, fmt.Sprintf(`version: 1
name: faults
peers: 5
orderings: [%s]
phases: {kind: robust, retry: 200ms, drain: 2s}
workload: {messages: 40, gap: {kind: exponential, min: 0ms, mean: 20ms}}
network: {link: %s, loss: %s, latency: {kind: exponential, min: 0ms, mean: 20ms}}
%s
`, tt.ordering, tt.link, tt.lost, tt.fault), 400)
			contested, prefix := number(t, c, "divergence.contested"), number(t, c, "divergence.prefix_consistent")
			if tt.order != (contested == 0) || tt.order && number(t, c, "properties.total") != 1 {
				t.Errorf("contested %v, total order in %v of the runs; want order: %t", contested, number(t, c, "properties.total"), tt.order)
			}
			if tt.prefix && prefix != 1 {
				t.Errorf("logs are prefixes of one another in %v of the runs, want all", prefix)
			}
			if complete := number(t, c, "complete"); tt.complete != (complete == 1) {
				t.Errorf("complete in %v of the runs, want all: %t", complete, tt.complete)
			}
			if number(t, c, "properties.integrity") != 1 {
				t.Errorf("integrity holds in %v of the runs", number(t, c, "properties.integrity"))
			}
			logs := 5.0
			if tt.fault == crash || tt.fault == first {
				logs = 4
			}
			share := number(t, c, "divergence.deliveries") / (logs * 200)
			if tt.share != 0 && math.Abs(share-tt.share) > 0.1 {
				t.Errorf("a share of %.3f is delivered, want about %.3f", share, tt.share)
			}
			t.Logf("contested %.3f, prefix %.3f, share %.3f (about %.3f)", contested, prefix, share, tt.share)
		})
	}
}

// TestRepair: with a reliable transport below, loss, copies and overtaking
// change times and nothing else: under every ordering all logs are complete,
// and a total order is total, so that they are identical.
func TestRepair(t *testing.T) {
	t.Parallel()
	for _, spec := range order.Builtin() {
		t.Run(spec.Kind, func(t *testing.T) {
			t.Parallel()
			entry := spec.Kind
			if slices.ContainsFunc(spec.Params, func(p order.Param) bool { return p.Name == "wait" }) {
				entry = "{kind: " + spec.Kind + ", wait: 20s}" // what is sent again stays within the hold-back
			}
			repaired := func(loss string) *result.Cell {
				return line(t, fmt.Sprintf(`version: 1
name: repaired
peers: 4
orderings: [%s]
phases: {kind: robust, retry: 100ms, backoff: 1, give_up: 1m, drain: 1m}
workload: {messages: 10, gap: {kind: exponential, min: 0ms, mean: 20ms}}
network:
  link: datagram
  latency: {kind: exponential, min: 0ms, mean: 20ms}
  loss: %s
  duplicate: 1/20
  reorder: {share: 1/20, extra: {kind: exponential, min: 0ms, mean: 30ms}}
  transport: {kind: reliable, rto: 90ms}
limits: {until: 1h}
`, entry, loss), 400)
			}
			c := repaired("5%")
			want := []string{"complete", "properties.integrity", "properties.agreement", "properties.validity"}
			if spec.Guarantees&peer.Total != 0 {
				want = append(want, "properties.total", "divergence.identical")
			}
			for _, property := range want {
				if v := number(t, c, property); v != 1 {
					t.Errorf("%s in %v of the runs, want all", property, v)
				}
			}
			if spec.Guarantees&peer.Total == 0 && number(t, c, "divergence.identical") > 0.5 {
				t.Error("the runs are too quiet to show an order")
			}
			if lossy, calm := number(t, c, "cost.latency_ms.mean"), number(t, repaired("0"), "cost.latency_ms.mean"); !spec.Offline && lossy < calm {
				t.Errorf("a mean latency of %v with loss, %v without", lossy, calm)
			}
		})
	}
}

// TestNoViolations: three thousand runs inside the assumptions without one
// violation bound its rate by a thousandth, by the rule of three.
func TestNoViolations(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ ordering, link, latency string }{
		{"lamport", "fifo", "{kind: exponential, min: 0ms, mean: 20ms}"},
		{"{kind: lamport, gaps: detect}", "datagram", "{kind: exponential, min: 0ms, mean: 20ms}"},
		{"{kind: token, deliver: safe}", "datagram", "{kind: exponential, min: 0ms, mean: 20ms}"},
		{"moving-sequencer", "fifo", "{kind: exponential, min: 0ms, mean: 20ms}"},
		{"{kind: timestamp, wait: 46ms}", "datagram", "{kind: uniform, min: 5ms, max: 40ms}"},
	} {
		t.Run(tt.ordering, func(t *testing.T) {
			t.Parallel()
			c := line(t, fmt.Sprintf(`version: 1
name: kept
peers: 4
orderings: [%s]
workload: {messages: 6, gap: {kind: exponential, min: 0ms, mean: 10ms}, replies: {probability: 1/4, delay: 0ms}}
network: {link: %s, latency: %s}
clocks: {default: {offset: {kind: uniform, min: -3ms, max: 3ms}}}
`, tt.ordering, tt.link, tt.latency), 3000)
			for _, property := range []string{"complete", "divergence.identical", "properties.total", "properties.causal", "properties.fifo", "properties.agreement", "properties.uniform"} {
				if v := number(t, c, property); v != 1 {
					t.Errorf("%s in %v of the runs, want all", property, v)
				}
			}
		})
	}
}
