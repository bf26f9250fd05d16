package dataset_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mpcomm/reports/dataset"
)

// compact reads the compact protocol of Thrift: structures as maps by the number
// of the field, lists as slices.
type compact struct{ b []byte }

func (c *compact) uvarint() uint64 {
	v, n := binary.Uvarint(c.b)
	c.b = c.b[n:]
	return v
}

func (c *compact) varint() int64 {
	v, n := binary.Varint(c.b)
	c.b = c.b[n:]
	return v
}

func (c *compact) value(kind byte) any {
	switch kind {
	case 1, 2:
		return kind == 1
	case 3:
		v := c.b[0]
		c.b = c.b[1:]
		return int64(v)
	case 5, 6:
		return c.varint()
	case 8:
		n := c.uvarint()
		s := string(c.b[:n])
		c.b = c.b[n:]
		return s
	case 9:
		head := c.b[0]
		c.b = c.b[1:]
		n := uint64(head >> 4)
		if n == 15 {
			n = c.uvarint()
		}
		list := []any{}
		for range n {
			list = append(list, c.value(head&15))
		}
		return list
	case 12:
		fields, number := map[int]any{}, 0
		for {
			head := c.b[0]
			if c.b = c.b[1:]; head == 0 {
				return fields
			}
			number += int(head >> 4)
			fields[number] = c.value(head & 15)
		}
	}
	panic(fmt.Sprint("a field of kind ", kind))
}

// readParquet is a reader of such files as are written here, after the format's
// own description. It returns the schema as words and the rows as text.
func readParquet(t rapid.TB, file []byte) (schema []string, rows [][]string) {
	t.Helper()
	n := len(file)
	if string(file[:4]) != "PAR1" || string(file[n-4:]) != "PAR1" {
		t.Fatal("no Parquet file")
	}
	size := int(binary.LittleEndian.Uint32(file[n-8:]))
	footer := (&compact{file[n-8-size : n-8]}).value(12).(map[int]any)
	elements := footer[2].([]any)
	for _, e := range elements[1:] {
		e := e.(map[int]any)
		schema = append(schema, fmt.Sprint(e[4], " ", e[1], " ", e[3], " ", e[6]))
	}
	for _, g := range footer[4].([]any) {
		group := g.(map[int]any)
		first := len(rows)
		for range group[3].(int64) {
			rows = append(rows, make([]string, len(schema)))
		}
		for i, c := range group[1].([]any) {
			meta := c.(map[int]any)[3].(map[int]any)
			from := meta[9].(int64)
			for k, v := range readPage(file[from:from+meta[7].(int64)], meta[1].(int64), elements[i+1].(map[int]any)[6]) {
				rows[first+k][i] = v
			}
		}
	}
	if int64(len(rows)) != footer[3].(int64) {
		t.Fatalf("%d rows, the footer says %d", len(rows), footer[3])
	}
	return schema, rows
}

func readPage(b []byte, kind int64, converted any) []string {
	c := &compact{b}
	head := c.value(12).(map[int]any)
	count := int(head[5].(map[int]any)[1].(int64))
	size := binary.LittleEndian.Uint32(c.b)
	levels, values := &compact{c.b[4 : 4+size]}, c.b[4+size:]
	var out []string
	for len(levels.b) > 0 {
		n := levels.uvarint() >> 1
		level := levels.b[0]
		levels.b = levels.b[1:]
		for range n {
			text := ""
			if level == 1 {
				text, values = readValue(values, kind, converted)
			}
			out = append(out, text)
		}
	}
	if len(out) != count || len(values) > 0 {
		panic("a page of another length than it says")
	}
	return out
}

func readValue(b []byte, kind int64, converted any) (text string, rest []byte) {
	if kind == 6 {
		n := 4 + binary.LittleEndian.Uint32(b)
		return string(b[4:n]), b[n:]
	}
	word := binary.LittleEndian.Uint64(b)
	switch {
	case kind == 5:
		text = strconv.FormatFloat(math.Float64frombits(word), 'g', -1, 64)
	case converted == int64(14):
		text = strconv.FormatUint(word, 10)
	default:
		text = strconv.FormatInt(int64(word), 10)
	}
	return text, b[8:]
}

func opened(table string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(table)), nil }
}

