package run_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"mpcomm/peer/journal"
	"mpcomm/peer/order"
	"mpcomm/reports/export"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// tester is what testing and rapid have in common.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// exportable records the run of one seed, which is borrowed from an engine of
// its own.
func exportable(t tester, s *scenarios.Scenario, o scenarios.Ordering, seed uint64) (*export.Run, *run.Outcome) {
	t.Helper()
	p, err := run.Compile(s, o, order.Builtin())
	if err != nil {
		t.Fatalf("%v", err)
	}
	var r journal.Recorder
	r.Reset(1<<20, 0, -1)
	e, err := run.NewEngine(p, run.Options{Recorder: &r})
	if err != nil {
		t.Fatalf("%v", err)
	}
	outcome, err := e.Run(seed)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if r.Dropped() > 0 {
		t.Fatalf("%d events do not fit", r.Dropped())
	}
	return &export.Run{
		Program: "mpcomm", Scenario: s.Name, Ordering: p.Label(), Seed: seed, Events: r.Events(), History: outcome.History,
	}, outcome
}

// exported writes a run in a format.
func exported(t tester, name string, r *export.Run) []byte {
	t.Helper()
	f, known := export.Find(name)
	if !known {
		t.Fatalf("no format %s", name)
	}
	var b bytes.Buffer
	if err := f.Write(&b, r); err != nil {
		t.Fatalf("%v", err)
	}
	if len(r.Events) > 0 && !bytes.HasPrefix(b.Bytes(), []byte(f.Begins)) {
		t.Fatalf("%s begins with %.40q, want %q", name, b.Bytes(), f.Begins)
	}
	return b.Bytes()
}

// TestExportsAreGolden holds the smallest run, under every ordering and in every
// format, to files that do not change.
func TestExportsAreGolden(t *testing.T) {
	t.Parallel()
	s, err := scenarios.Open("minimal")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range s.Orderings {
		r, _ := exportable(t, s, o, s.Seed)
		for _, f := range export.Formats() {
			got := exported(t, f.Name, r)
			name := filepath.Join("testdata", "exports", fmt.Sprintf("minimal-%s%s", o.Kind, f.Ending))
			if *update {
				if err := os.WriteFile(name, got, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s, %s: %d bytes differ from the %d of %s; -update rewrites it", o.Kind, f.Name, len(got), len(want), name)
			}
		}
	}
}
