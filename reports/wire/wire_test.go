package wire_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/reports/wire"
)

type point struct{ X, Y int64 }

// thing has a field of every kind.
type thing struct {
	number uint64
	signed int64
	word   uint64
	text   string
	texts  []string
	points []point
	json   map[string]int
}

func (v *thing) code(c *wire.Coder) {
	c.Uint(&v.number)
	c.Int(&v.signed)
	c.Word(&v.word)
	c.Text(&v.text)
	c.Texts(&v.texts)
	wire.List(c, &v.points, func(p *point, c *wire.Coder) {
		c.Int(&p.X)
		c.Int(&p.Y)
	})
	c.JSON(&v.json)
}

func drawn(t *rapid.T) thing {
	v := thing{
		number: rapid.OneOf(rapid.Uint64(), rapid.Just(uint64(math.MaxUint64))).Draw(t, "number"),
		signed: rapid.OneOf(rapid.Int64(), rapid.Just(int64(math.MinInt64))).Draw(t, "signed"),
		word:   rapid.Uint64().Draw(t, "word"),
		text:   rapid.String().Draw(t, "text"),
		texts:  rapid.SliceOf(rapid.String()).Draw(t, "texts"),
		json:   rapid.MapOf(rapid.StringMatching("[a-z]{1,3}"), rapid.IntRange(-9, 9)).Draw(t, "json"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "points") {
		v.points = append(v.points, point{rapid.Int64().Draw(t, "x"), rapid.Int64().Draw(t, "y")})
	}
	return v
}

// TestReadsBack: what one coder wrote another reads, and writes again alike.
func TestReadsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := drawn(t)
		w := wire.Writer([]byte("head"))
		v.code(w)
		if err := w.End(); err != nil {
			t.Fatal(err)
		}
		var got thing
		r := wire.Reader(w.Bytes()[4:])
		got.code(r)
		if err := r.End(); err != nil {
			t.Fatal(err)
		}
		again := wire.Writer([]byte("head"))
		got.code(again)
		if !slices.Equal(again.Bytes(), w.Bytes()) || fmt.Sprint(got) != fmt.Sprint(v) {
			t.Errorf("wrote %v, read %v", v, got)
		}
	})
}

// TestCutBytes: of a list of values that is cut anywhere, something is missing,
// and of one with bytes behind it something is left over.
func TestCutBytes(t *testing.T) {
	t.Parallel()
	v := thing{number: 300, signed: -70, word: 1 << 60, text: "text", texts: []string{"a", ""}, points: []point{{1, -2}}, json: map[string]int{"a": 1}}
	w := wire.Writer(nil)
	v.code(w)
	for n := range w.Bytes() {
		r := wire.Reader(w.Bytes()[:n])
		new(thing).code(r)
		if r.End() == nil {
			t.Errorf("%d of %d bytes are read without an error", n, len(w.Bytes()))
		}
	}
	r := wire.Reader(append(slices.Clone(w.Bytes()), 0))
	new(thing).code(r)
	if r.End() == nil || r.Err() == nil {
		t.Error("a byte too many is read without an error")
	}
}

// TestForeignBytes: bytes that no coder wrote do not panic.
func TestForeignBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := wire.Reader(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		new(thing).code(r)
		_ = r.End()
	})
	for _, b := range [][]byte{
		{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, // a number of 77 bits
		{0x80}, // cut
	} {
		var n uint64
		r := wire.Reader(b)
		if r.Uint(&n); r.Err() == nil || n != 0 {
			t.Errorf("% x is read as %d", b, n)
		}
	}
}

func TestJSONErrors(t *testing.T) {
	t.Parallel()
	w := wire.Writer(nil)
	if w.JSON(func() {}); w.Err() == nil {
		t.Error("a function is written as JSON")
	}
	text := "{"
	w = wire.Writer(nil)
	w.Text(&text)
	var v map[string]int
	r := wire.Reader(w.Bytes())
	if r.JSON(&v); r.Err() == nil {
		t.Error("half an object is read as JSON")
	}
	if r.Fail("later"); r.Err().Error() == "later" {
		t.Error("a later error replaces the first")
	}
	if !r.Reading() || w.Reading() {
		t.Error("a reader reads, a writer does not")
	}
}

// Example writes a pair of numbers and reads it back.
func Example() {
	pair := func(c *wire.Coder, p *[2]uint64) {
		c.Uint(&p[0])
		c.Uint(&p[1])
	}
	w := wire.Writer(nil)
	pair(w, &[2]uint64{7, 300})
	var back [2]uint64
	pair(wire.Reader(w.Bytes()), &back)
	fmt.Printf("% x is %v\n", w.Bytes(), back)
	// Output: 07 ac 02 is [7 300]
}
