package scenarios

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"mpcomm/network/latency"
)

// Files reads a file that a scenario names, by the path as written there. A
// nil Files has none.
type Files func(path string) ([]byte, error)

// maxDataBytes bounds a matrix or sample file.
const maxDataBytes = 256 << 20

// FilesIn reads files relative to a folder.
func FilesIn(dir string) Files {
	return func(path string) ([]byte, error) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		return readFile(path, maxDataBytes)
	}
}

// readFile reads a file of at most limit bytes. What has no size, such as a pipe
// or a device, is read no further than that.
func readFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder; want a file", path)
	case info.Size() > limit:
		return nil, fmt.Errorf("%s has %d bytes; want at most %d", path, info.Size(), limit)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, fmt.Errorf("%s has more than %d bytes; want at most that", path, limit)
	}
	return data, err
}

// fileCache holds what the files of a scenario contained, parsed once for all
// cells of its sweep.
type fileCache struct {
	mu        sync.Mutex
	files     Files
	matrices  map[string]cached[*latency.Matrix]
	samples   map[string]cached[[]int64]
	allSeries map[string]cached[series]
	bases     map[string]cached[*latency.Matrix]
	sums      map[string][sha256.Size]byte
}

type cached[T any] struct {
	value T
	err   error
}

func newFileCache(files Files) *fileCache {
	return &fileCache{
		files: files, matrices: map[string]cached[*latency.Matrix]{},
		samples: map[string]cached[[]int64]{}, allSeries: map[string]cached[series]{}, bases: map[string]cached[*latency.Matrix]{}, sums: map[string][sha256.Size]byte{},
	}
}

func (c *fileCache) read(path string) ([]byte, error) {
	if c.files == nil {
		return nil, fmt.Errorf("cannot read %s: this scenario was not read from a folder, so it can name no files", path)
	}
	data, err := c.files(path)
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		return nil, fmt.Errorf("cannot read %s: %w", path, pathError.Err)
	}
	if err == nil {
		c.sums[path] = sha256.Sum256(data)
	}
	return data, err
}

func (c *fileCache) matrix(path string, unit time.Duration) (*latency.Matrix, error) {
	return fetch(c, c.matrices, path, unit, func(data []byte) (*latency.Matrix, error) {
		return latency.ReadMatrix(bytes.NewReader(data), unit)
	})
}

func (c *fileCache) sample(path string, unit time.Duration) ([]int64, error) {
	return fetch(c, c.samples, path, unit, func(data []byte) ([]int64, error) {
		return latency.ReadSample(bytes.NewReader(data), unit)
	})
}

func fetch[T any](c *fileCache, store map[string]cached[T], path string, form any,
	parse func([]byte) (T, error),
) (T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := fmt.Sprintf("%d %s", form, path)
	if found, ok := store[name]; ok {
		return found.value, found.err
	}
	var result cached[T]
	data, err := c.read(path)
	if err == nil {
		result.value, err = parse(data)
	}
	if err != nil {
		result.err = oneLine(err)
	}
	store[name] = result
	return result.value, result.err
}

// base is the matrix called name: cells of a sweep share theirs.
func (c *fileCache) base(name string, build func() (*latency.Matrix, error)) (*latency.Matrix, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if found, ok := c.bases[name]; ok {
		return found.value, found.err
	}
	var result cached[*latency.Matrix]
	result.value, result.err = build()
	if result.err != nil {
		result.err = oneLine(result.err)
	}
	c.bases[name] = result
	return result.value, result.err
}

// oneLine joins the lines of an error that lists several.
func oneLine(err error) error { return errors.New(strings.ReplaceAll(err.Error(), "\n", "; ")) }

// sum is the SHA-256 of a file that has been read.
func (c *fileCache) sum(path string) [sha256.Size]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sums[path]
}

// sampleUnits is what the numbers of an empirical file count, in the base of
// each quantity: ms in ns, B in B, ppm in ppb.
var sampleUnits = map[*quantity]time.Duration{&durations: time.Millisecond, &sizes: 1, &drifts: 1000}

// sample reads the file of an empirical distribution.
func (d *decoder) sample(r record, f *form) []int64 {
	n, path, _ := r.value("file")
	if n == nil || n.kind != scalarNode {
		return nil
	}
	values, err := d.files.sample(n.scalar, sampleUnits[f.quantity])
	switch {
	case err != nil:
		d.problem(n, path, "%v", err)
	case len(values) == 0:
		d.problem(n, path, "%s holds no numbers; want at least one", n.scalar)
	case values[0] < f.min:
		d.problem(n, path, "%s holds %s; want %s", n.scalar, f.quantity.print(values[0]), rangeOf(f))
	}
	return values
}
