package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
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

// sumOf is the SHA-256 of a regular file, in hex.
func sumOf(folder fs.FS, name string) (string, error) {
	if err := regular(folder, name); err != nil {
		return "", err
	}
	file, err := folder.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func regular(folder fs.FS, name string) error {
	info, err := fs.Stat(folder, name)
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	return err
}
