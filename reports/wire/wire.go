// Package wire writes exact values as bytes and reads them back.
//
// A type that goes to a file lists its fields once, in a method that takes a
// [Coder]; whether that writes or reads is the coder's business, so the two
// cannot drift apart. Whole numbers are variable-length as in Protocol Buffers
// (encoding/binary), texts follow their length; there are no floats, no field
// numbers and no gaps. What the bytes mean is known only to the list of fields,
// so whoever keeps them keeps the version of that list beside them.
//
// It owns the form of bytes. It must never know what is written.
package wire

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

// Coder writes values to Bytes, or reads them from what it was given. After an
// error it leaves all values as they are. The zero value is an empty writer.
type Coder struct {
	bytes   []byte // written, or left to read
	reading bool
	err     error
}

// Reader returns a coder that reads what another has written. Bytes that no
// coder has written lead to an error or to wrong values, never to a panic.
func Reader(b []byte) *Coder { return &Coder{bytes: b, reading: true} }

// Writer returns a coder that appends to b.
func Writer(b []byte) *Coder { return &Coder{bytes: b} }

// Reading reports whether values are set rather than written.
func (c *Coder) Reading() bool { return c.reading }

// Bytes returns what was written.
func (c *Coder) Bytes() []byte { return c.bytes }

// Err returns the first error.
func (c *Coder) Err() error { return c.err }

// End returns the first error, or that of a reader which has not come to the end.
func (c *Coder) End() error {
	if c.err == nil && c.reading && len(c.bytes) > 0 {
		c.Fail("%d bytes are left over", len(c.bytes))
	}
	return c.err
}

// Fail ends the coding with an error, unless it has ended already.
func (c *Coder) Fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

var errCut = errors.New("the bytes end within a value")

// Uint codes a number that is not negative.
func (c *Coder) Uint(v *uint64) {
	switch {
	case c.err != nil:
	case !c.reading:
		c.bytes = binary.AppendUvarint(c.bytes, *v)
	default:
		u, n := binary.Uvarint(c.bytes)
		switch {
		case n == 0:
			c.err = errCut
		case n < 0:
			c.Fail("a number is larger than 64 bits")
		default:
			*v, c.bytes = u, c.bytes[n:]
		}
	}
}

// Int codes a number.
func (c *Coder) Int(v *int64) {
	u := uint64(*v)<<1 ^ uint64(*v>>63)
	c.Uint(&u)
	if c.reading && c.err == nil {
		*v = int64(u>>1) ^ -int64(u&1)
	}
}

// Word codes a number of 64 bits that is rarely small, such as one of a digest.
func (c *Coder) Word(v *uint64) {
	switch {
	case c.err != nil:
	case !c.reading:
		c.bytes = binary.LittleEndian.AppendUint64(c.bytes, *v)
	case len(c.bytes) < 8:
		c.err = errCut
	default:
		*v, c.bytes = binary.LittleEndian.Uint64(c.bytes), c.bytes[8:]
	}
}

// Text codes a string.
func (c *Coder) Text(s *string) {
	n := c.Len(len(*s))
	switch {
	case c.err != nil:
	case !c.reading:
		c.bytes = append(c.bytes, *s...)
	default:
		*s, c.bytes = string(c.bytes[:n]), c.bytes[n:]
	}
}

// Len codes the length of a list, of which each item takes at least one byte,
// and returns it: n, or what was read. It is 0 after an error.
func (c *Coder) Len(n int) int {
	u := uint64(n)
	c.Uint(&u)
	if c.reading && u > uint64(len(c.bytes)) && c.err == nil {
		c.err = errCut
	}
	if c.err != nil {
		return 0
	}
	return int(u)
}

// List codes a list item by item.
func List[T any](c *Coder, list *[]T, item func(*T, *Coder)) {
	n := c.Len(len(*list))
	if c.reading && c.err == nil {
		*list = nil
		if n > 0 {
			*list = make([]T, 0, min(n, 1<<10)) // what is read may claim anything
		}
		for range n {
			var one T
			if item(&one, c); c.err != nil {
				return
			}
			*list = append(*list, one)
		}
		return
	}
	for i := range *list {
		item(&(*list)[i], c)
	}
}

// Texts codes a list of strings.
func (c *Coder) Texts(list *[]string) { List(c, list, func(s *string, c *Coder) { c.Text(s) }) }

// JSON codes a value of few and seldom fields as its JSON.
func (c *Coder) JSON(v any) {
	if c.err != nil {
		return
	}
	var text string
	if !c.reading {
		b, err := json.Marshal(v)
		if err != nil {
			c.err = err
			return
		}
		text = string(b)
	}
	c.Text(&text)
	if c.reading && c.err == nil {
		c.err = json.Unmarshal([]byte(text), v)
	}
}
