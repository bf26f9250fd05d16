// Package figure draws how often, and how far, the peers' logs come apart over
// many runs: the divergence figure, as SVG, PNG and CSV.
//
// It owns the look of figures (colours, markers, type sizes, where labels go)
// and the sentence in their title, and is the only place that knows the
// plotting library. It takes a small table of points with their intervals,
// which may be made from the lines of a sweep, and shows exactly those. It
// must never know how a run comes about: no scenarios, no engine, no logs.
package figure
