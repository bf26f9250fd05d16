package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const grid = `version: 1
name: grid
peers: 3
orderings: [naive, {kind: timestamp, wait: 10ms}, lamport]
workload: {messages: 4, gap: {kind: exponential, min: 0ms, mean: 10ms}}
network: {latency: {kind: exponential, min: 0ms, mean: 20ms}, loss: 1/50}
sweep: {runs: 70, grid: {network.latency.mean: [5ms, 20ms], workload.messages: [1, 4]}}
`

// sweepRun carries a sweep out and returns its lines as text and its rows.
func sweepRun(t *testing.T, ctx context.Context, text string, o Options) (lines, rows []string, r *Result) {
	t.Helper()
	o.PerRun = func(row Row) error {
		rows = append(rows, fmt.Sprintf("%v %s %d %s", row.Cell, row.Ordering, row.Seed, strings.Join(row.Values, ",")))
		return nil
	}
	w, err := New(parse(t, text), o)
	if err != nil {
		t.Fatal(err)
	}
	r, err = w.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range r.Lines {
		b, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(b))
	}
	return lines, rows, r
}

// TestWorkers: lines and rows are the same bytes for every number of workers.
func TestWorkers(t *testing.T) {
	t.Parallel()
	lines, rows, r := sweepRun(t, t.Context(), grid, Options{Seed: 5, Workers: 1})
	if len(lines) != 12 || len(rows) != 12*70 || !r.Complete() {
		t.Fatalf("%d lines, %d rows, complete %t; want 12, 840, true", len(lines), len(rows), r.Complete())
	}
	for _, workers := range []int{2, 8} {
		again, rowsAgain, _ := sweepRun(t, t.Context(), grid, Options{Seed: 5, Workers: workers})
		for i := range lines {
			if lines[i] != again[i] {
				t.Errorf("%d workers: line %d is\n%s\nwant\n%s", workers, i, again[i], lines[i])
			}
		}
		if !slices.Equal(rows, rowsAgain) {
			t.Errorf("%d workers: other rows, or another order of rows", workers)
		}
	}
}

// TestSharedSeeds: run i of every cell and ordering has seed S+i, and a single
// run repeats its row.
func TestSharedSeeds(t *testing.T) {
	t.Parallel()
	_, rows, _ := sweepRun(t, t.Context(), grid, Options{Seed: 5, Workers: 2, Runs: 9})
	for i := range rows {
		if want := fmt.Sprintf(" %d ", 5+i/3%9); !strings.Contains(rows[i], want) {
			t.Fatalf("row %d is %s; want seed%s", i, rows[i], want)
		}
	}
	// A sweep that begins at seed 8 has the same runs from there.
	_, later, _ := sweepRun(t, t.Context(), grid, Options{Seed: 8, Workers: 3, Runs: 6})
	for i := range later {
		if want := rows[i/18*27+9+i%18]; later[i] != want {
			t.Errorf("row %d is\n%s\nwant\n%s", i, later[i], want)
		}
	}
}

// TestInterrupted: a sweep that is stopped reports whole chunks from the
// beginning: its rows are a prefix, its last lines, of all orderings of a cell,
// those of a shorter sweep.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	full, allRows, whole := sweepRun(t, t.Context(), grid, Options{Seed: 5, Workers: 1})
	for i, stopAt := range []uint64{1, 40, 100, 333, 1, 40, 100, 333} {
		workers := 1 + 2*(i/4) // several may have finished all the rest while one was slow
		ctx, cancel := context.WithCancel(t.Context())
		lines, rows, r := sweepRun(t, ctx, grid, Options{Seed: 5, Workers: workers, Progress: func(done, total uint64) {
			if total != whole.Total {
				t.Errorf("progress of %d runs, want %d", total, whole.Total)
			}
			if done >= stopAt {
				cancel()
			}
		}})
		cancel()
		if workers == 1 && r.Complete() || r.Done < stopAt || r.Done != uint64(len(rows)) || r.Total != whole.Total {
			t.Fatalf("stopped at %d: done %d of %d with %d rows", stopAt, r.Done, r.Total, len(rows))
		}
		if !slices.Equal(rows, allRows[:len(rows)]) {
			t.Errorf("stopped at %d: the rows are no prefix", stopAt)
		}
		finished := int(r.Done / 210 * 3)
		if !slices.Equal(lines[:finished], full[:finished]) {
			t.Errorf("stopped at %d: the lines of finished cells differ", stopAt)
		}
		if left := int(r.Done % 210); left > 0 {
			shorter, _, _ := sweepRun(t, t.Context(), grid, Options{Seed: 5, Workers: 1, Runs: left / 3})
			if last := shorter[finished : finished+3]; !slices.Equal(lines[finished:], last) {
				t.Errorf("stopped at %d: the last lines are\n%s\nwant\n%s", stopAt, lines[finished:], last)
			}
		}
	}
}

// TestErrors: bad options and a failing reader of rows are reported.
func TestErrors(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{Runs: -1}, {Runs: MaxRuns + 1}, {Workers: -1}, {Workers: MaxWorkers + 1}} {
		if _, err := New(parse(t, grid), o); err == nil {
			t.Errorf("options %+v: no error", o)
		}
	}
	full := errors.New("the disk is full")
	w, err := New(parse(t, grid), Options{Workers: 4, PerRun: func(Row) error { return full }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Run(t.Context()); !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
}
