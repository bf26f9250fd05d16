package sweep

import (
	"fmt"

	"mpcomm/reports/result"
	"mpcomm/reports/wire"
)

// Store keeps finished chunks as bytes, each under its index, so that a sweep
// goes on where it was stopped: chunks that it has are not made again. What it
// holds must be of the same [Identity]. It is used by one goroutine at a time;
// an error ends the sweep. scenarios/sweep/store keeps them in a file.
type Store interface {
	// Has reports whether the chunk is there.
	Has(index int) bool
	// Load returns the bytes of a chunk that is there.
	Load(index int) ([]byte, error)
	// Save adds a chunk that is not there.
	Save(index int, chunk []byte) error
}

// chunkFormat is the version of what Chunk.code writes, beside that of tallies.
const chunkFormat = 1

// whole reports whether every run of the chunk was made.
func (c *chunk) whole() bool { return c.err == nil && c.done == c.count }

// code writes a whole chunk, or reads it; where it lies in the sweep is known
// and must agree.
func (c *chunk) code(w *wire.Coder, units int) {
	first, count := uint64(c.first), uint64(c.count)
	w.Uint(&first)
	w.Uint(&count)
	if first != uint64(c.first) || count != uint64(c.count) {
		w.Fail("it holds runs %d to %d; want %d to %d", first, first+count-1, c.first, c.first+c.count-1)
	}
	wire.List(w, &c.tallies, codeTally)
	wire.List(w, &c.rows, (*Row).code)
	if w.Err() == nil && (len(c.tallies) != units || len(c.rows) != 0 && len(c.rows) != c.count*units) {
		w.Fail("it holds %d tallies and %d rows; want %d and %d", len(c.tallies), len(c.rows), units, c.count*units)
	}
	for _, t := range c.tallies {
		if w.Err() == nil && t.Runs() != count {
			w.Fail("it holds a tally of %d runs; want %d", t.Runs(), count)
		}
	}
}

func codeTally(t **result.Tally, w *wire.Coder) {
	if w.Reading() {
		*t = new(result.Tally)
	}
	(*t).Code(w)
}

// code leaves out what the chunk's place says: cell, ordering and seed.
func (r *Row) code(w *wire.Coder) {
	wire.List(w, &r.Swarm, func(s *result.Setting, w *wire.Coder) {
		w.Text(&s.Path)
		w.Text(&s.Value)
	})
	w.Texts(&r.Values)
}

// encode returns the bytes of a whole chunk.
func (w *Sweep) encode(c *chunk) ([]byte, error) {
	coder := wire.Writer(nil)
	c.code(coder, len(w.cells[c.cell].units))
	return coder.Bytes(), coder.End()
}

// decode makes a whole chunk of its bytes.
func (w *Sweep) decode(c *chunk, text []byte) error {
	at := &w.cells[c.cell]
	coder := wire.Reader(text)
	c.code(coder, len(at.units))
	if err := coder.End(); err != nil {
		return fmt.Errorf("chunk %d: %w", c.index, err)
	}
	c.done = c.count
	for i := range c.rows {
		r := &c.rows[i]
		r.Cell, r.Ordering = at.head.Cell, at.units[i%len(at.units)].plan.Label()
		r.Seed = w.options.Seed + uint64(c.first+i/len(at.units))
	}
	return nil
}

// load fetches the chunk of an index that the store has.
func (w *Sweep) load(index int) (*chunk, error) {
	c, ok := w.chunkAt(index)
	if !ok {
		return nil, fmt.Errorf("chunk %d is beyond the sweep's %d", index, w.Chunks())
	}
	text, err := w.options.Store.Load(index)
	if err != nil {
		return nil, err
	}
	return &c, w.decode(&c, text)
}

// present are the chunks that the store had when the sweep began, a bit each. It
// is not asked later, while it grows.
type present []uint64

func (w *Sweep) present() (p present, runs uint64) {
	if w.options.Store == nil {
		return nil, 0
	}
	p = make(present, (w.Chunks()+63)/64)
	for index := range w.Chunks() {
		if w.options.Shard.Has(index) && w.options.Store.Has(index) {
			p[index/64] |= 1 << (index % 64)
			runs += w.runsOf(index)
		}
	}
	return p, runs
}

func (p present) has(index int) bool { return p != nil && p[index/64]>>(index%64)&1 != 0 }

// runsOf is the number of runs of a chunk, under all orderings.
func (w *Sweep) runsOf(index int) uint64 {
	c, _ := w.chunkAt(index)
	return uint64(c.count) * uint64(len(w.cells[c.cell].units))
}

// save hands a whole chunk to the store. An interrupted one is not kept: what
// is there must not depend on when somebody stopped.
func (w *Sweep) save(c *chunk) error {
	if w.options.Store == nil || !c.whole() {
		return nil
	}
	return w.options.Store.Save(c.index, c.bytes)
}
