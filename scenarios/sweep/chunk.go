package sweep

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"mpcomm/reports/result"
	"mpcomm/reports/stats"
	"mpcomm/scenarios/run"
)

// chunk is a stretch of seeds of one cell under all of its orderings, so that
// what they differ by on one seed can be summed, and what came of it.
type chunk struct {
	index   int // in the order of the sweep
	cell    int
	first   int // run
	count   int
	done    int // runs made of each ordering; fewer than count when the sweep was stopped
	tallies []*result.Tally
	rows    []Row
	bytes   []byte // for the store, of a whole chunk
	err     error
}

// chunks is how many a cell is cut into.
func (w *Sweep) chunks() int { return (w.options.Runs + w.chunkSize - 1) / w.chunkSize }

// chunkAt returns the chunk of that index.
func (w *Sweep) chunkAt(index int) (chunk, bool) {
	per := w.chunks()
	if index < 0 || index/per >= len(w.cells) {
		return chunk{}, false
	}
	first := index % per * w.chunkSize
	return chunk{index: index, cell: index / per, first: first, count: min(w.chunkSize, w.options.Runs-first)}, true
}

// pool hands chunks to workers in order.
type pool struct {
	sweep   *Sweep
	there   present
	next    atomic.Int64
	results chan chunk
}

func (p *pool) start(ctx context.Context) {
	var running sync.WaitGroup
	for i := range p.sweep.activity {
		running.Go(func() { p.work(ctx, &p.sweep.activity[i]) })
	}
	go func() {
		running.Wait()
		close(p.results)
	}()
}

// work makes chunk after chunk on the same engines while the cell is the same.
func (p *pool) work(ctx context.Context, a *activity) {
	w := worker{cell: -1, sweep: p.sweep, activity: a, pilot: p.sweep.section != nil}
	w.evaluator.Mechanisms = p.sweep.options.Why
	for ctx.Err() == nil {
		index := int(p.next.Add(1) - 1)
		c, ok := p.sweep.chunkAt(index)
		if !ok {
			return
		}
		if p.there.has(index) || !p.sweep.options.Shard.Has(index) {
			continue
		}
		a.busy.Store(true)
		w.make(ctx, &c)
		a.busy.Store(false)
		if c.whole() {
			a.chunks.Add(1)
			if p.sweep.options.Store != nil {
				c.bytes, c.err = p.sweep.encode(&c)
			}
		}
		p.results <- c
	}
}

type worker struct {
	sweep     *Sweep
	cell      int
	benches   []bench // by ordering of the cell
	slow      bool    // a run is so long that the seed at hand is not waited for
	evaluator run.Evaluator
	scratch   stats.Histogram
	pilot     bool // makes no lines, so no quantiles
	activity  *activity
}

// bench is what a worker keeps of one ordering of the cell at hand.
type bench struct {
	plain  drawing             // of all seeds
	drawn  map[string]*drawing // under a swarm, by the values drawn
	sample result.Sample       // of the last run
}

// Runs of so many events take longer than to merge sums or to make an engine.
const (
	mergedApart = 1 << 18
	leftAlone   = 1 << 22 // such an engine may take a gigabyte, so it goes before the next ordering's comes
)

// make carries out the runs of a chunk, seed by seed under every ordering. It
// stops when ctx ends: after the seed at hand, or between two runs that are long.
// A seed that some ordering has not seen counts for none.
func (w *worker) make(ctx context.Context, c *chunk) {
	at := &w.sweep.cells[c.cell]
	if w.cell != c.cell {
		w.cell, w.benches, w.slow = c.cell, make([]bench, len(at.units)), false
	}
	c.tallies = fresh(len(at.units))
	whole := context.WithoutCancel(ctx)
	for i := c.first; i < c.first+c.count && ctx.Err() == nil && c.err == nil; i++ {
		w.activity.seed.Store(w.sweep.options.Seed + uint64(i))
		if w.slow {
			w.makeApart(ctx, c, at, w.sweep.options.Seed+uint64(i))
		} else if c.err = w.seed(whole, c, at, c.tallies, w.sweep.options.Seed+uint64(i)); c.err == nil {
			c.done++
		}
	}
}

