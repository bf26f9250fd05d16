package screen

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/result"
	"mpcomm/reports/stats"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); -update rewrites it:\n%s", path, diff)
	}
}

func message(s string) *string { return &s }

// hold is a pair of quantiles in milliseconds.
func hold(p50, p99 int64) result.Cost {
	return result.Cost{Hold: result.Times{
		P50: result.NullMS{MS: result.MS(p50 * 1e6), Known: true},
		P99: result.NullMS{MS: result.MS(p99 * 1e6), Known: true},
	}}
}

// wave is a barcode of n positions of six logs, with stretches that agree.
func wave(n, calm int) Barcode {
	code := Barcode{Widest: make([]int32, n)}
	for p := range 6 {
		code.Peers = append(code.Peers, PeerBar{peer.ID(p), make([]int32, n)})
	}
	for k := range n {
		if k/5%calm != 0 {
			code.Widest[k] = int32(1 + k*k/7%9)
		}
		for p := range code.Peers {
			code.Peers[p].Widest[k] = max(0, code.Widest[k]-int32((k+p)%3))
		}
	}
	return code
}

// labView is a run of three orderings: one that disagrees, one that disagrees
// less, outside its assumptions, and one that agrees.
func labView() *View {
	naive := result.Ordering{
		Ordering: "naive", Kind: "naive", Complete: true,
		Properties: result.Properties{Causal: result.Violated, Total: result.Violated},
		Divergence: result.Divergence{InversionsPerMessage: stats.Ratio{Num: 91, Den: 100}, Positions: 600, PositionsDiffering: 594},
		Quality:    result.Quality{CausalViolations: 37},
		Cost:       hold(0, 0),
		FirstDifference: &result.Difference{
			Position: 1, Peers: [2]peer.ID{0, 2}, Messages: [2]*string{message("p1#0"), message("p2#0")}, Why: "race",
			Text:  "sent 29 ms apart; p2 had p1#0 after 64 ms, its own p2#0 after 0 ms; neither caused the other.",
			Token: "42@231ms/naive",
		},
		Mechanisms: &result.Mechanisms{
			Disagree: result.Reasons{Race: 81, Relay: 34, FIFO: 22}, Acausal: result.Reasons{Relay: 37},
		},
	}
	timestamp := result.Ordering{
		Ordering: "timestamp wait=80ms", Kind: "timestamp", Complete: true,
		Properties:         result.Properties{Causal: result.Violated, Total: result.Violated},
		OutsideAssumptions: result.List[string]{"delays exceed the wait"},
		Divergence:         result.Divergence{InversionsPerMessage: stats.Ratio{Num: 31, Den: 100}, Positions: 600, PositionsDiffering: 61},
		Quality:            result.Quality{CausalViolations: 22},
		Cost:               hold(41, 80),
		FirstDifference: &result.Difference{
			Position: 12, Peers: [2]peer.ID{0, 1}, Messages: [2]*string{message("p1#4"), message("p3#4")}, Why: "late",
			Text: "p3#4 came 97 ms after its stamp; p0 waits only 80 ms.", Token: "42@412ms/timestamp_wait=80ms",
		},
		Mechanisms: &result.Mechanisms{
			Disagree: result.Reasons{Late: 48_000, LeftOut: 1_200}, Acausal: result.Reasons{Late: 20, Skew: 2},
		},
	}
	lamport := result.Ordering{
		Ordering: "lamport", Kind: "lamport", Complete: true,
		Divergence: result.Divergence{Identical: true, InversionsPerMessage: stats.Ratio{Num: 0, Den: 100}, Positions: 600},
		Cost:       hold(96, 215),
	}
	return &View{
		Run: &result.Run{
			Scenario: "lab", Seed: 42, Peers: 6,
			Runs: result.List[result.Ordering]{naive, timestamp, lamport},
		},
		Facts:    []string{"100 messages each", "sites with preset wan", "clocks ±10ms", "no faults"},
		Barcodes: []Barcode{wave(600, 20), wave(600, 2), {Widest: make([]int32, 600)}},
		Hints: []Hint{
			{"mpcomm show 42@231ms/naive", "draw this moment"},
			{"mpcomm sweep lab -o out", "how often, over many seeds"},
		},
	}
}

