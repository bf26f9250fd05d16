package run_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"mpcomm/peer/order"
	"mpcomm/scenarios/run"
	"mpcomm/sim"

	"pgregory.net/rapid"
)

// asked is the table of orderings of which each is asked at every step.
func asked() order.Table {
	t := order.Builtin()
	for i := range t {
		t[i].PassThrough = false
	}
	return t
}

// drawPassing draws a scenario of naive broadcasts: groups so large that
// deliveries are noted and so small that they are counted, every protocol of
// phases, links that lose, repeat, overtake and change, clocks that are off, crashes
// and cuts, ties of either kind, runs that end in the middle.
func drawPassing(t *rapid.T) string {
	var b strings.Builder
	peers, most := rapid.IntRange(1, 6).Draw(t, "peers"), 12
	if rapid.IntRange(0, 29).Draw(t, "crowd") == 7 {
		peers, most = 66, 2
	}
	fmt.Fprintf(&b, "version: 1\nname: passing\npeers: %d\norderings: [naive]\n", peers)
	fmt.Fprintf(&b, "phases: %s\n", rapid.SampledFrom([]string{"robust", "classic", "none", "{kind: robust, stop_gap: 30ms}", "{kind: robust, drain: 20ms, retry: 5ms}"}).Draw(t, "phases"))
	messages := rapid.IntRange(0, most).Draw(t, "messages")
	fmt.Fprintf(&b, "workload: {messages: %d, gap: {kind: exponential, min: 0ms, mean: %dms}}\n",
		messages, rapid.SampledFrom([]int{0, 1, 20}).Draw(t, "gap"))
	b.WriteString("network:\n  latency: " + rapid.SampledFrom([]string{"3ms", "{kind: exponential, min: 0ms, mean: 20ms}", "{kind: uniform, min: 0ms, max: 3ms}"}).Draw(t, "latency") + "\n")
	for _, line := range []string{"link: datagram", "loss: 1/6", "duplicate: 1/5", "self: loopback"} {
		if rapid.IntRange(0, 3).Draw(t, line) == 0 {
			b.WriteString("  " + line + "\n")
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "changes") == 0 {
		b.WriteString("  changes: [{at: 9ms, for: 30ms, latency: {kind: exponential, min: 0ms, mean: 1ms}}]\n")
	}
	if peers > 1 && messages > 0 && rapid.IntRange(0, 3).Draw(t, "delays") == 0 {
		b.WriteString("  delays: [{message: \"p0#0\", to: 1, delay: 70ms}, {message: \"p1#0\", to: 0, lost: true}]\n")
	}
	if rapid.IntRange(0, 3).Draw(t, "clocks") == 0 {
		b.WriteString("clocks:\n  peers:\n    \"0\": {offset: 7ms}\n")
	}
	if peers > 2 {
		b.WriteString("faults: [" + strings.Join(drawFaults(t, messages), ", ") + "]\n")
	}
	b.WriteString(rapid.SampledFrom([]string{"", "ties: permuted\n"}).Draw(t, "ties"))
	b.WriteString(rapid.SampledFrom([]string{"limits: {until: 10m}\n", "limits: {until: 10m, events: 50}\n", "limits: {until: 41ms, since: data}\n"}).Draw(t, "limits"))
	return b.String()
}

// drawFaults draws a crash, or none, and a cut, or none.
func drawFaults(t *rapid.T, messages int) (faults []string) {
	if rapid.IntRange(0, 2).Draw(t, "crash") == 0 {
		how := []string{
			"{at: 30ms, crash: 1}", "{at: 3ms, crash: 2}", "{at: 90ms, since: data, crash: 0}",
			"{at: 20ms, crash: 1, restart: 120ms, state: kept}", "{at: 20ms, crash: 1, restart: 120ms, state: lost}",
		}
		if messages > 0 {
			how = append(how, `{at_delivery: "p0#0", crash: 0, sent: 1}`, `{at_delivery: "p1#0", crash: 2}`)
		}
		faults = append(faults, rapid.SampledFrom(how).Draw(t, "how"))
	}
	if rapid.IntRange(0, 1).Draw(t, "cut") == 0 {
		cut := rapid.SampledFrom([]string{"isolate: 0", "isolate: [1, 2]", "partition: [[0], [1, 2]]", "partition: [[1], [0]], one_way: true"}).Draw(t, "what")
		lasts := rapid.SampledFrom([]string{"", ", for: 25ms", ", for: 60ms, down: 4ms, up: 6ms"}).Draw(t, "lasts")
		faults = append(faults, fmt.Sprintf("{at: %dms%s, %s%s, mode: %s}", rapid.IntRange(0, 60).Draw(t, "at"), rapid.SampledFrom([]string{"", ", since: data"}).Draw(t, "since"),
			cut, lasts, rapid.SampledFrom([]string{"hold", "drop"}).Draw(t, "mode")))
	}
	return faults
}

// TestPassingIsAsking holds runs in which the ordering is not asked where it
// would say nothing new to the same runs in which it always is, branches of them
// too.
func TestPassingIsAsking(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := drawPassing(t)
		s := parse(t, text)
		passing, err := run.Compile(s, s.Orderings[0], order.Builtin())
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		asking, err := run.Compile(s, s.Orderings[0], asked())
		if err != nil {
			t.Fatal(err)
		}
		one, two := engine(t, passing, run.Options{}), engine(t, asking, run.Options{})
		var v, w run.Evaluator
		for seed := range uint64(3) {
			got, want := mustRun(t, one, seed), mustRun(t, two, seed)
			if digest(got) != digest(want) {
				t.Fatalf("seed %d: digest %s, want %s\n%s", seed, digest(got), digest(want), text)
			}
			a, b := fields(t, v.Evaluate(passing, got, run.Full)), fields(t, w.Evaluate(asking, want, run.Full))
			if !maps.Equal(a, b) {
				t.Fatalf("seed %d: %v\nwant %v\n%s", seed, a, b, text)
			}
			at := run.Branch{At: got.End / 8 * sim.Time(rapid.IntRange(0, 8).Draw(t, "branch")), Seed: seed + 7}
			got, err = one.RunBranch(seed, at)
			if err != nil {
				t.Fatal(err)
			}
			want, err = two.RunBranch(seed, at)
			if err != nil {
				t.Fatal(err)
			}
			if digest(got) != digest(want) {
				t.Fatalf("seed %d, branched at %v: digest %s, want %s\n%s", seed, at.At, digest(got), digest(want), text)
			}
		}
	})
}

