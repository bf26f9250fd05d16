package dataset

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"

	"mpcomm/reports/result"
)

// Folder is the folder of a sweep as it is read back.
type Folder struct {
	Manifest
	Lines   []Line
	PerRun  bool     // the folder has a table of runs
	Changed []string // tables that were read and are not those of the manifest; they may have been changed with good reason
}

// Line is one row of dataset.csv with the rows of runs.csv that belong to it.
// The numbers of the cell are those of the table: Cell.Number reads them.
type Line struct {
	result.Cell
	Each map[string][]float64 // by column, one number for each run in order of seed; NaN where it is null
}

// Open reads the folder of a sweep: manifest.json, dataset.csv and, if there,
// the named columns of runs.csv. Errors name the file, and the line of a
// table.
func Open(folder fs.FS, columns ...string) (*Folder, error) {
	m, err := ReadManifest(folder)
	if err != nil {
		return nil, err
	}
	f := &Folder{Manifest: *m}
	if f.Seeds.Shard != "" {
		return nil, fmt.Errorf("it holds shard %s of a sweep, which has no tables; join all shards first", f.Seeds.Shard)
	}
	if err := f.readCells(folder); err != nil {
		return nil, err
	}
	err = f.readRuns(folder, columns)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	f.PerRun = err == nil
	return f, err
}

func reasonOf(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// table reads a file of comma-separated values row by row.
type table struct {
	name   string
	file   fs.File
	sum    hash.Hash // of what was read
	rows   *csv.Reader
	header []string
}

func openTable(folder fs.FS, name string) (*table, error) {
	err := regular(folder, name)
	var file fs.File
	if err == nil {
		file, err = folder.Open(name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, reasonOf(err))
	}
	t := &table{name: name, file: file, sum: sha256.New()}
	t.rows = csv.NewReader(io.TeeReader(file, t.sum))
	t.rows.ReuseRecord = true
	header, err := t.rows.Read()
	if err != nil {
		file.Close()
		if err == io.EOF {
			err = errors.New("it is empty; want a header")
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	t.header = slices.Clone(header)
	return t, nil
}

// next returns the next row, or nil at the end.
func (t *table) next() ([]string, error) {
	row, err := t.rows.Read()
	if err == io.EOF {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.name, err)
	}
	return row, nil
}

// column returns where a column stands.
func (t *table) column(name string) (int, error) {
	at := slices.Index(t.header, name)
	if at < 0 {
		return 0, fmt.Errorf("%s: no column %q; want the table as the sweep wrote it", t.name, name)
	}
	return at, nil
}

// wrong is an error about the row read last.
func (t *table) wrong(column int, format string, args ...any) error {
	line, at := t.rows.FieldPos(column)
	return fmt.Errorf("%s:%d:%d: %s: %s", t.name, line, at, t.header[column], fmt.Sprintf(format, args...))
}

// settings returns the cell of a row.
func (t *table) settings(row []string) []result.Setting {
	var cell []result.Setting
	for i, name := range t.header {
		if path, ok := strings.CutPrefix(name, "cell."); ok && row[i] != "" {
			cell = append(cell, result.Setting{Path: path, Value: row[i]})
		}
	}
	return cell
}

func (f *Folder) readCells(folder fs.FS) error {
	t, err := openTable(folder, "dataset.csv")
	if err != nil {
		return err
	}
	defer t.file.Close()
	var at [6]int
	heads := names(head)
	for i, name := range heads {
		if at[i], err = t.column(name); err != nil {
			return err
		}
	}
	for {
		row, err := t.next()
		if err != nil {
			return err
		}
		if row == nil {
			break
		}
		var numbers [3]uint64 // seed, runs, peers
		for i := range numbers {
			if numbers[i], err = strconv.ParseUint(row[at[2+i]], 10, 64); err != nil {
				return t.wrong(at[2+i], "%q is no whole number", row[at[2+i]])
			}
		}
		line := Line{Cell: result.Cell{
			Head: result.Head{Scenario: f.Scenario, Seed: numbers[0], Peers: int(numbers[2]), Cell: t.settings(row)},
			Runs: numbers[1], Ordering: row[at[0]], Kind: row[at[1]], Digest: row[at[5]],
		}}
		for i, name := range t.header {
			if strings.HasPrefix(name, "cell.") || slices.Contains(heads, name) {
				continue
			}
			text := row[i]
			if text == "" {
				text = "null"
			}
			line.Fields = append(line.Fields, result.Field{Path: name, JSON: text})
		}
		f.Lines = append(f.Lines, line)
	}
	if len(f.Lines) == 0 {
		return errors.New("dataset.csv: no rows; want at least one")
	}
	f.compare(t)
	return nil
}

// compare notes a table that was read to its end and is not as the sweep wrote it.
func (f *Folder) compare(t *table) {
	there := slices.ContainsFunc(f.Files, func(p Produced) bool { return p.Name == t.name && p.SHA256 == hex.EncodeToString(t.sum.Sum(nil)) })
	if !there && len(f.Files) > 0 {
		f.Changed = append(f.Changed, t.name)
	}
}

// readRuns deals the rows of runs.csv out to the lines.
func (f *Folder) readRuns(folder fs.FS, columns []string) error {
	t, err := openTable(folder, "runs.csv")
	if err != nil {
		return err
	}
	defer t.file.Close()
	ordering, err := t.column("ordering")
	if err != nil {
		return err
	}
	places := make([]int, 0, len(columns))
	var found []string
	for _, name := range columns {
		if at := slices.Index(t.header, name); at >= 0 && !slices.Contains(found, name) { // counters are not in every table
			places, found = append(places, at), append(found, name)
		}
	}
	byName, rows := map[string]*Line{}, map[*Line]uint64{}
	for i := range f.Lines {
		l := &f.Lines[i]
		l.Each = map[string][]float64{}
		byName[lineName(l.Cell.Cell, l.Ordering)] = l
	}
	for {
		row, err := t.next()
		if err != nil {
			return err
		}
		if row == nil {
			f.compare(t)
			return f.allThere(rows)
		}
		l := byName[lineName(t.settings(row), row[ordering])]
		if l == nil {
			return t.wrong(ordering, "a run of %q in a cell that dataset.csv does not have", row[ordering])
		}
		rows[l]++
		for i, at := range places {
			x := math.NaN()
			if row[at] != "" {
				if x, err = strconv.ParseFloat(row[at], 64); err != nil {
					return t.wrong(at, "%q is no number", row[at])
				}
			}
			l.Each[found[i]] = append(l.Each[found[i]], x)
		}
	}
}

// allThere refuses a table of runs of a complete sweep that has more or fewer of
// them than its lines: what is drawn of it would be of another sample. Line 1 of a
// table is its header.
func (f *Folder) allThere(rows map[*Line]uint64) error {
	for i := range f.Lines {
		if l := &f.Lines[i]; f.Complete && rows[l] != l.Runs {
			return fmt.Errorf("runs.csv: it has %d rows of line %d of dataset.csv, %s, which has %d runs; want the table as the sweep wrote it",
				rows[l], i+2, l.Ordering, l.Runs)
		}
	}
	return nil
}

func lineName(cell []result.Setting, ordering string) string { return fmt.Sprint(ordering, cell) }