func fresh(n int) []*result.Tally {
	tallies := make([]*result.Tally, n)
	for k := range tallies {
		tallies[k] = new(result.Tally)
	}
	return tallies
}

// makeApart carries out the runs of one seed so that they can be given up
// halfway.
func (w *worker) makeApart(ctx context.Context, c *chunk, at *cell, seed uint64) {
	rows, tallies := len(c.rows), fresh(len(at.units))
	if c.err = w.seed(ctx, c, at, tallies, seed); c.err != nil {
		return
	}
	if tallies[len(tallies)-1].Runs() == 0 {
		c.rows = c.rows[:rows]
		return
	}
	for k := range tallies {
		c.tallies[k].Merge(tallies[k])
	}
	c.done++
}

// seed carries out one seed under every ordering, or as far as ctx lets it.
func (w *worker) seed(ctx context.Context, c *chunk, at *cell, tallies []*result.Tally, seed uint64) error {
	events := uint64(0)
	for k := range at.units {
		if ctx.Err() != nil {
			return nil
		}
		u, b := &at.units[k], &w.benches[k]
		d, err := w.drawing(at, k, seed)
		var o *run.Outcome
		if err == nil {
			o, err = d.engine.Run(seed)
		}
		if err != nil {
			return fmt.Errorf("%sordering %s, seed %d: %w", cellPrefix(at.head.Cell), u.plan.Label(), seed, err)
		}
		r := w.judge(d.plan, o, u.swarm != nil, tallies[k])
		if seed-w.sweep.options.Seed < stats.MostClusters && !w.pilot {
			w.recordByRun(tallies[k])
		}
		w.activity.runs.Add(1)
		if len(at.units) > 1 {
			b.sample.Take(r)
		}
		if w.sweep.options.PerRun != nil {
			c.rows = append(c.rows, Row{Cell: at.head.Cell, Swarm: d.settings, Ordering: u.plan.Label(), Seed: seed, Values: w.sweep.shape().Values(r)})
		}
		events = max(events, r.Events)
		if r.Events > leftAlone && len(at.units) > 1 {
			b.plain, b.drawn = drawing{}, nil
		}
	}
	w.slow = events > mergedApart
	for k := range at.units {
		if k != at.versus {
			tallies[k].Pair(at.units[at.versus].plan.Label(), &w.benches[k].sample, &w.benches[at.versus].sample)
		}
	}
	return nil
}

// judge enters a run into the tally. Where each seed has faults of its own their
// numbers do not name the same fault in all runs, so the tally has none of them.
func (w *worker) judge(p *run.Plan, o *run.Outcome, swarm bool, t *result.Tally) *result.Ordering {
	r := w.evaluator.Evaluate(p, o, run.Totals)
	if swarm {
		r.Faults = r.Faults[:0]
	}
	t.Add(r)
	if !w.pilot {
		record(&t.Latency, &w.evaluator.Latency)
		record(&t.LatencySelf, &w.evaluator.Self)
		record(&t.Hold, &w.evaluator.Hold)
	}
	return r
}

// recordByRun enters the durations of the run that was judged last, which it
// reorders.
func (w *worker) recordByRun(t *result.Tally) {
	for i, d := range [...]*run.Durations{&w.evaluator.Latency, &w.evaluator.Self, &w.evaluator.Hold} {
		t.ByRun[i].Add(d.Zeros, d.Above, &w.scratch)
	}
}

func record(h *stats.Histogram, d *run.Durations) {
	h.RecordZeros(d.Zeros)
	h.RecordAll(d.Above)
}

