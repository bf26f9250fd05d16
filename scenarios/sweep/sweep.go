package sweep

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"mpcomm/peer/order"
	"mpcomm/reports/result"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// Options of a sweep.
type Options struct {
	Runs      int                  // of every cell and ordering; 0 = as the scenario says, else 100
	Seed      uint64               // of run 0
	Workers   int                  // 0 = one for each processor
	Orderings []scenarios.Ordering // nil = the scenario's
	Versus    string               // label of the ordering that the others are compared with; "" = the first of each cell
	Table     order.Table          // nil = the built-in orderings
	Why       bool                 // count the differences of each run by their mechanisms, which takes time

	Store Store // keeps finished chunks; nil = none
	Shard Shard // make only this part, for the store; zero = all

	// Progress, if not nil, is told how far the sweep is, by one goroutine at a
	// time, after every chunk.
	Progress func(done, total uint64)
	// PerRun, if not nil, is handed every run in order of cell, seed and
	// ordering. An error ends the sweep.
	PerRun func(Row) error
}

// DefaultRuns is how many runs a cell has when nothing says otherwise.
const DefaultRuns = 100

// Row is one run of a sweep.
type Row struct {
	Cell     []result.Setting
	Swarm    []result.Setting // what the seed drew of the scenario
	Ordering string
	Seed     uint64
	Values   []string // in the order of Sweep.Columns
}

// Result is what a sweep found, in order of cells, then orderings. A shard has
// no lines: what it found is in the store.
type Result struct {
	Lines []result.Cell
	Done  uint64 // runs that the lines cover, or that the store has of a shard
	Kept  uint64 // runs that the store has
	Total uint64 // runs that were asked for
}

// Complete reports whether no run is missing.
func (r *Result) Complete() bool { return r.Done == r.Total }

// cell is one cell of the grid under all of its orderings.
type cell struct {
	head     result.Head
	scenario *scenarios.Scenario
	units    []unit
	versus   int // the unit that the others are compared with
}

// unit is one cell under one ordering.
type unit struct {
	plan     *run.Plan
	swarm    *scenarios.Scenario // draws a plan for each seed; nil = plan serves all
	ordering scenarios.Ordering
}

// Sweep is a prepared sweep: everything about it that can be wrong was checked.
type Sweep struct {
	scenario  *scenarios.Scenario
	options   Options
	cells     []cell
	chunkSize int
	total     uint64        // runs, of the shard if there is one
	kept      atomic.Uint64 // runs that were in the store when it began
	activity  []activity    // by worker

	section func(cell int, tallies []*result.Tally) // is shown every chunk, in order, if not nil
}

