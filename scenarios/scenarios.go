package scenarios

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mpcomm/peer/order"
)

// Parse reads a scenario. name is what errors call the file; files reads what
// the scenario names, nil if it may name none. The orderings are those of
// table, of order.Builtin when it is nil. Every problem is in the error, which
// is an [Errors].
func Parse(name string, data []byte, files Files, table order.Table) (*Scenario, error) {
	if table == nil {
		table = order.Builtin()
	}
	root, problems := parseTree(&text{name: name}, data)
	if root == nil {
		return nil, problems
	}
	s, more := decode(root, table, newFileCache(files))
	if problems = append(problems, more...); len(problems) > 0 {
		return nil, problems.sorted()
	}
	return s, nil
}

// Load reads a scenario file. Files that it names are relative to its folder.
func Load(path string) (*Scenario, error) { return LoadWith(path, nil) }

// LoadWith is Load with a table of orderings; nil is order.Builtin.
func LoadWith(path string, table order.Table) (*Scenario, error) {
	data, err := readFile(path, maxFileBytes)
	if err != nil {
		var pathError *os.PathError
		if errors.As(err, &pathError) {
			err = pathError.Err
		}
		return nil, fmt.Errorf("cannot read %s: %w", path, err)
	}
	return Parse(path, data, FilesIn(filepath.Dir(path)), table)
}

// Open reads a built-in scenario or a file. What looks like a path (it has a
// separator or an ending) is a file; of a plain word the built-in scenario goes
// before a file of that name.
func Open(nameOrPath string) (*Scenario, error) { return OpenWith(nameOrPath, nil) }

// OpenWith is Open with a table of orderings; nil is order.Builtin.
func OpenWith(nameOrPath string, table order.Table) (*Scenario, error) {
	if strings.ContainsAny(nameOrPath, `/\.`) {
		return LoadWith(nameOrPath, table)
	}
	s, err := BuiltinWith(nameOrPath, table)
	if err == nil || !errors.Is(err, errNoBuiltin) {
		return s, err
	}
	if _, statErr := os.Stat(nameOrPath); statErr == nil {
		return LoadWith(nameOrPath, table)
	}
	return nil, err
}