// requireSame holds a Parquet file to the table it was made from.
func requireSame(t rapid.TB, table string) (schema []string, file []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := dataset.ToParquet(&b, opened(table)); err != nil {
		t.Fatal(err)
	}
	schema, rows := readParquet(t, b.Bytes())
	records, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range records[0] {
		if !strings.HasPrefix(schema[i], name+" ") {
			t.Errorf("column %d is %s, want %s", i, schema[i], name)
		}
	}
	for i, row := range rows {
		for k, v := range row {
			want := records[i+1][k]
			if x, err := strconv.ParseFloat(want, 64); err == nil && strings.Contains(schema[k], " 5 ") {
				want = strconv.FormatFloat(x, 'g', -1, 64)
			}
			if v != want {
				t.Errorf("row %d, %s: %q, want %q", i, records[0][k], v, want)
			}
		}
	}
	if len(rows) != len(records)-1 {
		t.Errorf("%d rows, want %d", len(rows), len(records)-1)
	}
	return schema, b.Bytes()
}

// TestParquetIsTheTable: whatever a table holds, its Parquet file holds the same.
func TestParquetIsTheTable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"ordering", "seed", "runs", "divergence.contested", "cost.packets_n", "cell.peers", "vacuous"}
		var b bytes.Buffer
		w, err := dataset.NewWriter(&b, names)
		if err != nil {
			t.Fatal(err)
		}
		word := rapid.StringMatching(`[a-z ,"é]{0,5}`)
		rows := rapid.IntRange(0, 40).Draw(t, "rows")
		if rapid.IntRange(0, 24).Draw(t, "groups") == 0 { // of rows, more than one
			rows += 1<<14 - 20
		}
		for i := range rows {
			row := []string{"naive", "18446744073709551615", "-3", "0.25", "7", "3", `["a, b"]`}
			if i%4096 < 4 {
				row = []string{
					word.Draw(t, "word"), strconv.FormatUint(rapid.Uint64().Draw(t, "seed"), 10), strconv.FormatInt(rapid.Int64().Draw(t, "runs"), 10),
					fmt.Sprint(rapid.Float64Range(-1e9, 1e9).Draw(t, "float")), "", word.Draw(t, "cell"), "",
				}
			}
			if err := w.Row(row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		requireSame(t, b.String())
	})
}

// TestParquetOfSweep shows the forms of columns, and holds the bytes to those
// that github.com/parquet-go/parquet-go v0.32.0 has read as this table.
func TestParquetOfSweep(t *testing.T) {
	t.Parallel()
	const table = "cell.peers,ordering,kind,seed,runs,divergence.identical,divergence.identical_n,limit,phases.data_ms,odd\n" +
		"3,naive,naive,7,20,0.5,19,\"{\"\"until\"\":0}\",,1\n4,\"a, b\",naive,7,20,,20,\"{\"\"until\"\":2}\",1.5,1e300\n"
	schema, file := requireSame(t, table)
	want := []string{
		"cell.peers 6 1 0", "ordering 6 1 0", "kind 6 1 0", "seed 2 1 14", "runs 2 1 18", "divergence.identical 5 1 <nil>",
		"divergence.identical_n 2 1 18", "limit 6 1 0", "phases.data_ms 5 1 <nil>", "odd 5 1 <nil>",
	}
	if diff := cmp.Diff(want, schema); diff != "" {
		t.Error(diff)
	}
	if got, want := fmt.Sprintf("%x", sha256.Sum256(file)), parquetSum; got != want {
		t.Errorf("the bytes are those of %s, want %s; if they were meant to change, read them with another reader first", got, want)
	}
	runs, _ := requireSame(t, "ordering,seed,complete,cost.packets,cost.latency_ms.mean\nnaive,1,1,30,2.5\n")
	if want := []string{"ordering 6 1 0", "seed 2 1 14", "complete 2 1 18", "cost.packets 2 1 18", "cost.latency_ms.mean 5 1 <nil>"}; !cmp.Equal(runs, want) {
		t.Errorf("a table of runs has %v, want %v", runs, want)
	}
}

const parquetSum = "95176145c0863cf47aa73f679a2ae9eae7920e3dec68a2105596d2c2110bf78d"

func TestParquetErrors(t *testing.T) {
	t.Parallel()
	if _, err := dataset.NewParquet(io.Discard, nil); err == nil {
		t.Error("a file without columns: no error")
	}
	if err := dataset.ToParquet(full{}, opened("a\n1\n")); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
	if err := dataset.ToParquet(io.Discard, opened("a,b\n1\n")); err == nil {
		t.Error("a short row: no error")
	}
	p, err := dataset.NewParquet(io.Discard, []dataset.Column{{Name: "n", Form: dataset.Integer}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Row([]string{"many"}); err == nil || !strings.Contains(err.Error(), "row 1, column n") {
		t.Errorf("no number: %v", err)
	}
	if err := p.Row([]string{"1", "2"}); err == nil {
		t.Error("a long row: no error")
	}
}
