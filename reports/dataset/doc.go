// Package dataset writes the tables and the manifest of a sweep's folder:
// dataset.csv with a row for each cell and ordering, differences.csv with what
// orderings differ by on the same seeds, runs.csv with a row for each run,
// columns.csv with what each column of these means, manifest.json with
// everything needed to repeat them.
//
// It owns the order of columns and the form of files: comma-separated values
// as in RFC 4180 but for line ends, which are a single line feed so that tools
// that read lines need no care; numbers as result prints them, the same bytes
// on every machine; an empty cell where a number is null.
//
// It must never know how the results came about.
package dataset
