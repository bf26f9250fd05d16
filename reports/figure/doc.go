// Package figure draws how often, how far, when and why the peers' logs come
// apart over many runs: the figures F1 to F12 and the divergence figure of
// every sweep, as SVG, PNG, PDF and CSV.
//
// It owns the look of figures (markers, type sizes, where labels go) and the
// sentence in their title, which is computed from the data, and is the only
// place that knows the plotting library. A figure is laid out first as a list
// of shapes and lines of text with their places, which tests measure, and then
// painted. It takes the tables of a sweep or the logs of a run and shows exactly
// those. It must never know how a run comes about: no scenarios, no engine.
package figure
