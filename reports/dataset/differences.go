package dataset

import (
	"io"
	"strconv"

	"mpcomm/reports/result"
)

// Differences writes differences.csv: a row for each cell, each ordering that is
// compared with another on the same seeds, and each number they are compared by.
func Differences(w io.Writer, cells []result.Cell) error {
	settings := settingsOf(cells)
	columns := make([]string, 0, len(settings)+len(differenceColumns))
	for _, path := range settings {
		columns = append(columns, "cell."+path)
	}
	table, err := NewWriter(w, append(columns, differenceColumns...))
	if err != nil {
		return err
	}
	for i := range cells {
		if cells[i].Versus == nil {
			continue
		}
		for k := range cells[i].Versus.Differences {
			if err := table.Row(differenceRow(&cells[i], settings, &cells[i].Versus.Differences[k])); err != nil {
				return err
			}
		}
	}
	return table.Flush()
}

var differenceColumns = []string{"ordering", "versus", "metric", "difference", "lo", "hi", "variance_saved", "n"}

func differenceRow(c *result.Cell, settings []string, d *result.PairedDifference) []string {
	var row []string
	for _, path := range settings {
		row = append(row, Setting(c.Cell, path))
	}
	row = append(row, c.Ordering, c.Versus.Ordering, d.Path)
	texts := d.Texts()
	return append(append(row, texts[:]...), strconv.FormatUint(d.N, 10))
}

// Compared reports whether any line is compared with another.
func Compared(cells []result.Cell) bool {
	for i := range cells {
		if cells[i].Versus != nil {
			return true
		}
	}
	return false
}
