package spacetime_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/peer/order"
	"mpcomm/reports/result"
	"mpcomm/reports/spacetime"
	"mpcomm/reports/svg"
	"mpcomm/reports/svg/svgtest"
	"mpcomm/reports/trace"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
	"mpcomm/sim"
)

// recorded is a scenario's run under each of its orderings.
func recorded(t interface {
	Helper()
	Fatal(...any)
}, s *scenarios.Scenario,
) []*trace.Run {
	t.Helper()
	var all []*trace.Run
	for _, o := range s.Orderings {
		p, err := run.Compile(s, o, order.Builtin())
		if err != nil {
			t.Fatal(err)
		}
		r, err := run.Trace(p, s.Seed, trace.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func library(t *testing.T, name string, settings ...scenarios.Setting) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Open(name)
	if err == nil {
		s, err = s.With(settings)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func drawn(t interface {
	Helper()
	Fatal(...any)
}, f *spacetime.Figure, theme svg.Theme,
) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.WriteSVG(&b, theme); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The picture of the built-in scenario minimal holds its three verdicts, and
// they are those of the runs.
func TestMinimal(t *testing.T) {
	t.Parallel()
	runs := recorded(t, library(t, "minimal"))
	f, err := spacetime.New(runs)
	if err != nil {
		t.Fatal(err)
	}
	f.Caption = "mpcomm draw minimal"
	for i, want := range []struct {
		ordering  string
		identical bool
		causal    result.Verdict
	}{{"naive", false, result.Violated}, {"timestamp", true, result.Violated}, {"lamport", true, result.Holds}} {
		r := &runs[i].Result
		if r.Ordering != want.ordering || r.Divergence.Identical != want.identical || r.Properties.Causal != want.causal {
			t.Errorf("%s: identical %v, causal %v", r.Ordering, r.Divergence.Identical, r.Properties.Causal)
		}
	}
	data := drawn(t, f, svg.Auto)
	p, err := svgtest.Check(data)
	if err != nil {
		t.Fatal(err)
	}
	says := func(words string, times int) {
		t.Helper()
		n := 0
		for _, l := range p.Texts {
			if l.Words == words {
				n++
			}
		}
		if n != times {
			t.Errorf("%q is said %d times, want %d", words, n, times)
		}
	}
	says("One run, three orderings, three answers", 1)
	says("logs part at position 1", 1)
	says("logs agree", 2)
	says("p2#0 before its cause p1#0", 2)
	says("cause before effect", 1)
	says("p2#0 overtakes p1#0", 1)
	says("lamport holds p2#0 for 10 ms", 1)
	says("by the senders’ clocks: 25 ms < 30 ms", 1)
	says("ts 25 · L 2, 3", 1)
	says("send p1#0", 1)
	says("clock −25 ms", 1)
	says("≠ 1", 1)
	says("p1#0", 9)
	says("p2#0", 9)
	for _, words := range []string{
		"By naive the logs differ and cause does not come first. p0: p2#0, p1#0. p1: p1#0, p2#0.",
		"By timestamp the logs agree, but cause does not come first.",
		"By lamport the logs agree and cause comes first.",
		"p2's clock is 25 ms slow",
	} {
		if !strings.Contains(p.Desc, words) {
			t.Errorf("the description lacks %q:\n%s", words, p.Desc)
		}
	}
	golden(t, "minimal.svg", string(data))
}

// Pictures of scenarios of the library, small and large, as they are.
func TestLibraryPictures(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"concurrent", "pause", "sequencer-crash", "clock-steps-back", "late-join"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := spacetime.New(recorded(t, library(t, name)))
			if err != nil {
				t.Fatal(err)
			}
			data := drawn(t, f, svg.Light)
			if _, err := svgtest.Check(data); err != nil {
				t.Error(err)
			}
			golden(t, name+".svg", string(data))
		})
	}
}

// A moment of a long run: the difference that is nearest to it, and what was
// sent around it.
func TestAround(t *testing.T) {
	t.Parallel()
	runs := recorded(t, library(t, "lab"))
	at := runs[1].Findings[0].At
	f, err := spacetime.Around(runs, "timestamp wait=180ms", at)
	if err != nil {
		t.Fatal(err)
	}
	f.Caption = "mpcomm draw TOKEN lab"
	data := drawn(t, f, svg.Light)
	p, err := svgtest.Check(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{
		"timestamp wait=180ms: p5 logs p2#1 before p1#0, p0 the other way round", "p2#1 overtakes p1#0",
		"Drawn are 6 of 600 messages", "positions 4 to 14 of 600",
	} {
		if !p.Has(words) {
			t.Errorf("the picture does not say %q", words)
		}
	}
	if p.Has("L 1") {
		t.Error("the picture counts logical time without the messages that it leaves out")
	}
	golden(t, "moment.svg", string(data))
	if _, err := spacetime.Around(runs, "paxos", at); err == nil {
		t.Error("a moment under an ordering that did not run")
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	_, err := spacetime.New(recorded(t, library(t, "lab", scenarios.Setting{Path: "workload.messages", Value: "17"},
		scenarios.Setting{Path: "sweep.grid", Value: "{}"})))
	var large *spacetime.TooLarge
	if !errors.As(err, &large) || large.Peers != 6 || large.Arrows != 17*6*5 {
		t.Fatalf("%v", err)
	}
	if want := "6 peers and 510 packets with messages are too much for one picture"; !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	if spacetime.MayFit(6, 102) || !spacetime.MayFit(6, 100) || spacetime.MayFit(33, 1) {
		t.Error("what may fit does not, or the other way round")
	}
	if _, err := spacetime.New(nil); err == nil {
		t.Error("a picture of nothing")
	}
	two := recorded(t, library(t, "minimal"))
	two[1].Seed++
	if _, err := spacetime.New(two); err == nil {
		t.Error("a picture of two seeds")
	}
}

// Larger runs take the simple layout: whatever their size, as long as they fit,
// nothing is clipped or covered.
func TestLargerRuns(t *testing.T) {
	t.Parallel()
	for i, tt := range []struct{ peers, messages int }{{7, 1}, {32, 1}, {2, 200}, {5, 24}, {9, 6}, {12, 3}, {20, 1}, {3, 60}} {
		var b strings.Builder
		fmt.Fprintf(&b, "version: 1\nname: larger\npeers: %d\nseed: %d\norderings: [naive, lamport]\n", tt.peers, i+1)
		fmt.Fprintf(&b, "workload: {messages: %d, gap: {kind: exponential, mean: 20ms}", tt.messages)
		if tt.peers > 12 {
			b.WriteString(", senders: [0, 7, 3]")
		}
		b.WriteString("}\nnetwork: {latency: {kind: exponential, mean: 15ms}, loss: 1/50, duplicate: 1/50}\nlimits: {until: 10s}\nphases: none\n")
		fmt.Fprintf(&b, "faults: [{at: 10ms, isolate: 1, for: 30ms}]\n")
		s, err := scenarios.Parse("larger.yaml", []byte(b.String()), nil, order.Builtin())
		if err != nil {
			t.Fatal(err)
		}
		f, err := spacetime.New(recorded(t, s))
		if err != nil {
			t.Fatalf("%d peers, %d messages each: %v", tt.peers, tt.messages, err)
		}
		p, err := svgtest.Check(drawn(t, f, svg.Light))
		if err != nil {
			t.Errorf("%d peers, %d messages each: %v", tt.peers, tt.messages, err)
			continue
		}
		if p.Has("L 1") {
			t.Errorf("%d peers, %d messages each: clocks in a simple layout", tt.peers, tt.messages)
		}
	}
}

// small is a random scenario of a few peers and messages, with whatever may
// befall them.
func small(t *rapid.T) *scenarios.Scenario {
	var b strings.Builder
	n := rapid.IntRange(1, 6).Draw(t, "peers")
	peers := rapid.IntRange(0, n-1)
	fmt.Fprintf(&b, "version: 1\nname: %s\npeers: %d\n", rapid.SampledFrom([]string{"a", "a-rather-long-name-of-a-scenario"}).Draw(t, "name"), n)
	orderings := rapid.SampledFrom([]string{
		"naive", "naive, lamport", "fifo, {kind: timestamp, wait: 5ms}, lamport", "naive, {kind: timestamp, wait: 30ms}, {kind: timestamp, wait: 80ms}, sequencer, causal",
	}).Draw(t, "orderings")
	fmt.Fprintf(&b, "orderings: [%s]\nworkload:\n  sends:\n", orderings)
	sends := rapid.IntRange(1, 12).Draw(t, "sends")
	for range sends {
		fmt.Fprintf(&b, "    - {at: %dms, from: %d}\n", rapid.IntRange(0, 60).Draw(t, "at"), peers.Draw(t, "from"))
	}
	fmt.Fprintf(&b, "network:\n  latency: {kind: uniform, min: 0ms, max: %dms}\n  loss: %s\n  duplicate: %s\n",
		rapid.IntRange(1, 40).Draw(t, "latency"), rapid.SampledFrom([]string{"0", "1/5"}).Draw(t, "loss"), rapid.SampledFrom([]string{"0", "1/5"}).Draw(t, "duplicate"))
	if rapid.Bool().Draw(t, "clocks") {
		fmt.Fprintf(&b, "clocks: {default: {offset: {kind: uniform, min: -20ms, max: 20ms}}}\n")
	}
	if n > 1 && rapid.Bool().Draw(t, "fault") {
		fmt.Fprintf(&b, "faults:\n  - {at: %dms, %s: %d, for: 20ms}\n", rapid.IntRange(1, 50).Draw(t, "fault at"),
			rapid.SampledFrom([]string{"crash", "pause", "isolate"}).Draw(t, "fault kind"), peers.Draw(t, "struck"))
	}
	b.WriteString("limits: {until: 300ms}\nphases: none\n")
	s, err := scenarios.Parse("small.yaml", []byte(b.String()), nil, order.Builtin())
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	s.Seed = rapid.Uint64Range(1, 1000).Draw(t, "seed")
	return s
}

// Whatever happens in a small run, its picture is drawn: nothing is clipped, no
// text lies over other text, and the same run gives the same bytes.
func TestAnySmallRun(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		runs := recorded(t, small(t))
		f, err := spacetime.New(runs)
		if err != nil {
			t.Fatal(err)
		}
		data := drawn(t, f, svg.Light)
		p, err := svgtest.Check(data)
		if err != nil {
			t.Fatal(err)
		}
		if again := drawn(t, f, svg.Light); !bytes.Equal(data, again) {
			t.Fatal("the second drawing differs from the first")
		}
		anew, err := spacetime.New(runs)
		if err != nil {
			t.Fatal(err)
		}
		if again := drawn(t, anew, svg.Light); !bytes.Equal(data, again) {
			t.Fatal("a second figure of the same runs differs from the first")
		}
		base := rapid.SampledFrom(runs).Draw(t, "ordering")
		near, err := spacetime.Around(runs, base.Ordering, sim.Time(rapid.Int64Range(0, int64(base.End)).Draw(t, "moment")))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := svgtest.Check(drawn(t, near, svg.Dark)); err != nil {
			t.Fatal(err)
		}
		agree := 0
		for _, r := range runs {
			if r.Result.FirstDifference == nil && r.Result.Complete {
				agree++
			}
		}
		said := 0
		for _, l := range p.Texts {
			if l.Words == "logs agree" {
				said++
			}
		}
		if said != agree {
			t.Fatalf("%d cards say that logs agree; they do under %d orderings", said, agree)
		}
	})
}

func ExampleFigure_WriteSVG() {
	s, err := scenarios.Open("minimal")
	if err != nil {
		panic(err)
	}
	p, err := run.Compile(s, s.Orderings[0], order.Builtin())
	if err != nil {
		panic(err)
	}
	r, err := run.Trace(p, s.Seed, trace.Limits{})
	if err != nil {
		panic(err)
	}
	f, err := spacetime.New([]*trace.Run{r})
	if err != nil {
		panic(err)
	}
	var b bytes.Buffer
	if err := f.WriteSVG(&b, svg.Dark); err != nil {
		panic(err)
	}
	fmt.Println(f.Title())
	// Output: naive: the logs differ and cause does not come first
}