// merger puts chunks back into their order and sums each cell up.
type merger struct {
	sweep    *Sweep
	waiting  map[int]*chunk // by index, those that came early
	next     int
	cell     int             // the one at hand
	tallies  []*result.Tally // of its orderings; nil = none of its runs is in
	lines    []result.Cell
	done     uint64
	kept     uint64 // runs that the store has
	counters result.CounterNames
	broken   bool // a chunk was cut short: nothing after its runs counts
}

// mostWaiting bounds the chunks in memory that came early, if a store has them.
const mostWaiting = 256

// take enters a chunk, and with it those that waited for it. Once the sweep has
// failed, what is finished is kept, and no more.
func (m *merger) take(c *chunk, failed bool) error {
	if c.err != nil {
		return c.err
	}
	if err := m.sweep.save(c); err != nil {
		return err
	}
	if m.sweep.options.Store != nil && c.whole() {
		m.kept += m.sweep.runsOf(c.index)
		c.bytes = nil
	}
	if failed {
		return nil
	}
	if !m.sweep.options.Shard.Whole() {
		m.tell(m.kept)
		return nil
	}
	if m.sweep.options.Store == nil || !c.whole() || c.index == m.next || len(m.waiting) < mostWaiting {
		m.waiting[c.index] = c.clone()
	}
	return m.advance()
}

// advance enters the chunks that follow what is merged, as far as they are
// there.
func (m *merger) advance() error {
	if !m.sweep.options.Shard.Whole() {
		return nil // its chunks do not follow each other
	}
	for !m.broken {
		c, ok := m.waiting[m.next]
		if !ok && m.next < m.sweep.Chunks() && m.sweep.options.Store != nil && m.sweep.options.Store.Has(m.next) {
			var err error
			if c, err = m.sweep.load(m.next); err != nil {
				return err
			}
			ok = true
		}
		if !ok {
			return nil
		}
		delete(m.waiting, m.next)
		m.next++
		if err := m.enter(c); err != nil {
			return err
		}
	}
	return nil
}

func (m *merger) tell(done uint64) {
	if m.sweep.options.Progress != nil {
		m.sweep.options.Progress(done, m.sweep.Total())
	}
}

func (c *chunk) clone() *chunk {
	kept := *c
	return &kept
}

func (m *merger) enter(c *chunk) error {
	m.broken = c.done < c.count // what follows is not the continuation of it
	if c.done == 0 {
		return nil
	}
	if m.sweep.section != nil {
		m.sweep.section(c.cell, c.tallies)
	}
	if m.tallies == nil || c.cell != m.cell {
		m.closeCell()
		m.cell, m.tallies = c.cell, fresh(len(c.tallies))
	}
	for k, t := range c.tallies {
		if err := t.NoteCounters(&m.counters); err != nil {
			return err
		}
		m.tallies[k].Merge(t)
	}
	m.done += uint64(c.done) * uint64(len(c.tallies))
	for _, row := range c.rows {
		if m.sweep.options.PerRun == nil {
			break // the store has more than is asked for
		}
		if err := m.sweep.options.PerRun(row); err != nil {
			return err
		}
	}
	m.tell(m.done)
	return nil
}

// closeCell turns the sums of the cell at hand into its lines.
func (m *merger) closeCell() {
	at := &m.sweep.cells[m.cell]
	for _, t := range m.tallies {
		if m.sweep.section != nil {
			break // a pilot has no lines
		}
		line := t.Cell(at.head)
		line.Versus = t.Versus(m.tallies[at.versus])
		m.lines = append(m.lines, line)
	}
	m.tallies = nil
}

func (m *merger) result() *Result {
	if !m.sweep.options.Shard.Whole() {
		return &Result{Done: m.kept, Kept: m.kept, Total: m.sweep.Total()}
	}
	m.closeCell()
	return &Result{Lines: m.lines, Done: m.done, Kept: m.kept, Total: m.sweep.Total()}
}
