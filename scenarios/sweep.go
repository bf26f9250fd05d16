package scenarios

import (
	"slices"

	"mpcomm/peer/order"
	"mpcomm/reports/result"
)

const (
	maxCells     = 100_000 // of one grid
	checkedCells = 256     // grids up to this size are checked cell by cell when the file is read
)

// Cell is one combination of a grid's values, applied to the scenario.
type Cell struct {
	Settings []Setting // one for each path of the grid, in its order, values as written
	Scenario *Scenario // without expect and sweep, which speak of the whole
}

// sweep reads the grid. The values stay as written; Cells applies them.
func (d *decoder) sweep(r record, root *node) *Sweep {
	n, path, f := r.value("sweep")
	if n == nil {
		return nil
	}
	q := d.record(n, path, f.object)
	s := &Sweep{Runs: int(q.integer("runs"))}
	var asked bool
	s.Precision, asked = d.precision(q)
	if n, path, _ := q.value("runs"); asked {
		switch {
		case !q.has("runs"):
			s.Runs = DefaultBudget
		case s.Runs > 0 && s.Runs < LeastBudget: // 0 has been told of
			d.problem(n, path, "%s is a budget, since there is a precision; want %d or more", clip(n.scalar), LeastBudget)
		}
	}
	grid, gridPath, _ := q.value("grid")
	if grid == nil {
		return s
	}
	if grid.kind != mapNode {
		d.problem(grid, gridPath, "got %s; want a map from path to values, such as {network.latency.mean: [5ms, 20ms]}", grid.describe())
		return s
	}
	before := len(d.problems)
	cells := 1
	for i, k := range grid.keys {
		a := d.axis(k, grid.items[i], joinPath(gridPath, k.scalar), root)
		s.Grid = append(s.Grid, a)
		cells = min(cells*max(len(a.Values), 1), maxCells+1)
	}
	if cells > maxCells {
		d.problem(grid, gridPath, "the grid has more than %d cells; want fewer values", maxCells)
	}
	if len(d.problems) > before {
		s.Grid = nil
	}
	return s
}

// precision reads a metric and the width that its interval shall have, and
// whether any was asked for.
func (d *decoder) precision(q record) (string, bool) {
	n, path, f := q.value("precision")
	if n == nil || n.kind == scalarNode && slices.Contains(f.words, n.scalar) {
		return "", false
	}
	metric, width, text := n, n, n.scalar
	switch {
	case n.kind == mapNode && len(n.keys) == 1:
		metric, width = n.keys[0], n.items[0]
		path = joinPath(path, metric.scalar)
		if width.kind != scalarNode || isNull(width) {
			if _, err := result.FindEstimate(metric.scalar); err != nil {
				d.problem(metric, path, "%v", err)
			}
			d.problem(width, path, "got %s; want a width such as 0.05, or a percentage such as 2%%", width.describe())
			return "", true
		}
		text = metric.scalar + "=" + width.scalar
	case n.kind == mapNode:
		d.problem(n, path, "names %s; want one, with its width", countOf(len(n.keys), "metric", "metrics"))
		return "", true
	case !d.scalar(n, path, f):
		return "", true
	}
	target, unknown, bad := result.ReadTarget(text)
	if unknown != nil {
		d.problem(metric, path, "%v", unknown)
	}
	if bad != nil {
		d.problem(width, path, "%v", bad)
	}
	if unknown != nil || bad != nil {
		return "", true
	}
	return target.String(), true
}

// axis reads one path with its values and tries the path on the file.
func (d *decoder) axis(k, values *node, path string, root *node) Axis {
	a := Axis{Path: k.scalar}
	if top := firstElement(k.scalar); top == "sweep" || top == "expect" || top == "version" {
		d.problem(k, path, "a grid cannot vary %s", top)
		return a
	}
	if k.scalar == "name" || k.scalar == "doc" {
		d.problem(k, path, "a grid cannot vary %s: its cells would be the same runs under other words", k.scalar)
		return a
	}
	if k.scalar == "seed" {
		d.problem(k, path, "a grid cannot vary seed: run i of every cell has the seed of the sweep + i; for other draws, sweep with another seed")
		return a
	}
	if values.kind != listNode || len(values.items) == 0 {
		d.problem(values, path, "got %s; want a list of one or more values", values.describe())
		return a
	}
	if _, err := applySetting(root, k.scalar, values.items[0], d.table); err != nil {
		d.problem(k, path, "%v", err)
		return a
	}
	seen := map[string]bool{}
	for _, v := range values.items {
		value := flowText(v)
		if seen[value] {
			d.problem(v, path, "the value %s stands twice; remove one", clip(value))
		}
		seen[value] = true
		a.Values = append(a.Values, value)
	}
	return a
}

