package sweep

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mpcomm/peer/order"
	"mpcomm/reports/result"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestSameEverywhere holds a list of forty runs, digests and the bytes of their
// JSON, and a sweep with one worker and with eight to a golden file. The test is
// run on every kind of machine that is to be had: other words, other orders of
// bytes, other instructions.
func TestSameEverywhere(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile(filepath.Join("testdata", "same.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	kinds, n := map[string]bool{}, 0
	for line := range strings.Lines(string(list)) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			t.Fatalf("%q: want scenario, ordering and seed", line)
		}
		r := one(t, fields[0], fields[1], fields[2])
		kinds[r.Runs[0].Kind] = true
		n++
		fmt.Fprintf(&got, "%s %s %s\n", strings.Join(fields, " "), r.Runs[0].Digest, sum(jsonOf(t, r)))
	}
	if n != 40 {
		t.Errorf("%d runs in the list, want 40", n)
	}
	for i := range order.Builtin() {
		if kind := order.Builtin()[i].Kind; !kinds[kind] {
			t.Errorf("no run of the list is of %s; let one of an ordering that has several give way", kind)
		}
	}
	for _, workers := range []int{1, 8} {
		fmt.Fprintf(&got, "sweep everything.yaml %s\n", sum(swept(t, workers)))
	}
	requireGolden(t, filepath.Join("testdata", "same.golden"), got.String())
}

func requireGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	old := slices.Collect(strings.Lines(string(want)))
	for i, line := range slices.Collect(strings.Lines(got)) {
		if i >= len(old) || old[i] != line {
			t.Errorf("%s, which is not what the golden file has; if results were meant to change, run the test with -update", strings.TrimSpace(line))
		}
	}
	if len(old) != strings.Count(got, "\n") {
		t.Errorf("%d lines, %d in the golden file", strings.Count(got, "\n"), len(old))
	}
}

// opened is a scenario of the library, or of testdata.
func opened(t *testing.T, name string) *scenarios.Scenario {
	t.Helper()
	if strings.HasSuffix(name, ".yaml") {
		name = filepath.Join("testdata", name)
	}
	s, err := scenarios.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// one is what `mpcomm run NAME --ordering ORDERING --seed SEED` finds.
func one(t *testing.T, name, ordering, seed string) *result.Run {
	t.Helper()
	s := opened(t, name)
	o, err := s.Add(ordering)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.ParseUint(seed, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	hash := scenarios.Hash(s)
	s, drawn, err := s.Draw(number)
	if err != nil {
		t.Fatal(err)
	}
	var swarm result.Settings
	for _, d := range drawn {
		swarm = append(swarm, result.Setting{Path: d.Path, Value: d.Value})
	}
	p, err := run.Compile(s, o, s.Table())
	if err != nil {
		t.Fatal(err)
	}
	e, err := run.NewEngine(p, run.Options{Explain: true})
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := e.Run(number)
	if err != nil {
		t.Fatal(err)
	}
	r := (&run.Evaluator{}).Evaluate(p, outcome, run.Full)
	return &result.Run{
		Scenario: s.Name, ScenarioHash: hash, Seed: number, Peers: s.Peers, Swarm: swarm, Runs: result.List[result.Ordering]{*r},
	}
}

func swept(t *testing.T, workers int) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := New(opened(t, "everything.yaml"), Options{Seed: 3, Workers: workers, PerRun: func(row Row) error {
		_, err := fmt.Fprintln(&out, row.Cell, row.Ordering, row.Seed, row.Values)
		return err
	}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Lines {
		out.Write(jsonOf(t, r.Lines[i]))
	}
	return out.Bytes()
}

// jsonOf is v as the commands print it.
func jsonOf(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sum(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b))[:32] }