// troubledView is a run in which much went wrong.
func troubledView() *View {
	hung := result.Ordering{
		Ordering: "naive", Kind: "naive", Limit: "quiet",
		Divergence: result.Divergence{Identical: true, Positions: 0},
		Phases: result.Phases{Stuck: result.List[result.Stuck]{
			{Peer: 0, Phase: "handshake", WaitingFor: []peer.ID{2}},
			{Peer: 1, Phase: "handshake", WaitingFor: []peer.ID{2}},
			{Peer: 2, Phase: "handshake", WaitingFor: []peer.ID{0, 1}},
		}},
		Absent:  result.List[history.Absent]{{Peer: 0, Why: "stuck"}, {Peer: 1, Why: "stuck"}, {Peer: 2, Why: "stuck"}, {Peer: 3, Why: "crashed"}},
		Vacuous: result.List[string]{"no message was delivered"},
	}
	cut := result.Ordering{
		Ordering: "sequencer:variant=ub at=0 with a name far too long for a row of any terminal", Kind: "sequencer", Limit: "until",
		Properties: result.Properties{Causal: result.Unknown, Agreement: result.Unknown},
		Divergence: result.Divergence{InversionsPerMessage: stats.Ratio{}, Positions: 12, PositionsDiffering: 3, Missing: 3, Duplicates: 1},
		Cost:       hold(12_345, 61_000),
		FirstDifference: &result.Difference{
			Position: 10, Peers: [2]peer.ID{0, 1}, Messages: [2]*string{message("p1#4"), nil}, Why: "missing",
			Text: "MISSING: p1 never logged p1#4: lost at 410 ms on the link p0→p1.",
		},
	}
	skewed := result.Ordering{
		Ordering: "timestamp", Kind: "timestamp", Complete: true,
		Properties: result.Properties{Causal: result.Violated},
		Divergence: result.Divergence{Identical: true, InversionsPerMessage: stats.Ratio{Num: 0, Den: 1}, Positions: 2},
		Quality:    result.Quality{CausalViolations: 3},
		Cost:       hold(3, 9),
		Witnesses: result.List[result.Witness]{{
			Property: "causal", Text: "p2#0 answers p1#0 but carries the older stamp, 15 ms < 20 ms: p2's clock is 25 ms slow.",
		}},
		Watch: result.List[result.Watch]{{Peer: 2, First: "p2#0", Then: "p1#0", Happened: true}},
	}
	incomplete := result.Ordering{
		Ordering: "lamport", Kind: "lamport",
		Divergence: result.Divergence{Identical: true, InversionsPerMessage: stats.Ratio{Num: 0, Den: 1}, Positions: 9},
		Cost:       hold(3, 9),
	}
	return &View{
		Run:      &result.Run{Scenario: "trouble", Seed: 7, Peers: 3, Runs: result.List[result.Ordering]{hung, cut, skewed, incomplete}},
		Barcodes: []Barcode{{}, {Widest: []int32{0, 0, 1, 1, 0, 0, 0, 0, 0, Missing, Missing, Missing}}, {Widest: []int32{0, 0}}, {Widest: make([]int32, 9)}},
		Failed:   []string{`trouble.yaml:14 expected "lamport: complete", got an incomplete run: a sentence long enough to be wrapped`},
	}
}

