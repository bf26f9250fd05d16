// Package cli is the commands of a program that answers one question about a
// group of peers that broadcast to each other: did everyone see the same
// messages in the same order, and if not, where, why, and what would fix it?
//
// [Main] is all of it. The program that calls it says what it is called and
// which orderings it knows; mpcomm calls it with those of order.Builtin. An
// ordering of one's own needs a program of one's own, a few lines long, which
// then has every command for it: cmd/mpcomm-relayed is one.
//
// This package owns flags, words of help, files of an output folder and exit
// statuses. It parses, calls and prints; it must never decide what a scenario
// means, how a run goes or what a number is.
package cli

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"mpcomm/peer/order"
)

// Main runs the command that the arguments of the process name, on its streams,
// and returns the exit status: 0 if all is well, 1 if an expectation failed or a
// run did not repeat, 2 if that cannot be told, 64 for bad usage or bad input.
//
// The program is called name, in its messages and in the files that say how
// they were made. Scenarios, flags, lists and the schema know the orderings of
// table; nil is order.Builtin.
func Main(name string, table order.Table) int {
	if table == nil {
		table = order.Builtin()
	}
	a := &app{program: name, name: invocation(os.Args[0], name, source()), table: table, out: os.Stdout, talk: os.Stderr}
	return a.execute(os.Args[1:])
}

// source is the program's package as seen from the root of its module, such as
// "./cmd/mpcomm", or nothing if the build does not say.
func source() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	path, ok := strings.CutPrefix(info.Path, info.Main.Path+"/")
	if !ok {
		return ""
	}
	return "./" + path
}

// invocation is how the reader can call the program again: as it was called,
// but by its source when `go run` has built it into a folder that is gone
// afterwards.
func invocation(argument, name, source string) string {
	switch {
	case !strings.Contains(filepath.ToSlash(argument), "/go-build"):
		return quoteShell(argument)
	case source == "":
		return quoteShell(name)
	}
	return "go run " + quoteShell(source)
}
