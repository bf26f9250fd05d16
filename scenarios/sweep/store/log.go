package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// syncEvery is how often a file that grows is brought to the disk.
const syncEvery = 2 * time.Second

// ErrInUse says that another process writes the file.
var ErrInUse = errors.New("another process is at work in it")

// file is the part of an os.File that a log uses.
type file interface {
	io.Writer
	io.ReaderAt
	io.Closer
	Truncate(size int64) error
	Sync() error
}

// Log is an open file of chunks. It is for one goroutine at a time.
type Log struct {
	contents
	path     string
	file     file
	writable bool
	locked   bool
	fault    error // of an earlier write; nothing is written after it
	buffer   []byte
	synced   time.Time
	syncing  chan error // the sync under way; nil = none
}

// Create makes the file in a folder that has none.
func Create(dir string, h Header) (*Log, error) {
	l := &Log{contents: contents{header: h, records: map[int]place{}}, path: filepath.Join(dir, FileName), writable: true}
	f, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o666)
	if err != nil {
		return nil, l.wrong(err)
	}
	l.file = f
	if l.locked, err = lock(f); err == nil {
		b := appendFrame([]byte(firstLine), h.body())
		l.end = int64(len(b))
		if _, err = f.Write(b); err == nil {
			err = errors.Join(f.Sync(), syncFolder(dir))
		}
	}
	if err != nil {
		_ = f.Close()
		_ = os.Remove(l.path) // holds nothing
		return nil, l.wrong(err)
	}
	l.synced = time.Now()
	return l, nil
}

// Open opens the file of a folder to go on. A last record that was not finished
// is cut off; see Torn. A file with damages is not opened: the error is a
// [*DamagedError]. If there is no file, the error is fs.ErrNotExist.
func Open(dir string) (*Log, error) {
	l, err := open(dir, os.O_RDWR|os.O_APPEND)
	if err != nil {
		return nil, err
	}
	if len(l.damages) > 0 {
		_ = l.file.Close()
		return nil, l.damaged()
	}
	if l.torn > 0 {
		if err := l.file.Truncate(l.end); err != nil {
			_ = l.file.Close()
			return nil, l.wrong(fmt.Errorf("its last record, which was not finished, could not be cut off: %w", err))
		}
	}
	l.writable = true
	return l, nil
}

// Read opens the file of a folder for reading alone, while another process may
// write it. Damages are left out and listed.
func Read(dir string) (*Log, error) { return open(dir, os.O_RDONLY) }

func open(dir string, flag int) (*Log, error) {
	l := &Log{path: filepath.Join(dir, FileName), synced: time.Now()}
	// A pipe would wait for its other end, and a device never ends.
	if info, err := os.Stat(l.path); err == nil && !info.Mode().IsRegular() {
		return nil, l.wrong(fmt.Errorf("it is a %s; want a regular file", kindOf(info.Mode())))
	}
	f, err := os.OpenFile(l.path, flag, 0)
	if err != nil {
		return nil, l.wrong(err)
	}
	l.file = f
	if flag != os.O_RDONLY {
		if l.locked, err = lock(f); err == nil {
			err = stillThere(f, l.path)
		}
	}
	var size int64
	if err == nil {
		size, err = f.Seek(0, io.SeekEnd)
	}
	var c *contents
	if err == nil {
		c, err = scan(f, size)
	}
	if err != nil {
		_ = f.Close()
		return nil, l.wrong(err)
	}
	l.contents = *c
	return l, nil
}

// kindOf names what is no regular file.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "folder"
	case mode&fs.ModeNamedPipe != 0:
		return "named pipe"
	case mode&fs.ModeSocket != 0:
		return "socket"
	}
	return "device"
}

// stillThere refuses a file that another process has replaced or removed since
// it was opened.
func stillThere(f *os.File, path string) error {
	mine, err := f.Stat()
	if err != nil {
		return err
	}
	now, err := os.Stat(path)
	if err != nil || !os.SameFile(mine, now) {
		return ErrInUse
	}
	return nil
}

// wrong says which file an error is about, once.
func (l *Log) wrong(err error) error { return fmt.Errorf("%s: %w", l.path, bare(err)) }

// unwritten says that a file could not be written, and why.
func (l *Log) unwritten(errs ...error) error {
	for i := range errs {
		errs[i] = bare(errs[i])
	}
	return fmt.Errorf("%s could not be written: %w", l.path, errors.Join(errs...))
}

// bare is an error without the name of the file.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Path is the file's name with its folder.
func (l *Log) Path() string { return l.path }

// Header is what the file was made with.
func (l *Log) Header() Header { return l.header }

// Locked reports whether other processes are kept from writing the file. Not
// all file systems can do that.
func (l *Log) Locked() bool { return l.locked }

// Torn is the number of bytes of a last record that was not finished.
func (l *Log) Torn() int64 { return l.torn }