// New prepares a sweep. The error lists what is wrong with the scenario's
// grid, its cells, or the options.
func New(s *scenarios.Scenario, o Options) (*Sweep, error) {
	if o.Runs == 0 && s.Sweep != nil && s.Sweep.Precision == "" { // else it is a budget
		o.Runs = s.Sweep.Runs
	}
	if o.Runs == 0 {
		o.Runs = DefaultRuns
	}
	if o.Runs < 0 || o.Runs > MaxRuns {
		return nil, fmt.Errorf("runs: %d is outside 1..%d", o.Runs, MaxRuns)
	}
	if o.Workers < 0 || o.Workers > MaxWorkers {
		return nil, fmt.Errorf("workers: %d is outside 0..%d, where 0 means one for each processor", o.Workers, MaxWorkers)
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Table == nil {
		o.Table = order.Builtin()
	}
	if !o.Shard.Whole() && (o.Shard.Number < 0 || o.Shard.Number >= o.Shard.Of || o.Shard.Of > MaxShards) {
		return nil, fmt.Errorf("shard: %d/%d; want 0/M to M-1/M, M at most %d", o.Shard.Number, o.Shard.Of, MaxShards)
	}
	w := &Sweep{scenario: s, options: o, chunkSize: chunkSize(o.Runs), activity: make([]activity, o.Workers)}
	err := w.compile()
	w.total = w.count()
	return w, err
}

// count returns how many runs there are, or how many the shard has.
func (w *Sweep) count() uint64 {
	total := uint64(0)
	if w.options.Shard.Whole() {
		for i := range w.cells {
			total += uint64(len(w.cells[i].units)) * uint64(w.options.Runs)
		}
		return total
	}
	for index := range w.Chunks() {
		if w.options.Shard.Has(index) {
			total += w.runsOf(index)
		}
	}
	return total
}

// KeepIn makes store keep the chunks, before Run. It may depend on the sweep's
// Identity.
func (w *Sweep) KeepIn(store Store) { w.options.Store = store }

// The bounds of a sweep.
const (
	MaxRuns    = 1_000_000_000
	MaxWorkers = 1024
)

// chunkSize depends on nothing but the number of runs, so that the chunks of a
// sweep are the same wherever it runs. Chunks are large enough that merging
// costs nothing beside running, and small enough to keep all workers busy.
func chunkSize(runs int) int { return min(max(1, (runs+31)/32), 4096) }

// compile makes the plan of every cell under every ordering.
func (w *Sweep) compile() error {
	cells, err := w.scenario.Cells()
	if err != nil {
		return err
	}
	hash := scenarios.Hash(w.scenario)
	var errs []error
	for _, c := range cells {
		head := result.Head{Scenario: w.scenario.Name, ScenarioHash: hash, Seed: w.options.Seed, Peers: c.Scenario.Peers}
		for _, s := range c.Settings {
			head.Cell = append(head.Cell, result.Setting{Path: s.Path, Value: s.Value})
		}
		made := cell{head: head, scenario: c.Scenario}
		errs = append(errs, made.compile(c.Scenario, &w.options))
		w.cells = append(w.cells, made)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if err := w.findVersus(); err != nil {
		return err
	}
	return w.checkCounters()
}

// checkCounters refuses counters of which two columns would have one name. An
// ordering that names some only later is found when it does.
func (w *Sweep) checkCounters() error {
	var names result.CounterNames
	seen := map[string]bool{}
	for i := range w.cells {
		for _, u := range w.cells[i].units {
			if seen[u.plan.Label()] {
				continue // names do not depend on the cell
			}
			seen[u.plan.Label()] = true
			counters, err := u.plan.Counters()
			if err != nil {
				return err
			}
			for _, name := range counters {
				if err := names.Add(name, u.plan.Label()); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// compile makes the plan of a cell under every ordering.
func (c *cell) compile(s *scenarios.Scenario, o *Options) error {
	orderings := o.Orderings
	if orderings == nil {
		orderings = s.Orderings
	}
	var errs []error
	for _, ordering := range orderings {
		p, err := run.Compile(s, ordering, o.Table)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s%w", cellPrefix(c.head.Cell), err))
			continue
		}
		u := unit{plan: p, ordering: ordering}
		if len(s.Swarm) > 0 {
			u.swarm = s
			errs = append(errs, u.tryExtremes(c.head.Cell, o.Table))
		}
		c.units = append(c.units, u)
	}
	return errors.Join(errs...)
}

// findVersus finds in each cell the ordering that the others are compared with. It
// says once, not for each cell, which orderings there are instead.
func (w *Sweep) findVersus() error {
	label := w.options.Versus
	if label == "" {
		return nil
	}
	var first []*cell // without it, of each list of orderings
	without := 0
	for i := range w.cells {
		c := &w.cells[i]
		if c.versus = slices.IndexFunc(c.units, func(u unit) bool { return u.plan.Label() == label }); c.versus >= 0 {
			continue
		}
		without++
		if !slices.ContainsFunc(first, func(other *cell) bool { return other.labels() == c.labels() }) {
			first = append(first, c)
		}
	}
	var errs []error
	for _, c := range first {
		prefix := ""
		if len(first) > 1 || without < len(w.cells) {
			prefix = cellPrefix(c.head.Cell)
		}
		errs = append(errs, fmt.Errorf("%sversus: no ordering is called %s; want one of %s", prefix, label, c.labels()))
	}
	return errors.Join(errs...)
}

func (c *cell) labels() string {
	var labels []string
	for i := range c.units {
		labels = append(labels, c.units[i].plan.Label())
	}
	return strings.Join(labels, ", ")
}

func cellPrefix(cell []result.Setting) string {
	if len(cell) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("cell")
	for _, s := range cell {
		fmt.Fprintf(&b, " %s=%s", s.Path, s.Value)
	}
	return b.String() + ": "
}

// Columns are the paths of the numbers of a Row: those of result.Columns, then
// those of mechanisms if the sweep counts them.
func (w *Sweep) Columns() []string { return w.shape().Columns() }

func (w *Sweep) shape() *result.Shape { return &result.Shape{Why: w.options.Why} }

// Runs returns how many runs each cell and ordering has.
func (w *Sweep) Runs() int { return w.options.Runs }

// Total returns how many runs the sweep has in all, or its shard.
func (w *Sweep) Total() uint64 { return w.total }

// Cells returns how many cells there are.
func (w *Sweep) Cells() int { return len(w.cells) }

// Labels returns the labels of the orderings, in the order of the cells.
func (w *Sweep) Labels() []string {
	var labels []string
	for i := range w.cells {
		for k := range w.cells[i].units {
			if label := w.cells[i].units[k].plan.Label(); !slices.Contains(labels, label) {
				labels = append(labels, label)
			}
		}
	}
	return labels
}

// Chunks returns into how many chunks all runs are cut, numbered from 0.
func (w *Sweep) Chunks() int { return w.chunks() * len(w.cells) }

// Run carries the sweep out. When ctx ends it stops after the runs in hand and
// returns what is whole, without an error: the lines then cover the first runs
// of every ordering of the cells that were reached, and Complete is false. The
// store has every chunk that was finished, also those behind a gap. An error
// names the cell, the ordering and the seed of a run that could not be made, or
// is the store's; what the store has stays there.
func (w *Sweep) Run(ctx context.Context) (*Result, error) {
	if !w.options.Shard.Whole() && w.options.Store == nil {
		return nil, errors.New("a shard needs a store, or nothing would be left of it")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	there, kept := w.present()
	w.kept.Store(kept)
	work := &pool{sweep: w, there: there, results: make(chan chunk, w.options.Workers)}
	work.start(ctx)
	m := merger{sweep: w, waiting: make(map[int]*chunk), kept: kept}
	failure := m.advance() // what the store has may be all
	if failure != nil {
		cancel()
	}
	for c := range work.results {
		err := m.take(&c, failure != nil)
		if failure == nil && err != nil {
			failure = err
			cancel() // and go on, so that every worker ends
		}
	}
	if failure != nil {
		return nil, failure
	}
	return m.result(), nil
}
