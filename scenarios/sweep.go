package scenarios

// sweep reads the grid. The values stay as written; Cells applies them.
func (d *decoder) sweep(r record) *Sweep {
	n, path, f := r.value("sweep")
	if n == nil {
		return nil
	}
	q := d.record(n, path, f.object)
	s := &Sweep{Runs: int(q.integer("runs"))}
	grid, gridPath, _ := q.value("grid")
	if grid == nil {
		return s
	}
	if grid.kind != mapNode {
		d.problem(grid, gridPath, "got %s; want a map from path to values, such as {network.latency.mean: [5ms, 20ms]}", grid.describe())
		return s
	}
	for i, k := range grid.keys {
		s.Grid = append(s.Grid, d.axis(k, grid.items[i], joinPath(gridPath, k.scalar)))
	}
	return s
}

func (d *decoder) axis(k, values *node, path string) Axis {
	a := Axis{Path: k.scalar}
	if values.kind != listNode || len(values.items) == 0 {
		d.problem(values, path, "got %s; want a list of one or more values", values.describe())
		return a
	}
	for _, v := range values.items {
		a.Values = append(a.Values, flowText(v))
	}
	return a
}
