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
	table, err := NewWriter(w, names(differenceColumns(settings)))
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

func differenceColumns(settings []string) []described {
	return append(settingColumns("cell.", settings),
		described{"ordering", result.Description{Means: "label of the ordering"}},
		described{"versus", result.Description{Means: "label of the ordering that it is compared with, on the same seeds"}},
		described{"metric", result.Description{Means: "name of the number they are compared by, a column of dataset.csv"}},
		described{"difference", result.Description{Unit: "as the metric", Means: "mean over pairs of runs of the metric less that of versus", Interval: result.ByPairs}},
		described{"lo", result.Description{Unit: "as the metric", Means: "lower end of the interval of the difference", Interval: result.ByPairs}},
		described{"hi", result.Description{Unit: "as the metric", Means: "upper end of the interval of the difference", Interval: result.ByPairs}},
		described{"variance_saved", result.Description{Unit: "share of the variance", Means: "what the pairing saves of the variance of the difference: 1 = all, negative = it costs"}},
		described{"n", result.Description{Unit: "pairs of runs", Means: "pairs in which both runs have the metric"}},
	)
}

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