// A real order that is not asked is found out.
func TestOnlyNoOrderPasses(t *testing.T) {
	t.Parallel()
	s := parse(t, `version: 1
name: passing
peers: 4
orderings: [fifo]
workload: {messages: 9, gap: 1ms}
network: {latency: {kind: uniform, min: 0ms, max: 9ms}, link: datagram}
`)
	careless := order.Builtin()
	for i := range careless {
		careless[i].PassThrough = true
	}
	var digests []string
	for _, table := range []order.Table{order.Builtin(), careless} {
		p, err := run.Compile(s, s.Orderings[0], table)
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, digest(mustRun(t, engine(t, p, run.Options{}), 1)))
	}
	if digests[0] == digests[1] {
		t.Error("fifo delivers in order without being asked")
	}
}

// A peer that is down takes nothing, not even the message by which its log would close.
func TestNothingPassesThroughAPeerThatIsDown(t *testing.T) {
	t.Parallel()
	p := compile(t, `version: 1
name: down
peers: 3
orderings: [naive]
phases: none
workload: {sends: [{at: 0ms, from: 0}]}
network: {latency: 10ms}
faults: [{at: 5ms, crash: 1}]
`)
	o := mustRun(t, engine(t, p, run.Options{}), 1)
	if logged := len(o.History.Logs[1].Refs); logged != 0 || o.Cost.LostToCrash != 1 {
		t.Errorf("the peer that crashed logged %d messages, and %d were lost to the crash; want 0 and 1", logged, o.Cost.LostToCrash)
	}
}
