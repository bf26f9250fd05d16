package sweep

import (
	"fmt"
	"strings"

	"mpcomm/peer/order"
	"mpcomm/reports/result"
	"mpcomm/scenarios/run"
)

// drawing is the plan of one run and the engine for it.
type drawing struct {
	plan     *run.Plan
	engine   *run.Engine
	settings []result.Setting
}

// mostDrawn bounds the engines that a worker keeps for values drawn again, of
// all orderings of a cell together.
const mostDrawn = 32

// drawing is the plan and the engine of one seed under ordering k of a cell.
// Under a swarm a seed draws its own; making them costs a millisecond or so and
// the memory of one run, which seeds of the same values share.
func (w *worker) drawing(at *cell, k int, seed uint64) (*drawing, error) {
	u, b := &at.units[k], &w.benches[k]
	if u.swarm == nil {
		if b.plain.engine != nil {
			return &b.plain, nil
		}
		b.plain.plan = u.plan
		var err error
		b.plain.engine, err = run.NewEngine(u.plan, run.Options{Explain: w.sweep.options.Why})
		return &b.plain, err
	}
	s, drawn, err := u.swarm.Draw(seed)
	if err != nil {
		return nil, err
	}
	var key strings.Builder
	for _, d := range drawn {
		key.WriteString(d.Value + "\n")
	}
	if made := b.drawn[key.String()]; made != nil {
		return made, nil
	}
	made := &drawing{}
	for _, d := range drawn {
		made.settings = append(made.settings, result.Setting{Path: d.Path, Value: d.Value})
	}
	if made.plan, err = run.Compile(s, u.ordering, w.sweep.options.Table); err != nil {
		return nil, fmt.Errorf("with %s: %w", drawnText(made.settings), err)
	}
	if made.engine, err = run.NewEngine(made.plan, run.Options{Explain: w.sweep.options.Why}); err != nil {
		return nil, fmt.Errorf("with %s: %w", drawnText(made.settings), err)
	}
	if b.drawn == nil || len(b.drawn) >= max(mostDrawn/len(at.units), 2) {
		b.drawn = make(map[string]*drawing)
	}
	b.drawn[key.String()] = made
	return made, nil
}

func drawnText(settings []result.Setting) string {
	var words []string
	for _, s := range settings {
		words = append(words, s.Path+"="+s.Value)
	}
	return strings.Join(words, ", ")
}

// tryExtremes compiles what draws at their extremes make of the scenario, so
// that what cannot be run is known before the first run.
func (u *unit) tryExtremes(at []result.Setting, table order.Table) error {
	for _, s := range u.swarm.Extremes() {
		if _, err := run.Compile(s, u.ordering, table); err != nil {
			return fmt.Errorf("%sat an extreme of the swarm: %w", cellPrefix(at), err)
		}
	}
	return nil
}
