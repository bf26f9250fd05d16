package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// place is where a record stands in a file.
type place struct {
	offset int64 // of its mark
	length int   // of the whole record
}

// Damage is a stretch of a file that is not as it was written.
type Damage struct {
	Offset, Length int64
	Chunk          int // that it held, as far as can be told; -1 = unknown
	What           string
}

// String says where it is and what is wrong.
func (d Damage) String() string {
	chunk := "an unknown chunk"
	if d.Chunk >= 0 {
		chunk = fmt.Sprintf("chunk %d", d.Chunk)
	}
	return fmt.Sprintf("offset %d, %d bytes, %s: %s", d.Offset, d.Length, chunk, d.What)
}

// ErrEmpty says that a file holds no whole header: the program was killed when
// it had just made the file, before the first chunk.
var ErrEmpty = errors.New("no chunk was ever finished there")

// contents is what reading a file found.
type contents struct {
	header  Header
	records map[int]place
	doubted map[int]bool // chunks that stand there with different bytes
	end     int64        // of the last whole record
	torn    int64        // bytes behind it, of a record that was not finished
	twice   int          // records of chunks that were there already, with the same bytes
	damages []Damage
}

// reader is a file of which records are read.
type reader struct {
	file io.ReaderAt
	size int64
}

// scan reads a whole file.
func scan(file io.ReaderAt, size int64) (*contents, error) {
	r := &reader{file, size}
	c := &contents{records: map[int]place{}, doubted: map[int]bool{}}
	at, err := r.header(c)
	if err != nil {
		return nil, err
	}
	c.end = at
	for at < size {
		frame, problem, err := r.frame(at)
		if err != nil {
			return nil, err
		}
		if problem != "" {
			if at, err = r.resume(c, at, problem); err != nil {
				return nil, err
			}
			continue
		}
		if err := r.enter(c, at, frame); err != nil {
			return nil, err
		}
		at += int64(len(frame))
		c.end = at
	}
	return c, nil
}

// header reads the first line and the header, and returns where the records
// begin.
func (r *reader) header(c *contents) (int64, error) {
	line, err := r.bytes(0, min(len(firstLine), int(min(r.size, 1<<10))))
	if err != nil {
		return 0, err
	}
	if string(line) != firstLine {
		if bytes.HasPrefix([]byte(firstLine), line) {
			return 0, ErrEmpty
		}
		if other, isOurs := bytes.CutPrefix(line, []byte("mpcomm chunks ")); isOurs {
			return 0, fmt.Errorf("its format is %q, this program reads format 1; want the version of the program that wrote it", bytes.TrimSpace(other))
		}
		return 0, errors.New("it is no file of chunks, or its first line is damaged; want another folder")
	}
	at := int64(len(firstLine))
	frame, problem, err := r.frame(at)
	if err != nil {
		return 0, err
	}
	if problem == "" {
		if h, ok := parseHeader(frame[frameBytes:]); ok {
			c.header = h
			return at + int64(len(frame)), nil
		}
	}
	if problem == unfinished {
		return 0, ErrEmpty
	}
	return 0, errors.New("its header is damaged, so that its chunks cannot be told from those of another sweep; begin again in another folder")
}

// What may be wrong with a record.
const (
	unfinished = "the file ends before the record"
	unmarked   = "no record begins here"
	altered    = "its bytes do not match their checksum"
	foreign    = "it is a record of another sweep"
	unreadable = "it is no record of a chunk"
	different  = "the same chunk stands before it with other bytes"
)

func (r *reader) bytes(at int64, n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := r.file.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("it could not be read at offset %d: %w", at, err)
	}
	return b, nil
}

