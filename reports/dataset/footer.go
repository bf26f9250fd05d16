package dataset

import "encoding/binary"

// The numbers of the format, from parquet.thrift.
const (
	plain      = 0 // encodings
	runLengths = 3

	typeInt64     = 2
	typeDouble    = 5
	typeByteArray = 6

	convertedText     = 0
	convertedUnsigned = 14
	convertedInteger  = 18

	logicalText    = 1
	logicalInteger = 10

	optional = 1
)

func (f Form) physical() int64 {
	switch f {
	case Text:
		return typeByteArray
	case Float:
		return typeDouble
	}
	return typeInt64
}

// footer says what the columns are and where their values stand.
func (p *Parquet) footer() []byte {
	var t thrift
	t.begin()
	t.integer(1, 1) // version
	t.list(2, thriftStruct, len(p.columns)+1)
	t.begin() // the root
	t.text(4, "rows")
	t.integer(5, int64(len(p.columns)))
	t.end()
	for _, c := range p.columns {
		t.column(c)
	}
	t.integer64(3, p.total)
	t.list(4, thriftStruct, len(p.groups))
	for i, places := range p.groups {
		t.begin()
		t.list(1, thriftStruct, len(places))
		size := int64(0)
		for k, place := range places {
			t.place(p.columns[k], place)
			size += place.bytes
		}
		t.integer64(2, size)
		t.integer64(3, p.counts[i])
		t.end()
	}
	t.text(6, "mpcomm")
	t.end()
	return t.bytes
}

// column writes an element of the schema.
func (t *thrift) column(c Column) {
	t.begin()
	t.integer(1, c.Form.physical())
	t.integer(3, optional)
	t.text(4, c.Name)
	switch c.Form {
	case Text:
		t.integer(6, convertedText)
		t.field(10, thriftStruct)
		t.begin()
		t.field(logicalText, thriftStruct)
		t.begin()
		t.end()
		t.end()
	case Integer, Unsigned:
		signed := c.Form == Integer
		t.integer(6, map[bool]int64{true: convertedInteger, false: convertedUnsigned}[signed])
		t.field(10, thriftStruct)
		t.begin()
		t.field(logicalInteger, thriftStruct)
		t.begin()
		t.field(1, thriftByte)
		t.bytes = append(t.bytes, 64) // bits
		t.field(2, map[bool]byte{true: thriftTrue, false: thriftFalse}[signed])
		t.end()
		t.end()
	case Float:
	}
	t.end()
}

// place writes where the values of a column of a row group are.
func (t *thrift) place(c Column, place chunkPlace) {
	t.begin()
	t.integer64(2, place.offset)
	t.field(3, thriftStruct)
	t.begin()
	t.integer(1, c.Form.physical())
	t.list(2, thriftInt32, 2)
	t.bytes = binary.AppendVarint(t.bytes, plain)
	t.bytes = binary.AppendVarint(t.bytes, runLengths)
	t.list(3, thriftBinary, 1)
	t.raw(c.Name)
	t.integer(4, 0) // not compressed
	t.integer64(5, place.values)
	t.integer64(6, place.bytes)
	t.integer64(7, place.bytes)
	t.integer64(9, place.offset)
	t.end()
	t.end()
}

// The types of fields in the compact protocol of Apache Thrift.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftInt32  = 5
	thriftInt64  = 6
	thriftBinary = 8
	thriftList   = 9
	thriftStruct = 12
)

// thrift writes structures in the compact protocol.
type thrift struct {
	bytes []byte
	last  []int // number of the field before, by open structure
}

func (t *thrift) begin() { t.last = append(t.last, 0) }

func (t *thrift) end() {
	t.last = t.last[:len(t.last)-1]
	t.bytes = append(t.bytes, 0)
}

// field writes the head of a field; numbers rise by 15 at most.
func (t *thrift) field(number int, kind byte) {
	last := &t.last[len(t.last)-1]
	t.bytes = append(t.bytes, byte(number-*last)<<4|kind)
	*last = number
}

func (t *thrift) integer(number int, v int64) {
	t.field(number, thriftInt32)
	t.bytes = binary.AppendVarint(t.bytes, v)
}

func (t *thrift) integer64(number int, v int64) {
	t.field(number, thriftInt64)
	t.bytes = binary.AppendVarint(t.bytes, v)
}

func (t *thrift) text(number int, s string) {
	t.field(number, thriftBinary)
	t.raw(s)
}

func (t *thrift) raw(s string) {
	t.bytes = binary.AppendUvarint(t.bytes, uint64(len(s)))
	t.bytes = append(t.bytes, s...)
}

// list writes the head of a list; its elements follow.
func (t *thrift) list(number int, kind byte, n int) {
	t.field(number, thriftList)
	if n < 15 {
		t.bytes = append(t.bytes, byte(n)<<4|kind)
		return
	}
	t.bytes = binary.AppendUvarint(append(t.bytes, 0xf0|kind), uint64(n))
}