// minimalView has one ordering whose logs differ, one whose logs agree on the
// answer before the question, and one that is right.
func minimalView() *View {
	differ := result.Divergence{InversionsPerMessage: stats.Ratio{Num: 1, Den: 3}, Positions: 2, PositionsDiffering: 2}
	same := result.Divergence{Identical: true, InversionsPerMessage: stats.Ratio{Num: 0, Den: 3}, Positions: 2}
	watch := func(happened bool) result.List[result.Watch] {
		return result.List[result.Watch]{{Peer: 0, First: "p2#0", Then: "p1#0", Happened: happened}}
	}
	runs := result.List[result.Ordering]{
		{
			Ordering: "naive", Complete: true, Divergence: differ, Watch: watch(true),
			Properties: result.Properties{Causal: result.Violated, Total: result.Violated},
			Quality:    result.Quality{CausalViolations: 1}, Cost: hold(0, 0),
			FirstDifference: &result.Difference{
				Position: 1, Peers: [2]peer.ID{0, 1}, Messages: [2]*string{message("p2#0"), message("p1#0")}, Why: "relay",
				Text: "p2 had p1#0 before sending p2#0; p2#0 reached p0 10 ms before p1#0 did.",
			},
		},
		{
			Ordering: "timestamp", Complete: true, Divergence: same, Watch: watch(true),
			Properties:         result.Properties{Causal: result.Violated},
			OutsideAssumptions: result.List[string]{"a reply is sent on arrival, before its question is delivered"},
			Quality:            result.Quality{CausalViolations: 3}, Cost: hold(65, 80),
			Witnesses: result.List[result.Witness]{{
				Property: "causal",
				Text:     "p0 logged p2#0 at position 1 and p1#0, which p2#0 answers, at position 2.", Token: "1@105ms/timestamp",
				Why: "skew", Because: "p2#0 comes from p1#0 but carries the older stamp, 15 ms < 20 ms: p2's clock is 25 ms slow.",
			}},
			Mechanisms: &result.Mechanisms{Acausal: result.Reasons{Skew: 3}},
		},
		{Ordering: "lamport", Complete: true, Divergence: same, Watch: watch(false), Cost: hold(10, 30)},
	}
	return &View{
		Run:      &result.Run{Scenario: "minimal", Seed: 1, Peers: 3, Runs: runs},
		Facts:    []string{"2 messages", "latency 10ms", "no faults"},
		Barcodes: []Barcode{{Widest: []int32{1, 1}}, {Widest: []int32{0, 0}}, {Widest: []int32{0, 0}}},
		Hints: []Hint{
			{"mpcomm show minimal", "the scenario, to change and to run"},
			{"mpcomm sweep minimal", "the same over many seeds"},
		},
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	views := map[string]func() *View{"lab": labView, "trouble": troubledView, "minimal": minimalView}
	cases := []struct {
		view    string
		options Options
	}{
		{"lab", Options{Width: 50}},
		{"minimal", Options{Width: 80, Height: 24}},
		{"minimal", Options{Width: 100}},
		{"trouble", Options{Width: 100}},
		{"trouble", Options{Width: 80, Verbose: true}},
		{"trouble", Options{Width: 60, ASCII: true}},
	}
	for _, width := range []int{60, 80, 100} {
		for _, o := range []Options{{}, {ASCII: true}, {Color: true}, {Verbose: true}, {ASCII: true, Verbose: true}, {Color: true, Verbose: true}} {
			o.Width = width
			cases = append(cases, struct {
				view    string
				options Options
			}{"lab", o})
		}
	}
	for _, tc := range cases {
		name := fmt.Sprintf("%s-%d", tc.view, tc.options.Width)
		for _, f := range []struct {
			on   bool
			word string
		}{{tc.options.ASCII, "ascii"}, {tc.options.Color, "color"}, {tc.options.Verbose, "verbose"}} {
			if f.on {
				name += "-" + f.word
			}
		}
		t.Run(name, func(t *testing.T) {
			var buf bytes.Buffer
			if err := Write(&buf, views[tc.view](), tc.options); err != nil {
				t.Fatal(err)
			}
			golden(t, name, buf.Bytes())
		})
	}
}

func TestRowsNeverWrap(t *testing.T) {
	t.Parallel()
	for width := leastWidth; width <= 130; width++ {
		for _, ascii := range []bool{false, true} {
			for _, view := range []*View{labView(), troubledView()} {
				view.Hints = nil // commands stay whole
				var buf bytes.Buffer
				if err := Write(&buf, view, Options{Width: width, ASCII: ascii, Verbose: width%2 == 0}); err != nil {
					t.Fatal(err)
				}
				for line := range linesOf(buf.String()) {
					if columns(line) > width {
						t.Errorf("width %d: %d columns: %q", width, columns(line), line)
					}
				}
			}
		}
	}
}

func TestASCIIIsASCII(t *testing.T) {
	t.Parallel()
	view := troubledView()
	view.Facts = []string{"skew ±40 ms", "4 × 30", "naïve"}
	var buf bytes.Buffer
	if err := Write(&buf, view, Options{ASCII: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(buf.String(), "skew +/-40 ms, 4 x 30, na?ve") {
		t.Errorf("facts are not spelled out:\n%s", buf.String())
	}
	for i, c := range buf.Bytes() {
		if c >= 0x80 {
			t.Fatalf("byte %d is %#x", i, c)
		}
	}
}

func TestColorOnlyPaints(t *testing.T) {
	t.Parallel()
	for _, view := range []func() *View{labView, troubledView} {
		var colored, plain bytes.Buffer
		if err := Write(&colored, view(), Options{Color: true}); err != nil {
			t.Fatal(err)
		}
		if err := Write(&plain, view(), Options{}); err != nil {
			t.Fatal(err)
		}
		stripped := stripEscapes(colored.String())
		if diff := cmp.Diff(plain.String(), stripped); diff != "" {
			t.Errorf("colours change the words (-plain +coloured):\n%s", diff)
		}
	}
}

func stripEscapes(s string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(s, "\x1b[")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		_, s, _ = strings.Cut(after, "m")
	}
}

func TestFitsATerminalOf80x24(t *testing.T) {
	t.Parallel()
	for _, view := range []*View{labView(), minimalView()} {
		for height := 24; height >= 20; height-- {
			var buf bytes.Buffer
			if err := Write(&buf, view, Options{Width: 80, Height: height}); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(buf.String(), "\n"); n > height {
				t.Errorf("%d lines, want at most %d:\n%s", n, height, buf.String())
			}
		}
	}
	var buf bytes.Buffer
	if err := Write(&buf, labView(), Options{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(buf.String(), "\n"); n > 24 {
		t.Errorf("%d lines without being asked, want at most 24:\n%s", n, buf.String())
	}
}

func TestControlCharactersDoNotReachTheTerminal(t *testing.T) {
	t.Parallel()
	view := labView()
	view.Run.Runs[0].Ordering = "na\x1b[31mive\r\n\u009b"
	view.Run.Scenario = "la\x07b"
	var buf bytes.Buffer
	if err := Write(&buf, view, Options{}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(buf.String(), "\x1b\x07\r\u009b") {
		t.Errorf("control characters in %q", buf.String())
	}
}
