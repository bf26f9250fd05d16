package html

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// column is one column of integers by its name. Delta says that each value is
// written as its distance from the one before, Base that it is written as its
// distance from the same value of the file's first block.
type column struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
	Delta bool   `json:"delta,omitempty"`
	Base  bool   `json:"base,omitempty"`

	values []int64
}

// mostExact is the largest number that the page reads exactly: with the bit of
// its sign it takes 53.
const mostExact = 1 << 52

// encode writes the values as varints of encoding/binary.
func (c *column) encode() ([]byte, error) {
	var out []byte
	last := int64(0)
	for _, v := range c.values {
		if v > mostExact || v < -mostExact {
			return nil, fmt.Errorf("report: column %s holds %d; want at most 2^52 either way", c.Name, v)
		}
		if c.Delta {
			v, last = v-last, v
		}
		out = binary.AppendVarint(out, v)
	}
	return out, nil
}

// against is the column as distances from that of the same name in the first
// block, if there is one as long.
func (c *column) against(first []column) (column, bool) {
	for i := range first {
		if f := &first[i]; f.Name == c.Name && len(f.values) == len(c.values) {
			d := column{Name: c.Name, Base: true, values: make([]int64, len(c.values))}
			for k, v := range c.values {
				d.values[k] = v - f.values[k]
			}
			return d, true
		}
	}
	return column{}, false
}

// weight is how long columns are when they are packed.
func weight(columns ...column) (int, error) {
	var out bytes.Buffer
	zipper := zip(&out)
	for i := range columns {
		text, err := columns[i].encode()
		if err != nil {
			return 0, err
		}
		if _, err := zipper.Write(text); err != nil {
			return 0, err
		}
	}
	if err := zipper.Close(); err != nil {
		return 0, err
	}
	return out.Len(), nil
}

func zip(w io.Writer) *gzip.Writer {
	zipper, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		panic(fmt.Sprintf("html: %v", err))
	}
	return zipper
}

// shortest writes a column against the first block where that is shorter.
func shortest(c column, first []column) (column, error) {
	d, ok := c.against(first)
	if !ok {
		return c, nil
	}
	plain, err := weight(c)
	if err != nil {
		return c, err
	}
	apart, err := weight(d)
	if err != nil || plain <= apart {
		return c, err
	}
	return d, nil
}

// block packs a head and columns: the length of the head as four bytes, the
// lowest first; the head as JSON, with the list of columns in it; then the
// columns. All of it gzipped, in base64. First are the columns of the file's
// first block, nil for itself. The page reads it in web/columns.js.
func block(head map[string]any, columns, first []column) (string, error) {
	var body []byte
	written := make([]column, len(columns))
	for i := range columns {
		c, err := shortest(columns[i], first)
		if err != nil {
			return "", err
		}
		c.Count = len(c.values)
		text, err := c.encode()
		if err != nil {
			return "", err
		}
		written[i], body = c, append(body, text...)
	}
	head["columns"] = written
	text, err := json.Marshal(head)
	if err != nil {
		return "", fmt.Errorf("report: %w", err)
	}
	var packed bytes.Buffer
	encoder := base64.NewEncoder(base64.StdEncoding, &packed)
	zipper := zip(encoder)
	length := binary.LittleEndian.AppendUint32(nil, uint32(len(text)))
	for _, part := range [][]byte{length, text, body} {
		if _, err := zipper.Write(part); err != nil {
			return "", err
		}
	}
	if err := errors.Join(zipper.Close(), encoder.Close()); err != nil {
		return "", err
	}
	return packed.String(), nil
}
