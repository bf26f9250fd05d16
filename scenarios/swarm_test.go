package scenarios

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const swarming = `version: 1
name: swarming
peers: 4
orderings: [naive]
workload: {messages: 2, replies: {probability: 1/2}}
network: {latency: {kind: exponential, mean: 20ms}, link: datagram}
faults: [{at: 1s, crash: 0}, {at: 2s, crash: 1}, {at: 3s, crash: 2}]
swarm:
%s`

func swarmOf(tb rapid.TB, entries ...string) *Scenario {
	tb.Helper()
	s, err := Parse("swarm.yaml", []byte(fmt.Sprintf(swarming, "  "+strings.Join(entries, "\n  ")+"\n")), nil, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func drawOf(tb rapid.TB, s *Scenario, seed uint64) (*Scenario, map[string]string) {
	tb.Helper()
	made, settings, err := s.Draw(seed)
	if err != nil {
		tb.Fatal(err)
	}
	values := map[string]string{}
	for _, set := range settings {
		values[set.Path] = set.Value
	}
	return made, values
}

// TestDrawsAreNamed: a draw depends on the seed and its path alone. Another
// entry, and another order, change no other.
func TestDrawsAreNamed(t *testing.T) {
	t.Parallel()
	entries := []string{
		"network.latency.mean: {kind: log-uniform, min: 1ms, max: 1s}", "network.loss: {off: 1/3, min: 1%, max: 20%}",
		"network.duplicate: [0, 1%, 2%]", "faults.0: {off: 1/2}", "faults.2: {off: 1/2}", "workload.messages: {min: 1, max: 9}",
	}
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		order := rapid.Permutation(entries).Draw(t, "order")
		few := order[:rapid.IntRange(1, len(order)).Draw(t, "few")]
		_, all := drawOf(t, swarmOf(t, entries...), seed)
		_, some := drawOf(t, swarmOf(t, few...), seed)
		for path, value := range some {
			if all[path] != value {
				t.Fatalf("%s is %s among %d entries, %s among all", path, value, len(few), all[path])
			}
		}
		printed, err := Parse("printed.yaml", Format(swarmOf(t, few...)), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, again := drawOf(t, printed, seed); fmt.Sprint(again) != fmt.Sprint(some) {
			t.Fatalf("the printed file draws %v, want %v", again, some)
		}
	})
}

// TestDrawPutsValuesInPlace: what is drawn is what the scenario has, and what is
// off is zero, none or not there, whatever list it stood in.
func TestDrawPutsValuesInPlace(t *testing.T) {
	t.Parallel()
	s := swarmOf(t, "network.loss: {off: 1/2, min: 1%, max: 20%}", "network.bandwidth: {off: 1/2, min: 1Mbit/s, max: 9Mbit/s}",
		"workload.replies: {off: 1/2}", "faults.0: {off: 1/2}", "faults.2: {off: 1/2}", "faults.1.at: {min: 1ms, max: 9ms}", "network.link: [fifo, datagram]")
	seen := map[string]bool{}
	for seed := range uint64(200) {
		made, values := drawOf(t, s, seed)
		if got := made.Network.Loss.Ratio.Num == 0; got != (values["network.loss"] == "0") {
			t.Fatalf("seed %d: loss %v, drawn %s", seed, made.Network.Loss.Ratio, values["network.loss"])
		}
		if got := made.Network.Bandwidth == 0; got != (values["network.bandwidth"] == "none") {
			t.Fatalf("seed %d: bandwidth %d, drawn %s", seed, made.Network.Bandwidth, values["network.bandwidth"])
		}
		if got := made.Workload.Replies == nil; got != (values["workload.replies"] == "off") {
			t.Fatalf("seed %d: replies %v, drawn %s", seed, made.Workload.Replies, values["workload.replies"])
		}
		if got := made.Network.Datagram; got != (values["network.link"] == "datagram") {
			t.Fatalf("seed %d: datagram %t, drawn %s", seed, got, values["network.link"])
		}
		var crashed, want []int
		for _, f := range made.Faults {
			crashed = append(crashed, int(f.Peer))
			if f.Peer == 1 && durations.print(int64(f.At)) != durations.print(mustDuration(t, values["faults.1.at"])) {
				t.Fatalf("seed %d: fault at %v, drawn %s", seed, f.At, values["faults.1.at"])
			}
		}
		for i, path := range []string{"faults.0", "", "faults.2"} {
			if path == "" || values[path] == "on" {
				want = append(want, i)
			}
		}
		if fmt.Sprint(crashed) != fmt.Sprint(want) {
			t.Fatalf("seed %d: faults of %v, want %v", seed, crashed, want)
		}
		seen[fmt.Sprint(crashed)] = true
		if len(made.Swarm) > 0 || made.Seed != seed {
			t.Fatalf("seed %d: what is drawn has seed %d and a swarm of %d", seed, made.Seed, len(made.Swarm))
		}
	}
	if len(seen) != 4 {
		t.Errorf("%d of 4 combinations of faults came in 200 seeds", len(seen))
	}
}

func mustDuration(t *testing.T, s string) int64 {
	t.Helper()
	v, err := durations.parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestDrawDistributions against their closed forms: shares of off and of values,
// mean of a uniform amount, mean of the logarithm of a log-uniform one. Bounds
// are four and a half standard deviations of the mean.
func TestDrawDistributions(t *testing.T) {
	t.Parallel()
	s := swarmOf(t, "network.loss: {off: 1/4, min: 0%, max: 100%}", "network.link: [fifo, datagram]",
		"network.latency.mean: {kind: log-uniform, min: 1ms, max: 1s}", "workload.messages: {min: 3, max: 6}")
	const n = 4000
	off, loss, fifo, logs := 0, 0.0, 0, 0.0
	counts := map[int]int{}
	for seed := range uint64(n) {
		key := seed
		made, values := drawOf(t, s, key)
		if values["network.loss"] == "0" {
			off++
		} else {
			loss += float64(made.Network.Loss.Ratio.Num) / float64(made.Network.Loss.Ratio.Den)
		}
		if values["network.link"] == "fifo" {
			fifo++
		}
		logs += math.Log10(float64(made.Network.Latency.Mean))
		counts[made.Workload.Messages]++
	}
	within := func(what string, got, want, sd float64) {
		t.Helper()
		if z := (got - want) / sd; math.Abs(z) > 4.5 {
			t.Errorf("%s: %g, want %g, z = %.1f", what, got, want, z)
		}
	}
	within("off", float64(off)/n, 0.25, math.Sqrt(0.25*0.75/n))
	within("mean loss where on", loss/float64(n-off), 0.5, math.Sqrt(1.0/12/float64(n-off)))
	within("fifo", float64(fifo)/n, 0.5, math.Sqrt(0.25/n))
	within("log of latency", logs/n, 7.5, math.Sqrt(9.0/12/n)) // log10 of nanoseconds, uniform on 6..9
	for k := 3; k <= 6; k++ {
		within(fmt.Sprintf("%d messages", k), float64(counts[k])/n, 0.25, math.Sqrt(0.25*0.75/n))
	}
	if len(counts) != 4 {
		t.Errorf("messages %v, want 3..6", counts)
	}
}

// TestLogBetween at the ends of its range and in small ones.
func TestLogBetween(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ low, high int64 }{{1, 2}, {1, 10}, {7, 8}, {1, 1 << 50}, {maxDuration - 1, maxDuration}} {
		if got := logBetween(c.low, c.high, 0); got != c.low {
			t.Errorf("least of %d..%d is %d", c.low, c.high, got)
		}
		if got := logBetween(c.low, c.high, math.MaxUint64); got != c.high {
			t.Errorf("largest of %d..%d is %d", c.low, c.high, got)
		}
	}
}

// TestDrawNamesWhatCannotBe: a combination that no extreme shows is an error with
// its seed and values when it is drawn.
func TestDrawNamesWhatCannotBe(t *testing.T) {
	t.Parallel()
	// So many lists that not all combinations are tried when the file is read: each
	// extreme is fine beside the first of the others.
	var entries []string
	for _, k := range []string{"overhead: [0B, 1B, 2B, 3B, 4B]", "duplicate: [0, 1%, 2%, 3%]", "corrupt: [0, 1%, 2%, 3%]", "loss: [0, 1%, 2%, 3%]"} {
		entries = append(entries, "network."+k)
	}
	entries = append(entries, "network.latency.min: [0ms, 9ms]", "network.latency.mean: [20ms, 5ms]")
	s := swarmOf(t, entries...)
	failed := 0
	for seed := range uint64(40) {
		_, _, err := s.Draw(seed)
		if err == nil {
			continue
		}
		failed++
		for _, want := range []string{fmt.Sprintf("seed %d draws", seed), "network.latency.min=9ms", "network.latency.mean=5ms", "swarm.yaml:"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v does not say %q", err, want)
			}
		}
	}
	if failed < 2 || failed > 20 {
		t.Errorf("%d of 40 seeds failed, want about 10", failed)
	}
}
