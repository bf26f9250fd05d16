package result

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/stats"
	"mpcomm/sim"
)

var update = flag.Bool("update", false, "rewrite golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
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
		t.Errorf("%s is not as committed (-update rewrites it):\n%s", path, diff)
	}
}

// sample is a run in which every number differs from every other.
func sample() *Ordering {
	n := 100
	next := func() int { n++; return n }
	ms := func() NullMS { return Millis(sim.Time(next()) * 1_500_000) }
	times := func() Times { return Times{Mean{int64(next()) * 1e6, 8}, ms(), ms(), ms()} }
	lively := Violated
	name, zero, crashed := "p1#0", 0, peer.ID(4)
	return &Ordering{
		Ordering: "timestamp wait=80ms", Kind: "timestamp", Digest: someDigest,
		Events: uint64(next()), Ties: uint64(next()), Virtual: MS(next()), Limit: "quiet", Complete: true,
		Absent:      List[history.Absent]{{Peer: 3, Why: "stuck"}},
		Heal:        &Heal{At: Millis(2_000_000_000), Within: 30_000_000_000, Unrecoverable: List[Unrecoverable]{{"p4#1", 0, "p4 lost its state"}}},
		BeyondBound: List[Departure]{{Peer: 2, At: 410_000_000, Error: -12_300_000, Bound: 7_000_000}},
		Vacuous:     List[string]{"partition at 1s struck no packet"},
		Properties: Properties{
			Integrity: Holds, Validity: Violated, Agreement: Unknown, Uniform: Unknown, FIFO: Holds, Causal: Violated, Total: Holds, Liveness: &lively,
		},
		Witnesses:          List[Witness]{{"causal", List[Delivery]{{0, 1, "p2#0"}, {0, 2, "p1#0"}}, "p2#0 before its cause.", "skew", "p2's clock is slow.", "1@2ms/timestamp"}},
		OutsideAssumptions: List[string]{"link is datagram"},
		Divergence: Divergence{
			Identical: false, Contested: stats.Share(91, 100), InversionsPerMessage: stats.Share(next(), 1000),
			KendallDistance: stats.Share(next(), 7), KendallMax: Int(next()), Footrule: stats.Share(next(), 3), Ulam: stats.Share(next(), 9),
			Pairs: Int(next()), DistinctLogs: next(), FirstDifference: Int(next()), CommonPrefix: next(), Positions: next(),
			PositionsDiffering: next(), Missing: next(), Duplicates: next(), Messages: next(), Deliveries: next(),
			PrefixConsistent: true, RoundsClassic: next(), RoundsFull: next(),
		},
		Quality: Quality{next(), next(), next(), next(), List[peer.ID]{1, 5}, stats.Share(next(), 11), false},
		Cost: Cost{
			uint64(next()), uint64(next()), uint64(next()), uint64(next()), uint64(next()), uint64(next()), uint64(next()),
			uint64(next()), uint64(next()), uint64(next()), uint64(next()), uint64(next()), uint64(next()), uint64(next()), stats.Share(next(), 13), times(), times(), times(),
		},
		Counters: Counters{{"late", stats.Of(next())}, {"hlc_ahead_ms", stats.Share(next(), 17)}},
		Phases: Phases{
			Opened: List[NullMS]{ms(), {}, ms()}, Handshake: ms(), DataAt: ms(), OpenedAll: true, Data: ms(), Stop: ms(),
			Closed: List[NullMS]{{}, ms(), ms()}, TooEarly: uint64(next()), TooLate: uint64(next()), Resent: uint64(next()),
			Stuck: List[Stuck]{{3, "handshake", List[peer.ID]{5}, 2}}, GivenUp: List[GivenUp]{{5, List[peer.ID]{0, 3}, 4}},
		},
		Faults: List[Fault]{
			{At: "1s", Partition: [][]peer.ID{{0, 1}, {2, 3}}, For: "500ms", Mode: "drop", Struck: uint64(next())},
			{Crash: &crashed, AtDelivery: "p1#0", Sent: &zero, Struck: 1},
		},
		Mechanisms: &Mechanisms{
			Disagree: Reasons{uint64(next()), uint64(next()), uint64(next()), uint64(next()), uint64(next()), uint64(next()), uint64(next()), uint64(next())},
			Acausal:  Reasons{uint64(next()), uint64(next()), uint64(next()), uint64(next()), uint64(next()), uint64(next()), uint64(next()), uint64(next())},
		},
		Watch: List[Watch]{{2, "p1#0", "p0#0", true}},
		FirstDifference: &Difference{
			Position: 1, Peers: [2]peer.ID{0, 2}, Messages: [2]*string{&name, nil}, Why: "missing",
			Text: "p2 never logged p1#0: lost on the link p1>p2 at 10 ms.", At: Millis(52_500_000), Token: "1@52.5ms/timestamp",
		},
	}
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func indented(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", " "); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRunGolden(t *testing.T) {
	run := Run{Scenario: "lab", ScenarioHash: "00ff", Seed: 1, Peers: 3, Runs: List[Ordering]{*sample(), {}}}
	golden(t, "run.json", indented(t, marshal(t, run)))
}

func TestSweepGolden(t *testing.T) {
	var tally Tally
	tally.Add(sample())
	other := sample()
	other.Events, other.Limit, other.Divergence.Identical = 50, "", true
	other.Divergence.FirstDifference = NullInt{}
	other.Vacuous = List[string]{"no message was delivered"}
	tally.Add(other)
	for _, ns := range []int64{20_000_000, 30_000_000, 90_000_000} {
		tally.Latency.Record(ns)
	}
	cell := tally.Cell(Head{"lab", "00ff", 1, 3, []Setting{{"network.latency.mean", "20ms"}, {"peers", "3"}}})
	golden(t, "sweep.json", indented(t, marshal(t, cell)))
}

// flatten returns every leaf of a JSON object by its path with dots; lists are
// leaves.
func flatten(t *testing.T, b []byte) map[string]string {
	t.Helper()
	out := map[string]string{}
	var walk func(path string, raw json.RawMessage)
	walk = func(path string, raw json.RawMessage) {
		if raw[0] != '{' {
			out[path] = string(raw)
			return
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(raw, &object); err != nil {
			t.Fatal(err)
		}
		for key, value := range object {
			walk(strings.TrimPrefix(path+"."+key, "."), value)
		}
	}
	walk("", b)
	return out
}

// TestColumnsAreTheJSON holds the table of numbers to what a run prints.
func TestColumnsAreTheJSON(t *testing.T) {
	t.Parallel()
	o := sample()
	printed := flatten(t, marshal(t, o))
	seen := map[string]bool{}
	for _, col := range columns {
		name, unknown := strings.CutSuffix(col.path, "_unknown")
		seen[name] = true
		text, ok := printed[name]
		if col.form == extra {
			continue
		}
		if !ok {
			t.Errorf("no run prints %s", name)
			continue
		}
		num, den := col.get(o)
		if num == 0 && den == 0 {
			t.Errorf("%s is null in the sample", name)
			continue
		}
		value := float64(num) / float64(den)
		if col.form == millis {
			value = float64(num) / float64(den*nsPerMS)
		}
		want := map[bool]string{true: "1", false: "0"}
		switch {
		case unknown:
			text = want[text == `"unknown"`]
		case strings.HasPrefix(name, "properties."):
			text = want[text == `"holds"`]
		case col.form == share:
			text = want[text == "true"]
		case name == "absent":
			text = strconv.Itoa(len(o.Absent))
		}
		if got := string(stats.AppendFloat(nil, value)); got != text {
			t.Errorf("%s is %s in the table, %s in JSON", name, got, text)
		}
	}
	// What no sweep has, and what it makes of the rest under other names.
	left := []string{
		"ordering", "kind", "digest", "limit", "witnesses", "first_difference.", "phases.stuck", "phases.given_up", "phases.closed_ms",
		"counters.", "mechanisms.", "cost.latency", "cost.hold", "heal.at_ms", "heal.within_ms", "beyond_bound", // a sweep has the last in outside_assumptions
	}
	for path := range printed {
		if !seen[path] && !slices.ContainsFunc(left, func(s string) bool { return strings.HasPrefix(path, s) }) {
			t.Errorf("a run prints %s, which no sweep does", path)
		}
	}
}

func TestAsWritten(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"20ms": `"20ms"`, "4": "4", "0.50": "0.50", "true": "true", "1/1000": `"1/1000"`, "a>b": `"a>b"`,
		"null": `"null"`, "{kind: x}": `"{kind: x}"`, "[1, 2]": `"[1, 2]"`, "": `""`,
	} {
		if got := AsWritten(value); got != want {
			t.Errorf("%q stands as %s, want %s", value, got, want)
		}
	}
}

// TestRowsAreTheJSON holds a row of a table of runs to what the run prints.
func TestRowsAreTheJSON(t *testing.T) {
	t.Parallel()
	o := sample()
	var shape Shape
	shape.Grow(&Ordering{Ordering: "another", Counters: Counters{{"gaps", stats.Of(1)}}})
	shape.Grow(o)
	names, values := shape.Columns(), shape.Values(o)
	if len(names) != len(values) {
		t.Fatalf("%d columns, %d values", len(names), len(values))
	}
	got := map[string]string{}
	for i, name := range names {
		got[name] = values[i]
	}
	for path, want := range map[string]string{
		"divergence.identical": "0", "divergence.contested": "0.91", "properties.agreement_unknown": "1",
		"properties.liveness": "0", "properties.liveness_unknown": "0", "heal.unrecoverable": "1",
		"limit": o.Limit, "digest": o.Digest.String(), "counters.late": o.Counters[0].Value.String(), "counters.gaps": "",
		"phases.opened_ms.0": string(o.Phases.Opened[0].MS.append(nil)), "phases.opened_ms.1": "", "phases.closed_ms.0": "",
		"faults.1.struck": "1", "watch.0.happened": "1",
		"mechanisms.disagree.race":    strconv.FormatUint(o.Mechanisms.Disagree.Race, 10),
		"mechanisms.acausal.left_out": strconv.FormatUint(o.Mechanisms.Acausal.LeftOut, 10),
	} {
		if text, ok := got[path]; !ok || text != want {
			t.Errorf("%s is %q, %v; want %q", path, text, ok, want)
		}
	}
}

func TestNullsAndTimes(t *testing.T) {
	t.Parallel()
	got := string(marshal(t, []any{
		NullMS{},
		Millis(0), Millis(1_500_000), MS(-1),
		NullInt{},
		Int(0), List[int](nil),
		Mean{},
		Mean{10, 4},
		Mean{-10_000_000, 4},
		Counters(nil), Violated,
	}))
	if want := `[null,0,1.5,-0.000001,null,0,[],null,0.0000025,-2.5,{},"violated"]` + "\n"; got != want {
		t.Errorf("got  %swant %s", got, want)
	}
	var v Verdict
	if err := v.UnmarshalText([]byte("maybe")); err == nil {
		t.Error("maybe is read as a verdict")
	}
	for want := range Verdict(3) {
		if err := v.UnmarshalText([]byte(want.String())); err != nil || v != want {
			t.Errorf("%v is read as %v, %v", want, v, err)
		}
	}
}

// someDigest prints as 0123456789abcdef twice.
var someDigest = Digest{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}

func TestDigestText(t *testing.T) {
	var d Digest
	if err := d.UnmarshalText([]byte(someDigest.String())); err != nil || d != someDigest {
		t.Errorf("read back %v, %v; want %v", d, err, someDigest)
	}
	for _, bad := range []string{"", "0123", "0123456789abcdef0123456789abcdeg", someDigest.String() + "00"} {
		if err := d.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("digest %q was taken", bad)
		}
	}
}
