package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"mpcomm/reports/dataset"
	"mpcomm/reports/html"
)

// folder is where a command writes its files. A file has its final name only
// when it is whole: it is written under another name and renamed.
type folder struct {
	dir     string
	mu      sync.Mutex
	written []string // names in the folder, with slashes
}

// openFolder makes the folder if need be and tries to write to it, so that a
// long computation does not end at a door that was always closed.
func openFolder(dir string) (*folder, error) {
	err := os.MkdirAll(dir, 0o777)
	if err == nil {
		err = probe(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("output folder %s cannot be written: %w; want a folder that can be, with -o", dir, reason(err))
	}
	return &folder{dir: dir}, nil
}

func probe(dir string) error {
	f, err := create(dir, "probe")
	if err != nil {
		return err
	}
	_, err = f.Write([]byte{0})
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

// reason is what went wrong, without the names of temporary files.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// write makes the file called name, with slashes, from what fill writes.
func (d *folder) write(name string, fill func(io.Writer) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	final := filepath.Join(d.dir, filepath.FromSlash(name))
	if err := writeWhole(final, fill); err != nil {
		return &failure{statusUnknown, fmt.Errorf("%s could not be written: %w", final, reason(err))}
	}
	d.written = append(d.written, name)
	return nil
}

func (d *folder) writeBytes(name string, data []byte) error {
	return d.write(name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// create makes a file under a hidden name of this process. Unlike a temporary
// file it is as open to others as the reader's mask says.
func create(dir, name string) (*os.File, error) {
	hidden := fmt.Sprintf(".mpcomm-%d-%s", os.Getpid(), name)
	return os.OpenFile(filepath.Join(dir, hidden), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o666)
}

func writeWhole(final string, fill func(io.Writer) error) error {
	dir := filepath.Dir(final)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := create(dir, filepath.Base(final))
	if err != nil {
		return err
	}
	if err = errors.Join(fill(f), f.Close()); err == nil {
		err = os.Rename(f.Name(), final)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// pending is a file that grows while something else goes on.
type pending struct {
	folder *folder
	name   string
	file   *os.File
	sum    hash.Hash
	bytes  int
}

// Write adds to the file.
func (p *pending) Write(data []byte) (int, error) {
	n, err := p.file.Write(data)
	p.sum.Write(data[:n]) // never fails
	p.bytes += n
	return n, err
}

// produced describes what was written, for a manifest.
func (p *pending) produced() dataset.Produced {
	return dataset.Produced{Name: p.name, Bytes: p.bytes, SHA256: hex.EncodeToString(p.sum.Sum(nil))}
}

// begin starts a file; it has its name only after finish.
func (d *folder) begin(name string) (*pending, error) {
	f, err := create(d.dir, name)
	if err != nil {
		return nil, fmt.Errorf("output folder %s cannot be written: %w", d.dir, reason(err))
	}
	return &pending{folder: d, name: name, file: f, sum: sha256.New()}, nil
}

// finish gives the file its name.
func (p *pending) finish() error {
	err := p.file.Close()
	final := filepath.Join(p.folder.dir, p.name)
	if err == nil {
		err = os.Rename(p.file.Name(), final)
	}
	if err != nil {
		os.Remove(p.file.Name())
		return p.unwritten(err)
	}
	p.folder.written = append(p.folder.written, p.name)
	return nil
}

// unwritten says of an error by what name the reader knows the file.
func (p *pending) unwritten(err error) error {
	return &failure{statusUnknown, fmt.Errorf("%s could not be written: %w", filepath.Join(p.folder.dir, p.name), reason(err))}
}

// abandon removes what there is of the file.
func (p *pending) abandon() {
	p.file.Close()
	os.Remove(p.file.Name())
}

// settle brings what was written to the disk, so that what it was made from can
// go.
func (d *folder) settle() error {
	for _, name := range d.written {
		// Opened to write, without which Windows does not sync.
		f, err := os.OpenFile(filepath.Join(d.dir, filepath.FromSlash(name)), os.O_RDWR, 0)
		if err != nil {
			return err
		}
		if err = errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	if list, err := os.Open(d.dir); err == nil {
		_ = list.Sync() // the names of the files; some systems refuse it
		_ = list.Close()
	}
	return nil
}

// seal waits for the file at hand and lets no other begin.
func (d *folder) seal() { d.mu.Lock() }

// clearRun removes what an earlier run left that this one might not replace:
// its result, its pictures and exports but for those that are of the very run to
// come, and the logs of orderings or peers that are no more. Files that are not
// named as the program names them stay.
func (d *folder) clearRun(stays []string) error {
	remove := []string{filepath.Join(d.dir, "result.json"), filepath.Join(d.dir, spacetimeFile), filepath.Join(d.dir, barcodeFile)}
	if report := filepath.Join(d.dir, reportName); startsWith(report, html.Begins) {
		remove = append(remove, report)
	}
	logs, err := filepath.Glob(filepath.Join(escapeGlob(d.dir), "logs", "*", "p[0-9]*.log"))
	if err != nil {
		panic(fmt.Sprintf("mpcomm: the pattern of log files is bad: %v", err))
	}
	for _, path := range logs {
		digits := strings.TrimSuffix(filepath.Base(path), ".log")[1:]
		if strings.Trim(digits, "0123456789") == "" && startsWith(path, "# mpcomm log ") {
			remove = append(remove, path)
		}
	}
	for _, path := range d.exported() {
		if !slices.Contains(stays, path) {
			remove = append(remove, path)
		}
	}
	for _, path := range remove {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &failure{statusUnknown, fmt.Errorf("%s of an earlier run could not be removed: %w", path, reason(err))}
		}
	}
	for _, path := range logs {
		_ = os.Remove(filepath.Dir(path)) // only if that was its last file
	}
	_ = os.Remove(filepath.Join(d.dir, "exports")) // likewise
	return nil
}

// readOwn reads a file that the program writes into a folder, if it is a regular
// one. The error does not name it.
func readOwn(dir, name string) ([]byte, error) {
	data, err := dataset.ReadFile(os.DirFS(dir), name)
	if err != nil {
		return nil, reason(err)
	}
	return data, nil
}

// startsWith reports whether a regular file begins with the words.
func startsWith(path, words string) bool {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	begin := make([]byte, len(words))
	_, err = io.ReadFull(f, begin)
	return err == nil && bytes.Equal(begin, []byte(words))
}

// escapeGlob writes a path so that it stands for itself in a pattern.
func escapeGlob(path string) string {
	return strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(path)
}
