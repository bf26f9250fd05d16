package store

import (
	"bytes"
	"errors"
	"fmt"
)

// Joined reads the files of several parts of a sweep as one.
type Joined struct {
	logs  []*Log
	at    map[int]*Log
	Twice []Overlap // the same chunk in two files, with the same bytes
}

// Overlap is a chunk that two files hold.
type Overlap struct {
	Chunk         int
	First, Second string // the files
}

// Join joins files, which must be of one sweep. A chunk that two of them hold
// with different bytes is an error: nobody knows which is right.
func Join(logs []*Log) (*Joined, error) {
	j := &Joined{logs: logs, at: map[int]*Log{}}
	var errs []error
	for _, l := range logs {
		if !bytes.Equal(l.header.Identity, logs[0].header.Identity) {
			errs = append(errs, fmt.Errorf("%s and %s are of two sweeps", logs[0].path, l.path))
			continue
		}
		for _, index := range l.Chunks() {
			other := j.at[index]
			if other == nil {
				j.at[index] = l
				continue
			}
			same, err := sameChunk(index, other, l)
			switch {
			case err != nil:
				errs = append(errs, err)
			case !same:
				errs = append(errs, fmt.Errorf("chunk %d is in %s and in %s, with different bytes", index, other.path, l.path))
			default:
				j.Twice = append(j.Twice, Overlap{index, other.path, l.path})
			}
			if len(errs) >= mostNamed {
				return nil, errors.Join(errs...)
			}
		}
	}
	return j, errors.Join(errs...)
}

func sameChunk(index int, a, b *Log) (bool, error) {
	x, err := a.Load(index)
	if err != nil {
		return false, err
	}
	y, err := b.Load(index)
	return bytes.Equal(x, y), err
}

// Has reports whether a chunk is in any file.
func (j *Joined) Has(index int) bool { return j.at[index] != nil }

// Load returns the bytes of a chunk that is in a file.
func (j *Joined) Load(index int) ([]byte, error) {
	l := j.at[index]
	if l == nil {
		return nil, fmt.Errorf("chunk %d is in none of %d files", index, len(j.logs))
	}
	return l.Load(index)
}

// Save refuses: what is joined is read only.
func (j *Joined) Save(index int, _ []byte) error {
	return fmt.Errorf("chunk %d cannot be added to files that are joined", index)
}

// Close closes all files.
func (j *Joined) Close() error {
	var errs []error
	for _, l := range j.logs {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}
