package latency

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"time"
)

// MaxSites is the largest number of rows of a matrix.
const MaxSites = 65536

// Matrix holds one-way base delays between named sites.
type Matrix struct {
	Names  []string
	OneWay [][]time.Duration // [from][to]; 0 where not known

	known [][]bool
}

// Known reports whether the delay from one row to another was measured, or
// filled in by Complete.
func (m *Matrix) Known(from, to int) bool { return m.known[from][to] }

func newMatrix(names []string) *Matrix {
	m := &Matrix{Names: names, OneWay: make([][]time.Duration, len(names)), known: make([][]bool, len(names))}
	for i := range names {
		m.OneWay[i] = make([]time.Duration, len(names))
		m.known[i] = make([]bool, len(names))
	}
	return m
}

// ReadMatrix reads a table of round trips as CSV. The first line holds a
// corner that is not read and the names of the sites; every other line the
// name of the site measured from and one round trip for each site measured to,
// in the given unit. Lines may come in any order, one for each site. An empty
// cell was not measured; lines that begin with # are left out. A one-way delay
// is half the round trip.
//
// Errors name line and column (in bytes, both from 1), all of them up to ten.
func ReadMatrix(r io.Reader, unit time.Duration) (*Matrix, error) {
	mustBeUnit(unit)
	c := csv.NewReader(r)
	c.FieldsPerRecord = -1 // counted here, to name what is missing
	c.Comment = '#'
	c.ReuseRecord = true
	t := table{csv: c, unit: unit, row: make(map[string]int)}
	if err := t.header(); err != nil {
		return nil, err
	}
	if err := t.faults.join("matrix"); err != nil {
		return nil, err
	}
	m := newMatrix(t.names)
	seen := make([]bool, len(t.names))
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.faults.add("%w", err)
			break
		}
		t.line(m, record, seen)
	}
	for i, ok := range seen {
		if !ok && t.faults.count == 0 {
			t.faults.add("no line for site %q: want one for each of the %d columns", t.names[i], len(t.names))
		}
	}
	if err := t.faults.join("matrix"); err != nil {
		return nil, err
	}
	return m, nil
}

// table is a matrix being read.
type table struct {
	csv    *csv.Reader
	unit   time.Duration
	names  []string
	row    map[string]int // by name
	faults errorList
}

// header reads the names of the sites.
func (t *table) header() error {
	record, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		t.faults.add("empty: want a first line with the names of the sites")
		return nil
	}
	if err != nil {
		t.faults.add("%w", err)
		return nil
	}
	if len(record) < 2 || len(record)-1 > MaxSites {
		t.faults.add("line 1: %d names of sites: want 1..%d after the corner", len(record)-1, MaxSites)
		return nil
	}
	if _, err := ParseDecimal(strings.TrimSpace(record[0]), t.unit); err == nil {
		t.faults.add("line 1, column 1: the corner is the number %s: want a first line with the names of the sites, each row beginning with its own",
			strings.TrimSpace(record[0]))
		return nil
	}
	for i, cell := range record[1:] {
		name := strings.TrimSpace(cell)
		line, column := t.csv.FieldPos(i + 1)
		if name == "" {
			t.faults.add("line %d, column %d: empty name of a site", line, column)
		} else if first, ok := t.row[name]; ok {
			t.faults.add("line %d, column %d: site %q again, as in cell %d: want each once", line, column, name, first+2)
		} else {
			t.row[name] = i
		}
		t.names = append(t.names, name)
	}
	return nil
}

// line reads one row.
func (t *table) line(m *Matrix, record []string, seen []bool) {
	name := strings.TrimSpace(record[0])
	line, column := t.csv.FieldPos(0)
	from, ok := t.row[name]
	if !ok {
		t.faults.add("line %d, column %d: site %q has no column%s", line, column, name, didYouMean(name, t.names))
		return
	}
	if seen[from] {
		t.faults.add("line %d, column %d: second line for site %q: want one", line, column, name)
		return
	}
	seen[from] = true
	if len(record)-1 != len(t.names) {
		t.faults.add("line %d: site %q has %d cells: want %d, one for each site", line, name, len(record)-1, len(t.names))
		return
	}
	for to, cell := range record[1:] {
		text := strings.TrimSpace(cell)
		if text == "" {
			continue
		}
		trip, err := ParseDecimal(text, t.unit)
		if err == nil && trip < 0 {
			err = errNegative
		}
		if err != nil {
			line, column := t.csv.FieldPos(to + 1)
			t.faults.add("line %d, column %d: %s to %s: %q: %w", line, column, name, t.names[to], text, err)
			continue
		}
		m.OneWay[from][to] = time.Duration(trip / 2)
		m.known[from][to] = true
	}
}

var errNegative = errors.New("is negative; want 0 or more, or an empty cell if not measured")

// Select returns the matrix of the named sites in the given order. A site may
// be named more than once: between two rows of one site its own round trip
// counts. Names that are not in the matrix are errors, with the nearest that
// is.
func (m *Matrix) Select(names []string) (*Matrix, error) {
	row := make(map[string]int, len(m.Names))
	for i, name := range m.Names {
		row[name] = i
	}
	var faults errorList
	picked := make([]int, len(names))
	for i, name := range names {
		at, ok := row[name]
		if !ok {
			faults.add("site %q is not among its %d sites%s", name, len(m.Names), didYouMean(name, m.Names))
		}
		picked[i] = at
	}
	if len(names) == 0 || len(names) > MaxSites {
		faults.add("%d sites: want 1..%d", len(names), MaxSites)
	}
	if err := faults.join("matrix"); err != nil {
		return nil, err
	}
	s := newMatrix(append([]string(nil), names...))
	for i, from := range picked {
		for j, to := range picked {
			s.OneWay[i][j] = m.OneWay[from][to]
			s.known[i][j] = m.known[from][to]
		}
	}
	return s, nil
}

// Complete fills what was not measured between the given rows, nil = all: a
// delay from that of the other direction, the delay of a row to itself with 0.
// Pairs measured in neither direction are an error that names both sites, the
// first ten of them.
func (m *Matrix) Complete(rows []int) error {
	if rows == nil {
		rows = make([]int, len(m.Names))
		for i := range rows {
			rows[i] = i
		}
	}
	var faults errorList
	for k, i := range rows {
		m.known[i][i] = true
		for _, j := range rows[:k] {
			switch {
			case m.known[i][j] && m.known[j][i]:
			case m.known[i][j]:
				m.OneWay[j][i], m.known[j][i] = m.OneWay[i][j], true
			case m.known[j][i]:
				m.OneWay[i][j], m.known[i][j] = m.OneWay[j][i], true
			default:
				faults.add("%s to %s is measured in neither direction: want a round trip, or other sites", m.Names[j], m.Names[i])
			}
		}
	}
	return faults.join("matrix")
}
