package result

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"mpcomm/sim"
)

// MS is a time or a duration in integer nanoseconds that prints as decimal
// milliseconds without a unit: 1500000 as 1.5.
type MS int64

// MarshalJSON prints decimal milliseconds.
func (m MS) MarshalJSON() ([]byte, error) { return m.append(nil), nil }

func (m MS) append(b []byte) []byte { return sim.Time(m).AppendMS(b) }

// NullMS is an MS that may be missing. The zero value is null.
type NullMS struct {
	MS    MS
	Known bool
}

// Millis returns t as a time that is known.
func Millis(t sim.Time) NullMS { return NullMS{MS: MS(t), Known: true} }

// MarshalJSON prints decimal milliseconds, or null.
func (m NullMS) MarshalJSON() ([]byte, error) {
	if !m.Known {
		return []byte("null"), nil
	}
	return m.MS.MarshalJSON()
}

// NullInt is a count that may be missing. The zero value is null.
type NullInt struct {
	N     int64
	Known bool
}

// Int returns n as a count that is known.
func Int(n int) NullInt { return NullInt{N: int64(n), Known: true} }

// MarshalJSON prints the count, or null.
func (n NullInt) MarshalJSON() ([]byte, error) {
	if !n.Known {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, n.N, 10), nil
}

// List is a slice that prints as [] when it is nil.
type List[T any] []T

// MarshalJSON prints the elements; a nil list is an empty one.
func (l List[T]) MarshalJSON() ([]byte, error) {
	if l == nil {
		return []byte("[]"), nil
	}
	return appendJSON(nil, []T(l))
}

// appendJSON appends v as JSON without escaping what only HTML would mind:
// links are named p0>p2.
func appendJSON(b []byte, v any) ([]byte, error) {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	if err := out.Encode(v); err != nil {
		return b, err
	}
	return append(b, bytes.TrimSuffix(text.Bytes(), []byte("\n"))...), nil
}

// encode returns plain values of this package as JSON.
func encode(v any) []byte {
	b, err := appendJSON(nil, v)
	if err != nil {
		panic("result: " + err.Error()) // strings, numbers and lists of them marshal
	}
	return b
}

// Write writes a Run or a Cell as one line of JSON.
func Write(w io.Writer, v any) error {
	b, err := appendJSON(nil, v)
	if err != nil {
		return fmt.Errorf("result: %w", err)
	}
	if _, err = w.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("result: %w", err)
	}
	return nil
}
