package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"mpcomm/peer/order"
)

//go:embed library/*.yaml
var library embed.FS

var errNoBuiltin = errors.New("no built-in scenario")

// Names lists the built-in scenarios, sorted.
func Names() []string {
	entries, err := library.ReadDir("library")
	if err != nil {
		panic(fmt.Sprintf("scenarios: the embedded library cannot be read: %v", err))
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// Builtin reads a built-in scenario.
func Builtin(name string) (*Scenario, error) { return BuiltinWith(name, nil) }

// BuiltinWith is Builtin with a table of orderings; nil is order.Builtin.
func BuiltinWith(name string, table order.Table) (*Scenario, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("%w %q%s, nor a file; the built-in ones are %s", errNoBuiltin, clip(name),
			didYouMean(name, Names()), strings.Join(Names(), " "))
	}
	file := path.Join("library", name+".yaml")
	data, err := library.ReadFile(file)
	if err != nil {
		panic(fmt.Sprintf("scenarios: the embedded library lacks %s: %v", file, err))
	}
	return Parse(name+".yaml", data, nil, table)
}
