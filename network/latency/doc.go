// Package latency describes how long things take: families of distributions by
// name, samples and matrices of measured delays read from files, worlds made
// from the coordinates of cities, and presets for common kinds of network.
//
// It owns the words and the numbers: which parameters a family takes and in
// what range, what a file of round trips looks like, where a city lies. What
// comes out is either a compiled distribution (rng.Dist) or a table of one-way
// base delays.
//
// All arithmetic is on integers, the trigonometry of great circles included,
// so that a world has the same delays on every machine.
//
// It must never know peers, packets, links or their state, nor the language of
// scenarios: a caller hands in numbers and readers, never a path to open.
package latency
