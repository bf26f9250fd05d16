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

// chunk is a stretch of runs of one unit, and what came of it.
type chunk struct {
	index int // in the order of the sweep
	unit  int
	first int // run
	count int
	done  int // runs made; fewer than count when the sweep was stopped
	tally *result.Tally
	rows  []Row
	err   error
}

// chunkAt returns the chunk of that index.
func (w *Sweep) chunkAt(index int) (chunk, bool) {
	per := w.units[0].chunks
	u := index / per
	if u >= len(w.units) {
		return chunk{}, false
	}
	first := index % per * w.chunkSize
	return chunk{index: index, unit: u, first: first, count: min(w.chunkSize, w.options.Runs-first)}, true
}

// pool hands chunks to workers in order.
type pool struct {
	sweep   *Sweep
	next    atomic.Int64
	results chan chunk
}

func (p *pool) start(ctx context.Context) {
	var running sync.WaitGroup
	for range p.sweep.options.Workers {
		running.Go(func() { p.work(ctx) })
	}
	go func() {
		running.Wait()
		close(p.results)
	}()
}

// work makes chunk after chunk on one engine for each unit in turn.
func (p *pool) work(ctx context.Context) {
	w := worker{unit: -1, sweep: p.sweep}
	for len(p.sweep.units) > 0 && ctx.Err() == nil {
		c, ok := p.sweep.chunkAt(int(p.next.Add(1) - 1))
		if !ok {
			return
		}
		c.tally = new(result.Tally)
		w.make(ctx, &c)
		p.results <- c
	}
}

type worker struct {
	sweep     *Sweep
	unit      int
	engine    *run.Engine
	drawn     map[string]*drawing // by the values drawn
	swarm     bool                // each seed has a plan of its own
	evaluator run.Evaluator
}

// make carries out the runs of a chunk; it stops between two runs when ctx ends.
func (w *worker) make(ctx context.Context, c *chunk) {
	u := &w.sweep.units[c.unit]
	if w.unit != c.unit {
		w.unit, w.drawn, w.swarm = c.unit, nil, u.swarm != nil
		if u.swarm == nil {
			if w.engine, c.err = run.NewEngine(u.plan, run.Options{}); c.err != nil {
				return
			}
		}
	}
	for i := c.first; i < c.first+c.count; i++ {
		if ctx.Err() != nil {
			return
		}
		seed := w.sweep.options.Seed + uint64(i)
		at, err := w.at(u, seed)
		var o *run.Outcome
		if err == nil {
			o, err = at.engine.Run(seed)
		}
		if err != nil {
			c.err = fmt.Errorf("%sordering %s, seed %d: %w", cellPrefix(u.head.Cell), u.plan.Label(), seed, err)
			return
		}
		r := w.judge(at.plan, o, c.tally)
		if w.sweep.options.PerRun != nil {
			c.rows = append(c.rows, Row{Cell: u.head.Cell, Swarm: at.settings, Ordering: u.plan.Label(), Seed: seed, Values: result.Values(r)})
		}
		c.done++
	}
}

// judge enters a run into the tally. Where each seed has faults of its own their
// numbers do not name the same fault in all runs, so the tally has none of them.
func (w *worker) judge(p *run.Plan, o *run.Outcome, t *result.Tally) *result.Ordering {
	r := w.evaluator.Evaluate(p, o, run.Totals)
	if w.swarm {
		r.Faults = r.Faults[:0]
	}
	t.Add(r)
	record(&t.Latency, &w.evaluator.Latency)
	record(&t.LatencySelf, &w.evaluator.Self)
	record(&t.Hold, &w.evaluator.Hold)
	return r
}

func record(h *stats.Histogram, d *run.Durations) {
	h.RecordZeros(d.Zeros)
	h.RecordAll(d.Above)
}

// merger puts chunks back into their order and sums each unit up.
type merger struct {
	sweep   *Sweep
	waiting map[int]*chunk // by index, those that came early
	next    int
	tallies []*result.Tally // by unit
	done    uint64
	broken  bool // a chunk was cut short: nothing after its runs counts
}

// take enters a chunk, and with it those that waited for it.
func (m *merger) take(c *chunk) error {
	if c.err != nil {
		return c.err
	}
	m.waiting[c.index] = c.clone()
	for !m.broken {
		c, ok := m.waiting[m.next]
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

func (c *chunk) clone() *chunk {
	kept := *c
	return &kept
}

func (m *merger) enter(c *chunk) error {
	m.broken = c.done < c.count // what follows is not the continuation of it
	if c.done == 0 {
		return nil
	}
	if c.unit == len(m.tallies) {
		m.tallies = append(m.tallies, new(result.Tally))
	}
	m.tallies[c.unit].Merge(c.tally)
	m.done += uint64(c.done)
	for _, row := range c.rows {
		if err := m.sweep.options.PerRun(row); err != nil {
			return err
		}
	}
	if m.sweep.options.Progress != nil {
		m.sweep.options.Progress(m.done, m.sweep.Total())
	}
	return nil
}

func (m *merger) result() *Result {
	r := &Result{Done: m.done, Total: m.sweep.Total()}
	for i, t := range m.tallies {
		r.Lines = append(r.Lines, t.Cell(m.sweep.units[i].head))
	}
	return r
}
