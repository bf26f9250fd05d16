package figure

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"mpcomm/reports/dataset"
)

// facet is a column of panels.
type facet struct {
	head string
	keep func(*dataset.Line) bool
}

// row is a row of panels: which number it shows.
type row struct {
	name    string // in the table of points
	says    string // above the row; empty with a single row
	of      metric
	percent bool // of runs or positions, 0 to 100
}

// columnsBy makes a column for each value of a path, one for all if the path
// is empty.
func (d *Data) columnsBy(path string, most int) ([]facet, error) {
	if path == "" {
		return []facet{{}}, nil
	}
	values := d.values(path)
	if len(values) > most {
		return nil, lacks(fmt.Sprintf("has %d values of %s; want at most %d, a column each", len(values), path, most))
	}
	var columns []facet
	for _, v := range values {
		columns = append(columns, facet{head: shortPath(path) + " " + v, keep: func(l *dataset.Line) bool { return settingOf(l, path) == v }})
	}
	return columns, nil
}

// shortPath is a path as words, without the part of the scenario it is in.
func shortPath(path string) string {
	if _, rest, ok := strings.Cut(path, "."); ok {
		path = rest
	}
	return strings.ReplaceAll(path, ".", " ")
}

// panels are the curves of each row and column, columns of a row after each
// other.
func (d *Data) panels(columns []facet, x func(*dataset.Line) float64, rows []row) [][][]curve {
	panels := make([][][]curve, len(rows))
	for i, r := range rows {
		for _, c := range columns {
			var curves []curve
			for _, s := range d.contenders() {
				if places := s.along(x, r.of, c.keep); len(places) > 0 {
					curves = append(curves, curve{contender: s, places: places})
				}
			}
			kinds := make([]string, len(curves))
			for k := range curves {
				kinds[k] = curves[k].kind
			}
			for k, l := range looksOf(kinds) { // those of one panel are told apart, not those of all
				curves[k].look = l
			}
			panels[i] = append(panels[i], curves)
		}
	}
	return panels
}

// facets draws panels in rows and columns: one scale of x for all and one of y
// for a row; names at the ends of the last column.
func (sh *sheet) facets(columns []facet, panels [][][]curve, rows []row, xTicks []Tick, xName string) {
	var all []curve
	var names []string
	for _, r := range panels {
		for _, curves := range r {
			all = append(all, curves...)
			for _, c := range curves {
				names = append(names, c.name())
			}
		}
	}
	room := nameRoom(names, sh.width/4)
	above, between := vg.Length(4), vg.Length(0)
	if len(columns) > 1 {
		above = headRoom + 2
	}
	if len(rows) > 1 {
		above, between = above+14, 22
	}
	r := sh.body.inset(yAxisRoom, xAxisRoom, room, above)
	cells := r.grid(len(panels), len(columns), 17, between)
	for i := range panels {
		var inRow []curve
		for _, curves := range panels[i] {
			inRow = append(inRow, curves...)
		}
		y, yTicks := upTo(highest(inRow))
		if rows[i].percent {
			y, yTicks = percentAxis()
		}
		for k, curves := range panels[i] {
			a := sh.panel(cells[i][k], reached(all), y)
			a.yAxis(yTicks, k == 0)
			ticks, name := xTicks, xName
			if i < len(panels)-1 {
				ticks, name = unlabelled(xTicks), ""
			}
			if k != len(columns)/2 {
				name = ""
			}
			a.xAxis(ticks, name)
			a.plot(curves)
			if i == 0 && columns[k].head != "" {
				lift := *a
				if len(rows) > 1 {
					lift.top += 11
				}
				lift.head(columns[k].head, inkText)
			}
			if k == 0 && len(rows) > 1 {
				a.aside(rows[i].says)
			}
			if k == len(columns)-1 {
				a.names(a.ends(curves), room)
			}
		}
	}
}

func unlabelled(ticks []Tick) []Tick {
	out := slices.Clone(ticks)
	for i := range out {
		out[i].Label = ""
	}
	return out
}

// facetTable lists the plotted points of panels.
func facetTable(x string, columns []facet, panels [][][]curve, rows []row, value func(float64) float64) [][]string {
	table := [][]string{append([]string{"metric", "column", "ordering", x}, summaryColumns...)}
	for i := range panels {
		for k, curves := range panels[i] {
			for _, c := range curves {
				for _, p := range c.places {
					table = append(table, append([]string{rows[i].name, columns[k].head, c.ordering, rounded(value(p.x))}, p.cells()...))
				}
			}
		}
	}
	return table
}
