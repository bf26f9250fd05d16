package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mpcomm/reports/result"
	"mpcomm/reports/wire"
)

// memory is a store that lasts as long as the test, with room for so many
// chunks more.
type memory struct {
	chunks map[int][]byte
	room   int
	loads  int
}

var errNoRoom = errors.New("no room")

func newMemory() *memory { return &memory{chunks: map[int][]byte{}, room: 1 << 30} }

func (m *memory) Has(index int) bool { return m.chunks[index] != nil }

func (m *memory) Load(index int) ([]byte, error) {
	m.loads++
	return m.chunks[index], nil
}

func (m *memory) Save(index int, chunk []byte) error {
	if m.room--; m.room < 0 {
		return errNoRoom
	}
	if m.chunks[index] != nil {
		return fmt.Errorf("chunk %d is made twice", index)
	}
	m.chunks[index] = chunk
	return nil
}

const drawnGrid = `version: 1
name: drawn
peers: 3
orderings: [naive, lamport]
workload: {messages: 3, gap: {kind: exponential, min: 0ms, mean: 10ms}}
swarm: {network.loss: {off: 1/2, min: 0.1%, max: 5%}}
sweep: {runs: 70, grid: {network.latency: [5ms, 20ms]}}
`

// keptRun is sweepRun with a store.
func keptRun(t *testing.T, ctx context.Context, text string, o Options) (lines, rows []string, r *Result, err error) {
	t.Helper()
	o.PerRun = func(row Row) error {
		rows = append(rows, fmt.Sprintf("%v %v %s %d %s", row.Cell, row.Swarm, row.Ordering, row.Seed, strings.Join(row.Values, ",")))
		return nil
	}
	w, err := New(parse(t, text), o)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = w.Run(ctx); err != nil {
		return nil, rows, nil, err
	}
	for _, line := range r.Lines {
		b, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(b))
	}
	return lines, rows, r, nil
}

// TestGoesOn: a sweep that fails or is interrupted at any chunk goes on from its
// store, without making a chunk twice, to the same lines and rows.
func TestGoesOn(t *testing.T) {
	t.Parallel()
	for _, text := range []string{grid, drawnGrid} {
		want, wantRows, whole, err := keptRun(t, t.Context(), text, Options{Seed: 5, Workers: 1, Runs: 12})
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []int{5, 16} {
			m := newMemory()
			for tries := 0; ; tries++ {
				ctx, cancel := context.WithCancel(t.Context())
				m.room = step
				o := Options{Seed: 5, Workers: 1 + tries%3, Runs: 12, Store: m}
				if tries%2 == 1 { // not full but interrupted
					made := 0
					m.room = 1 << 30
					o.Progress = func(uint64, uint64) {
						if made++; made == step {
							cancel()
						}
					}
				}
				before := len(m.chunks)
				lines, rows, r, err := keptRun(t, ctx, text, o)
				cancel()
				if err != nil && !errors.Is(err, errNoRoom) {
					t.Fatal(err)
				}
				if err != nil && len(m.chunks) != before+step {
					t.Fatalf("%d chunks more are kept, want %d", len(m.chunks)-before, step)
				}
				if err != nil || !r.Complete() {
					continue
				}
				if r.Total != whole.Total || r.Kept != r.Total {
					t.Errorf("kept %d of %d, want %d", r.Kept, r.Total, whole.Total)
				}
				if !slices.Equal(lines, want) || !slices.Equal(rows, wantRows) {
					t.Errorf("step %d: other lines or rows: %s", step, cmp.Diff(want, lines))
				}
				break
			}
		}
	}
}

// TestShards: however many shards a sweep has, their chunks together are its
// chunks, byte for byte, and nothing is made twice.
func TestShards(t *testing.T) {
	t.Parallel()
	all := newMemory()
	want, wantRows, _, err := keptRun(t, t.Context(), drawnGrid, Options{Seed: 5, Workers: 2, Runs: 12, Store: all})
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []int{1, 2, 7, 50} {
		joined := newMemory()
		for k := range of {
			m := newMemory()
			lines, rows, r, err := keptRun(t, t.Context(), drawnGrid, Options{Seed: 5, Workers: 1 + k%2, Runs: 12, Store: m, Shard: Shard{k, of}})
			if err != nil {
				t.Fatal(err)
			}
			if of > 1 && (len(lines) > 0 || len(rows) > 0) || !r.Complete() || r.Kept != r.Done {
				t.Fatalf("shard %d/%d: %d lines, %d rows, %+v", k, of, len(lines), len(rows), r)
			}
			for index, chunk := range m.chunks {
				if err := joined.Save(index, chunk); err != nil {
					t.Fatal(err)
				}
			}
		}
		if !maps.EqualFunc(joined.chunks, all.chunks, slices.Equal) {
			t.Errorf("%d shards have other chunks than the whole", of)
		}
		joined.room = 0 // makes nothing more
		lines, rows, r, err := keptRun(t, t.Context(), drawnGrid, Options{Seed: 5, Workers: 1, Runs: 12, Store: joined})
		if err != nil || !r.Complete() || !slices.Equal(lines, want) || !slices.Equal(rows, wantRows) {
			t.Errorf("%d shards join to another sweep: %v", of, err)
		}
	}
}

