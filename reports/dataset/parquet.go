package dataset

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
)

// Form is what the values of a column are, beside null.
type Form uint8

// The forms of columns.
const (
	Text     Form = iota // UTF-8
	Float                // 64 bits
	Integer              // 64 bits
	Unsigned             // 64 bits, from 0
)

// Column is a column of a typed table.
type Column struct {
	Name string
	Form Form
}

// Parquet writes rows as an Apache Parquet file: version 1 of its pages, plain
// encoding, not compressed, every column optional. It takes the values as
// a table of text has them, so that both files hold the same: an empty value is
// null. Bytes depend on the rows alone.
type Parquet struct {
	out     io.Writer
	columns []Column
	pages   []page // of the row group at hand, by column
	rows    int    // of that
	total   int64
	offset  int64
	groups  [][]chunkPlace
	counts  []int64 // rows, by row group
	err     error
}

// page gathers the values of one column.
type page struct {
	values  []byte
	present []bool
}

// chunkPlace says where the values of one column of one row group are.
type chunkPlace struct{ offset, bytes, values int64 }

// rowsInGroup bounds the rows that are held in memory.
const rowsInGroup = 1 << 14

const parquetMagic = "PAR1"

// NewParquet begins a file. Columns must be there.
func NewParquet(w io.Writer, columns []Column) (*Parquet, error) {
	if len(columns) == 0 {
		return nil, fmt.Errorf("dataset: a table without columns; want at least one")
	}
	p := &Parquet{out: w, columns: columns, pages: make([]page, len(columns))}
	p.write([]byte(parquetMagic))
	return p, p.err
}

// Row adds a row: as many values as there are columns.
func (p *Parquet) Row(values []string) error {
	if len(values) != len(p.columns) {
		return fmt.Errorf("dataset: row %d has %d values; want %d, one for each column", p.total+int64(p.rows)+1, len(values), len(p.columns))
	}
	for i, v := range values {
		if err := p.pages[i].add(p.columns[i].Form, v); err != nil {
			return fmt.Errorf("dataset: row %d, column %s: %w", p.total+int64(p.rows)+1, p.columns[i].Name, err)
		}
	}
	if p.rows++; p.rows == rowsInGroup {
		p.closeGroup()
	}
	return p.err
}

func (c *page) add(form Form, v string) error {
	c.present = append(c.present, v != "")
	if v == "" {
		return nil
	}
	var word uint64
	var err error
	switch form {
	case Text:
		c.values = binary.LittleEndian.AppendUint32(c.values, uint32(len(v)))
		c.values = append(c.values, v...)
		return nil
	case Float:
		var f float64
		f, err = strconv.ParseFloat(v, 64)
		word = math.Float64bits(f)
	case Integer:
		var n int64
		n, err = strconv.ParseInt(v, 10, 64)
		word = uint64(n)
	default:
		word, err = strconv.ParseUint(v, 10, 64)
	}
	c.values = binary.LittleEndian.AppendUint64(c.values, word)
	return err
}

// levels says which values are there, as runs: a count, twice, and the level.
func (c *page) levels() []byte {
	var runs []byte
	for i := 0; i < len(c.present); {
		end := i
		for end < len(c.present) && c.present[end] == c.present[i] {
			end++
		}
		runs = binary.AppendUvarint(runs, uint64(end-i)<<1)
		level := byte(0)
		if c.present[i] {
			level = 1
		}
		runs, i = append(runs, level), end
	}
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(runs))), runs...)
}

func (p *Parquet) write(b []byte) {
	if p.err != nil {
		return
	}
	n, err := p.out.Write(b)
	if p.offset += int64(n); err != nil {
		p.err = fmt.Errorf("dataset: %w", err)
	}
}

// closeGroup writes the rows at hand, column by column.
func (p *Parquet) closeGroup() {
	var places []chunkPlace
	for i := range p.pages {
		c := &p.pages[i]
		levels := c.levels()
		size := int64(len(levels) + len(c.values))
		var head thrift
		head.begin()
		head.integer(1, 0) // a page of data
		head.integer(2, size)
		head.integer(3, size)
		head.field(5, thriftStruct)
		head.begin()
		head.integer(1, int64(len(c.present)))
		head.integer(2, plain)
		head.integer(3, runLengths) // of what is there
		head.integer(4, runLengths)
		head.end()
		head.end()
		place := chunkPlace{offset: p.offset, values: int64(len(c.present))}
		p.write(head.bytes)
		p.write(levels)
		p.write(c.values)
		place.bytes = p.offset - place.offset
		places = append(places, place)
		c.values, c.present = c.values[:0], c.present[:0]
	}
	p.groups, p.counts = append(p.groups, places), append(p.counts, int64(p.rows))
	p.total += int64(p.rows)
	p.rows = 0
}

// Flush ends the file.
func (p *Parquet) Flush() error {
	if p.rows > 0 {
		p.closeGroup()
	}
	footer := p.footer()
	p.write(footer)
	p.write(binary.LittleEndian.AppendUint32(nil, uint32(len(footer))))
	p.write([]byte(parquetMagic))
	return p.err
}
