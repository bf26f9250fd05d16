// Command mpcomm answers one question about a group of peers that broadcast to
// each other: did everyone see the same messages in the same order, and if not,
// where, why, and what would fix it?
//
//	mpcomm lab [-o DIR]         the whole lab: one run, then a sweep and its figures
//	mpcomm run [FILE|NAME]      one seed under every ordering of a scenario
//	mpcomm sweep [FILE|NAME]    many seeds: how often, how far, with intervals
//	mpcomm compare LOG...       the comparator alone, on log files
//	mpcomm list                 scenarios, orderings, presets, sites
//	mpcomm show NAME            a scenario with every default written out
//	mpcomm schema               the JSON Schema of scenario files
//	mpcomm version              what this is
//
// A scenario is the name of a built-in one, or a file: what has a separator or
// an ending is a file, and of a plain word the built-in scenario goes before a
// file of that name.
//
// The answer goes to standard output, everything else to standard error. The
// exit status is
//
//	0   expectations hold, or none were given
//	1   an expectation failed, or a run did not repeat under --verify
//	2   cannot tell: a run ended at its limits, work was interrupted, or the
//	    answer could not be written
//	64  bad usage or bad input; nothing was written
//
// Colour is used only on a terminal, and not when NO_COLOR is set; --ascii or
// TERM=dumb keep the screen to plain ASCII. COLUMNS, if set, is the width.
//
// This package owns flags, words of help, files of an output folder and exit
// statuses. It parses, calls and prints; it must never decide what a scenario
// means, how a run goes or what a number is.
package main

import (
	"os"
	"path/filepath"
	"strings"
)

func main() { os.Exit(mainStatus()) }

// mainStatus runs the program on the arguments and streams of the process.
func mainStatus() int {
	a := &app{name: invocation(os.Args[0]), out: os.Stdout, talk: os.Stderr}
	return a.execute(os.Args[1:])
}

// invocation is how the reader can call the program again: as it was called,
// but by its source when `go run` has built it into a folder that is gone
// afterwards.
func invocation(argument string) string {
	if strings.Contains(filepath.ToSlash(argument), "/go-build") {
		return "go run ./cmd/mpcomm"
	}
	return quoteShell(argument)
}