// TestLeastMemory: chunks that come much too early wait in the store.
func TestLeastMemory(t *testing.T) {
	t.Parallel()
	w, err := New(parse(t, grid), Options{Seed: 5, Workers: 1, Runs: 1_000_000, Store: newMemory()})
	if err != nil {
		t.Fatal(err)
	}
	m := merger{sweep: w, waiting: map[int]*chunk{}}
	for index := 1; index < w.Chunks(); index++ {
		c, _ := w.chunkAt(index)
		c.done = c.count
		c.bytes = []byte{1}
		if err := m.take(&c, false); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.waiting) > mostWaiting || len(m.waiting) == 0 {
		t.Errorf("%d chunks wait in memory, want at most %d", len(m.waiting), mostWaiting)
	}
}

// TestChunksReadBack: the bytes of a chunk are those of any execution, and what
// is no chunk of that place is refused.
func TestChunksReadBack(t *testing.T) {
	t.Parallel()
	m := newMemory()
	if _, _, _, err := keptRun(t, t.Context(), drawnGrid, Options{Seed: 5, Workers: 3, Runs: 40, Store: m}); err != nil {
		t.Fatal(err)
	}
	w, err := New(parse(t, drawnGrid), Options{Seed: 5, Runs: 40, PerRun: func(Row) error { return nil }, Store: m})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.chunks) != w.Chunks() {
		t.Fatalf("%d chunks, want %d", len(m.chunks), w.Chunks())
	}
	worker := worker{cell: -1, sweep: w, activity: &w.activity[0]}
	for index := range w.Chunks() {
		made, _ := w.chunkAt(index)
		if worker.make(t.Context(), &made); made.err != nil {
			t.Fatal(made.err)
		}
		text, err := w.encode(&made)
		if err != nil || !slices.Equal(text, m.chunks[index]) {
			t.Fatalf("chunk %d has other bytes when it is made again: %v", index, err)
		}
		back, err := w.load(index)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(made.rows, back.rows); diff != "" {
			t.Fatalf("chunk %d: %s", index, diff)
		}
	}
	for name, text := range map[string][]byte{
		"the chunk of another place": m.chunks[1],
		"half a chunk":               m.chunks[0][:len(m.chunks[0])/2],
		"a byte too many":            append(slices.Clone(m.chunks[0]), 0),
		"nothing":                    {},
	} {
		m.chunks[0] = text
		if _, err := w.load(0); err == nil || !strings.Contains(err.Error(), "chunk 0: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, edit := range map[string]func(*chunk){
		"a tally too few": func(c *chunk) { c.tallies = c.tallies[1:] },
		"a row too few":   func(c *chunk) { c.rows = c.rows[1:] },
		"a run too few":   func(c *chunk) { c.tallies[0] = new(result.Tally) },
	} {
		c, _ := w.chunkAt(2)
		worker.make(t.Context(), &c)
		edit(&c)
		if _, err := w.encode(&c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := w.load(w.Chunks()); err == nil || !strings.Contains(err.Error(), "is beyond the sweep's") {
		t.Errorf("beyond the sweep: %v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		c, _ := w.chunkAt(0)
		c.code(wire.Reader(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")), 2)
	})
}

// TestShardsAreBalanced: shards differ by a chunk at most, and the costly
// ordering or cell goes to all of them, whatever divides what.
func TestShardsAreBalanced(t *testing.T) {
	t.Parallel()
	for _, of := range []int{1, 2, 3, 7, 32, 64, 100} {
		for _, per := range []int{1, 2, 16, 25, 32, 245} { // chunks of a cell
			const cells = 40
			counts, costly := make([]int, of), make([]int, of)
			for index := range per * cells {
				k := ShardOf(index, of)
				counts[k]++
				if index/per%2 == 1 { // every other cell
					costly[k]++
				}
				if !(Shard{k, of}).Has(index) || of > 1 && (Shard{(k + 1) % of, of}).Has(index) {
					t.Fatalf("chunk %d is not in shard %d/%d alone", index, k, of)
				}
			}
			if d := slices.Max(counts) - slices.Min(counts); d > 1 {
				t.Errorf("%d shards of %d chunks differ by %d", of, per*cells, d)
			}
			// Beside an even deal, rounds that are not whole may add a few.
			fair := float64(per*cells/2) / float64(of)
			if most := slices.Max(costly); float64(most) > 1.6*fair+2 {
				t.Errorf("%d shards of %d chunks a cell: one has %d costly chunks, %.1f would be fair", of, per, most, fair)
			}
		}
	}
}

func TestParseShard(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Shard{"0/1": {0, 1}, "3/64": {3, 64}, "63/64": {63, 64}} {
		got, err := ParseShard(text)
		if err != nil || got != want || !want.Whole() && got.String() != text {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"": "want NUMBER/OF", "3": "want NUMBER/OF", "a/b": "want NUMBER/OF", "1/": "want NUMBER/OF",
		"64/64": "counted from 0; want 0/64 to 63/64", "-1/2": "counted from 0", "0/0": "want 1..", "0/1000001": "want 1..",
	} {
		if _, err := ParseShard(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if s := (Shard{}); s.String() != "" || !s.Has(7) {
		t.Errorf("the whole sweep is %q", s)
	}
	if _, err := New(parse(t, grid), Options{Shard: Shard{2, 2}}); err == nil {
		t.Error("shard 2 of 2 is taken")
	}
	w, err := New(parse(t, grid), Options{Shard: Shard{1, 2}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Run(t.Context()); err == nil {
		t.Error("a shard without a store is made")
	}
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	base := func(text string, o Options) Identity {
		w, err := New(parse(t, text), o)
		if err != nil {
			t.Fatal(err)
		}
		return w.Identity("v1")
	}
	want := base(grid, Options{Seed: 5})
	if list := want.Differences(base("# a comment\n"+grid, Options{Seed: 5, Workers: 3, Shard: Shard{1, 3}})); list != nil {
		t.Errorf("workers, shards and comments differ: %v", list)
	}
	edit := func(old, now string) string { return strings.Replace(grid, old, now, 1) }
	for _, test := range []struct {
		got  Identity
		want string
	}{
		{base(grid, Options{Seed: 6}), "[seed: 5 became 6]"},
		{base(grid, Options{Seed: 5, Runs: 1000}), "[runs: 70 became 1000 runs of a chunk: 3 became 32]"},
		{base(grid, Options{Seed: 5, Orderings: parse(t, grid).Orderings[:1]}), "[orderings: naive, {kind: timestamp, wait: 10ms}, lamport became naive]"},
		{base(grid, Options{Seed: 5, PerRun: func(Row) error { return nil }}), "[rows of single runs: not kept became kept]"},
		{base(grid, Options{Seed: 5, Why: true}), "[mechanisms: not counted became counted]"},
		{base(grid, Options{Seed: 5, Versus: "lamport"}), "[versus: nothing became lamport]"},
		{base(edit("[5ms, 20ms]", "[5ms, 21ms]"), Options{Seed: 5}), "cells: 4, "},
		{base(edit("loss: 1/50", "loss: 1/51"), Options{Seed: 5}), "scenario hash: "},
	} {
		if got := fmt.Sprint(want.Differences(test.got)); !strings.Contains(got, test.want) {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
	if list := want.Differences(base(grid, Options{Seed: 5})); list != nil || want.Tool != "v1" || len(want.Orderings) != 3 {
		t.Errorf("%+v, %v", want, list)
	}
}

func TestActivity(t *testing.T) {
	t.Parallel()
	m := newMemory()
	m.room = 4
	if _, _, _, err := keptRun(t, t.Context(), grid, Options{Seed: 5, Workers: 1, Store: m}); !errors.Is(err, errNoRoom) {
		t.Fatal(err)
	}
	m.room = 1 << 30
	var busy atomic.Bool
	var w *Sweep
	w, err := New(parse(t, grid), Options{Seed: 5, Workers: 2, Store: m, PerRun: func(Row) error { return nil }, Progress: func(uint64, uint64) {
		for _, one := range w.Activity().Workers {
			if one.Busy && one.Seed >= 5 && one.Seed < 75 {
				busy.Store(true)
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	a := w.Activity()
	if a.Kept == 0 || a.Done() != a.Total || a.Total != w.Total() || len(a.Workers) != 2 || a.Workers[0].Busy || !busy.Load() {
		t.Errorf("%+v, busy %v", a, busy.Load())
	}
	if chunks := a.Workers[0].Chunks + a.Workers[1].Chunks; int(chunks) != w.Chunks()-4 {
		t.Errorf("%d chunks were made, want %d", chunks, w.Chunks()-4)
	}
}
