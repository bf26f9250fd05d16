package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestAltered alters every byte behind the header, one at a time: what it hits
// is named with its place, nothing of it is used, all else is found.
func TestAltered(t *testing.T) {
	t.Parallel()
	chunks := []int{2, 5, 3, 4}
	dir := made(t, chunks...)
	whole := content(t, dir)
	l, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	places := l.records
	_ = l.Close()
	begin := int(places[2].offset)
	for at := begin; at < len(whole); at++ {
		b := bytes.Clone(whole)
		b[at] ^= 0x40
		put(t, dir, b)
		hit := -1
		var left []int
		for _, c := range chunks {
			if p := places[c]; at >= int(p.offset) && at < int(p.offset)+p.length {
				hit = c
			} else {
				left = append(left, c)
			}
		}
		l, err := Read(dir)
		if err != nil {
			t.Fatalf("byte %d: %v", at, err)
		}
		requireChunks(t, l, left...)
		torn := hit == 4 && l.Torn() > 0 // a length that is too large now, in the last record
		if !torn && (len(l.Damages()) == 0 || l.Damages()[0].Offset != places[hit].offset) {
			t.Fatalf("byte %d of chunk %d at %d: damages %v", at, hit, places[hit].offset, l.Damages())
		}
		if relative := at - int(places[hit].offset); relative >= frameBytes+10 && l.Damages()[0].Chunk != hit {
			t.Fatalf("byte %d of chunk %d: damages %v", at, hit, l.Damages())
		}
		_ = l.Close()
		var damaged *DamagedError
		if l, err = Open(dir); torn {
			_ = l.Close()
		} else if !errors.As(err, &damaged) || !strings.Contains(err.Error(), fmt.Sprintf("offset %d", places[hit].offset)) {
			t.Fatalf("byte %d: %v", at, err)
		}
	}
}

func TestDamagedHeader(t *testing.T) {
	t.Parallel()
	dir := made(t, 2)
	whole := content(t, dir)
	for _, test := range []struct {
		at   int
		want string
	}{
		{0, "it is no file of chunks"},
		{len("mpcomm chunks "), `its format is "q"`},
		{len(firstLine), "its header is damaged"},
		{len(firstLine) + frameBytes + 5, "its header is damaged"},
	} {
		b := bytes.Clone(whole)
		b[test.at] ^= 0x40
		put(t, dir, b)
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), FileName) {
			t.Errorf("byte %d: %v, want %s", test.at, err, test.want)
		}
	}
}

// TestRepair: the whole records stay, the damaged file is kept, and the chunks
// that were lost can be made again.
func TestRepair(t *testing.T) {
	t.Parallel()
	dir := made(t, 2, 5, 3)
	if damages, err := Repair(dir); err != nil || damages != nil {
		t.Errorf("nothing to repair: %v, %v", damages, err)
	}
	b := content(t, dir)
	b[len(b)-2] ^= 1
	put(t, dir, b)
	damages, err := Repair(dir)
	if err != nil || len(damages) != 1 || damages[0].Chunk != 3 {
		t.Fatalf("%v, %v", damages, err)
	}
	if kept, err := os.ReadFile(filepath.Join(dir, DamagedName)); err != nil || !bytes.Equal(kept, b) {
		t.Errorf("the damaged file is not kept: %v", err)
	}
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	requireChunks(t, l, 2, 5)
	save(t, l, 3)
	if _, err := Repair(dir); !errors.Is(err, ErrInUse) {
		t.Errorf("a file in use is repaired: %v", err)
	}
	_ = l.Close()
	b = content(t, dir)
	b[len(b)-2] ^= 1
	put(t, dir, b)
	if _, err := Repair(dir); err == nil || !strings.Contains(err.Error(), "earlier repair is in the way") {
		t.Errorf("an earlier repair is lost: %v", err)
	}
	if !bytes.Equal(content(t, dir), b) {
		t.Error("a repair that fails alters the file")
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestDuplicatesAndForeignRecords(t *testing.T) {
	t.Parallel()
	dir := made(t, 2, 5)
	whole := content(t, dir)
	record := func(h Header, index int, text string) []byte {
		return appendFrame(nil, chunkHead(h.sweepID(), index), []byte(text))
	}
	other := Header{Identity: []byte("another")}
	for name, test := range map[string]struct {
		more  []byte
		left  []int
		twice int
		what  []string
	}{
		"the same chunk, alike":   {record(header, 5, string(chunkText(5))), []int{2, 5}, 1, nil},
		"the same chunk, unlike":  {record(header, 5, "otherwise"), []int{2}, 0, []string{different}},
		"three of one chunk":      {append(record(header, 5, "a"), record(header, 5, "b")...), []int{2}, 0, []string{different, different}},
		"a chunk of another":      {record(other, 7, "x"), []int{2, 5}, 0, []string{foreign}},
		"a whole file of another": {appendFrame(nil, other.body()), []int{2, 5}, 0, []string{unreadable}},
		"the file itself":         {whole[len(firstLine):], []int{2, 5}, 2, nil},
		"a record of nothing":     {appendFrame(nil, nil), []int{2, 5}, 0, []string{unreadable}},
		"text":                    {[]byte("text\n"), []int{2, 5}, 0, []string{unmarked}},
	} {
		put(t, dir, append(bytes.Clone(whole), test.more...))
		l, err := Read(dir)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var what []string
		for _, d := range l.Damages() {
			what = append(what, d.What)
		}
		if !slices.Equal(what, test.what) || l.Twice() != test.twice || l.Torn() != 0 {
			t.Errorf("%s: damages %v, twice %d, torn %d", name, l.Damages(), l.Twice(), l.Torn())
		}
		requireChunks(t, l, test.left...)
		_ = l.Close()
	}
}

// TestAnyBytes: whatever a file holds, reading it does not fail otherwise than
// by an error, and what it takes for a chunk was one.
func TestAnyBytes(t *testing.T) {
	t.Parallel()
	dir := made(t, 2, 5, 3)
	whole := content(t, dir)
	rapid.Check(t, func(t *rapid.T) {
		b := bytes.Clone(whole)
		for range rapid.IntRange(0, 6).Draw(t, "edits") {
			at := rapid.IntRange(0, len(b)).Draw(t, "at")
			n := rapid.IntRange(0, min(40, len(b)-at)).Draw(t, "removed")
			b = slices.Concat(b[:at], rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "inserted"), b[at+n:])
		}
		c, err := scan(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for index, p := range c.records {
			_, _, skip, _ := parseChunk(b[p.offset+frameBytes:])
			if got := b[p.offset+frameBytes+int64(skip) : p.offset+int64(p.length)]; !bytes.Equal(got, chunkText(index)) {
				t.Errorf("chunk %d is %q", index, got)
			}
		}
	})
}
