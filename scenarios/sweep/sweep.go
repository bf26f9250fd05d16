package sweep

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

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
	Table     order.Table          // nil = the built-in orderings

	// Progress, if not nil, is told how far the sweep is, by one goroutine at a
	// time, after every chunk.
	Progress func(done, total uint64)
	// PerRun, if not nil, is handed every run in order of cell, ordering and
	// seed. An error ends the sweep.
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
	Values   []string // in the order of result.Columns
}

// Result is what a sweep found, in order of cells, then orderings.
type Result struct {
	Lines []result.Cell
	Done  uint64 // runs that the lines cover
	Total uint64 // runs that were asked for
}

// Complete reports whether no run is missing.
func (r *Result) Complete() bool { return r.Done == r.Total }

// unit is one cell under one ordering.
type unit struct {
	head     result.Head
	plan     *run.Plan
	chunks   int
	swarm    *scenarios.Scenario // draws a plan for each seed; nil = plan serves all
	ordering scenarios.Ordering
}

// Sweep is a prepared sweep: everything about it that can be wrong was checked.
type Sweep struct {
	scenario  *scenarios.Scenario
	options   Options
	units     []unit
	chunkSize int
}

// New prepares a sweep. The error lists what is wrong with the scenario's
// grid, its cells, or the options.
func New(s *scenarios.Scenario, o Options) (*Sweep, error) {
	if o.Runs == 0 && s.Sweep != nil {
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
	w := &Sweep{scenario: s, options: o, chunkSize: chunkSize(o.Runs)}
	return w, w.compile()
}

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
		orderings := w.options.Orderings
		if orderings == nil {
			orderings = c.Scenario.Orderings
		}
		for _, o := range orderings {
			p, err := run.Compile(c.Scenario, o, w.options.Table)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s%w", cellPrefix(head.Cell), err))
				continue
			}
			u := unit{head: head, plan: p, chunks: (w.options.Runs + w.chunkSize - 1) / w.chunkSize, ordering: o}
			if len(c.Scenario.Swarm) > 0 {
				u.swarm = c.Scenario
				errs = append(errs, u.tryExtremes(w.options.Table))
			}
			w.units = append(w.units, u)
		}
	}
	return errors.Join(errs...)
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

// Runs returns how many runs each cell and ordering has.
func (w *Sweep) Runs() int { return w.options.Runs }

// Total returns how many runs the sweep has in all.
func (w *Sweep) Total() uint64 { return uint64(len(w.units)) * uint64(w.options.Runs) }

// Run carries the sweep out. When ctx ends it stops after the runs in hand and
// returns what is whole, without an error: the lines then cover the first runs
// of the cells that were reached, and Complete is false. An error names the
// cell, the ordering and the seed of a run that could not be made.
func (w *Sweep) Run(ctx context.Context) (*Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work := &pool{sweep: w, results: make(chan chunk, w.options.Workers)}
	work.start(ctx)
	m := merger{sweep: w, waiting: make(map[int]*chunk)}
	var failure error
	for c := range work.results {
		if failure != nil {
			continue // drain, so that every worker ends
		}
		if failure = m.take(&c); failure != nil {
			cancel()
		}
	}
	if failure != nil {
		return nil, failure
	}
	return m.result(), nil
}
