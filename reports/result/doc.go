// Package result is the contract between a run and everything that reads it:
// the JSON of `mpcomm run` and `mpcomm sweep` as Go types. Names and order of
// fields are stable; fields are added, never renamed.
//
// It owns what a result says and how it prints: times as decimal milliseconds
// made from integer nanoseconds, exact ratios as the shortest decimal of their
// nearest float, ratios of nothing as null, lists never as null. It also owns
// how the results of many runs become one line, in Tally.
//
// It must never know how a result comes about: no scenarios, no engine, no
// comparator, and no screen.
package result
