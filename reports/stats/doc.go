// Package stats holds the arithmetic of the reports: exact ratios and moments,
// intervals for shares and means, quantiles, pooled histograms and resampling.
//
// It owns how numbers are summed, rounded and bounded, so that a report is the
// same bytes on every machine: sums are integers or fixed point, every float
// is the nearest one to an exact quotient or a chain of + - * / and square
// roots with each product rounded by itself, and constants are literals.
//
// Intervals are of 95%, and runs are what is independent. A share of runs has
// Wilson's; a mean over runs Student's, whose sums of values and squares are
// exact, so that it is the same however runs were grouped; a difference of two
// orderings the same of differences on one seed, or, of shares, Newcombe's; a
// quantile of pooled durations order statistics, of as many values as the runs
// are worth. Nothing has none. One run bounds a share only; where all runs agree
// the interval of a mean is that value, which says nothing of what a rarer run
// would do; a quantile is not bounded by too few values, and a largest value
// estimates nothing.
//
// It must never know what is measured: no peers, no logs, no scenarios.
package stats