// Twice is the number of records that say what another says already.
func (l *Log) Twice() int { return l.twice }

// Damages are the stretches that cannot be used; only of a file opened by Read.
func (l *Log) Damages() []Damage { return l.damages }

// Len is the number of chunks.
func (l *Log) Len() int { return len(l.records) }

// Chunks are the numbers of the chunks, ascending.
func (l *Log) Chunks() []int {
	all := make([]int, 0, len(l.records))
	for index := range l.records {
		all = append(all, index)
	}
	slices.Sort(all)
	return all
}

// Has reports whether a chunk is there.
func (l *Log) Has(index int) bool {
	_, ok := l.records[index]
	return ok
}

// Load returns the bytes of a chunk that is there, checked again.
func (l *Log) Load(index int) ([]byte, error) {
	p, ok := l.records[index]
	if !ok {
		return nil, l.wrong(fmt.Errorf("chunk %d is not there", index))
	}
	r := reader{l.file, l.end}
	frame, problem, err := r.frame(p.offset)
	if err != nil {
		return nil, l.wrong(err)
	}
	id, found, skip, ok := parseChunk(frame[min(frameBytes, len(frame)):])
	if problem == "" && (!ok || id != l.header.sweepID() || found != index) {
		problem = unreadable
	}
	if problem != "" {
		return nil, l.wrong(fmt.Errorf("offset %d, chunk %d: %s since it was opened", p.offset, index, problem))
	}
	return frame[frameBytes+skip:], nil
}

// Save adds a chunk that is not there. When it returns, the chunk survives the
// end of the program. After an error, what was there before is whole, and
// nothing more is saved.
func (l *Log) Save(index int, chunk []byte) error {
	switch {
	case !l.writable:
		panic("store: a file that was opened for reading is written")
	case l.fault != nil:
		return l.fault
	case l.Has(index) || index < 0:
		return l.wrong(fmt.Errorf("chunk %d is there already", index))
	}
	l.buffer = appendFrame(l.buffer[:0], chunkHead(l.header.sweepID(), index), chunk)
	if len(l.buffer)-frameBytes > mostBody {
		return l.wrong(fmt.Errorf("chunk %d is %d bytes; want at most %d", index, len(l.buffer), mostBody))
	}
	if _, err := l.file.Write(l.buffer); err != nil {
		// Part of the record may be there; reading would cut it off as well.
		l.fault = l.unwritten(err, l.file.Truncate(l.end))
		return l.fault
	}
	l.records[index] = place{l.end, len(l.buffer)}
	l.end += int64(len(l.buffer))
	return l.maybeSync()
}

// maybeSync begins to bring the file to the disk now and then, beside the work.
func (l *Log) maybeSync() error {
	if l.syncing != nil {
		select {
		case err := <-l.syncing:
			if l.syncing = nil; err != nil {
				l.fault = l.unwritten(err)
				return l.fault
			}
		default:
			return nil
		}
	}
	if now := time.Now(); now.Sub(l.synced) >= syncEvery {
		l.synced = now
		done := make(chan error, 1)
		go func() { done <- l.file.Sync() }()
		l.syncing = done
	}
	return nil
}

// Close brings everything to the disk and gives the file free.
func (l *Log) Close() error {
	var errs []error
	if l.syncing != nil {
		errs = append(errs, <-l.syncing)
		l.syncing = nil
	}
	if l.writable {
		errs = append(errs, l.file.Sync())
	}
	if errs = append(errs, l.file.Close()); errors.Join(errs...) != nil {
		return l.unwritten(errs...)
	}
	return nil
}

// Remove closes the file and removes it: what it held has gone elsewhere.
func (l *Log) Remove() error {
	// Removed before it is closed, so that no process finds it free.
	err := os.Remove(l.path)
	closed := l.Close()
	if err != nil { // some systems remove no open file
		err = os.Remove(l.path)
	}
	if err = errors.Join(err, closed); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return l.wrong(err)
	}
	return nil
}

// syncFolder brings a folder's list of files to the disk, where that can be done.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	_ = d.Sync() // some systems refuse it for folders
	return d.Close()
}

// DamagedError lists what is damaged in a file.
type DamagedError struct {
	Path    string
	Damages []Damage
	Whole   int // chunks that can be used
}

func (l *Log) damaged() *DamagedError {
	return &DamagedError{Path: l.path, Damages: l.damages, Whole: l.Len()}
}

// mostNamed bounds the damages that an error names.
const mostNamed = 8

// Error names the file, the damages and what is whole.
func (e *DamagedError) Error() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s is damaged:", e.Path)
	for i, d := range e.Damages {
		if i == mostNamed {
			fmt.Fprintf(&b, "\n  and %d more", len(e.Damages)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %v", d)
	}
	fmt.Fprintf(&b, "\n%d chunks are whole", e.Whole)
	return b.String()
}
