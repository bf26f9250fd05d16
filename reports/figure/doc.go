// Package figure draws how often, and how far, the peers' logs come apart over
// many runs: the divergence figure, as SVG, PNG and CSV.
//
// It owns the look of figures (colours, markers, type sizes, where labels go)
// and is the only place that knows the plotting library. It must never know
// how a number was estimated or which scenario it came from: it takes a small
// table of points with their intervals and shows exactly those.
package figure
