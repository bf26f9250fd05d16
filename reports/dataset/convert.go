package dataset

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"mpcomm/reports/result"
)

// ToParquet writes a table of this package as a Parquet file with the same
// columns and values; an empty cell is null. Numbers of runs that are integers
// stay so, estimates are floats, and all that is no number is text.
func ToParquet(w io.Writer, table func() (io.ReadCloser, error)) error {
	columns, err := columnsOf(table)
	if err != nil {
		return err
	}
	p, err := NewParquet(w, columns)
	if err != nil {
		return err
	}
	if err := eachRow(table, p.Row); err != nil {
		return err
	}
	return p.Flush()
}

// columnsOf are the columns of a table, each of the narrowest form that holds
// what its name says and its values are.
func columnsOf(table func() (io.ReadCloser, error)) ([]Column, error) {
	var columns []Column
	err := eachRecord(table, func(first bool, values []string) error {
		for i, v := range values {
			switch {
			case first:
				columns = append(columns, Column{Name: v, Form: formOf(v, values)})
			case v == "" || columns[i].Form == Text:
			case !parses(columns[i].Form, v):
				columns[i].Form = widened(v)
			}
		}
		return nil
	})
	return columns, err
}

func parses(form Form, v string) bool {
	var err error
	switch form {
	case Float:
		_, err = strconv.ParseFloat(v, 64)
	case Integer:
		_, err = strconv.ParseInt(v, 10, 64)
	default:
		_, err = strconv.ParseUint(v, 10, 64)
	}
	return err == nil
}

// widened is the form of a column that holds v beside numbers.
func widened(v string) Form {
	if parses(Float, v) {
		return Float
	}
	return Text
}

// formOf is the form of a column by its name, in a table with such columns.
func formOf(name string, names []string) Form {
	switch {
	case strings.HasPrefix(name, "cell."), strings.HasPrefix(name, "swarm."),
		slices.Contains([]string{"ordering", "kind", "digest", "versus", "metric", "limit"}, name):
		return Text
	case name == "seed":
		return Unsigned
	case name == "runs", name == "peers", name == "n", strings.HasSuffix(name, "_n"):
		return Integer
	case !slices.Contains(names, "runs") && result.Whole(name): // a table of runs, not of means
		return Integer
	}
	return Float
}

// eachRow visits the rows below the head.
func eachRow(table func() (io.ReadCloser, error), visit func([]string) error) error {
	return eachRecord(table, func(head bool, values []string) error {
		if head {
			return nil
		}
		return visit(values)
	})
}

func eachRecord(table func() (io.ReadCloser, error), visit func(head bool, values []string) error) error {
	f, err := table()
	if err != nil {
		return fmt.Errorf("dataset: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	for head := true; ; head = false {
		values, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("dataset: %w", err)
		}
		if err := visit(head, values); err != nil {
			return err
		}
	}
}
