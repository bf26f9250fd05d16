package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// DamagedName is what a damaged file is called after [Repair].
const DamagedName = FileName + ".damaged"

// Repair replaces the file of a folder by one with its whole records alone, and
// keeps the old one as chunks.log.damaged. It returns what was left out. A file
// without damages stays as it is.
func Repair(dir string) ([]Damage, error) {
	l, err := open(dir, os.O_RDWR|os.O_APPEND)
	if err != nil {
		return nil, err
	}
	if len(l.damages) == 0 {
		return nil, l.Close()
	}
	if err := l.rewrite(dir); err != nil {
		return nil, errors.Join(l.wrong(fmt.Errorf("it could not be repaired: %w", err)), l.file.Close())
	}
	_ = l.file.Close()
	return l.damages, nil
}

func (l *Log) rewrite(dir string) error {
	kept, fresh := filepath.Join(dir, DamagedName), filepath.Join(dir, "."+FileName)
	if _, err := os.Lstat(kept); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s of an earlier repair is in the way; want it moved elsewhere", kept)
	}
	f, err := os.OpenFile(fresh, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	err = l.copyWhole(f)
	if err == nil {
		err = f.Sync()
	}
	if err == nil { // the old file has both names until the new one takes its place
		if err = os.Link(l.path, kept); err != nil {
			err = copyFile(l.path, kept)
		}
	}
	if err == nil {
		if runtime.GOOS == "windows" { // replaces no open file
			err = errors.Join(f.Close(), l.file.Close())
		}
		err = errors.Join(err, os.Rename(fresh, l.path))
	}
	_ = f.Close()
	if err != nil {
		_ = os.Remove(fresh)
		return err
	}
	return syncFolder(dir)
}

// copyWhole writes the header and every record that can be used.
func (l *Log) copyWhole(w io.Writer) error {
	if _, err := w.Write(appendFrame([]byte(firstLine), l.header.body())); err != nil {
		return err
	}
	for _, index := range l.Chunks() {
		chunk, err := l.Load(index)
		if err != nil {
			return err
		}
		if _, err := w.Write(appendFrame(nil, chunkHead(l.header.sweepID(), index), chunk)); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
