package dataset

import (
	"io"

	"mpcomm/reports/result"
)

// described is a column and what it holds. Tables are written from lists of
// these, so that the dictionary says neither more nor less than the tables have.
type described struct {
	name string
	result.Description
}

func names(columns []described) []string {
	list := make([]string, len(columns))
	for i := range columns {
		list[i] = columns[i].name
	}
	return list
}

// Dictionary writes columns.csv: a row for each column of the tables of a
// sweep, with its unit, what it means and how the interval is made that it has
// or is an end of. The tables are those that Cells writes of the lines,
// Differences where any are compared, and runs unless it is nil. The same
// tables as Parquet have the same columns.
//
// It is a table of its own, and no part of the manifest, so that what reads the
// tables reads it too and joins the two.
func Dictionary(w io.Writer, cells []result.Cell, runs *Runs) error {
	table, err := NewWriter(w, []string{"table", "name", "unit", "meaning", "interval"})
	if err != nil {
		return err
	}
	settings := settingsOf(cells)
	write := func(of string, columns []described) error {
		for _, c := range columns {
			if err := table.Row([]string{of, c.name, c.Unit, c.Means, c.Interval}); err != nil {
				return err
			}
		}
		return nil
	}
	if err := write("dataset", cellColumns(settings, pathsOf(cells))); err != nil {
		return err
	}
	if Compared(cells) {
		if err := write("differences", differenceColumns(settings)); err != nil {
			return err
		}
	}
	if runs != nil {
		if err := write("runs", runs.columns); err != nil {
			return err
		}
	}
	return table.Flush()
}
