// Command mpcomm answers one question about a group of peers that broadcast to
// each other: did everyone see the same messages in the same order, and if not,
// where, why, and what would fix it?
//
//	mpcomm lab [-o DIR]         the whole lab: one run, then a sweep and its figures
//	mpcomm run [FILE|NAME]      one seed under every ordering of a scenario
//	mpcomm sweep [FILE|NAME]    many seeds: how often, how far, with intervals
//	mpcomm compare LOG...       the comparator alone, on log files
//	mpcomm fit FILE             the part of a scenario that models measured round trips
//	mpcomm list                 scenarios, orderings, presets, sites
//	mpcomm show NAME            a scenario with every default written out
//	mpcomm bench [WORKLOAD...]  how fast this machine simulates
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
// Orderings of one's own come in with a program of one's own, as that of
// cmd/mpcomm-relayed. This package owns the name of the program and the choice
// of the built-in orderings; the commands are those of cmd/cli.
package main

import (
	"os"

	"mpcomm/cmd/cli"
	"mpcomm/peer/order"
)

func main() { os.Exit(cli.Main("mpcomm", order.Builtin())) }
