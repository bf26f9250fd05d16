package dataset

import (
	"errors"
	"io/fs"
)

// errNotRegular is of a pipe, which would wait for its other end, of a device,
// which may never end, and of a folder.
var errNotRegular = errors.New("it is no regular file, but a pipe, a device or a folder; want the file as it was written")

// ReadFile reads a file that was written into a folder, if it is a regular one.
func ReadFile(folder fs.FS, name string) ([]byte, error) {
	if err := regular(folder, name); err != nil {
		return nil, err
	}
	return fs.ReadFile(folder, name)
}

func regular(folder fs.FS, name string) error {
	info, err := fs.Stat(folder, name)
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	return err
}