// frame reads the record at an offset, or says what is wrong with it.
func (r *reader) frame(at int64) (frame []byte, problem string, err error) {
	head, err := r.bytes(at, int(min(frameBytes, r.size-at)))
	if err != nil {
		return nil, "", err
	}
	if !bytes.HasPrefix(head, mark[:min(len(head), len(mark))]) {
		return nil, unmarked, nil
	}
	if len(head) < frameBytes {
		return nil, unfinished, nil
	}
	length := int64(binary.LittleEndian.Uint32(head[4:]))
	if length > r.size-at-frameBytes {
		return nil, unfinished, nil
	}
	if frame, err = r.bytes(at, frameBytes+int(length)); err != nil {
		return nil, "", err
	}
	if checksum(frame) != binary.LittleEndian.Uint32(frame[8:]) {
		return nil, altered, nil
	}
	return frame, "", nil
}

// enter takes a whole record.
func (r *reader) enter(c *contents, at int64, frame []byte) error {
	if h, ok := parseHeader(frame[frameBytes:]); ok && bytes.Equal(h.Identity, c.header.Identity) {
		return nil // the files of two parts, one behind the other
	}
	id, index, _, ok := parseChunk(frame[frameBytes:])
	bad := func(what string) {
		c.damages = append(c.damages, Damage{Offset: at, Length: int64(len(frame)), Chunk: index, What: what})
	}
	switch {
	case !ok:
		index = -1
		bad(unreadable)
		return nil
	case id != c.header.sweepID():
		bad(foreign)
		return nil
	}
	first, again := c.records[index]
	if c.doubted[index] {
		bad(different)
		return nil
	}
	if !again {
		c.records[index] = place{at, len(frame)}
		return nil
	}
	before, err := r.bytes(first.offset, first.length)
	if err != nil {
		return err
	}
	if !bytes.Equal(before, frame) {
		delete(c.records, index) // which of the two is right nobody knows
		c.doubted[index] = true
		bad(different)
		return nil
	}
	c.twice++
	return nil
}

// resume finds the next whole record behind one that is not, and returns where
// it begins, or the end of the file.
func (r *reader) resume(c *contents, at int64, problem string) (int64, error) {
	next, err := r.nextWhole(at + 1)
	if err != nil {
		return 0, err
	}
	if next == r.size {
		blank, err := r.blank(at)
		if err != nil {
			return 0, err
		}
		// A file that grew but got no bytes is what a loss of power leaves.
		if problem == unfinished || blank {
			c.torn = r.size - at
			return next, nil
		}
	}
	d := Damage{Offset: at, Length: next - at, Chunk: -1, What: problem}
	if problem != unmarked {
		head, err := r.bytes(at+frameBytes, int(min(32, max(0, next-at-frameBytes))))
		if err != nil {
			return 0, err
		}
		if id, index, _, ok := parseChunk(head); ok && id == c.header.sweepID() {
			d.Chunk = index
		}
		if problem == unfinished {
			d.What = altered // something follows, so it is the length that is wrong
		}
	}
	c.damages = append(c.damages, d)
	return next, nil
}

// window is how much is read at a time to find a mark.
const window = 1 << 16

// nextWhole returns the offset of the first whole record from an offset on, or
// the size of the file.
func (r *reader) nextWhole(from int64) (int64, error) {
	for at := from; at < r.size; {
		b, err := r.bytes(at, int(min(window, r.size-at)))
		if err != nil {
			return 0, err
		}
		found := bytes.Index(b, mark[:])
		if found < 0 {
			at += max(1, int64(len(b)-len(mark)+1))
			continue
		}
		at += int64(found)
		if _, problem, err := r.frame(at); err != nil || problem == "" {
			return at, err
		}
		at++
	}
	return r.size, nil
}

// blank reports whether a file has nothing but zeros from an offset on.
func (r *reader) blank(at int64) (bool, error) {
	for ; at < r.size; at += window {
		b, err := r.bytes(at, int(min(window, r.size-at)))
		if err != nil {
			return false, err
		}
		if len(bytes.Trim(b, "\x00")) > 0 {
			return false, nil
		}
	}
	return true, nil
}
