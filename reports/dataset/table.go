package dataset

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"mpcomm/reports/result"
)

// Writer writes rows under a header.
type Writer struct {
	out     *bufio.Writer
	columns int
	rows    int
	line    []byte
}

// NewWriter writes the header of a table. Names of columns must be there,
// differ and not be empty.
func NewWriter(w io.Writer, columns []string) (*Writer, error) {
	if len(columns) == 0 {
		return nil, fmt.Errorf("dataset: a table without columns; want at least one")
	}
	seen := make(map[string]bool, len(columns))
	for i, name := range columns {
		if name == "" {
			return nil, fmt.Errorf("dataset: column %d has no name", i+1)
		}
		if seen[name] {
			return nil, fmt.Errorf("dataset: two columns are called %q", name)
		}
		seen[name] = true
	}
	table := &Writer{out: bufio.NewWriter(w), columns: len(columns)}
	return table, table.write(columns)
}

// Row writes one row: as many values as there are columns.
func (w *Writer) Row(values []string) error {
	if len(values) != w.columns {
		return fmt.Errorf("dataset: row %d has %d values; want %d, one for each column", w.rows+1, len(values), w.columns)
	}
	w.rows++
	return w.write(values)
}

// Flush hands everything written to the file, so that it holds whole rows.
func (w *Writer) Flush() error {
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("dataset: %w", err)
	}
	return nil
}

func (w *Writer) write(values []string) error {
	w.line = w.line[:0]
	for i, v := range values {
		if i > 0 {
			w.line = append(w.line, ',')
		}
		w.line = quote(w.line, v)
	}
	if len(values) == 1 && values[0] == "" {
		w.line = append(w.line, `""`...) // an empty line is no row to many readers
	}
	if _, err := w.out.Write(append(w.line, '\n')); err != nil {
		return fmt.Errorf("dataset: %w", err)
	}
	return nil
}

// quote appends v, in quotes where it holds a comma, a quote, a line end, or
// spaces at its ends.
func quote(b []byte, v string) []byte {
	if !strings.ContainsAny(v, ",\"\r\n") && strings.TrimSpace(v) == v {
		return append(b, v...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(v, `"`, `""`)...)
	return append(b, '"')
}

// head are the columns of a cell's row that stand before its numbers.
var head = []described{
	{"ordering", result.Description{Means: "label of the ordering"}},
	{"kind", result.Description{Means: "kind of the ordering, without its parameters"}},
	{"seed", result.Description{Unit: "seed", Means: "seed of the first run"}},
	{"runs", result.Description{Unit: "runs", Means: "runs of the line"}},
	{"peers", result.Description{Unit: "peers", Means: "peers of a run"}},
	{"digest", result.Description{Means: "digest of the histories of the runs, in order"}},
}

// Cells writes dataset.csv: a row for each line of a sweep. Columns are
// cell.PATH of each setting, the line's head, then every path that any line
// has, in the order of the lines; a line without that path leaves it empty.
func Cells(w io.Writer, cells []result.Cell) error {
	settings, paths := settingsOf(cells), pathsOf(cells)
	table, err := NewWriter(w, names(cellColumns(settings, paths)))
	if err != nil {
		return err
	}
	for i := range cells {
		if err := table.Row(cellRow(&cells[i], settings, paths)); err != nil {
			return err
		}
	}
	return table.Flush()
}

// cellColumns are those of the table of lines.
func cellColumns(settings, paths []string) []described {
	columns := append(settingColumns("cell.", settings), head...)
	isField := func(path string) bool { return slices.Contains(paths, path) }
	for _, path := range paths {
		columns = append(columns, described{path, result.DescribeLine(path, isField)})
	}
	return columns
}

// settingColumns are those of what sets a path of the scenario.
func settingColumns(prefix string, paths []string) []described {
	var columns []described
	for _, path := range paths {
		means := "value of " + path + " in the cell of the grid"
		if prefix == "swarm." {
			means = "value of " + path + " that the seed drew"
		}
		columns = append(columns, described{prefix + path, result.Description{Unit: "as in a scenario", Means: means}})
	}
	return columns
}

// pathsOf are the paths that any line has.
func pathsOf(cells []result.Cell) []string {
	var paths []string
	place := map[string]bool{}
	for i := range cells {
		paths = merge(paths, cells[i].Fields, place)
	}
	return paths
}

// settingsOf are the paths that some cell sets.
func settingsOf(cells []result.Cell) []string {
	var settings []string
	for i := range cells {
		for _, s := range cells[i].Cell {
			if !slices.Contains(settings, s.Path) {
				settings = append(settings, s.Path)
			}
		}
	}
	return settings
}

func cellRow(c *result.Cell, settings, paths []string) []string {
	row := make([]string, 0, len(settings)+len(head)+len(paths))
	for _, path := range settings {
		row = append(row, Setting(c.Cell, path))
	}
	row = append(row, c.Ordering, c.Kind, strconv.FormatUint(c.Seed, 10),
		strconv.FormatUint(c.Runs, 10), strconv.Itoa(c.Peers), c.Digest)
	values := make(map[string]string, len(c.Fields))
	for _, f := range c.Fields {
		values[f.Path] = f.JSON
	}
	for _, path := range paths {
		v := values[path]
		if v == "null" {
			v = ""
		}
		row = append(row, v)
	}
	return row
}

// Setting returns the value of a path in a cell, as written; empty when the
// cell does not set it.
func Setting(cell []result.Setting, path string) string {
	for _, s := range cell {
		if s.Path == path {
			return s.Value
		}
	}
	return ""
}

// merge inserts what paths lacks of fields, each behind the field before it.
func merge(paths []string, fields []result.Field, have map[string]bool) []string {
	at := 0
	for _, f := range fields {
		if f.JSON == "{}" {
			continue // no counters: no column
		}
		if have[f.Path] {
			at = slices.Index(paths, f.Path) + 1
			continue
		}
		have[f.Path] = true
		paths = slices.Insert(paths, at, f.Path)
		at++
	}
	return paths
}

// Runs writes runs.csv, a row for each run.
type Runs struct {
	table    *Writer
	settings []string
	drawn    []string
	columns  []described
	row      []string
}

// NewRuns writes the header of a table of runs: cell.PATH for each path of the
// grid, swarm.PATH for each that the seed draws, ordering, seed, then columns,
// which are those of a result.Shape.
func NewRuns(w io.Writer, settings, drawn, columns []string) (*Runs, error) {
	r := &Runs{settings: settings, drawn: drawn}
	r.columns = append(settingColumns("cell.", settings), settingColumns("swarm.", drawn)...)
	r.columns = append(r.columns,
		described{"ordering", result.Description{Means: "label of the ordering"}},
		described{"seed", result.Description{Unit: "seed", Means: "seed of the run"}})
	for _, path := range columns {
		r.columns = append(r.columns, described{path, result.DescribeRun(path)})
	}
	var err error
	r.table, err = NewWriter(w, names(r.columns))
	return r, err
}

// Row writes one run with its values in the order of the columns.
func (r *Runs) Row(cell, drawn []result.Setting, ordering string, seed uint64, values []string) error {
	r.row = r.row[:0]
	for _, path := range r.settings {
		r.row = append(r.row, Setting(cell, path))
	}
	for _, path := range r.drawn {
		r.row = append(r.row, Setting(drawn, path))
	}
	r.row = append(append(r.row, ordering, strconv.FormatUint(seed, 10)), values...)
	return r.table.Row(r.row)
}

// Flush hands everything written to the file.
func (r *Runs) Flush() error { return r.table.Flush() }
