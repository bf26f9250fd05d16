package sweep

import (
	"fmt"
	"math"
	"testing"
)

// thin divides the number of runs of the statistical tests.
var thin = 1

// TestIdentical: two messages 10 ms apart over delays that are exponential of
// mean 20 ms. Two peers that log their own message at once differ if the first
// message takes longer than 10 ms to the second's sender. Five peers that get
// their own message by the network agree if all or none have them the other
// way round.
func TestIdentical(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: apart
peers: %d
orderings: [naive]
workload: {sends: [{at: 0ms, from: 0}, {at: 10ms, from: 1}]}
network: {link: datagram, latency: {kind: exponential, min: 0ms, mean: 20ms}, self: %s}
`
	q := math.Exp(-0.5)
	for _, tt := range []struct {
		peers int
		self  string
		want  float64
	}{
		{2, "immediate", 1 - q},
		{5, "loopback", math.Pow(q/2, 5) + math.Pow(1-q/2, 5)},
	} {
		runs := 100_000 / thin
		w, err := New(parse(t, fmt.Sprintf(text, tt.peers, tt.self)), Options{Runs: runs, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		r, err := w.Run(t.Context())
		if err != nil || !r.Complete() {
			t.Fatalf("%v, complete %t", err, r.Complete())
		}
		line := r.Lines[0]
		share, ok := line.Number("divergence.identical")
		lo, _ := line.Number("divergence.identical_lo")
		hi, _ := line.Number("divergence.identical_hi")
		z := (share - tt.want) / math.Sqrt(tt.want*(1-tt.want)/float64(runs))
		t.Logf("%d peers, %s: %.4f of the runs identical, want %.4f: z = %+.2f", tt.peers, tt.self, share, tt.want, z)
		if !ok || math.Abs(z) > 4.5 {
			t.Errorf("%d peers, %s: %v of the runs identical, want %v: z = %+.2f", tt.peers, tt.self, share, tt.want, z)
		}
		if !(lo < share && share < hi && (hi-lo)*math.Sqrt(float64(runs)) < 2.1) {
			t.Errorf("interval %v..%v around %v", lo, hi, share)
		}
		for _, property := range []string{"integrity", "validity", "agreement", "uniform", "fifo"} {
			if v, _ := line.Number("properties." + property); v != 1 {
				t.Errorf("%s holds in %v of the runs, want all", property, v)
			}
		}
		if v, _ := line.Number("properties.total"); v != share {
			t.Errorf("total order holds in %v of the runs, identical logs are in %v", v, share)
		}
	}
}