func firstElement(path string) string {
	for i := range path {
		if path[i] == '.' {
			return path[:i]
		}
	}
	return path
}

// Cells are all combinations of the grid, the first path varying slowest; one
// cell without settings if there is no grid. As [Scenario.With] it goes by the
// file as written. The error, an [Errors], lists what is wrong with any of them.
func (s *Scenario) Cells() ([]Cell, error) {
	origin, problems := s.origin()
	if len(problems) > 0 {
		return nil, problems
	}
	cells, problems := makeCells(origin.root, origin.root.child("sweep").child("grid"), origin.table, origin.files)
	if len(problems) > 0 {
		return nil, problems.sorted()
	}
	return cells, nil
}

func makeCells(root, grid *node, table order.Table, files *fileCache) ([]Cell, Errors) {
	base := root.without("sweep", "expect")
	if grid == nil || len(grid.keys) == 0 {
		made, problems := decode(base, table, files)
		return []Cell{{Scenario: made}}, problems
	}
	var cells []Cell
	var problems Errors
	at := make([]int, len(grid.keys))
	for {
		tree := base
		settings := make([]Setting, len(at))
		for i, k := range grid.keys {
			value := grid.items[i].items[at[i]]
			settings[i] = Setting{Path: k.scalar, Value: flowText(value)}
			changed, err := applySetting(tree, k.scalar, value, table)
			if err != nil {
				problems = append(problems, problemAt(value, k.scalar, "%v", err))
				continue
			}
			tree = changed
		}
		made, bad := decode(tree, table, files)
		problems = append(problems, bad...)
		cells = append(cells, Cell{Settings: settings, Scenario: made})
		if len(problems) > maxShown {
			return cells, problems
		}
		if !advance(at, grid) {
			break
		}
	}
	if len(problems) == 0 {
		problems = sameValues(cells, grid)
	}
	return cells, problems
}

// sameValues finds values of a path that make the same cells, such as 1ms and
// 1000us: beside the first values of the other paths as beside their last.
func sameValues(cells []Cell, grid *node) Errors {
	var problems Errors
	stride := 1
	for i := len(grid.keys) - 1; i >= 0; i-- {
		values := grid.items[i].items
		last := len(cells) - 1 - (len(values)-1)*stride
		seen := map[string]*node{}
		for v, value := range values {
			name := Hash(cells[v*stride].Scenario) + Hash(cells[last+v*stride].Scenario)
			if other := seen[name]; other != nil {
				problems = append(problems, sameValue(value, other, "sweep.grid."+grid.keys[i].scalar))
				continue
			}
			seen[name] = value
		}
		stride *= len(values)
	}
	return problems
}

// sameValue tells of a value that another one of its list says in other words.
func sameValue(value, other *node, path string) Problem {
	return problemAt(value, path, "the value %s is that of %d:%d, %s; remove one", clip(flowText(value)), other.line, other.col, clip(flowText(other)))
}

// advance moves to the next combination, the last path fastest.
func advance(at []int, grid *node) bool {
	for i := len(at) - 1; i >= 0; i-- {
		if at[i]++; at[i] < len(grid.items[i].items) {
			return true
		}
		at[i] = 0
	}
	return false
}

// checkCells decodes the cells of a small grid, so that a bad value is known
// before the first run and not after hours. What is wrong with every value of a
// path in the same way is said once: the path has lost its place, not the values.
func (d *decoder) checkCells(s *Scenario, root *node) {
	if s.Sweep == nil || len(d.problems) > 0 {
		return
	}
	cells := 1
	for _, a := range s.Sweep.Grid {
		if cells *= len(a.Values); cells > checkedCells {
			return
		}
	}
	if len(s.Sweep.Grid) > 0 {
		_, problems := makeCells(root, root.child("sweep").child("grid"), d.table, d.files)
		d.problems = append(d.problems, problems.sorted().once("; the same for other values of this path, so change the grid, too, or drop it")...)
	}
}

// once joins the problems that the values of one path have in common, and adds
// more to what it says of them.
func (e Errors) once(more string) Errors {
	type complaint struct{ path, message string }
	first := map[complaint]int{}
	var kept Errors
	for _, p := range e {
		c := complaint{p.Path, p.Message}
		if i, again := first[c]; again {
			kept[i].Message = p.Message + more
			continue
		}
		first[c] = len(kept)
		kept = append(kept, p)
	}
	return kept
}
