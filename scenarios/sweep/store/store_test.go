package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var header = Header{Identity: []byte(`{"scenario":"lab"}`), Notes: []byte("as called")}

// chunkText is what the chunk of a number holds in these tests; some are empty,
// some look like the beginning of a record.
func chunkText(index int) []byte {
	switch index % 4 {
	case 0:
		return nil
	case 1:
		return append(bytes.Clone(mark[:]), "\x05\x00\x00\x00 within a record"...)
	}
	return bytes.Repeat(fmt.Appendf(nil, "chunk %d ", index), index)
}

// made is a folder with a file that holds some chunks.
func made(t *testing.T, chunks ...int) string {
	t.Helper()
	dir := t.TempDir()
	l, err := Create(dir, header)
	if err != nil {
		t.Fatal(err)
	}
	save(t, l, chunks...)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func save(t *testing.T, l *Log, chunks ...int) {
	t.Helper()
	for _, index := range chunks {
		if err := l.Save(index, chunkText(index)); err != nil {
			t.Fatal(err)
		}
	}
}

// requireChunks holds the log to exactly these chunks.
func requireChunks(t *testing.T, l *Log, want ...int) {
	t.Helper()
	slices.Sort(want)
	if got := l.Chunks(); !slices.Equal(got, want) {
		t.Fatalf("chunks %v, want %v", got, want)
	}
	for _, index := range want {
		got, err := l.Load(index)
		if err != nil || !bytes.Equal(got, chunkText(index)) || !l.Has(index) {
			t.Fatalf("chunk %d: %q, %v", index, got, err)
		}
	}
}

func content(t *testing.T, dir string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func put(t *testing.T, dir string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, FileName), b, 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestGoesOn(t *testing.T) {
	t.Parallel()
	dir := made(t, 3, 1)
	for _, more := range []int{7, 0, 1 << 30} {
		l, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if l.Torn() != 0 || l.Twice() != 0 || string(l.Header().Notes) != "as called" || !bytes.Equal(l.Header().Identity, header.Identity) {
			t.Errorf("opened as %+v", l.contents)
		}
		if more == 1<<30 {
			if err := l.Save(more, []byte("far")); err != nil {
				t.Fatal(err)
			}
		} else {
			save(t, l, more)
		}
		if err := l.Save(more, nil); err == nil || !strings.Contains(err.Error(), "is there already") {
			t.Errorf("a chunk is saved twice: %v", err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	l, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if got, err := l.Load(1 << 30); err != nil || string(got) != "far" || l.Len() != 5 {
		t.Errorf("%q, %v, %d chunks", got, err, l.Len())
	}
	if _, err := l.Load(2); err == nil || !strings.Contains(err.Error(), "chunk 2 is not there") {
		t.Errorf("chunk 2: %v", err)
	}
	if _, err := Create(dir, header); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file is made where one is: %v", err)
	}
	if _, err := Open(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// TestTruncated cuts a file at every offset: the records before are whole, the
// one that is cut is cut off, and the file goes on.
func TestTruncated(t *testing.T) {
	t.Parallel()
	dir := made(t, 2, 5)
	before := len(content(t, dir))
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	save(t, l, 3)
	_ = l.Close()
	whole := content(t, dir)
	for n := before; n < len(whole); n++ {
		put(t, dir, whole[:n])
		l, err := Open(dir)
		if err != nil {
			t.Fatalf("cut at %d: %v", n, err)
		}
		if l.Torn() != int64(n-before) {
			t.Fatalf("cut at %d: %d bytes torn, want %d", n, l.Torn(), n-before)
		}
		requireChunks(t, l, 2, 5)
		save(t, l, 3)
		_ = l.Close()
		if !bytes.Equal(content(t, dir), whole) {
			t.Fatalf("cut at %d: the file goes on otherwise", n)
		}
	}
	// Within the first line and the header no chunk is lost, and none was there.
	end := bytes.Index(whole, mark[:]) + frameBytes + len(header.body())
	for n := range end {
		put(t, dir, whole[:n])
		if _, err := Open(dir); !errors.Is(err, ErrEmpty) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
	// A loss of power may leave zeros.
	put(t, dir, append(bytes.Clone(whole), make([]byte, 3*window)...))
	if l, err = Open(dir); err != nil || l.Torn() != 3*window {
		t.Fatalf("zeros behind the last record: %v", err)
	}
	requireChunks(t, l, 2, 3, 5)
	_ = l.Close()
}

func TestInUse(t *testing.T) {
	t.Parallel()
	dir := made(t, 2)
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !l.Locked() {
		t.Skip("this system, or its file system, has no locks of files")
	}
	if _, err := Open(dir); !errors.Is(err, ErrInUse) {
		t.Errorf("opened twice: %v", err)
	}
	r, err := Read(dir)
	if err != nil {
		t.Errorf("a file that is written cannot be read: %v", err)
	} else {
		requireChunks(t, r, 2)
		_ = r.Close()
	}
	if err := l.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removed: %v", err)
	}
}

// disk is a disk that fails: writes beyond its room, or its syncs.
type disk struct {
	*os.File
	room     int
	syncs    int
	syncFail error
}

var errFull = errors.New("no space left on device")

func (d *disk) Write(b []byte) (int, error) {
	if len(b) > d.room {
		n, _ := d.File.Write(b[:d.room])
		d.room = 0
		return n, errFull
	}
	d.room -= len(b)
	return d.File.Write(b)
}

func (d *disk) Sync() error {
	d.syncs++
	return d.syncFail
}

// TestDiskFull: what was written stays, what was not is taken back, and when
// there is room again the file goes on.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	for room := range 90 {
		dir := made(t, 2, 5)
		before := content(t, dir)
		l, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		l.file = &disk{File: l.file.(*os.File), room: room}
		if err = l.Save(7, bytes.Repeat([]byte("x"), 100)); !errors.Is(err, errFull) || !strings.Contains(err.Error(), l.Path()) {
			t.Fatalf("room for %d bytes: %v", room, err)
		}
		if err = l.Save(3, nil); !errors.Is(err, errFull) {
			t.Fatalf("after a failure: %v", err)
		}
		requireChunks(t, l, 2, 5)
		_ = l.Close()
		if !bytes.Equal(content(t, dir), before) {
			t.Fatalf("room for %d bytes: the file has changed", room)
		}
	}
}

func TestDevFull(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("/dev/full is of Linux")
	}
	f, err := os.OpenFile("/dev/full", os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		t.Skipf("/dev/full cannot be opened here: %v", err)
	}
	l := &Log{contents: contents{header: header, records: map[int]place{}}, path: "full", file: f, writable: true}
	if err := l.Save(1, []byte("x")); err == nil || !strings.Contains(err.Error(), "full could not be written: ") || l.Has(1) {
		t.Errorf("saved to a full disk: %v", err)
	}
	_ = f.Close()
}

// TestSyncs: a file is brought to the disk when its last sync is long ago, and
// when it is closed; what goes wrong then is told.
func TestSyncs(t *testing.T) {
	t.Parallel()
	dir := made(t, 2)
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	d := &disk{File: l.file.(*os.File), room: 1 << 20}
	l.file = d
	save(t, l, 3)
	if l.syncing != nil {
		t.Error("synced with every chunk")
	}
	l.synced = l.synced.Add(-syncEvery)
	save(t, l, 4)
	if l.syncing == nil {
		t.Error("not synced after two seconds")
	}
	if err := <-l.syncing; err != nil || d.syncs != 1 {
		t.Errorf("%d syncs, %v", d.syncs, err)
	}
	broken := make(chan error, 1)
	broken <- errFull
	l.syncing = broken
	if err := l.Save(6, nil); !errors.Is(err, errFull) {
		t.Errorf("a failed sync is not told: %v", err)
	}
	d.syncFail = errFull
	if err := l.Close(); !errors.Is(err, errFull) || d.syncs != 2 {
		t.Errorf("closed with %d syncs: %v", d.syncs, err)
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	read := func(dir string) *Log {
		l, err := Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		return l
	}
	j, err := Join([]*Log{read(made(t, 2, 5)), read(made(t, 3)), read(made(t, 5, 7))})
	if err != nil {
		t.Fatal(err)
	}
	for _, index := range []int{2, 3, 5, 7} {
		if got, err := j.Load(index); !j.Has(index) || err != nil || !bytes.Equal(got, chunkText(index)) {
			t.Errorf("chunk %d: %q, %v", index, got, err)
		}
	}
	if _, err := j.Load(4); err == nil || j.Has(4) || len(j.Twice) != 1 || j.Twice[0].Chunk != 5 {
		t.Errorf("chunk 4: %v; overlaps %v", err, j.Twice)
	}
	if j.Save(4, nil) == nil {
		t.Error("a chunk is added to what is joined")
	}
	dir := made(t)
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Save(3, []byte("otherwise")), l.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Join([]*Log{read(made(t, 3)), read(dir)}); err == nil || !strings.Contains(err.Error(), "chunk 3 is in ") {
		t.Errorf("different bytes: %v", err)
	}
	other := t.TempDir()
	l, err = Create(other, Header{Identity: []byte("another")})
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	if _, err := Join([]*Log{read(dir), read(other)}); err == nil || !strings.Contains(err.Error(), "are of two sweeps") {
		t.Errorf("two sweeps: %v", err)
	}
}
