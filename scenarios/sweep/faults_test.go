package sweep

import (
	"fmt"
	"math"
	"testing"

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
		drop  = "faults: [{at: 200ms, since: data, partition: [[0, 1, 2], [3, 4]], for: 200ms}]"
		hold  = "faults: [{at: 200ms, since: data, partition: [[0, 1, 2], [3, 4]], for: 200ms, mode: hold}]"
	)
	for _, tt := range []struct {
		name, ordering, link, lost, fault string
		order, prefix, complete           bool    // in every run; complete: what correct peers sent
		share                             float64 // of messages times compared logs; 0 = not held
	}{
		{"naive, loss", "naive", "datagram", "1/200", loss, false, false, false, 0.995},
		{"naive, crash", "naive", "datagram", "0", crash, false, false, true, 0},
		{"naive, partition", "naive", "datagram", "0", drop, false, false, false, 0.877},
		{"naive, held", "naive", "datagram", "0", hold, false, false, true, 1},
		{"fifo, loss", "fifo", "datagram", "1/200", loss, false, false, false, 0.909},
		{"fifo, partition", "fifo", "datagram", "0", drop, false, false, false, 0.646},
		{"fifo, held", "fifo", "datagram", "0", hold, false, false, true, 1},
		{"lamport, loss", "lamport", "fifo", "1/200", loss, true, false, false, 0.996},
		{"lamport, crash", "lamport", "fifo", "0", crash, true, true, false, 0.386},
		{"lamport, partition", "lamport", "fifo", "0", drop, true, false, false, 0.877},
		{"lamport, held", "lamport", "fifo", "0", hold, true, true, true, 1},
		{"lamport that detects gaps, partition", "{kind: lamport, gaps: detect}", "fifo", "0", drop, true, true, false, 0},
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
			if tt.fault == crash {
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

// TestRepair: with a reliable transport below, loss changes times and nothing
// else: every log is complete, and a total order is total.
func TestRepair(t *testing.T) {
	t.Parallel()
	for _, ordering := range []string{"naive", "fifo", "lamport"} {
		c := line(t, fmt.Sprintf(`version: 1
name: repaired
peers: 4
orderings: [%s]
phases: {kind: robust, retry: 100ms, backoff: 1, give_up: 1m, drain: 1m}
workload: {messages: 10, gap: {kind: exponential, min: 0ms, mean: 20ms}}
network: {link: datagram, loss: 1/5, duplicate: 1/10, latency: {kind: exponential, min: 0ms, mean: 20ms}, transport: {kind: reliable, rto: 90ms}}
limits: {until: 1h}
`, ordering), 1000)
		for _, property := range []string{"complete", "properties.integrity", "properties.agreement", "properties.validity", "properties.fifo"} {
			if v := number(t, c, property); v != 1 {
				t.Errorf("%s: %s in %v of the runs, want all", ordering, property, v)
			}
		}
		if total := number(t, c, "properties.total"); (total == 1) != (ordering == "lamport") {
			t.Errorf("%s: total order in %v of the runs", ordering, total)
		}
	}
}

// TestNoViolations: three thousand runs inside the assumptions without one
// violation bound its rate by a thousandth, by the rule of three.
func TestNoViolations(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ ordering, link, latency string }{
		{"lamport", "fifo", "{kind: exponential, min: 0ms, mean: 20ms}"},
		{"{kind: lamport, gaps: detect}", "datagram", "{kind: exponential, min: 0ms, mean: 20ms}"},
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
