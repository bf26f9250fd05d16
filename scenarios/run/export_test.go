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

// exportable records the run of one seed, which is borrowed from an engine of
// its own.
func exportable(tb testing.TB, s *scenarios.Scenario, o scenarios.Ordering, seed uint64) *export.Run {
	tb.Helper()
	p, err := run.Compile(s, o, order.Builtin())
	if err != nil {
		tb.Fatal(err)
	}
	var r journal.Recorder
	r.Reset(1<<20, 0, -1)
	e, err := run.NewEngine(p, run.Options{Recorder: &r})
	if err != nil {
		tb.Fatal(err)
	}
	outcome, err := e.Run(seed)
	if err != nil {
		tb.Fatal(err)
	}
	if r.Dropped() > 0 {
		tb.Fatalf("%d events do not fit", r.Dropped())
	}
	return &export.Run{
		Program: "mpcomm", Scenario: s.Name, Ordering: p.Label(), Seed: seed, Events: r.Events(), History: outcome.History,
	}
}

// exported writes a run in a format.
func exported(tb testing.TB, name string, r *export.Run) []byte {
	tb.Helper()
	f, known := export.Find(name)
	if !known {
		tb.Fatalf("no format %s", name)
	}
	var b bytes.Buffer
	if err := f.Write(&b, r); err != nil {
		tb.Fatal(err)
	}
	if !bytes.HasPrefix(b.Bytes(), []byte(f.Begins)) {
		tb.Fatalf("%s begins with %.40q, want %q", name, b.Bytes(), f.Begins)
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
		r := exportable(t, s, o, s.Seed)
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
